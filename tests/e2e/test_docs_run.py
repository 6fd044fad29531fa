"""The commands in the docs are run as they stand."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import tomlkit

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")
BACKUP = "docs/how-to-back-up-recordings.md"
MADE_BEFORE = {
    "README.md": ".",
    "docs/how-to-call-log.md": "demo",
    "docs/how-to-online-lessons.md": "demo",
    "docs/how-to-safe-lessons.md": "demo",
    BACKUP: "demo",
}
"""Pages that begin with the made school, and the folder in which they begin."""


@pytest.mark.parametrize("page", ["docs/tutorial.md", *MADE_BEFORE])
def test_the_commands_of_the_page_run(page, tmp_path):
    text = (ROOT / page).read_text(encoding="utf-8")
    here = tmp_path
    if page in MADE_BEFORE:
        _run(["demo", "--out", "demo"], here)
        here /= MADE_BEFORE[page]
    if page == BACKUP:
        _name_a_place(here)
    for line in "\n".join(re.findall(r"```console\n(.*?)```", text, re.S)).splitlines():
        words = shlex.split(line)
        if not words:
            continue
        if words[0] == "cd":
            here = here / words[1]
        else:
            ok = (0, 2) if words[1:3] == ["roster", "check"] else (0,)
            _run(words[1:], here, ok)
    assert (here / "report.html").exists()


def _name_a_place(folder):
    """Do what the page asks for in words: a folder for the copies, named in school.toml."""
    (folder.parent / "copies").mkdir()
    file = folder / "school.toml"
    school = tomlkit.parse(file.read_text(encoding="utf-8"))
    school["backup"] = {"target": "../copies"}
    file.write_text(tomlkit.dumps(school), encoding="utf-8")


def _run(words, folder, ok=(0,)):
    done = subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode in ok, (words, done.stdout[-800:], done.stderr[-800:])
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        assert done.stderr == "", words
