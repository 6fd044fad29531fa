"""The PowerShell script of a plan: its order, -WhatIf for each change, and values that stay what they are."""

import re
import shutil
import subprocess
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from powershell_tree import (
    assigned,
    commands,
    conditions_over,
    parameter,
    parsed,
    string_at,
    text_of,
    tops,
    unquoted,
    walk,
)

from teamskit.errors import InputError, PolicyDocumentError
from teamskit.plan import Action, Change, Plan, Target
from teamskit.policy.cmdlets import BATCHED, CONFIGURATIONS, ONE_BY_ONE, TYPES, parameters
from teamskit.policy.powershell import literal, remark
from teamskit.policy.script import GroupGrant, policy_script

TENANT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
CHANGES = re.compile(r"(New|Set|Grant|Remove)-Cs(?!Edge)")
AWKWARD = (
    "Staff 'lessons'",
    "O\u2019Neill \u2018a\u2019 \u201ab\u201b",
    '\u201cquoted\u201d \u201elow\u201d "plain"',
    "$env:PATH $(Remove-Item x) ${y} `n `",
    "two\r\nlines\n'@\n@'",
    "; Remove-CsTeamsMessagingPolicy #> <# %",
    "nul\0 tab\t bell\x07 esc\x1b",
    "line\u2028par\u2029nel\x85 bom\ufeff rtl\u202e nbsp\u00a0",
    "'",
    "''",
    "\u2019'",
    "\n",
    "",
    " ",
    "\U0001f600 \ud83d alone",
    "Schüler Éire Ñandú",
)


def account(number):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"account {number}"))


def definition(type_, name, settings, action=Action.CREATE):
    before = None if action is Action.CREATE else {}
    return Change(Target("policy", f"{type_}/{name}"), action, before, settings, "why")


def assigning(number, type_, name):
    target = Target("policy-assignment", f"{account(number)}/{type_}")
    after = {"policy": name} if name else None
    return Change(target, Action.ASSIGN if name else Action.REMOVE, None, after, "why", title=f"pupil {number:06}")


def plan_of(*changes, school="St Anne's", tenant=TENANT):
    return Plan(school, tenant, "2026-11-25T09:00:00Z", tuple(changes))


def mixed():
    return plan_of(
        definition("TeamsMessagingPolicy", "Global", {"AllowUserChat": False}, Action.UPDATE),
        definition("TeamsMeetingPolicy", "Staff lessons", {"AutoRecording": "Enabled", "AllowCloudRecording": True}),
        definition("TeamsEventsPolicy", "No events", {"AllowWebinars": "Disabled"}, Action.UPDATE),
        definition("TeamsClientConfiguration", "Global", {"AllowRoleBasedChatPermissions": True}, Action.UPDATE),
        definition("TenantFederationConfiguration", "Global", {"AllowTeamsConsumer": False}, Action.UPDATE),
        Change(Target("policy", "TeamsMeetingPolicy/Old"), Action.REMOVE, {}, None, "why"),
        assigning(1, "TeamsMeetingPolicy", "Staff lessons"),
        assigning(2, "TeamsEventsPolicy", "No events"),
        assigning(3, "TeamsMessagingPolicy", None),
        Change(Target("membership", "other"), Action.ADD, None, {}, "not a policy"),
    )


GRANT = GroupGrant("7c9e6679-7425-40de-944b-e07fc1f90ae7", "TeamsMessagingPolicy", "Disable chat", 2)


def main_commands(text):
    """The changing commands outside the functions, which stand before the first part."""
    found = [(name, node) for name, node in commands(parsed(text)) if CHANGES.match(name)]
    return [(name, text_of(node)) for name, node in found if name != "New-CsBatchPolicyAssignmentOperation"]


def test_it_is_a_file_that_windows_powershell_reads():
    text = policy_script(mixed(), [GRANT])
    assert text.startswith("\ufeff# ")
    assert text.count("\n") == text.count("\r\n") == text.count("\r")
    parsed(text)
    assert "#Requires -Modules @{ ModuleName = 'MicrosoftTeams'; ModuleVersion = '5.0.0' }" in text
    assert "[CmdletBinding(SupportsShouldProcess)]" in text
    assert mixed().fingerprint in text and "2026-11-25T09:00:00Z" in text
    assert "teamskit policies coverage" in text.rstrip().splitlines()[-1]


def test_nobody_is_looser_in_between():
    order = [name for name, _ in main_commands(policy_script(mixed(), [GRANT]))]
    assert order == [
        "Set-CsTeamsClientConfiguration",
        "Set-CsTenantFederationConfiguration",
        "New-CsTeamsMeetingPolicy",
        "Set-CsTeamsMeetingPolicy",
        "Set-CsTeamsEventsPolicy",
        "Grant-CsTeamsMessagingPolicy",
        "Grant-CsTeamsEventsPolicy",
        "Set-CsTeamsMessagingPolicy",
        "Grant-CsTeamsMessagingPolicy",
        "Remove-CsTeamsMeetingPolicy",
    ]


