from datetime import timedelta

import pytest

from teamskit.calls.model import Presence
from teamskit.safeguarding import words


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 second"),
        (60, "1 minute"),
        (121, "2 minutes 1 second"),
        (120, "2 minutes"),
        (599, "9 minutes 59 seconds"),
        (600, "10 minutes"),
        (840, "14 minutes"),
        (869, "14 minutes"),
        (870, "15 minutes"),
    ],
)
def test_a_length_near_a_limit_is_told_to_the_second(seconds, said):
    assert words.length(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("year", "said"),
    [("3", "Leo (year 3)"), ("R", "Leo (Reception)"), ("N2", "Leo (Nursery)"), ("M", "Leo"), (None, "Leo")],
)
def test_a_pupil_is_named_with_his_year(year, said):
    assert words.named(Presence("a", "1", "Leo", "pupil", year)) == said


def test_lists_and_numbers_read_as_sentences():
    assert words.listed(["A"]) == "A"
    assert words.listed(["A", "B", "C"]) == "A, B and C"
    assert words.listed([str(n) for n in range(8)]) == "0, 1, 2, 3, 4 and three others"
    assert words.counted(1, "pupil") == "one pupil"
    assert words.counted(26, "pupil") == "26 pupils"
