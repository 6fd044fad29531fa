"""Bring a ledger's database to the shape this program knows, by Alembic, without an alembic.ini."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, inspect, select, table

from teamskit.errors import LedgerBroken
from teamskit.ledger.engine import hold_for_making

HEAD = "0002"
BEFORE_HEADS = "0001"


def bring_up_to_date(writer: Engine, sign_all: Callable[[Connection], None]) -> None:
    """Make or migrate the tables in one transaction; nothing happens when they are right.

    `sign_all` is called in it for a ledger of the time before heads. Two processes that open a new ledger at once do
    it one after the other. Raises LedgerBroken for a ledger that a newer teamskit has written.
    """
    with writer.connect() as connection:
        if _revision(connection) == HEAD:
            return
    with writer.begin() as connection:
        hold_for_making(connection)
        stands_at = _revision(connection)
        if stands_at == HEAD:
            return
        made = {BEFORE_HEADS: "heads", None: "entries"}
        if stands_at not in made or inspect(connection).has_table(made[stands_at]):
            _must_be_newer(stands_at)
            raise LedgerBroken(
                "the ledger was written by a newer teamskit", next_step="Install the newest teamskit and run it again."
            )
        _upgrade(connection)
        if stands_at == BEFORE_HEADS:
            sign_all(connection)


def _must_be_newer(stands_at: object) -> None:
    if not (isinstance(stands_at, str) and stands_at.isdecimal() and stands_at > HEAD):
        raise LedgerBroken(
            "what the ledger says of its own version was altered, so it is not opened",
            next_step="Compare it with a backup of this folder, and find out who has been at the database.",
        )


def _revision(connection: Connection) -> Any:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(table("alembic_version", column("version_num")).c.version_num)).scalar()


def _upgrade(connection: Connection) -> None:
    # Imported here because a ledger that is up to date needs no Alembic, and it is slow to load.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
