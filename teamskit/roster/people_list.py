"""A co-ordinator's own list of people: one a row, under any usual heading or none, to what each row names.

A CSV or workbook flows in, rows with their identifiers flow out. Knows neither roster nor tenant; names are not read.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from teamskit.roster.account_kinds import address_of
from teamskit.roster.cells import Cells, Coded
from teamskit.roster.damage import is_scientific
from teamskit.roster.headings import STAFF, STUDENTS, Headings
from teamskit.roster.model import Place
from teamskit.roster.sources import Head, Source, open_source
from teamskit.roster.tables import find_headings, is_foot
from teamskit.roster.text import refuse
from teamskit.roster.upn import is_upn

Kind = Literal["account", "address", "login", "pupil", "staff", "number"]
LIST = Headings(
    "Lists of people",
    {
        "account": (
            *("Object ID", "Entra Object ID", "Entra ID", "Azure AD Object ID", "Azure Object ID", "AAD Object ID"),
            *("Account ID", "Account Object ID", "User Object ID", "User ID", "OID", "Azure ID", "Directory Object ID"),
        ),
        "login": (
            *(
                "User Principal Name",
                "Principal Name",
                "Sign-in Name",
                "Sign in",
                "Sign-in",
                "Account",
                "Teams Account",
            ),
            *("Account or Address", "Microsoft 365 Account", "Office 365 Account", "Login Name", "Logon Name", "User"),
            *STUDENTS["email"],
            *STAFF["email"],
            *("Mail", "Mail Address", "SMTP Address", "Primary SMTP Address", "Teams Address", "Sign-in Address"),
            *("Office 365 Email", "Microsoft 365 Email", "Email ID", "Work Email Address", "School Email Address"),
            *STUDENTS["username"],
        ),
        "pupil": (
            *STUDENTS["id"],
            *("Pupil ID", "Student ID", "Pupil Number", "Student Number", "Pupil No", "Student No", "Pupil Code"),
        ),
        "staff": (*(one for one in STAFF["id"] if one != "Code"), "Staff Number", "Staff No", "Initials"),
        "number": (
            *("ID", "Number", "No", "Person ID", "Person Number", "Identifier", "SIS ID", "MIS ID", "Employee ID"),
            *("Employee Number", "ID Number", "Code", "Reference", "Person", "Who"),
        ),
    },
    (),
)
_EITHER = {"UPN": "login"}
"""In such a list it is the User Principal Name; a Unique Pupil Number in that column is never kept."""
_OBJECT_ID = re.compile(r"\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
_NUMBER = re.compile(r"[A-Za-z]{0,4}\d{1,12}(\.0+)?")


@dataclass(frozen=True)
class Named:
    """One identifier in a row: what kind it is by its heading and its looks."""

    kind: Kind
    value: str


@dataclass(frozen=True)
class Row:
    """One row (`row` as a spreadsheet counts) with all that names somebody; `wrong` says why nothing can be used."""

    row: int
    named: tuple[Named, ...] = ()
    wrong: str = ""


@dataclass(frozen=True)
class PeopleList:
    """A list as read: its file's name, its rows in order, and what a person should know of the reading."""

    file: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def read_people(path: Path) -> PeopleList:
    """Read a list of people.

    Raises RosterError when the file cannot be read as text or as a workbook, is empty, or holds nothing in any row.
    """
    try:
        return _read(open_source(path))
    except csv.Error as error:
        refuse(Place(path.name), "not-csv", f"the file is not CSV that can be read: {error}", "Save it as CSV again.")


def _read(source: Source) -> PeopleList:
    start = find_headings(source, LIST, _EITHER)
    if start is None:
        head, meanings = _without_headings(source)
    else:
        head, meanings = start.head, {n: one[0] for n, one in enumerate(start.meanings) if one}
    cells = source.cells(head, list(meanings))
    columns = [(meanings[n], column) for n, column in cells.columns.items()]
    rows = tuple(_rows(columns, cells))
    if not rows:
        refuse(Place(source.file, head.row), "empty-file", "no row names anybody", "Write one person a row.")
    return PeopleList(source.file, rows, tuple(_notes(source, start is not None, rows)))


