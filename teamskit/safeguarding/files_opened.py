"""The rule on who may open a recording, who did, and in whose drive it lies, where that is not staff's. Pure.

What an invitation brings is normal: pupils of the call, and of its class, look at it again, unless the school decides
otherwise. Taking it away is not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from teamskit.recordings.files import Link, RecordedFile
from teamskit.recordings.openings import DOWNLOADED, OPENED, Opening
from teamskit.registers import Party
from teamskit.safeguarding.case import Case, Raised
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.files_gone import what
from teamskit.safeguarding.people_named import called_outside, id_of, in_call, who_did
from teamskit.safeguarding.words import capital, clock, counted, day, named

_LINKS = {
    "anonymous": "Anybody who has the link may {may} the recording of this {what}.",
    "organization": "Everybody with an account of the school may {may} the recording of this {what} by a link.",
}
_OTHER_LINK = "A link lets somebody who is not staff {may} the recording of this {what}."
_EVERYBODY = "Everybody with an account of the school has been given the right to {may} the recording of this {what}."
_PUPIL = "A pupil has been given the right to change the recording of this {what}."
_LINK_OFF = "Ask IT to remove the link, and who opened it."
_RIGHT_OFF = "Ask IT to take the right away, and who gave it."
_MOVE = "Ask IT to move it into the teacher's OneDrive, and how the pupil came to record."


@dataclass(frozen=True)
class Reason:
    """One thing about a recording that is not as it should be; `over` says since when it no longer is so."""

    text: str
    next_step: str
    people: tuple[str, ...] = ()
    party: Party | None = None
    over: str = ""


def recording_opened(case: Case, evidence: Evidence) -> Raised | None:
    """A recording was opened or taken by somebody who is not staff, is shared by link, or is held by a pupil."""
    reasons = [*_shared(case, evidence), *_openings(case, evidence)]
    now = [one for one in reasons if not one.over]
    told = now or reasons
    if not told:
        return None
    parties = [one.party or Party(frozenset(), case.staff_ids) for one in told]
    return Raised(
        people=tuple(dict.fromkeys((*case.with_organiser(()), *(who for one in told for who in one.people)))),
        text=" ".join(dict.fromkeys(one.text for one in told)),
        next_step=" ".join(dict.fromkeys(one.next_step for one in told)),
        at=case.call.start,
        parties=parties,
        closed="" if now else told[-1].over,
    )


def _shared(case: Case, evidence: Evidence) -> Iterator[Reason]:
    """Give what is wrong with each file as it stands, and what was until a later word took it back."""
    for words in evidence.recordings.files.get(case.call.id, ()):
        newest = words[-1]
        standing = {reason.text: reason for reason in _of_file(newest, case)} if newest.state == "found" else {}
        yield from standing.values()
        for word, later in zip(words[:-1], words[1:], strict=True):
            for reason in _of_file(word, case) if word.state == "found" else ():
                if reason.text not in standing:
                    yield Reason(reason.text, reason.next_step, reason.people, reason.party, _over(later))


def _over(later: RecordedFile) -> str:
    when = day(later.learnt_at or later.about)
    return f"Found put right on {when}." if later.state == "found" else f"The recording was gone on {when}."


def _of_file(file: RecordedFile, case: Case) -> Iterator[Reason]:
    for link in file.links:
        if link.outside:
            yield Reason(_link_words(link, case), _LINK_OFF)
    yield from _grants(file, case)
    if file.in_drive_of == "pupil":
        yield _held(file, case)


def _link_words(link: Link, case: Case) -> str:
    return _LINKS.get(link.scope, _OTHER_LINK).format(may=_may(link.type), what=what(case))


def _may(role: str) -> str:
    return "change" if role in ("edit", "write", "owner") else "open"


def _grants(file: RecordedFile, case: Case) -> Iterator[Reason]:
    kinds = {grant.to: grant.role for grant in file.grants}
    if "everybody" in kinds:
        yield Reason(_EVERYBODY.format(may=_may(kinds["everybody"]), what=what(case)), _RIGHT_OFF)
    if "pupil" in kinds:
        yield Reason(_PUPIL.format(what=what(case)), _RIGHT_OFF)
    if "guest" in kinds:
        outside = [one for one in file.granted if not (in_call(case, one.account) and _is_ours(case, one.account))]
        called = [name for one in outside if (name := called_outside(one))]
        who = f" ({', '.join(called)})" if called else ""
        text = f"Somebody from outside the school{who} may {_may(kinds['guest'])} the recording of this {what(case)}."
        names = tuple(tuple(filter(None, (one.address, one.name, one.account))) for one in outside)
        ids = tuple(id_of(one, case) for one in outside)
        yield Reason(text, _RIGHT_OFF, ids, Party(frozenset(), case.staff_ids, names))


def _is_ours(case: Case, account: str) -> bool:
    person = in_call(case, account)
    return person is not None and person.role in ("pupil", "staff")


def _held(file: RecordedFile, case: Case) -> Reason:
    holder = in_call(case, file.owner)
    who = named(holder) if holder else "a pupil"
    ids, pupils = ((holder.id,), frozenset({holder.id})) if holder else ((), frozenset())
    text = f"The recording of this {what(case)} lies in the OneDrive of {who}, who is not staff."
    return Reason(text, _MOVE, ids, Party(pupils, case.staff_ids))


def _openings(case: Case, evidence: Evidence) -> Iterator[Reason]:
    """Give who opened it, a person and kind of opening once: the first time, and how often."""
    by_whom: dict[tuple[str, bool], list[Opening]] = {}
    for one in evidence.recordings.openings.get(case.call.id, ()):
        if one.operation in OPENED and _matters(one, case, evidence):
            key = (one.who.account or one.who.address, one.operation in DOWNLOADED)
            by_whom.setdefault(key, []).append(one)
    for openings in by_whom.values():
        yield _opened(openings, case)


def _opened(openings: Sequence[Opening], case: Case) -> Reason:
    first, more = openings[0], len(openings) - 1
    did = "downloaded" if first.operation in DOWNLOADED else "opened"
    again = f", and {counted(more, 'time')} more" if more else ""
    text = f"{capital(who_did(first, case))} {did} it on {day(first.at)} at {clock(first.at)}{again}."
    text = f"This recording was {did} by someone who is not staff of the school. {text}"
    who, person = first.who, in_call(case, first.who.account)
    pupils = frozenset({person.id}) if person and person.role == "pupil" else frozenset[str]()
    names = (tuple(filter(None, (who.address, who.name, who.account))),) if not pupils else ()
    ids = tuple(filter(None, (id_of(who, case),)))
    return Reason(text, _LINK_OFF, ids, Party(pupils, case.staff_ids, names))


def _matters(one: Opening, case: Case, evidence: Evidence) -> bool:
    if one.role == "staff":
        return False
    if one.role != "pupil" or one.operation in DOWNLOADED or not evidence.minutes.pupils_may_watch:
        return True
    return not (in_call(case, one.who.account) or one.who.account in _class_accounts(case, evidence))


def _class_accounts(case: Case, evidence: Evidence) -> set[str]:
    """Give the accounts of the pupils of the call's class: who was ill looks at the lesson later."""
    rolls = evidence.rolls.of_call(case.call)
    return {pupil.account for roll in rolls for pupil in roll.pupils if pupil.account}
