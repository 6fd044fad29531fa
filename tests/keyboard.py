"""A person at a keyboard: the command line run in this process, in one school folder, and what it left."""

import json
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from click.testing import CliRunner
from permissions_used import listening

from teamskit.cli.main import teamskit
from teamskit.errors import TeamskitError


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
        with listening(words):
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

    def fault(self, **what):
        """Let the tenant answer otherwise: path and status, and what else a fault may have."""
        self.tenant().add_fault(what)

    def decide(self, **sections):
        """Write whole sections of school.toml anew, as lists and tables."""
        file = self.folder / "school.toml"
        school = tomlkit.parse(file.read_text("utf-8"))
        for name, value in sections.items():
            school[name] = value
        file.write_text(tomlkit.dumps(school), encoding="utf-8")

    def requests(self):
        return self.json("sandbox", "show")["requests"]
