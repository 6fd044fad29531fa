"""The acceptance walks of the shared samples, where they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")


@pytest.mark.shared
@pytest.mark.parametrize("sample", ["sds-uk-100", "sds-100"])
def test_the_walk_holds(shared, sample):
    words = [
        sys.executable,
        shared / "accept" / "walk.py",
        "sample",
        shared / "samples" / sample,
        "--teamskit",
        PROGRAM,
    ]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.strip().endswith("all holds"), done.stdout
    assert "'teams': 21, 'owners': 21, 'members': 602, 'effective': 86" in done.stdout
