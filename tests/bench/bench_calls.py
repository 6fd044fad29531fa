"""Times what a DSL does with a log of 200,000 calls and 5 million intervals of presence, beside a bare read.

    python tests/bench/bench_calls.py [CALLS] [FOLDER]

A FOLDER keeps the log for the next run. Each command runs in a process of its own, as typed; printed are seconds, peak
memory and the ratio to a bare read of the same term's rows (SQL and json.loads). Exit status 1 when findings or report
of one term take 3 times as long or longer, or 1 GiB of memory or more.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("teamskit")
TERM = date(2026, 9, 3), date(2026, 12, 17)
AIM_RATIO, AIM_MIB = 3, 1024
COMPILED = Path(tempfile.gettempdir()) / "teamskit-bench-compiled"
AIMED = ("findings list", "calls report, HTML")


def bare(ledger, first, last):
    """Read the rows of a term with nothing but SQL and json.loads."""
    text = (
        "SELECT entries.body, private.body FROM entries LEFT JOIN private ON private.seq = entries.seq"
        " WHERE kind = 'call' AND about >= ? AND about < ?"
    )
    read = [
        (json.loads(body), json.loads(private))
        for body, private in sqlite3.connect(ledger).execute(text, (first, last))
    ]
    print(len(read), sum(len(person["intervals"]) for body, _ in read for person in body["people"]))


def measured(words):
    """Run a command and give seconds of the processor, MiB at the most, and what it printed.

    Seconds by the clock would tell of the other programs of this computer. The program's modules are compiled once, as
    they are where it is installed, and kept outside the checkout.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as out:
        env = {**kept, "PYTHONPYCACHEPREFIX": str(COMPILED)}
        done = subprocess.Popen([str(word) for word in words], stdout=out, stderr=out, env=env)
        _, status, used = os.wait4(done.pid, 0)
        seconds = used.ru_utime + used.ru_stime
        out.seek(0)
        said = out.read().decode("utf-8")
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{words}: {said[-2000:]}")
    return seconds, used.ru_maxrss / 1024, said


def term_commands(school, out):
    """Give what is done with one term, as typed."""
    span = ("--from", TERM[0], "--to", TERM[1])
    report = [PROGRAM, "-C", school, "calls", "report", *span, "--out"]
    return {
        "calls list": [PROGRAM, "-C", school, "calls", "list", *span, "--output", "json"],
        "findings list": [PROGRAM, "-C", school, "findings", "list", *span, "--output", "json"],
        "calls report, HTML": [*report, out / "report.html"],
        "and all tables": [*report, out / "report.html", "--xlsx", out / "report.xlsx", "--csv", out / "tables"],
    }


def whole_commands(school):
    """Give what a night does, which the size of the log should not show."""
    return {
        "calls sync, a night": [PROGRAM, "-C", school, "calls", "sync"],
        "ledger verify": [PROGRAM, "-C", school, "ledger", "verify"],
    }


def made(folder, calls):
    """Build the log and a tenant beside it, unless they are there; give the school's folder.

    In a process of its own: a child begins with its parent's peak of memory.
    """
    if not (folder / "built").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.monotonic()
        said = measured([sys.executable, Path(__file__).with_name("large_log.py"), folder, calls])[2]
        print(f"built {said.strip()} intervals in {time.monotonic() - began:.0f} s")
        (folder / "built").touch()
    return folder / "school"


def row(name, seconds, mib, ratio=None):
    """Print one row."""
    print(f"{name:24} {seconds:7.2f} s {mib:7.0f} MiB" + (f" {ratio:6.2f} times" if ratio else ""), flush=True)


def main(calls, folder):
    """Build, measure, print; give whether the aim is met."""
    school = made(folder, calls)
    ledger = school / ".teamskit" / "ledger.sqlite3"
    span = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (TERM[0], TERM[1] + timedelta(1))]
    seconds, mib, said = measured(
        [sys.executable, __file__, "--bare", ledger, *(f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in span)]
    )
    print(f"one term: {' calls, '.join(said.split())} intervals; ledger {ledger.stat().st_size / 2**30:.2f} GiB")
    row("bare read", seconds, mib)
    is_met = True
    measured(
        [PROGRAM, "-C", school, "calls", "report", "--from", TERM[0], "--to", TERM[0], "--out", folder / "day.html"]
    )
    for name, words in term_commands(school, folder).items():
        taken, peak, _ = measured(words)
        row(name, taken, peak, taken / seconds)
        is_met = is_met and (name not in AIMED or (taken < AIM_RATIO * seconds and peak < AIM_MIB))
    sizes = [file.stat().st_size / 2**20 for file in sorted(folder.glob("report*.html"))]
    print(f"report: {len(sizes)} files, the largest of {max(sizes):.1f} MiB", flush=True)
    measured([PROGRAM, "-C", school, "sandbox", "play", "--days", "1"])
    for name, words in whole_commands(school).items():
        row(name, *measured(words)[:2])
    return is_met


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        bare(*sys.argv[2:5])
        raise SystemExit(0)
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch) / "log"
        raise SystemExit(not main(number, place))
