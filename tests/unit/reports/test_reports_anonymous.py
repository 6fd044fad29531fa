"""The key of anonymised reports, and what is said of a finding without names."""

import csv
import io

import pytest

from teamskit.errors import InputError
from teamskit.reports.anonymous_key import AnonymousKey, read_key, write_key
from teamskit.reports.anonymous_words import PLAIN
from teamskit.reports.kinds import KINDS
from teamskit.safeguarding.finding import SEVERITY

PEOPLE = [
    ("Pupil", "004101"),
    ("Pupil", "=1+1"),
    ("Staff", "'t Hooft"),
    ("Outside", "+44 7700 900123"),
    ("call", "c-1"),
]


@pytest.fixture
def key():
    key = AnonymousKey()
    key.give(PEOPLE)
    key.names.update(zip(PEOPLE, ["Zo\u00eb", "=cmd|x", "'Ann", "-Bo", ""], strict=True))
    return key


def test_every_kind_of_finding_has_words_without_names():
    assert set(SEVERITY) <= set(PLAIN)
    assert set(KINDS) <= set(PLAIN)
    assert all("{" not in text for pair in PLAIN.values() for text in pair)


def test_the_key_is_read_back_as_it_was_written(key, tmp_path):
    write_key(tmp_path / "key.csv", key)
    again = read_key(tmp_path / "key.csv")
    assert again.codes == key.codes
    assert again.names == key.names
    assert read_key(tmp_path / "none.csv").codes == {}


def test_the_key_opens_in_excel_and_runs_nothing(key, tmp_path):
    write_key(tmp_path / "key.csv", key)
    raw = (tmp_path / "key.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_a_code_stays_and_is_never_given_again(key, tmp_path):
    before = dict(key.codes)
    key.give([*PEOPLE, ("Pupil", "004102")])
    assert {subject: key.codes[subject] for subject in before} == before
    assert key.codes["Pupil", "004102"] == "Pupil 3"
    assert key.forget({"004101"}) == 4
    assert key.codes["call", "c-1"] == "call-1", "a call is no person"
    write_key(tmp_path / "key.csv", key)
    again = read_key(tmp_path / "key.csv")
    again.give([("Pupil", "004103"), ("Outside", "another")])
    assert again.codes["Pupil", "004103"] == "Pupil 4"
    assert again.codes["Outside", "another"] == "Outside 2"


@pytest.mark.parametrize(
    "text", ["", "Code,Id\n", "Code,Id,Name\nPupil,1,A\n", "Code,Id,Name\nPupil 1,1\n", "\x00\xff"]
)
def test_a_key_that_cannot_be_read_is_not_begun_anew(text, tmp_path):
    path = tmp_path / "key.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="key of anonymised reports"):
        read_key(path)
