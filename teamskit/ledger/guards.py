"""The database's own refusal of changes: how it is set up, and whether it still stands as it was set up.

It keeps mistakes out. Who may write to the database can take it away, so that what is proven never rests on it.
"""

from sqlalchemy import Connection

REFUSAL = "the ledger is append-only"
_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
_SAME = {
    "entries": "SELECT 1 FROM entries WHERE seq = NEW.seq"
    " OR (kind = NEW.kind AND key = NEW.key AND version = NEW.version)",
    "heads": "SELECT 1 FROM heads WHERE number = NEW.number OR size = NEW.size",
    "private": "SELECT 1 FROM private WHERE seq = NEW.seq",
}
_REFUSED = (
    ("entries", "UPDATE"),
    ("entries", "DELETE"),
    ("heads", "UPDATE"),
    ("heads", "DELETE"),
    ("private", "UPDATE"),
)
SQLITE = (
    *(f"CREATE TRIGGER {table}_no_{what.casefold()} BEFORE {what} ON {table} {_REFUSE}" for table, what in _REFUSED),
    # INSERT OR REPLACE deletes without firing a delete trigger.
    *(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({there}) {_REFUSE}"
        for table, there in _SAME.items()
    ),
)
"""All triggers of a ledger's file, as they are made."""
_STATEMENT = "FOR EACH STATEMENT EXECUTE FUNCTION entries_refuse()"
POSTGRESQL = tuple(
    f"CREATE TRIGGER {table}_no_change BEFORE {what} ON {table} {_STATEMENT}"
    for table, what in (
        ("entries", "UPDATE OR DELETE OR TRUNCATE"),
        ("heads", "UPDATE OR DELETE OR TRUNCATE"),
        ("private", "UPDATE OR TRUNCATE"),
    )
)
POSTGRESQL_BODY = f"BEGIN RAISE EXCEPTION '{REFUSAL}'; END"
"""What the function of those triggers says."""
_BEFORE, _DELETE, _UPDATE, _TRUNCATE = 2, 8, 16, 32
_EVENTS = {
    "entries_no_change": _BEFORE + _DELETE + _UPDATE + _TRUNCATE,
    "heads_no_change": _BEFORE + _DELETE + _UPDATE + _TRUNCATE,
    "private_no_change": _BEFORE + _UPDATE + _TRUNCATE,
}
_ON_SQLITE = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('entries', 'heads', 'private')"
_ON_POSTGRESQL = (
    "SELECT t.tgname, t.tgtype, t.tgenabled = 'O' AND t.tgqual IS NULL, trim(p.prosrc)"
    " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
    " AND t.tgrelid IN ('entries'::regclass, 'heads'::regclass, 'private'::regclass)"
)
_RULES = (
    "SELECT count(*) FROM pg_rewrite WHERE ev_class IN ('entries'::regclass, 'heads'::regclass, 'private'::regclass)"
)


def is_guarded(connection: Connection) -> bool:
    """Say whether the refusal stands as it was made, with nothing beside it; False for a database that has none."""
    if connection.dialect.name == "sqlite":
        return sorted(sql for (sql,) in connection.exec_driver_sql(_ON_SQLITE)) == sorted(SQLITE)
    if connection.dialect.name != "postgresql":
        return False
    wanted = sorted((name, events, True, POSTGRESQL_BODY) for name, events in _EVENTS.items())
    there = sorted(tuple(row) for row in connection.exec_driver_sql(_ON_POSTGRESQL))
    return there == wanted and connection.exec_driver_sql(_RULES).scalar_one() == 0
