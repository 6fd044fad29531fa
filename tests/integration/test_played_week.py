"""A week of online lessons of the example secondary, from the timetable to the question what was recorded, as typed.

The lessons are planned and made in the calendars, their options read back, and they take place in those meetings; some
are not recorded, some recordings are thrown away, about to expire or shared. What was planted is the truth. The full
form (pytest -m full) has 120 lessons.
"""

import json
import random
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from keyboard import Desk

from teamskit.clock import iso, parse_iso
from teamskit.teams.listing import class_of_key

sys.path.append(str(Path(__file__).parents[1] / "data"))
import make_example_secondary  # noqa: E402

TERMS = [(date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))]
WEEK = ("--from", "2026-11-30", "--to", "2026-12-04")
SAFE = {
    "allowMeetingChat": "disabled",
    "allowParticipantsToChangeName": False,
    "allowRecording": True,
    "recordAutomatically": True,
    "lobbyBypassSettings": {"scope": "organizer", "isDialInBypassEnabled": False},
}


@dataclass(frozen=True)
class Form:
    """How many lessons there are, and of how many of them what is planted."""

    lessons: int
    planted: dict[str, int]
    seed: int


SMALL = Form(24, {"none": 3, "deleted": 1, "expiring": 1, "shared": 1}, seed=7)
FULL = Form(120, {"none": 15, "deleted": 5, "expiring": 5, "shared": 5}, seed=120)


@dataclass
class Week:
    """A school whose week of lessons was made and has taken place; `planted` is what became of which lesson's call."""

    desk: Desk
    form: Form
    lessons: list[dict] = field(default_factory=list)
    planted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    asked: dict[str, int] = field(default_factory=dict)
    again: str = ""
    enforced: str = ""
    meetings: dict[str, dict] = field(default_factory=dict)
    checked: list[dict] = field(default_factory=list)
    said: str = ""


def new_school(folder):
    make_example_secondary.main(folder / "export")
    desk = Desk(folder / "school")
    words = ("--tenant", "sandbox", "--domain", "high.example", "--roster", folder / "export")
    desk.run("init", desk.folder, *words, "--effective", "2026-11-25")
    terms = [{"first": first, "last": last} for first, last in TERMS]
    desk.decide(terms=terms, lessons={"week_a": date(2026, 9, 7)})
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    desk.tenant().set_flag("meetings_late", True)
    return desk


def chosen(rows, number, dice):
    """Give classes that have so many lessons together."""
    lessons = Counter(one["class"] for one in rows)
    found = []
    for name in dice.sample(sorted(lessons), len(lessons)):
        if lessons[name] <= number:
            found.append(name)
            number -= lessons[name]
    assert not number, "no classes have so many lessons together"
    return found


def made_week(folder, form):
    week = Week(new_school(folder), form)
    desk, dice = week.desk, random.Random(form.seed)
    classes = chosen(desk.json("lessons", "list", "--all", *WEEK), form.lessons, dice)
    words = [word for one in classes for word in ("--class", one)]
    desk.run("lessons", "plan", *words, *WEEK, "-o", folder / "week.json")
    desk.tenant().reset_counts()
    desk.run("lessons", "apply", folder / "week.json", "--yes")
    week.asked = desk.requests()
    week.again = desk.run("lessons", "plan", *words, *WEEK).out
    week.lessons = desk.json("lessons", "list", *words, *WEEK)
    week.enforced = desk.run("recordings", "enforce", *WEEK).out
    week.meetings = {one["join_url"]: meeting_of(desk, one) for one in week.lessons}
    desk.run("sandbox", "play", "--scenario", scenario(week, folder, dice))
    desk.run("calls", "sync")
    week.checked = desk.json("recordings", "check")
    week.said = desk.run("recordings", "check").out
    return week


def meeting_of(desk, lesson):
    url = quote(lesson["join_url"], safe="")
    path = f"/v1.0/users/{lesson['organiser']}/onlineMeetings?$filter=JoinWebUrl eq '{url}'"
    status, found = desk.asks("GET", path)
    assert status == 200
    (meeting,) = found["value"]
    return meeting


def scenario(week, folder, dice):
    """Write down how the lessons went: who was there, and where something happened to the recording."""
    here = week.desk.here()
    address = {account.id: account.upn for account in here.accounts}
    pupils = {
        class_of_key(team.key)[2]: [address[one.account_id] for one in team.members if not one.owner]
        for team in here.class_teams
    }
    left = iter(dice.sample(range(week.form.lessons), sum(week.form.planted.values())))
    words = {next(left): word for word, number in week.form.planted.items() for _ in range(number)}
    calls = []
    for number, lesson in enumerate(week.lessons):
        name = f"lesson-{number:03d}"
        if number in words:
            week.planted[words[number]].add(name)
        calls.append(call(name, lesson, pupils[lesson["class"]], words.get(number)))
    file = folder / "week-as-it-went.json"
    file.write_text(json.dumps({"calls": calls}), encoding="utf-8")
    return file


