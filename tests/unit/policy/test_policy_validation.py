"""What is wrong in a policy document, told with the line and the way out; all of it at once."""

import pytest

from teamskit.policy.shelf import checked_files

TOP = """\
id: ours
title: Ours
for: pupils
clause: ours
"""


def _said(tmp_path, text, name="ours.yaml"):
    file = tmp_path / name
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text, encoding="utf-8", newline="\n")
    found, problems = checked_files([file])
    assert bool(found) != bool(problems)
    return problems


def _one_policy(policy_type, *settings, name="Ours"):
    named = f"name: {name}\n" if name else ""
    return f"{TOP}type: {policy_type}\n{named}settings:\n" + "".join(f"  {one}\n" for one in settings)


@pytest.mark.parametrize(
    ("policy_type", "setting", "what", "remedy"),
    [
        ("TeamsMessagingPolicy", "AllowUserChatt: false", "no setting AllowUserChatt", "Did you mean AllowUserChat?"),
        ("TeamsMessagingPolicy", "allowuserchat: false", "no setting", "Write AllowUserChat: capital and small"),
        ("TeamsCallingPolicy", "AutoRecording: Enabled", "no setting", "It is a setting of TeamsMeetingPolicy."),
        ("TeamsMessagingPolicy", "Zzzzzz: false", "no setting Zzzzzz", "See Microsoft's page"),
        ("TeamsMessagingPolicy", "AllowUserChat: off", "not off", "Write false, without quotation marks."),
        ("TeamsMessagingPolicy", "AllowUserChat: 'yes'", 'not "yes"', "Write true, without quotation marks."),
        ("TeamsMessagingPolicy", 'AllowUserChat: "false"', 'not "false"', "Write false, without quotation marks."),
        ("TeamsMessagingPolicy", "AllowUserChat: 0", "not 0", "Write true or false."),
        ("TeamsMessagingPolicy", "AllowUserChat:", "not nothing", "Write true or false."),
        ("TeamsMessagingPolicy", "AllowUserChat: [false]", "not a list", "Write true or false."),
        ("TeamsMessagingPolicy", "AllowUserChat: {a: b}", "not more settings", "Write true or false."),
        ("TeamsMessagingPolicy", "AudioMessageEnabledType: disabled", "does not take", "Did you mean Disabled?"),
        ("TeamsMessagingPolicy", "AudioMessageEnabledType: off", "takes text, not off", "ChatsOnly or Disabled."),
        ("TeamsMessagingPolicy", "ChatPermissionRole: Pupil", "does not take", "It takes Full, Limited or Restricted."),
        ("TeamsFilesPolicy", "SPChannelFilesTab: yes", "takes text, not yes", "Put it in quotation marks."),
        ("TeamsMeetingPolicy", "NewMeetingRecordingExpirationDays: '60'", 'not "60"', "Write 60, without"),
        ("TeamsMeetingPolicy", "NewMeetingRecordingExpirationDays: 60 days", 'not "60 days"', "Write digits only."),
        ("TeamsMeetingPolicy", "NewMeetingRecordingExpirationDays: 1:30", "whole number", "Write digits only."),
        ("TeamsMeetingPolicy", "NewMeetingRecordingExpirationDays: 0", "cannot be 0", "from 1 to 99,999, or -1."),
        ("TeamsMeetingPolicy", "NewMeetingRecordingExpirationDays: true", "not true", "Write digits only."),
        ("TeamsMeetingPolicy", "AllowLocalRecording: true", "is reserved by Microsoft", "Take it out."),
        ("TeamsMeetingPolicy", "AllowTrackingInReport: true", "is reserved by Microsoft", "Take it out."),
        ("TeamsMeetingPolicy", "AllowUserToJoinExternalMeeting: Enabled", "has no effect today", "Take it out."),
        ("TeamsCallingPolicy", "ExplicitRecordingConsent: Enabled", "has not been released", "Take it out."),
        ("TeamsAppSetupPolicy", "PinnedAppBarApps: [a]", "a structure", "Take it out"),
        ("ExternalAccessPolicy", "AllowedExternalDomains: a.example", "takes a list", "Write [one, another]"),
        ("ExternalAccessPolicy", "AllowedExternalDomains: [1]", "a list of text", "quotation marks"),
        ("TeamsMessagingPolicy", "Identity: Global", "no setting Identity", ""),
    ],
)
def test_a_setting_is_refused_with_its_line_and_a_way_out(tmp_path, policy_type, setting, what, remedy):
    (problem,) = _said(tmp_path, _one_policy(policy_type, setting))
    assert what in problem.what
    assert remedy in problem.remedy
    assert (problem.line, problem.document, problem.policy_type) == (8, "ours", policy_type)
    assert problem.setting == setting.partition(":")[0]


