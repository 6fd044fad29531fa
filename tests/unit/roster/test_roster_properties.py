"""What must hold for any file whatever: a roster or a clear refusal, and no row that goes missing unsaid."""

import csv
import io
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teamskit.errors import RosterError
from teamskit.roster import Roster, read_roster
from teamskit.roster.cells import Cells, careful_cells
from teamskit.roster.checks import check
from teamskit.roster.explain import explain
from teamskit.roster.quick_cells import quick_cells
from teamskit.school.model import SchoolUnit

# Problems of a row that was not used; every other problem of a row stands beside a row that was.
LEFT_OUT = {
    "row-too-long",
    "row-without-number",
    "row-without-class",
    "scientific-number",
    "contradictory-rows",
    "person-left-out",
    "unknown-pupil",
}
STUDENTS = "Adno,Forename,Surname,Reg\n006201,Kay,Abel,8OAK\n006202,Leo,Berg,8OAK\n"
CLASSES = "Adno,Class,Teacher Code\n006201,8a/Hi1,JFO\n006202,8a/Hi1,JFO\n"
STAFF = "Staff Code,Title,Forename,Surname\nJFO,Mr,James,Foster\n"
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

NUMBERS = st.sampled_from(["006201", "006202", "6201", "1.23E+12", "006203", "", "", "B801200005001", '="006201"'])
NAMES = st.sampled_from(["Abel", "Berg", "", "", "O'Neill", 'a"b', "x,y", "two\nlines", "\u00a0"])
CODES = st.sampled_from(
    ["8a/Hi1", "8a/Ma1", "", "CLS 8A", "8a/Hi1, 8a/Ma1", "03-Apr", "En: Year 8: 8a/En1 (2026/2027)"]
)
DATES = st.sampled_from(["", "04/09/2026", "2026-10-01", "13/13/2026", "01-Jan-30"])


def read(**files: bytes | str) -> Roster:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            raw = content if isinstance(content, bytes) else content.encode("utf-8")
            (Path(folder) / f"SIMS_{name}").with_suffix(".csv").write_bytes(raw)
        unit = SchoolUnit(id="s", name="S")
        return read_roster(Path(folder), school=unit, effective=date(2026, 11, 20), domains=["school.example"])


def every_row_is_accounted_for(roster: Roster) -> None:
    told: dict[str, set[int]] = defaultdict(set)
    for problem in check(roster):
        if problem.check in LEFT_OUT:
            told[problem.file].add(problem.row)
    for file in roster.files:
        assert file.rows == file.used + file.left_out
        assert len(told[file.file]) == file.left_out, (file, told)


@given(st.binary(max_size=300))
@QUICK
def test_any_bytes_end_in_a_roster_or_in_a_clear_refusal(raw: bytes) -> None:
    for name in ("Students", "Class"):
        try:
            every_row_is_accounted_for(read(**{"Students": STUDENTS, "Class": CLASSES, "Staff": STAFF, name: raw}))
        except RosterError as refused:
            assert refused.what and refused.next_step


@given(
    st.text(alphabet=st.sampled_from("06a,;\t|\"\\\n\r='\u00a0é"), max_size=120), st.sampled_from(["utf-8", "utf-16"])
)
@QUICK
def test_any_text_below_good_headings_ends_in_one_or_the_other(text: str, encoding: str) -> None:
    files = {
        "Students": ("Adno,Forename,Surname,Reg,DOB\n" + text).encode(encoding),
        "Class": ("Adno,Surname,Class,Teacher Code,Start Date\n" + text).encode(encoding),
    }
    try:
        every_row_is_accounted_for(read(Staff=STAFF, **files))
    except RosterError as refused:
        assert refused.what and refused.next_step


