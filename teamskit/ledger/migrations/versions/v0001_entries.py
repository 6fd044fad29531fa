"""Make the table of entries, and the triggers that refuse to change or remove one."""

import sqlalchemy as sa
from alembic import op

from teamskit.errors import LedgerBroken

revision = "0001"
down_revision = None

REFUSAL = "the ledger is append-only"


def upgrade() -> None:
    """Make the table; on SQLite and PostgreSQL also the triggers."""
    op.create_table(
        "entries",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("kind", "key", "version", name="uq_entries_kind_key_version"),
    )
    op.create_index("ix_entries_at", "entries", ["at"])
    for statement in {"sqlite": _sqlite(), "postgresql": _postgresql()}.get(op.get_bind().dialect.name, []):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a ledger does not go back."""
    raise LedgerBroken("a ledger does not go back to an earlier version")


def _sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    # INSERT OR REPLACE deletes without firing a delete trigger, hence the third one.
    there = (
        "EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq"
        " OR (kind = NEW.kind AND key = NEW.key AND version = NEW.version))"
    )
    return [
        f"CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries {refuse}",
        f"CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries {refuse}",
        f"CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries WHEN {there} {refuse}",
    ]


def _postgresql() -> list[str]:
    body = f"BEGIN RAISE EXCEPTION '{REFUSAL}'; END"
    return [
        f"CREATE FUNCTION entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        "CREATE TRIGGER entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION entries_refuse()",
    ]
