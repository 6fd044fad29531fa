"""quickXorHash against published values and against a plain implementation bit by bit, in pieces of any length."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from teamskit.recordings.quickxor import QuickXor


def plain(data):
    """The definition, byte by byte: each is turned left by 11 bits more than the one before, within 160 bits."""
    block = 0
    for place, byte in enumerate(data):
        shift = place * 11 % 160
        block ^= ((byte << shift) | (byte << shift >> 160)) & ((1 << 160) - 1)
    found = bytearray(block.to_bytes(20, "little"))
    for place, byte in enumerate(len(data).to_bytes(8, "little")):
        found[12 + place] ^= byte
    return base64.b64encode(bytes(found)).decode()


def of(data, *cuts):
    hashed, begin = QuickXor(), 0
    for end in (*cuts, len(data)):
        hashed.update(data[begin:end])
        begin = end
    return hashed.base64()


def test_published_value():
    # The example of the crate quickxorhash on docs.rs, read 2026-11-25.
    published = bytes([104, 40, 3, 27, 216, 240, 6, 16, 220, 225, 13, 114, 107, 3, 25, 0, 0, 0, 0, 0])
    assert of(b"hello world") == base64.b64encode(published).decode()


def test_nothing_is_twenty_zeros():
    assert of(b"") == base64.b64encode(bytes(20)).decode()


@given(st.binary(max_size=700), st.lists(st.integers(0, 700), max_size=4))
def test_equals_the_definition_however_it_is_cut(data, cuts):
    cuts = sorted(min(cut, len(data)) for cut in cuts)
    assert of(data, *cuts) == plain(data)


def test_long_pieces_and_their_edges():
    data = bytes((i * i + 7) % 251 for i in range(160 * 40 + 13))
    for cut in (1, 159, 160, 161, 320, 6399, 6400, 6401):
        assert of(data, cut) == plain(data)


def test_one_flipped_bit_is_seen():
    data = bytes(5000)
    assert of(data) != of(data[:2500] + b"\x01" + data[2501:])
