"""The bytes of files that nobody stored: made from a key and the place in the file, the same each time.

A file begins as an mp4 does (`ftyp`, then `mdat`); what follows is one fixed stretch of random bytes, over and over,
each time crossed with a mark of the key and of how many came before. So a file may be of any size, and its
quickXorHash is known without making all of it. numpy is read on first use.
Source of the hash: Microsoft's code snippet "QuickXorHash algorithm", read 2026-11-25.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 160 * 1025
"""Bytes made at once: an odd number of rows of the hash's 160 columns, so that a mark is left over from each block."""
_COLUMNS, _SHIFT, _WIDTH = 160, 11, 160
_SEED = 0x7465616D736B6974
_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def stretch(key: str, size: int, start: int, stop: int) -> Iterator[bytes]:
    """Give the bytes from `start` up to `stop` of the file of this key and size, at most a BLOCK at a time."""
    head = _head(size)
    at = start
    while at < stop:
        number = at // BLOCK
        begin = number * BLOCK
        block = (_base() ^ _marks(key, number, 1)).tobytes()
        if number == 0:
            block = head + block[len(head) :]
        until = min(stop, begin + BLOCK)
        yield block[at - begin : until - begin]
        at = until


def quick_hash(key: str, size: int) -> str:
    """Give the quickXorHash, base64, of the whole file of this key and size."""
    import numpy as np

    count, rest = divmod(size, BLOCK)
    columns = np.zeros(_COLUMNS, dtype=np.uint8)
    if count:
        # Whole blocks: the base cancels itself out in pairs, their marks add up to one.
        mark = np.bitwise_xor.reduce(_marks(key, 0, count))
        columns ^= np.frombuffer(np.full(_COLUMNS // 8, mark, dtype="<u8").tobytes(), dtype=np.uint8)
    if count % 2:
        columns ^= _columns_of(_base().tobytes())
    if rest:
        columns ^= _columns_of((_base() ^ _marks(key, count, 1)).tobytes()[:rest])
    head = _head(size)
    covered = (_base() ^ _marks(key, 0, 1)).tobytes()[: len(head)]
    columns ^= _columns_of(head) ^ _columns_of(covered)
    return base64.b64encode(_folded(columns.tobytes(), size)).decode("ascii")


@cache
def _base() -> NDArray[np.uint64]:
    import numpy as np

    return np.random.Philox(key=_SEED).random_raw(BLOCK // 8).astype("<u8")


def _marks(key: str, first: int, count: int) -> NDArray[np.uint64]:
    """Give the marks of `count` blocks (SplitMix64 over their numbers)."""
    import numpy as np

    seed = int.from_bytes(hashlib.sha256(key.encode("utf-8")).digest()[:8], "little")
    mark = np.arange(first, first + count, dtype="<u8") * np.uint64(_STEP) + np.uint64(seed)
    mark = (mark ^ (mark >> np.uint64(30))) * np.uint64(_FIRST)
    mark = (mark ^ (mark >> np.uint64(27))) * np.uint64(_SECOND)
    return mark ^ (mark >> np.uint64(31))


def _head(size: int) -> bytes:
    boxes = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0\0\0\1mdat" + max(16, size - 32).to_bytes(8, "big")
    return boxes[:size]


def _columns_of(data: bytes) -> NDArray[np.uint8]:
    import numpy as np

    padded = np.zeros(-(-len(data) // _COLUMNS) * _COLUMNS, dtype=np.uint8)
    padded[: len(data)] = np.frombuffer(data, dtype=np.uint8)
    columns: NDArray[np.uint8] = np.bitwise_xor.reduce(padded.reshape(-1, _COLUMNS), axis=0)
    return columns


def _folded(columns: bytes, size: int) -> bytes:
    """Turn each column's byte to its place in the 160 bits, and cross the length into the last eight bytes."""
    bits = 0
    for number, byte in enumerate(columns):
        turned = byte << (number * _SHIFT) % _WIDTH
        bits ^= (turned & ((1 << _WIDTH) - 1)) | (turned >> _WIDTH)
    return (bits ^ (size << 96)).to_bytes(_WIDTH // 8, "little")
