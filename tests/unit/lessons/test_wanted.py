from dataclasses import replace
from datetime import UTC, date, datetime

from teamskit.lessons.dated import DatedLesson
from teamskit.lessons.options import Media, Presenter
from teamskit.lessons.wanted import Choice, Directory, settle_calls_of_two, wanted_lessons
from teamskit.roster import Person, Place, Roster, Section
from teamskit.school.model import SchoolUnit

HERE = Place("made.csv")


def person(number, role="pupil", school="1", **more):
    return Person(number, school, role, f"Name {number}", HERE, **more)


def world(teachers=("ANN",), pupils=("1", "2"), staff=("ANN", "BEN"), school="1"):
    section = Section("7A/Ma1", school, "7A/Ma1", 2026, HERE, tuple(teachers), tuple(pupils))
    people = (*(person(one, "staff") for one in staff), *(person(one) for one in pupils))
    return Roster((SchoolUnit(id="1", name="One"),), people, (section,), date(2026, 11, 25))


def directory(roster, without=(), media=None, team="g-1"):
    accounts = {p.key: Presenter(f"a-{p.id}", f"{p.id}@school.example") for p in roster.people if p.id not in without}
    why = {p.key: "no account has this number or address" for p in roster.people if p.id in without}
    return Directory(accounts, why, media or {}, {one.key: team for one in roster.sections} if team else {})


def lesson(*staff, **more):
    span = datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC)
    return replace(DatedLesson("1", "7A/Ma1", date(2026, 11, 30), "1", *span, staff), **more)


def wanted(roster, *lessons, choice=None, allowed=0, is_open=False, **of):
    found = wanted_lessons(roster, lessons, directory(roster, **of), choice or Choice())
    settle_calls_of_two(found, allowed, lambda one: is_open)
    return found


def test_the_timetables_teacher_organises_and_the_class_team_is_invited():
    found = wanted(world(), lesson("BEN")).lessons[0]
    assert found.organiser == "a-BEN"
    assert found.invited == ["g-1"]
    assert found.subject == "7A/Ma1, period 1"


def test_without_a_name_in_the_timetable_the_classes_own_teacher_organises():
    found = wanted(world(), lesson())
    assert found.lessons[0].organiser == "a-ANN"
    assert found.lessons[0].lesson.staff == ("ANN",)
    assert found.unnamed == {"7A/Ma1": ("ANN",)}
    assert wanted(world(), lesson("BEN")).unnamed == {}


def test_the_first_teacher_with_an_account_organises():
    found = wanted(world(), lesson("ANN", "BEN"), without=("ANN",)).lessons[0]
    assert [one.account for one in found.staff] == ["a-BEN"]


def test_the_second_teacher_is_invited_and_presents():
    found = wanted(world(), lesson("ANN", "BEN")).lessons[0]
    assert found.invited == ["a-BEN", "g-1"]
    assert found.state()["presenters"] == ["a-BEN"]


def test_a_staff_code_in_other_capitals_is_found_where_only_one_can_be_meant():
    assert wanted(world(), lesson("ben")).lessons[0].organiser == "a-BEN"
    both = world(staff=("BEN", "Ben"))
    assert wanted(both, lesson("Ben")).lessons[0].organiser == "a-Ben"


def test_who_has_left_teaches_nothing():
    roster = world()
    left = tuple(p._replace(on_roll=False) if p.id == "ANN" else p for p in roster.people)
    found = wanted(replace(roster, people=left), lesson("ANN"))
    assert found.lessons == []
    assert found.left_out[0].what == "7A/Ma1, 30 November, 1"


def test_each_reason_is_told_once_a_class_with_the_number_of_lessons():
    later = lesson("XYZ", day=date(2026, 12, 1))
    found = wanted(world(), lesson("XYZ"), later, lesson("ANN", period="2"), without=("ANN",))
    assert [(one.what, one.why) for one in found.left_out] == [
        ("7A/Ma1, 2 lessons from 30 November", "no member of staff of the export is XYZ"),
        ("7A/Ma1, 30 November, 2", "staff ANN: no account has this number or address"),
    ]
    assert len(found.undecided) == 3


def test_a_class_without_a_team_is_left_out_but_its_pupils_can_be_invited():
    assert wanted(world(), lesson("ANN"), team="").left_out[0].remedy.endswith("--pupils FILE")
    some = Choice(frozenset({"1/pupil/1", "1/pupil/2"}))
    assert wanted(world(), lesson("ANN"), team="", choice=some).lessons[0].invited == ["a-1", "a-2"]


def test_a_class_of_one_pupil_is_a_call_of_two_as_well():
    found = wanted(world(), lesson("ANN"), without=("2",))
    assert found.lessons == []
    assert found.left_out[0].why == "would be a call of one pupil and one adult"
    assert found.alone == {lesson("ANN").key}
    assert len(wanted(world(), lesson("ANN"), without=("2",), allowed=1).lessons) == 1
    assert wanted(world(), lesson("ANN"), without=("2",), is_open=True).lessons == []


def test_a_lesson_open_to_a_class_of_more_is_no_call_of_two_whoever_is_on_the_list():
    one = Choice(frozenset({"1/pupil/2"}))
    assert wanted(world(), lesson("ANN"), choice=one).lessons == []
    media = {"a-1": Media(camera=False)}
    found = wanted(world(), lesson("ANN"), choice=one, is_open=True, media=media)
    assert found.left_out == []
    opened = found.lessons[0].for_class()
    assert (opened.guests, opened.pupils, opened.media) == (("g-1",), 2, Media(camera=False))


def test_only_the_pupils_who_are_invited_decide_about_cameras():
    media = {"a-1": Media(camera=False), "a-2": Media()}
    assert wanted(world(pupils=("1", "2", "3")), lesson("ANN"), media=media).lessons[0].media == Media(camera=False)
    others = Choice(frozenset({"1/pupil/2", "1/pupil/3"}))
    found = wanted(world(pupils=("1", "2", "3")), lesson("ANN"), media=media, choice=others)
    assert found.lessons[0].media == Media()
