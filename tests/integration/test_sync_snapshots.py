"""What a sync keeps besides calls: rolls and chat, through the command line on the embedded tenant."""

from dataclasses import replace
from datetime import date

import pytest

from teamskit.calls.roll import ROLL, rolls_of
from teamskit.policy.chat import CHAT, chat_of

ADMIN = "/Skype.Policy/configurations/"
DISABLE = ADMIN + "TeamsMessagingPolicy/configuration/Tag%3ADisable%20chat"


@pytest.fixture
def school(desk, made):
    """Three classes of four pupils, policies in effect."""
    made.fill(3, 12)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    return desk


def entries(desk, kind):
    with desk.here().ledger() as ledger:
        return ledger.read(kind)


def chat(desk):
    desk.run("calls", "sync")
    return chat_of(entries(desk, CHAT)[-1])


def give(desk, adno, policy):
    """Give a pupil a messaging policy of his own, and let it come into effect."""
    kind = "TeamsMessagingPolicy"
    found = desk.asks("GET", f"/v1.0/admin/teams/policy/getPolicyId(type='{kind}',name='{policy}')")[1]["value"]
    account = next(m.account_id for m in desk.here().matches if m.id == adno)
    item = {"userId": account, "policyType": kind, "policyId": found[0]["policyId"]}
    status, _ = desk.asks("POST", "/v1.0/admin/teams/policy/userAssignments/assign", {"value": [item]})
    assert status in (200, 204)
    desk.run("sandbox", "advance", "2d")


def make_music(desk, allows=True):
    path = ADMIN + "TeamsMessagingPolicy/configuration/Tag%3AMusic"
    assert desk.asks("PUT", path, {"AllowUserChat": allows})[0] == 200
    desk.run("sandbox", "advance", "1m")


def test_a_sync_keeps_the_roll_of_each_class_and_says_it_once(school):
    school.run("calls", "sync")
    first = entries(school, ROLL)
    assert {(one.body["class"], one.body["pupils"], one.body["matched"]) for one in first} == {
        (f"{7 + c}x/C00{c}", 4, 4) for c in range(3)
    }
    assert "000001" not in str([one.body for one in first]), "what identifies somebody is kept apart"
    school.run("calls", "sync")
    assert entries(school, ROLL) == first


def test_a_roll_that_changed_is_a_new_word_on_its_class_only(school, made):
    school.run("calls", "sync")
    school.run("sandbox", "advance", "3d")
    made.enrolled = [("000001", "8x/C001", "T001") if one[0] == "000001" else one for one in made.enrolled]
    made.write()
    school.run("calls", "sync")
    assert [(one.body["class"], one.version, one.body["pupils"]) for one in entries(school, ROLL)[3:]] == [
        ("7x/C000", 2, 3),
        ("8x/C001", 2, 5),
    ]
    rolls = rolls_of(entries(school, ROLL))
    days = sorted({one.at.date() for one in rolls.taken})
    ids = [{one.id: [p.id for p in one.pupils] for one in rolls.on(day)} for day in days]
    assert "000001" in ids[0]["7x/C000"] and "000001" not in ids[0]["8x/C001"]
    assert "000001" in ids[1]["8x/C001"] and "000001" not in ids[1]["7x/C000"]


def test_a_class_that_is_gone_has_nobody_from_then_on(school, made):
    school.run("calls", "sync")
    made.enrolled = [one for one in made.enrolled if one[1] != "9x/C002"]
    made.write()
    school.run("calls", "sync")
    assert (entries(school, ROLL)[-1].body["class"], entries(school, ROLL)[-1].body["pupils"]) == ("9x/C002", 0)


def test_a_first_roll_answers_for_the_days_before_it_by_the_dates_of_the_export(school, made):
    """Who changed class last week was in the old one until then, though nobody took the roll at that time."""
    file = made.folder / "SIMS_Class_Membership.csv"
    heading, first, *rest = file.read_text("cp1252").splitlines()
    assert first.startswith("000001,") and first.endswith(",7x/C000,Ms SurT000,T000,04/09/2026,")
    moved = [first + "13/11/2026", first.replace("7x/C000,Ms SurT000,T000,04/09", "8x/C001,Ms SurT001,T001,14/11")]
    file.write_text("\n".join([heading, *moved, *rest]) + "\n", encoding="cp1252")
    school.run("calls", "sync")
    rolls = rolls_of(entries(school, ROLL))
    for day, there in ((13, ["7x/C000"]), (14, ["8x/C001"]), (25, ["8x/C001"])):
        found = [one.id for one in rolls.on(date(2026, 11, day)) if "000001" in {p.id for p in one.pupils}]
        assert found == there, day
    assert {(one.body["class"], one.body["pupils"]) for one in entries(school, ROLL)} == {
        ("7x/C000", 3),
        ("8x/C001", 5),
        ("9x/C002", 4),
    }


