"""`teamskit policies script`: what a plan would do, as a file; nothing is changed, and coverage judges afterwards."""

import json
import os
import re
import shlex
from pathlib import Path

from powershell_tree import commands, parameter, parsed, string_at, text_of, tops, unquoted


def written(desk, name="teams-policies.ps1"):
    return (desk.folder / name).read_bytes().decode("utf-8")


def admin_is_closed(desk):
    fault = {"method": "GET", "path": "/Skype.Policy", "status": 403, "times": None, "every": None, "after": None}
    desk.tenant().add_fault({**fault, "headers": {}, "body": None, "commit": False})


def test_the_script_holds_what_the_plan_holds_and_changes_nothing(desk, made):
    made.fill(2, 20)
    desk.run("sandbox", "seed", "--perfect")
    plan = desk.json("policies", "plan")
    done = desk.run("policies", "script")
    root = parsed(written(desk))
    batches = [node for name, node in commands(root) if name == "Send-Batch"]
    given = {
        (unquoted(text_of(account)), string_at(parameter(node, "Type")), string_at(parameter(node, "Policy")))
        for node in batches
        for account in tops(parameter(node, "Accounts"), ("string_literal",))
    }
    assert given == {
        (*change["target"]["key"].split("/"), change["after"]["policy"])
        for change in plan["changes"]
        if change["action"] == "assign"
    }
    made_new = {name for name, _ in commands(root) if name.startswith("New-CsTeams")}
    assert made_new == {"New-CsTeamsMessagingPolicy", "New-CsTeamsMeetingPolicy"}
    assert "teamskit policies coverage" in done.out and "-WhatIf" in done.out
    assert desk.json("policies", "plan")["changes"] == plan["changes"]


def test_the_script_names_the_tenant_and_nobody_else(desk, made):
    made.fill(2, 20)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("policies", "script")
    text = written(desk)
    assert desk.here().tenant_id in text
    for account in desk.asks("GET", "/v1.0/users?$top=999")[1]["value"]:
        assert account["userPrincipalName"] not in text and account["displayName"] not in text
    assert not re.search(r"pupil 0\d+", text)


