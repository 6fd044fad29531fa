"""Lessons for a few pupils, a year, two weeks; what is shown and written of them; requests counted."""

from datetime import date

import icalendar
import pytest
from lesson_scenes import WEEK, addresses, events, meeting, school_with_lessons

from teamskit.clock import SCHOOL_ZONE

MONDAY = ("--from", "2026-11-30", "--to", "2026-11-30")


@pytest.fixture
def school(desk, made):
    """Six pupils in two classes: 1, 3, 5 in 7x/C000 and 2, 4, 6 in 8x/C001."""
    return school_with_lessons(desk, made)


def at_home(school, *numbers):
    file = school.folder / "home.csv"
    file.write_text("\n".join(["Adno", *numbers]) + "\n", encoding="utf-8")
    return "--pupils", file


def test_only_the_listed_pupils_are_invited_to_the_lessons_of_their_classes(school):
    listed = at_home(school, "000001", "000003")
    plan = school.json("lessons", "plan", *listed, *WEEK)
    assert plan["totals"] == {"create": 10}
    assert "p000001" not in str(plan)
    school.run("lessons", "apply", *listed, *WEEK, "--yes")
    assert addresses(events(school, "t000")[0]) == ["p000001@school.example", "p000003@school.example"]
    assert events(school, "t001") == []
    assert school.json("lessons", "plan", *listed, *WEEK)["totals"] == {}


def test_neither_plan_journal_nor_error_stream_names_a_pupil(school):
    listed = at_home(school, "000001", "000003")
    plan = school.folder / "p.json"
    school.run("lessons", "plan", *listed, *MONDAY, "-o", plan)
    done = school.run("lessons", "apply", plan, "--yes")
    assert done.err == ""
    journal = "".join(one.read_text("utf-8") for one in (school.folder / ".teamskit" / "journal").iterdir())
    for text in (plan.read_text("utf-8"), journal, done.out):
        assert not [word for word in ("Fore0", "Sur0", "p00000", "@school.example") if word in text]


def test_a_pupil_who_is_back_is_uninvited_and_another_invited(school):
    school.run("lessons", "apply", *at_home(school, "000001", "000003"), *MONDAY, "--yes")
    event = events(school, "t000")[0]
    both = [*event["attendees"], {"type": "required", "emailAddress": {"address": "visitor@museum.example"}}]
    assert school.asks("PATCH", f"/v1.0/users/t000@school.example/events/{event['id']}", {"attendees": both})[0] == 200
    school.run("lessons", "apply", *at_home(school, "000003", "000005"), *MONDAY, "--yes")
    first, second = events(school, "t000")
    assert addresses(first) == ["p000003@school.example", "p000005@school.example", "visitor@museum.example"]
    assert addresses(second) == ["p000003@school.example", "p000005@school.example"]


def test_a_call_of_one_pupil_and_one_adult_is_named_and_not_made_until_that_many_are_allowed(school):
    listed = at_home(school, "000001", "000002", "000004")
    plan = school.json("lessons", "plan", *listed, *MONDAY)
    assert plan["totals"] == {"create": 2}
    (left_out,) = plan["left_out"]
    assert left_out["what"] == "7x/C000, 2 lessons from 30 November"
    assert left_out["why"] == "would be a call of one pupil and one adult"
    assert left_out["remedy"] == "--allow-one-to-one 2"
    assert school.json("lessons", "plan", *listed, *MONDAY, "--allow-one-to-one", "1")["totals"] == {"create": 2}
    school.run("lessons", "apply", *listed, *MONDAY, "--allow-one-to-one", "2", "--yes")
    assert addresses(events(school, "t000")[0]) == ["p000001@school.example"]
    again = school.json("lessons", "plan", *listed, *MONDAY)
    assert again["totals"] == {"remove": 2}
    assert {one["reason"] for one in again["changes"]} == {"would be a call of one pupil and one adult"}


def test_two_adults_and_one_pupil_are_no_such_call(school, made):
    made.lessons += [("Mon:1", "09:00", "09:50", "7x/C000", "T001")]
    made.write()
    plan = school.json("lessons", "plan", *at_home(school, "000001"), *MONDAY)
    assert plan["totals"] == {"create": 1}