@given(st.binary(max_size=200), st.sampled_from([".xlsx", ".xml", ".csv"]))
@QUICK
def test_any_bytes_are_explained_or_refused(raw: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = (Path(folder) / "SIMS_Students").with_suffix(suffix)
        path.write_bytes(raw)
        try:
            assert explain(path, {}).columns
        except RosterError as refused:
            assert refused.what


def written(headings: str, rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([headings.split(","), *rows])
    return out.getvalue()


@given(
    st.lists(st.tuples(NUMBERS, NAMES, NAMES, st.sampled_from(["8OAK", ""])), max_size=8),
    st.lists(st.tuples(NUMBERS, NAMES, CODES, st.sampled_from(["JFO", "XXX", ""]), DATES, DATES), max_size=8),
)
@QUICK
def test_rows_read_are_used_or_left_out_with_a_line(students, classes) -> None:
    pupils = written("Adno,Forename,Surname,Reg", students)
    enrolled = written("Adno,Surname,Class,Teacher Code,Start Date,End Date", classes)
    for files in ({"Students": pupils, "Class": enrolled}, {"Class": enrolled}):
        try:
            every_row_is_accounted_for(read(Staff=STAFF, **files))
        except RosterError as refused:
            assert refused.what == "this column holds Unique Pupil Numbers, which teamskit does not read"


def as_workbook(headings: str, rows: list[tuple[str, ...]]) -> bytes:
    book = openpyxl.Workbook()
    for row in [headings.split(","), *rows]:
        book.active.append([cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_report(headings: str, rows: list[tuple[str, ...]]) -> str:
    names = [heading.replace(" ", "_x0020_") for heading in headings.split(",")]
    records = (zip(names, row, strict=True) for row in rows)
    cells = ("".join(f"<{n}>{escape(c)}</{n}>" for n, c in record if c) for record in records)
    return f"<SuperStarReport>{''.join(f'<Record>{one}</Record>' for one in cells)}</SuperStarReport>"


@given(
    st.lists(st.tuples(NUMBERS, NAMES, NAMES, st.sampled_from(["8OAK", ""])), min_size=1, max_size=6),
    st.lists(st.tuples(NUMBERS, CODES, st.sampled_from(["JFO", "XXX", ""])), min_size=1, max_size=6),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_rows_of_workbooks_and_of_xml_are_used_or_left_out_with_a_line(students, classes) -> None:
    for write, ending in ((as_workbook, ".xlsx"), (as_report, ".xml")):
        with tempfile.TemporaryDirectory() as folder:
            for name, headings, rows in (
                ("Students", "Adno,Forename,Surname,Reg", students),
                ("Class", "Adno,Class,Teacher Code", classes),
            ):
                made = write(headings, rows)
                raw = made if isinstance(made, bytes) else made.encode("utf-8")
                (Path(folder) / f"SIMS_{name}{ending}").write_bytes(raw)
            unit = SchoolUnit(id="s", name="S")
            try:
                roster = read_roster(Path(folder), school=unit, effective=date(2026, 11, 20), domains=[])
            except RosterError as refused:
                assert refused.what and refused.next_step
            else:
                every_row_is_accounted_for(roster)


def _same(one: Cells, other: Cells) -> bool:
    columns = all(list(one.columns[p].text()) == list(other.columns[p].text()) for p in one.columns)
    rows = list(one.rows) == list(other.rows) and list(one.lines) == list(other.lines)
    return columns and rows and list(one.wide) == list(other.wide)


@given(
    st.text(alphabet=st.sampled_from("ab,;\" \n\r='0é"), max_size=80),
    st.sampled_from([(0, 0), (1, 1)]),
    st.sampled_from([",", ";"]),
)
@settings(max_examples=600, deadline=None)
def test_the_quick_reader_reads_what_the_careful_one_does(text: str, skip: tuple[int, int], delimiter: str) -> None:
    quick = quick_cells(text.encode("utf-8"), delimiter, skip=skip, positions=[0, 2], width=3)
    if quick is not None and (skip[1] == 0 or "\n" in text):
        try:
            careful = careful_cells(text, delimiter, skip=skip[0], positions=[0, 2], width=3)
        except csv.Error:
            pytest.fail("only the careful reader refuses")
        if not skip[0] or '"' not in text.split("\n", 1)[0]:
            assert _same(quick, careful)


@given(
    st.lists(st.lists(st.text(alphabet=st.sampled_from('ab"\né '), max_size=20), max_size=4), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_the_quick_reader_reads_every_well_written_file(rows: list[list[str]], ending: str, whole: bool) -> None:
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if whole else csv.QUOTE_MINIMAL
    csv.writer(written, lineterminator=ending, quoting=quoting).writerows([["h", "i", "j"], *rows])
    text = written.getvalue()
    quick = quick_cells(text.encode("utf-8"), ",", skip=(1, 1), positions=[0, 2], width=3)
    assert quick is not None
    assert _same(quick, careful_cells(text, ",", skip=1, positions=[0, 2], width=3))


ROW = '"a""b\n,",,x\r\n'


@pytest.mark.parametrize("shift", range(len(ROW)))
def test_the_quick_reader_reads_on_wherever_a_large_file_is_parted(shift: int) -> None:
    text = f"h,i,j\n{'y' * shift},,x\r\n" + ROW * 12_000
    quick = quick_cells(text.encode("utf-8"), ",", skip=(1, 1), positions=[0, 2], width=3)
    assert quick is not None
    assert _same(quick, careful_cells(text, ",", skip=1, positions=[0, 2], width=3))
    for lone in ("\r,", '"'):
        text = f"h,i,j\n{'y' * shift}" + "x," * 50_000 + lone + "x," * 50_000
        assert quick_cells(text.encode("utf-8"), ",", skip=(1, 1), positions=[0, 2], width=3) is None


def test_one_contradiction_in_1200_rows_stops_no_other_whatever_their_order() -> None:
    import random

    rows = [f"{n:06d},F{n},S{n},{7 + n % 5}A" for n in range(1, 1200)]
    rows.insert(899, "000007,Other,Name,7A")
    classes = "Adno,Class,Teacher Code\n" + "".join(f"{n:06d},{7 + n % 5}x/Ma1,JFO\n" for n in range(1, 1200))
    seen = []
    for seed in (None, 1, 2):
        if seed:
            random.Random(seed).shuffle(rows)
        students = "Adno,Forename,Surname,Reg\n" + "\n".join(rows) + "\n"
        roster = read(Students=students, Class=classes, Staff=STAFF)
        every_row_is_accounted_for(roster)
        contradictory = [p for p in check(roster) if p.check == "contradictory-rows"]
        assert {p.row for p in contradictory} == {n + 2 for n, row in enumerate(rows) if row.startswith("000007,")}
        people = sorted((p.id, p.name, p.registration_group or "") for p in roster.pupils)
        seen.append((people, sorted((s.id, tuple(sorted(s.pupils)), s.teachers) for s in roster.sections)))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0][0]) == 1198
