"""Merkle trees by RFC 6962, over SHA-256: roots, proofs and their checks. Pure; knows hashes, not what they stand for.

Source: RFC 6962, section 2.1; the two checks are the ones of RFC 9162, sections 2.1.3.2 and 2.1.4.2; read 2026-11-25.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """Give the hash of a leaf (32 bytes)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of a node from those of the two below it."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """All that must be known of a tree to go on adding leaves: the roots of its whole subtrees, largest first."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Begin where a tree of `size` leaves ended; raises ValueError when the peaks are not as many as it has."""
        if size < 0 or len(peaks) != size.bit_count() or any(len(peak) != HASH_BYTES for peak in peaks):
            raise ValueError("these are not the peaks of a tree of this size")
        self.size, self._peaks = size, list(peaks)

    @classmethod
    def of_bytes(cls, size: int, packed: bytes) -> "Frontier":
        """Read what `packed` gave; raises ValueError when it does not fit the size."""
        return cls(size, [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)])

    def packed(self) -> bytes:
        """Give the peaks in one piece, 32 bytes each."""
        return b"".join(self._peaks)

    def push(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)
        self.size += 1

    def pushed(self, leaves: Iterable[bytes]) -> "Frontier":
        """Give the frontier after some more leaves; this one stays as it is."""
        after = Frontier(self.size, self._peaks)
        for leaf in leaves:
            after.push(leaf)
        return after

    def root(self) -> bytes:
        """Give the root of the tree as it stands."""
        if not self._peaks:
            return EMPTY_ROOT
        *before, root = self._peaks
        for peak in reversed(before):
            root = node_hash(peak, root)
        return root


class Tree:
    """A whole tree in memory, made once from its leaves' hashes, for any number of roots and proofs."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """Hash every whole subtree."""
        self._levels = [list(leaves)]
        while len(below := self._levels[-1]) > 1:
            self._levels.append([node_hash(below[n], below[n + 1]) for n in range(0, len(below) - 1, 2)])

    @property
    def size(self) -> int:
        """Give the number of leaves."""
        return len(self._levels[0])

    def root(self, size: int | None = None) -> bytes:
        """Give the root of the whole tree, or of its first `size` leaves."""
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise ValueError("the tree has fewer leaves")
        return self._between(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Give the path that proves the leaf `index` (from 0) to be in the tree of the first `size` leaves."""
        size = self.size if size is None else size
        if not 0 <= index < size <= self.size:
            raise ValueError("there is no such leaf")
        return list(self._path(index, 0, size))

    def consistency(self, first: int, second: int | None = None) -> list[bytes]:
        """Give the proof that the tree of `second` leaves begins with that of `first`; empty for none and for all."""
        second = self.size if second is None else second
        if not 0 <= first <= second <= self.size:
            raise ValueError("the tree has fewer leaves")
        return list(self._subproof(first, 0, second, whole=True)) if 0 < first < second else []

    def _between(self, begin: int, end: int) -> bytes:
        count = end - begin
        if count & (count - 1) == 0:
            return self._levels[count.bit_length() - 1][begin // count]
        middle = begin + _split(count)
        return node_hash(self._between(begin, middle), self._between(middle, end))

    def _path(self, index: int, begin: int, end: int) -> Iterator[bytes]:
        if end - begin == 1:
            return
        middle = begin + _split(end - begin)
        if index < middle:
            yield from self._path(index, begin, middle)
            yield self._between(middle, end)
        else:
            yield from self._path(index, middle, end)
            yield self._between(begin, middle)

    def _subproof(self, first: int, begin: int, end: int, *, whole: bool) -> Iterator[bytes]:
        if first == end:
            if not whole:
                yield self._between(begin, end)
            return
        middle = begin + _split(end - begin)
        if first <= middle:
            yield from self._subproof(first, begin, middle, whole=whole)
            yield self._between(middle, end)
        else:
            yield from self._subproof(first, middle, end, whole=False)
            yield self._between(begin, middle)


def _split(count: int) -> int:
    """Give the largest power of two below a count above one."""
    return 1 << ((count - 1).bit_length() - 1)


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether a path proves a leaf's hash to be at `index` (from 0) of the tree with this size and root."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether a proof shows that the tree of `second` leaves begins with the tree of `first`."""
    if first == second:
        return first_root == second_root and not proof
    if first == 0:
        return first_root == EMPTY_ROOT and not proof
    if not 0 < first < second:
        return False
    steps = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    return bool(steps) and _both_roots(first - 1, second - 1, steps) == (first_root, second_root)


def _both_roots(number: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if number & 1 or number == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, step)
        number, last = number >> 1, last >> 1
    return (old, new) if last == 0 else None
