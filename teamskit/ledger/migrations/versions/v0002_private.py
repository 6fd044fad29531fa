"""Keep what identifies people apart from the entries, and know what moment an entry is about."""

import sqlalchemy as sa
from alembic import op

from teamskit.errors import LedgerBroken

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column and the table; entries written before keep what they have in their bodies."""
    op.add_column("entries", sa.Column("about", sa.String(20), nullable=True))
    op.create_index("ix_entries_kind_about", "entries", ["kind", "about"])
    op.create_table(
        "private",
        sa.Column("seq", sa.Integer, sa.ForeignKey("entries.seq"), primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Refuse: a ledger does not go back."""
    raise LedgerBroken("a ledger does not go back to an earlier version")
