"""Consent: lessons to come with pupils without it, and what of recordings a withdrawn one touches."""

import pytest
from calendar_scenes import class_mail, put_meeting, set_options
from call_scenes import lesson, play, ready

HEAD = "Adno,Recording,Date,Withdrawn\n"
ALL = HEAD + "".join(f"{n:06d},Yes,01/09/2026,\n" for n in (1, 2, 3, 4))


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


def register(desk, text):
    folder = desk.folder / "registers"
    folder.mkdir(exist_ok=True)
    (folder / "consent.csv").write_text(text, encoding="utf-8")


def held(desk):
    """Let two recorded lessons and one that was not recorded take place, and read them."""
    register(desk, ALL)
    play(
        desk,
        lesson("c1", "2026-11-26T09:00:00Z"),
        lesson("c2", "2026-11-27T09:00:00Z"),
        lesson("c3", "2026-11-27T11:00:00Z", recording="none"),
    )
    desk.run("calls", "sync")


def withdrawn(desk):
    return [(one["call"], one["pupil"]["id"], one["withdrawn_on"]) for one in told(desk)["withdrawn"]]


def told(desk, *words):
    return desk.json("recordings", "consent", *words)


def test_a_withdrawn_consent_lists_the_recordings_it_touches(school):
    held(school)
    assert withdrawn(school) == []
    register(school, ALL.replace("000002,Yes,01/09/2026,", "000002,Yes,01/09/2026,28/11/2026"))
    assert withdrawn(school) == [("c1", "000002", "2026-11-28"), ("c2", "000002", "2026-11-28")]
    [first, _] = told(school)["withdrawn"]
    assert (first["file"], first["copy"]) == ("not known", "none")
    shown = school.run("recordings", "consent", "--exit-code", ok=(5,))
    assert "Fore000002 Sur000002 (year 7), withdrawn on 28 November 2026" in shown.out
    assert "call c1" in shown.out and "Sur" not in shown.err


def test_only_calls_before_the_withdrawal_and_only_what_is_still_withdrawn(school):
    held(school)
    register(school, ALL.replace("000002,Yes,01/09/2026,", "000002,Yes,01/09/2026,27/11/2026"))
    assert withdrawn(school) == [("c1", "000002", "2026-11-27")]
    register(school, ALL.replace("000002,Yes,01/09/2026,", "000002,Yes,01/09/2026,01/12/2026"))
    assert withdrawn(school) == []
    again = "000002,Yes,01/09/2026,27/11/2026\n000002,Yes,28/11/2026,"
    register(school, ALL.replace("000002,Yes,01/09/2026,", again))
    assert withdrawn(school) == []
    register(school, ALL + "000002,No,28/11/2026,\n")
    assert [one[0] for one in withdrawn(school)] == ["c1", "c2"]


def test_a_pupil_who_never_consented_is_a_finding_and_not_a_withdrawal(school):
    held(school)
    register(school, ALL.replace("000002,Yes,01/09/2026,\n", ""))
    assert withdrawn(school) == []


def test_coming_lessons_with_pupils_without_consent_are_listed_with_the_choices(school):
    register(school, ALL.replace("000003,Yes,01/09/2026,", "000003,No,01/09/2026,"))
    url = put_meeting(school, "t000", "2026-11-30T09:00:00Z", class_mail(school))
    [coming] = told(school)["coming"]
    assert coming["pupils"] == [{"id": "000003", "name": "Fore000003 Sur000003", "year": "7"}]
    assert [one["id"] for one in told(school)["choices"]] == ["without-media", "not-recorded", "consent"]
    assert "Choose for each, before it starts" in school.run("recordings", "consent", "--exit-code", ok=(5,)).out
    set_options(school, "t000", url, allowRecording=False)
    assert told(school)["coming"] == []


def test_without_a_register_nothing_is_called_fine(school):
    done = school.run("recordings", "consent", ok=(2,))
    assert "registers/consent.csv" in done.err


def test_the_log_is_told_even_where_no_calendar_can_be_read(school):
    held(school)
    register(school, ALL.replace("000002,Yes,01/09/2026,", "000002,Yes,01/09/2026,28/11/2026"))
    school.fault(path="calendarView", status=403)
    done = school.run("recordings", "consent", "--output", "json", ok=(3,)).json
    assert len(done["withdrawn"]) == 2 and "no calendar of staff" in done["not_known"]["coming"]
    assert "What is coming: no calendar of staff" in school.run("recordings", "consent", ok=(3,)).out


def test_the_fields_are_those_of_the_reference(school):
    held(school)
    put_meeting(school, "t000", "2026-11-30T09:00:00Z", class_mail(school))
    gone = ALL.replace("000003,Yes,01/09/2026,", "000003,Yes,01/09/2026,28/11/2026")
    register(school, gone)
    found = told(school)
    assert list(found) == ["checked_at", "coming", "choices", "withdrawn", "not_known"]
    assert list(found["coming"][0]) == ["start", "end", "class", "organiser", "recording", "pupils"]
    names = ["call", "start", "class", "organiser", "pupil", "withdrawn_on", "file", "copy", "next"]
    assert list(found["withdrawn"][0]) == names
    assert list(found["withdrawn"][0]["pupil"]) == ["id", "name", "year"]
    unread = ["coming", "calendars", "no_mailbox", "class_calendars", "groups", "consent", "names_purged"]
    assert list(found["not_known"]) == unread
    rows = school.run("recordings", "consent", "--output", "csv").out.splitlines()
    assert rows[0] == "what,start,class,organiser,call,pupil,withdrawn_on,file,copy,next"
    assert [row.split(",")[0] for row in rows[1:]] == ["coming", "withdrawn", "withdrawn"]


def test_what_is_left_of_the_recording_and_its_copy_is_told(school):
    held(school)
    register(school, ALL.replace("000002,Yes,01/09/2026,", "000002,Yes,01/09/2026,28/11/2026"))
    (school.folder / "copies").mkdir()
    school.decide(backup={"target": str(school.folder / "copies")})
    school.run("recordings", "check", ok=(0, 5))
    assert [(one["file"], one["copy"]) for one in told(school)["withdrawn"]] == [("there", "none")] * 2
    school.run("recordings", "backup")
    assert [(one["file"], one["copy"]) for one in told(school)["withdrawn"]] == [("there", "copied")] * 2
    school.run("recordings", "verify")
    assert [one["copy"] for one in told(school)["withdrawn"]] == ["verified"] * 2
    assert "recording is there, checked copy" in school.run("recordings", "consent").out
