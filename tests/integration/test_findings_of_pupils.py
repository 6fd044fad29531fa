"""not-seen and chat-on through the command line, and what people write about findings."""

import json
import subprocess
import sys

import pytest

DISABLE = "/Skype.Policy/configurations/TeamsMessagingPolicy/configuration/Tag%3ADisable%20chat"
WEEK = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"]
NOBODY = "f-000000000000"


def lesson(day, *pupils, class_id="7x/C000", hour=10):
    whole = [[f"{day}T{hour}:00:00Z", f"{day}T{hour}:40:00Z"]]
    people = [{"staff": "T000"}, *({"pupil": one} for one in pupils)]
    return {
        **{"id": f"call-{day}-{hour}", "type": "groupCall", "start": whole[0][0], "end": whole[0][1]},
        **{"organiser": {"staff": "T000"}, "class": class_id, "recording": "kept"},
        "people": [{**one, "intervals": whole} for one in people],
    }


@pytest.fixture
def school(desk, made):
    """One class of four pupils, policies in effect; the tenant's clock stands at the beginning of a Monday."""
    made.fill(1, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    return desk


def play(desk, *calls):
    file = desk.folder / "scenario.json"
    file.write_text(json.dumps({"calls": list(calls)}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)


def of_kind(desk, kind):
    return [one for one in desk.json("findings", "list") if one["finding"] == kind]


def not_seen_week(desk, *seen):
    play(desk, *(lesson(day, "000001", "000002", *seen) for day in WEEK))
    desk.run("sandbox", "advance", "2d")
    desk.run("calls", "sync")


def test_who_was_in_no_call_on_five_days_is_found_and_stays_found(school):
    not_seen_week(school, "000003")
    (one,) = of_kind(school, "not-seen")
    assert (one["pupil"], one["call"], one["people"], one["state"]) == ("000004", None, ["000004"], "open")
    assert "none of the 5 lessons of 7x/C000 from 23 to 27 November 2026" in one["text"]
    play(school, lesson("2026-12-01", "000004"))
    school.run("sandbox", "advance", "2d")
    school.run("calls", "sync")
    (again,) = of_kind(school, "not-seen")
    assert (again["id"], again["state"]) == (one["id"], "open")
    assert "Seen in a call again on 1 December 2026" in again["text"]


def test_the_days_it_rests_on_are_shown(school):
    not_seen_week(school, "000003")
    (one,) = of_kind(school, "not-seen")
    told = school.json("findings", "show", one["id"])["days"]
    assert told[:5] == [{"day": day, "lessons": 1, "told": "missed"} for day in WEEK]
    assert "Mon 2026-11-23  1        missed" in school.run("findings", "show", one["id"]).out


def test_the_weeks_period_shows_it_and_the_week_before_does_not(school):
    not_seen_week(school, "000003")
    assert "not-seen" in school.run("findings", "list", "--from", WEEK[0], "--to", WEEK[-1]).out
    assert "not-seen" not in school.run("findings", "list", "--from", "2026-11-16", "--to", WEEK[2]).out


def test_a_pupil_without_account_is_not_called_absent(school, made):
    made.pupils["000005"] = "p000005@school.example"
    made.enrolled.append(("000005", "7x/C000", "T000"))
    made.write()
    not_seen_week(school, "000003", "000004")
    assert of_kind(school, "not-seen") == []


def test_days_that_were_never_read_are_not_known(school):
    play(school, *(lesson(day, "000001", "000002", "000003") for day in WEEK[:2]))
    school.run("sandbox", "advance", "1d")
    school.run("calls", "sync")
    school.run("sandbox", "advance", "42d")
    school.run("calls", "sync")
    out = school.run("findings", "list").out
    assert of_kind(school, "not-seen") == []
    assert "Not known of 1 pupil whether they were seen: the log does not cover every day" in out


def test_chat_that_somebody_loosened_is_found_and_closed_when_it_is_right_again(school):
    school.run("sandbox", "advance", "2d")
    school.run("calls", "sync")
    assert of_kind(school, "chat-on") == []
    assert school.asks("PUT", DISABLE, {"AllowUserChat": True})[0] == 200
    school.run("calls", "sync")
    found = of_kind(school, "chat-on")
    assert sorted((one["pupil"], one["state"], one["severity"]) for one in found) == [
        (f"00000{n}", "open", "high") for n in range(1, 5)
    ]
    assert all("Disable chat" in one["text"] and "restarted" in one["next"] for one in found)
    assert school.asks("PUT", DISABLE, {"AllowUserChat": False})[0] == 200
    school.run("calls", "sync")
    assert {one["state"] for one in of_kind(school, "chat-on")} == {"open"}, "a setting takes a day to reach people"
    school.run("sandbox", "advance", "25h")
    school.run("calls", "sync")
    closed = of_kind(school, "chat-on")
    assert {one["state"] for one in closed} == {"closed"}
    assert {one["id"] for one in closed} == {one["id"] for one in found}


def test_p12_chat_is_on_until_the_service_shows_that_it_is_off(school):
    """What was assigned a moment ago is no cover, and who is covered is told by what is in effect."""
    school.run("calls", "sync")
    assert {one["state"] for one in of_kind(school, "chat-on")} == {"open"}
    school.run("sandbox", "advance", "27h")
    school.run("calls", "sync")
    assert {one["state"] for one in of_kind(school, "chat-on")} == {"closed"}


def test_chat_that_could_not_be_read_is_said(school):
    school.fault(method="GET", path="userConfigurations", status=403, times=None)
    school.run("calls", "sync")
    assert of_kind(school, "chat-on") == []
    assert "Not known whether chat is on: Microsoft did not allow this call" in school.run("findings", "list").out


@pytest.fixture
def found(school):
    """A finding on a pupil, and the call log it rests on."""
    not_seen_week(school, "000003")
    return of_kind(school, "not-seen")[0]["id"]


def notes(desk, finding):
    return next(one for one in desk.json("findings", "list") if one["id"] == finding)["notes"]


def test_notes_are_kept_with_author_and_time_and_never_replaced(school, found):
    assert "note 1" in school.run("findings", "note", found, "rang home", "--by", "Mrs Shah").out
    assert "note 2" in school.run("findings", "note", found, "rang again", "--by", "Mr Okoro").out
    told = notes(school, found)
    assert [(one["text"], one["author"], one["settles"]) for one in told] == [
        ("rang home", "Mrs Shah", False),
        ("rang again", "Mr Okoro", False),
    ]
    assert all(one["at"].startswith("2026-11-") for one in told)
    shown = school.run("findings", "show", found).out
    assert "Note by Mrs Shah" in shown and "rang again" in shown


def test_settled_and_opened_again_are_notes_too(school, found):
    def state():
        return next(one["state"] for one in school.json("findings", "list") if one["id"] == found)

    assert "It is settled now" in school.run("findings", "settle", found, "ill at home", "--by", "A").out
    assert state() == "settled"
    assert found not in school.run("findings", "list").out
    assert school.run("findings", "reopen", found, "not ill after all", "--by", "B").status == 0
    assert state() == "open"
    refused = school.run("findings", "reopen", found, "again", "--by", "B", ok=(2,))
    assert "is not settled" in refused.err
    assert [(one["settles"], one["reopens"]) for one in notes(school, found)] == [(True, False), (False, True)]


def test_the_author_is_the_user_of_this_computer_when_nobody_is_named(school, found, monkeypatch):
    monkeypatch.setenv("LOGNAME", "j.shah")
    school.run("findings", "note", found, "seen in class")
    assert notes(school, found)[0]["author"] == "j.shah"


@pytest.mark.parametrize("words", [("show",), ("note", "x"), ("settle", "x"), ("reopen", "x")])
def test_an_unknown_id_is_refused(school, words):
    verb, *text = words
    assert "there is no finding" in school.run("findings", verb, NOBODY, *text, ok=(2,)).err


def test_text_and_author_are_not_in_what_stays_for_ever(school, found):
    school.run("findings", "note", found, "rang the mother of Fore000004", "--by", "Mrs Shah")
    with school.here().ledger() as ledger:
        (entry,) = ledger.read("note")
    assert set(entry.body) == {"finding", "kind", "call", "action", "begins"}
    assert "Shah" not in str(entry.body) and "000004" not in str(entry.body)
    assert entry.private["text"] == "rang the mother of Fore000004"


def test_a_finding_that_cannot_be_derived_any_more_is_closed_with_its_notes(school, made):
    school.run("registers", "template")
    play(school, lesson(WEEK[0], "000001"))
    school.run("sandbox", "advance", "2d")
    school.run("calls", "sync")
    (one,) = of_kind(school, "no-consent")
    school.run("findings", "note", one["id"], "asked the office", "--by", "A")
    register = school.folder / "registers" / "consent.csv"
    register.write_text("Adno,Recording,Date,Withdrawn\n000001,Yes,01/09/2026,\n", encoding="utf-8")
    (after,) = of_kind(school, "no-consent")
    assert (after["id"], after["state"], after["call"]) == (one["id"], "closed", one["call"])
    assert after["text"] == one["text"] and after["notes"][0]["text"] == "asked the office"
    assert "can no longer be derived" in after["why"]
    assert "asked the office" in school.run("findings", "show", one["id"]).out


def test_one_call_in_full_with_who_was_there_when(school):
    stays = [["2026-11-23T10:00:00Z", "2026-11-23T10:20:00Z"], ["2026-11-23T10:25:00Z", "2026-11-23T10:40:00Z"]]
    call = lesson(WEEK[0])
    play(school, {**call, "people": [*call["people"], {"pupil": "000001", "intervals": stays}]})
    school.run("sandbox", "advance", "2d")
    school.run("calls", "sync")
    (one,) = of_kind(school, "one-to-one")
    shown = school.run("findings", "show", one["id"]).out
    assert f"Call {call['id']}" in shown and "10:00:00" in shown and "10:25:00  10:40:00  15" in shown
    told = school.json("findings", "show", one["id"])
    assert (told["id"], told["in_call"]["id"], told["versions"][0]["people"]) == (one["id"], call["id"], 2)


WRITES = """
import sys
from keyboard import Desk
desk = Desk(sys.argv[1])
for n in range(6):
    desk.run("findings", "note", sys.argv[2], f"{sys.argv[3]} {n}", "--by", sys.argv[3])
"""


def test_two_people_who_write_at_once_lose_no_note(school, found, request):
    command = [sys.executable, "-c", WRITES, str(school.folder), found]
    tests = request.config.rootpath / "tests"
    runs = [subprocess.Popen([*command, who], cwd=tests, stderr=subprocess.PIPE, text=True) for who in ("Ann", "Bob")]
    assert [(run.communicate()[1], run.returncode) for run in runs] == [("", 0), ("", 0)]
    told = [one["text"] for one in notes(school, found)]
    assert sorted(told) == sorted(f"{who} {n}" for who in ("Ann", "Bob") for n in range(6))


def test_chat_that_is_on_for_many_is_one_line_and_one_card(desk, made):
    """A school that has not applied its policies yet: the same is to be done about all of them."""
    made.fill(1, 12)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("calls", "sync")
    found = of_kind(desk, "chat-on")
    assert len(found) == 12
    out = desk.run("findings", "list").out
    assert (out.count("Chat is on for"), "Chat is on for 12 pupils, by the messaging policy" in out) == (1, True)
    assert "chat-on            12 findings" in out
    assert "Open: 12 high" in out
    report = desk.folder / "report.html"
    desk.run("calls", "report", "--out", report)
    text = report.read_text("utf-8")
    assert text.count('<article class="card') == 1
    assert "12 things to look at:" in text and "Chat is on for 12 pupils, 23" in text
    assert "High: 12 findings" in text
    assert all(text.count(f'id="{one["id"]}"') == 1 for one in found)
    named = [text.index(f"{one['text'].split('Chat is on for ')[1].split(', by')[0]}</th>") for one in found]
    assert len(set(named)) == 12
    desk.run("findings", "note", found[0]["id"], "IT is told", "--by", "A")
    again = desk.run("findings", "list").out
    assert "Chat is on for 11 pupils" in again and "Note by A" in again
    desk.run("calls", "report", "--anonymise", "--out", report)
    assert "Chat is on for 11 pupils. This school decided" in report.read_text("utf-8")
