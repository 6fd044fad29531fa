"""On which days pupils were in any call, by presence, or may have been, by a list without times. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from teamskit.calls.model import CallEntry, Interval, Presence
from teamskit.calls.roll import OnRoll
from teamskit.clock import at_school

Name = tuple[str, str]


class Sightings:
    """Who was in which of some calls on which day at school; a call over midnight counts for both days."""

    def __init__(self, calls: Iterable[CallEntry]) -> None:
        """Go through the calls once."""
        self._there: dict[date, set[Name]] = defaultdict(set)
        self._perhaps: dict[date, set[Name]] = defaultdict(set)
        for call in calls:
            self._look_at(call)

    def days(self, pupil: OnRoll) -> set[date]:
        """Give the days on which a pupil was present in some call."""
        return _of(self._there, pupil)

    def perhaps(self, pupil: OnRoll) -> set[date]:
        """Give the days of calls that name him and of which nobody's times are known."""
        return _of(self._perhaps, pupil)

    def _look_at(self, call: CallEntry) -> None:
        first, last = _day(call.start), _day(call.end)
        there = [person for person in call.people if person.intervals]
        if first == last:
            self._there[first].update(_all_names(there))
        else:
            for person in there:
                for day in (day for one in person.intervals for day in _days(one)):
                    self._there[day].update(_names(person))
        if not call.has_times:
            self._perhaps[first].update(_all_names([person for person in call.people if not person.intervals]))


def _all_names(people: Sequence[Presence]) -> list[Name]:
    """Give what `_names` gives of each, at once."""
    pupils = [("pupil", one.id) for one in people if one.role == "pupil" and one.id]
    return [*pupils, *[("account", one.account) for one in people if one.account]]


def is_pupil(person: Presence, pupil: OnRoll) -> bool:
    """Say whether somebody in a call is a pupil: by account, or as the roster named him when the call was read."""
    return any(name in _names_of(pupil) for name in _names(person))


def _names(person: Presence) -> list[Name]:
    found = [("account", person.account)] if person.account else []
    return [*found, ("pupil", person.id)] if person.role == "pupil" and person.id else found


def _names_of(pupil: OnRoll) -> list[Name]:
    return [("pupil", pupil.id), *([("account", pupil.account)] if pupil.account else [])]


def _of(where: Mapping[date, Collection[Name]], pupil: OnRoll) -> set[date]:
    names = _names_of(pupil)
    return {day for day, there in where.items() if any(name in there for name in names)}


def _day(moment: datetime) -> date:
    return at_school(moment).date()


def _days(interval: Interval) -> list[date]:
    first, last = _day(interval[0]), _day(interval[1] - timedelta(seconds=1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
