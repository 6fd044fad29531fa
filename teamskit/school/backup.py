"""[backup] of school.toml: where copies of recordings go, how fast, when, and for whom they are encrypted."""

import re
from datetime import datetime, time, timedelta

from pydantic import BaseModel, ConfigDict, Field, StrictInt, field_validator

from teamskit.clock import SCHOOL_ZONE, at_school

# A password before the @, a signature of a shared link, an account's key: none of these may lie in a plain file.
_SECRET = re.compile(r"[^:/?#]+://[^/?#@]*:[^/?#@]*@|[?&](sig|se|sv)=|accountkey=|password=", re.IGNORECASE)
_SPEED = re.compile(r"(\d+(?:\.\d+)?)\s*([kMG]?)B(?:/s)?")
_UNITS = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_WINDOW = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*-\s*([0-9]{1,2}:[0-9]{2})")
_RECIPIENT = re.compile(r"age1[0-9a-z]{20,}|ssh-(ed25519|rsa) \S+.*")


class Backup(BaseModel):
    """How recordings are copied elsewhere.

    `target` is a folder (relative to the school folder), a UNC path or an address; `recipients` are public keys of age
    (none: copies are not encrypted); `bandwidth` a speed like "20 MB" a second, `window` the hours in which bytes may
    be fetched, on the clock of Europe/London; `spool` holds files that are not whole yet.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: str = ""
    recipients: tuple[str, ...] = ()
    bandwidth: str = ""
    window: str = ""
    parallel: StrictInt = Field(default=3, ge=1, le=16)
    spool: str = ""

    @field_validator("target")
    @classmethod
    def _holds_no_secret(cls, target: str) -> str:
        if holds_secret(target):
            raise ValueError("holds a password or a key: take it out here and give it in the environment")
        return target

    @field_validator("recipients")
    @classmethod
    def _are_public_keys(cls, recipients: tuple[str, ...]) -> tuple[str, ...]:
        if any(one.strip().upper().startswith("AGE-SECRET-KEY") for one in recipients):
            raise ValueError("holds a secret key: write the public one (age1...) here, and keep the secret one away")
        wrong = next((one for one in recipients if not _RECIPIENT.fullmatch(one.strip())), None)
        if wrong is not None:
            raise ValueError(f'"{wrong}" is no public key of age (age1...)')
        return tuple(one.strip() for one in recipients)

    @field_validator("bandwidth")
    @classmethod
    def _is_speed(cls, text: str) -> str:
        found = _SPEED.fullmatch(text.strip())
        if text.strip() and (found is None or float(found[1]) * _UNITS[found[2]] < 1):
            raise ValueError('is no speed: write bytes a second like "20 MB" or "500 kB", or nothing for no limit')
        return text.strip()

    @field_validator("window")
    @classmethod
    def _is_window(cls, text: str) -> str:
        if text.strip() and _hours(text) is None:
            raise ValueError('is no span of hours: write it like "18:00-06:00", or nothing for any time')
        return text.strip()

    @property
    def bytes_a_second(self) -> float | None:
        """Give the limit on the speed; None when there is none."""
        found = _SPEED.fullmatch(self.bandwidth)
        return float(found[1]) * _UNITS[found[2]] if found else None

    @property
    def hours(self) -> tuple[time, time] | None:
        """Give when bytes may be fetched, from and until; the second may be the earlier one (over midnight)."""
        return _hours(self.window)

    def closes_at(self, now: datetime) -> datetime | None:
        """Give when the hours for fetching end that are open at a moment; None when they are closed. Needs a window."""
        first, last = self.hours or (time(0), time(0))
        local = at_school(now)
        is_before_last = local.time() < last
        is_open = first <= local.time() < last if first < last else local.time() >= first or is_before_last
        if not is_open:
            return None
        return datetime.combine(local.date() + timedelta(days=0 if is_before_last else 1), last, SCHOOL_ZONE)


def holds_secret(address: str) -> bool:
    """Say whether an address holds a password, a key or a signature."""
    return bool(_SECRET.search(address))


def _hours(text: str) -> tuple[time, time] | None:
    found = _WINDOW.fullmatch(text.strip())
    if found is None:
        return None
    try:
        first, last = (time.fromisoformat(one.rjust(5, "0")) for one in found.groups())
    except ValueError:
        return None
    return (first, last) if first != last else None
