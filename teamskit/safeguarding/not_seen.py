"""not-seen: a pupil who was in no call on five days running on which a class of his held a lesson. Pure.

It rests on kind and pupil, not on the days: a note about a child stays with the child, and the text gives the days. A
time that is over stays a finding, because it happened. Source: the guidance's weekly check on engagement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from teamskit.calls.coverage import span_of
from teamskit.calls.model import CallEntry, Presence
from teamskit.calls.roll import OnRoll
from teamskit.clock import at_school
from teamskit.registers import Party
from teamskit.safeguarding.agreements import agreed_by
from teamskit.safeguarding.case import Raised
from teamskit.safeguarding.days_missed import GAP, MISSED, SEEN, UNMATCHED, DaysMissed, days_missed
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.finding import Finding, finding_id
from teamskit.safeguarding.states import finding_on
from teamskit.safeguarding.words import capital, counted_digits, day_span, listed, named
from teamskit.safeguarding.words import day as day_words

KIND = "not-seen"
_NEXT = "Check attendance and call home. Absence from calls proves nothing."
_REVISED = "A later version of a call record no longer bears this out."


@dataclass(frozen=True)
class Absence:
    """One time in which a pupil was not seen: the days, running, on which a class of his held a lesson."""

    pupil: OnRoll
    days: tuple[date, ...]


@dataclass(frozen=True)
class NotTold:
    """A pupil of whom it cannot be told whether he was seen, and why not."""

    pupil: OnRoll
    why: str


def not_seen(evidence: Evidence) -> list[Finding]:
    """Give at most one finding a pupil, on the newest such time that touches the period."""
    log = days_missed(evidence)
    found = _absences(log, evidence)
    stand = [_finding(times, log, evidence) for times in found.values()]
    return stand + [one for one in _as_it_was(evidence) if one.id not in {other.id for other in stand}]


def not_told(evidence: Evidence) -> list[NotTold]:
    """Give the pupils who may not have been seen on five days running, were it not for what is not known."""
    log = days_missed(evidence)
    found = _absences(log, evidence)
    doubts = ((key, _doubt(key, log, evidence)) for key in log.due if key not in found)
    return [NotTold(log.due[key].pupil, why) for key, why in doubts if why]


def days_told(evidence: Evidence, finding: Finding) -> list[tuple[date, int, str]]:
    """Give what each day from the beginning of a not-seen finding says: how many lessons, and seen, missed or why not.

    Empty for any other finding.
    """
    log = days_missed(evidence)
    first = at_school(finding.at).date()
    keys = [key for key, due in log.due.items() if due.pupil.id == finding.pupil and finding.finding == KIND]
    mine = (key for key in keys if finding_id(KIND, _subject(log.due[key].pupil, log), finding.people) == finding.id)
    return [
        (day, len(log.due[key].lessons.get(day, ())), said)
        for key in mine
        for day, said in log.told(key)
        if day >= first
    ]


def _absences(log: DaysMissed, evidence: Evidence) -> dict[str, list[Absence]]:
    found = {key: list(_times(key, log, evidence.minutes.not_seen_days)) for key in log.due}
    return {key: times for key, times in found.items() if times and times[-1].days[-1] >= evidence.first}


def _times(key: str, log: DaysMissed, least: int) -> Iterator[Absence]:
    run: list[date] = []
    for day, said in [*log.told(key), (date.max, SEEN)]:
        if said == MISSED:
            run.append(day)
            continue
        if len(run) >= least:
            yield Absence(log.due[key].pupil, tuple(run))
        run = []


def _doubt(key: str, log: DaysMissed, evidence: Evidence) -> str:
    """Say why it is not known, where he would count as not seen if every day in doubt were one that he missed."""
    first = min(log.covered, default=date.max)
    missed, doubtful, why = 0, 0, ""
    for day, said in log.told(key):
        if said in (SEEN, UNMATCHED) or day < first:
            missed, doubtful, why = 0, 0, ""
        elif said == MISSED:
            missed += 1
        else:
            why = why or said
            doubtful += said != GAP or evidence.calendar.why_no_school(day) is None
        if missed and why and missed + doubtful >= evidence.minutes.not_seen_days and day >= evidence.first:
            return why
    return ""


def _as_it_was(evidence: Evidence) -> list[Finding]:
    """Give what only the first versions of revised calls bear out, as closed."""
    if not evidence.older:
        return []
    first: dict[str, CallEntry] = {}
    for call in sorted(evidence.older, key=lambda one: one.version):
        first.setdefault(call.id, call)
    log = DaysMissed.of(evidence, [*evidence.earlier, *(first.get(call.id, call) for call in evidence.calls)])
    return [_finding(times, log, evidence, _REVISED) for times in _absences(log, evidence).values()]


def _finding(times: Sequence[Absence], log: DaysMissed, evidence: Evidence, closed: str = "") -> Finding:
    newest = times[-1]
    pupil, days = newest.pupil, newest.days
    held = log.due[pupil.key].lessons
    lessons = sorted((call for day in days for call in held[day]), key=lambda call: call.start)
    raised = Raised(
        people=(pupil.id,),
        text=_text(newest, lessons, log, evidence, len(times) - 1),
        next_step=_NEXT,
        at=lessons[0].start,
        parties=[Party(frozenset({pupil.id}))],
        closed=closed,
    )
    agreed = [agreed_by(evidence.agreed, KIND, day, raised) for day in days]
    said = " ".join(dict.fromkeys(agreed)) if all(agreed) else ""
    # A note speaks for what was known when it was written: as many more days are a new reason to look.
    least = evidence.minutes.not_seen_days
    from_day = days[max(least - 1, len(days) - least)]
    subject = _subject(pupil, log)
    return finding_on(KIND, subject, raised, said, pupil=pupil.id, settles_from=span_of(from_day)[0])


def _subject(pupil: OnRoll, log: DaysMissed) -> str:
    """Give the number, and the school too where two schools have a pupil of this number."""
    same = [one for one in log.due.values() if one.pupil.id == pupil.id]
    return pupil.key if len(same) > 1 else pupil.id


def _text(absence: Absence, lessons: Sequence[CallEntry], log: DaysMissed, evidence: Evidence, others: int) -> str:
    pupil, first, last = absence.pupil, absence.days[0], absence.days[-1]
    rolls = {roll.id: roll.name for roll in evidence.rolls.classes}
    classes = sorted({rolls.get(call.class_id or "", "") or str(call.class_id) for call in lessons})
    named_as = capital(named(Presence("", pupil.id, pupil.name, "pupil", pupil.year)))
    held = counted_digits(len(lessons), "lesson")
    said = [
        f"{named_as} was in none of the {held} of {listed(classes, 3)} {day_span(first, last)}, or in any other call."
    ]
    unclear = sum(log.unclear.get(day, 0) for day in log.days if first <= day <= last)
    if unclear:
        said.append(f"{counted_digits(unclear, 'call')} of these days could not be checked.")
    again = min((day for day in log.sightings.days(pupil) if day > last), default=None)
    if again:
        said.append(f"Seen in a call again on {day_words(again)}.")
    if others:
        said.append(f"Not seen at {counted_digits(others, 'other time')} before.")
    return " ".join(said)
