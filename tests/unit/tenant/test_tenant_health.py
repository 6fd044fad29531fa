"""What a look means, judged without asking anybody."""

from datetime import UTC, datetime, timedelta

import pytest

from teamskit.tenant.calls import Reply
from teamskit.tenant.health import (
    audit_line,
    certificate_line,
    clock_line,
    host_line,
    meetings_line,
    network_line,
    pasteable,
    permission_lines,
)
from teamskit.tenant.probing import Met

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, "ok"), (1, "ok"), (60, "ok"), (-61, "warn"), (300, "warn"), (301, "fail"), (-900, "fail")],
)
def test_how_far_off_the_clock_may_be(seconds: int, state: str) -> None:
    line = clock_line("h", Met("", Reply(200), NOW - timedelta(seconds=seconds)), NOW)
    assert line.state == state
    if abs(seconds) > 1:
        assert ("behind" if seconds < 0 else "ahead of") in line.text


def test_no_time_is_no_answer() -> None:
    assert clock_line("h", Met("", Reply(200)), NOW).state == "skip"


@pytest.mark.parametrize(
    ("met", "state"),
    [
        (Met("", Reply(401)), "ok"),
        (Met("", Reply(503)), "warn"),
        (Met("name"), "fail"),
        (Met("certificate"), "fail"),
        (Met("page"), "fail"),
    ],
)
def test_a_host_that_refuses_us_is_reached(met: Met, state: str) -> None:
    assert host_line("h", met, needed_by="policies").state == state


def test_which_hosts_go_by_a_proxy() -> None:
    some = network_line({"a": "p:1", "b": ""}, "", bundle_reads=False)
    assert "p:1 for some hosts" in some.text
    assert "no proxy" in network_line({"a": "", "b": ""}, "", bundle_reads=False).text
    assert network_line({"a": "p:1"}, "CURL_CA_BUNDLE", bundle_reads=False).state == "fail"


def test_a_certificate_is_told_of_a_month_before_it_ends() -> None:
    assert certificate_line(None, NOW, "") is None
    assert certificate_line(NOW + timedelta(days=31), NOW, "x") is None
    line = certificate_line(NOW + timedelta(days=29), NOW, "24 December 2026")
    assert line is not None
    assert "24 December 2026" in line.text


def test_a_meeting_that_is_not_there_tells_of_the_policy() -> None:
    error = {"error": {"code": "Forbidden", "message": "No application access policy found for this app"}}
    assert "New-CsApplicationAccessPolicy" in meetings_line(Met("", Reply(403, error))).do
    assert "OnlineMeetings.Read.All" in meetings_line(Met("", Reply(403, {"error": {"message": "no"}}))).do
    assert [meetings_line(Met("", Reply(status))).state for status in (200, 404, 500)] == ["ok", "ok", "warn"]
    assert meetings_line(Met("slow")).state == "skip"


def test_a_log_that_has_told_of_a_file_is_switched_on() -> None:
    assert audit_line(Met("", Reply(200)), told_of_files=True).state == "ok"
    assert audit_line(Met("", Reply(200)), told_of_files=False).state == "warn"
    assert audit_line(Met("", Reply(403)), told_of_files=True).state == "fail"


def test_permissions_that_are_missing_and_those_that_nothing_needs() -> None:
    many = [f"command {number}" for number in range(6)]
    missing = {"CallRecords.Read.All": ["calls sync"]}
    lines = permission_lines(missing, {"Calendars.Read": many}, ["Directory.ReadWrite.All"], 3)
    assert [line.state for line in lines] == ["fail", "warn", "warn"]
    assert "needed by: calls sync" in lines[0].text
    assert lines[1].text.endswith("command 3 and 2 more")
    assert [line.state for line in permission_lines({}, {}, [], 3)] == ["ok"]


def test_ids_and_addresses_do_not_leave() -> None:
    text = pasteable("account 3b1f8ea1-1111-4111-8111-111111111111 of leo.ahmed@school.example in school.example")
    assert text == "account 3b1f8ea1... of (an address) in school.example"
