"""Which lessons are to stand: who organises and presents, who is invited, with which options; what is left out. Pure.

No lesson is made for one pupil and one adult alone unless that many were allowed by number.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from teamskit.clock import iso
from teamskit.lessons.dated import DatedLesson
from teamskit.lessons.options import PRESENTERS, Media, Presenter, safe_options, standing, strictest
from teamskit.plan import LeftOut
from teamskit.roster import Person, Roster, Section

ALLOW_ONE_TO_ONE = "--allow-one-to-one"
ALONE = "would be a call of one pupil and one adult"
NO_TEACHER = "name who teaches it, with an account, in the list of cover; or mend the account: teamskit roster match"
NO_TEAM = "make its team first (teamskit teams plan), or invite pupils by address: --pupils FILE"
NO_PUPIL = "see teamskit roster match"


@dataclass(frozen=True)
class Directory:
    """What the tenant knows of the people of a roster, by person key, and of class teams, by class key.

    `accounts` has whoever has a usable account, `why` the reason of whoever has none; `media` is by account id; `teams`
    are group ids of teams that have an address.
    """

    accounts: Mapping[str, Presenter]
    why: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, Media] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WantedLesson:
    """A lesson as it is to stand: `staff` begins with the organiser; `guests` are the id of the team, or of pupils.

    `team` is the id of the class team where there is one, `pupils` how many pupils it is for, `of_class` how many the
    class has and `class_media` what they may turn on.
    """

    lesson: DatedLesson
    subject: str
    staff: tuple[Presenter, ...]
    guests: tuple[str, ...]
    pupils: int
    media: Media = Media()
    team: str = ""
    of_class: int = 0
    class_media: Media = Media()

    @property
    def organiser(self) -> str:
        """Give the account id of whose calendar it stands in."""
        return self.staff[0].account

    @property
    def invited(self) -> list[str]:
        """Give the ids of all who are invited: the guests, and the staff who do not organise it."""
        return sorted({*self.guests, *(one.account for one in self.staff[1:])})

    @property
    def is_one_to_one(self) -> bool:
        """Say whether it would be a call of one adult and one pupil."""
        return self.pupils == 1 and len(self.staff) == 1

    def for_class(self) -> "WantedLesson":
        """Give the lesson as it is when the whole class is invited by its team."""
        return replace(self, guests=(self.team,), pupils=self.of_class, media=self.class_media)

    def state(self) -> dict[str, Any]:
        """Give the state that a plan wants: ids and options, no names of pupils."""
        options = standing(safe_options(self.staff, self.media))
        if PRESENTERS in options:
            options[PRESENTERS] = [one for one in options[PRESENTERS] if one != self.organiser]
        span = {"starts": iso(self.lesson.starts), "ends": iso(self.lesson.ends)}
        return {**span, "subject": self.subject, "invited": self.invited, **options}


@dataclass
class Wanted:
    """Lessons to stand, in order of time; `undecided` are keys of lessons left out that may stay as they are.

    `of_two` would be calls of one pupil and one adult, which `settle_calls_of_two` decides about; `alone` are the keys
    of those that may not stand. `unnamed` are classes, with the staff codes,
    whose own teachers give lessons for which the timetable names nobody of the export.
    """

    lessons: list[WantedLesson] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    undecided: set[str] = field(default_factory=set)
    of_two: list[WantedLesson] = field(default_factory=list)
    alone: set[str] = field(default_factory=set)
    unnamed: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """Whom to invite: all of a class by its team, or only `pupils` (person keys)."""

    pupils: frozenset[str] | None = None


@dataclass(frozen=True)
class _Lacking:
    """Why a lesson is left out, and what to do."""

    why: str
    remedy: str


def wanted_lessons(roster: Roster, lessons: Sequence[DatedLesson], directory: Directory, choice: Choice) -> Wanted:
    """Give the lessons that are to stand, and those that are not, gathered by class and reason."""
    found = Wanted()
    without: dict[tuple[str, _Lacking], list[DatedLesson]] = defaultdict(list)
    sections = {(one.school, one.id): one for one in roster.sections}
    for lesson in lessons:
        made = _wanted(roster, sections[lesson.school, lesson.section_id], lesson, directory, choice)
        if isinstance(made, _Lacking):
            without[lesson.section_id, made].append(lesson)
            found.undecided.add(lesson.key)
        else:
            if not lesson.staff:
                found.unnamed[lesson.section_id] = made.lesson.staff
            (found.of_two if made.is_one_to_one else found.lessons).append(made)
    found.left_out = list(_left_out(without))
    return found


def settle_calls_of_two(found: Wanted, allowed: int, is_open: Callable[[WantedLesson], bool]) -> None:
    """Let calls of one pupil and one adult stand when they are not more than `allowed`, and leave them out otherwise.

    A lesson that is open to its class already (`is_open`) is none, whoever of the class is on a list.
    """
    others = [one for one in found.of_two if not (one.of_class > 1 and is_open(one))]
    stand = [one for one in found.of_two if one not in others or len(others) <= allowed]
    found.lessons = sorted([*found.lessons, *stand], key=lambda one: one.lesson.starts)
    if len(others) <= allowed:
        return
    found.alone = {one.lesson.key for one in others}
    without: dict[tuple[str, _Lacking], list[DatedLesson]] = defaultdict(list)
    for one in others:
        without[one.lesson.section_id, _Lacking(ALONE, f"{ALLOW_ONE_TO_ONE} {len(others)}")].append(one.lesson)
    found.left_out += _left_out(without)


def _left_out(without: Mapping[tuple[str, _Lacking], Sequence[DatedLesson]]) -> Iterator[LeftOut]:
    for (section, lacking), lessons in without.items():
        first, many = lessons[0], len(lessons)
        which = first.label if many == 1 else f"{section}, {many:,} lessons from {first.day.day} {first.day:%B}"
        yield LeftOut(which, lacking.why, lacking.remedy)


def _wanted(
    roster: Roster, section: Section, lesson: DatedLesson, directory: Directory, choice: Choice
) -> WantedLesson | _Lacking:
    if not lesson.staff:
        lesson = replace(lesson, staff=tuple(one.id for one in roster.teachers_of(section) if one.on_roll))
    staff = _staff(roster, lesson, directory)
    if isinstance(staff, _Lacking):
        return staff
    every = [one for one in roster.pupils_of(section) if one.on_roll and one.key in directory.accounts]
    pupils = every if choice.pupils is None else [one for one in every if one.key in choice.pupils]
    if not pupils:
        return _Lacking("no pupil of it has an account that may be used", NO_PUPIL)
    team = directory.teams.get(section.key, "")
    if choice.pupils is None and not team:
        return _Lacking("the class has no team with an address", NO_TEAM)
    accounts = tuple(directory.accounts[one.key].account for one in pupils)
    guests = (team,) if choice.pupils is None else accounts
    media, of_class = _media(directory, pupils), (len(every), _media(directory, every))
    return WantedLesson(lesson, subject_of(section, lesson), staff, guests, len(pupils), media, team, *of_class)


def _media(directory: Directory, pupils: Iterable[Person]) -> Media:
    return strictest(directory.media.get(directory.accounts[one.key].account, Media()) for one in pupils)


def subject_of(section: Section, lesson: DatedLesson) -> str:
    """Give what a lesson is called in a calendar: its class and its period."""
    return f"{section.name}, {_period_words(lesson.period)}"


def _period_words(period: str) -> str:
    name = period.partition("@")[0]
    return f"period {name}" if name.isdigit() else name


def _staff(roster: Roster, lesson: DatedLesson, directory: Directory) -> tuple[Presenter, ...] | _Lacking:
    """Give those who have an account of the staff that the timetable, the list of cover or the class itself names."""
    people = [_member_of_staff(roster, lesson.school, code) for code in lesson.staff]
    known = [one for one in people if one and one.on_roll]
    usable = [directory.accounts[one.key] for one in known if one.key in directory.accounts]
    if usable:
        return tuple({one.account: one for one in usable}.values())
    return _Lacking(_why_nobody(lesson, known, directory), NO_TEACHER)


def _why_nobody(lesson: DatedLesson, known: Sequence[Person], directory: Directory) -> str:
    if known:
        return "; ".join(f"staff {one.id}: {directory.why.get(one.key, 'no account')}" for one in known)
    named = ", ".join(lesson.staff)
    return f"no member of staff of the export is {named}" if named else "nobody teaches it in the export"


def _member_of_staff(roster: Roster, school: str, code: str) -> Person | None:
    """Find a member of staff by code, of the lesson's school first; capitals decide only between two."""
    exact = roster.people_by_key.get(f"{school}/staff/{code}")
    if exact:
        return exact
    alike = [one for one in roster.staff if one.id.casefold() == code.casefold()]
    own = [one for one in alike if one.school == school]
    return next(iter(own or alike), None)
