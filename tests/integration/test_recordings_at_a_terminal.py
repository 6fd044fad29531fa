"""A backup at a terminal of 80 columns: a bar on stderr that fits and goes, and nothing there in a pipe."""

import os
import re
import subprocess
import sys

import pytest
from recording_scenes import recorded, stored

RUN = "from teamskit.cli.main import teamskit; teamskit(prog_name='teamskit')"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are made otherwise on Windows")
def test_a_bar_that_fits_and_goes(desk, made):
    import pty

    recorded(desk, made, 4, 12_000_000)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    started = [sys.executable, "-c", RUN, "-C", str(desk.folder), "recordings", "backup", "--no-check"]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=theirs, env=environment) as running:
        os.close(theirs)
        seen = b""
        while more := _read(ours):
            seen += more
        out = running.stdout.read().decode("utf-8")
    assert running.returncode == 0 and len(stored(desk)) == 4
    assert out.splitlines() == ["Copied 4 recordings, 48 MB, to ../copies.", "Next: teamskit recordings verify"]
    shown = seen.decode("ascii")
    lines = [line for line in re.split(r"[\r\n]", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)) if line.strip()]
    assert lines and max(map(len, lines)) <= 80
    assert all(line.startswith("Recordings  [") for line in lines)
    assert re.search(r"\d of 4, [\d.]+ MB of 48 MB", lines[-1])
    # The last thing is that the line is taken away and the cursor is back.
    assert "\x1b[2K" in shown[-40:] and "\x1b[?25h" in shown


def test_nothing_in_a_pipe(desk, made):
    recorded(desk, made)
    assert desk.run("recordings", "backup", "--no-check").err == ""


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
