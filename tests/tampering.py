"""Somebody who opens the ledger's database file and changes one thing, and what he did."""

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from teamskit.ledger import Entry
from teamskit.ledger.leaves import leaf_of

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
NAMES = ("Leo Ahmed", "Isla Chen", "Zoë Nowak", "Kofi Mensah")
ENTRY_COLUMNS = ("kind", "key", "version", "at", "about", "revises", "body", "sealed", "leaf")


@dataclass(frozen=True)
class Deed:
    """What was done, to which entries (any of which may be named), and whether only a stretch can be told."""

    what: str
    entries: tuple[int, ...] = ()
    narrow: bool = False
    table: str = "entries"


def filled(ledger, rng, size):
    """Append about `size` entries of several kinds in batches as a sync does, and give every head on the way."""
    heads, n = [], 0
    while ledger.size() < size:
        batch = []
        for _ in range(rng.randint(1, 12)):
            n += 1
            at = START + timedelta(hours=n)
            batch.append(made(rng, n, at))
        ledger.append(batch)
        heads.append(ledger.newest_head())
    return heads


def made(rng, n, at):
    kind = rng.choice(["call", "call", "call", "recording", "coverage"])
    key, version = (f"call-{rng.randint(1, n)}", n) if kind == "call" else (f"{kind}-{n}", 1)
    private = None if kind == "coverage" else {"people": [{"name": rng.choice(NAMES), "id": f"{n:06d}"}]}
    return Entry(kind, key, version, at, {"n": n, "minutes": rng.randint(1, 60)}, about=at, private=private)


