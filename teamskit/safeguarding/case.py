"""One call as the rules look at it, and what a rule gives back. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from teamskit.calls.model import CallEntry, Interval, Presence
from teamskit.clock import at_school
from teamskit.registers import Party
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.stretches import Timeline

_FOREIGN = "#ext#"


@dataclass(frozen=True)
class Case:
    """A call with its day at school; what is worked out of it is worked out once."""

    call: CallEntry

    @cached_property
    def day(self) -> date:
        """Give the school day on which the call began."""
        return at_school(self.call.start).date()

    @property
    def is_timed(self) -> bool:
        """Say whether it is known who was present when."""
        return self.call.has_times

    @cached_property
    def line(self) -> Timeline:
        """Give who was present when; nobody where that is not known."""
        return Timeline(self.call.people if self.is_timed else ())

    @cached_property
    def there(self) -> tuple[Presence, ...]:
        """Give who was in the call at some time: by presence, and by the list where no times are known."""
        return self.line.people if self.is_timed else self.call.people

    def of_role(self, *roles: str) -> tuple[Presence, ...]:
        """Give those of some roles who were in the call."""
        if len(roles) == 1:
            return self._by_role.get(roles[0], ())
        return tuple(person for person in self.there if person.role in roles)

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[Presence, ...]]:
        found: dict[str, list[Presence]] = {}
        for person in self.there:
            found.setdefault(person.role, []).append(person)
        return {role: tuple(people) for role, people in found.items()}

    @cached_property
    def staff_ids(self) -> frozenset[str]:
        """Give the staff concerned: those in the call, and who organised it."""
        organiser = self.call.organiser
        led = {organiser.id} if organiser and organiser.role == "staff" else set()
        return frozenset(led | {person.id for person in self.of_role("staff")})

    @cached_property
    def pupil_ids(self) -> frozenset[str]:
        """Give the pupils in the call."""
        return frozenset(person.id for person in self.of_role("pupil"))

    @cached_property
    def outside_names(self) -> tuple[tuple[str, ...], ...]:
        """Give the names of each outside person in the call."""
        return tuple(names_of(person) for person in self.of_role("outside"))

    def by_pupil(self, pupils: Iterable[Presence]) -> tuple[Party, ...]:
        """Give a party a pupil: an agreement that names one pupil does not speak for the others."""
        return tuple(Party(frozenset({one.id}), self.staff_ids, self.outside_names) for one in pupils)

    def by_nobody(self) -> tuple[Party, ...]:
        """Give the one party of what concerns no pupil more than another: the staff of the call."""
        return (Party(frozenset(), self.staff_ids, self.outside_names),)

    def with_organiser(self, people: Iterable[Presence]) -> tuple[str, ...]:
        """Give the ids of people and of who organised the call."""
        organiser = self.call.organiser
        return ids([*([organiser] if organiser else []), *people])


@dataclass(frozen=True)
class Raised:
    """What a rule found in a call.

    `parties` are whom agreements would have to cover, every one. `closed` says what closed it, where something has.
    `unknowns` are what could not be told, as keys: times, record, recording, consent.
    `alike` is what the text says after the name, where many pupils can be said together.
    """

    people: tuple[str, ...]
    text: str
    next_step: str
    at: datetime
    span: Interval | None = None
    parties: Sequence[Party] = ()
    closed: str = ""
    unknowns: tuple[str, ...] = ()
    alike: str = ""


Rule = Callable[[Case, Evidence], Raised | None]


def ids(people: Iterable[Presence]) -> tuple[str, ...]:
    """Give the ids of people, each once, in order."""
    return tuple(dict.fromkeys(person.id for person in people))


def names_of(person: Presence) -> tuple[str, ...]:
    """Give what a register may call an outside person: address, number, display name.

    The address of a guest account stands before #EXT# in its sign-in name, its @ written as the last underscore.
    """
    address, found = person.address, [person.address, person.name, person.account]
    if _FOREIGN in address.casefold():
        local = address[: address.casefold().index(_FOREIGN)]
        found.append("@".join(local.rsplit("_", 1)))
    return tuple(one for one in found if one)
