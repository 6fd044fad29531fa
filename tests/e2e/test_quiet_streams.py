"""What scheduled runs and Windows consoles need: a silent stderr (U04), whole files (U05), any code page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")


def run(folder, *words, **environment):
    return subprocess.run(
        [PROGRAM, *words], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
    )


@pytest.fixture
def ready(desk, made):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    return desk


def test_u04_a_successful_run_writes_nothing_to_stderr(ready):
    for words in (["roster", "check"], ["plan"], ["apply", "--yes"], ["policies", "coverage"], ["calls", "sync"]):
        done = run(ready.folder, *words)
        assert (done.returncode, done.stderr) == (0, b""), words


def test_u05_a_file_asked_for_is_whole_or_not_there(ready, monkeypatch):
    """A failure half way leaves neither the file nor its part; the old file stays."""
    from teamskit.errors import InputError
    from teamskit.school import folder

    target = ready.folder / "plan.json"
    target.write_text("old", encoding="utf-8")

    def breaks(self, *args, **kwargs):
        with open(self, "w", encoding="utf-8") as file:
            file.write("half")
        raise OSError("disk full")

    monkeypatch.setattr(folder.Path, "write_bytes", breaks)
    with pytest.raises(InputError, match="disk full"):
        folder.write_whole(target, "new")
    monkeypatch.undo()
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in ready.folder.glob("*.part")] == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "cp437", "ascii"])
def test_every_screen_survives_any_console(ready, encoding):
    for words in (
        ["roster", "check"],
        ["roster", "show"],
        ["plan", "--detail"],
        ["policies", "coverage"],
        ["doctor"],
        ["--help"],
    ):
        done = run(ready.folder, *words, PYTHONIOENCODING=encoding, NO_COLOR="1", COLUMNS="80")
        assert b"Traceback" not in done.stderr, (words, done.stderr[-500:])
        assert done.returncode == 0


def test_an_unattended_run_must_say_yes(ready):
    done = run(ready.folder, "apply")
    assert done.returncode == 2
    assert b"--yes" in done.stderr


def test_errors_as_json_keep_stdout_clean(tmp_path):
    done = run(tmp_path, "plan", "--output", "json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b'"status": 2' in done.stderr


@pytest.mark.parametrize("words", [["pln"], ["teams", "lst"], ["plan", "--bogus"], ["sandbox", "advance", "soon"]])
def test_wrong_usage_is_status_2(ready, words):
    done = run(ready.folder, *words)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_a_mistyped_command_gets_the_nearest_name(tmp_path):
    assert b"Did you mean plan?" in run(tmp_path, "pln").stderr
