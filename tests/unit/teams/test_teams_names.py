"""Mail nicknames: legal, short, unique without regard to case, and the same whatever the order of rows (R24)."""

import re

from hypothesis import given
from hypothesis import strategies as st

from teamskit.teams.names import LONGEST, display_name, next_nickname, nicknames

LEGAL = re.compile(r"[A-Za-z0-9!#$%&'*+./=?^_`{|}~-]{1,64}")


def named(codes, school="892-2345"):
    return nicknames((f"{school}/2026/{code}", school, 2026, code) for code in codes)


def test_a_plain_code_gives_a_plain_nickname():
    assert named(["7x/Ma1"]) == {"892-2345/2026/7x/Ma1": "892-2345-2627-7x-Ma1"}


@given(st.lists(st.text(min_size=1, max_size=90), unique=True, max_size=12))
def test_any_codes_give_legal_and_different_nicknames(codes):
    found = named(codes)
    assert len({name.casefold() for name in found.values()}) == len(codes)
    assert all(LEGAL.fullmatch(name) and len(name) <= LONGEST for name in found.values())
    assert named(reversed(codes)) == found


def test_letters_without_a_decomposition_are_folded():
    (name,) = named(["Łódź Øst Straße"]).values()
    assert name.endswith("Lodz-Ost-Strasse")


@given(st.from_regex(r"[A-Za-z0-9-]{1,63}", fullmatch=True), st.integers(2, 999))
def test_the_next_nickname_stays_short(name, number):
    assert next_nickname(name, number).endswith(f"-{number}")
    assert len(next_nickname(name, number)) <= LONGEST


def test_a_display_name_is_cut_where_a_group_ends():
    assert len(display_name("{class_name}" * 9, class_name="x" * 60, class_id="", year="", school="")) == 256
