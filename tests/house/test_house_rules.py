"""Tests that watch the code base: start-up, sizes, documents, statuses, and what the docs promise."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted((ROOT / "teamskit").rglob("*.py"))
HEAVY = ("pandas", "requests", "msal", "sqlalchemy", "pydantic")


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (["--version"], {}),
        (["--help"], {}),
        ([], {"_TEAMSKIT_COMPLETE": "bash_complete", "COMP_WORDS": "teamskit ro", "COMP_CWORD": "1"}),
    ],
)
def test_the_front_door_imports_nothing_heavy(words, environment):
    script = f"""
import os, sys
os.environ.update({environment!r})
sys.argv = ["teamskit", *{words!r}]
from teamskit.cli.main import teamskit
try:
    teamskit(prog_name="teamskit")
except SystemExit:
    pass
heavy = [name for name in {HEAVY!r} if name in sys.modules]
sys.stderr.write("heavy:" + ",".join(heavy))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stderr.endswith("heavy:")
    assert done.stdout.strip()


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


def test_only_the_clock_reads_time():
    allowed = {"clock.py", "demo.py", "context.py"}
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in CODE
        if "sandbox" not in path.parts and path.name not in allowed
        if re.search(r"\btime\.(time|sleep)\(|datetime\.(now|utcnow)\(|date\.today\(", path.read_text(encoding="utf-8"))
    ]
    assert readers == [] or all("latency" in (ROOT / one).read_text(encoding="utf-8") for one in readers)


def test_every_command_is_in_the_reference():
    from teamskit.cli.main import COMMANDS

    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"teamskit {name}" not in text] == []


def test_every_error_class_is_on_the_status_page():
    tree = ast.parse((ROOT / "teamskit" / "errors.py").read_text(encoding="utf-8"))
    text = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert [node.name for node in tree.body if isinstance(node, ast.ClassDef) and f"`{node.name}`" not in text] == []


def test_every_policy_document_names_settings_that_microsoft_has():
    import json
    from importlib.resources import files

    from teamskit.policy import catalogue

    known = json.loads(files("teamskit.sandbox").joinpath("data/policy_parameters.json").read_text("utf-8"))
    known["TenantFederationConfiguration"] = known["TenantFederationSettings"]
    documents = catalogue().values()
    assert all(document.clause for document in documents)
    for policy in (one for document in documents for one in document.policies):
        parameters = known[policy.type]
        for name, value in policy.settings.items():
            kind, *values = parameters[name]
            assert not values or str(value) in values[0]
            assert kind != "Boolean" or isinstance(value, bool) or name == "AllowedDomains"


def test_layers_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed here; CI runs it")
    done = subprocess.run([linter, "--config", "setup.cfg"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-2000:]


def test_no_file_names_what_lies_outside_the_project():
    words = ("/work/", "." + "library", "farm-")
    for path in [*CODE, *(ROOT / "docs").glob("*.md"), ROOT / "README.md", *(ROOT / "policies").iterdir()]:
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not [word for word in words if word in text], path


def test_no_text_holds_the_marks_of_an_unfinished_merge():
    texts = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("*.md"), ROOT / "README.md", *CODE]
    marked = [path.name for path in texts if re.search(r"^(<{7} |>{7} |={7}$)", path.read_text("utf-8"), re.MULTILINE)]
    assert marked == []
