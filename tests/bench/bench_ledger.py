"""Times `ledger verify` of a large ledger beside a bare read of the same rows, and what an append costs in it.

By default 200,000 calls with 25 people each, appended by fifties as a sync does. Printed: seconds to fill, seconds of
the bare read and of verify, their ratio, the peak of memory in MiB, and milliseconds of one more append and one proof.
The status is 1 where verify takes more than it may. Run:
    python tests/bench/bench_ledger.py [CALLS] [PEOPLE]
"""

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measuring import measured, peak_mib

AT_MOST = 6.0
AT_MOST_MIB = 1024
BATCH = 50
START = datetime(2021, 9, 1, 9, tzinfo=UTC)


def call(n, people):
    """One call as an entry: who was there in the private part, when in the body."""
    from teamskit.clock import iso
    from teamskit.ledger import Entry

    begin = START + timedelta(minutes=7 * n)
    span = [[iso(begin), iso(begin + timedelta(minutes=40))]]
    there = {"joined_as": "user", "role": "pupil", "used": ["audio", "video"], "intervals": span}
    named = [
        {"account": f"00000000-0000-4000-8000-{n * people + k:012d}", "id": f"{k:06d}", "name": f"Fore{k} Sur{k}"}
        for k in range(people)
    ]
    body = {"id": f"call-{n}", "start": span[0][0], "end": span[0][1], "people": [there] * people}
    return Entry("call", f"call-{n}", 1, begin, body, about=begin, private={"people": named})


def fill(path, calls, people):
    """Make the ledger."""
    from teamskit.ledger import Ledger

    with Ledger.open(path) as ledger:
        for first in range(0, calls, BATCH):
            ledger.append([call(n, people) for n in range(first, min(calls, first + BATCH))])


def bare(path):
    """Read every row with nothing but sqlite3; gives the rows."""
    rows = "SELECT * FROM entries e LEFT JOIN private p ON p.seq = e.seq ORDER BY e.seq"
    with closing(sqlite3.connect(path)) as connection:
        return sum(1 for _ in connection.execute(rows))


def verified(path):
    """Verify it; gives the entries, and fails where something is wrong."""
    from teamskit.ledger import Ledger
    from teamskit.ledger.verify import verify

    with Ledger.open(path) as ledger, ledger.reading() as connection:
        found = verify(connection, ledger.public_key())
    assert found.holds
    return found.entries


def appended(path):
    """Append one entry a hundred times; gives milliseconds each."""
    from teamskit.ledger import Ledger

    with Ledger.open(path) as ledger:
        start = time.perf_counter()
        for n in range(100):
            ledger.append([call(10_000_000 + n, 2)])
        return (time.perf_counter() - start) * 10


def proven(path):
    """Prove one call; gives milliseconds."""
    from teamskit.ledger import Ledger
    from teamskit.ledger.proofs import prove

    with Ledger.open(path) as ledger, ledger.reading() as connection:
        start = time.perf_counter()
        prove(connection, "call", "call-7")
        return (time.perf_counter() - start) * 1000


def _one(what, path):
    start = time.perf_counter()
    found = {"bare": bare, "verified": verified, "appended": appended, "proven": proven}[what](Path(path))
    print(time.perf_counter() - start, found, peak_mib())


def main(calls="200000", people="25"):
    """Print one line; the status is 1 where verify is too slow, too large or missed an entry."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        start = time.perf_counter()
        fill(path, int(calls), int(people))
        filled = time.perf_counter() - start
        plain, rows, _ = measured(__file__, "bare", path, 3)
        seconds, entries, peak = measured(__file__, "verified", path, 3)
        _, proof, _ = measured(__file__, "proven", path)
        _, append, _ = measured(__file__, "appended", path)
        size = path.stat().st_size / 2**20
    ratio = seconds / plain
    print(
        f"ledger: {int(entries):,} entries, {size:,.0f} MiB, filled in {filled:.0f} s; bare read {plain:.2f} s,"
        f" verify {seconds:.2f} s, ratio {ratio:.2f} (at most {AT_MOST:.0f}), peak {peak} MiB (at most {AT_MOST_MIB});"
        f" one append {append:.1f} ms, one proof {proof:.0f} ms",
        flush=True,
    )
    return int(ratio > AT_MOST or peak > AT_MOST_MIB or not rows == entries == int(calls))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:])
    else:
        sys.exit(main(*sys.argv[1:]))
