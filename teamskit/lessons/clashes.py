"""Teachers who would give two lessons at once. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from teamskit.clock import at_school
from teamskit.lessons.dated import DatedLesson

Clash = tuple[DatedLesson, DatedLesson]
SHOWN = 5


def clashes(lessons: Iterable[DatedLesson], others: Iterable[DatedLesson] = ()) -> list[Clash]:
    """Give each two lessons that the same first teacher gives at once; of `others` only what a covered lesson meets."""
    mine = list(lessons)
    keys = {one.key for one in mine}
    found = list(_overlaps(mine))
    beside = [one for one in others if one.key not in keys]
    for lesson in (one for one in mine if one.is_covered):
        found += [(lesson, one) for one in beside if _teacher(one) == _teacher(lesson) and _meet(lesson, one)]
    return found


def clash_words(found: Sequence[Clash]) -> Iterator[str]:
    """Say who would be where at once: the first few by name, and how many more there are."""
    for first, second in found[:SHOWN]:
        at = at_school(max(first.starts, second.starts))
        when = f"{at.day} {at:%B, %H:%M}"
        two = f"{first.section_id} and {second.section_id}"
        yield f"staff {first.staff[0]} would teach {two} at once on {when}: name cover for one of them"
    if len(found) > SHOWN:
        yield f"{len(found) - SHOWN:,} more times with two lessons of one teacher at once"


def _overlaps(lessons: Sequence[DatedLesson]) -> Iterator[Clash]:
    by_teacher: dict[str, list[DatedLesson]] = {}
    for one in lessons:
        if one.staff:
            by_teacher.setdefault(_teacher(one), []).append(one)
    for some in by_teacher.values():
        in_order = sorted(some, key=lambda one: (one.starts, one.section_id))
        yield from ((first, second) for first, second in pairwise(in_order) if _meet(first, second))


def _teacher(one: DatedLesson) -> str:
    return one.staff[0].casefold() if one.staff else ""


def _meet(first: DatedLesson, second: DatedLesson) -> bool:
    return first.starts < second.ends and second.starts < first.ends
