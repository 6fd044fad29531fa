"""The tree against the vectors of Certificate Transparency's own reference, and against RFC 6962's text written out."""

import random
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teamskit.ledger.merkle import EMPTY_ROOT, Frontier, Tree, consistent, includes, leaf_hash

# Inputs, roots, paths and proofs: google/certificate-transparency, merkle_tree_test; transparency-dev/merkle, testonly.
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 1): [],
    (0, 2): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
PROOFS = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(data) for data in INPUTS]
LONGEST = 70


def mth(data):
    """RFC 6962, 2.1."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, data):
    """RFC 6962, 2.1.1."""
    if len(data) == 1:
        return []
    k = split(len(data))
    return path(m, data[:k]) + [mth(data[k:])] if m < k else path(m - k, data[k:]) + [mth(data[:k])]


def subproof(m, data, b):
    """RFC 6962, 2.1.2."""
    if m == len(data):
        return [] if b else [mth(data)]
    k = split(len(data))
    if m <= k:
        return subproof(m, data[:k], b) + [mth(data[k:])]
    return subproof(m - k, data[k:], False) + [mth(data[:k])]


def made(count):
    return [f"entry {n}".encode() for n in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_reference_ones(size):
    assert Tree(LEAVES[:size]).root().hex() == ROOTS[size]
    assert Tree(LEAVES).root(size).hex() == ROOTS[size]
    assert Frontier().pushed(LEAVES[:size]).root().hex() == ROOTS[size]
    assert mth(INPUTS[:size]).hex() == ROOTS[size]


def test_paths_and_proofs_are_the_reference_ones():
    tree = Tree(LEAVES)
    assert {of: [step.hex() for step in tree.inclusion(*of)] for of in PATHS} == PATHS
    assert {of: [step.hex() for step in tree.consistency(*of)] for of in PROOFS} == PROOFS


@pytest.mark.parametrize("size", range(1, LONGEST, 3))
def test_it_agrees_with_the_rfc_written_out_for_every_leaf_and_every_older_tree(size):
    data = made(size)
    tree = Tree([leaf_hash(one) for one in data])
    root = mth(data)
    assert tree.root() == root
    for index in range(size):
        steps = tree.inclusion(index)
        assert steps == path(index, data)
        assert includes(leaf_hash(data[index]), index, size, steps, root)
        assert not includes(leaf_hash(data[index]), (index + 1) % size, size, steps, root) or size == 1
    for first in range(1, size + 1):
        proof = tree.consistency(first)
        assert proof == (subproof(first, data, True))
        assert consistent(first, mth(data[:first]), size, root, proof)


@settings(deadline=None)
@given(st.integers(1, 200), st.data())
def test_a_proof_with_any_bit_turned_is_refused(size, data):
    tree = Tree([leaf_hash(one) for one in made(size)])
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    leaf, root, old = leaf_hash(made(size)[index]), tree.root(), tree.root(first)
    steps, proof = tree.inclusion(index), tree.consistency(first)
    turn = data.draw(st.integers(0, 255))
    for n in range(len(steps)):
        assert not includes(leaf, index, size, [turned(s, turn) if k == n else s for k, s in enumerate(steps)], root)
    for n in range(len(proof)):
        assert not consistent(first, old, size, root, [turned(s, turn) if k == n else s for k, s in enumerate(proof)])
    assert not includes(turned(leaf, turn), index, size, steps, root)
    assert not includes(leaf, index, size, [*steps, root], root)
    assert not steps or not includes(leaf, index, size, steps[:-1], root)
    assert not consistent(first, turned(old, turn), size, root, proof)


def turned(raw, bit):
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_a_frontier_goes_on_from_what_was_kept_of_it():
    leaves = [leaf_hash(one) for one in made(300)]
    rng = random.Random(6962)
    frontier, size = Frontier(), 0
    while size < len(leaves):
        more = rng.randint(1, 9)
        frontier = Frontier.of_bytes(size, frontier.packed()).pushed(leaves[size : size + more])
        size = min(len(leaves), size + more)
        assert (frontier.size, frontier.root()) == (size, Tree(leaves[:size]).root())


@pytest.mark.parametrize(("size", "packed"), [(3, b"x" * 32), (1, b"x" * 31), (0, b"x" * 32), (2, b"")])
def test_peaks_that_do_not_fit_their_size_are_refused(size, packed):
    with pytest.raises(ValueError, match="peaks"):
        Frontier.of_bytes(size, packed)


def test_what_is_not_there_cannot_be_proven():
    tree = Tree(LEAVES)
    assert Tree([]).root() == EMPTY_ROOT
    for ask in (
        lambda: tree.root(9),
        lambda: tree.inclusion(8),
        lambda: tree.inclusion(3, 3),
        lambda: tree.consistency(9),
    ):
        with pytest.raises(ValueError, match="leaf|leaves"):
            ask()
    assert not includes(LEAVES[0], -1, 8, [], tree.root())
    assert not consistent(5, tree.root(5), 3, tree.root(3), [])
    assert consistent(0, EMPTY_ROOT, 8, tree.root(), [])
    assert not consistent(0, tree.root(), 8, tree.root(), [])
