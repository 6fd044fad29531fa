"""A database connection as the ledger needs it: transactions that begin when we say, and one writer at a time."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from teamskit.school.folder import private_file

BUSY_S = 60
MAKING = 6962
"""The number of the lock that processes making tables agree on."""


def open_engine(place: Path | str) -> Engine:
    """Open a file (made owner-only, SQLite) or any SQLAlchemy URL. Nothing is read yet.

    SQLite gives its `-wal` and `-shm` files the mode of the database file.
    """
    if isinstance(place, Path):
        private_file(place)
        place = f"sqlite:///{place.as_posix()}"
    url = make_url(place)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        private_file(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": BUSY_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def same_database(one: str, two: str) -> bool:
    """Say whether two URLs name one database, whoever signs in to it."""
    first, second = make_url(one), make_url(two)
    return (first.get_backend_name(), first.host, first.port, first.database) == (
        second.get_backend_name(),
        second.host,
        second.port,
        second.database,
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late (at the first write), so that two writers could both read first.
    connection.isolation_level = None
    # What somebody altered may be no text; the driver's own complaint would repeat it, and it may be a name.
    connection.text_factory = _text
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    # What is taken away is overwritten in the file, not only unlinked.
    connection.execute("PRAGMA secure_delete=ON")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("teamskit_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def hold_for_writing(connection: Connection) -> None:
    """Keep other writers out until the transaction ends, so that `seq` has no gap and no key is written twice."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE entries IN SHARE ROW EXCLUSIVE MODE")


def hold_for_making(connection: Connection) -> None:
    """Let one process at a time make or migrate the tables; on SQLite the transaction itself does."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MAKING})")


def reading_options(engine: Engine) -> dict[str, Any]:
    """Give what makes all reads of a transaction see one moment; SQLite in WAL does so anyway."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


def shred(engine: Engine) -> None:
    """Let nothing that was deleted remain in the files: SQLite's log is emptied, PostgreSQL's table rewritten.

    SQLite overwrites what is deleted (`secure_delete`), but older pages stand in its log until then.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM FULL private")
    elif engine.dialect.name == "sqlite":
        driver = engine.raw_connection()
        try:
            driver.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            driver.close()
