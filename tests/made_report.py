"""A made period of calls for tests and measurements of the report: as many calls as wanted, every kind of finding."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from teamskit.calls.coverage import Reading
from teamskit.calls.model import CallEntry, Presence
from teamskit.reports import gather
from teamskit.safeguarding.finding import SEVERITY, Finding, Note, finding_id

FIRST = datetime(2026, 11, 2, tzinfo=UTC)
FORENAMES = re.findall(
    r"\S+", "Maya Leo Isla Kofi Tomasz Amira Zoë Callum Priya Seán Aoife Michał Grace Noah Fatima Oscar"
)
SURNAMES = re.findall(
    r"\S+", "Lewis Ahmed Chen Mensah Nowak Das O'Neill Reid Okoro Patel Williams Taylor Hughes Begum Wood Ng"
)
BELLS = ["08:50", "09:40", "10:45", "11:35", "13:10", "14:00"]
ALONE = timedelta(minutes=11)


def made_calls(number, heads, seed=1):
    """Give calls on school days from 2 November 2026, six lessons a day in as many classes as it takes."""
    dice = random.Random(seed)
    a_day = max(6, -(-number // 40))
    days = [day for n in range(100) if (day := FIRST + timedelta(days=n)).weekday() < 5]
    return [_call(n, days[n // a_day], heads, dice) for n in range(number)]


def _call(n, day, heads, dice):
    hour, minute = BELLS[n % 6].split(":")
    start = day + timedelta(hours=int(hour), minutes=int(minute))
    end = start + timedelta(minutes=40)
    section = n // 6 % 30
    teacher = Presence(f"a-t{section}", f"T{section:02}", f"Ms {SURNAMES[section % 16]}-{section}", "staff")
    pupils = [_pupil(section, one) for one in range(heads)]
    people = [_present(one, start, end, dice) for one in (teacher, *pupils)]
    return CallEntry(
        id=f"00000000-0000-4000-8000-{n:012}",
        version=1,
        start=start,
        end=end,
        kind="groupCall",
        organiser=teacher,
        class_id=f"{section % 6 + 1}{chr(65 + section // 6)}",
        recorded=n % 9 != 0,
        recording="seen" if n % 9 else "none",
        detail="complete",
        people=tuple(people),
        seq=n + 1,
    )


def _pupil(section, one):
    name = f"{FORENAMES[(one + section) % 16]} {SURNAMES[(one * 7 + section) % 16]}"
    return Presence(f"a-{section}-{one}", f"{section:02}{one:04}", name, "pupil", str(section % 6 + 1))


def _present(person, start, end, dice):
    joined, left = start + timedelta(seconds=dice.randrange(240)), end - timedelta(seconds=dice.randrange(60))
    if dice.random() < 0.08:
        gone = joined + (left - joined) / 2
        stays = ((joined, gone), (gone + timedelta(minutes=3), left))
    else:
        stays = ((joined, left),)
    return Presence(person.account, person.id, person.name, person.role, person.year, person.joined_as, stays)


def with_strangers(call):
    """Add somebody from outside and an unknown account to a call."""
    outside = Presence("v-1", "v-1", "<b>J Smith</b>", "outside", None, "visitor", ((call.start, call.end),))
    unknown = Presence("u-1", "u-1", "old.account", "unknown", None, "user", ((call.start, call.start + ALONE),))
    return replace(call, people=(*call.people, outside, unknown))


def made_findings(calls, number):
    """Give findings of every kind and state over the calls, one call after the other."""
    kinds = list(SEVERITY)
    states = ["open", "open", "open", "agreed", "settled", "closed"]
    return [_finding(n, kinds[n % len(kinds)], states[n // len(kinds) % 6], calls) for n in range(number)]


def _finding(n, kind, state, calls):
    call = calls[(n * 7) % len(calls)]
    teacher, pupil = call.people[0], call.people[1]
    about_pupil = kind in ("not-seen", "chat-on")
    people = (pupil.id,) if about_pupil else (teacher.id, pupil.id)
    note = Note("", "Spoke to Ms Reid. <i>Agreed</i> with the family.", "A. Lead", call.end, state == "settled")
    ident = finding_id(kind, pupil.id if about_pupil else call.id, (*people, str(n)))
    return Finding(
        id=ident,
        finding=kind,
        call=None if about_pupil else call.id,
        pupil=pupil.id if about_pupil else None,
        people=people,
        state=state,
        text=f"{teacher.name} and {pupil.name} (year {pupil.year}) were in this call. This is what was found.",
        next_step=f"Ask {teacher.name} what the call was for.",
        at=call.start,
        span=(call.end - ALONE, call.end) if kind in ("one-to-one", "alone-in-group", "pupils-only") else None,
        why="Agreed by the SENCO: SEND support." if state == "agreed" else "",
        notes=(note,) if n % 3 == 0 or state == "settled" else (),
    )


def chat_on_for(calls, number):
    """Give open findings that say the same of so many pupils of a call."""
    said = ", by the messaging policy Global, which everybody has. This school did not decide so."
    pupils = [one for one in calls[0].people if one.role == "pupil"][:number]
    return [
        replace(
            _finding(0, "chat-on", "open", calls),
            id=finding_id("chat-on", one.id, (one.id, "all")),
            people=(one.id,),
            pupil=one.id,
            text=f"Chat is on for {one.name} (year {one.year}){said}",
            alike=said,
            notes=(),
        )
        for one in pupils
    ]


def made_material(number=300, heads=25, findings=90, gap=True):
    """Give a report's material: calls, findings, and, where asked, two days that were never read."""
    calls = made_calls(number, heads)
    found = made_findings(calls, findings)
    calls[3] = with_strangers(calls[3])
    calls[5] = replace(calls[5], people=(), detail="not available")
    last = calls[-1].end
    made_at = last + timedelta(days=3)
    middle = FIRST + timedelta(days=9)
    readings = [Reading(FIRST, middle, made_at), Reading(middle + timedelta(days=2), made_at, made_at)]
    material = gather(
        "Example Primary",
        calls,
        readings if gap else [Reading(FIRST, made_at, made_at)],
        made_at,
        first=FIRST.date(),
        last=last.date(),
        class_names={call.class_id: f"{call.class_id} Maths" for call in calls},
        log_size=48211,
    )
    return replace(
        material,
        findings=found,
        log_mark="9f3a 51c0 77e1 0b42",
        minutes={"one_to_one": 2, "alone": 5, "pupils_only": 2},
    )