def test_a_lesson_open_to_the_class_is_not_narrowed_by_a_list(school):
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    plan = school.json("lessons", "plan", *at_home(school, "000001", "000003"), *MONDAY)
    assert plan["totals"] == {}
    assert any("open to the whole class already" in note for note in plan["notes"])
    school.run("lessons", "cancel", "--class", "7x/C000", *MONDAY, "--yes")
    school.run("lessons", "apply", *at_home(school, "000001", "000003"), *MONDAY, "--yes")
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    assert addresses(events(school, "t000")[0]) == ["school-2627-7x-C000@school.example"]


def test_a_list_of_one_pupil_leaves_the_lesson_of_his_class_and_gives_him_its_timetable(school):
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    listed = at_home(school, "000001")
    plan = school.json("lessons", "plan", *listed, *MONDAY)
    assert (plan["totals"], plan["left_out"]) == ({}, [])
    folder = school.folder / "home"
    school.run("lessons", "export", *listed, *MONDAY, "--each", "pupil", "-o", folder)
    assert sorted(one.name for one in folder.iterdir()) == ["000001.html", "000001.ics"]
    assert (folder / "000001.html").read_text("utf-8").count('class="join"') == 2


def test_a_list_does_not_loosen_the_cameras_of_a_lesson_open_to_the_class(school):
    (school.folder / "policies").mkdir(exist_ok=True)
    (school.folder / "policies" / "cameras.yaml").write_text(
        "id: cameras\ntitle: Cameras\nfor: pupils\nclause: C2\nwhy: at home\npolicies:\n"
        "  - type: TeamsMeetingPolicy\n    name: Cameras\n    settings:\n      AllowIPVideo: false\n",
        encoding="utf-8",
    )
    school.decide(cohorts=[{"name": "one", "role": "pupil", "people": ["000005"], "policies": ["cameras"]}])
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    assert meeting(school, "t000", events(school, "t000")[0])["allowAttendeeToEnableCamera"] is False
    assert school.json("lessons", "plan", *at_home(school, "000001", "000003"), *MONDAY)["totals"] == {}


def test_rows_that_name_no_pupil_are_listed_and_a_list_of_none_is_refused(school):
    plan = school.json("lessons", "plan", *at_home(school, "000001", "000003", "999999", "T000"), *MONDAY)
    assert sorted(one["what"] for one in plan["left_out"]) == ["home.csv, row 4", "home.csv, row 5"]
    refused = school.run("lessons", "plan", *at_home(school, "999999"), *MONDAY, ok=(2,))
    assert "row 2" in refused.err


def test_a_year_takes_its_classes_and_names_mixed_ones(school, made):
    made.years = {"000002": 8, "000004": 8, "000006": 7}
    made.write()
    plan = school.json("lessons", "plan", "--year", "Year 8", *MONDAY)
    assert {one["group"] for one in plan["changes"]} == {"8x/C001"}
    assert plan["notes"] == ["1 class has pupils of other years too: 8x/C001"]
    unknown = school.run("lessons", "plan", "--year", "12", *MONDAY, ok=(2,))
    assert "year 12" in unknown.err


def test_a_class_that_is_not_there_gets_the_nearest_names(school):
    refused = school.run("lessons", "plan", "--class", "7x/C00", *MONDAY, ok=(2,))
    assert "Did you mean 7x/C000" in refused.err


def test_two_weeks_need_a_named_monday_and_alternate_over_weeks_of_term(school, made):
    made.lessons = [
        (f"Mon{week}:1", "09:00", "09:50", "7x/C000", "T000")
        if week == "A"
        else ("MonB:2", "10:00", "10:50", "7x/C000", "T000")
        for week in "AB"
    ]
    made.write()
    span = ("--class", "7x/C000", "--from", "2026-12-07", "--to", "2027-01-29")
    refused = school.run("lessons", "plan", *span, ok=(2,))
    assert "week_a = 2026-09-07" in refused.err
    autumn = {"first": date(2026, 11, 2), "last": date(2026, 12, 18)}
    spring = {"first": date(2027, 1, 11), "last": date(2027, 2, 12)}
    school.decide(terms=[autumn, spring], lessons={"week_a": date(2026, 11, 30), "closed_days": [date(2027, 1, 18)]})
    plan = school.json("lessons", "plan", *span)
    titles = [one["target"]["key"].split("/", 2)[2] for one in plan["changes"]]
    assert titles == ["2026-12-07/2/7x/C000", "2026-12-14/1/7x/C000", "2027-01-11/2/7x/C000", "2027-01-25/2/7x/C000"]


