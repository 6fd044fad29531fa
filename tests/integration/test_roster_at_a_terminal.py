"""What `roster check` and a plan look like at a terminal of 80 columns, against the same text in a pipe."""

import os
import re
import subprocess
import sys

import pytest
from keyboard import Desk

from teamskit.cli.templates import write_template

RUN = "from teamskit.cli.main import teamskit; teamskit(prog_name='teamskit')"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are made otherwise on Windows")
@pytest.mark.parametrize("command", [("roster", "check"), ("policies", "plan"), ("policies", "show", "disable-chat")])
def test_lines_are_folded_between_words_at_a_terminal_and_whole_in_a_pipe(tmp_path, command):
    import pty

    write_template("example-primary", tmp_path / "export")
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--effective", "2026-11-20")
    desk.run("init", desk.folder, *words, "--roster", tmp_path / "export")
    desk.run("sandbox", "seed", "--perfect")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80"}
    started = [sys.executable, "-c", RUN, "-C", str(desk.folder), *command]
    with subprocess.Popen(started, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as running:
        os.close(theirs)
        seen = b""
        while more := _read(ours):
            seen += more
    assert running.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;]*m|\r", "", seen.decode("utf-8")).splitlines()
    piped = desk.run(*command).out
    assert max(map(len, lines)) <= 80 < max(map(len, piped.splitlines()))
    assert " ".join(" ".join(lines).split()) == " ".join(piped.split())


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
