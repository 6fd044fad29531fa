from datetime import UTC, datetime

import pytest

from teamskit.tenant.retry import CAP_S, retry_after

NOW = datetime(2026, 11, 25, 8, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("10", 10),
        ("0.249", 1),
        ("2.5", 2.5),
        ("Wed, 25 Nov 2026 09:00:00 GMT", 30),
        ("Wed, 25 Nov 2026 08:00:00 GMT", 1),
        ("-1", 1),
        ("0", 1),
        ("soon", 1),
        ("nan", 1),
        ("inf", 1),
        ("", 1),
        ("99999", CAP_S),
        ("9" * 400, CAP_S),
    ],
)
def test_x01_every_retry_after_is_read_or_backed_off(stated: str, seconds: float) -> None:
    assert retry_after({"Retry-After": stated}, NOW, 1) == seconds


def test_x01_absent_backs_off_up_to_the_cap() -> None:
    assert [retry_after({}, NOW, attempt) for attempt in range(1, 6)] == [1, 2, 4, 8, 16]
    assert retry_after({}, NOW, 99) == CAP_S


def test_x01_a_constant_one_still_backs_off() -> None:
    assert [retry_after({"retry-after": "1"}, NOW, attempt) for attempt in (1, 2, 3)] == [1, 2, 4]
