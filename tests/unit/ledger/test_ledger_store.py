import hashlib
import hmac
import json
import multiprocessing
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.dialects import sqlite

import teamskit.ledger.schema as schema
from teamskit.calls.listing import load_calls
from teamskit.errors import LedgerBroken
from teamskit.ledger.entries import Entry, canonical
from teamskit.ledger.heads import strict_head
from teamskit.ledger.keys import make_key, read_key
from teamskit.ledger.merkle import Tree
from teamskit.ledger.store import Ledger, newest_of
from teamskit.ledger.tables import METADATA

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def entry(key="a", version=1, kind="call", at=NOON, about=None, private=None, **body):
    return Entry(kind, key, version, at, body, about=about, private=private)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite3") as opened:
        yield opened


def test_what_is_appended_is_read_in_order_and_numbered_without_gaps(ledger):
    assert ledger.append([entry("b", name="Zoë"), entry("a")]) == 2
    assert ledger.append([entry("a", 2, x=1)]) == 1
    assert [(e.seq, e.key, e.version) for e in ledger.read("call")] == [(1, "b", 1), (2, "a", 1), (3, "a", 2)]
    assert ledger.read("call")[0].body == {"name": "Zoë"}
    assert ledger.size() == 3


def test_the_first_word_of_a_version_stands(ledger):
    assert ledger.append([entry(x=1), entry(x=2)]) == 1
    assert ledger.append([entry(x=3), entry("b")]) == 1
    assert [e.body for e in ledger.read("call")] == [{"x": 1}, {}]
    assert ledger.append([]) == 0


def test_latest_is_the_highest_version_of_each_key(ledger):
    ledger.append([entry("a", 2), entry("b", 1), entry("a", 1), entry("a", 9, kind="other")])
    assert {(e.key, e.version) for e in ledger.latest("call")} == {("a", 2), ("b", 1)}
    assert ledger.held("call") == {("a", 1), ("a", 2), ("b", 1)}


def test_read_takes_a_span_of_what_entries_are_about(ledger):
    ledger.append([entry(str(n), about=NOON + timedelta(hours=n)) for n in range(4)])
    span = NOON + timedelta(hours=1), NOON + timedelta(hours=3)
    assert [e.key for e in ledger.read("call", *span)] == ["1", "2"]
    assert [e.key for e in ledger.latest("call", *span)] == ["1", "2"]


def test_a_newer_version_outside_the_span_takes_the_older_one_out_of_it(ledger):
    moved = [entry("a", 1, about=NOON), entry("a", 2, about=NOON + timedelta(days=9)), entry("b", 1, about=NOON)]
    ledger.append(moved)
    assert [e.key for e in ledger.latest("call", NOON, NOON + timedelta(days=1))] == ["b"]
    assert [e.key for e in ledger.each_latest("call", NOON + timedelta(days=1))] == ["a"]


def test_a_period_is_found_by_the_index_and_nothing_outside_it_is_looked_at(ledger, tmp_path):
    asked = newest_of("call", NOON, NOON + timedelta(days=60)).compile(
        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
    )
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as direct:
        steps = [row[3] for row in direct.execute(f"EXPLAIN QUERY PLAN {asked}")]
    assert any("ix_entries_kind_about (kind=? AND about>? AND about<?)" in step for step in steps)
    assert any("SEARCH later" in step and "(kind=? AND key=? AND version>?)" in step for step in steps)
    assert not any(step.startswith("SCAN") for step in steps)


def test_what_identifies_people_is_kept_apart_and_comes_back(ledger):
    ledger.append([entry("a", private={"name": "Zoë"}), entry("b")])
    assert [(e.private, e.body) for e in ledger.read("call")] == [({"name": "Zoë"}, {}), (None, {})]


def test_many_at_once(ledger):
    assert ledger.append([entry(str(n)) for n in range(950)]) == 950
    assert ledger.append([entry(str(n)) for n in range(1000)]) == 50


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = '{}'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries VALUES (1, 'call', 'a', 1, '', '{}', '', NULL, NULL, x'')",
        "INSERT OR REPLACE INTO entries VALUES (9, 'call', 'a', 1, '', '{}', '', NULL, NULL, x'')",
        "UPDATE heads SET note = ''",
        "DELETE FROM heads",
        "INSERT OR REPLACE INTO heads VALUES (1, 1, x'', x'', '', '', '')",
        "UPDATE private SET body = '{}'",
        "INSERT OR REPLACE INTO private VALUES (1, x'', '{}')",
    ],
)
def test_the_database_itself_refuses_a_change(tmp_path, statement):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        ledger.append([entry(x=1, private={"name": "Zoë"})])
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_a_later_word_points_at_the_newest_earlier_one(ledger):
    ledger.append([entry("a"), entry("b"), entry("a", 2)])
    ledger.append([entry("b", 2), entry("a", 4)])
    ledger.append([entry("a", 3), entry("a", kind="other")])
    assert [(e.key, e.version, e.revises) for e in ledger.read("call")] == [
        ("a", 1, None),
        ("b", 1, None),
        ("a", 2, 1),
        ("b", 2, 2),
        ("a", 4, 3),
        ("a", 3, 5),
    ]
    assert ledger.read("other")[0].revises is None


