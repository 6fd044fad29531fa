"""Keep what identifies people apart from the entries; give each its leaf; keep a signed head for each append."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from teamskit.errors import LedgerBroken
from teamskit.ledger.entries import canonical
from teamskit.ledger.guards import POSTGRESQL, SQLITE
from teamskit.ledger.leaves import leaf_of, new_salt, sealed

revision = "0002"
down_revision = "0001"

AT_ONCE = 1000
NAMED = ("account", "id", "name", "year")
JSON = dict[str, Any]


def upgrade() -> None:
    """Add columns and tables, and take the names out of the bodies of the entries that are there."""
    dialect = op.get_bind().dialect.name
    for statement in {"sqlite": _sqlite_off(), "postgresql": _postgresql_off()}.get(dialect, []):
        op.execute(statement)
    for column in _columns():
        op.add_column("entries", column)
    op.create_index("ix_entries_kind_about", "entries", ["kind", "about"])
    _tables()
    _rewrite(op.get_bind())
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(dialect, ()):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a ledger does not go back."""
    raise LedgerBroken("a ledger does not go back to an earlier version")


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("about", sa.String(20), nullable=True),
        sa.Column("revises", sa.Integer, nullable=True),
        sa.Column("sealed", sa.String(64), nullable=True),
        sa.Column("leaf", sa.LargeBinary, nullable=True),
    ]


def _tables() -> None:
    op.create_table(
        "private",
        sa.Column("seq", sa.Integer, sa.ForeignKey("entries.seq"), primary_key=True, autoincrement=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "heads",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", sa.Integer, nullable=False, unique=True),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("signer", sa.Text, nullable=False),
    )


def _rewrite(connection: sa.Connection) -> None:
    entries = sa.table("entries", *(sa.column(name) for name in ("seq", "kind", "key", "version", "at", "body")))
    newest: dict[tuple[str, str], int] = {}
    last = 0
    while rows := connection.execute(
        sa.select(entries).where(entries.c.seq > last).order_by(entries.c.seq).limit(AT_ONCE)
    ).all():
        split = [_split(row, newest) for row in rows]
        apart = [{"seq": one["n"], "salt": one.pop("salt"), "body": one.pop("private")} for one in split]
        connection.execute(
            sa.text(
                "UPDATE entries SET body = :body, about = :about, revises = :revises, sealed = :sealed, leaf = :leaf"
                " WHERE seq = :n"
            ),
            split,
        )
        if kept := [one for one in apart if one["body"] is not None]:
            connection.execute(sa.text("INSERT INTO private (seq, salt, body) VALUES (:seq, :salt, :body)"), kept)
        last = rows[-1].seq


def _split(row: Any, newest: dict[tuple[str, str], int]) -> JSON:
    shown, named = _apart(row.kind, json.loads(row.body))
    body, private, salt = canonical(shown), canonical(named) if named else None, new_salt()
    seal = sealed(salt, private) if private is not None else None
    about, revises = shown.get("start") if row.kind == "call" else None, newest.get((row.kind, row.key))
    newest[row.kind, row.key] = row.seq
    leaf = leaf_of(row.kind, row.key, row.version, row.at, about, revises, body, seal)
    found = {"n": row.seq, "body": body, "about": about, "revises": revises, "sealed": seal, "leaf": leaf}
    return {**found, "private": private, "salt": salt}


def _apart(kind: str, body: JSON) -> tuple[JSON, JSON]:
    """Part an old body into what stays and what identifies people, as entries are written from now on."""
    if kind == "recording":
        return {key: body[key] for key in body if key != "organiser"}, {"organiser": body.get("organiser")}
    if kind != "call":
        return body, {}
    people = [_person(one) for one in body.get("people") or []]
    organiser = _person(body["organiser"]) if body.get("organiser") else (None, None)
    shown = {key: body[key] for key in body if key != "join_url"}
    shown |= {"organiser": organiser[0], "people": [one for one, _ in people]}
    return shown, {"join_url": body.get("join_url"), "organiser": organiser[1], "people": [one for _, one in people]}


def _person(person: JSON) -> tuple[JSON, JSON]:
    shown = {"intervals": [], "used": [], **{key: person[key] for key in person if key not in NAMED}}
    return shown, {key: person.get(key) for key in NAMED}


def _sqlite_off() -> list[str]:
    return [f"DROP TRIGGER entries_no_{what}" for what in ("update", "delete", "replace")]


def _postgresql_off() -> list[str]:
    return ["DROP TRIGGER entries_no_change ON entries"]