def test_every_change_stands_under_should_process():
    root = parsed(policy_script(mixed(), [GRANT]))
    changing = [(name, node) for name, node in commands(root) if CHANGES.match(name)]
    assert len(changing) == 11
    for name, node in changing:
        assert any(said.startswith("$PSCmdlet.ShouldProcess(") for said in conditions_over(node)), name


def test_global_and_removals_wait_until_all_before_them_went_well():
    root = parsed(policy_script(mixed(), [GRANT]))
    last = [node for name, node in commands(root) if CHANGES.match(name)][-3:]
    for node in last:
        assert "Test-Safe" in list(conditions_over(node))


def test_the_tenant_is_checked_before_anything():
    names = [name for name, _ in commands(parsed(policy_script(mixed())))]
    assert names.index("Get-CsTenant") < min(n for n, name in enumerate(names) if CHANGES.match(name))
    assert [string_at(node) for node in assigned(parsed(policy_script(mixed())), "tenant")] == [TENANT]


def test_twelve_thousand_accounts_go_in_chunks_of_five_thousand():
    plan = plan_of(*(assigning(n, "TeamsMessagingPolicy", "Disable chat") for n in range(12_000)))
    batches = [node for name, node in commands(parsed(policy_script(plan))) if name == "Send-Batch"]
    sent = [
        [unquoted(text_of(one)) for one in tops(parameter(node, "Accounts"), ("string_literal",))] for node in batches
    ]
    assert [len(some) for some in sent] == [5000, 5000, 2000]
    assert [one for some in sent for one in some] == [account(n) for n in range(12_000)]
    operations = [string_at(parameter(node, "Operation")) for node in batches]
    assert operations == [f"teamskit {plan.fingerprint} {n}" for n in (1, 2, 3)]


def test_what_a_batch_does_not_take_is_given_to_each_account():
    plan = plan_of(*(assigning(n, "TeamsEventsPolicy", "No events") for n in range(3)))
    root = parsed(policy_script(plan))
    assert "Send-Batch" not in [name for name, _ in commands(root)]
    (grant,) = [node for name, node in commands(root) if name == "Grant-CsTeamsEventsPolicy"]
    assert text_of(parameter(grant, "Identity")) == "$account"
    loop = next(node for node in walk(root) if node.type == "foreach_statement" and account(0) in text_of(node))
    assert all(account(n) in text_of(loop) for n in range(3))


def test_a_policy_is_given_to_a_group_by_id_name_and_rank():
    (grant,) = [text for name, text in main_commands(policy_script(plan_of(), [GRANT]))]
    assert grant.startswith(f"Grant-CsTeamsMessagingPolicy -Group '{GRANT.group}' -PolicyName 'Disable chat' -Rank 2")


def test_nobody_is_given_a_policy_that_rests_on_what_could_not_be_set():
    key = ("TeamsMessagingPolicy", "supervised")
    plan = plan_of(
        definition("TeamsMessagingPolicy", "Supervised", {"AllowUserChat": True}),
        assigning(1, "TeamsMessagingPolicy", "Supervised"),
    )
    text = policy_script(plan, needs={key: {("TeamsClientConfiguration", "global")}})
    tests = [text_of(node) for name, node in commands(parsed(text)) if name == "Test-Broken"]
    assert tests == [
        "Test-Broken @('TeamsClientConfiguration global')",
        "Test-Broken @('TeamsMessagingPolicy Supervised', 'TeamsClientConfiguration global')",
    ]


def test_a_correction_never_makes_a_policy_of_some_settings_only():
    plan = plan_of(definition("TeamsMessagingPolicy", "Disable chat", {"AllowUserChat": False}, Action.UPDATE))
    assert [name for name, _ in main_commands(policy_script(plan))] == ["Set-CsTeamsMessagingPolicy"]


def test_no_pupil_is_named():
    text = policy_script(mixed(), [GRANT])
    assert "pupil 0" not in text and account(1) in text


@pytest.mark.parametrize("value", AWKWARD)
def test_an_awkward_name_stays_a_string(value):
    _comes_through(value, value)


@given(st.text(), st.text(st.characters(exclude_categories=())))
def test_any_name_and_any_setting_come_through_unchanged(name, value):
    _comes_through(name, value)


