"""SIMS's CommandReporter XML: `<SuperStarReport><Record><Legal_x0020_Surname>…`. Text in, columns of cells out.

Read twice: first for the names of the elements only, then for the values of the columns that were chosen.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat

import numpy as np

from teamskit.roster.cells import Cells, Coded
from teamskit.roster.model import Place
from teamskit.roster.text import refuse

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RECORD_DEPTH = 2


def element_caption(name: str) -> str:
    """Give the caption behind an element's name: `Legal_x0020_Surname` is `Legal Surname`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)


class _Walker:
    """Walks the records; collects names, and the values of wanted names only."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self.names: dict[str, None] = {}
        self.values: dict[str, list[str]] = {name: [] for name in wanted}
        self.lines: list[int] = []
        self._path: list[str] = []
        self._open: dict[str, str] = {}
        self._parser = expat.ParserCreate(encoding="utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def walk(self, text: str) -> "_Walker":
        self._parser.Parse(text.encode("utf-8", "replace"), True)
        return self

    def _doctype(self, *_: object) -> None:
        raise ValueError("a document type")

    def _start(self, name: str, _: object) -> None:
        self._path.append(name)
        if len(self._path) == _RECORD_DEPTH:
            self.lines.append(self._parser.CurrentLineNumber)
            self._open = {}
        elif len(self._path) == _RECORD_DEPTH + 1:
            self.names[name] = None
            # A caption that stands twice in one record is one cell with two values.
            if self._open.get(name):
                self._open[name] += "\n"

    def _text(self, data: str) -> None:
        if len(self._path) == _RECORD_DEPTH + 1 and self._path[-1] in self.values:
            self._open[self._path[-1]] = self._open.get(self._path[-1], "") + data

    def _end(self, _: str) -> None:
        if len(self._path) == _RECORD_DEPTH:
            for name, values in self.values.items():
                values.append(self._open.get(name, ""))
        self._path.pop()


@dataclass(frozen=True)
class ReportXml:
    """One report: the text and the names of the elements in the order in which they were first met."""

    text: str
    elements: tuple[str, ...]

    @classmethod
    def of(cls, text: str, file: str) -> "ReportXml":
        """Look through a text for its elements; raises RosterError where it is no whole XML."""
        text = text.lstrip("\ufeff \t\r\n")
        try:
            return cls(text, tuple(_Walker(()).walk(text).names))
        except (expat.ExpatError, ValueError) as error:
            where = int(getattr(error, "lineno", 1))
            refuse(
                Place(file, where, where),
                "not-xml",
                "the file begins as XML and breaks off or is not well formed",
                "Run the report again; it was perhaps still being written.",
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Give the captions of the columns."""
        return tuple(" ".join(element_caption(name).split()) for name in self.elements)

    def cells(self, positions: Sequence[int]) -> Cells:
        """Give the values of chosen columns; the row is the number of the record."""
        wanted = [self.elements[p] for p in positions]
        found = _Walker(wanted).walk(self.text)
        columns = {p: Coded.trimmed(found.values[self.elements[p]]) for p in positions}
        count = len(found.lines)
        return Cells(columns, np.arange(1, count + 1, dtype=np.int64), np.asarray(found.lines, dtype=np.int64))
