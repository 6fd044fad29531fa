"""What downloads meet with on a bad day: cut off after some bytes, slow, or sent away for a while.

Kept in the store for all processes: `{"cut", "slow", "throttle": percent of the downloads, "rate": bytes a second of a
slow one, "seed"}`; {} is fair weather. Which download meets with what is thrown from the seed, for ten of them at a
time, so that ten in a row have their share of each.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from teamskit.sandbox.clock import read_number, write_number
from teamskit.sandbox.request import Answer, Refusal, bad_request

_KEY, _COUNT = "weather", "weather:count"
_SHARES, _NUMBERS = ("cut", "slow", "throttle"), {"rate": 1_000_000, "seed": 0}
_WAIT_S, _AT_ONCE = (1, 3), 10


@dataclass(frozen=True, slots=True)
class Met:
    """Hold what one download meets with: the status it is sent away with, where in it it is cut (0 to 1), its rate."""

    status: int = 0
    wait_s: int = 0
    cut: float | None = None
    rate: int | None = None

    def over(self, act: Callable[[], Answer]) -> Answer:
        """Give the answer to a download in this weather; raises Refusal (429, 503) when it is sent away."""
        if self.status:
            code = "activityLimitReached" if self.status == 429 else "serviceNotAvailable"
            raise Refusal(self.status, code, "Try again later.", headers={"Retry-After": str(self.wait_s)})
        answer = act()
        if answer.stretch is None:
            return answer
        length = answer.stretch.stop - answer.stretch.start
        cut = None if self.cut is None or not length else int(self.cut * length)
        return replace(answer, stretch=replace(answer.stretch, cut=cut, rate=self.rate))


def set_weather(db: sqlite3.Connection, weather: dict[str, Any]) -> None:
    """Set the weather, and begin throwing anew; refuses (400) a wrong name or number."""
    for name, value in weather.items():
        if name not in (*_SHARES, *_NUMBERS) or not isinstance(value, int) or isinstance(value, bool):
            raise bad_request(f"The weather has no '{name}' of this kind.", "BadRequest")
        if value < 0 or (name in _SHARES and value > 100) or (name == "rate" and value < 1):
            raise bad_request(f"'{name}' cannot be {value}.", "BadRequest")
    text = "INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"
    db.execute(text, (_KEY, json.dumps(weather)))
    write_number(db, _COUNT, 0)


def met_with(db: sqlite3.Connection) -> Met:
    """Throw what the next download meets with."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    doc = {**_NUMBERS, **json.loads(row[0])} if row else {}
    if not any(doc.get(name) for name in _SHARES):
        return Met()
    count = read_number(db, _COUNT) + 1
    write_number(db, _COUNT, count)
    dice = random.Random(f"{doc['seed']}|{count}")  # noqa: S311  nothing secret
    throttled, cut, slow = (_is_hit(doc, name, count - 1) for name in ("throttle", "cut", "slow"))
    if throttled:
        return Met(dice.choice((429, 503)), dice.randint(*_WAIT_S))
    return Met(cut=dice.random() if cut else None, rate=doc["rate"] if slow else None)


def _is_hit(doc: dict[str, Any], name: str, before: int) -> bool:
    """Say whether the download that so many came before is among those of its ten that meet with this."""
    ten, place = divmod(before, _AT_ONCE)
    share = int(doc.get(name, 0)) * _AT_ONCE
    hits = share * (ten + 1) // 100 - share * ten // 100
    return place in random.Random(f"{doc['seed']}|{name}|{ten}").sample(range(_AT_ONCE), hits)  # noqa: S311  no secret
