"""How long a policy takes to be in effect for an account: made up from the tenant's seed, or as set by hand.

A delay set by hand plays out what schools report: a change that is there after two hours, after three days, or never.
"""

from __future__ import annotations

import json
import sqlite3

from teamskit.sandbox.clock import HOUR
from teamskit.sandbox.request import unit_share

OPEN = 1 << 62
"""The end of what has not been ended, microseconds."""
STUCK = OPEN - 1
"""When a change arrives that never does, microseconds."""


def propagation_us(seed: int, uid: str, policy_type: str) -> int:
    """Give how long an assignment takes to be in effect: 1 to 26 hours."""
    return int((1 + 25 * unit_share(str(seed), "policy", uid, policy_type)) * HOUR)


def due_us(db: sqlite3.Connection, uid: str, policy_type: str, now: int) -> int:
    """Give when a change made now is in effect for an account; STUCK when it never is."""
    text = "SELECT us FROM policy_delays WHERE uid = ? AND type IN (?, '') ORDER BY type DESC LIMIT 1"
    row = db.execute(text, (uid, policy_type)).fetchone()
    if row is not None:
        return STUCK if row[0] is None else now + int(row[0])
    facts = json.loads(db.execute("SELECT value FROM meta WHERE key = 'facts'").fetchone()[0])
    return now + propagation_us(facts["seed"], uid, policy_type)


def set_delay(db: sqlite3.Connection, uid: str, policy_type: str, us: int | None) -> None:
    """Have changes made from now on take this long for an account, None for never; type "" stands for every type."""
    db.execute("INSERT OR REPLACE INTO policy_delays VALUES (?, ?, ?)", (uid, policy_type, us))


def clear_delays(db: sqlite3.Connection, now: int) -> None:
    """Take the delays set by hand away; what was stuck sets out now."""
    db.execute("DELETE FROM policy_delays")
    stuck = db.execute("SELECT seq, uid, type FROM assignments WHERE effective = ?", (STUCK,)).fetchall()
    for seq, uid, kind in stuck:
        db.execute("UPDATE assignments SET effective = ? WHERE seq = ?", (due_us(db, uid, kind, now), seq))
    for seq, uid, kind in db.execute(
        "SELECT holds.seq, uid, type FROM group_holds AS holds JOIN group_grants ON group_grants.seq = holds.grant_seq "
        "WHERE effective = ?1 OR over = ?1",
        (STUCK,),
    ).fetchall():
        due = due_us(db, uid, kind, now)
        db.execute("UPDATE group_holds SET effective = ? WHERE seq = ? AND effective = ?", (due, seq, STUCK))
        db.execute("UPDATE group_holds SET over = ? WHERE seq = ? AND over = ?", (due, seq, STUCK))