@pytest.mark.parametrize(
    ("policy_type", "setting"),
    [
        ("TeamsMessagingPolicy", "AllowUserChat: true"),
        ("TeamsMessagingPolicy", "AllowUserChat: False"),
        ("TeamsMessagingPolicy", "Description: 'yes'"),
        ("TeamsMeetingPolicy", "NewMeetingRecordingExpirationDays: -1"),
        ("TeamsMeetingPolicy", "ExplicitRecordingConsent: Enabled"),
        ("TeamsCallingPolicy", "CallingSpendUserLimit: 7"),
        ("ExternalAccessPolicy", "AllowedExternalDomains: []"),
        ("ExternalAccessPolicy", "AllowedExternalDomains: [a.example, 'b.example']"),
    ],
)
def test_a_setting_that_fits_is_taken(tmp_path, policy_type, setting):
    assert _said(tmp_path, _one_policy(policy_type, setting)) == []


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("TeamsMesagingPolicy", "Did you mean TeamsMessagingPolicy?"),
        ("teamsmessagingpolicy", "Did you mean TeamsMessagingPolicy?"),
        ("CsTeamsMeetingPolicy", "Did you mean TeamsMeetingPolicy?"),
        ("Nothing", "Known: ExternalAccessPolicy"),
    ],
)
def test_an_unknown_type_names_the_nearest(tmp_path, written, remedy):
    (problem,) = _said(tmp_path, _one_policy(written, "AllowUserChat: false"))
    assert (problem.line, problem.what) == (5, f"there is no policy type {written}")
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("text", "setting", "remedy"),
    [
        (_one_policy("TeamsMeetingPolicy", "MeetingChatEnabledType: Disabled"), "MeetingChatEnabledType", "LobbyChat"),
        (
            _one_policy("TeamsMeetingPolicy", "LobbyChat: Enabled", "MeetingChatEnabledType: Disabled"),
            "MeetingChatEnabledType",
            "LobbyChat: Disabled",
        ),
        (_one_policy("TeamsMeetingPolicy", "AutoRecording: Enabled"), "AutoRecording", "AllowCloudRecording: true"),
        (
            _one_policy("TeamsMeetingPolicy", "AutoRecording: Enabled", "AllowCloudRecording: false"),
            "AutoRecording",
            "AllowCloudRecording: true",
        ),
        (
            _one_policy("TeamsMessagingPolicy", "AllowUserChat: true", "ChatPermissionRole: Restricted"),
            "ChatPermissionRole",
            "TeamsClientConfiguration with AllowRoleBasedChatPermissions: true",
        ),
        (
            _one_policy("TenantFederationConfiguration", "AllowedDomains: []", name=""),
            "AllowedDomains",
            "AllowFederatedUsers false with AllowedDomains []",
        ),
        (
            _one_policy("TenantFederationConfiguration", "AllowFederatedUsers: true", name=""),
            "AllowFederatedUsers",
            "AllowFederatedUsers true with AllowedDomains",
        ),
        (
            _one_policy(
                "TenantFederationConfiguration", "AllowFederatedUsers: true", "AllowedDomains: [no domain]", name=""
            ),
            "AllowedDomains",
            "Write domains such as trust.example.",
        ),
    ],
)
def test_settings_that_need_each_other(tmp_path, text, setting, remedy):
    (problem,) = _said(tmp_path, text)
    assert problem.setting == setting
    assert setting in text.splitlines()[problem.line - 1]
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    "text",
    [
        _one_policy("TeamsMeetingPolicy", "MeetingChatEnabledType: Disabled", "LobbyChat: Disabled"),
        _one_policy("TeamsMeetingPolicy", "AutoRecording: Enabled", "AllowCloudRecording: true"),
        _one_policy("TeamsMeetingPolicy", "AutoRecording: Disabled"),
        _one_policy("TeamsMessagingPolicy", "AllowUserChat: false", "ChatPermissionRole: Restricted"),
        _one_policy("TeamsMessagingPolicy", "AllowUserChat: true", "ChatPermissionRole: Limited"),
        _one_policy("TenantFederationConfiguration", "AllowFederatedUsers: false", "AllowedDomains: []", name=""),
        _one_policy("TenantFederationConfiguration", "AllowFederatedUsers: true", "AllowedDomains: [a.org]", name=""),
        _one_policy(
            "TenantFederationConfiguration",
            "AllowFederatedUsers: true",
            "AllowedDomains: AllowAllKnownDomains",
            name="",
        ),
    ],
)
def test_settings_that_stand_together_hold(tmp_path, text):
    assert _said(tmp_path, text) == []


def test_both_halves_of_supervised_chat_hold_in_one_document(tmp_path):
    pupils = "- {type: TeamsMessagingPolicy, name: S, settings: {AllowUserChat: true, ChatPermissionRole: Restricted}}"
    tenant = "- {type: TeamsClientConfiguration, settings: {AllowRoleBasedChatPermissions: %s}}"
    text = f"{TOP}policies:\n  {pupils}\n  {tenant}\n"
    assert _said(tmp_path, text % "true") == []
    (problem,) = _said(tmp_path, text % "false")
    assert problem.line == 6


