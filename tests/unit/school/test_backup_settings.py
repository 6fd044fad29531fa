"""[backup] of school.toml: no secret in it, and speeds and hours as people write them."""

from datetime import UTC, datetime, time

import pytest
from pydantic import ValidationError

from teamskit.school.backup import Backup

KEY = "age14znnhnlz65td3qfwtuqe4pvxwnnh9acrwwfllne46us47hmkadxsv57rp5"


@pytest.mark.parametrize(
    "target",
    [
        "smb://user:secret@server/share",
        "s3://key:secret@bucket/x",
        "https://x.blob.core.windows.net/c?sig=abc",
        "az://c/DefaultEndpointsProtocol=https;AccountKey=abc",
    ],
)
def test_a_secret_in_the_address_is_refused(target):
    with pytest.raises(ValidationError, match="password or a key"):
        Backup(target=target)


@pytest.mark.parametrize(
    "target", ["", "copies", "D:\\Copies", "\\\\server\\share\\x", "smb://backup@server/share", "s3://bucket/school"]
)
def test_addresses_without_a_secret(target):
    assert Backup(target=target).target == target


@pytest.mark.parametrize(
    ("text", "speed"), [("", None), ("20 MB", 20e6), ("500 kB", 5e5), ("1.5MB/s", 1.5e6), ("800 B", 800)]
)
def test_speeds(text, speed):
    assert Backup(bandwidth=text).bytes_a_second == speed


@pytest.mark.parametrize("text", ["fast", "20", "20 Mbit", "-1 MB", "0 MB"])
def test_no_speeds(text):
    with pytest.raises(ValidationError):
        Backup(bandwidth=text)


def test_hours():
    assert Backup(window="18:00-06:00").hours == (time(18), time(6))
    assert Backup(window="8:30 - 9:15").hours == (time(8, 30), time(9, 15))
    assert Backup().hours is None
    for wrong in ("18-6", "25:00-06:00", "18:00-18:00", "always"):
        with pytest.raises(ValidationError):
            Backup(window=wrong)


def test_only_public_keys():
    assert Backup(recipients=(KEY,)).recipients == (KEY,)
    with pytest.raises(ValidationError, match="secret key"):
        Backup(recipients=("AGE-SECRET-KEY-1QQQQ",))
    with pytest.raises(ValidationError, match="no public key"):
        Backup(recipients=("me@school.example",))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-25T17:59", None),
        ("2026-11-25T18:00", "2026-11-26T06:00"),
        ("2026-11-26T05:59", "2026-11-26T06:00"),
        ("2026-11-26T06:00", None),
        ("2026-07-01T17:30", "2026-07-02T05:00"),
    ],
)
def test_hours_over_midnight_on_the_schools_clock(now, until):
    found = Backup(window="18:00-06:00").closes_at(datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def test_hours_of_one_day():
    noon, evening = (datetime(2026, 11, 25, hour, tzinfo=UTC) for hour in (12, 20))
    assert Backup(window="12:00-13:30").closes_at(noon) == datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
    assert Backup(window="12:00-13:30").closes_at(evening) is None