def _rows(columns: Sequence[tuple[str, Coded]], cells: Cells) -> Iterator[Row]:
    too_wide = {row for row, _ in cells.wide}
    texts = [(meaning, column.text()) for meaning, column in columns]
    for n, number in enumerate(cells.rows):
        if int(number) in too_wide:
            yield Row(int(number), (), "the row has more cells than there are headings: a comma in a value?")
        else:
            filled = [(meaning, str(text[n])) for meaning, text in texts if text[n]]
            if filled and not (len(filled) == 1 and _ends_a_report(filled[0][1])):
                yield _row(int(number), filled)


def _ends_a_report(text: str) -> bool:
    """Tell the foot of a report ("8 records", "Page 1 of 2") from a sign-in name like page.j, which has no spaces."""
    return len(text.split()) > 1 and is_foot(text)


def _row(number: int, filled: Sequence[tuple[str, str]]) -> Row:
    read = [_named(meaning, text) for meaning, text in filled if not is_upn(text)]
    found = list(dict.fromkeys(one for one in read if one))
    # A column that may be a running number only counts where nothing better names the person.
    sure = [one for one in found if one.kind != "number"]
    if sure or found:
        return Row(number, tuple(sure or found))
    if any(is_scientific(text) for _, text in filled):
        return Row(number, (), "the number was shortened by Excel and has lost digits")
    if any(is_upn(text) for _, text in filled):
        return Row(number, (), "there is only a Unique Pupil Number, which is never read")
    return Row(number, (), "nothing in this row names a person")


def _named(meaning: str, text: str) -> Named | None:
    """Give what a cell names: its looks go before its heading. None for what is none of the kinds."""
    by_id, bracketed = _OBJECT_ID.fullmatch(text), _IN_BRACKETS.search(text)
    if by_id:
        return Named("account", by_id[1].casefold())
    if bracketed or "@" in text:
        return Named("address", address_of((bracketed[1] if bracketed else text).removeprefix("mailto:")))
    if is_scientific(text):
        return None
    kinds: Mapping[str, Kind] = {"pupil": "pupil", "staff": "staff", "number": "number", "login": "login"}
    return Named(kinds.get(meaning, "number"), text)


def _without_headings(source: Source) -> tuple[Head, dict[int, str]]:
    """Give the place before the first row, under the delimiter and on the sheet where most cells name somebody.

    The columns are those that hold addresses or object ids, else the first that holds numbers, else the first.
    """
    heads = list(source.heads())
    if not heads:
        refuse(Place(source.file, 1, 1), "empty-file", "the file is empty", "Write one person a row.")
    parts: dict[tuple[str, str], list[Head]] = {}
    for head in heads:
        parts.setdefault((head.delimiter, head.sheet), []).append(head)
    best = max(parts.values(), key=lambda part: sum(_is_sure(cell) for head in part for cell in head.cells))
    sure = sorted({n for head in best for n, cell in enumerate(head.cells) if _is_sure(cell)})
    likely = sorted({n for head in best for n, cell in enumerate(head.cells) if _NUMBER.fullmatch(cell)})
    width = max(len(head.cells) for head in best)
    first = Head(best[0].delimiter, best[0].row - 1, best[0].lines - 1, ("x",) * width, best[0].sheet)
    return first, dict.fromkeys(sure or likely[:1] or [0], "number")


def _is_sure(cell: str) -> bool:
    return "@" in cell or bool(_OBJECT_ID.fullmatch(cell))


def _notes(source: Source, has_headings: bool, rows: Sequence[Row]) -> Iterator[str]:
    if source.encoding in ("windows-1252", "utf-16"):
        yield f"{source.file} is not UTF-8; it was read as {source.encoding}"
    if not has_headings:
        kinds = sorted({_SAID[one.kind] for row in rows for one in row.named})
        yield f"{source.file} has no heading that is known; its cells were read as {', '.join(kinds) or 'nothing'}"


_SAID: Mapping[Kind, str] = {
    "account": "object ids",
    "address": "addresses",
    "login": "sign-in names",
    "pupil": "admission numbers",
    "staff": "staff codes",
    "number": "numbers",
}
