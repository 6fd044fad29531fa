"""school.toml -> School. Each complaint names file, line and what to write instead; all are given at once."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from teamskit.errors import SchoolFileError
from teamskit.school.model import School

_PLAIN = {
    "missing": "is missing",
    "date_from_datetime_parsing": "is not a date (2026-09-01)",
    "date_parsing": "is not a date (2026-09-01)",
    "date_type": "is not a date (2026-09-01, without quotes)",
    "string_type": "must be text in quotes",
    "date_from_datetime_inexact": "is not a date (2026-09-01)",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "tuple_type": "must be a list in [ ]",
    "too_short": "needs at least one entry",
}


def read_school(path: Path) -> School:
    """Read and check a school file.

    Raises SchoolFileError with every problem, each with its line; TOML that cannot be parsed gives the parser's line.
    """
    text = _text_of(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        line = re.search(r"line (\d+)", str(broken))
        raise SchoolFileError(
            f"this is not TOML: {str(broken).split(' (at')[0]}",
            where=f"{path.name}, line {line.group(1) if line else '1'}",
            next_step="Put text in quotes, lists in [ ], and one setting on a line.",
        ) from None
    try:
        return School.model_validate(data)
    except ValidationError as wrong:
        raise _as_school_error(path, text, wrong) from None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SchoolFileError(
            "there is no school.toml here", where=str(path), next_step="Make one: teamskit init DIR"
        ) from None
    except UnicodeDecodeError:
        raise SchoolFileError(
            "the file is not UTF-8", where=str(path), next_step="Save it as UTF-8 in your editor."
        ) from None


def _as_school_error(path: Path, text: str, wrong: ValidationError) -> SchoolFileError:
    said = [(line_of(text, error["loc"]), *_sentence(error)) for error in wrong.errors()]
    first = min(said)
    more = [f"line {line}: {what}." for line, what, _ in sorted(said)[1:]]
    hints = [hint for _, _, hint in sorted(said) if hint]
    return SchoolFileError(
        first[1],
        where=f"{path.name}, line {first[0]}",
        next_step=" ".join([*hints, *([" Also: "] if more else []), *more]),
    )


def _sentence(error: Any) -> tuple[str, str]:
    where = ".".join(str(part) for part in error["loc"] if not isinstance(part, int))
    if error["type"] == "extra_forbidden":
        near = get_close_matches(str(error["loc"][-1]), _known_keys(error["loc"][:-1]), 1, 0.5)
        hint = f"Did you mean {near[0]}?" if near else "Take the line out, or see the comments of a new school.toml."
        return f'unknown setting "{error["loc"][-1]}"', hint
    if error["type"] == "literal_error":
        return f"{where} must be one of {error['ctx']['expected']}", ""
    plain = _beyond(error) or _PLAIN.get(error["type"])
    return (
        (f"{where} {plain}", "")
        if plain
        else (f"{where}: {error['msg'].removeprefix('Value error, ')}".lstrip(": "), "")
    )


def _beyond(error: Any) -> str:
    """Say what a number must be that is too small or too large; nothing for other errors."""
    least, most = error.get("ctx", {}).get("ge"), error.get("ctx", {}).get("le")
    if error["type"] == "greater_than_equal":
        return f"must be at least {least}" if least else "must not be negative"
    if error["type"] == "less_than_equal":
        return "is a share: 0 to 1" if most == 1 else f"must be at most {most}"
    return ""


def _known_keys(loc: Sequence[int | str]) -> Iterable[str]:
    model: type[BaseModel] = School
    for part in (p for p in loc if isinstance(p, str)):
        model = next((m for m in _models_of(model.model_fields[part].annotation)), School)
    return list(model.model_fields)


def _models_of(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_of(inner)


def line_of(text: str, loc: Sequence[int | str]) -> int:
    """Find the line of a setting by its tables and key, since TOML libraries give no positions; 1 when not found.

    The n-th entry of an array of tables is the n-th `[[name]]`. A setting that is missing gives its table's line.
    """
    lines = text.splitlines()
    found, start, keys = 1, 0, list(loc)
    for depth, part in enumerate(keys):
        if isinstance(part, int):
            continue
        nth = keys[depth + 1] if depth + 1 < len(keys) and isinstance(keys[depth + 1], int) else 0
        at = _find(lines, start, str(part), int(nth))
        if at is None:
            break
        found, start = at + 1, at
    return found


_HEAD = re.compile(r"\s*\[")


def _end_of(lines: Sequence[str], start: int) -> int:
    """Give the line after a table's last: a setting that is missing must not be found in the next table."""
    return next((i for i in range(start + 1, len(lines)) if _HEAD.match(lines[i])), len(lines))


def _find(lines: Sequence[str], start: int, name: str, nth: int) -> int | None:
    lines = lines[: _end_of(lines, start)] if _HEAD.match(lines[start] if lines else "") else lines
    table = re.compile(rf"^\s*\[+\s*(?:[\w.-]+\.)?\"?{re.escape(name)}\"?\s*\]+")
    key = re.compile(rf"^\s*\"?{re.escape(name)}\"?\s*=|[{{,]\s*{re.escape(name)}\s*=")
    heads = [i for i in range(start, len(lines)) if table.search(lines[i])]
    if heads:
        return heads[min(nth, len(heads) - 1)]
    return next((i for i in range(start, len(lines)) if key.search(lines[i])), None)
