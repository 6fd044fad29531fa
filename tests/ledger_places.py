"""Where a ledger can be kept: a file of SQLite, and a database of its own on the PostgreSQL that a variable names."""

import os
import secrets
import shutil
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url

VARIABLE = "TEAMSKIT_TEST_POSTGRES"
PLACES = ("sqlite", "postgresql")


@contextmanager
def place_of(kind, folder):
    """Give a place for one ledger, empty and gone afterwards; skips where there is no PostgreSQL."""
    if kind == "sqlite":
        yield folder / "ledger.sqlite3"
        return
    server = os.environ.get(VARIABLE)
    if not server:
        pytest.skip(f"skipped: {VARIABLE} names no PostgreSQL")
    name = f"ledger_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()


def raw_engine(place):
    """Open the database itself, as somebody would who goes past the ledger."""
    return create_engine(f"sqlite:///{place}" if not isinstance(place, str) else place)


def copied(folder, to):
    """Copy a ledger's file with its key."""
    for name in ("ledger.sqlite3", "ledger.key"):
        shutil.copy(folder / name, to / name)
