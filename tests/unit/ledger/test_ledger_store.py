import multiprocessing
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.dialects import sqlite

import teamskit.ledger.schema as schema
from teamskit.errors import LedgerBroken
from teamskit.ledger.entries import Entry, canonical
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
        "INSERT OR REPLACE INTO entries VALUES (1, 'call', 'a', 1, '', '{}', '')",
    ],
)
def test_the_database_itself_refuses_a_change(tmp_path, statement):
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(path) as ledger:
        ledger.append([entry(x=1)])
    with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


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


def test_a_file_that_is_no_ledger_is_said_to_be_none(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    path.write_text("not a database at all, by far" * 50, encoding="utf-8")
    with pytest.raises(LedgerBroken) as told:
        Ledger.open(path)
    assert told.value.where == str(path)


def test_a_ledger_of_a_newer_program_is_left_alone(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(LedgerBroken, match="newer"):
        Ledger.open(path)


def test_the_migrations_make_what_the_table_says(tmp_path):
    Ledger.open(tmp_path / "made.sqlite3").close()
    made, meant = (create_engine(f"sqlite:///{tmp_path / name}") for name in ("made.sqlite3", "meant.sqlite3"))
    METADATA.create_all(meant)
    for look in ("get_columns", "get_indexes", "get_unique_constraints", "get_pk_constraint"):
        first, second = (str(getattr(inspect(engine), look)("entries")) for engine in (made, meant))
        assert first == second
    made.dispose()
    meant.dispose()


def test_the_newest_migration_is_the_one_the_program_expects():
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_a_body_is_written_one_way_only():
    assert canonical({"b": [1, {"d": 2, "c": "é"}], "a": None}) == '{"a":null,"b":[1,{"c":"\\u00e9","d":2}]}'
