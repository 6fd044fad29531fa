"""What docs/signing-in.md tells a technician to write and to run holds."""

import re
import shutil
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from powershell_tree import commands, parsed

from teamskit.school.signin import SignIn
from teamskit.tenant.certificates import EXPORT, read_credential
from teamskit.tenant.signin_words import WORDS

PAGE = (Path(__file__).parents[3] / "docs" / "signing-in.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", blocks("toml"))
def test_every_setting_on_the_page_is_one(text):
    settings = SignIn(**tomllib.loads(text)["signin"])
    assert settings.client_id or settings.method == "managed-identity"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")
def test_the_certificate_of_the_page_can_be_used(tmp_path):
    (command,) = blocks("sh")
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    both = (tmp_path / "teamskit.key").read_text("utf-8") + (tmp_path / "teamskit.crt").read_text("utf-8")
    (tmp_path / "teamskit.pem").write_text(both, encoding="utf-8")
    assert read_credential("teamskit.pem", tmp_path, "", datetime.now(UTC)).until is not None


def test_the_script_of_the_page_is_powershell():
    (script,) = blocks("powershell")
    asked = [name for name, _ in commands(parsed(script))]
    assert "Get-ChildItem" in asked
    assert len(asked) >= 6


def test_what_windows_is_asked_for_a_certificate_is_powershell():
    assert "Get-ChildItem" in [name for name, _ in commands(parsed(EXPORT))]


def test_every_number_of_the_table_has_its_words():
    rows = re.findall(r"^\| (\d[\d, ]+) \|", PAGE, re.MULTILINE)
    numbers = [number for row in rows for number in row.split(", ")]
    assert len(numbers) >= 15
    assert [number for number in numbers if number not in WORDS] == []