@pytest.mark.parametrize(
    ("old", "new", "what", "line"),
    [
        ("title: Ours", "titel: Ours", "unknown key titel", 2),
        ("title: Ours\n", "", "title is missing", 1),
        ("for: pupils", "for: children", "for must say whom it is for", 3),
        ("id: ours", "id: our rules", 'the id "our rules" is not one word', 1),
        ("id: ours", "id: [ours]", "id must be text", 1),
        ("name: Ours", 'name: "Tag:Ours"', "a name stands without Tag:", 6),
        ("name: Ours", 'name: " Ours"', "the policy's name is empty", 6),
        ("name: Ours", 'name: "Ou\\nrs"', "cannot be seen", 6),
        ("type: TeamsMessagingPolicy\n", "", "type is missing", 1),
        ("  AllowUserChat: false\n", "  {}\n", "settings is empty", 7),
        ("  AllowUserChat: false\n", "  nothing\n", "settings must be settings with their values", 7),
        ("for: pupils", "for: tenant", "nobody would be given the policy Ours", 3),
        ("clause: ours\n", "clause: ours\npolicies: []\n", "policies is empty", 5),
    ],
)
def test_the_shape_of_a_document(tmp_path, old, new, what, line):
    text = _one_policy("TeamsMessagingPolicy", "AllowUserChat: false")
    assert old in text
    problems = _said(tmp_path, text.replace(old, new))
    assert [problem.line for problem in problems if what in problem.what] == [line], problems


def test_a_configuration_of_the_tenant_has_no_name(tmp_path):
    (problem,) = _said(tmp_path, _one_policy("TeamsClientConfiguration", "AllowBox: false"))
    assert "has no name of its own" in problem.what


def test_what_stands_beside_policies_is_named(tmp_path):
    entry = "policies: [{type: TeamsClientConfiguration, settings: {AllowBox: false}}]\n"
    problems = _said(tmp_path, _one_policy("TeamsClientConfiguration", "AllowBox: true") + entry)
    assert [problem.what for problem in problems] == [
        "type stands beside policies",
        "name stands beside policies",
        "settings stands beside policies",
    ]


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_lines(tmp_path):
    text = _one_policy("TeamsMeetingPolicy", "AutoRecording: enabled", "AllowMeetNow: 'no'", "LobbyChatt: Disabled")
    problems = _said(tmp_path, text.replace("title", "titel"))
    assert [(problem.line, problem.setting) for problem in problems] == [
        (1, ""),
        (2, ""),
        (8, "AutoRecording"),
        (9, "AllowMeetNow"),
        (10, "LobbyChatt"),
    ]
    assert all(problem.file.endswith("ours.yaml") for problem in problems)


FINE = _one_policy("TeamsMessagingPolicy", "AllowUserChat: false")
BOMB = "a: &a [x,x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(24))


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        (b"", "the document is empty", 1),
        (b"# nothing but this\n", "the document is empty", 1),
        (b"- a\n- b\n", "not made of keys and values", 1),
        (b"just words\n", "not made of keys and values", 1),
        ("id: ours\ntitle: Caf\u00e9\n".encode("latin-1"), "not UTF-8", 2),
        (FINE.encode("utf-16"), "UTF-16", 1),
        (b"id: ours\ntitle: \x01\n", "a character that YAML does not allow", 2),
        (b"id: ours\ntitle: [a\n", "not YAML", 3),
        (b"id: ours\ntitle: a\ntitle: b\n", "title stands here twice, first in line 2", 3),
        (FINE.encode() + b"  AllowUserChat: true\n", "AllowUserChat stands here twice, first in line 8", 9),
        (FINE.encode() + b"---\nid: two\n", "a second document begins here", 9),
        (BOMB.encode(), "an alias", 2),
        (b"why: &w text\nclause: *w\n", "an alias", 2),
        (b"id: ours\n<<: {title: a}\n", "unknown key <<", 2),
        (b"id: ours\ntitle: !!python/name:os.system x\n", "there is a tag", 2),
        (b"id: ours\n? [a, b]\n: c\n", "a key is not text", 2),
        (b"id: " + b"[" * 5000 + b"]" * 5000, "nested too deeply", 1),
        (b"id: " + b"x" * 300_000, "far too large", 1),
    ],
)
def test_a_file_that_is_no_document(tmp_path, content, what, line):
    problems = _said(tmp_path, content)
    assert [problem.line for problem in problems if what in problem.what] == [line], problems


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    assert _said(tmp_path, b"\xef\xbb\xbf" + FINE.replace("\n", "\r\n").encode()) == []


def test_a_file_that_is_not_there_is_told():
    from pathlib import Path

    found, (problem,) = checked_files([Path("nowhere.yaml")])
    assert not found
    assert "could not be read" in problem.what
