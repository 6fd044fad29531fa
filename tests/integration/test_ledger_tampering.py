"""The drills: whatever is changed in the database file is found, and said where; old heads and proofs hold."""

import random
import shutil
import sqlite3
import time
from contextlib import closing

import pytest
from tampering import Intruder, filled

from teamskit.errors import InputError, LedgerBroken
from teamskit.ledger import Ledger
from teamskit.ledger.heads import signed_head
from teamskit.ledger.keys import Signer
from teamskit.ledger.merkle import Frontier
from teamskit.ledger.proofs import check as check_proof
from teamskit.ledger.proofs import prove, written
from teamskit.ledger.verify import verify

SMALL, FULL = 120, 1000


@pytest.fixture(scope="module")
def ledger_file(tmp_path_factory):
    """A ledger of 300 entries in some 50 appends; and every head of it."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"
    with Ledger.open(path, owner="school.example") as ledger:
        heads = filled(ledger, random.Random(6962), 300)
    return path, heads


def looked_at(path, against=None):
    with Ledger.open(path) as ledger, ledger.reading() as connection:
        return verify(connection, ledger.public_key(), against)


def tampered(ledger_file, folder, seed, deed=None):
    path = folder / f"{seed}.sqlite3"
    shutil.copy(ledger_file[0], path)
    shutil.copy(ledger_file[0].with_name("ledger.key"), folder / "ledger.key")
    done = Intruder(path, seed).deed(deed)
    verdict = looked_at(path)
    path.unlink()
    return done, verdict


def names_it(fault, deed):
    first, last = (1, 0) if fault.seq is None else (fault.seq, fault.seq if fault.to is None else fault.to)
    if any(first <= seq <= last for seq in deed.entries):
        return True
    low, high = fault.between or (0, -1)
    return deed.narrow and any(low < seq <= high for seq in deed.entries) and high - low <= 24


def check(ledger_file, folder, seed, deed=None):
    done, verdict = tampered(ledger_file, folder, seed, deed)
    assert not verdict.holds, (seed, done)
    assert not verdict.is_guarded
    if done.table == "heads":
        assert any(fault.kind == "head" for fault in verdict.faults) or "delete" in done.what, (seed, done)
    else:
        assert any(names_it(fault, done) for fault in verdict.faults), (seed, done, verdict.faults)
    return done, verdict


@pytest.mark.parametrize("deed", [name for name in dir(Intruder) if name.startswith("do_")])
def test_each_way_of_changing_it_is_found_and_said_where(ledger_file, tmp_path, deed):
    for seed in range(6):
        check(ledger_file, tmp_path, seed, deed)


@pytest.mark.parametrize("size", [SMALL, pytest.param(FULL, marks=pytest.mark.full)])
def test_random_changes_are_all_found(ledger_file, tmp_path, size):
    for seed in range(size):
        check(ledger_file, tmp_path, 10_000 + seed)


@pytest.mark.parametrize("table", ["entries", "private", "heads"])
def test_a_whole_table_that_was_emptied_is_said_to_be(ledger_file, tmp_path, table):
    path = tmp_path / "ledger.sqlite3"
    shutil.copy(ledger_file[0], path)
    shutil.copy(ledger_file[0].with_name("ledger.key"), tmp_path)
    intruder = Intruder(path, 1)
    intruder.do_empty = lambda: intruder.base.execute(f"DELETE FROM {table}")
    intruder.deed("do_empty")
    verdict = looked_at(path, ledger_file[1][3])
    assert not verdict.holds
    said = {(fault.what, fault.kind) for fault in verdict.faults}
    assert {"entries": ("removed", ""), "heads": ("removed", "head")}.get(table, ("removed", "call")) in said


def dumped(path):
    """All rows of all tables, and what each index finds."""
    with closing(sqlite3.connect(path)) as base:
        tables = {name: base.execute(f"SELECT * FROM {name}").fetchall() for name in ("entries", "private", "heads")}
        by_index = base.execute(
            "SELECT seq FROM entries INDEXED BY ix_entries_kind_about ORDER BY kind, about"
        ).fetchall()
        return tables, by_index


@pytest.mark.parametrize("size", [60, pytest.param(FULL, marks=pytest.mark.full)])
def test_bytes_changed_in_the_file_are_found_or_change_nothing_that_is_read(ledger_file, tmp_path, size):
    path, rng = tmp_path / "ledger.sqlite3", random.Random(12)
    shutil.copy(ledger_file[0].with_name("ledger.key"), tmp_path)
    whole, before = ledger_file[0].read_bytes(), dumped(ledger_file[0])
    found = 0
    for _ in range(size):
        changed = bytearray(whole)
        changed[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        try:
            holds = looked_at(path).holds
        except LedgerBroken:
            holds = False
        found += not holds
        assert not holds or dumped(path) == before
    assert found > size / 3


def test_a_whole_ledger_signed_anew_with_another_key_is_found(ledger_file, tmp_path):
    path = tmp_path / "ledger.sqlite3"
    shutil.copy(ledger_file[0], path)
    shutil.copy(ledger_file[0].with_name("ledger.key"), tmp_path)
    Intruder(path, 4).deed("do_edit_with_its_leaf")
    forger = Signer(ledger_file[1][0].origin, bytes(32))
    with closing(sqlite3.connect(path)) as base:
        tree = Frontier()
        sizes = {size: number for number, size in base.execute("SELECT number, size FROM heads")}
        for seq, leaf in base.execute("SELECT seq, leaf FROM entries ORDER BY seq").fetchall():
            tree.push(leaf)
            if number := sizes.get(seq):
                head = signed_head(forger, tree.size, tree.root())
                row = (head.root, tree.packed(), head.note, forger.public.text, number)
                base.execute("UPDATE heads SET root = ?, frontier = ?, note = ?, signer = ? WHERE number = ?", row)
        base.commit()
    verdict = looked_at(path)
    assert {(fault.what, fault.kind) for fault in verdict.faults} >= {("altered", "head")}
    (tmp_path / "ledger.key").unlink()
    assert {fault.kind for fault in looked_at(path, ledger_file[1][-1]).faults} == {"key"}
    assert not looked_at(path, ledger_file[1][-1]).against.holds


def test_a_ledger_changed_everywhere_is_still_judged_in_a_moment(ledger_file, tmp_path):
    path = tmp_path / "ledger.sqlite3"
    shutil.copy(ledger_file[0], path)
    shutil.copy(ledger_file[0].with_name("ledger.key"), tmp_path)
    forged = [Intruder(path, seed).deed("do_edit_with_its_leaf").entries[0] for seed in range(60)]
    Intruder(path, 1).deed("do_delete")
    begin = time.process_time()
    verdict = looked_at(path)
    assert time.process_time() - begin < 30
    named = [fault.between or (fault.seq - 1, fault.to or fault.seq) for fault in verdict.faults]
    assert all(any(low < seq <= high for low, high in named) for seq in forged)


def test_an_untouched_ledger_holds(ledger_file):
    verdict = looked_at(ledger_file[0])
    assert (verdict.faults, verdict.is_guarded, verdict.heads) == ((), True, len(ledger_file[1]))
    assert verdict.root == ledger_file[1][-1].root


@pytest.mark.parametrize("bits", [2, pytest.param(40, marks=pytest.mark.full)])
def test_100_proofs_hold_and_none_with_a_bit_turned(ledger_file, bits):
    rng = random.Random(2)
    with Ledger.open(ledger_file[0]) as ledger, ledger.reading() as connection:
        keys = rng.choices([entry.key for entry in ledger.read("call")], k=100)
        proofs = [written(prove(connection, "call", key, all_versions=rng.random() < 0.5)) for key in keys]
    for proof, key in zip(proofs, keys, strict=True):
        assert {entry["key"] for entry in check_proof(proof).entries} == {key}
        for _ in range(bits):
            changed, bit = bytearray(proof.encode("ascii")), rng.randrange(len(proof) * 8)
            changed[bit // 8] ^= 1 << bit % 8
            with pytest.raises((InputError, LedgerBroken)):
                check_proof(bytes(changed).decode("utf-8", "replace"))


def test_every_old_head_is_proven(ledger_file):
    for head in random.Random(1).choices(ledger_file[1], k=100):
        found = looked_at(ledger_file[0], head).against
        assert (found.holds, found.size) == (True, head.size)


def test_a_salt_with_zero_bytes_after_it_is_found(ledger_file, tmp_path):
    """HMAC takes it for the same key, so that the seal still fits."""
    for name in ("ledger.sqlite3", "ledger.key"):
        shutil.copy(ledger_file[0].with_name(name), tmp_path / name)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)) as base:
        base.execute("DROP TRIGGER private_no_update")
        seq, salt = base.execute("SELECT seq, salt FROM private LIMIT 1").fetchone()
        base.execute("UPDATE private SET salt = ? WHERE seq = ?", (salt + b"\0", seq))
    (fault,) = looked_at(tmp_path / "ledger.sqlite3").faults
    assert (fault.what, fault.seq) == ("altered", seq)
