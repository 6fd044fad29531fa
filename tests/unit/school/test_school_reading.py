"""school.toml: what is wrong is said with its line and a suggestion."""

import os
import re
from datetime import date, time

import pytest

from teamskit.cli.school_file import Answers, school_file_text
from teamskit.errors import InputError, SchoolFileError
from teamskit.school import SchoolFolder, read_school
from teamskit.school.folder import private_file

ANSWERS = Answers(
    *("sandbox", ["school.example"], "892-2345", 'St "Anne\'s" C:\\School', "892/2345", "export", "auto"),
    date(2026, 11, 20),
    ("08:50", "15:20"),
    [(date(2026, 9, 2), date(2026, 10, 23))],
    ["JFO"],
)


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "school.toml"
    path.write_text(school_file_text(ANSWERS), encoding="utf-8")
    return path


def test_what_init_writes_is_read_back(written):
    school = read_school(written)
    assert school.schools[0].name == 'St "Anne\'s" C:\\School'
    assert (school.roster.effective, school.school_day.start) == (date(2026, 11, 20), time(8, 50))
    assert school.safeguarding_leads == ("JFO",)
    assert [cohort.policies for cohort in school.cohorts] == [("disable-chat", "pupil-meetings"), ("staff-meetings",)]


def test_it_reads_the_same_without_its_comments(written):
    whole = read_school(written)
    bare = "\n".join(line for line in written.read_text("utf-8").splitlines() if not line.startswith("#"))
    written.write_text(bare, encoding="utf-8")
    assert read_school(written) == whole


@pytest.mark.parametrize(
    ("old", "new", "line_has", "says"),
    [
        ('path = "export"', 'paht = "export"', "paht", "Did you mean path"),
        ('tenant = "sandbox"', 'tenent = "sandbox"', "tenent", "Did you mean tenant"),
        ("before_pupils = false", 'before_pupils = "perhaps"', "before_pupils", "must be true or false"),
        ("removals = 200", 'removals = "many"', "removals =", "whole number"),
        ("first = 2026-09-02", 'first = "soon"', "first =", "not a date"),
        ('role = "staff"', 'role = "teacher"', 'role = "teacher"', "must be one of"),
        ('end = "15:20"', 'end = "08:00"', "[school_day]", "ends before it begins"),
        ('name = "{class_name} {year}"', 'name = "{form}"', "", "unknown placeholder"),
    ],
)
def test_each_mistake_gives_its_line_and_a_hint(written, old, new, line_has, says):
    text = written.read_text("utf-8")
    assert old in text
    written.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SchoolFileError) as caught:
        read_school(written)
    error = caught.value
    assert says in f"{error.what} {error.next_step}"
    line = int(re.search(r"line (\d+)", error.where)[1])
    assert line_has in written.read_text("utf-8").splitlines()[line - 1]


def test_broken_toml_gives_the_line(tmp_path):
    path = tmp_path / "school.toml"
    path.write_text('tenant = "sandbox"\ndomains = [school.example]\n', encoding="utf-8")
    with pytest.raises(SchoolFileError, match="not TOML") as caught:
        read_school(path)
    assert "line 2" in caught.value.where


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(SchoolFileError) as caught:
        SchoolFolder(tmp_path).existing()
    assert "teamskit init" in caught.value.next_step


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a profile's files to its owner by itself")
def test_state_is_for_its_owner_only(tmp_path):
    folder = SchoolFolder(tmp_path)
    assert folder.state().stat().st_mode & 0o777 == 0o700
    assert private_file(folder.state("x")).stat().st_mode & 0o777 == 0o600


def test_one_run_at_a_time(tmp_path):
    folder = SchoolFolder(tmp_path)
    with folder.one_run(), pytest.raises(InputError, match="another run"), SchoolFolder(tmp_path).one_run():
        pass
