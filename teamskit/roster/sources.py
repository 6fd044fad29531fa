"""What a file of an export is made of: CSV text, SIMS's own XML, or an Excel workbook, all seen as rows of cells.

A path flows in; heads (rows that may be the headings) and the cells of chosen columns flow out. Knows no meanings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from teamskit.roster.cells import Cells, beginning, careful_cells, clean, head_records
from teamskit.roster.model import Place
from teamskit.roster.quick_cells import quick_cells
from teamskit.roster.report_xml import ReportXml
from teamskit.roster.text import mended, read_utf8, refuse, require_whole

if TYPE_CHECKING:
    from teamskit.roster.workbook import Workbook

HEADINGS_WITHIN = 80
DELIMITERS = (",", ";", "\t", "|")
SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".xml", ".xlsx"})
_SEP_LINE = re.compile(r'^"?sep=(.)"?[,;\t]*\s*$', re.IGNORECASE)
_XML = re.compile(r"^\s*(<\?xml|<SuperStarReport|<CommandReporter)", re.IGNORECASE)
_REPORTER_ERROR_BEGINS = b"<CommandReporterError"
_REPORTER_ERROR = re.compile(r"<CommandReporterError\b[^>]*>(?P<text>[^<]{0,400})", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """A row that may be the headings: how the row was parted, its number, its text lines, its cells, its sheet."""

    delimiter: str
    row: int
    lines: int
    cells: tuple[str, ...]
    sheet: str = ""

    @property
    def width(self) -> int:
        """Give the number of columns up to the last that has a heading."""
        return max((i for i, cell in enumerate(self.cells, 1) if cell), default=0)


class Source(Protocol):
    """A file whose rows can be looked at."""

    @property
    def file(self) -> str:
        """Give the file's name."""

    @property
    def encoding(self) -> str:
        """Give how its letters are written, or what kind of file it is."""

    def heads(self) -> Iterator[Head]:
        """Give the rows among which the headings must be."""

    def cells(self, head: Head, positions: Sequence[int]) -> Cells:
        """Give the cells of the columns at some positions, below the headings."""


@dataclass(frozen=True)
class CsvText:
    """A file of text with a delimiter that is found out."""

    file: str
    encoding: str
    raw: bytes

    @cached_property
    def text(self) -> str:
        """Give the whole text; a plain large file does without."""
        return mended(self.raw.decode("utf-8"))

    def heads(self) -> Iterator[Head]:
        """Give the first rows under every delimiter; a `sep=` line names the one and is none itself."""
        text = mended(beginning(self.raw))
        marked = _SEP_LINE.match(text.split("\n", 1)[0].strip("\r\ufeff "))
        met = [delimiter for delimiter in DELIMITERS if delimiter in text] or DELIMITERS[:1]
        for delimiter in (marked[1],) if marked else met:
            for row, (lines, record) in enumerate(head_records(text, delimiter, HEADINGS_WITHIN), 1):
                cells = tuple(clean(cell) for cell in record)
                if any(cells) and not (marked and row == 1):
                    yield Head(delimiter, row, lines, cells)

    def cells(self, head: Head, positions: Sequence[int]) -> Cells:
        """Give the cells of chosen columns; raises RosterError where a quoted cell never ends."""
        skip = head.row, head.lines
        quick = quick_cells(self.raw, head.delimiter, skip=skip, positions=positions, width=head.width)
        if quick is not None:
            return quick
        require_whole(self.text, head.delimiter, self.file, head.width)
        return careful_cells(self.text, head.delimiter, skip=head.row, positions=positions, width=head.width)


@dataclass(frozen=True)
class XmlReport:
    """SIMS's CommandReporter output: the elements of a record are its cells, an empty value is an absent element."""

    file: str
    encoding: str
    report: ReportXml

    def heads(self) -> Iterator[Head]:
        """Give the names of all elements met, as one row of headings."""
        yield Head("", 0, 0, self.report.names)

    def cells(self, head: Head, positions: Sequence[int]) -> Cells:
        """Give the cells of chosen columns."""
        return self.report.cells(positions)


@dataclass(frozen=True)
class ExcelBook:
    """An Excel workbook; the headings may stand on any of its sheets."""

    file: str
    book: "Workbook"
    encoding: str = "xlsx"

    def heads(self) -> Iterator[Head]:
        """Give the first rows of every sheet."""
        for sheet, row, cells in self.book.heads(HEADINGS_WITHIN):
            found = tuple(clean(cell) for cell in cells)
            if any(found):
                yield Head("", row, row, found, sheet)

    def cells(self, head: Head, positions: Sequence[int]) -> Cells:
        """Give the cells of chosen columns."""
        return self.book.cells(head.sheet, head.row, positions, head.width)


def open_source(path: Path) -> Source:
    """Open a file as what it is. Raises RosterError for one that is none of the three, or that SIMS filled with an
    error instead of a report.
    """
    if path.suffix.casefold() == ".xlsx":
        from teamskit.roster.workbook import Workbook

        return ExcelBook(path.name, Workbook(path))
    raw, encoding = read_utf8(path)
    if _REPORTER_ERROR_BEGINS in raw and (error := _REPORTER_ERROR.search(text := raw.decode("utf-8"))):
        said = " ".join(error["text"].split())
        refuse(
            Place(path.name, text.count("\n", 0, error.start()) + 1),
            "reporter-error",
            "SIMS's CommandReporter wrote an error instead of a report" + (f": {said}" if said else ""),
            "Run the report by hand in SIMS, put right what it says, and export again.",
        )
    if _XML.match(raw[:200].decode("utf-8", "ignore").lstrip("\ufeff")):
        return XmlReport(path.name, encoding, ReportXml.of(raw.decode("utf-8"), path.name))
    return CsvText(path.name, encoding, raw)
