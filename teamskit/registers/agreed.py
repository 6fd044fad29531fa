"""What was agreed beforehand: rows of registers/agreed.csv as values. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from teamskit.registers.naming import named_as, zeros_put_back


@dataclass(frozen=True)
class Party:
    """Whom an agreement would have to fit: ids of pupils and staff, and the names that outside people go by.

    Each outside person has several names: an e-mail address, a telephone number, a display name.
    """

    pupils: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    outside: Collection[Collection[str]] = ()


@dataclass(frozen=True)
class Agreement:
    """One row; an empty cell asks for nothing. `first` and `last` are both in; None is without a bound."""

    what: str
    pupil: str = ""
    staff: str = ""
    outside: str = ""
    first: date | None = None
    last: date | None = None
    reason: str = ""
    agreed_by: str = ""
    row: int = 0

    def holds_on(self, day: date) -> bool:
        """Say whether a school day lies in it."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def touches(self, first: date, last: date) -> bool:
        """Say whether it holds on a day of a period, both ends included."""
        return (self.first or first) <= last and (self.last or last) >= first

    @property
    def names_nobody(self) -> bool:
        """Say whether it speaks of everybody."""
        return not (self.pupil or self.staff or self.outside)

    def fits(self, party: Party) -> bool:
        """Say whether every cell that is given fits."""
        return (
            (not self.pupil or _is_among(self.pupil, party.pupils))
            and (not self.staff or _is_among(self.staff, party.staff))
            and (not self.outside or any(named_as(self.outside, names) for names in party.outside))
        )


@dataclass(frozen=True)
class AgreedRegister:
    """The register; `by_what` is made once, because many calls ask for few kinds."""

    rows: tuple[Agreement, ...] = ()
    by_what: dict[str, list[Agreement]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather the rows by the finding they name."""
        for one in self.rows:
            self.by_what.setdefault(one.what, []).append(one)

    def covering(self, what: str, day: date, parties: Iterable[Party]) -> list[Agreement] | None:
        """Give the agreements that cover every party of a finding, in order; None where one is not covered."""
        on_that_day = [one for one in self.by_what.get(what, ()) if one.holds_on(day)]
        found: dict[int, Agreement] = {}
        for party in parties:
            fitting = next((one for one in on_that_day if one.fits(party)), None)
            if fitting is None:
                return None
            found[fitting.row] = fitting
        return list(found.values()) or None

    def with_zeros(self, pupils: Iterable[str], staff: Iterable[str]) -> tuple["AgreedRegister", tuple[str, ...]]:
        """Put back zeros that Excel took from numbers of known people; gives the register and the numbers read so."""
        of_pupils = zeros_put_back((one.pupil for one in self.rows if one.pupil), pupils)
        of_staff = zeros_put_back((one.staff for one in self.rows if one.staff), staff)
        rows = (
            replace(one, pupil=of_pupils.get(one.pupil, one.pupil), staff=of_staff.get(one.staff, one.staff))
            for one in self.rows
        )
        return AgreedRegister(tuple(rows)), tuple(sorted({*of_pupils.values(), *of_staff.values()}))


def _is_among(cell: str, ids: Iterable[str]) -> bool:
    return cell.casefold() in (one.casefold() for one in ids)
