"""Times reading and checking a very large export beside a bare pandas.read_csv of the same files.

The files are made by large_school.py: 50,000 pupils and 500,000 enrolments by default, in every format. Printed for
each: the enrolments read, seconds bare, seconds read and checked, their ratio, and the peak of memory in MiB; and what
of it nothing can spare: the same files with every cell as text (numbers with zeros are names), and the people and
classes made once of columns that are there. The status is 1 where a ratio or a peak is above what is allowed, or where
an enrolment got lost. Run:
    python tests/bench/bench_roster.py [PUPILS] [CLASSES_EACH] [SHAPE...]
"""

import sys
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path

from large_school import SHAPES, LargeSchool
from measuring import measured, peak_mib

AT_MOST = 5.0
AT_MOST_MIB = 1024
DAY = date(2026, 11, 20)
TIMES = 5


def bare(folder):
    """Read every file with nothing but pandas."""
    import pandas as pd

    return [pd.read_csv(path) for path in sorted(folder.glob("*.csv"))]


def text(folder):
    """Read every file with nothing but pandas, and every cell as the text it is."""
    import pandas as pd

    return [pd.read_csv(path, dtype=object, na_filter=False) for path in sorted(folder.glob("*.csv"))]


def ours(folder):
    """Read and check the export; fails where a check finds an error."""
    from teamskit.roster import read_roster
    from teamskit.roster.checks import check
    from teamskit.school.model import SchoolUnit

    unit = SchoolUnit(id="S1", name="School")
    roster = read_roster(folder, school=unit, effective=DAY, domains=["school.example"])
    assert not [p for p in check(roster) if p.severity == "error"]
    return roster


def values(folder):
    """Give what makes the people and classes of an export anew, of columns that are there."""
    from itertools import starmap

    from teamskit.roster import Person, Place, Section

    roster = ours(folder)
    columns = {kind: list(zip(*of, strict=True)) for kind, of in ((Person, roster.people), (Section, roster.sections))}
    places = {kind: list(zip(*found[kind._fields.index("place")], strict=True)) for kind, found in columns.items()}

    def make():
        for kind, found in columns.items():
            found[kind._fields.index("place")] = starmap(Place, zip(*places[kind], strict=True))
        return [list(starmap(kind, zip(*found, strict=True))) for kind, found in columns.items()]

    return make


RUNS = {"bare": bare, "text": text, "ours": ours}


def _one(what, folder):
    import pandas  # noqa: F401  (what is imported is no part of either time)

    import teamskit.roster.checks
    import teamskit.roster.export
    import teamskit.roster.strays
    import teamskit.school.model  # noqa: F401

    run = partial(RUNS[what], Path(folder)) if what in RUNS else values(Path(folder))
    start = time.process_time()
    found = run()
    seconds = time.process_time() - start
    print(seconds, sum(len(s.pupils) for s in found.sections) if what == "ours" else 0, peak_mib())


def main(pupils="50000", each="10", *shapes):
    """Print one line for each shape; the status is 1 where one of them is too slow, too large or wrong."""
    school = LargeSchool(int(pupils), int(each))
    bad = False
    for name in shapes or SHAPES:
        with tempfile.TemporaryDirectory() as folder:
            SHAPES[name](Path(folder), school)
            plain, as_text, made = (measured(__file__, what, folder, TIMES)[0] for what in ("bare", "text", "values"))
            seconds, enrolments, peak = measured(__file__, "ours", folder, TIMES)
            ratio = seconds / plain
            bad |= ratio > AT_MOST or peak > AT_MOST_MIB or enrolments != len(school.enrolments)
            print(
                f"{name}: {enrolments:,.0f} enrolments; read_csv {plain:.2f} s, read and checked {seconds:.2f} s,"
                f" ratio {ratio:.2f} (at most {AT_MOST:.0f}), peak {peak} MiB (at most {AT_MOST_MIB});"
                f" cells as text {as_text:.2f} s and people and classes made {made:.2f} s, together"
                f" {(as_text + made) / plain:.2f}",
                flush=True,
            )
    return int(bad)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:])
    else:
        sys.exit(main(*sys.argv[1:]))
