"""The pages for safeguarding leads: plain words, short sentences, no command line, and every kind of finding."""

import re
from pathlib import Path

import pytest

from teamskit.reports.kinds import KINDS
from teamskit.safeguarding.finding import SEVERITY

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["for-safeguarding-leads.md", "what-the-log-cannot-know.md"]
HARSH = ("alert", "violation", "suspicious", "offender", "compliance", "unsupervised", "inappropriate")
LONGEST = 25


def text_of(page):
    return (DOCS / page).read_text(encoding="utf-8")


def sentences(text):
    """Give the sentences as they are read aloud: list items and table cells are sentences of their own."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    text = re.sub(r"^#.*$", "\\g<0>\n", text, flags=re.M)
    blocks = re.split(r"\n\s*\n|\n(?=\s*(?:[-#|]|\d+\. ))|\|", text)
    for block in blocks:
        yield from re.split(r"(?<=[.?!])[*\"]*\s+", " ".join(block.split()))


@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_is_too_long_to_be_read_aloud(page):
    long = [one for one in sentences(text_of(page)) if len(one.split()) >= LONGEST]
    assert long == []


@pytest.mark.parametrize("page", PAGES)
def test_the_words_accuse_nobody_and_need_no_command_line(page):
    text = text_of(page)
    assert [word for word in HARSH if re.search(rf"\b{word}", text, re.I)] == []
    assert "`" not in text
    assert "teamskit" not in text
    assert "!" not in text


def test_every_kind_and_severity_of_finding_is_explained_as_the_report_calls_it():
    rows = [line for line in text_of(PAGES[0]).splitlines() if line.startswith("| ")]
    for kind, severity in SEVERITY.items():
        wanted = f"| {KINDS[kind]} |" if severity == "not known" else f"| {KINDS[kind]} ({severity}) |"
        assert any(row.startswith(wanted) for row in rows), wanted


@pytest.mark.parametrize("page", PAGES)
def test_short_forms_are_spelled_out_where_they_first_stand(page):
    text = text_of(page)
    for short in re.findall(r"\b[A-Z]{3,5}\b", text):
        if short not in ("UTC", "REI", "UTF"):
            assert f"({short})" in text, short


def test_links_between_the_pages_hold():
    for page in [*PAGES, "how-to-call-log.md"]:
        for target in re.findall(r"\]\(([a-z-]+\.md)(?:#[\w-]+)?\)", text_of(page)):
            assert (DOCS / target).is_file(), (page, target)
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"docs/{page}" in readme for page in [*PAGES, "how-to-call-log.md"])
