"""The ledger on each database it can be kept in: the same behaviour, the same guards, the same proofs."""

import json
import multiprocessing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from ledger_places import PLACES, place_of, raw_engine
from sqlalchemy.exc import DatabaseError

import teamskit.ledger.schema as schema
from teamskit.ledger import Entry, Ledger, canonical
from teamskit.ledger.merkle import Tree
from teamskit.ledger.proofs import check, prove, written
from teamskit.ledger.retention import due, purge
from teamskit.ledger.verify import verify

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def entry(key="a", version=1, kind="call", about=NOON, private=None, **body):
    return Entry(kind, key, version, NOON, body, about=about, private=private)


@pytest.fixture(params=PLACES)
def place(request, tmp_path):
    with place_of(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def opened(place, tmp_path):
    def opening():
        return Ledger.open(place, key=tmp_path / "ledger.key", owner="school.example")

    return opening


def looked_at(ledger, against=None):
    with ledger.reading() as connection:
        return verify(connection, ledger.public_key(), against)


def test_it_appends_reads_and_points_back(opened):
    with opened() as ledger:
        assert ledger.append([entry("a", private={"name": "Zoë"}, x=1), entry("b")]) == 2
        assert ledger.append([entry("a", x=9), entry("a", 2)]) == 1
    with opened() as ledger:
        found = [(e.seq, e.key, e.version, e.revises, e.private) for e in ledger.read("call")]
        assert found == [(1, "a", 1, None, {"name": "Zoë"}), (2, "b", 1, None, None), (3, "a", 2, 1, None)]
        assert [e.version for e in ledger.latest("call")] == [1, 2]
        assert [e.key for e in ledger.read("call", NOON, NOON + timedelta(seconds=1))] == ["a", "b", "a"]
        assert ledger.kinds() == ["call"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET body = '{}'",
        "DELETE FROM entries",
        "UPDATE heads SET note = ''",
        "DELETE FROM heads",
        "UPDATE private SET body = '{}'",
    ],
)
def test_the_database_refuses_changes(opened, place, statement):
    with opened() as ledger:
        ledger.append([entry(private={"name": "Zoë"})])
    engine = raw_engine(place)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize("table", ["entries, private", "heads", "private"])
def test_postgresql_refuses_to_empty_a_table(opened, place, table):
    if not isinstance(place, str):
        pytest.skip("SQLite has no TRUNCATE")
    with opened() as ledger:
        ledger.append([entry(private={"name": "Zoë"})])
    engine = raw_engine(place)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {table}")
    engine.dispose()


def append_many(place, key, who):
    with Ledger.open(place, key=key) as ledger:
        for n in range(30):
            ledger.append([entry(f"{who}-{n}", private={"by": who}), entry(f"both-{n}", by=who)])


def test_two_processes_that_make_and_fill_it_at_once_leave_one_whole_tree(opened, place, tmp_path):
    start = multiprocessing.get_context("spawn")
    runs = [start.Process(target=append_many, args=(place, tmp_path / "ledger.key", who)) for who in ("one", "two")]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0]
    with opened() as ledger:
        found = ledger.read("call")
        assert [e.seq for e in found] == list(range(1, 91))
        assert len({e.key for e in found}) == 90
        assert looked_at(ledger).faults == ()
        assert ledger.newest_head().size == 90


