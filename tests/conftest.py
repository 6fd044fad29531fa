"""A school made for a test, and the command line run on it in this process: the path a user takes, without a shell."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_school import MadeSchool

from teamskit.cli.main import teamskit
from teamskit.errors import TeamskitError


def pytest_collection_modifyitems(config, items):
    """Leave the full drills out unless asked for, and what needs the shared samples where they are not."""
    wants_full = "full" in (config.getoption("-m") or "")
    shared = os.environ.get("TEAMSKIT_SHARED")
    for item in items:
        if "full" in item.keywords and not wants_full:
            item.add_marker(pytest.mark.skip(reason="a full drill: pytest -m full"))
        if "shared" in item.keywords and not shared:
            item.add_marker(pytest.mark.skip(reason="skipped without the folder named by TEAMSKIT_SHARED"))


@dataclass(frozen=True)
class Done:
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Desk:
    """A person at a keyboard in one school folder."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def run(self, *words, ok=(0,)):
        result = CliRunner().invoke(teamskit, ["-C", str(self.folder), *map(str, words)], standalone_mode=False)
        error = result.exception
        if error is None or isinstance(error, SystemExit):
            status = result.return_value if isinstance(result.return_value, int) else result.exit_code
        elif isinstance(error, TeamskitError):
            status = error.status
        else:
            raise error
        said = f"{error.where}: {error.what}. {error.next_step}" if isinstance(error, TeamskitError) else ""
        assert status in ok, (words, status, result.output[-1500:], said)
        return Done(status, result.stdout, result.stderr + said)

    def json(self, *words):
        return self.run(*words, "--output", "json").json

    def here(self):
        from teamskit.cli.context import Here

        return Here(str(self.folder))

    def tenant(self):
        return self.here().sandbox

    def asks(self, method, path, body=None):
        status, _, answer = self.tenant().request(method, path, body)
        return status, answer

    def requests(self):
        return self.json("sandbox", "show")["requests"]


@pytest.fixture
def made(tmp_path):
    return MadeSchool(tmp_path / "export")


@pytest.fixture
def desk(tmp_path, made):
    """A school folder on the embedded tenant, whose export is `made`."""
    made.folder.mkdir()
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder, "--effective", "2026-11-23")
    desk.run("init", desk.folder, *words)
    return desk


@pytest.fixture
def shared():
    """The shared samples; tests that use it carry the mark `shared`."""
    return Path(os.environ["TEAMSKIT_SHARED"])
