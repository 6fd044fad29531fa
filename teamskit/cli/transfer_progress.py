"""A bar on stderr for bytes that come: how much of how much, how fast, how long yet; only at a terminal."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

SIGNS = 16
SURE_AFTER_S, SURE_AFTER_SHARE = 10.0, 0.05
"""Before both are past, the time left is a guess nobody needs."""


def size_words(count: float) -> str:
    """Write a number of bytes for people: 12 kB, 700 MB, 1.2 GB."""
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= one:
            number = count / one
            return f"{number:,.1f} {unit}" if number < 10 and unit != "kB" else f"{number:,.0f} {unit}"
    return f"{count:,.0f} bytes"


def time_words(seconds: float) -> str:
    """Write a length of time in rounded words."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than 1 min"
    if minutes < 90:
        return f"about {minutes} min"
    return f"about {round(minutes / 60)} h"


class TransferProgress:
    """Shows files and bytes of a transfer; safe to be told by several threads."""

    def __init__(self, title: str, *, quiet: bool = False) -> None:
        """Show nothing before it begins."""
        self._title, self._quiet = title, quiet
        self._bar: Any = None
        self._task: Any = None
        self._files = self._done = self._size = self._came = 0
        self._lock = threading.Lock()

    def begin(self, files: int, size: int) -> None:
        """Say how much there is to do."""
        self._files, self._size = files, size
        if self._quiet or not files or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            return
        from rich.console import Console
        from rich.progress import Progress, TextColumn
        from rich.table import Column

        # Cut without a sign of it where a window is narrow: the usual one crashes some consoles.
        column = Column(no_wrap=True, overflow="crop")
        text = "{task.description}  [{task.fields[bar]}]  {task.fields[words]}"
        words = TextColumn(text, markup=False, table_column=column)
        console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        self._bar = Progress(words, console=console, transient=True)
        self._task = self._bar.add_task(self._title, total=max(1, size), bar="-" * SIGNS, words="")
        self._bar.start()

    def came(self, count: int) -> None:
        """Say that some bytes came."""
        with self._lock:
            self._came += count
            self._show()

    def file(self) -> None:
        """Say that a file is done with."""
        with self._lock:
            self._done += 1
            self._show()

    def end(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()
        self._bar = None

    def _show(self) -> None:
        if self._bar is None:
            return
        share = min(1.0, self._came / self._size) if self._size else 1.0
        filled = int(SIGNS * share)
        task = self._bar.tasks[0]
        words = f"{self._done} of {self._files}, {size_words(self._came)} of {size_words(self._size)}"
        words += left_words(task.elapsed or 0.0, share)
        self._bar.update(self._task, completed=self._came, bar="#" * filled + "-" * (SIGNS - filled), words=words)


def left_words(elapsed_s: float, share: float) -> str:
    """Give the time left in words, or nothing while it would be a guess."""
    if elapsed_s < SURE_AFTER_S or not SURE_AFTER_SHARE <= share < 1:
        return ""
    return f", {time_words(elapsed_s * (1 - share) / share)} left"
