"""The ledger's table, as SQLAlchemy sees it. Its making is in `migrations`; both are compared by a test."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

METADATA = MetaData()

ENTRIES = Table(
    "entries",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("key", String(400), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", String(20), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("about", String(20), nullable=True),
    UniqueConstraint("kind", "key", "version", name="uq_entries_kind_key_version"),
    Index("ix_entries_kind_about", "kind", "about"),
)

PRIVATE = Table(
    "private",
    METADATA,
    Column("seq", Integer, ForeignKey("entries.seq"), primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)
