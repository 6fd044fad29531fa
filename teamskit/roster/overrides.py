"""The school's own decisions on whose account is whose: a CSV with id, role and a sign-in name or account id.

`roster match -o FILE` writes such a file with proposals; a technician fills in `upn` and hands it back.
"""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from teamskit.errors import InputError
from teamskit.roster.account_kinds import address_of
from teamskit.roster.model import Person, Role
from teamskit.roster.values import without_zeros

_COLUMNS = {
    "id": {"id", "adno", "number", "code", "staffcode", "admissionnumber"},
    "role": {"role"},
    "school": {"school"},
    "upn": {"upn", "userprincipalname", "signinname", "account", "accountoraddress"},
    "account": {"accountid", "objectid"},
}
_ROLES: dict[str, Role] = {"pupil": "pupil", "student": "pupil", "staff": "staff", "teacher": "staff"}


@dataclass(frozen=True)
class Override:
    """One line: a person (id, role, and the school where it is named) and the account, by object id or sign-in name."""

    id: str
    role: Role
    account: str
    school: str = ""
    line: int = 0


def read_overrides(path: Path) -> list[Override]:
    """Read the file; lines without an account are passed over.

    Raises InputError with the line for a file that cannot be used, a role that is none, and a person named twice.
    """
    rows = _rows(path)
    found = [_override(path, line, row) for line, row in rows if row.get("account") or row.get("upn")]
    seen: dict[tuple[str, str, str], int] = {}
    for one in found:
        first = seen.setdefault((one.role, one.school, one.id.casefold()), one.line)
        if first != one.line:
            raise _refused(path, one.line, f"{one.role} {one.id} stands in line {first} too", "Leave one of the two.")
    return found


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    text = _text_of(path)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings = [_meaning(cell) for cell in next(reader, [])]
    if "id" not in headings or "role" not in headings or not {"upn", "account"} & set(headings):
        raise _refused(path, 1, "the columns id, role and upn (or account id) are needed", "Write them as headings.")
    rows = []
    for cells in reader:
        pairs = zip(headings, (_plain(cell) for cell in cells), strict=False)
        rows.append((reader.line_num, {name: value for name, value in pairs if name}))
    return rows


def _text_of(path: Path) -> str:
    """Give the file's text: UTF-8, UTF-16 with its mark (Excel's "Unicode text"), else Windows-1252."""
    try:
        raw = path.read_bytes()
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except OSError as wrong:
        hint = "See [accounts] overrides in school.toml."
        raise InputError(f"the file cannot be read: {wrong.strerror}", where=str(path), next_step=hint) from None
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _meaning(heading: str) -> str:
    word = re.sub(r"[\W_]+", "", heading).casefold()
    return next((name for name, known in _COLUMNS.items() if word in known), "")


def _plain(cell: str) -> str:
    return cell.replace("\u00a0", " ").strip().lstrip("'").strip()


def _override(path: Path, line: int, row: dict[str, str]) -> Override:
    role = _ROLES.get(row.get("role", "").casefold())
    if role is None or not row.get("id"):
        raise _refused(path, line, "a line needs an id, and pupil or staff as its role", "Put the line right.")
    # A proposal is often pasted whole: the sign-in name, then the name and likeness in brackets.
    account = (row.get("upn") or row.get("account") or "").partition(" (")[0]
    return Override(row["id"], role, address_of(account), row.get("school", ""), line)


def _refused(path: Path, line: int, what: str, remedy: str) -> InputError:
    return InputError(what, where=f"{path.name}, line {line}", next_step=remedy)


def override_of(person: Person, overrides: Sequence[Override], bare_ids: set[str]) -> str:
    """Give the account a file names for a person, empty where it names none.

    Excel takes leading zeros away, so they do not count where the number without them names one person only.
    """
    mine = [one for one in overrides if one.role == person.role and one.school in ("", person.school)]
    exact = next((one.account for one in mine if one.id.casefold() == person.id.casefold()), "")
    if exact or without_zeros(person.id) not in bare_ids:
        return exact
    return next((one.account for one in mine if without_zeros(one.id) == without_zeros(person.id)), "")