def test_chat_off_in_effect_names_nobody(school):
    seen = chat(school)
    assert (seen.read, seen.pupils, seen.on, seen.not_known) == (True, 12, (), ())
    assert seen.policies["Disable chat"] is False
    chat(school)
    assert len(entries(school, CHAT)) == 1


def test_names_of_chat_that_were_forgotten_do_not_read_as_off(school):
    assert school.asks("PUT", DISABLE, {"AllowUserChat": True})[0] == 200
    school.run("calls", "sync")
    (entry,) = entries(school, CHAT)
    seen = chat_of(replace(entry, private=None, forgotten=True))
    assert (seen.read, seen.on, seen.pupils) == (False, (), 12)


def test_assigned_is_not_in_effect(desk, made):
    """P12: what was assigned a minute ago lets pupils chat until the service shows it."""
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    assert {one.policy for one in chat(desk).on} == {"Global"}
    assert "Chat is on for 3 pupils" in desk.run("calls", "sync").out
    desk.run("sandbox", "advance", "2d")
    assert chat(desk).on == ()
    assert "Chat is on" not in desk.run("calls", "sync").out


def test_a_custom_policy_counts_whatever_global_says(school):
    """P07: Global is right, a custom policy of one pupil is not."""
    assert school.asks("PUT", ADMIN + "TeamsMessagingPolicy/configuration/Global", {"AllowUserChat": False})[0] == 200
    make_music(school)
    give(school, "000002", "Music")
    (one,) = chat(school).on
    assert (one.id, one.policy, one.route, one.decided) == ("000002", "Music", "direct", False)


def test_a_policy_that_somebody_loosened_counts(school):
    school.run("calls", "sync")
    assert school.asks("PUT", DISABLE, {"AllowUserChat": True})[0] == 200
    assert len(chat(school).on) == 12


def test_a_pupil_without_account_is_not_known(school, made):
    made.pupils["000099"] = "p000099@school.example"
    made.write()
    (one,) = chat(school).not_known
    assert one.id == "000099" and "no account" in one.why
    assert "Chat is not known of 1 pupil" in school.run("calls", "sync").out


@pytest.mark.parametrize("path", ["/Skype.Policy", "userConfigurations"])
def test_where_reading_is_refused_the_sync_goes_on_and_chat_is_not_known(school, path):
    school.run("calls", "sync")
    school.fault(method="GET", path=path, status=403, times=None)
    done = school.run("calls", "sync")
    assert "Chat is not known: Microsoft did not allow this call" in done.out and done.err == ""
    seen = chat_of(entries(school, CHAT)[-1])
    assert (seen.read, seen.on, seen.not_known) == (False, (), ())


def test_supervised_chat_is_the_schools_decision_while_all_of_it_stands(desk, made):
    made.fill(1, 3)
    desk.run("sandbox", "seed", "--perfect")
    file = desk.folder / "school.toml"
    file.write_text(file.read_text("utf-8").replace('"disable-chat"', '"supervised-chat"'), encoding="utf-8")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "3d")
    seen = chat(desk)
    assert len(seen.on) == 3 and seen.loose == ()
    assert desk.asks("GET", ADMIN + "TeamsClientConfiguration/configuration/Global")[0] == 200
    switch = {"AllowRoleBasedChatPermissions": False}
    assert desk.asks("PUT", ADMIN + "TeamsClientConfiguration/configuration/Global", switch)[0] == 200
    assert len(chat(desk).loose) == 3


def test_the_snapshots_of_a_sync_cost_two_requests(school):
    """One page of what is in effect and one of the messaging policies; the roster costs none."""
    school.run("calls", "sync")
    school.tenant().reset_counts()
    school.run("calls", "sync")
    by = school.requests()["by"]
    about = {what: n for what, n in by.items() if "userConfigurations" in what or "Skype.Policy" in what}
    assert sum(about.values()) == 2, by
