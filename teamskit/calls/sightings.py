"""On which days pupils were in any call, by presence, or may have been, by a list without times. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from teamskit.calls.model import CallEntry, Interval, Presence
from teamskit.calls.roll import OnRoll
from teamskit.clock import at_school

Name = tuple[str, str]


class Sightings:
    """Who was in which of some calls on which day at school; a call over midnight counts for both days."""

    def __init__(self, calls: Iterable[CallEntry]) -> None:
        """Go through the calls once."""
        self._there: dict[Name, set[date]] = defaultdict(set)
        self._perhaps: dict[Name, set[date]] = defaultdict(set)
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
        one_day = (first,)
        for person in call.people:
            if person.intervals:
                days = one_day if first == last else [day for one in person.intervals for day in _days(one)]
                self._note(self._there, person, days)
            elif not call.has_times:
                self._note(self._perhaps, person, one_day)

    def _note(self, where: dict[Name, set[date]], person: Presence, days: Iterable[date]) -> None:
        for name in _names(person):
            where[name].update(days)


def is_pupil(person: Presence, pupil: OnRoll) -> bool:
    """Say whether somebody in a call is a pupil: by account, or as the roster named him when the call was read."""
    return any(name in _names_of(pupil) for name in _names(person))


def _names(person: Presence) -> list[Name]:
    found = [("account", person.account)] if person.account else []
    return [*found, ("pupil", person.id)] if person.role == "pupil" and person.id else found


def _names_of(pupil: OnRoll) -> list[Name]:
    return [("pupil", pupil.id), *([("account", pupil.account)] if pupil.account else [])]


def _of(where: dict[Name, set[date]], pupil: OnRoll) -> set[date]:
    found: set[date] = set()
    for name in _names_of(pupil):
        found |= where.get(name, set())
    return found


def _day(moment: datetime) -> date:
    return at_school(moment).date()


def _days(interval: Interval) -> list[date]:
    first, last = _day(interval[0]), _day(interval[1] - timedelta(seconds=1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
