"""The embedded tenant's memory: one SQLite file that several processes and threads may use at once.

Every request is one IMMEDIATE transaction, so a process killed at any moment leaves what a real tenant would be left
with: each request done or not done. Nothing here knows what the tables mean.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, upn TEXT, doc TEXT);
CREATE INDEX IF NOT EXISTS users_upn ON users (upn);
CREATE TABLE IF NOT EXISTS groups (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, nick TEXT, doc TEXT, class INTEGER,
  created INTEGER, visible INTEGER, deleted INTEGER);
CREATE INDEX IF NOT EXISTS groups_nick ON groups (nick);
CREATE TABLE IF NOT EXISTS refs (gid TEXT, kind TEXT, uid TEXT, at INTEGER, PRIMARY KEY (gid, kind, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refs_gone (gid TEXT, uid TEXT, at INTEGER, PRIMARY KEY (gid, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS teams (id TEXT PRIMARY KEY, ready INTEGER, doc TEXT, archived INTEGER, archived_at INTEGER)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS team_members (tid TEXT, uid TEXT, owner INTEGER, seen INTEGER, PRIMARY KEY (tid, uid))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS operations (id TEXT PRIMARY KEY, tid TEXT, type TEXT, created INTEGER, done INTEGER)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS policies (seq INTEGER PRIMARY KEY, type TEXT, name TEXT, id TEXT, doc TEXT, created INTEGER,
  UNIQUE (type, name));
CREATE TABLE IF NOT EXISTS assignments (seq INTEGER PRIMARY KEY, uid TEXT, type TEXT, policy TEXT, at INTEGER,
  effective INTEGER);
CREATE INDEX IF NOT EXISTS assignments_uid ON assignments (uid, type, effective);
CREATE INDEX IF NOT EXISTS assignments_policy ON assignments (policy);
CREATE TABLE IF NOT EXISTS group_grants (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, gid TEXT, type TEXT, policy TEXT,
  rank INTEGER, at INTEGER, ended INTEGER);
CREATE TABLE IF NOT EXISTS group_holds (seq INTEGER PRIMARY KEY, grant_seq INTEGER, uid TEXT, effective INTEGER,
  over INTEGER);
CREATE INDEX IF NOT EXISTS group_holds_uid ON group_holds (uid);
CREATE INDEX IF NOT EXISTS group_holds_grant ON group_holds (grant_seq, uid);
CREATE TABLE IF NOT EXISTS policy_delays (uid TEXT, type TEXT, us INTEGER, PRIMARY KEY (uid, type)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS call_versions (id TEXT, version INTEGER, start INTEGER, visible INTEGER, doc TEXT,
  participants TEXT, sessions TEXT, PRIMARY KEY (id, version)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS call_versions_start ON call_versions (start);
CREATE TABLE IF NOT EXISTS attendance (call TEXT PRIMARY KEY, meeting TEXT, visible INTEGER, doc TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS attendance_meeting ON attendance (meeting);
CREATE TABLE IF NOT EXISTS calendar_events (id TEXT PRIMARY KEY, owner TEXT, start INTEGER, until INTEGER,
  recurs INTEGER, gone INTEGER, doc TEXT, txn TEXT, call TEXT, shows INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS calendar_events_owner ON calendar_events (owner, start);
CREATE INDEX IF NOT EXISTS calendar_events_txn ON calendar_events (owner, txn);
CREATE INDEX IF NOT EXISTS calendar_events_call ON calendar_events (call);
CREATE TABLE IF NOT EXISTS calendar_copies (id TEXT PRIMARY KEY, event TEXT, holder TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS calendar_copies_holder ON calendar_copies (holder);
CREATE TABLE IF NOT EXISTS meeting_marks (organiser TEXT, id TEXT, standalone INTEGER, records_from INTEGER,
  shows INTEGER, PRIMARY KEY (organiser, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS telephone (id TEXT PRIMARY KEY, log TEXT, start INTEGER, doc TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meetings (id TEXT, organiser TEXT, url TEXT, doc TEXT, PRIMARY KEY (organiser, id))
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS meetings_url ON meetings (url);
CREATE TABLE IF NOT EXISTS recordings (id TEXT PRIMARY KEY, meeting TEXT, call TEXT, visible INTEGER, doc TEXT)
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recordings_meeting ON recordings (meeting);
CREATE INDEX IF NOT EXISTS recordings_call ON recordings (call);
CREATE TABLE IF NOT EXISTS drive_items (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, drive TEXT, folder TEXT, name TEXT,
  size INTEGER, content TEXT, hash TEXT, call TEXT, begun INTEGER, modified INTEGER, visible INTEGER, expires INTEGER,
  gone INTEGER, author TEXT, invited TEXT);
CREATE INDEX IF NOT EXISTS drive_items_drive ON drive_items (drive);
CREATE INDEX IF NOT EXISTS drive_items_call ON drive_items (call);
CREATE TABLE IF NOT EXISTS drive_folders (drive TEXT, path TEXT, PRIMARY KEY (drive, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS drive_states (drive TEXT PRIMARY KEY, remaining INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item_rights (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, item TEXT, at INTEGER, ended INTEGER,
  doc TEXT);
CREATE INDEX IF NOT EXISTS item_rights_item ON item_rights (item);
CREATE TABLE IF NOT EXISTS audit (seq INTEGER PRIMARY KEY, at INTEGER, item TEXT, doc TEXT);
CREATE INDEX IF NOT EXISTS audit_at ON audit (at);
CREATE TABLE IF NOT EXISTS audit_queries (id TEXT PRIMARY KEY, created INTEGER, done INTEGER, doc TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS apps (id TEXT PRIMARY KEY, doc TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signin_grants (id TEXT PRIMARY KEY, kind TEXT, doc TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hits (bucket TEXT, at INTEGER, n INTEGER, PRIMARY KEY (bucket, at)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, doc TEXT, matched INTEGER, fired INTEGER);
"""


class Store:
    """Open the file (made with mode 0600 on first use); the threads of a process share one connection in turn."""

    def __init__(self, path: Path) -> None:
        """Make the file and its tables when they are not there yet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        # Only a file that is not there is made by hand: closing a second descriptor would drop this process's locks.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        self._db = sqlite3.connect(
            path, timeout=30.0, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        # SQLite's busy wait sleeps in steps of many milliseconds; threads queue here instead.
        self._turn = threading.Lock()
        self._db.execute("PRAGMA synchronous=OFF")
        _into_wal(self._db)
        self._db.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside one IMMEDIATE transaction; it is undone when the block raises."""
        with self._turn:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file; no request may be running."""
        with self._turn:
            self._db.close()


def _into_wal(db: sqlite3.Connection) -> None:
    # Switching the journal does not wait for the busy timeout, so two processes opening a new file must retry.
    for attempt in range(200):
        if db.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        try:
            db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if attempt == 199:
                raise
            time.sleep(0.02)
