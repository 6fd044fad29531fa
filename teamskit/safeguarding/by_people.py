"""Rules that need only who was in a call, and when it began: by presence, or by the list where no times are known."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from teamskit.calls.model import Interval, Presence, Role
from teamskit.registers import Party
from teamskit.safeguarding.case import Case, Raised, ids, names_of
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.words import capital, clock, counted, listed, named, number, stranger
from teamskit.school.calendar import Outside, bank_holidays

_OTHERS: dict[Role, tuple[str, str]] = {
    "pupil": ("other pupil", "other pupils"),
    "staff": ("member of staff", "members of staff"),
    "outside": ("person from outside", "people from outside"),
    "unknown": ("unknown account", "unknown accounts"),
}


def pupil_organised(case: Case, _evidence: Evidence) -> Raised | None:
    """A pupil organised the call and somebody else was in it."""
    organiser = case.call.organiser
    if organiser is None or organiser.role != "pupil":
        return None
    others = [person for person in case.there if (person.role, person.id) != ("pupil", organiser.id)]
    if not others:
        return None
    heads = Counter(person.role for person in others)
    joined = listed([counted(heads[role], *said) for role, said in _OTHERS.items() if heads[role]])
    return Raised(
        people=ids([organiser, *others]),
        text=f"{capital(named(organiser))} started this call. {capital(joined)} joined.",
        next_step='Check that pupils cannot start calls: see "Pupil meetings" in the settings.',
        at=case.call.start,
        parties=[Party(frozenset({organiser.id}), case.staff_ids, case.outside_names)],
    )


def outside_person(case: Case, _evidence: Evidence) -> Raised | None:
    """Somebody from outside was in the call; it is agreed only if the register names every one."""
    strangers = case.of_role("outside")
    if not strangers:
        return None
    seen = "; ".join(f"{stranger(person)}{_times(person)}" for person in strangers[:6])
    more = f"; and {number(len(strangers) - 6)} more" if len(strangers) > 6 else ""
    one = len(strangers) == 1
    head = "Someone" if one else f"{capital(number(len(strangers)))} people"
    return Raised(
        people=case.with_organiser(strangers),
        text=f"{head} from outside the school {'was' if one else 'were'} in the call: {seen}{more}.",
        next_step=f"{_ask(case, strangers)} who {'this was' if one else 'they were'}. If a visitor was agreed,"
        f" add the {'name' if one else 'names'} and day to the register.",
        at=_first(strangers, case),
        span=_interval(strangers),
        parties=[Party(case.pupil_ids, case.staff_ids, [names_of(person)]) for person in strangers],
    )


def unknown_person(case: Case, _evidence: Evidence) -> Raised | None:
    """An account of the school's own tenant was in the call that the roster does not name."""
    unknown = case.of_role("unknown")
    if not unknown:
        return None
    seen = "; ".join(f'"{person.name}"{_times(person)}' for person in unknown[:6])
    more = f"; and {number(len(unknown) - 6)} more" if len(unknown) > 6 else ""
    if len(unknown) == 1:
        text = f"An account of the school that is not in the roster was in the call: {seen}."
        next_step = "Ask IT whose account it is; it may be a leaver's or a test account."
    else:
        many = capital(number(len(unknown)))
        text = f"{many} accounts of the school that are not in the roster were in the call: {seen}{more}."
        next_step = "Ask IT whose accounts they are; they may be leavers' or test accounts."
    parties = [Party(case.pupil_ids, case.staff_ids, [names_of(person)]) for person in unknown]
    at, span = _first(unknown, case), _interval(unknown)
    return Raised(case.with_organiser(unknown), text, next_step, at, span, parties)


def out_of_hours(case: Case, evidence: Evidence) -> Raised | None:
    """A pupil was in a call that began outside the school day."""
    pupils = case.of_role("pupil")
    why = evidence.calendar.outside(case.call.start) if pupils else None
    if why is None:
        return None
    who = f"{capital(named(pupils[0]))} was" if len(pupils) == 1 else f"{capital(counted(len(pupils), 'pupil'))} were"
    return Raised(
        people=case.with_organiser(pupils),
        text=f"This call started at {clock(case.call.start)}{_when(why, case)}. {who} in it.",
        next_step=f"{_ask(case, ())} whether it was planned.",
        at=case.call.start,
        parties=case.by_pupil(pupils),
    )


def _when(why: Outside, case: Case) -> str:
    said = {
        "weekend": f" on a {case.day:%A}",
        "bank holiday": f" on a bank holiday, {bank_holidays(case.day.year).get(case.day, '')}",
        "out of term": ", out of term",
        "before school": ", before the school day",
        "after school": ", after the school day",
    }
    return said[why]


def _ask(case: Case, strangers: Sequence[Presence]) -> str:
    """Say whom to ask: the organiser by name where he is of the school, and not the one it is about."""
    organiser = case.call.organiser
    if organiser and organiser.role in ("pupil", "staff"):
        return f"Ask {named(organiser)}"
    if organiser and organiser.account in {person.account for person in strangers}:
        return "Find out"
    return "Ask the organiser"


def _times(person: Presence) -> str:
    if not person.intervals:
        return ""
    return f", {clock(person.intervals[0][0])} to {clock(person.intervals[-1][1])}"


def _first(people: Sequence[Presence], case: Case) -> datetime:
    return min((joined for person in people for joined, _ in person.intervals), default=case.call.start)


def _interval(people: Sequence[Presence]) -> Interval | None:
    """Give the first longest stay of any of them."""
    stays = sorted(stay for person in people for stay in person.intervals)
    return max(stays, key=lambda stay: stay[1] - stay[0], default=None)
