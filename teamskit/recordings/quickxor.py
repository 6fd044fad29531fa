"""quickXorHash: the one hash that a business drive always gives of a file, worked out while the bytes come.

Bytes flow in, 20 bytes or their base64 flow out. It shows that bytes came whole; it is no proof against forgery, which
is what the SHA-256 of the manifest is for.
Source: OneDrive "QuickXorHash algorithm" (2017-09), read 2026-11-25: byte i is turned left by 11 i bits within 160.
"""

import base64

import numpy as np
from numpy.typing import NDArray

WIDTH_BITS, SHIFT_BITS = 160, 11
COLUMNS = 160
"""After so many bytes the place in the block is the same again, since 11 x 160 bits are 11 times round."""
_ALL = (1 << WIDTH_BITS) - 1


class QuickXor:
    """A hash under way; bytes may come in pieces of any length."""

    def __init__(self) -> None:
        """Begin with no bytes."""
        self._columns: NDArray[np.uint8] = np.zeros(COLUMNS, dtype=np.uint8)
        self.length = 0

    def update(self, data: bytes | memoryview) -> None:
        """Take the next bytes."""
        fresh = np.frombuffer(data, dtype=np.uint8)
        at = self.length % COLUMNS
        self.length += fresh.size
        head = fresh[: (COLUMNS - at) % COLUMNS]
        self._columns[at : at + head.size] ^= head
        rest = fresh[head.size :]
        whole = rest.size - rest.size % COLUMNS
        if whole:
            self._columns ^= np.bitwise_xor.reduce(rest[:whole].reshape(-1, COLUMNS), axis=0)
        tail = rest[whole:]
        self._columns[: tail.size] ^= tail

    def digest(self) -> bytes:
        """Give the 20 bytes for what came so far."""
        block = 0
        for place, value in enumerate(self._columns.tolist()):
            turned = value << (place * SHIFT_BITS % WIDTH_BITS)
            block ^= (turned & _ALL) | (turned >> WIDTH_BITS)
        # The length stands little-endian over the last eight bytes.
        return (block ^ (self.length << (WIDTH_BITS - 64))).to_bytes(20, "little")

    def base64(self) -> str:
        """Give the hash as Graph writes it in `file.hashes.quickXorHash`."""
        return base64.b64encode(self.digest()).decode("ascii")