def heads_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT number, size, root, at, note, signer FROM heads ORDER BY number").fetchall()


def test_each_append_is_signed_by_a_head_of_the_whole_tree(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path, owner="school.example") as ledger:
        ledger.append([entry("a", private={"name": "Zoë"}), entry("b")])
        ledger.append([entry("a")])
        ledger.append([entry("c", at=NOON + timedelta(hours=1))])
    with closing(sqlite3.connect(path)) as connection:
        leaves = [leaf for (leaf,) in connection.execute("SELECT leaf FROM entries ORDER BY seq")]
    key = read_key(tmp_path / "ledger.key").public
    assert key.name.startswith("school.example/ledger/")
    heads = heads_of(path)
    assert [(number, size, at) for number, size, _, at, _, _ in heads] == [
        (1, 2, "2026-11-25T12:00:00Z"),
        (2, 3, "2026-11-25T13:00:00Z"),
    ]
    for _, size, root, _, note, signer in heads:
        assert root == Tree(leaves[:size]).root()
        assert (strict_head(note).size, strict_head(note).root, signer) == (size, root, key.text)
        assert strict_head(note).signed_by([key]) == key


def test_a_leaf_is_the_hash_of_the_entry_as_canonical_json(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        ledger.append([entry('a"\u00e9', about=NOON, private={"name": "Zoë"}, x=["é", 1.5]), entry('a"\u00e9', 2)])
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute("SELECT e.*, p.salt, p.body AS named FROM entries e LEFT JOIN private p USING (seq)")
        for row in rows.fetchall():
            what = {name: row[name] for name in ("kind", "key", "version", "at", "about", "revises")}
            seal = hmac.new(row["salt"], row["named"].encode(), hashlib.sha256).hexdigest() if row["salt"] else None
            text = canonical({**what, "body": json.loads(row["body"]), "private": seal})
            assert row["leaf"] == hashlib.sha256(b"\0" + text.encode("ascii")).digest()
            assert row["sealed"] == seal


def test_without_its_key_a_ledger_is_read_and_not_written(tmp_path):
    path, key = tmp_path / "ledger.sqlite3", tmp_path / "ledger.key"
    with Ledger.open(path) as ledger:
        ledger.append([entry()])
    key.rename(tmp_path / "lost")
    with Ledger.open(path) as ledger:
        assert len(ledger.read("call")) == 1
        with pytest.raises(LedgerBroken, match="missing") as told:
            ledger.append([entry("b")])
        assert "new-key" in told.value.next_step
    make_key(key, "another/ledger")
    with Ledger.open(path) as ledger, pytest.raises(LedgerBroken, match="not the key"):
        ledger.append([entry("b")])
    (tmp_path / "lost").replace(key)
    with Ledger.open(path) as ledger:
        assert ledger.append([entry("b")]) == 1


@pytest.mark.parametrize("statement", ["DELETE FROM entries WHERE seq = 2", "DELETE FROM heads"])
def test_nothing_is_appended_to_what_somebody_else_wrote_into(tmp_path, statement):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        ledger.append([entry("a"), entry("b")])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for trigger in ("entries_no_delete", "heads_no_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
    with Ledger.open(path) as ledger, pytest.raises(LedgerBroken) as told:
        ledger.append([entry("c")])
    assert "teamskit ledger verify" in told.value.next_step


OLD_CALL = {
    "id": "a",
    "version": 1,
    "start": "2026-11-09T09:00:00Z",
    "end": "2026-11-09T09:30:00Z",
    "kind": "groupCall",
    "modalities": ["audio"],
    "join_url": "https://teams.microsoft.com/l/meetup-join/x",
    "organiser": {
        "account": "u1",
        "id": "REI",
        "name": "Jane Reid",
        "role": "staff",
        "year": None,
        "joined_as": "user",
    },
    "class": "7A/Ma1",
    "detail": "complete",
    "people": [
        {
            "account": "u2",
            "id": "004711",
            "name": "Leo Ahmed",
            "role": "pupil",
            "year": "7",
            "joined_as": "user",
            "intervals": [["2026-11-09T09:00:00Z", "2026-11-09T09:30:00Z"]],
        }
    ],
}


def old_ledger(path, rows):
    """A ledger as the first release wrote it: the tables of migration 0001, names in the bodies."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row in rows:
            connection.exec_driver_sql("INSERT INTO entries VALUES (?, ?, ?, ?, '2026-11-10T02:00:00Z', ?)", row)
    engine.dispose()


def test_a_ledger_of_the_first_release_is_brought_up_with_its_names_set_apart(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    later = {**OLD_CALL, "version": 2}
    unknown = {**OLD_CALL, "id": "b", "organiser": None, "people": []}
    seen = {"call": "a", "recording": "r", "started_at": "2026-11-09T09:01:00Z", "organiser": "u1"}
    reading = {"from": "2026-11-01T00:00:00Z", "until": "2026-11-10T02:00:00Z", "at": "2026-11-10T02:00:00Z"}
    rows = [
        (1, "call", "a", 1, canonical(OLD_CALL)),
        (2, "recording", "r", 1, canonical(seen)),
        (3, "coverage", "x", 1, canonical(reading)),
        (4, "call", "a", 2, canonical(later)),
        (5, "call", "b", 1, canonical(unknown)),
    ]
    old_ledger(path, rows)
    with Ledger.open(path) as ledger:
        first, second, _ = ledger.read("call", datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 10, tzinfo=UTC))
        assert (first.revises, second.revises, second.seq) == (None, 1, 4)
        assert "Leo" not in canonical(first.body) and "004711" not in canonical(first.body)
        assert first.private["people"] == [{"account": "u2", "id": "004711", "name": "Leo Ahmed", "year": "7"}]
        call, other = load_calls(ledger)
        assert (call.organiser.name, call.people[0].name, call.people[0].present) == (
            "Jane Reid",
            "Leo Ahmed",
            timedelta(minutes=30),
        )
        assert (call.version, call.recorded, other.organiser, other.people) == (2, True, None, ())
        assert ledger.read("recording")[0].private == {"organiser": "u1"}
        assert ledger.read("coverage")[0].body == reading
        assert ledger.append([entry("c")]) == 1
    assert [head[1] for head in heads_of(path)] == [5, 6]
    assert path.read_bytes().count(b"Leo Ahmed") == 2


def test_an_empty_ledger_of_the_first_release_has_no_head_yet(tmp_path):
    old_ledger(tmp_path / "ledger.sqlite3", [])
    Ledger.open(tmp_path / "ledger.sqlite3").close()
    assert heads_of(tmp_path / "ledger.sqlite3") == []
    assert not (tmp_path / "ledger.key").exists()


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps the profile's own rights")
def test_only_the_owner_may_read_it(tmp_path):
    with Ledger.open(tmp_path / "ledger.sqlite3") as ledger:
        ledger.append([entry()])
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def append_many(path, who):
    with Ledger.open(path) as ledger:
        for n in range(30):
            ledger.append([entry(f"{who}-{n}"), entry(f"both-{n}", by=who)])


def test_two_processes_at_once_lose_nothing_and_write_nothing_twice(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    start = multiprocessing.get_context("spawn")
    runs = [start.Process(target=append_many, args=(path, who)) for who in ("one", "two")]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0]
    with Ledger.open(path) as ledger:
        entries = ledger.read("call")
        assert [e.seq for e in entries] == list(range(1, 91))
        assert len({e.key for e in entries}) == 90
    with closing(sqlite3.connect(path)) as connection:
        leaves = [leaf for (leaf,) in connection.execute("SELECT leaf FROM entries ORDER BY seq")]
    assert [root for _, _, root, *_ in heads_of(path)] == [Tree(leaves[:size]).root() for _, size, *_ in heads_of(path)]
    assert heads_of(path)[-1][1] == 90


def test_a_file_that_is_no_ledger_is_said_to_be_none(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    path.write_text("not a database at all, by far" * 50, encoding="utf-8")
    with pytest.raises(LedgerBroken) as told:
        Ledger.open(path)
    assert told.value.where == str(path)


def test_a_ledger_that_another_program_keeps_locked_is_said_to_be(tmp_path, monkeypatch):
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setattr("teamskit.ledger.engine.BUSY_S", 0.1)
    with Ledger.open(path) as ledger, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBroken, match="another program keeps it locked"):
            ledger.append([entry()])
        other.execute("ROLLBACK")
        assert ledger.append([entry()]) == 1


def test_a_ledger_of_a_newer_program_is_left_alone(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(LedgerBroken, match="newer"):
        Ledger.open(path)


@pytest.mark.parametrize("said", ["''", "'abc'", "x'ff'", "NULL", "'0001'"])
def test_a_ledger_whose_word_on_its_version_was_altered_is_not_opened_and_not_changed(tmp_path, said):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        ledger.append([entry()])
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"CREATE TABLE v (version_num); INSERT INTO v VALUES ({said});"
            "DROP TABLE alembic_version; ALTER TABLE v RENAME TO alembic_version"
        )
        before = list(connection.iterdump())
    with pytest.raises(LedgerBroken, match="its own version was altered"):
        Ledger.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before


def test_the_migrations_make_what_the_table_says(tmp_path):
    Ledger.open(tmp_path / "made.sqlite3").close()
    made, meant = (create_engine(f"sqlite:///{tmp_path / name}") for name in ("made.sqlite3", "meant.sqlite3"))
    METADATA.create_all(meant)
    for table in METADATA.tables:
        for look in ("get_columns", "get_indexes", "get_unique_constraints", "get_pk_constraint", "get_foreign_keys"):
            first, second = (str(getattr(inspect(engine), look)(table)) for engine in (made, meant))
            assert first == second
    made.dispose()
    meant.dispose()


def test_the_newest_migration_is_the_one_the_program_expects():
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_a_body_is_written_one_way_only():
    assert canonical({"b": [1, {"d": 2, "c": "é"}], "a": None}) == '{"a":null,"b":[1,{"c":"\\u00e9","d":2}]}'