def call(name, lesson, pupils, word):
    begin, end = (parse_iso(lesson[which]) for which in ("starts", "ends"))
    span = [iso(begin + timedelta(minutes=1)), iso(end - timedelta(minutes=2))]
    there = [{"account": one, "intervals": [span]} for one in [lesson["organiser"], *pupils]]
    times = {"start": span[0], "end": span[1], "organiser": {"account": lesson["organiser"]}, "people": there}
    return {"id": name, "lesson": True, "class": lesson["class"], **times, **({"recording": word} if word else {})}


@pytest.fixture(scope="module", params=[SMALL, pytest.param(FULL, marks=pytest.mark.full)], ids=["small", "full"])
def week(request, tmp_path_factory):
    return made_week(tmp_path_factory.mktemp("week"), request.param)


def test_every_lesson_of_the_timetable_was_made_once(week):
    number = week.form.lessons
    assert {word: len(calls) for word, calls in week.planted.items()} == week.form.planted
    assert [one["state"] for one in week.lessons] == ["made"] * number
    assert len({one["join_url"] for one in week.lessons}) == number
    by = week.asked["by"]
    assert by["POST /users/{id}/events 201"] == number
    assert by["PATCH /users/{id}/onlineMeetings/{meeting} 200"] == number
    assert week.asked["writes_accepted"] == 2 * number
    assert f"Nothing to do for {number} lessons" in week.again


def test_the_options_are_right_on_all(week):
    assert len(week.meetings) == week.form.lessons
    for lesson in week.lessons:
        meeting = week.meetings[lesson["join_url"]]
        assert {name: meeting[name] for name in SAFE} == SAFE, lesson
        assert meeting["allowedPresenters"] == ("organizer" if len(lesson["staff"]) == 1 else "roleIsPresenter"), lesson
        assert (meeting["startDateTime"], meeting["endDateTime"]) == (lesson["starts"], lesson["ends"])


def test_nothing_is_left_to_enforce_on_them(week):
    assert "+ 0   ~ 0   - 0   ! 0" in week.enforced
    assert f"{week.form.lessons:,}" in week.enforced


def test_the_lessons_took_place_in_these_meetings(week):
    wanted = {f"lesson-{n:03d}": one["class"] for n, one in enumerate(week.lessons)}
    assert {one["id"]: one["class"] for one in week.desk.json("calls", "list")} == wanted


def test_each_lesson_has_one_row_with_what_became_of_its_recording(week):
    assert sorted(one["call"] for one in week.checked) == [f"lesson-{n:03d}" for n in range(week.form.lessons)]
    states = {one["call"]: one["state"] for one in week.checked}
    assert {key for key, state in states.items() if state == "missing"} == week.planted["none"]
    assert {key for key, state in states.items() if state == "deleted"} == week.planted["deleted"]
    others = week.form.lessons - len(week.planted["none"]) - len(week.planted["deleted"])
    assert Counter(states.values())["found"] == others, states


def test_what_expires_tomorrow_and_what_is_shared_is_told_and_nothing_else(week):
    tomorrow = iso(week.desk.tenant().now() + timedelta(days=2))
    soon = {one["call"] for one in week.checked if one["expires_on"] and one["expires_on"] < tomorrow}
    assert soon == week.planted["expiring"]
    shared = {one["call"]: one["links"] for one in week.checked if one["links"]}
    assert set(shared) == week.planted["shared"]
    assert all(links == [{"scope": "anonymous", "type": "view", "outside": True}] for links in shared.values())
    assert [one for one in week.checked if one["grants"] or one["opened"] or one["half_saved"]] == []


def test_the_screen_counts_each_kind_of_gap_and_no_other(week):
    planted = {word: len(week.planted[word]) for word in week.form.planted}
    titles = {
        "Expire within a week, no copy": planted["expiring"],
        "Gone, no checked copy": planted["deleted"],
        "Open to others than staff": planted["shared"],
        "No recording found": planted["none"],
    }
    told = dict(re.findall(r"^([A-Z][^:\n]+): (\d+)$", week.said, re.MULTILINE))
    assert told == {title: str(number) for title, number in titles.items()}


def test_the_findings_of_recordings_are_those_that_were_planted(week):
    found = [one for one in week.desk.json("findings", "list") if one["state"] == "open"]
    kinds = {"unrecorded-lesson": "none", "recording-gone": "deleted", "recording-opened": "shared"}
    named = {kind: {one["call"] for one in found if one["finding"] == kind} for kind in kinds}
    assert named == {kind: week.planted[word] for kind, word in kinds.items()}