def without_guards(place):
    engine = raw_engine(place)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in ("entries", "heads", "private"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_no_change ON {table}")
    return engine


HOLLOWED = {
    "sqlite": (
        "DROP TRIGGER heads_no_delete; CREATE TRIGGER heads_no_delete BEFORE DELETE ON heads BEGIN SELECT 1; END",
        "CREATE TRIGGER more AFTER INSERT ON entries BEGIN DELETE FROM private WHERE seq = NEW.seq; END",
        "DROP TRIGGER private_no_update",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION entries_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER TABLE heads DISABLE TRIGGER heads_no_change",
        "CREATE RULE more AS ON INSERT TO private DO INSTEAD NOTHING",
        "CREATE TRIGGER more BEFORE INSERT ON private EXECUTE FUNCTION entries_refuse()",
        "DROP TRIGGER private_no_change ON private; CREATE TRIGGER private_no_change BEFORE UPDATE ON private"
        " EXECUTE FUNCTION entries_refuse()",
    ),
}


@pytest.mark.parametrize("number", range(5))
def test_guards_that_were_hollowed_out_or_added_to_are_told(opened, place, number):
    with opened() as ledger:
        ledger.append([entry(private={"name": "Zoë"})])
        assert looked_at(ledger).is_guarded
    engine = raw_engine(place)
    statements = HOLLOWED[engine.dialect.name]
    if number >= len(statements):
        pytest.skip("there are fewer ways here")
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.executescript(statements[number])
        else:
            connection.exec_driver_sql(statements[number])
    engine.dispose()
    with opened() as ledger:
        found = looked_at(ledger)
    assert (found.holds, found.is_guarded) == (True, False)


@pytest.mark.parametrize(
    ("statement", "what", "seq"),
    [
        ("UPDATE entries SET body = '{\"n\":99}' WHERE seq = 4", "altered", 4),
        ("UPDATE private SET body = '{}' WHERE seq = 5", "altered", 5),
        ("DELETE FROM private WHERE seq = 6", "removed", 6),
        ("UPDATE entries SET at = '2026-01-01T00:00:00Z' WHERE seq = 7", "altered", 7),
        ("UPDATE entries SET leaf = NULL WHERE seq = 3", "altered", 3),
        ("INSERT INTO entries (seq, kind, key, version, at, body) VALUES (11, 'x', 'x', 1, '', '{}')", "inserted", 11),
    ],
)
def test_what_was_changed_is_found(opened, place, statement, what, seq):
    with opened() as ledger:
        for n in range(1, 11):
            ledger.append([entry(str(n), private={"name": f"P{n}"}, n=n)])
        assert looked_at(ledger).is_guarded
    engine = without_guards(place)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    with opened() as ledger:
        found = looked_at(ledger)
    assert [(fault.what, fault.seq) for fault in found.faults] == [(what, seq)]
    assert not found.is_guarded


def test_heads_and_proofs_hold(opened):
    heads = []
    with opened() as ledger:
        for n in range(12):
            ledger.append([entry(f"{n}-{k}", private={"name": "Zoë"}) for k in range(n % 3 + 1)])
            heads.append(ledger.newest_head())
        assert all(looked_at(ledger, head).against.holds for head in heads)
        with ledger.reading() as connection:
            leaves = [leaf for (leaf,) in connection.exec_driver_sql("SELECT leaf FROM entries ORDER BY seq")]
            proof = written(prove(connection, "call", "3-0", head=heads[5]))
    assert heads[-1].root == Tree(leaves).root()
    assert check(proof).head == heads[5]


def test_a_purge_takes_names_away_and_leaves_a_whole_tree(opened, place):
    old = datetime(2024, 3, 1, 9, tzinfo=UTC)
    with opened() as ledger:
        ledger.append([entry("old", about=old, private={"name": "Zebedee"}), entry("new", private={"name": "Yolanda"})])
        ledger.append([Entry("note", "f", 1, NOON, {"call": "old"}, about=NOON, private={"text": "Zebedee too"})])
        found = due(ledger, NOON.date(), 2)
        assert (found.calls, found.entries) == (1, (1, 3))
        assert due(ledger, NOON.date(), 3).entries == found.entries
        assert due(ledger, NOON.date(), 4).entries == ()
        ledger.append([entry("later")])
        assert purge(ledger, found, "x", NOON) is False
        assert purge(ledger, due(ledger, NOON.date(), 2), "x", NOON) is True
        assert [(e.key, e.forgotten) for e in ledger.read("call")] == [("old", True), ("new", False), ("later", False)]
        assert looked_at(ledger).faults == ()
        assert looked_at(ledger).forgotten == 2
    if not isinstance(place, str):
        assert not any(b"Zebedee" in file.read_bytes() for file in place.parent.glob("ledger.sqlite3*"))
        assert b"Yolanda" in place.read_bytes()


def test_a_ledger_of_the_first_release_is_brought_up(opened, place):
    engine = raw_engine(place)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = canonical({"from": "x", "n": 1}).replace("'", "''")
        connection.exec_driver_sql(
            f"INSERT INTO entries VALUES (1, 'coverage', 'a', 1, '2026-11-10T02:00:00Z', '{row}')"
        )
    engine.dispose()
    with opened() as ledger:
        assert ledger.read("coverage")[0].body == {"from": "x", "n": 1}
        assert ledger.append([entry()]) == 1
        assert looked_at(ledger).faults == ()
        assert looked_at(ledger).heads == 2


def test_the_command_line_keeps_the_log_in_the_database_that_school_toml_names(desk, made, place, tmp_path):
    url = place if isinstance(place, str) else f"sqlite:///{place}"
    made.fill(1, 3)
    desk.decide(ledger={"url": url})
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    times = {"start": "2026-11-26T10:00:00Z", "end": "2026-11-26T10:40:00Z"}
    there = [{**who, "intervals": [list(times.values())]} for who in ({"staff": "T000"}, {"pupil": "000001"})]
    call = {"id": "call-1", "type": "groupCall", "organiser": {"staff": "T000"}, "class": "7x/C000", "people": there}
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{**call, **times}]}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", tmp_path / "calls.json")
    desk.run("sandbox", "advance", "2d")
    desk.run("calls", "sync")
    calls = desk.json("calls", "list")
    assert calls
    desk.run("ledger", "head", "-o", tmp_path / "head.txt")
    desk.run("ledger", "prove", "--call", calls[0]["id"], "-o", tmp_path / "call.json")
    desk.run("ledger", "check-proof", tmp_path / "call.json", "--head", tmp_path / "head.txt")
    found = desk.json("ledger", "verify", "--against", tmp_path / "head.txt")
    assert (found["holds"], found["guarded"], found["against"]["holds"]) == (True, True, True)
    assert not (desk.folder / ".teamskit" / "ledger.sqlite3").exists()
