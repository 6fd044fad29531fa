"""Pieces of the page that are made without the template engine: as safe as with it."""

from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import Environment

from teamskit.reports.bars import Label
from teamskit.reports.ready import cells_of, rows_of, texts_of
from teamskit.reports.words import clock_within, clock_words

NASTY = "<script>alert('x')</script> & \"Ö\""


def by_template(source, **values):
    return Environment(autoescape=True).from_string(source).render(**values)


def test_rows_and_cells_are_what_the_template_engine_would_write():
    rows = [("Ada", "09:00-09:40"), (NASTY, "not known")]
    loop = "{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}{% endfor %}{% endfor %}"
    assert rows_of(rows) == by_template(loop, rows=rows)
    assert cells_of(rows[1]) == by_template(loop, rows=rows[1:]).removeprefix("<tr>")
    assert by_template("{{ made }}", made=rows_of(rows)) == rows_of(rows)


def test_words_in_a_picture_are_escaped_and_stand_in_their_place():
    labels = [Label(0, 15, NASTY), Label(50, 40, "09:20", "middle"), Label(0, 40, "09:00")]
    nasty = by_template("{{ text }}", text=NASTY)
    assert texts_of(labels) == (
        f"<text y=15>{nasty}</text><text x=50% y=40 class=middle>09:20</text><text y=40>09:00</text>"
    )


@pytest.mark.parametrize("sign", ["\x1b", "\x1c", "\x1d", "\x1e", "\x1f"])
def test_a_sign_in_a_name_brings_no_more_than_a_tag_of_ours(sign):
    made = rows_of([(f"Ada{sign}img src=x onerror=y{sign}<b>", "09:00")])
    assert made.replace("<tr>", "").replace("<td>", "").count("<") == 0


@pytest.mark.parametrize(
    ("first", "length"),
    [
        (datetime(2026, 11, 2, 9, 3, 7, tzinfo=UTC), 2),
        (datetime(2026, 7, 2, 22, 30, 59, tzinfo=UTC), 3),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 3),
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), 2),
        (datetime(2026, 9, 1, 12, tzinfo=UTC), 24 * 120),
    ],
)
def test_the_clock_of_a_call_says_what_the_zone_says(first, length):
    last = first + timedelta(hours=length)
    clock = clock_within(first, last)
    moments = [first + (last - first) * n / 500 for n in range(501)]
    assert [clock(moment) for moment in moments] == [clock_words(moment) for moment in moments]
