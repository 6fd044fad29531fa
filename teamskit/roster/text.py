"""Bytes of an export to text: encoding, broken quoting, what is no CSV at all. Knows no headings."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import NoReturn

from teamskit.errors import RosterError
from teamskit.roster.model import Place, Problem, problem_at

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_CSV = (
    (b"PK\x03\x04", "an Excel workbook or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"<html", "a web page"),
    (b"<!doct", "a web page"),
)
_BLANK = " \t\r\n,;\ufeff\u00a0"
_END = "\ue000end"
_BACKSLASHED = re.compile(r'\\"(?![,;\t|\r\n]|$)')


def refuse(place: Place, check: str, what: str, remedy: str) -> NoReturn:
    """Raise the error that a file cannot be used, with the same thing as a problem for `roster check`."""
    parts = [place.file] + [f"{n} {v}" for n, v in (("row", place.row), ("column", place.column)) if v is not None]
    raise RosterError(
        what,
        where=", ".join(parts),
        next_step=remedy,
        problems=[problem_at(place, check, "error", what[:1].upper() + what[1:] + ".", remedy)],
    )


def refuse_all(refusals: Sequence[RosterError], told: Iterable[Problem]) -> NoReturn:
    """Raise the first refusal with what was `told` already and the problems of all of them. Raises RosterError."""
    problems = [*told, *(p for error in refusals for p in error.problems if isinstance(p, Problem))]
    first = refusals[0]
    raise RosterError(first.what, where=first.where, next_step=first.next_step, problems=problems)


def _decode_old(raw: bytes, file: str) -> str:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        refuse(
            Place(file, row, row),
            "unreadable-bytes",
            f"the file is neither UTF-8 nor Windows-1252: byte 0x{raw[error.start]:02X} at position {error.start}",
            "Export it again as CSV, or save it as CSV UTF-8.",
        )


def read_utf8(path: Path) -> tuple[bytes, str]:
    """Give a file's text as UTF-8 without a mark, and the encoding it was read in: by its byte order mark, else UTF-8,
    else Windows-1252.

    Windows-1252 and not Latin-1, because 0x80 to 0x9F are letters and quotes in what SIMS and Excel write.
    Raises RosterError for an empty file, for one that is no text, and for bytes that neither encoding has.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        refuse(Place(path.name), "unreadable-file", f"the file cannot be read: {error.strerror}", "Check its rights.")
    start = raw[:6].lower()
    kind = next((kind for magic, kind in _NOT_CSV if start.startswith(magic.lower())), None)
    if kind:
        refuse(Place(path.name, 1, 1), "not-csv", f"the file is {kind}, not CSV", "Export it as CSV, not renamed.")
    encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), None) or _unmarked_utf16(raw)
    text, encoding = _encoded(raw, encoding, path.name)
    if not text[:4096].decode("utf-8", "ignore").strip(_BLANK) and not text.decode("utf-8").strip(_BLANK):
        refuse(Place(path.name, 1, 1), "empty-file", "the file is empty", "Run the report again and export it.")
    return text, encoding


def _unmarked_utf16(raw: bytes) -> str | None:
    """Tell UTF-16 without a mark by its zero bytes: nearly every second byte of our letters is one."""
    begin = raw[: 1 << 12]
    for name, zeros in (("utf-16-le", begin[1::2]), ("utf-16-be", begin[::2])):
        if len(raw) % 2 == 0 and len(zeros) > 8 and zeros.count(0) > 0.8 * len(zeros) and begin.count(0) <= len(zeros):
            return name
    return None


def _encoded(raw: bytes, encoding: str | None, file: str) -> tuple[bytes, str]:
    if encoding is None and b"\x00" in raw:
        row = raw[: raw.index(b"\x00")].count(b"\n") + 1
        refuse(Place(file, row, row), "not-csv", "the file holds zero bytes: it is not CSV", "Export it as CSV.")
    if encoding is None and raw.isascii():
        return raw, "utf-8"
    try:
        text = raw.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding and encoding.startswith("utf-16"):
            refuse(Place(file), "unreadable-bytes", "the file says UTF-16 and is not", "Export it again as CSV.")
        return _decode_old(raw.removeprefix(codecs.BOM_UTF8), file).encode("utf-8"), "windows-1252"
    if encoding and encoding.startswith("utf-16"):
        return text.replace("\x00", "").encode("utf-8", "replace"), "utf-16"
    return raw.removeprefix(codecs.BOM_UTF8), "utf-8"


def mended(text: str) -> str:
    r"""Double the quotes that some exporters escape with a backslash (`\"` in a quoted cell)."""
    return _BACKSLASHED.sub('""', text) if "\\" in text and '\\"' in text else text


def require_whole(text: str, delimiter: str, file: str, width: int) -> None:
    """Refuse text with a quote that is closed too late or never: a plain reader would swallow the rows after it unseen.

    `width` is the number of columns: a record of two lines that each hold a whole row shows where a quote was opened.
    """
    odd = text.count('"') % 2 == 1
    narrowest = 3 if odd else 5
    if not odd and width < narrowest:
        return
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    begins = 0
    for row, record in enumerate(reader, 1):
        swallowed = _END in record[-1] and record != [_END] if record else False
        if swallowed or (width >= narrowest and _whole_rows(lines[begins : reader.line_num], delimiter, width) > 1):
            refuse(
                Place(file, row, begins + 1),
                "unclosed-quote",
                "a quoted cell begins here and never ends, or far too late",
                "Close the quote in this row, or export the file again.",
            )
        begins = reader.line_num


def _whole_rows(lines: Sequence[str], delimiter: str, width: int) -> int:
    return sum(line.count(delimiter) >= width - 1 for line in lines) if len(lines) > 1 else 0
