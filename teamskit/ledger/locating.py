"""Find where a ledger departs from its signed heads, as narrowly as they allow. Pure.

Each head fixes the tree up to its size, whatever happened before: its peaks are signed with it. So the stretch between
two heads is looked at for itself, and a stretch that does not fit is tried with one leaf put right, two exchanged, one
left out, or all of them a place further on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from teamskit.ledger.faults import Fault, What
from teamskit.ledger.merkle import EMPTY_ROOT, Frontier
from teamskit.ledger.scan import Scan, stretches_of

SHIFTS = 3
"""So many entries, put in or taken out with all later ones renumbered, are followed from one head to the next."""
WORK = 6_000_000
"""So many hashes are spent, all in all, on trying to put stretches right; then it is only said between which heads."""
DOUBTFUL = 8
"""Of so many altered entries it is tried which leaves were altered too."""


@dataclass(frozen=True)
class Mark:
    """A head that is truly signed: size and root, and the peaks to go on from."""

    size: int
    root: bytes
    peaks: bytes


START = Mark(0, EMPTY_ROOT, b"")


@dataclass(frozen=True)
class Stretch:
    """The entries between two heads, `begin` < number <= `end`; `shift` is how far those that stand there moved."""

    begin: Mark
    end: Mark
    shift: int = 0

    @property
    def places(self) -> range:
        """Give the numbers under which its entries are looked for."""
        return range(self.begin.size + 1 + self.shift, self.end.size + 1 + self.shift)

    @property
    def sizes(self) -> tuple[int, int]:
        """Give the sizes of the two heads."""
        return self.begin.size, self.end.size

    def moved(self, shift: int) -> "Stretch":
        """Give the same stretch, looked for elsewhere."""
        return Stretch(self.begin, self.end, shift)

    def fits(self, leaves: Sequence[bytes | None]) -> bool:
        """Say whether these leaves lead from the one head to the other."""
        if len(leaves) != self.end.size - self.begin.size:
            return False
        whole = [leaf for leaf in leaves if leaf]
        tree = Frontier.of_bytes(self.begin.size, self.begin.peaks)
        return len(whole) == len(leaves) and tree.pushed(whole).root() == self.end.root


def locate(entries: Scan, marks: Sequence[Mark]) -> list[Fault]:
    """Give what is wrong with the entries under the heads; `marks` in order of their sizes."""
    return _Search(entries, marks).faults()


class _Search:
    def __init__(self, entries: Scan, marks: Sequence[Mark]) -> None:
        self._entries = entries
        self._at: Mapping[int, int] = {seq: index for index, seq in enumerate(entries.seqs)}
        ends = [START, *marks]
        self._stretches = [Stretch(begin, end) for begin, end in zip(ends, ends[1:], strict=False)]
        self._used: set[int] = set()
        self._left: list[Stretch] = []
        self._work = WORK
        self._faults: list[Fault] = []

    def faults(self) -> list[Fault]:
        """Name what is wrong in each stretch between two heads, in order."""
        open_: list[Stretch] = []
        shift = 0
        for stretch in self._stretches:
            found = self._where(stretch, shift)
            if found is None:
                open_.append(stretch.moved(shift))
                continue
            self._settle(open_, found.shift - shift)
            if not open_ and found.shift > shift:
                self._inserted(range(found.begin.size + 1 + shift, found.begin.size + 1 + found.shift))
            open_, shift = [], found.shift
            self._as_written(found)
        self._settle(open_, self._more_at_the_end(open_, shift))
        for stretch in self._across(self._left):
            many = "one or more entries are not the ones that were signed"
            self._narrow("altered", stretch.sizes, f"between these heads {many}; each agrees with its own leaf")
        self._strays()
        return self._faults

    def _more_at_the_end(self, open_: Sequence[Stretch], shift: int) -> int:
        """Give how many more the last stretch holds than were signed, when leaving so many out puts it right."""
        if len(open_) != 1 or not self._entries.seqs:
            return 0
        more = self._entries.seqs[-1] - open_[0].end.size - shift
        return more if 0 < more <= SHIFTS and self._extra(open_[0], more) else 0

    def _where(self, stretch: Stretch, shift: int) -> Stretch | None:
        tried = [shift, *(shift + sign * n for n in range(1, SHIFTS + 1) for sign in (-1, 1))]
        return next((one for by in tried if (one := stretch.moved(by)).fits(self._stored(one))), None)

    def _settle(self, open_: Sequence[Stretch], by: int) -> None:
        """Say what happened in stretches that did not fit, after which all entries stand `by` places further on."""
        if not open_:
            return
        if by == 0:
            self._changed(list(open_))
        elif by > 0 and len(open_) == 1 and (extra := self._extra(open_[0], by)):
            self._use(range(open_[0].places.start, open_[0].places.stop + by))
            self._inserted(extra)
        else:
            what: What = "inserted" if by > 0 else "removed"
            between = (open_[0].begin.size, open_[-1].end.size)
            self._use(range(between[0] + 1 + open_[0].shift, between[1] + 1 + open_[0].shift + by))
            said = f"{abs(by)} {'more' if by > 0 else 'fewer'} than were signed"
            self._narrow(what, between, f"between these heads stand {said}, and all after them were renumbered")

    def _extra(self, stretch: Stretch, by: int) -> range | None:
        places = range(stretch.places.start, stretch.places.stop + by)
        leaves = [self._leaf(place) for place in places]
        if None in leaves or not self._may_try(len(leaves) ** 2):
            return None
        for at in range(len(leaves) - by + 1):
            if stretch.fits(leaves[:at] + leaves[at + by :]):
                return range(places.start + at, places.start + at + by)
        return None

    def _changed(self, open_: list[Stretch]) -> None:
        for stretch in open_:
            self._use(stretch.places)
            doubtful = self._as_written(stretch)
            if gaps := [place for place in stretch.places if place not in self._at]:
                self._gone(stretch, gaps)
            elif not self._put_right(stretch, doubtful) and not self._exchanged(stretch):
                self._left.append(stretch)

    def _gone(self, stretch: Stretch, gaps: Sequence[int]) -> None:
        if len(gaps) == 1 and (stray := self._filled(stretch, gaps[0])) is not None:
            seq = self._entries.seqs[stray]
            self._use([seq])
            self._faults.append(
                Fault("reordered", gaps[0], self._entries.kinds[stray], f"it stands at number {seq} now")
            )
            return
        for first, last in stretches_of(gaps):
            many = "the entry is" if first == last else "these entries are"
            self._faults.append(
                Fault("removed", first, "", f"{many} not there any more", to=last, between=stretch.sizes)
            )

    def _filled(self, stretch: Stretch, gap: int) -> int | None:
        leaves, at = self._stored(stretch), gap - stretch.places.start
        last = self._stretches[-1].end.size
        strays = [index for seq, index in self._at.items() if not 1 <= seq <= last]
        if not self._may_try(len(strays) * len(leaves)):
            return None
        fitting = (n for n in strays if stretch.fits([*leaves[:at], self._entries.stored[n], *leaves[at + 1 :]]))
        return next(fitting, None)

    def _put_right(self, stretch: Stretch, doubtful: Sequence[int]) -> bool:
        """Say whether the leaves were altered, and the entries give the right ones; they are named already."""
        stored, start = self._stored(stretch), stretch.places.start
        for many in range(1, SHIFTS + 1 if len(doubtful) <= DOUBTFUL else 1):
            for some in combinations(doubtful, many):
                tried = list(stored)
                for seq in some:
                    tried[seq - start] = self._entries.made[self._at[seq]]
                if stretch.fits(tried):
                    return True
        return stretch.fits([self._entries.made[self._at[place]] for place in stretch.places])

    def _exchanged(self, stretch: Stretch) -> bool:
        leaves = self._stored(stretch)
        if not self._may_try(len(leaves) ** 3 // 2):
            return False
        for one, two in combinations(range(len(leaves)), 2):
            tried = list(leaves)
            tried[one], tried[two] = tried[two], tried[one]
            if leaves[one] != leaves[two] and stretch.fits(tried):
                self._swapped(stretch.places[one], stretch.places[two])
                return True
        return False

    def _across(self, left: list[Stretch]) -> list[Stretch]:
        """Look for entries that changed places between two stretches; give the stretches that stay unexplained."""
        for one, two in combinations(left, 2):
            if found := self._pair(one, two):
                self._swapped(*found)
                return self._across([stretch for stretch in left if stretch not in (one, two)])
        return left

    def _pair(self, one: Stretch, two: Stretch) -> tuple[int, int] | None:
        first, second = self._stored(one), self._stored(two)
        if not self._may_try(len(first) ** 2 * len(second)):
            return None
        for at, here in enumerate(first):
            for also, there in enumerate(second):
                if not one.fits([*first[:at], there, *first[at + 1 :]]):
                    continue
                if two.fits([*second[:also], here, *second[also + 1 :]]):
                    return one.places[at], two.places[also]
        return None

    def _as_written(self, stretch: Stretch) -> list[int]:
        """Name the entries that are not what their leaf says; give their numbers."""
        self._use(stretch.places)
        stored, made = self._entries.stored, self._entries.made
        doubtful = [
            place for place in stretch.places if (n := self._at.get(place)) is not None and stored[n] != made[n]
        ]
        pairs = {stored[self._at[place]]: place for place in doubtful}
        for place in doubtful:
            index = self._at[place]
            other = pairs.get(made[index])
            if other is None:
                said = Fault("altered", place, self._entries.kinds[index], "it is not as it was written")
            else:
                said = Fault("reordered", place, self._entries.kinds[index], f"it holds what was written as {other}")
            self._faults.append(said)
        return doubtful

    def _may_try(self, hashes: int) -> bool:
        """Say whether there is still as much work to spend, and take it."""
        if hashes > self._work:
            return False
        self._work -= hashes
        return True

    def _swapped(self, one: int, two: int) -> None:
        for here, there in ((one, two), (two, one)):
            kind = self._entries.kinds[self._at[here]]
            self._faults.append(Fault("reordered", here, kind, f"it changed places with {there}"))

    def _inserted(self, places: range) -> None:
        self._use(places)
        for place in places:
            kind = self._entries.kinds[self._at[place]]
            self._faults.append(Fault("inserted", place, kind, "no head was signed with it"))

    def _narrow(self, what: What, between: tuple[int, int], text: str) -> None:
        self._faults.append(Fault(what, None, "", text, between=between))

    def _strays(self) -> None:
        for index, seq in enumerate(self._entries.seqs):
            if seq not in self._used:
                self._faults.append(Fault("inserted", seq, self._entries.kinds[index], "no head was signed with it"))

    def _stored(self, stretch: Stretch) -> list[bytes | None]:
        return [self._leaf(place) for place in stretch.places]

    def _leaf(self, place: int) -> bytes | None:
        index = self._at.get(place)
        return None if index is None else self._entries.stored[index]

    def _use(self, places: Iterable[int]) -> None:
        self._used.update(places)
