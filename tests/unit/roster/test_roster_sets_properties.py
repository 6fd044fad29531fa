"""Sets written out and read again are equal; anything at all in the files ends in a roster or in a clear refusal."""

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teamskit.errors import RosterError
from teamskit.roster import Roster, read_roster
from teamskit.roster.checks import check
from teamskit.school.model import SchoolUnit

DAY = date(2026, 11, 20)
CALM = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
ids = st.from_regex(r"[0-9A-Za-zé][0-9A-Za-zé./:&_-]{0,6}", fullmatch=True)
names = st.text(st.characters(categories=("L", "N", "P", "Zs"), codec="utf-8"), min_size=1, max_size=12).map(
    lambda text: "N" + " ".join(text.replace("\\", "").split())
)
words = st.sampled_from(["teacher", "Teacher", "student", "STUDENT"])


@st.composite
def made_schools(draw):
    """Draw schools, people (id, names, kind, schools, grade), and classes with who is in them."""
    schools = draw(st.lists(ids, min_size=1, max_size=3, unique=True))
    people = {}
    for number in draw(st.lists(ids, min_size=1, max_size=8, unique=True)):
        homes = draw(st.lists(st.sampled_from(schools), min_size=1, unique=True))
        kind, grade = draw(st.sampled_from(["teacher", "student"])), draw(st.sampled_from(["KG", "01", "7", "13"]))
        people[number] = draw(names), draw(names), kind, homes, grade
    classes = {}
    for number in draw(st.lists(ids, max_size=5, unique=True)):
        inside = draw(st.lists(st.sampled_from(sorted(people)), unique=True))
        classes[number] = draw(names), draw(st.sampled_from(schools)), inside
    return schools, people, classes


def expected(made) -> tuple[object, object]:
    schools, people, classes = made
    years = {"KG": "R", "01": "1", "7": "7", "13": "13"}
    persons = [
        (homes[0], "staff", number, f"{fore} {sur}", None)
        if kind == "teacher"
        else (homes[0], "pupil", number, f"{fore} {sur}", years[grade])
        for number, (fore, sur, kind, homes, grade) in people.items()
    ]
    kinds = {number: person[2] for number, person in people.items()}
    sections = [
        (number, school, name, *({n for n in inside if kinds[n] == k} for k in ("teacher", "student")))
        for number, (name, school, inside) in classes.items()
    ]
    return persons, sections


def understood(roster: Roster) -> tuple[object, object]:
    persons = [(p.school, p.role, p.id, p.name, p.year) for p in roster.people]
    return persons, [(s.id, s.school, s.name, set(s.teachers), set(s.pupils)) for s in roster.sections]


