"""Who is on roll in which class and by which account, as the ledger keeps it: one entry a class, anew when it changes.

Classes come in as plain values and go out as ledger entries, and the other way round. Names, numbers and accounts are
in the entry's private part; class codes and counts stay for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from teamskit.calls.model import CallEntry
from teamskit.clock import at_school
from teamskit.ledger.entries import Entry
from teamskit.ledger.newest import next_version, without_known

ROLL = "roll"


@dataclass(frozen=True)
class OnRoll:
    """A pupil in a class: `key` is his in the whole tenant, `id` the admission number.

    `account` is None where no usable account was matched. `since` and `until` are the first and last day in the class,
    `left_on` the first day no longer at the school; None where the export has no date.
    """

    key: str
    id: str
    name: str
    year: str | None = None
    account: str | None = None
    joined_on: date | None = None
    left_on: date | None = None
    since: date | None = None
    until: date | None = None

    def is_there(self, day: date) -> bool:
        """Say whether he is on roll and in the class on a day."""
        return (
            (self.joined_on is None or self.joined_on <= day)
            and (self.left_on is None or day < self.left_on)
            and (self.since is None or self.since <= day)
            and (self.until is None or day <= self.until)
        )


@dataclass(frozen=True)
class ClassRoll:
    """A class and everybody in it; who is in it by several rows stands in it several times."""

    school: str
    id: str
    name: str
    pupils: tuple[OnRoll, ...] = ()

    @property
    def key(self) -> str:
        """Give the key of its ledger entries."""
        return f"{self.school}/{self.id}"


@dataclass(frozen=True)
class RollTaken:
    """A class as it stood when it was learnt, at `at` (UTC)."""

    at: datetime
    roll: ClassRoll


@dataclass(frozen=True)
class Rolls:
    """Every class as it stood over time."""

    taken: tuple[RollTaken, ...] = ()

    @cached_property
    def _by_key(self) -> Mapping[str, list[RollTaken]]:
        found: dict[str, list[RollTaken]] = {}
        for one in self.taken:
            found.setdefault(one.roll.key, []).append(one)
        return found

    @cached_property
    def _keys_of_id(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, versions in self._by_key.items():
            found.setdefault(versions[0].roll.id, []).append(key)
        return found

    @cached_property
    def _answered(self) -> dict[tuple[str, date], list[ClassRoll]]:
        return {}

    @cached_property
    def _first(self) -> date | None:
        return min((at_school(one.at).date() for one in self.taken), default=None)

    @cached_property
    def classes(self) -> tuple[ClassRoll, ...]:
        """Give each class as it is known last, by school and id."""
        return tuple(self._by_key[key][-1].roll for key in sorted(self._by_key))

    def on(self, day: date) -> list[ClassRoll]:
        """Give the classes of a day with who was in them on it, each pupil once.

        A day before the first roll that was ever taken is answered from that one, by the dates that it has.
        """
        return [_there(roll, day) for some in self._by_key.values() if (roll := self._standing(some, day))]

    def of_call(self, call: CallEntry) -> list[ClassRoll]:
        """Give the classes that a call of a class team may have been of, as they stood on its day.

        Schools of one trust may have a class of one code each: of several, those count of whom somebody is in the call.
        """
        found = self._of_id(call.class_id, at_school(call.start).date()) if call.class_id else []
        if len(found) < 2:
            return found
        accounts = {person.account for person in call.people}
        return [roll for roll in found if any(pupil.account in accounts for pupil in roll.pupils)]

    def _of_id(self, class_id: str, day: date) -> list[ClassRoll]:
        """Give the classes of a code on a day; a day has many lessons of one class, so it is worked out once."""
        asked = class_id, day
        if asked not in self._answered:
            versions = (self._by_key[key] for key in self._keys_of_id.get(class_id, ()))
            self._answered[asked] = [_there(roll, day) for some in versions if (roll := self._standing(some, day))]
        return self._answered[asked]

    def _standing(self, versions: Sequence[RollTaken], day: date) -> ClassRoll | None:
        known = [one for one in versions if at_school(one.at).date() <= day]
        if known:
            return known[-1].roll
        # A class that came later than the first roll was not there before; one of the first roll always was.
        return versions[0].roll if at_school(versions[0].at).date() == self._first else None


def roll_entries(rolls: Iterable[ClassRoll], newest: Sequence[Entry], now: datetime) -> list[Entry]:
    """Give an entry for each class that is not as the ledger's newest word has it, a class that is gone too."""
    held = {entry.key: entry for entry in newest}
    wanted = {key: _emptied(entry) for key, entry in held.items()} | {roll.key: roll for roll in rolls}
    entries = [
        Entry(ROLL, key, next_version(held.get(key)), now, _body(roll, now), about=now, private=_private(roll))
        for key, roll in wanted.items()
    ]
    return without_known(entries, newest)


def rolls_of(entries: Iterable[Entry]) -> Rolls:
    """Read the history of all classes from their entries in order; nobody is in one whose names were forgotten."""
    return Rolls(tuple(RollTaken(entry.at, _roll(entry)) for entry in entries))


def _there(roll: ClassRoll, day: date) -> ClassRoll:
    pupils = {one.key: one for one in roll.pupils if one.is_there(day)}
    return replace(roll, pupils=tuple(pupils.values()))


def _emptied(entry: Entry) -> ClassRoll:
    return replace(_roll(entry), pupils=())


def _body(roll: ClassRoll, now: datetime) -> dict[str, Any]:
    there = _there(roll, at_school(now).date()).pupils
    matched = sum(one.account is not None for one in there)
    return {"school": roll.school, "class": roll.id, "pupils": len(there), "matched": matched}


def _private(roll: ClassRoll) -> dict[str, Any]:
    return {"name": roll.name, "pupils": [_shown(one) for one in roll.pupils]}


def _shown(one: OnRoll) -> dict[str, Any]:
    days = {name: getattr(one, name) for name in _DAYS}
    said = {name: day.isoformat() for name, day in days.items() if day}
    return {"key": one.key, "id": one.id, "name": one.name, "year": one.year, "account": one.account, **said}


def _roll(entry: Entry) -> ClassRoll:
    private = entry.private or {"name": entry.body["class"], "pupils": []}
    pupils = tuple(_on_roll(one) for one in private["pupils"])
    return ClassRoll(entry.body["school"], entry.body["class"], private["name"], pupils)


def _on_roll(one: Mapping[str, Any]) -> OnRoll:
    days = {name: date.fromisoformat(one[name]) for name in _DAYS if name in one}
    return OnRoll(one["key"], one["id"], one["name"], one["year"], one["account"], **days)


_DAYS = ("joined_on", "left_on", "since", "until")
