"""The commands of the page on policies, typed as they stand there in a school folder, and its documents checked."""

import re
import shlex
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")


def test_the_commands_of_the_page_run(desk, made, monkeypatch):
    made.fill(2, 6)
    made.write()
    desk.run("sandbox", "seed", "--perfect")
    monkeypatch.chdir(desk.folder)
    typed = [
        shlex.split(line) for block in re.findall(r"```console\n(.*?)```", PAGE, re.S) for line in block.split("\n")
    ]
    commands = [words[1:] for words in typed if words]
    assert len(commands) == 10
    for words in commands:
        desk.run(*words)
    assert (desk.folder / "policies" / "policy-document.schema.json").exists()


def test_the_documents_of_the_page_hold(desk):
    whole, part = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    own = desk.folder / "policies"
    (own / "sixth-form.yaml").write_text(whole, encoding="utf-8")
    desk.run("policies", "show", "tenant-external", "-o", own / "outside.yaml")
    text = (own / "outside.yaml").read_text(encoding="utf-8")
    domains = re.search(r"^  AllowedDomains.*$", part, re.M)[0]
    text = text.replace("AllowFederatedUsers: false", "AllowFederatedUsers: true")
    text = text.replace("  AllowedDomains: []", domains)
    (own / "outside.yaml").write_text(text, encoding="utf-8")
    assert "13 documents hold." in desk.run("policies", "validate").out
    shown = desk.json("policies", "show", "tenant-external")["policies"][0]["settings"]
    assert ["trust.example", "council.example"] in [one["wanted"] for one in shown]
