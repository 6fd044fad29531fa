"""Times `teamskit --version` beside `python -c "import click"`, as a ratio of medians (aim: under 3)."""

import statistics
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("teamskit")


def median(words, runs=15):
    taken = []
    for _ in range(runs):
        began = time.monotonic()
        subprocess.run(words, check=True, capture_output=True)
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    ours, bare = median([PROGRAM, "--version"]), median([sys.executable, "-c", "import click"])
    print(f"teamskit --version {ours * 1000:.0f} ms   import click {bare * 1000:.0f} ms   ratio {ours / bare:.2f}")