def written(rows: list[tuple]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def as_v21(made) -> dict[str, str]:
    schools, people, classes = made
    return {
        "orgs": written([("sourcedId", "name", "type"), *((s, s, "school") for s in schools)]),
        "users": written(
            [
                ("sourcedId", "username", "givenName", "familyName", "password"),
                *((n, f"u{i}", p[0], p[1], "Secret") for i, (n, p) in enumerate(people.items())),
            ]
        ),
        "roles": written(
            [
                ("userSourcedId", "orgSourcedId", "role", "grade", "isPrimary"),
                *((n, h, p[2], p[4], str(h == p[3][0])) for n, p in people.items() for h in sorted(p[3])),
            ]
        ),
        "classes": written([("sourcedId", "orgSourcedId", "title"), *((n, c[1], c[0]) for n, c in classes.items())]),
        "enrollments": written(
            [
                ("classSourcedId", "userSourcedId", "role"),
                *((n, one, people[one][2]) for n, c in classes.items() for one in c[2]),
            ]
        ),
    }


def as_oneroster(made) -> dict[str, str]:
    schools, people, classes = made
    files = ("orgs", "users", "classes", "enrollments")
    return {
        "manifest": written([("propertyName", "value"), *((f"file.{name}", "bulk") for name in files)]),
        "orgs": written([("sourcedId", "status", "name", "type"), *((s, "active", s, "school") for s in schools)]),
        "users": written(
            [
                ("sourcedId", "enabledUser", "orgSourcedIds", "role", "username", "givenName", "familyName", "grades"),
                *(
                    (n, "true", ",".join(p[3]), p[2], f"u{i}", p[0], p[1], p[4])
                    for i, (n, p) in enumerate(people.items())
                ),
            ]
        ),
        "classes": written(
            [
                ("sourcedId", "title", "classType", "schoolSourcedId", "termSourcedIds"),
                *((n, c[0], "scheduled", c[1], "") for n, c in classes.items()),
            ]
        ),
        "enrollments": written(
            [
                ("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
                *((f"{n}-{one}", n, c[1], one, people[one][2]) for n, c in classes.items() for one in c[2]),
            ]
        ),
    }


def read(files: dict[str, str | bytes], fmt: str = "auto") -> Roster:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            raw = text if isinstance(text, bytes) else text.encode("utf-8")
            (Path(folder) / f"{name}.csv").write_bytes(raw)
        unit = SchoolUnit(id="s", name="S")
        return read_roster(Path(folder), fmt=fmt, school=unit, effective=DAY, domains=["school.example"])


def every_row_is_accounted_for(roster: Roster) -> None:
    for file in roster.files:
        told = {p.row for p in roster.problems if p.file == file.file and p.row}
        assert file.rows == file.used + file.left_out
        assert file.left_out <= len(told)


@CALM
@given(made_schools(), st.sampled_from([as_v21, as_oneroster]))
def test_a_school_written_out_and_read_again_is_equal(made, write) -> None:
    roster = read(write(made))
    assert understood(roster) == expected(made)
    assert all(file.left_out == 0 for file in roster.files)


@CALM
@given(made_schools(), st.sampled_from([as_v21, as_oneroster]), st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(made, write, chance) -> None:
    files = write(made)
    for name, text in files.items():
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        chance.shuffle(rows)
        files[name] = written([head, *rows])
    persons, sections = understood(read(files))
    wanted, classes = expected(made)
    assert sorted(persons, key=str) == sorted(wanted, key=str)
    assert sorted(s[0] for s in sections) == sorted(s[0] for s in classes)
    assert all(section in classes for section in sections)


cells = st.one_of(
    st.sampled_from(["", "a", "b", "1", "01", "student", "teacher", "wizard", "guardian", "TRUE", "bulk", "delta"]),
    st.sampled_from(["2026-09-01", "31/12/2026", "2026-13-45", "a,b", "homeroom", "tobedeleted", "school", "\ufeff"]),
    st.text(max_size=6),
)


@st.composite
def hostile_sets(draw):
    """Draw a set with the right headings and anything at all beneath them; some files missing, some mere bytes."""
    made = (["a", "b"], {"1": ("Ann", "Lee", "student", ["a"], "7")}, {"a": ("Art", "a", ["1"])})
    files: dict[str, str | bytes] = dict(draw(st.sampled_from([as_v21, as_oneroster]))(made))
    for name in sorted(files):
        what = draw(st.sampled_from(["as it is", "rows", "rows", "missing", "bytes"]))
        if what == "missing":
            del files[name]
        elif what == "bytes":
            files[name] = draw(st.binary(max_size=60))
        elif what == "rows":
            head = next(csv.reader(io.StringIO(str(files[name]), newline="")))
            more = draw(st.lists(st.lists(cells, max_size=len(head) + 1), max_size=8))
            files[name] = str(files[name]) + written([tuple(row) for row in more])
    return files


@CALM
@given(hostile_sets())
def test_anything_ends_in_a_roster_or_in_a_refusal(files) -> None:
    for fmt in ("auto", "sds-v2", "sds-v2.1", "oneroster"):
        try:
            roster = read(files, fmt)
        except RosterError as refused:
            assert refused.what and refused.next_step
            assert refused.problems or fmt == "auto"
        else:
            every_row_is_accounted_for(roster)
            check(roster)
