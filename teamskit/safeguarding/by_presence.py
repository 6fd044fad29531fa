"""Rules that look at who was present together, and for how long: never at the list of participants. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from teamskit.registers import Party
from teamskit.safeguarding.case import Case, Raised, ids
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.stretches import Stretch, Timeline
from teamskit.safeguarding.words import capital, clock, counted, length, named, number


def one_to_one(case: Case, evidence: Evidence) -> Raised | None:
    """Only one pupil and one member of staff were ever present, together for longer than the grace in all."""
    line = case.line
    if len(line.people) != 2 or not line.pupils or not line.staff:
        return None
    together = [one for one in line.stretches if one.mask == line.pupils | line.staff]
    total = sum((one.length for one in together), timedelta())
    if total <= timedelta(minutes=evidence.minutes.one_to_one):
        return None
    (staff,), (pupil,) = line.with_role("staff"), line.with_role("pupil")
    return Raised(
        people=ids([staff, pupil]),
        text=f"{capital(named(staff))} and {named(pupil)} were the only people in this call."
        f" They were together for {length(total)}.",
        next_step=f"Ask {named(staff)} what the call was for."
        " If it was agreed, add it to the register of agreed exceptions.",
        at=together[0].begin,
        span=_longest(together).span,
        parties=[Party(frozenset({pupil.id}), frozenset({staff.id}))],
    )


def alone_in_group(case: Case, evidence: Evidence) -> Raised | None:
    """In a call of three or more, the same pupil and member of staff were alone for longer than the grace unbroken."""
    line, grace = case.line, timedelta(minutes=evidence.minutes.alone)
    if len(line.people) < 3 or not line.pupils or not line.staff or line.has_steady(2, line.pupils, grace):
        return None
    pairs = [
        one
        for one in line.stretches
        if one.mask.bit_count() == 2 and one.mask & line.pupils and one.mask & line.staff and one.length > grace
    ]
    if not pairs:
        return None
    span = _longest(pairs)
    parties = [Party(_ids(line, one.mask & line.pupils), _ids(line, one.mask & line.staff)) for one in pairs]
    staff, pupil = (line.those(span.mask & role)[0] for role in (line.staff, line.pupils))
    around, at_first = _around(line, span)
    why = "nobody else was there" if at_first else "the call went on after the others left"
    return Raised(
        people=ids(person for one in pairs for person in line.those(one.mask)),
        text=f"From {clock(span.begin)} to {clock(span.end)} only {named(staff)} and {named(pupil)}"
        f" were in the call. {around}{_more(pairs)}",
        next_step=f"Ask {named(staff)} why {why}.",
        at=span.begin,
        span=span.span,
        parties=parties,
    )


def pupils_only(case: Case, evidence: Evidence) -> Raised | None:
    """Two or more pupils were there for longer than the grace unbroken, and nobody from staff."""
    line, grace = case.line, timedelta(minutes=evidence.minutes.pupils_only)
    staff, pupils = line.staff, line.pupils
    if pupils.bit_count() < 2 or line.has_steady(1, staff, grace):
        return None
    runs = line.while_(lambda mask: not mask & staff and (mask & pupils).bit_count() > 1)
    found = [one for one in runs if one.length > grace]
    if not found:
        return None
    span = _longest(found)
    many = counted((span.mask & pupils).bit_count(), "pupil")
    outside = any(person.role == "outside" for person in line.those(span.mask))
    concerned = [person for one in found for person in line.those(one.mask)]
    return Raised(
        people=ids(concerned),
        text=f"For {length(span.length)}, from {clock(span.begin)}, {many} were in the call and nobody from staff"
        f" was.{' Someone from outside the school was there too.' if outside else ''}{_more(found)}",
        next_step="Find out who had left and whether the call could be ended."
        if staff
        else "Find out how the call came about: nobody from staff was in it at any time.",
        at=span.begin,
        span=span.span,
        parties=case.by_pupil(person for person in concerned if person.role == "pupil"),
    )


def _longest(stretches: Sequence[Stretch]) -> Stretch:
    """Give the longest, the first of several."""
    return max(stretches, key=lambda one: (one.length, -one.begin.timestamp()))


def _ids(line: Timeline, mask: int) -> frozenset[str]:
    return frozenset(person.id for person in line.those(mask))


def _around(line: Timeline, span: Stretch) -> tuple[str, bool]:
    """Say how many were there at most before, else after; and whether the others came only after."""
    before = max((one.mask.bit_count() for one in line.stretches if one.end <= span.begin), default=0)
    after = max((one.mask.bit_count() for one in line.stretches if one.begin >= span.end), default=0)
    if before > 2:
        return f"Before that, {number(before)} people were.", False
    if after > 2:
        return f"After that, {number(after)} people were.", True
    return f"In all, {number(len(line.people))} people were in it at some time.", True


def _more(stretches: Sequence[Stretch]) -> str:
    others = len(stretches) - 1
    if not others:
        return ""
    return (
        f" There {'was' if others == 1 else 'were'} {number(others)} other such {'time' if others == 1 else 'times'}."
    )
