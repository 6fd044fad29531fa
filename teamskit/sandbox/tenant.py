"""The embedded tenant from the outside: opened on a file, spoken to by WSGI, its clock and its people moved by hand.

It knows Microsoft's interface and nothing of the rest of the package.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from teamskit.sandbox import faults
from teamskit.sandbox.app import App
from teamskit.sandbox.apps import register_app
from teamskit.sandbox.clock import TenantClock, read_number, to_datetime, to_text, to_us, write_number
from teamskit.sandbox.play import STANDS_AFTER_US, play_calls
from teamskit.sandbox.policy_store import put_globals
from teamskit.sandbox.request import Facts, made_id
from teamskit.sandbox.store import Store
from teamskit.sandbox.team_store import count_members
from teamskit.sandbox.telephone import put_rows
from teamskit.sandbox.tokens import made_token
from teamskit.sandbox.users import save_users

_FLAGS = (
    "strict_bulk_add",
    "application_access_policy",
    "federation_empties",
    "meeting_name_refused",
    "meetings_late",
    "person_signed_in",
)
_COUNTED = {
    "users": "SELECT count(*) FROM users",
    "groups": "SELECT count(*) FROM groups WHERE deleted IS NULL",
    "teams": "SELECT count(*) FROM teams JOIN groups ON groups.id = teams.id WHERE deleted IS NULL",
    "policies": "SELECT count(*) FROM policies",
    "assignments": "SELECT count(*) FROM assignments AS mine WHERE policy IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM assignments AS later WHERE later.uid = mine.uid AND later.type = mine.type "
    "AND later.seq > mine.seq)",
    "calls": "SELECT count(DISTINCT id) FROM call_versions",
}


class EmbeddedTenant:
    """Hold one tenant, open; several processes may have the same file open."""

    def __init__(self, store: Store, clock: TenantClock, facts: Facts) -> None:
        """Use `open`."""
        self._store = store
        self._clock = clock
        self._facts = facts
        self._app = App(store, clock, facts)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        domains: Sequence[str] = ("school.example",),
        start: datetime | None = None,
        realtime: bool = False,
        seed: int = 0,
    ) -> EmbeddedTenant:
        """Open the tenant in this file, making it on first use; then `domains`, `start` and `seed` count no more.

        Without `start` a new tenant's clock begins at the computer's now.
        """
        store = Store(Path(path))
        clock = TenantClock(realtime)
        with store.transaction() as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'facts'").fetchone()
            if row is None:
                first = to_us(start or datetime.now(UTC))
                doc: dict[str, Any] = {
                    "tenant_id": made_id("tenant", domains[0]),
                    "domains": list(domains),
                    "seed": seed,
                }
                db.execute("INSERT INTO meta VALUES ('facts', ?)", (json.dumps(doc),))
                write_number(db, "clock", first)
                write_number(db, "flag:application_access_policy", 1)
                put_globals(db, first)
            else:
                doc = json.loads(row[0])
        return cls(store, clock, Facts(doc["tenant_id"], tuple(doc["domains"]), doc["seed"]))

    @property
    def tenant_id(self) -> str:
        """Give the tenant's GUID, which its first domain decides."""
        return self._facts.tenant_id

    @property
    def domains(self) -> tuple[str, ...]:
        """Give the tenant's domains."""
        return self._facts.domains

    def token(self, _service: str = "graph") -> str:
        """Give the token of who is signed in: an application, or a person while the flag person_signed_in is set."""
        with self._store.transaction() as db:
            is_person = bool(read_number(db, "flag:person_signed_in"))
            row = db.execute("SELECT value FROM meta WHERE key = 'not granted'").fetchone()
        without = json.loads(row[0]) if row else ()
        return made_token(self._facts.tenant_id, is_person=is_person, without=without)

    def take_away(self, *permissions: str) -> None:
        """Let tokens from now on lack these permissions; none gives all back."""
        with self._store.transaction() as db:
            text = json.dumps(permissions)
            db.execute("INSERT OR REPLACE INTO meta VALUES ('not granted', ?)", (text,))

    def wsgi(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333); raises ConnectionResetError when a fault cuts the connection."""
        return self._app(environ, start_response)

    def checked_wsgi(self) -> Callable[..., Iterable[bytes]]:
        """Give a WSGI app with Microsoft's host names and sign-in, which takes only tokens that this sign-in gave."""
        from teamskit.sandbox.hosts import Hosts

        return Hosts(self._store, self._clock, self._facts)

    def register_app(self, app_id: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Register an app or change what is named of it, see apps.register_app; give it. Raises ValueError."""
        with self._store.transaction() as db:
            return register_app(db, app_id, settings)

    def now(self) -> datetime:
        """Give the tenant's now, UTC."""
        with self._store.transaction() as db:
            return to_datetime(self._clock.now(db))

    def sleep(self, seconds: float) -> None:
        """Wait until `seconds` after the now seen when called: by moving the clock, or truly in real time.

        Waits that overlap do not add up: the clock is set to the latest end of them.
        """
        if self._clock.realtime:
            time.sleep(max(0.0, seconds))
            return
        self.wait_until(self.now() + timedelta(seconds=max(0.0, seconds)))

    def wait_until(self, moment: datetime) -> datetime:
        """Move the clock to `moment` unless it is later already; give what it shows then."""
        with self._store.transaction() as db:
            return to_datetime(self._clock.move_to(db, to_us(moment)))

    def advance(self, delta: timedelta) -> datetime:
        """Move the clock on by `delta`; give what it shows then. Raises ValueError for a negative one."""
        if delta < timedelta(0):
            raise ValueError("the tenant's clock cannot go back")
        with self._store.transaction() as db:
            return to_datetime(self._clock.move_to(db, self._clock.now(db) + delta // timedelta(microseconds=1)))

    def seed(self, users: Iterable[dict[str, Any]]) -> int:
        """Put accounts (Graph user objects) into the tenant; see users.save_users. Give how many."""
        with self._store.transaction() as db:
            return save_users(db, users, to_text(self._clock.now(db)))

    def play(self, calls: Iterable[dict[str, Any]]) -> int:
        """Let resolved calls have taken place; moves the clock to 25 h after the last one's end. Give how many.

        They are taken one by one, so that a whole term need not be held at once. Raises ValueError, naming the call,
        when one cannot be played; then none is.
        """
        with self._store.transaction() as db:
            count, last = play_calls(db, self._facts, calls)
            self._clock.move_to(db, last + STANDS_AFTER_US if last else 0)
        return count

    def last_call(self) -> datetime | None:
        """Give when the last call that was played began; None when there was none."""
        with self._store.transaction() as db:
            start = db.execute("SELECT max(start) FROM call_versions").fetchone()[0]
        return to_datetime(start) if start else None

    def play_telephone(self, rows: Sequence[dict[str, Any]]) -> int:
        """Put rows into the telephone logs and give how many; raises ValueError for a wrong one. See `telephone`."""
        with self._store.transaction() as db:
            return put_rows(db, self._facts, rows)

    def show(self) -> dict[str, Any]:
        """Give what is in the tenant, as counts, its now (ISO text) and the requests counted since the last reset."""
        with self._store.transaction() as db:
            shown: dict[str, Any] = {name: int(db.execute(text).fetchone()[0]) for name, text in _COUNTED.items()}
            now = self._clock.now(db)
            shown["memberships"] = count_members(db, now)
            counts = dict(db.execute("SELECT key, n FROM counts ORDER BY key").fetchall())
        totals = {
            name: counts.pop(name, 0) for name in ("round_trips", "writes_accepted", "throttled", "bytes_downloaded")
        }
        shown["now"] = to_datetime(now).isoformat().replace("+00:00", "Z")
        return shown | {"requests": {**totals, "by": counts}}

    def reset_counts(self) -> None:
        """Count requests from nothing again."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM counts")

    def add_fault(self, fault: dict[str, Any]) -> None:
        """Add a fault, see the module faults; raises ValueError for a malformed one."""
        with self._store.transaction() as db:
            faults.add_fault(db, fault)

    def clear_faults(self) -> None:
        """Take all faults away."""
        with self._store.transaction() as db:
            db.execute("DELETE FROM faults")

    def set_flag(self, name: str, value: bool) -> None:
        """Let the tenant do otherwise than it does: one of `_FLAGS`. Raises ValueError for another name.

        With `meetings_late` a new event tells its meeting's address after some seconds, and the meeting is found later
        still; with `meeting_name_refused` a meeting refuses to fix names, which it ignores otherwise.
        """
        if name not in _FLAGS:
            raise ValueError(f"there is no flag {name}; there are {', '.join(_FLAGS)}")
        with self._store.transaction() as db:
            write_number(db, "flag:" + name, int(value))

    def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """Send one request through the same door as a client; a token and a correlation id are added.

        `path` is `/v1.0/…` or `/Skype.Policy/…`; spaces and the like in it may be unescaped.
        """
        payload = b"" if body is None else json.dumps(body).encode("utf-8")
        target, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method.upper(),
            "PATH_INFO": _decoded(target),
            "QUERY_STRING": quote(query, safe="%$&=()'/:,+;@*!~-._"),
            "HTTP_HOST": "graph.microsoft.com",
            "HTTP_AUTHORIZATION": "Bearer sandbox",
            "HTTP_X_MS_CORRELATION_ID": made_id("request", path),
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(payload)),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(payload),
        }
        environ |= {"HTTP_" + name.upper().replace("-", "_"): value for name, value in (headers or {}).items()}
        return self._exchange(environ)

    def _exchange(self, environ: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            seen.append((status, headers))

        text = b"".join(self.wsgi(environ, start))
        status, headers = seen[0]
        return int(status.split()[0]), dict(headers), json.loads(text) if text else None

    def close(self) -> None:
        """Close the file; the tenant stays in it."""
        self._store.close()


def _decoded(target: str) -> str:
    return unquote_to_bytes(target).decode("latin-1")