def _comes_through(name, value):
    plan = plan_of(
        definition("TeamsMessagingPolicy", f"x{name}", {"Description": value, "GiphyRatingType": name}),
        assigning(1, "TeamsMessagingPolicy", f"x{name}"),
        school=name or "x",
    )
    root = parsed(policy_script(plan, [GroupGrant(GRANT.group, "TeamsMeetingPolicy", value, 1)]))
    assert [string_at(node) for node in assigned(root, "name")] == [f"x{name}"]
    (batch,) = [node for command, node in commands(root) if command == "Send-Batch"]
    assert string_at(parameter(batch, "Policy")) == f"x{name}"
    (grant,) = [node for command, node in commands(root) if command == "Grant-CsTeamsMeetingPolicy"]
    assert string_at(parameter(grant, "PolicyName")) == value
    settings = next(assigned(root, "settings"))
    entries = {text_of(one.children[0]): one.children[-1] for one in walk(settings) if one.type == "hash_entry"}
    assert {key: string_at(node) for key, node in entries.items()} == {"Description": value, "GiphyRatingType": name}
    assert {command for command, _ in commands(root) if CHANGES.match(command)} == {
        "New-CsBatchPolicyAssignmentOperation",
        "New-CsTeamsMessagingPolicy",
        "Set-CsTeamsMessagingPolicy",
        "Grant-CsTeamsMeetingPolicy",
    }


@given(st.text(st.characters(exclude_categories=())))
def test_a_comment_is_one_line(text):
    line = remark(text)
    assert len(line.splitlines()) == 1 and "#>" not in line and line.startswith("# ")
    root = parsed(f"$before\n{line}\n$after\n")
    assert [text_of(node) for node in walk(root) if node.type == "variable"] == ["$before", "$after"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "$true"),
        (False, "$false"),
        (None, "$null"),
        (120, "120"),
        (-1, "-1"),
        (["a", "b'c"], "@('a', 'b''c')"),
        ([], "@()"),
        # Begun with a character, PowerShell would add numbers.
        ("\n", "('' + [char]0x000A)"),
        ("\U000e0041b", "('' + [char]0xDB40 + [char]0xDC41 + 'b')"),
    ],
)
def test_a_value_is_written_as_powershell_means_it(value, written):
    assert literal(value) == written


@pytest.mark.parametrize(
    ("settings", "written"),
    [
        (
            {"AllowedDomains": ["a.example"]},
            ("AllowedDomainsAsAList", "[System.Collections.Generic.List[string]]@('a.example')"),
        ),
        ({"AllowedDomains": {"AllowList": []}}, ("AllowedDomains", "(New-CsEdgeAllowList -AllowedDomain $null)")),
        ({"AllowedDomains": []}, ("AllowedDomains", "(New-CsEdgeAllowAllKnownDomains)")),
        ({"BlockedDomains": []}, ("BlockedDomains", "$null")),
        ({"AllowFederatedUsers": True}, ("AllowFederatedUsers", "$true")),
    ],
)
def test_domains_of_the_federation_are_the_objects_its_cmdlet_takes(settings, written):
    assert tuple(parameters("TenantFederationConfiguration", settings).items()) == (written,)
    parsed(policy_script(plan_of(definition("TenantFederationConfiguration", "Global", settings))))


@pytest.mark.parametrize(
    ("plan", "error"),
    [
        (plan_of(definition("TeamsNoSuchPolicy", "x", {"A": 1})), PolicyDocumentError),
        (plan_of(definition("TeamsMessagingPolicy", "x", {"A; Remove-Item": 1})), PolicyDocumentError),
        (plan_of(definition("TeamsMessagingPolicy", "x", {"A": {"b": 1}})), PolicyDocumentError),
        (plan_of(definition("TeamsAppSetupPolicy", "x", {"AllowSideLoading": False})), PolicyDocumentError),
        (plan_of(definition("TeamsMessagingPolicy", "x", {"A": 1}), tenant="school.example"), InputError),
        (
            plan_of(
                Change(
                    Target("policy-assignment", "Ann Lee/TeamsMessagingPolicy"),
                    Action.ASSIGN,
                    None,
                    {"policy": "x"},
                    "",
                )
            ),
            InputError,
        ),
    ],
)
def test_what_a_script_cannot_do_is_refused(plan, error):
    with pytest.raises(error) as caught:
        policy_script(plan)
    assert "Ann" not in f"{caught.value.what}{caught.value.where}"


def test_the_types_are_those_that_the_tenant_knows():
    import json
    from importlib.resources import files

    known = json.loads(files("teamskit.sandbox").joinpath("data/policy_parameters.json").read_text("utf-8"))
    # The admin API has a name of its own for one that the cmdlets call otherwise.
    known["TenantFederationConfiguration"] = known.pop("TenantFederationSettings", None)
    assert set(known) == TYPES == BATCHED | ONE_BY_ONE | CONFIGURATIONS


def test_powershell_itself_reads_it(tmp_path):
    shell = shutil.which("pwsh")
    if shell is None:
        pytest.skip("pwsh is not installed here; the grammar stands in for it")
    file = tmp_path / "script.ps1"
    file.write_text(policy_script(mixed(), [GRANT]), encoding="utf-8", newline="")
    ask = (
        "$faults = $null; [void] [System.Management.Automation.Language.Parser]::ParseFile("
        f"'{file}', [ref] $null, [ref] $faults); $faults.Count"
    )
    done = subprocess.run([shell, "-NoProfile", "-Command", ask], capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.strip() == "0", done.stdout + done.stderr
