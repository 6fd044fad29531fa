"""chat-on: a pupil whose effective messaging policy allows chat, by what the service said at each sync. Pure.

It rests on kind and pupil: chat that was on, off and on again is one matter. Nothing here looks at a plan, or at what
was assigned. Chat is called off again when the service shows another policy for him; where only a setting of his policy
was changed, not before that can have reached people. Source: changes of policies take up to 24 hours and more, and a
client that is running keeps the old one until it is restarted; Teams policies, read 2026-11-25.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from teamskit.calls.coverage import span_of
from teamskit.calls.model import Presence
from teamskit.clock import at_school
from teamskit.policy.chat import ChatSeen, PupilChat
from teamskit.registers import Party
from teamskit.safeguarding.agreements import agreed_by
from teamskit.safeguarding.case import Raised
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.finding import Finding
from teamskit.safeguarding.states import finding_on
from teamskit.safeguarding.words import clock, named
from teamskit.safeguarding.words import day as day_words

KIND = "chat-on"
REACHES = timedelta(hours=24)
_NEXT = "Ask IT to run the plan. Programs that are running may go on as before until they are restarted."
_DECIDED = "The school decided on chat for this cohort, and the policy stands as decided."


@dataclass(frozen=True)
class Spell:
    """One time in which chat was on for a pupil: first and last seen so, and when it was first seen off again.

    `pupil` is as seen last. `off_at` is None while it is on, and `by_setting` true where only the settings of the
    policy changed then.
    """

    pupil: PupilChat
    first: datetime
    off_at: datetime | None = None
    by_setting: bool = False


def chat_on(evidence: Evidence) -> list[Finding]:
    """Give one finding for each pupil for whom chat was on at some time of the period, on the newest such time."""
    begin, end = span_of(evidence.first)[0], span_of(evidence.last)[1]
    newest = {key: spells[-1] for key, spells in spells_of(evidence.chats).items()}
    touching = [one for one in newest.values() if one.first < end and (one.off_at is None or one.off_at >= begin)]
    numbers = [one.pupil.id for one in newest.values()]
    return [_finding(one, evidence, numbers) for one in touching]


def spells_of(chats: Sequence[ChatSeen]) -> Mapping[str, list[Spell]]:
    """Give by pupil's key the times in which chat was on, oldest first; what was not read changes nothing."""
    found: dict[str, list[Spell]] = {}
    for seen in chats:
        if not seen.read or seen.at is None:
            continue
        on, unclear = {one.key: one for one in seen.on}, {one.key for one in seen.not_known}
        for key, one in on.items():
            spells = found.setdefault(key, [])
            if spells and spells[-1].off_at is None and spells[-1].pupil.decided == one.decided:
                spells[-1] = replace(spells[-1], pupil=one)
            else:
                spells.append(Spell(one, seen.at))
        for key, spells in found.items():
            if key not in on and key not in unclear and spells[-1].off_at is None:
                was = seen.policies.get(spells[-1].pupil.policy)
                spells[-1] = replace(spells[-1], off_at=seen.at, by_setting=was is False)
    return found


def not_known(chats: Sequence[ChatSeen]) -> Iterator[PupilChat]:
    """Give the pupils of whom the newest word does not say whether they may chat; nobody where it was not read."""
    yield from chats[-1].not_known if chats else ()


def _finding(spell: Spell, evidence: Evidence, numbers: Sequence[str]) -> Finding:
    pupil = spell.pupil
    looked = max([*(one.at for one in evidence.readings), *(one.at for one in evidence.chats if one.at)])
    closed = _why_closed(spell, looked)
    who = named(Presence("", pupil.id, pupil.name, "pupil", pupil.year))
    said = _said(spell, evidence.chats, closed=bool(closed))
    raised = Raised(
        people=(pupil.id,),
        text=f"Chat {'was' if closed else 'is'} on for {who}{said}",
        next_step=_NEXT,
        at=spell.first,
        parties=[Party(frozenset({pupil.id}))],
        closed=closed,
        alike=said,
    )
    agreed = _DECIDED if pupil.decided else agreed_by(evidence.agreed, KIND, at_school(looked).date(), raised)
    subject = pupil.key if numbers.count(pupil.id) > 1 else pupil.id
    return finding_on(KIND, subject, raised, agreed, pupil=pupil.id, settles_from=spell.first)


def _why_closed(spell: Spell, looked: datetime) -> str:
    if spell.off_at is None or (spell.by_setting and looked < spell.off_at + REACHES):
        return ""
    return f"Since {_moment(spell.off_at)} Microsoft no longer shows chat as on for this pupil."


def _said(spell: Spell, chats: Sequence[ChatSeen], *, closed: bool) -> str:
    pupil = spell.pupil
    route = {"direct": "given to this pupil", "group": "given to a group"}.get(pupil.route, "which everybody has")
    by_school = "This school decided so." if pupil.decided else "This school did not decide so."
    said = [
        f", by the messaging policy {pupil.policy}, {route}. {by_school}",
        f"Microsoft has shown it in effect since {_moment(spell.first)} at the latest.",
    ]
    if spell.off_at and not closed:
        said.append(f"The policy was put right by {_moment(spell.off_at)}; it can take a day to reach everybody.")
    elif not closed:
        said += _last_word(spell, chats)
    return " ".join(said)


def _last_word(spell: Spell, chats: Sequence[ChatSeen]) -> list[str]:
    newest = chats[-1]
    if not newest.read and newest.at:
        return [f"Since {_moment(newest.at)} it could not be read whether chat is on."]
    if spell.pupil.key not in {one.key for one in newest.on}:
        return ["It is not known any more whether chat is on."]
    return []


def _moment(moment: datetime) -> str:
    return f"{day_words(moment)}, {clock(moment)}"
