"""`teamskit calls attendance`: a played week, and what is said of it."""

import json

import pytest

PEOPLE = [f"00000{n}" for n in range(1, 6)]


def whole(start, end, *people):
    return [{**one, "intervals": [[start, end]]} for one in people]


def lesson(name, day, *pupils, hour=10, **fields):
    start, end = f"2026-11-{day:02d}T{hour:02d}:00:00Z", f"2026-11-{day:02d}T{hour:02d}:40:00Z"
    there = whole(start, end, {"staff": "T000"}, *({"pupil": one} for one in pupils))
    made = {"id": name, "type": "groupCall", "start": start, "end": end, "organiser": {"staff": "T000"}}
    return {**made, "class": "7x/C000", "recording": "kept", "people": there, **fields}


@pytest.fixture
def week(desk, made):
    """One class of five, at 23 November; the week before was played: three lessons and a staff call."""
    made.fill(1, 5)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")

    def play(*calls):
        file = desk.folder / "scenario.json"
        file.write_text(json.dumps({"calls": list(calls)}), encoding="utf-8")
        desk.run("sandbox", "play", "--scenario", file)
        desk.run("sandbox", "advance", "3d")
        desk.run("calls", "sync")
        return desk

    return play


def pupils(found, number=0):
    return {one["id"]: one for one in found["classes"][number]["pupils"]}


def test_who_came_to_how_many_and_who_was_in_no_call(week):
    half = [["2026-11-25T10:00:00Z", "2026-11-25T10:05:00Z"], ["2026-11-25T10:10:00Z", "2026-11-25T10:15:00Z"]]
    staff_call = {"class": None, "people": whole("2026-11-26T16:00:00Z", "2026-11-26T16:10:00Z", {"pupil": "000004"})}
    desk = week(
        lesson("l-1", 25, "000001", "000002", hour=9),
        lesson("l-2", 25, "000001", people=[{"pupil": "000002", "intervals": half}]),
        lesson("l-3", 26, "000001", "000003"),
        lesson("other", 26, hour=16, **staff_call),
    )
    found = desk.json("calls", "attendance", "--week", "2026-11-25")
    assert (found["from"], found["to"], found["classes"][0]["lessons"]) == ("2026-11-23", "2026-11-29", 3)
    counted = {one["id"]: (one["came_to"], one["minutes"], one["seen"]) for one in pupils(found).values()}
    assert counted == {
        "000001": (2, 80, True),
        "000002": (2, 50, True),
        "000003": (1, 40, True),
        "000004": (0, 0, True),
        "000005": (0, 0, False),
    }
    assert {one["lessons"] for one in pupils(found).values()} == {3}
    out = desk.run("calls", "attendance", "--week", "2026-11-25").out
    assert "In no call of the school: 1 pupil. Not known of 0." in out and "Absence from calls proves nothing" in out


def test_pupils_stand_by_name_and_never_by_what_they_did(week):
    desk = week(lesson("l-1", 25, "000005"))
    names = [one["name"] for one in desk.json("calls", "attendance", "--week", "2026-11-25")["classes"][0]["pupils"]]
    assert names == sorted(names, key=str.casefold)


def test_a_lesson_without_times_is_not_known(week):
    bare = [{"staff": "T000", "intervals": []}, {"pupil": "000001", "intervals": []}]
    desk = week(lesson("l-1", 25, "000001"), lesson("l-2", 26, people=bare))
    found = desk.json("calls", "attendance", "--week", "2026-11-25")
    assert (found["classes"][0]["lessons"], found["classes"][0]["not_known"]) == (2, 1)
    one = pupils(found)["000001"]
    assert (one["lessons"], one["came_to"], one["not_known"]) == (2, 1, 1)
    assert "Who came to 1 lesson is not known" in desk.run("calls", "attendance", "--week", "2026-11-25").out


def test_days_that_were_not_read_are_said_and_nobody_is_called_absent(week):
    desk = week(lesson("l-1", 25, "000001"))
    desk.run("sandbox", "advance", "42d")
    desk.run("calls", "sync")
    found = desk.json("calls", "attendance", "--week", "2026-12-02")
    assert found["not_covered"] == ["2026-11-30", *(f"2026-12-0{n}" for n in range(1, 7))]
    assert all(one["seen"] is None for part in found["classes"] for one in part["pupils"])
    assert "Not covered: " in desk.run("calls", "attendance", "--week", "2026-12-02").out


def test_the_file_is_for_excel_and_keeps_numbers(week):
    desk = week(lesson("l-1", 25, "000001"))
    file = desk.folder / "week.csv"
    done = desk.run("calls", "attendance", "--week", "2026-11-25", "--class", "7x/C000", "-o", file)
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b",000001," in raw and raw.count(b"\r\n") == 6
    assert done.out.strip().endswith(str(file))


def test_what_is_not_known_is_refused(week, desk):
    assert "calls sync" in desk.run("calls", "attendance", ok=(2,)).err
    week(lesson("l-1", 25, "000001"))
    assert "there is no class 9z" in desk.run("calls", "attendance", "--class", "9z", ok=(2,)).err
    refused = desk.run("calls", "attendance", "-o", desk.folder / "school.toml", ok=(2,))
    assert "not written over" in refused.err
