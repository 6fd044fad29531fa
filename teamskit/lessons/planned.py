"""Which meetings of calendars are lessons, by rule. Pure: events and a book of addresses come in.

A lesson is organised by staff and invites a class team or at least two pupils, or is held in a class team's channel.
Staff meetings, talks with one pupil and parents' evenings are none of these and are left alone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from teamskit.tenant.graph import OnlineEvent

Role = Literal["pupil", "staff", "outside", "unknown"]
Kind = Literal[
    "lesson", "channel", "by a pupil", "by somebody else", "one pupil", "with visitors", "staff only", "other"
]
LEFT_ALONE: tuple[Kind, ...] = ("staff only", "one pupil", "with visitors", "other")
TWO = 2
"""So many pupils make a meeting of staff a lesson: parents come with one."""


@dataclass(frozen=True, order=True)
class Party:
    """Somebody invited: role and roster id (the account's id where nobody of the roster has it); `account` if any."""

    role: Role
    id: str
    account: str = ""


@dataclass(frozen=True)
class ClassGroup:
    """A class team as an invitation names it: its group, and its class id."""

    group: str
    class_id: str


@dataclass(frozen=True)
class Book:
    """Who is behind addresses, accounts and channels.

    `people` by address (lower case), `parties` by account id, `classes` by address, `channels` by thread; `groups`
    gives the group id of other groups by address, `members` the account ids in a group, where they were read.
    """

    people: Mapping[str, Party]
    classes: Mapping[str, ClassGroup] = field(default_factory=dict)
    channels: Mapping[str, ClassGroup] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Collection[str]] = field(default_factory=dict)
    parties: Mapping[str, Party] = field(default_factory=dict)
    domains: Collection[str] = ()

    def party(self, address: str) -> Party:
        """Give who an address is; one of our own domains that nobody has is unknown, any other is outside."""
        own = address.rpartition("@")[2] in self.domains
        return self.people.get(address) or Party("unknown" if own else "outside", "")

    def with_members(self, members: Mapping[str, Collection[str]]) -> "Book":
        """Give the book with who is in some groups."""
        return replace(self, members={**self.members, **members})


@dataclass(frozen=True)
class Sitting:
    """One meeting on one day with everybody it is known to invite; `pupils` are people of the roster.

    `groups` are the groups invited, class teams too, whose members are not known here: their pupils are not counted.
    `visitors` is how many people from outside the school are invited.
    """

    join_url: str
    start: datetime
    end: datetime
    organiser: Party
    kind: Kind
    classes: tuple[ClassGroup, ...] = ()
    pupils: tuple[Party, ...] = ()
    staff: tuple[Party, ...] = ()
    groups: tuple[str, ...] = ()
    in_channel: bool = False
    visitors: int = 0

    @property
    def class_id(self) -> str:
        """Name the classes invited, in order."""
        return ", ".join(sorted({one.class_id for one in self.classes}))

    def is_on(self, now: datetime) -> bool:
        """Say whether by the calendar it is being held."""
        return self.start <= now < self.end


def gathered(calendars: Mapping[str, Iterable[OnlineEvent]]) -> list[OnlineEvent]:
    """Give each meeting of several calendars once a day, by time: the organiser's own copy before a guest's.

    A guest's copy may not show everybody, so whoever is invited in any copy counts. `calendars` are by account id; that
    of the organiser's own copy stands for his address, which may be one of several.
    """
    once: dict[tuple[str, datetime], OnlineEvent] = {}
    copies = (
        replace(event, organiser=owner) if event.is_own else event
        for owner, events in calendars.items()
        for event in events
    )
    for one in copies:
        key = (one.join_url, one.start)
        known = once.get(key)
        if known is None:
            once[key] = one
            continue
        first = one if one.is_own and not known.is_own else known
        everybody = tuple(sorted({*known.invited, *one.invited}))
        once[key] = replace(first, invited=everybody, organiser=first.organiser or one.organiser or known.organiser)
    return sorted(once.values(), key=lambda one: (one.start, one.join_url))


def groups_invited(events: Iterable[OnlineEvent], book: Book, *, classes: bool) -> set[str]:
    """Give the ids of the groups that events invite, those of class teams only with `classes`."""
    addresses = {address for one in events for address in one.invited}
    found = {book.groups[one] for one in addresses if one in book.groups}
    if classes:
        found |= {book.classes[one].group for one in addresses if one in book.classes}
        found |= {book.channels[one.thread].group for one in events if one.thread in book.channels}
    return found


def unknown_addresses(events: Iterable[OnlineEvent], book: Book) -> set[str]:
    """Give the addresses of our own domains that events invite and nobody here has: groups of another kind, perhaps."""
    addresses = {address for one in events for address in one.invited}
    known = book.people.keys() | book.classes.keys() | book.groups.keys()
    return {one for one in addresses - known if one.rpartition("@")[2] in book.domains}


def sittings(events: Iterable[OnlineEvent], book: Book) -> list[Sitting]:
    """Give what each event is, in order."""
    return [_sitting(one, book) for one in events]


def _sitting(event: OnlineEvent, book: Book) -> Sitting:
    organiser = book.parties.get(event.organiser) or book.party(event.organiser)
    classes = {book.classes[one] for one in event.invited if one in book.classes}
    if event.in_channel and event.thread in book.channels:
        classes.add(book.channels[event.thread])
    groups = {book.groups[one] for one in event.invited if one in book.groups} | {one.group for one in classes}
    named = {book.party(one) for one in event.invited if one not in book.classes and one not in book.groups}
    inside = {book.parties[one] for group in groups for one in _known(book, group)}
    everybody = (named | inside) - {organiser}
    found = Sitting(
        join_url=event.join_url,
        start=event.start,
        end=event.end,
        organiser=organiser,
        kind="other",
        classes=tuple(sorted(classes, key=lambda one: one.class_id)),
        pupils=tuple(sorted(one for one in everybody if one.role == "pupil")),
        staff=tuple(sorted(one for one in everybody if one.role == "staff")),
        groups=tuple(sorted(one for one in groups if one not in book.members)),
        in_channel=event.in_channel,
        visitors=sum(one in named and one.role == "outside" for one in map(book.party, event.invited)),
    )
    return replace(found, kind=_kind(found, {one.role for one in everybody}))


def _known(book: Book, group: str) -> Iterable[str]:
    return (one for one in book.members.get(group, ()) if one in book.parties)


def _kind(one: Sitting, roles: Collection[Role]) -> Kind:
    is_teaching = bool(one.classes) or len(one.pupils) >= TWO
    if one.organiser.role != "staff":
        return _of_others(one.organiser.role, is_teaching=is_teaching, pupils=len(one.pupils))
    if is_teaching:
        return "channel" if one.in_channel else "lesson"
    if one.pupils:
        return "one pupil"
    return "with visitors" if "outside" in roles else "staff only"


def _of_others(organiser: Role, *, is_teaching: bool, pupils: int) -> Kind:
    if organiser == "pupil":
        return "by a pupil"
    return "by somebody else" if is_teaching or pupils else "other"
