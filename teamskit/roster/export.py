"""An export as a whole: which files it has and of which format it is. A path flows in; the files are not read here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from teamskit.errors import RosterError
from teamskit.roster.formats import FORMATS, Format
from teamskit.roster.model import Problem
from teamskit.roster.sources import SUFFIXES
from teamskit.roster.zipped import files_of, is_zip

_OTHER_SHEETS = frozenset({".xls", ".xlsb", ".xlsm", ".ods", ".numbers", ".html", ".htm", ".pdf", ".rpt", ".rptdef"})


def export_files(path: Path) -> list[Path]:
    """Give the files of an export that can hold a table, by name. Raises RosterError where there are none."""
    if not path.is_dir() and not is_zip(path):
        refuse_export(
            "there is no such folder", path, "Put the export into a folder and name it in school.toml: [roster] path."
        )
    found = sorted(files_of(path), key=lambda p: p.name)
    files = [p for p in found if p.suffix.casefold() in SUFFIXES and p.name[:2] != "~$"]
    if not files:
        refuse_export("the folder holds no CSV file, nor XML or .xlsx", path, "Export the reports as CSV into it.")
    return files


def unread_sheets(path: Path) -> list[Problem]:
    """Tell of files beside the export that a person would take for reports, in forms that are not read."""
    files = sorted(files_of(path), key=lambda p: p.name) if path.is_dir() or is_zip(path) else []
    return [
        Problem(
            "file-of-another-kind",
            "warning",
            f"{file.name} was not read: it is neither CSV, XML nor .xlsx.",
            "Save it in Excel as .xlsx, or export the report as CSV, if it belongs to the export.",
            file.name,
        )
        for file in files
        if file.suffix.casefold() in _OTHER_SHEETS and file.name[:2] != "~$"
    ]


def format_of(fmt: str, files: Sequence[Path], path: Path, columns: Mapping[str, str]) -> Format:
    """Give the format that is named, or for "auto" the first that recognises the files. Raises RosterError for none."""
    if fmt != "auto":
        found = next((f for f in FORMATS if f.id == fmt), None)
        return found or refuse_export(
            f"there is no format {fmt!r}", path, f"Use one of: {', '.join(f.id for f in FORMATS)}."
        )
    found = next((f for f in FORMATS if f.recognises(files, columns)), None)
    names = ", ".join(p.name for p in files)
    return found or refuse_export(
        f"the folder is no export that is known; it holds {names}", path, "Name the files as the templates do."
    )


def refuse_export(what: str, path: Path, remedy: str) -> NoReturn:
    """Refuse an export as a whole. Raises RosterError."""
    problem = Problem("unusable-export", "error", f"{what[:1].upper()}{what[1:]}.", remedy, path.name)
    raise RosterError(what, where=str(path), next_step=remedy, problems=[problem])
