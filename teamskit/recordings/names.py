"""What a copy is called: safe on Windows, on a share and in an address, whatever the meeting was called. Pure.

Nobody's name may stand in it: a meeting's own name is used only when no pupil's is in it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from teamskit.clock import at_school

LONGEST = 140
"""Bytes of UTF-8 of one name: encrypted folders of common NAS boxes take 143, everything else more."""
MOST_OF_A_PART = 60
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
# Those that Windows refuses, and those that mean something in an address or a shell's pattern.
_UNSAFE = re.compile(r'[<>:"/\\|?*#%&{}$!@`=+~^\[\];]+')
_SPACES = re.compile(r"\s+")
_RECORDED = re.compile(r"-\d{8}_\d{6}(?:UTC)?-Meeting Recording.*$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")
_SIGNS = re.compile(r"[^\W_]+")
SHORTEST_NAME = 2
SHORTEST_SIGN = 4


@dataclass(frozen=True)
class Naming:
    """What a copy's name is made of; `key` is the file's key in the ledger, `meeting` already free of pupils."""

    key: str
    started_at: datetime
    class_name: str = ""
    meeting: str = ""


def short_key(key: str) -> str:
    """Give the end of a file's key: 12 hexadecimal letters, by which a copy can be found again."""
    return key.rpartition("/")[2]


def path_of(what: Naming, *, encrypted: bool, number: int = 1) -> str:
    """Give the path of a copy below the target: year, month, name; `number` tells others of the same name apart.

    Days and times are those of the school's clock.
    """
    start = at_school(what.started_at)
    again = f" ({number})" if number > 1 else ""
    end = f" {short_key(what.key)}{again}.mp4{'.age' if encrypted else ''}"
    words = [f"{start:%Y-%m-%d %H%M}", safe(what.class_name), safe(what.meeting)]
    middle = _cut(" ".join(word for word in words if word), LONGEST - len(end.encode("utf-8")))
    return f"{start:%Y}/{start:%m}/{middle}{end}"


def safe(text: str) -> str:
    """Give a part of a name that every file system takes: letters of any alphabet stay, what could mislead goes."""
    text = unicodedata.normalize("NFC", text)
    # Controls, direction marks, private and unpaired letters: they hide what a name says, or cannot be stored.
    text = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    text = _SPACES.sub(" ", _UNSAFE.sub("-", text)).strip(" .-")
    text = _cut(text, MOST_OF_A_PART).strip(" .-")
    return f"_{text}" if _RESERVED.match(text) else text


def _cut(text: str, most: int) -> str:
    """Cut a text to so many bytes of UTF-8, never within a letter, and leave no blank or dot at its end."""
    raw = text.encode("utf-8")
    return text if len(raw) <= most else raw[:most].decode("utf-8", "ignore").rstrip(" .-")


def meeting_of(file_name: str) -> str:
    """Give what the meeting was called, from the name that Teams gave its recording."""
    stem = _RECORDED.sub("", file_name)
    return stem.removesuffix(".mp4")


class Pupils:
    """The names of pupils, their numbers and logins, to look for in what a meeting was called."""

    def __init__(self, names: Iterable[str], signs: Iterable[str] = ()) -> None:
        """Take whole names, or parts of them, in any order; `signs` are admission numbers, logins and addresses."""
        self._words: set[str] = set()
        self._run_together: set[str] = set()
        for name in names:
            words = [word for word in _words(name) if len(word) >= SHORTEST_NAME]
            self._words.update(words)
            if len(words) > 1:
                self._run_together.update({"".join(words), words[0] + words[-1], words[-1] + words[0]})
        closed = {_closed(sign.partition("@")[0]) for sign in signs}
        closed |= {sign.lstrip("0") for sign in closed}
        self._signs = {sign for sign in closed if len(sign) >= SHORTEST_SIGN}

    def named_in(self, text: str) -> bool:
        """Say whether some word of a text is part of a pupil's name, with or without accents, case or an s after it.

        A word that only looks like a name counts too: losing a meeting's name costs less than showing a child's.
        """
        words = _words(text)
        if any(word in self._words or word.removesuffix("s") in self._words for word in words):
            return True
        joined = "".join(words)
        if any(name in joined for name in self._run_together):
            return True
        # Adno 004711 is 4711 as well, and a login may be parted: 22ahmed-l.
        signs = {_closed(word) for word in text.split()} | set(_SIGNS.findall(text.casefold()))
        signs |= {sign.removesuffix("s") for sign in signs} | {sign.lstrip("0") for sign in signs}
        return not signs.isdisjoint(self._signs)


def _closed(text: str) -> str:
    """Give the letters and digits of a text, without what parts them."""
    return "".join(_SIGNS.findall(text.casefold()))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    # Apostrophes and hyphens inside a name part it here as there: O'Neil, Anne-Marie.
    return _WORDS.findall("".join(one for one in plain if not unicodedata.combining(one)))