def test_it_is_for_its_owner_only(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("policies", "script", "-o", desk.folder / "mine.ps1")
    assert os.name == "nt" or (desk.folder / "mine.ps1").stat().st_mode & 0o077 == 0
    assert not (desk.folder / "teams-policies.ps1").exists()


def test_with_nothing_to_do_none_is_written(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    done = desk.run("policies", "script")
    assert "Nothing to do" in done.out
    assert not list(desk.folder.glob("*.ps1"))


def test_a_saved_plan_gives_its_policy_part_and_names_the_rest(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("plan", "-o", desk.folder / "plan.json")
    plan = json.loads((desk.folder / "plan.json").read_text(encoding="utf-8"))
    others = sum(not one["target"]["kind"].startswith("policy") for one in plan["changes"])
    done = desk.run("policies", "script", "--plan", desk.folder / "plan.json")
    assert plan["fingerprint"] in written(desk) and plan["fingerprint"] in done.out
    assert f"{others} other changes" in done.out


def test_a_plan_of_another_tenant_is_refused(desk, made, tmp_path):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("policies", "plan", "-o", desk.folder / "plan.json")
    words = ("--tenant", "sandbox", "--domain", "other.example", "--roster", made.folder, "--effective", "2026-11-23")
    other = type(desk)(tmp_path / "other")
    other.run("init", other.folder, *words)
    other.run("sandbox", "seed", "--perfect")
    done = other.run("policies", "script", "--plan", desk.folder / "plan.json", ok=(2,))
    assert "another tenant" in done.err
    assert not list(other.folder.glob("*.ps1"))


def test_a_limit_stops_it_as_it_stops_an_apply(desk, made):
    made.fill(2, 40)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    file = desk.folder / "school.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"disable-chat"', '"own-chat"'), encoding="utf-8")
    (desk.folder / "policies").mkdir(exist_ok=True)
    (desk.folder / "policies" / "own.yaml").write_text(
        "id: own-chat\ntitle: Ours\ntype: TeamsMessagingPolicy\nname: No 'chat'\nfor: pupils\nclause: ours\n"
        "settings: {AllowUserChat: false}\n",
        encoding="utf-8",
    )
    done = desk.run("policies", "script", ok=(4,))
    assert "policies script --allow-reassignments 40" in done.err
    assert not list(desk.folder.glob("*.ps1"))
    desk.run("policies", "script", "--allow-reassignments", "40")
    names = [
        string_at(parameter(node, "Policy")) for name, node in commands(parsed(written(desk))) if name == "Send-Batch"
    ]
    assert names == ["No 'chat'"]


def test_a_school_whose_app_may_not_read_policies_gets_each_in_full(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    admin_is_closed(desk)
    done = desk.run("policies", "script")
    assert "could not be read" in done.out
    root = parsed(written(desk))
    assert {name for name, _ in commands(root) if name.startswith("New-CsTeams")}
    assert "Send-Batch" not in [name for name, _ in commands(root)]


def test_a_group_of_a_cohort_is_given_its_policies_and_coverage_reads_them(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    body = {"displayName": "Pupils", "mailNickname": "pupils", "mailEnabled": False, "securityEnabled": True}
    group = desk.asks("POST", "/v1.0/groups", body)[1]["id"]
    desk.run("sandbox", "advance", "1h")
    for n in (1, 2, 3):
        account = desk.asks("GET", f"/v1.0/users/p00000{n}@school.example")[1]["id"]
        bind = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{account}"}
        assert desk.asks("POST", f"/v1.0/groups/{group}/members/$ref", bind)[0] == 204
    file = desk.folder / "school.toml"
    text = file.read_text(encoding="utf-8")
    assert '\nrole = "pupil"\n' in text
    routed = text.replace('\nrole = "pupil"\n', '\nrole = "pupil"\nroute = "group"\ngroup = "pupils"\n', 1)
    file.write_text(routed, encoding="utf-8")
    desk.tenant().reset_counts()
    desk.run("policies", "script")
    asked = desk.requests()["by"]
    assert sum(n for what, n in asked.items() if "userConfigurations" in what) == 1, "who has what is read once"
    grants = granted(desk)
    assert {one["groupId"] for one in grants} == {group} and {one["rank"] for one in grants} == {1}
    assert "Disable chat" in {one["policyName"] for one in grants}
    desk.run("apply", "--yes")
    for grant in grants:
        assert desk.asks("POST", "/sandbox/groupPolicyAssignments", grant)[0] == 201
    desk.run("sandbox", "advance", "3d")
    rows = [row for row in desk.json("policies", "coverage")["people"] if row["policy"] == "Disable chat"]
    assert [(row["route"], row["effective"]) for row in rows] == [("group", True)] * 3
    assert "Nothing to do" in desk.run("policies", "script").out


def granted(desk):
    """What the script gives to groups, as the embedded tenant takes it in the place of the cmdlet."""
    return [
        {
            "groupId": string_at(parameter(node, "Group")),
            "policyType": name.removeprefix("Grant-Cs"),
            "policyName": string_at(parameter(node, "PolicyName")),
            "rank": int(text_of(parameter(node, "Rank"))),
        }
        for name, node in commands(parsed(written(desk)))
        if name.startswith("Grant-Cs")
    ]


def test_it_is_never_written_over_what_the_school_keeps(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    before = (desk.folder / "school.toml").read_bytes()
    desk.run("policies", "script", "-o", desk.folder / "school.toml", ok=(2,))
    assert (desk.folder / "school.toml").read_bytes() == before


def test_the_commands_of_the_page_run(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    page = (Path(__file__).parents[2] / "docs" / "policies-script.md").read_text(encoding="utf-8")
    lines = "".join(re.findall(r"```console\n(.*?)```", page, re.S)).splitlines()
    assert lines[1] == "teamskit policies script"
    for line in lines:
        desk.run(*shlex.split(line)[1:])
    for option in re.findall(r"^\| `-(\w+)", page, re.M):
        assert option == "WhatIf" or f"${option}" in written(desk)
