"""The ledger's tables, as SQLAlchemy sees them. Their making is in `migrations`; both are compared by a test."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

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
    Column("revises", Integer, nullable=True),
    Column("sealed", String(64), nullable=True),
    Column("leaf", LargeBinary, nullable=True),
    UniqueConstraint("kind", "key", "version", name="uq_entries_kind_key_version"),
    Index("ix_entries_kind_about", "kind", "about"),
)
"""`sealed` stands for the private part in the leaf; see `leaves`."""

PRIVATE = Table(
    "private",
    METADATA,
    Column("seq", Integer, ForeignKey("entries.seq"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("body", Text, nullable=False),
)
"""What identifies people; a row is put in with its entry and can only be taken away."""

HEADS = Table(
    "heads",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False, unique=True),
    Column("root", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    Column("at", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("signer", Text, nullable=False),
)
"""One row for each append: the tree as it stood then, its peaks, the signed note and the public key that checks it."""