def test_a_timetable_of_two_weeks_without_terms_says_that_holidays_are_counted(school, made):
    made.lessons = [("MonA:1", "09:00", "09:50", "7x/C000", "T000")]
    made.write()
    school.decide(lessons={"week_a": date(2026, 11, 30)})
    plan = school.json("lessons", "plan", "--class", "7x/C000", *WEEK)
    assert any("no terms" in note for note in plan["notes"])


def test_the_list_shows_what_stands_and_what_does_not(school):
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    rows = school.json("lessons", "list", "--all", *MONDAY)
    assert [(one["class"], one["period"], one["state"]) for one in rows] == [
        ("7x/C000", "1", "made"),
        ("8x/C001", "1", "not made"),
        ("7x/C000", "2", "made"),
        ("8x/C001", "2", "not made"),
    ]
    assert rows[0]["join_url"].startswith("https://teams.microsoft.com/")
    assert rows[0]["organiser"] == "t000@school.example"
    assert rows[0]["pupils"] == 3
    shown = school.run("lessons", "list", "--all", *MONDAY).out
    assert "4 lessons, 2 of them as wanted." in shown


def test_a_calendar_for_parents_has_school_time_links_and_no_names(school):
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    file = school.folder / "c.ics"
    said = school.run("lessons", "export", "--class", "7x/C000", *WEEK, "-o", file)
    assert said.out.strip().endswith("c.ics")
    text = file.read_text("utf-8")
    book = icalendar.Calendar.from_ical(text)
    found = list(book.walk("VEVENT"))
    assert len(found) == 10
    assert found[0]["DTSTART"].dt.tzinfo.key == "Europe/London"
    assert found[0]["DTSTART"].dt.astimezone(SCHOOL_ZONE).hour == 9
    assert sum("URL" in one for one in found) == 2
    assert len({str(one["UID"]) for one in found}) == 10
    assert len(list(book.walk("VTIMEZONE"))) == 1
    assert not [word for word in ("Fore0", "Sur0", "p0000", "SurT", "t000@") if word in text]
    uids = {str(one["UID"]) for one in found}
    school.run("lessons", "export", "--class", "7x/C000", *WEEK, "-o", file)
    assert {str(one["UID"]) for one in icalendar.Calendar.from_ical(file.read_text("utf-8")).walk("VEVENT")} == uids


def test_a_lesson_that_cover_cancels_is_told_to_parents_as_cancelled(school):
    (school.folder / "cover.csv").write_text("Date,Class,Period,Staff\n30/11/2026,7x/C000,2,\n", encoding="utf-8")
    school.decide(lessons={"cover": "cover.csv"})
    said = school.run("lessons", "export", "--class", "7x/C000", *MONDAY, "-o", school.folder / "c.ics")
    assert "1 lesson, 0 of them with a link." in said.out
    found = icalendar.Calendar.from_ical((school.folder / "c.ics").read_bytes()).walk("VEVENT")
    assert [one.get("STATUS") for one in found] == [None, "CANCELLED"]
    school.run("lessons", "export", "--class", "7x/C000", *MONDAY, "-o", school.folder / "c.html")
    assert (school.folder / "c.html").read_text("utf-8").count("This lesson does not take place.") == 1


