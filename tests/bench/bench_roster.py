"""Times reading and checking a very large export beside a bare pandas.read_csv of the same files.

The files are made by large_school.py: 50,000 pupils and 500,000 enrolments by default, in every format. Printed for
each: the enrolments read, seconds bare, seconds read and checked, their ratio, and the peak of memory in MiB. The
status is 1 where a ratio or a peak is above what is allowed, or where an enrolment got lost. Run:
    python tests/bench/bench_roster.py [PUPILS] [CLASSES_EACH] [SHAPE...]
"""

import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from large_school import SHAPES, LargeSchool

AT_MOST = 5.0
AT_MOST_MIB = 1024
DAY = date(2026, 11, 20)


def bare(folder):
    """Read every file with nothing but pandas; gives the rows."""
    import pandas as pd

    return sum(len(pd.read_csv(path)) for path in sorted(folder.glob("*.csv")))


def ours(folder):
    """Read and check the export; gives the enrolments of pupils, and fails where a check finds an error."""
    from teamskit.roster import read_roster
    from teamskit.roster.checks import check
    from teamskit.school.model import SchoolUnit

    unit = SchoolUnit(id="S1", name="School")
    roster = read_roster(folder, school=unit, effective=DAY, domains=["school.example"])
    assert not [p for p in check(roster) if p.severity == "error"]
    return roster


def _one(what, folder):
    import pandas  # noqa: F401  (its import is no part of either time)

    import teamskit.roster.checks
    import teamskit.school.model  # noqa: F401

    start = time.perf_counter()
    found = {"bare": bare, "ours": ours}[what](Path(folder))
    seconds = time.perf_counter() - start
    print(seconds, found if what == "bare" else sum(len(s.pupils) for s in found.sections), _peak_mib())


def _peak_mib():
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(what, folder, times=5):
    """Run one of the two in processes of their own; gives the best seconds, what was counted, the peak MiB."""
    words = [sys.executable, __file__, "--one", what, str(folder)]
    runs = [subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True) for _ in range(times)]
    found = [tuple(map(float, run.stdout.split())) for run in runs]
    return min(seconds for seconds, _, _ in found), int(found[0][1]), max(int(peak) for _, _, peak in found)


def main(pupils="50000", each="10", *shapes):
    """Print one line for each shape; the status is 1 where one of them is too slow, too large or wrong."""
    school = LargeSchool(int(pupils), int(each))
    bad = False
    for name in shapes or SHAPES:
        with tempfile.TemporaryDirectory() as folder:
            SHAPES[name](Path(folder), school)
            plain, _, _ = measured("bare", folder)
            seconds, enrolments, peak = measured("ours", folder)
            ratio = seconds / plain
            bad |= ratio > AT_MOST or peak > AT_MOST_MIB or enrolments != len(school.enrolments)
            print(
                f"{name}: {enrolments:,} enrolments; read_csv {plain:.2f} s, read and checked {seconds:.2f} s,"
                f" ratio {ratio:.2f} (at most {AT_MOST:.0f}), peak {peak} MiB (at most {AT_MOST_MIB})",
                flush=True,
            )
    return int(bad)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:])
    else:
        sys.exit(main(*sys.argv[1:]))
