"""What is worked out for whole columns gives the same as looking at one row after the other."""

import pandas as pd
import pytest

from teamskit.roster.cells import Coded
from teamskit.roster.class_codes import class_codes, one_class_a_row
from teamskit.roster.enrolments import Enrolled, enrol
from teamskit.roster.model import Person, Place
from teamskit.roster.quick_cells import parted
from teamskit.roster.scrub import scrubbed
from teamskit.roster.tables import among, categories

CELLS = [
    "7a/En, 7a/Ma",
    "",
    "8b/En (2025/26)",
    "7a/Ma;\n 7a/En ,7a/Ma",
    "Ma: Year 9: 9c/Ma (2026/27) | 8b/En (2025/26)",
]


@pytest.mark.parametrize("kind", ["text", "categories"])
def test_each_class_of_a_cell_has_a_row_in_the_order_of_the_cell(kind):
    frame = pd.DataFrame({"section": pd.Series([*CELLS, CELLS[0]], dtype=object), "_row": range(2, 8)})
    if kind == "categories":
        frame = frame.assign(section=categories(frame["section"]))
    spread = one_class_a_row(frame, 2026)
    wanted = []
    for row, cell in enumerate([*CELLS, CELLS[0]], 2):
        current = [code for code, year in class_codes(cell) if year in (None, 2026)]
        wanted += [(row, code) for code in current or [""]]
    assert list(zip(spread["_row"], spread["section"], strict=True)) == wanted
    assert list(spread.index) == list(range(len(wanted)))


def test_rows_with_one_class_stay_as_they_are():
    frame = pd.DataFrame({"section": pd.Series(["7a/En", "", "7a/Ma"], dtype=object)})
    assert one_class_a_row(frame, 2026) is frame


@pytest.mark.parametrize("wanted", [set(), {"b"}, {"a", "c", "nothing"}])
def test_cells_among_some_values_are_found_in_text_and_in_categories(wanted):
    frame = pd.DataFrame({"id": pd.Series(["a", "b", None, "a", "c"], dtype=object, index=[3, 1, 4, 7, 9])})
    told = frame["id"].isin(wanted)
    assert among(frame["id"], wanted).equals(told)
    assert among(frame.assign(id=categories(frame["id"]))["id"], wanted).equals(told)


@pytest.mark.parametrize("beside", ["Zoe", "Zo\u00eb"])
def test_a_pupils_number_is_taken_out_beside_any_letters(beside):
    column = Coded.trimmed([f"{beside} J892324200018", beside, "12345 678901"])
    taken = scrubbed({"forename": column})
    assert list(taken.columns["forename"].text()) == [beside, beside, "12345 678901"]
    assert list(taken.upns["forename"]) == [0]


def test_a_class_with_one_leaver_is_looked_at_and_others_are_whole():
    people = [Person(n, "S1", "pupil", n, Place("p.csv"), on_roll=n != "3") for n in ("1", "2", "3")]
    frame = pd.DataFrame({"section": ["A", "A", "B", "B", "A"], "id": ["2", "1", "3", "1", "2"]}, dtype=object)
    found = enrol(frame, [("S1", "A"), ("S1", "B"), ("S1", "C")], people, frame)
    assert found["S1", "A"].on_roll == ("2", "1")
    assert (found["S1", "B"].on_roll, found["S1", "B"].off_roll) == (("1",), ("3",))
    assert found["S1", "C"] == Enrolled()


@pytest.mark.parametrize(
    "cells",
    [
        [""],
        ["a"],
        ["a,b,a,,b", "", "b"],
        [" a, b,  a, ", "a"],
        ["7a/Ma 12345678, 7a/Ma 12345679,\u00e9", "7a/Ma 12345679"],
        [f"a, {'b' * 9000},a", ""],
        ["a\x00, a", "b"],
    ],
)
def test_parts_are_numbered_as_they_come(cells):
    of_cell, codes, found = parted(cells, ",")
    wanted = [(n, part.removeprefix(" ")) for n, cell in enumerate(cells) for part in cell.split(",")]
    assert list(zip(of_cell.tolist(), [found[n] for n in codes], strict=True)) == wanted
    assert found == list(dict.fromkeys(part for _, part in wanted))


def test_a_class_is_itself_among_more_classes_and_pupils_than_small_numbers_can_tell_apart():
    count = 50_000
    ids = [str(n) for n in range(count)]
    frame = pd.DataFrame({"section": [f"c{n}" for n in range(count)] + ["c7"], "id": [*ids, "7"]}, dtype=object)
    people = [Person(n, "S1", "pupil", n, Place("p.csv")) for n in ids]
    found = enrol(frame, [("S1", f"c{n}") for n in range(count)], people, frame)
    assert [one.on_roll for one in found.values()] == [(n,) for n in ids]
