"""A token that lacks a permission stops the command before it asks or changes anything; and what each command needs."""

import json
import re
import shlex

import click
import pytest
from call_scenes import asked, call, lesson, play, ready
from permissions_page import PAGE
from permissions_used import USED, command_named

from teamskit.cli.needs import needs_of
from teamskit.tenant.permission_ids import GRAPH_APP
from teamskit.tenant.tokens import held_by


def seeded(desk, made):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.tenant().reset_counts()
    return desk


def writes(desk):
    return desk.requests().get("writes_accepted", 0)


def test_a_missing_permission_stops_the_command_before_its_first_request(desk, made):
    seeded(desk, made).tenant().take_away("CallRecords.Read.All", "User.Read.All")
    done = desk.run("calls", "sync", ok=(1,))
    assert "lacks" in done.err
    assert "CallRecords.Read.All" in done.err
    assert "User.Read.All" in done.err
    assert asked(desk) == {}


def test_a_greater_permission_serves_instead(desk, made):
    seeded(desk, made)
    desk.tenant().take_away("GroupMember.Read.All", "EduRoster.Read.All")
    assert {"GroupMember.Read.All", "EduRoster.Read.All"}.isdisjoint(held_by(desk.tenant().token()))
    assert desk.json("teams", "plan")["totals"]


@pytest.mark.parametrize("missing", ["Team.Create", "EduRoster.ReadWrite.All", "TeamsPolicyUserAssign.ReadWrite.All"])
def test_a_plan_is_not_begun_without_what_its_changes_need(desk, made, missing):
    seeded(desk, made)
    desk.run("plan", "-o", desk.folder / "plan.json")
    greater = ("Group.ReadWrite.All",) if missing == "Team.Create" else ()
    desk.tenant().take_away(missing, *greater)
    done = desk.run("apply", desk.folder / "plan.json", "--yes", ok=(1,))
    assert missing in done.err
    assert "teamskit auth permissions" in done.err
    assert writes(desk) == 0
    desk.tenant().take_away()
    desk.run("apply", desk.folder / "plan.json", "--yes")
    assert writes(desk) > 0


def test_a_plan_needs_only_what_its_own_changes_need(desk, made):
    seeded(desk, made)
    desk.run("teams", "plan", "-o", desk.folder / "teams.json")
    desk.tenant().take_away("TeamsPolicyUserAssign.ReadWrite.All", "Calendars.ReadWrite")
    desk.run("apply", desk.folder / "teams.json", "--yes")


def test_a_person_signed_in_is_told_what_only_an_application_can_do(desk, made):
    seeded(desk, made).tenant().set_flag("person_signed_in", True)
    done = desk.run("lessons", "list", "--all", ok=(1,))
    assert "Calendars.Read" in done.err
    assert "application's own sign-in" in done.err
    assert asked(desk) == {}
    assert "application's own sign-in" in desk.run("teams", "plan", ok=(1,)).err
    assert desk.json("policies", "plan")["totals"]


def test_a_registration_only_for_safeguarding_keeps_the_log_and_says_what_it_cannot_know(desk, made):
    ready(desk, made)
    play(desk, lesson("c1", "2026-11-25T10:00:00Z"), call("c2", "2026-11-25T13:00:00Z"))
    for path in ("/onlineMeetings", "/drive", "/calendarView", "/admin/teams", "^/Skype.Policy"):
        desk.fault(method="GET", path=path, status=403)
    assert "2 new calls" in desk.run("calls", "sync").out
    asked = desk.json("auth", "permissions", "--command", "calls sync", "--always")["together"]["reading"]
    read = ["User.Read.All", "GroupMember.Read.All", "EduRoster.Read.All", "Channel.ReadBasic.All"]
    assert asked["application"] == [*read, "CallRecords.Read.All"]
    page = PAGE.read_text(encoding="utf-8").partition("## Only for safeguarding")[2].partition("```")[0]
    assert set(re.findall(r"`([A-Z]\w+\.[\w.]+)`", page)) == set(asked["application"])


def test_what_a_command_needs_is_shown(desk):
    shown = desk.json("auth", "permissions", "--command", "calls")
    (sync,) = shown["commands"]
    assert sync["command"] == "calls sync"
    assert sync["writes"] == []
    first = next(one for one in sync["reads"] if one["application"] == ["CallRecords.Read.All"])
    assert (first["delegated"], first["only"]) == ([], "")
    assert "CallRecords.Read.All" in shown["together"]["reading"]["application"]
    table = desk.run("auth", "permissions", "--command", "teams plan").out
    assert "To read, an application needs: User.Read.All" in table
    assert "calls" not in table
    assert all(one["writes"] == [] for one in desk.json("auth", "permissions", "--read-only")["commands"])
    with pytest.raises(click.UsageError, match="no command begins with"):
        desk.run("auth", "permissions", "--command", "nonsense")


def test_a_manifest_is_written_once_and_says_what_is_not_in_it(desk):
    file = desk.folder / "all.json"
    done = desk.run("auth", "permissions", "--manifest", file)
    assert "the Teams Administrator role" in done.err
    (resource,) = json.loads(file.read_text(encoding="utf-8"))["requiredResourceAccess"]
    assert resource["resourceAppId"] == GRAPH_APP
    assert len(resource["resourceAccess"]) > 10
    desk.run("auth", "permissions", "--manifest", file, ok=(2,))


def test_the_commands_on_the_page_run(desk, monkeypatch):
    monkeypatch.chdir(desk.folder)
    text = PAGE.read_text(encoding="utf-8")
    lines = "".join(re.findall(r"```console\n(.*?)```", text, re.S)).splitlines()
    assert len(lines) == 6
    for line in lines:
        desk.run(*shlex.split(line)[1:])


@pytest.mark.last
def test_no_command_declares_what_no_test_makes_it_use(whole_integration):
    idle = {
        path: unused
        for path, used in USED.items()
        if (unused := sorted(set(needs_of(command_named(path.split())[0]).names) - used))
    }
    assert idle == {}