def test_each_pupil_gets_a_timetable_of_his_own_classes_called_by_number(desk, made):
    school = school_with_lessons(desk, made, each=2)
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    of = school.json("lessons", "list", "--all", *MONDAY)
    classes = {one["class"] for one in of}
    assert classes == {"7x/C000", "8x/C001"}
    folder = school.folder / "each"
    said = school.run("lessons", "export", "--class", "7x/C000", *MONDAY, "--each", "pupil", "-o", folder)
    numbers = sorted({one.stem for one in folder.iterdir()})
    assert f"{len(numbers)} pupils, an .ics and an .html for each." in said.out
    assert len(list(folder.iterdir())) == 2 * len(numbers)
    assert all(number.isdigit() for number in numbers)
    text = (folder / f"{numbers[0]}.html").read_text("utf-8")
    assert text.count('class="join"') == 2
    assert not [word for word in ("Fore0", "Sur0", "p0000", "SurT", numbers[0]) if word in text]
    book = icalendar.Calendar.from_ical((folder / f"{numbers[0]}.ics").read_bytes())
    assert len(book.walk("VEVENT")) == 2


def test_a_list_of_pupils_gives_their_timetables_and_no_others(school):
    listed, folder = at_home(school, "000001", "000003"), school.folder / "home"
    school.run("lessons", "export", *listed, *WEEK, "--each", "pupil", "-o", folder)
    assert sorted(one.name for one in folder.glob("*.ics")) == ["000001.ics", "000003.ics"]


def test_each_class_gets_a_timetable_with_a_name_that_every_system_takes(school):
    folder = school.folder / "each"
    school.run("lessons", "export", "--all", *MONDAY, "--each", "class", "-o", folder)
    assert sorted(one.name for one in folder.glob("*.html")) == ["7x-C000.html", "8x-C001.html"]
    assert "8x/C001" not in (folder / "7x-C000.html").read_text("utf-8")
    taken = school.folder / "taken"
    taken.write_text("", encoding="utf-8")
    refused = school.run("lessons", "export", "--all", *MONDAY, "--each", "class", "-o", taken, ok=(2,))
    assert "folder cannot be made" in refused.err


def test_a_page_of_a_year_says_so_and_what_is_left_out_is_told(school, made):
    made.lessons = [(*row[:4], "T000" if row[3] == "7x/C000" else "T001") for row in made.lessons]
    made.lessons += [("Mon:9", "", "", "7x/C000", "T000")]
    made.write()
    said = school.run("lessons", "export", "--year", "7", *MONDAY, "-o", school.folder / "c.html")
    assert "! period 9 (1 row)" in said.out
    assert "<h1>Online lessons: year 7</h1>" in (school.folder / "c.html").read_text("utf-8")


def test_a_page_for_parents_has_no_names_and_no_script(school):
    school.run("lessons", "apply", "--class", "7x/C000", *MONDAY, "--yes")
    file = school.folder / "c.html"
    school.run("lessons", "export", "--year", "7", *WEEK, "-o", file)
    text = file.read_text("utf-8")
    assert "<script" not in text
    assert text.count('class="join"') == 2
    assert text.count("<li>") == 20
    assert "Mon 30 Nov" in text
    assert not [word for word in ("Fore0", "Sur0", "p0000", "SurT") if word in text]
    refused = school.run(
        "lessons", "export", "--all", "--from", "2026-12-25", "--to", "2026-12-25", "-o", file, ok=(2,)
    )
    assert "no lesson" in refused.err
    assert file.read_text("utf-8") == text


def test_a_weeks_120_lessons_take_few_round_trips(desk, made):
    school = school_with_lessons(desk, made, classes=12, pupils=60, periods=2)
    plan = school.folder / "p.json"
    desk.tenant().reset_counts()
    school.run("lessons", "plan", "--all", *WEEK, "-o", plan)
    assert desk.requests()["round_trips"] <= 8
    desk.tenant().reset_counts()
    done = school.run("lessons", "apply", plan, "--yes")
    assert "Done: 120 of 120" in done.out
    counted = desk.requests()
    assert counted["throttled"] == 0
    assert counted["writes_accepted"] == 240
    assert counted["round_trips"] <= 24
    assert all(meeting(school, "t003", one)["recordAutomatically"] for one in events(school, "t003"))
    desk.tenant().reset_counts()
    school.run("lessons", "apply", "--all", *WEEK, "--yes")
    again = desk.requests()
    assert again["writes_accepted"] == 0
    assert again["round_trips"] <= 16