class Intruder:
    """Changes one thing in a ledger's file, without the triggers."""

    def __init__(self, path, seed):
        self.path, self.rng = path, random.Random(seed)

    def deed(self, name=None):
        """Do one of the deeds below, or the one named."""
        deeds = [one for one in dir(self) if one.startswith("do_")]
        with closing(sqlite3.connect(self.path, isolation_level=None)) as self.base:
            for (trigger,) in self.base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                self.base.execute(f"DROP TRIGGER {trigger}")
            self.base.execute("PRAGMA foreign_keys = OFF")
            self.size = self.base.execute("SELECT max(seq) FROM entries").fetchone()[0]
            self.base.execute("BEGIN")
            done = getattr(self, name or self.rng.choice(deeds))()
            self.base.execute("COMMIT")
        return done

    def one(self, where="1"):
        found = self.base.execute(f"SELECT seq FROM entries WHERE {where} ORDER BY seq").fetchall()
        return self.rng.choice(found)[0]

    def put(self, table, column, seq, value):
        self.base.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (value, seq))

    def get(self, table, column, seq):
        return self.base.execute(f"SELECT {column} FROM {table} WHERE seq = ?", (seq,)).fetchone()[0]

    def another(self, value):
        """Give another value near this one: a digit, a letter or a bit changed, or nothing in its place."""
        if value is None:
            return self.rng.choice([1, "2026-01-01T00:00:00Z", "0" * 64])
        if self.rng.random() < 0.1:
            return self.rng.choice(["", "x", 7, b"\x00"])
        if isinstance(value, int):
            return value + self.rng.choice([-1, 1, 1000])
        at, raw = self.rng.randrange(len(value)), value if isinstance(value, bytes) else value.encode("utf-8")
        changed = bytearray(raw)
        changed[at % len(raw)] ^= 1 << self.rng.randrange(7)
        return bytes(changed) if isinstance(value, bytes) else changed.decode("utf-8", "replace")

    def do_edit(self):
        seq, column = self.one(), self.rng.choice(ENTRY_COLUMNS)
        before = self.get("entries", column, seq)
        after = before
        while after == before:
            after = self.another(before)
        try:
            self.put("entries", column, seq, after)
        except sqlite3.IntegrityError:
            return self.do_edit()
        return Deed(f"edit {column}", (seq,)) if self.get("entries", column, seq) != before else self.do_edit()

    def do_edit_to_what_is_no_text(self):
        seq = self.one("sealed IS NOT NULL")
        table, column = self.rng.choice(
            [("entries", "body"), ("entries", "sealed"), ("entries", "at"), ("private", "body")]
        )
        self.base.execute(f"UPDATE {table} SET {column} = CAST(x'7bc5ff7d' AS TEXT) WHERE seq = ?", (seq,))
        return Deed(f"edit {column} to what is no text", (seq,))

    def do_edit_private(self):
        seq, column = self.one("sealed IS NOT NULL"), self.rng.choice(["salt", "body"])
        before = self.get("private", column, seq)
        self.put("private", column, seq, before[:-2] + (b"zz" if column == "salt" else " }"))
        return Deed("edit private", (seq,))

    def do_edit_with_its_leaf(self):
        seq = self.one()
        self.put("entries", "body", seq, '{"minutes":999}')
        row = self.base.execute(
            "SELECT kind, key, version, at, about, revises, body, sealed FROM entries WHERE seq = ?", (seq,)
        ).fetchone()
        self.put("entries", "leaf", seq, leaf_of(*row))
        return Deed("edit with its leaf", (seq,), narrow=True)

    def do_delete(self):
        seq = self.one()
        self.base.execute("DELETE FROM entries WHERE seq = ?", (seq,))
        if self.rng.random() < 0.5:
            self.base.execute("DELETE FROM private WHERE seq = ?", (seq,))
        return Deed("delete", (seq,))

    def do_delete_private(self):
        seq = self.one("sealed IS NOT NULL")
        self.base.execute("DELETE FROM private WHERE seq = ?", (seq,))
        return Deed("delete private", (seq,))

    def do_delete_and_renumber(self):
        seq = self.one(f"seq < {self.size - 30}")
        for table in ("entries", "private"):
            self.base.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))
            self.base.execute(f"UPDATE {table} SET seq = seq - 1 WHERE seq > ?", (seq,))
        return Deed("delete and renumber", (seq,), narrow=True)

    def do_insert(self):
        seq = self.rng.choice([0, -1, self.size + 1, self.size + 5])
        self.insert(seq)
        return Deed("insert", (seq,))

    def do_insert_and_renumber(self):
        seq = self.one()
        for table in ("entries", "private"):
            self.base.execute(f"UPDATE {table} SET seq = -seq - 1 WHERE seq >= ?", (seq,))
            self.base.execute(f"UPDATE {table} SET seq = -seq WHERE seq < 0")
        self.insert(seq)
        return Deed("insert and renumber", (seq,))

    def do_insert_private(self):
        seq = self.one("sealed IS NULL")
        self.base.execute("INSERT INTO private VALUES (?, ?, '{}')", (seq, bytes(16)))
        return Deed("insert private", (seq,))

    def insert(self, seq):
        row = ("call", "forged", 1, "2026-09-01T09:00:00Z", "{}", None, None, None)
        leaf = leaf_of("call", "forged", 1, row[3], None, None, "{}", None)
        columns = "seq, kind, key, version, at, body, about, revises, sealed, leaf"
        self.base.execute(f"INSERT INTO entries ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (seq, *row, leaf))

    def do_swap_places(self):
        one, two = self.two()
        tables = ["entries", "private"] if self.rng.random() < 0.5 else ["entries"]
        for table in tables:
            for before, after in ((one, -one - 9), (two, one), (-one - 9, two)):
                self.put(table, "seq", before, after)
        return Deed("swap places", (one, two))

    def do_swap_bodies(self):
        one, two = self.two()
        first, second = self.get("entries", "body", one), self.get("entries", "body", two)
        self.put("entries", "body", one, second)
        self.put("entries", "body", two, first)
        return Deed("swap bodies", (one, two))

    def do_move_to_the_end(self):
        seq = self.one()
        for table in ("entries", "private"):
            self.put(table, "seq", seq, self.size + 1)
        return Deed("move to the end", (seq, self.size + 1))

    def two(self):
        return sorted(self.rng.sample(range(1, self.size + 1), 2))

    def do_edit_a_head(self):
        number = self.base.execute("SELECT number FROM heads ORDER BY random() LIMIT 1").fetchone()[0]
        column = self.rng.choice(["root", "frontier", "note", "signer", "at"])
        before = self.base.execute(f"SELECT {column} FROM heads WHERE number = ?", (number,)).fetchone()[0]
        after = before
        while after == before:
            after = self.another(before)
        self.base.execute(f"UPDATE heads SET {column} = ? WHERE number = ?", (after, number))
        return Deed(f"edit head {number} {column}", table="heads")

    def do_delete_a_head(self):
        number = self.rng.randint(1, self.base.execute("SELECT max(number) FROM heads").fetchone()[0])
        self.base.execute("DELETE FROM heads WHERE number = ?", (number,))
        return Deed(f"delete head {number}", table="heads")
