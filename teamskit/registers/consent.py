"""Parents' consent to recording: rows of registers/consent.csv as values. Pure."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from teamskit.registers.naming import zeros_put_back


@dataclass(frozen=True)
class Consent:
    """One row: `given` says Yes; it holds from `since` and no longer on the day it was withdrawn."""

    adno: str
    given: bool
    since: date | None = None
    withdrawn: date | None = None
    row: int = 0

    def holds_on(self, day: date) -> bool:
        """Say whether consent holds on a school day by this row."""
        begun = self.since is not None and self.since <= day
        return self.given and begun and (self.withdrawn is None or day < self.withdrawn)


@dataclass(frozen=True)
class ConsentRegister:
    """The register by admission number, as the file writes it."""

    rows: tuple[Consent, ...] = ()
    by_adno: Mapping[str, list[Consent]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather the rows by number."""
        gathered: dict[str, list[Consent]] = defaultdict(list)
        for one in self.rows:
            gathered[one.adno].append(one)
        object.__setattr__(self, "by_adno", dict(gathered))

    def holds(self, adno: str, day: date) -> bool:
        """Say whether the register shows consent for a pupil on a school day.

        The newest row that has begun by then decides; of two of one day the one that says no.
        """
        return adno in self.holding(day)

    def holding(self, day: date) -> frozenset[str]:
        """Give the numbers of all pupils for whom the register shows consent on a day."""
        # Between two dates of the register nothing changes, and every rule on recordings asks of each pupil of a call.
        place = bisect_right(self._dates, day)
        if place not in self._held:
            self._held[place] = frozenset(adno for adno, rows in self.by_adno.items() if _holds(rows, day))
        return self._held[place]

    def ended(self, adno: str, day: date, today: date) -> date | None:
        """Give the first day on which consent that held on `day` no longer does; None where it holds, or never did.

        Consent that was withdrawn and has been given again since, up to `today`, holds.
        """
        if not self.holds(adno, day) or self.holds(adno, today):
            return None
        rows = self.by_adno.get(adno, ())
        dates = sorted({one for row in rows for one in (row.since, row.withdrawn) if one and day < one <= today})
        return next((one for one in dates if not self.holds(adno, one)), None)

    @cached_property
    def _dates(self) -> list[date]:
        return sorted({day for one in self.rows for day in (one.since, one.withdrawn) if day})

    @cached_property
    def _held(self) -> dict[int, frozenset[str]]:
        return {}

    def with_zeros(self, known: Iterable[str]) -> tuple["ConsentRegister", tuple[str, ...]]:
        """Put back zeros that Excel took: numbers of the file that name exactly one known pupil without their zeros.

        Gives the register and the numbers that were read so. A number that is known as it stands is left alone.
        """
        mended = zeros_put_back(self.by_adno, known)
        rows = tuple(replace(one, adno=mended.get(one.adno, one.adno)) for one in self.rows)
        return ConsentRegister(rows), tuple(sorted(mended.values()))


def _holds(rows: Iterable[Consent], day: date) -> bool:
    begun = [one for one in rows if one.since is None or one.since <= day]
    newest = max(begun, key=lambda one: (one.since or date.min, not one.given), default=None)
    return newest is not None and newest.holds_on(day)
