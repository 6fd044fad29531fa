from datetime import date, time

import pytest

from teamskit.errors import SchoolFileError
from teamskit.school import read_school

HEAD = 'domains = ["school.example"]\n[[schools]]\nid = "1"\nname = "One"\n'


def read(tmp_path, text):
    file = tmp_path / "school.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return read_school(file).lessons


def test_lessons_are_read_with_one_monday_days_and_periods(tmp_path):
    text = (
        "[lessons]\nweek_a = 2026-09-07\nclosed_days = [2026-10-23]\ncover = 'registers/cover.csv'\n"
        '[lessons.periods]\n"1" = "09:00-10:00"\n"Mon:2" = "10:00 - 11:00"\n'
    )
    lessons = read(tmp_path, text)
    assert lessons.week_a == (date(2026, 9, 7),)
    assert lessons.closed_days == (date(2026, 10, 23),)
    assert (lessons.periods["Mon:2"].start, lessons.periods["Mon:2"].end) == (time(10), time(11))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[lessons]\nweek_a = 2026-09-08\n", "name the Monday of a week A"),
        ('[lessons.periods]\n"1" = "10:00-09:00"\n', "the period ends before it begins"),
        ('[lessons.periods]\n"1" = "9 to 10"\n', "is not a time of day"),
        ("[lessons]\nweeka = 2026-09-07\n", 'unknown setting "weeka"'),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path, text, said):
    with pytest.raises(SchoolFileError) as wrong:
        read(tmp_path, text)
    assert said in f"{wrong.value.what} {wrong.value.next_step}"
    assert "line" in wrong.value.where
