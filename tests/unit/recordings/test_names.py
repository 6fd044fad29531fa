"""Names of copies: safe everywhere, whole letters kept, and never a pupil's name."""

import re
from datetime import UTC, datetime
from pathlib import PureWindowsPath

from hypothesis import given
from hypothesis import strategies as st

from teamskit.recordings.names import LONGEST, Naming, Pupils, meeting_of, path_of, safe, short_key

KEY = "8f2d0000-0000-4000-8000-000000000001/0123456789ab"
START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def named(class_name="", meeting="", **more):
    return path_of(Naming(KEY, START, class_name, meeting), encrypted=False, **more)


def test_a_plain_name():
    assert named("7A/Ma1", "Maths") == "2026/11/2026-11-25 0900 7A-Ma1 Maths 0123456789ab.mp4"


def test_the_school_clock_counts():
    what = Naming(KEY, datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert path_of(what, encrypted=True) == "2026/07/2026-07-01 0030 0123456789ab.mp4.age"


def test_another_of_the_same_name_has_a_number():
    assert named("7A", number=2).endswith("0123456789ab (2).mp4")


def test_letters_of_any_alphabet_stay():
    assert "Français avec élève Łódź 数学" in named(meeting="Français avec élève Łódź 数学")


def test_what_could_mislead_goes():
    assert safe("lesson\u202e4pm.exe\x00\u200b") == "lesson 4pm.exe"
    assert safe("../../etc/passwd") == "etc-passwd"
    assert safe("C:\\x|y?*<>") == "C-x-y"
    assert safe("100% #1 @home & more") == "100- -1 -home - more"


def test_names_that_windows_keeps_for_itself():
    for word in ("CON", "nul", "com1", "LPT9.txt", "aux.mp4"):
        assert safe(word).startswith("_")
    assert safe("Console") == "Console"


@given(st.text(max_size=400), st.text(max_size=400))
def test_every_name_can_be_stored(class_name, meeting):
    path = named(class_name, meeting)
    year, month, name = path.split("/")
    assert (year, month) == ("2026", "11")
    assert len(name.encode("utf-8")) <= LONGEST
    assert name.endswith(f" {short_key(KEY)}.mp4") and name.startswith("2026-11-25 0900")
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069#%]', name)
    assert PureWindowsPath(name).name == name


def test_what_the_meeting_was_called():
    assert meeting_of("Year 7 Maths-20261125_090012UTC-Meeting Recording.mp4") == "Year 7 Maths"
    assert meeting_of("Year 7 Maths-20261125_090012-Meeting Recording 1.mp4") == "Year 7 Maths"
    assert meeting_of("film.mp4") == "film"


def test_pupils_in_a_meetings_name():
    pupils = Pupils(["Leo Ahmed", "Zoë O'Neil", "Li Wu"])
    for text in (
        "1:1 with Leo",
        "LEO'S reading",
        "Leos reading",
        "Catch-up Ahmed, L.",
        "zoe_art",
        "LeoAhmed",
        "ahmedleo2",
        "Wu and friends",
    ):
        assert pupils.named_in(text), text
    for text in ("Year 7 Maths", "Leonardo da Vinci", "Lion King", ""):
        assert not pupils.named_in(text), text


def test_pupils_numbers_and_logins_in_a_meetings_name():
    pupils = Pupils(["Leo Ahmed"], ["004711", "22ahmedl@school.example", "l.ahm", "12", ""])
    for text in (
        "Review 004711",
        "4711 review",
        "adno_04711",
        "22ahmedl",
        "With 22AHMED-L.",
        "L.Ahm's turn",
        "(l.ahm)",
    ):
        assert pupils.named_in(text), text
    for text in ("Year 12", "Room 47", "24711 stars", "Choir", "0000"):
        assert not pupils.named_in(text), text
