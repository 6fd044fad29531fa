"""Who is who in anonymised reports: a file that only its owner may read, kept by the school and never sent along.

A code is given once and stays: the same person is "Pupil 17" in every report of the school.
"""

import csv
import io
import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from teamskit.errors import InputError
from teamskit.school.folder import write_whole

HEADINGS = ["Code", "Id", "Name"]
Subject = tuple[str, str]
"""What has a code: its kind ("Pupil", "Staff", "Class", "call"...) and its id."""
IDS = ("call", "finding")
"""Kinds whose codes stand where ids stand, and have no blank: call-17."""
PEOPLE = ("Pupil", "Staff", "Outside", "Account", "Person")
_CODE = re.compile(r"(.+)[ -](\d{1,9})")


@dataclass
class AnonymousKey:
    """The codes of one school; `names` says for people to read what a subject is called."""

    codes: dict[Subject, str] = field(default_factory=dict)
    names: dict[Subject, str] = field(default_factory=dict)
    retired: list[str] = field(default_factory=list)

    def give(self, subjects: Iterable[Subject]) -> None:
        """Give a code to every subject that has none, in no order: a number must not follow the alphabet or the time.

        A number that was ever given is never given to somebody else.
        """
        new = sorted({one for one in subjects if one not in self.codes})
        secrets.SystemRandom().shuffle(new)
        last: dict[str, int] = defaultdict(int)
        for code in [*self.codes.values(), *self.retired]:
            kind, number = _split(code)
            last[kind] = max(last[kind], number)
        for kind, name in new:
            last[kind] += 1
            self.codes[kind, name] = f"{kind}{'-' if kind in IDS else ' '}{last[kind]}"

    def code(self, kind: str, name: str) -> str:
        """Give the code of a subject, which must have one."""
        return self.codes[kind, name]

    def forget(self, known: Collection[str]) -> int:
        """Drop who is who for people whom neither log nor roster knows any more; gives how many.

        Their codes are not used again.
        """
        gone = [one for one in self.codes if one[0] in PEOPLE and one[1] not in known]
        for one in gone:
            self.retired.append(self.codes.pop(one))
            self.names.pop(one, None)
        return len(gone)


def read_key(path: Path) -> AnonymousKey:
    """Read the key; one that is not there is empty. Raises InputError when it cannot be used as it stands."""
    key = AnonymousKey()
    if not path.exists():
        return key
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        if not rows or rows[0] != HEADINGS:
            raise ValueError("its headings are not the ones it was written with")
        for code, name, called in rows[1:]:
            _take(key, code, name, called)
    except (OSError, ValueError) as wrong:
        raise InputError(
            "the key of anonymised reports cannot be read",
            where=str(path),
            next_step="Bring it back from a backup. Without it the next report would give people other codes.",
        ) from wrong
    return key


def _take(key: AnonymousKey, code: str, name: str, called: str) -> None:
    kind, _ = _split(code)
    if name:
        subject = kind, _plain(name)
        key.codes[subject], key.names[subject] = code, _plain(called)
    else:
        key.retired.append(code)


def _split(code: str) -> tuple[str, int]:
    """Give kind and number of a code; raises ValueError when it is none."""
    parts = _CODE.fullmatch(code)
    if parts is None:
        raise ValueError("a code is not as it was written")
    return parts[1], int(parts[2])


def write_key(path: Path, key: AnonymousKey) -> None:
    """Write the key as CSV that Excel opens, whole or not at all, readable by its owner only."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    rows: list[tuple[str, str, str]] = [
        (code, _quoted(subject[1]), _quoted(key.names.get(subject, ""))) for subject, code in key.codes.items()
    ]
    rows += [(code, "", "") for code in key.retired]
    rows.sort(key=lambda row: _split(row[0]))
    writer.writerows(rows)
    write_whole(path, "\ufeff" + target.getvalue(), private=True)


def _quoted(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, and before one that stands there already."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "'")) else text


def _plain(text: str) -> str:
    return text.removeprefix("'")
