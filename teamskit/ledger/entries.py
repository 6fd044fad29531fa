"""Ledger entries as plain values. Knows neither the database nor what a body means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One thing that was learnt: `key` names it within its `kind`, a higher `version` is a later word on it.

    `at` is when it was learnt (UTC, aware, to the second). `seq` is its place in the ledger, counted from 1 without
    gaps, and 0 before it is appended. Kind, key and version together are unique. `about` is the moment the thing is
    about (a call's start), by which periods are read; `private` holds all that identifies people and may be forgotten
    one day: it is None where there was nothing, or where it has been forgotten (`forgotten` is true then). `revises` is
    the `seq` of the newest earlier entry of the same kind and key; the ledger sets it.
    """

    kind: str
    key: str
    version: int
    at: datetime
    body: Mapping[str, Any]
    seq: int = 0
    about: datetime | None = None
    private: Mapping[str, Any] | None = None
    forgotten: bool = False
    revises: int | None = None


def canonical(body: Mapping[str, Any]) -> str:
    """Write a body the one way that is stored and hashed: JSON, keys sorted, no spaces, ASCII only, no NaN."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
