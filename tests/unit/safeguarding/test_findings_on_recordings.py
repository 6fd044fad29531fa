"""What becomes of a recording, and what is a finding: entries of a ledger in, findings out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from teamskit.calls.model import CallEntry, Presence
from teamskit.calls.roll import ClassRoll, OnRoll, Rolls, RollTaken
from teamskit.ledger import Ledger
from teamskit.ledger.entries import Entry
from teamskit.recordings.files import Grant, Link, RecordedFile, Somebody, entry_of
from teamskit.recordings.known import known_of
from teamskit.recordings.looking import FilesLook, look_entry
from teamskit.recordings.manifest import Facts, check_entry, copied_entry, copies_of, deleted_entry
from teamskit.recordings.openings import OPENING
from teamskit.recordings.recorder_log import recorder_entry
from teamskit.recordings.recorders import Recorder
from teamskit.registers import AgreedRegister, Agreement, ConsentRegister
from teamskit.safeguarding import Evidence, evaluate
from teamskit.school.model import FindingMinutes

START = datetime(2026, 11, 9, 9, tzinfo=UTC)
END = START + timedelta(minutes=40)
NIGHT = END + timedelta(hours=17)
DAY = timedelta(days=1)
REID = Presence("a-reid", "REI", "Mrs Reid", "staff", intervals=((START, END),))
LEO = Presence("a-leo", "004101", "Leo Ahmed", "pupil", "3", intervals=((START, END),))
ISLA = Presence("a-isla", "004102", "Isla Chen", "pupil", "3", intervals=((START, END),))
CALL = CallEntry(
    "c1", 1, START, END, "groupCall", REID, "3A", True, "complete", (REID, LEO, ISLA),
    recorded_at=NIGHT, recording="seen",
)  # fmt: skip
FILE = RecordedFile(
    "c1", "found", START, START, "d", "i", "a-reid", "L.mp4", "/Recordings", "https://x/L.mp4", 10, "H",
    expires_on=START + 120 * DAY, in_drive_of="staff",
)  # fmt: skip
FACTS = Facts(10, "aa", 10, "aa", "bb", "H", encrypted=False)


class Nights:
    """A ledger to which each night adds what it saw."""

    def __init__(self, folder):
        self.ledger = Ledger.open(folder / "l.sqlite3")
        self.files = {}

    def saw(self, night, *files):
        """Write what a look on a night saw of files."""
        at = NIGHT + night * DAY
        for file in files:
            self.files[file.key] = replace(file, version=getattr(self.files.get(file.key), "version", 0))
            self.ledger.append([entry_of(self.files[file.key], at)])
            self.files[file.key] = replace(self.files[file.key], version=self.files[file.key].version + 1)
        self.ledger.append([look_entry(FilesLook(at, "read"))])
        return self

    def did(self, operation, role, account="", address="", at=END):
        number = len(self.ledger.read(OPENING))
        body = {"call": "c1", "file": FILE.key, "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", "operation": operation, "role": role}
        private = {"account": account, "address": address}
        self.ledger.append([Entry(OPENING, f"r{number}", 1, NIGHT, body, about=START, private=private)])
        return self

    def copied(self, night):
        self.ledger.append(
            [copied_entry(FILE.key, "c1", START, NIGHT + night * DAY, 1, FACTS, path="p", name="n", run="r")]
        )
        return self

    def checked(self, night, why=""):
        failed = [{"key": FILE.key, "why": why}] if why else []
        self.ledger.append([check_entry(NIGHT + night * DAY, "data", [FILE.key], failed)])
        return self

    def evidence(self, now=10, call=CALL, **more):
        basics = {"looked_at": [NIGHT + 2 * DAY], "consent": ConsentRegister(), "agreed": AgreedRegister()}
        days = {"first": date(2026, 11, 9), "last": date(2026, 11, 9)}
        known = known_of(self.ledger)
        return Evidence(**{"now": NIGHT + now * DAY, "calls": [call], "recordings": known, **basics, **days, **more})

    def found(self, kind, **more):
        """Give the finding of a kind, None where there is none."""
        return next((one for one in evaluate(self.evidence(**more)) if one.finding == kind), None)


@pytest.fixture
def nights(tmp_path):
    return Nights(tmp_path)


GONE = replace(FILE, state="deleted")


def test_a_recording_that_was_there_and_is_not(nights):
    one = nights.saw(0, FILE).saw(1).saw(2, GONE).found("recording-gone")
    assert (one.state, one.severity, one.people) == ("open", "high", ("REI",))
    assert one.text == (
        "The recording of this lesson was there on 11 November 2026 and is not now. There is no checked copy."
    )


def test_who_deleted_it_is_named(nights):
    nights.saw(0, FILE).did("FileRecycled", "staff", "a-reid", at=END + DAY).saw(2, GONE)
    assert "Mrs Reid deleted it on 10 November 2026 at 09:40." in nights.found("recording-gone").text


def test_a_copy_that_was_checked_before_is_enough(nights):
    nights.saw(0, FILE).copied(0).checked(1).saw(2, GONE)
    assert nights.found("recording-gone") is None


def test_a_copy_that_was_never_checked_is_not_and_the_next_step_says_so(nights):
    one = nights.saw(0, FILE).copied(0).saw(2, GONE).found("recording-gone")
    assert one.state == "open" and "never checked" in one.text and "recordings verify" in one.next_step


def test_a_copy_that_is_checked_later_closes_it(nights):
    before = nights.saw(0, FILE).copied(0).saw(2, GONE).found("recording-gone")
    after = nights.checked(3).found("recording-gone")
    assert (after.id, after.state) == (before.id, "closed") and "13 November 2026" in after.why


def test_a_copy_that_fails_its_check_does_not(nights):
    one = nights.saw(0, FILE).copied(0).checked(1, "data").saw(2, GONE).found("recording-gone")
    assert one.state == "open"


def test_found_again_closes_it(nights):
    before = nights.saw(0, FILE).saw(2, GONE).found("recording-gone")
    after = nights.saw(3, FILE).found("recording-gone")
    assert (after.id, after.state, after.why) == (before.id, "closed", "It was found again on 13 November 2026.")


def test_one_uploaded_again_in_the_same_night_was_never_gone(nights):
    nights.saw(0, FILE).saw(2, GONE, replace(FILE, item="i2", expires_on=None))
    assert nights.found("recording-gone") is None


def test_one_of_two_recordings_that_is_gone_is_a_finding(nights):
    second = replace(FILE, item="i2", hash="H2", recorded_at=START + timedelta(minutes=20))
    assert nights.saw(0, FILE, second).saw(2, GONE).found("recording-gone").state == "open"


def test_what_only_the_meeting_told_of_is_closed_by_a_file(nights):
    told = RecordedFile("c1", "deleted", START, START, source="meeting", recording="r1")
    assert "in no drive" in nights.saw(0, told).found("recording-gone").text
    assert nights.saw(1, FILE).found("recording-gone") is None


@pytest.mark.parametrize(("days", "raised"), [(0, True), (9, False), (11, True)])
def test_what_goes_after_the_days_a_school_keeps_it_goes_as_it_decided(nights, days, raised):
    expired = replace(FILE, state="expired", expires_on=END + 10 * DAY)
    nights.saw(0, FILE).saw(11, expired)
    assert (nights.found("recording-gone", now=12, recording_days=days) is not None) == raised
    assert nights.found("recording-gone", now=12, recording_days=days, held=frozenset({"c1"})) is not None


def test_a_copy_that_was_deleted_on_purpose_opens_nothing_again(nights):
    def thrown_away():
        nights.ledger.append([deleted_entry(copies_of(nights.ledger)[FILE.key], NIGHT + 3 * DAY, "Head")])

    nights.saw(0, FILE).copied(0).checked(1).saw(2, GONE)
    thrown_away()
    assert nights.found("recording-gone") is None


def test_a_copy_deleted_before_its_recording_went_closes_it(nights):
    nights.saw(0, FILE).copied(0)
    nights.ledger.append([deleted_entry(copies_of(nights.ledger)[FILE.key], NIGHT + DAY, "Head", "consent withdrawn")])
    one = nights.saw(2, GONE).found("recording-gone")
    assert (one.state, one.why) == ("closed", "The school deleted its copy on 11 November 2026.")


def test_an_expired_one_says_when(nights):
    nights.saw(0, FILE).saw(3, replace(FILE, state="expired", expires_on=END + 2 * DAY))
    assert nights.found("recording-gone").text.startswith("The recording of this lesson expired on 11 November 2026.")


def test_a_pupil_of_the_call_who_looks_at_it_again_is_none(nights):
    assert nights.saw(0, FILE).did("FileAccessed", "pupil", "a-leo").found("recording-opened") is None
    strict = nights.found("recording-opened", minutes=FindingMinutes(pupils_may_watch=False))
    assert "Leo Ahmed (year 3) opened it on 9 November 2026" in strict.text


def test_a_pupil_of_the_class_who_was_ill_is_none_and_another_is(nights):
    who = ("a-maya", "maya@x", "Maya", "3")
    pupil = OnRoll("key", "004103", "Maya Lewis", "3", "a-maya", None, None, None, None)
    rolls = Rolls((RollTaken(START - DAY, ClassRoll("s", "3A", "3A", (pupil,))),))
    nights.saw(0, FILE).did("FileAccessed", "pupil", *who[:2])
    assert nights.found("recording-opened", rolls=rolls) is None
    assert nights.found("recording-opened").state == "open"


def test_a_pupil_who_downloads_it_is_named(nights):
    nights.saw(0, FILE).did("FileDownloaded", "pupil", "a-leo").did("FileDownloaded", "pupil", "a-leo")
    one = nights.found("recording-opened")
    assert "Leo Ahmed (year 3) downloaded it on 9 November 2026 at 09:40, and one time more." in one.text
    assert one.people == ("REI", "004101")


def test_staff_are_none_and_an_account_of_nobody_is_a_finding(nights):
    assert nights.saw(0, FILE).did("FileDownloaded", "staff", "a-reid").found("recording-opened") is None
    one = nights.did("FileAccessed", "unknown", "a-x", "old@school.example").found("recording-opened")
    assert "An account that the roster does not name (old@school.example) opened it" in one.text


def test_an_agreement_with_somebody_from_outside_covers_his_opening(nights):
    nights.saw(0, FILE).did("FileDownloaded", "outside", "", "sam@elsewhere.example")
    rows = AgreedRegister((Agreement("recording-opened", outside="sam@elsewhere.example", agreed_by="Head", row=2),))
    assert nights.found("recording-opened", agreed=rows).state == "agreed"
    assert nights.found("recording-opened").state == "open"


@pytest.mark.parametrize(
    ("scope", "raised"), [("anonymous", True), ("organization", True), ("users", True), ("existingAccess", False)]
)
def test_links(nights, scope, raised):
    nights.saw(0, replace(FILE, links=(Link(scope, "view", raised),)))
    assert (nights.found("recording-opened") is not None) == raised


def test_a_right_that_was_taken_back_closes_it(nights):
    guest = replace(FILE, grants=(Grant("guest", "read"),), granted=(Somebody("g", "Sam", "sam@elsewhere.example"),))
    before = nights.saw(0, guest).found("recording-opened")
    assert before.text == "Somebody from outside the school (Sam) may open the recording of this lesson."
    after = nights.saw(1, FILE).found("recording-opened")
    assert (after.id, after.state, after.why) == (before.id, "closed", "Found put right on 11 November 2026.")


def test_a_link_on_a_recording_that_is_gone_is_over(nights):
    nights.saw(0, replace(FILE, links=(Link("anonymous", "view", True),))).saw(1, GONE)
    assert nights.found("recording-opened").why == "The recording was gone on 11 November 2026."


def test_it_lies_with_a_pupil(nights):
    held = replace(FILE, owner="a-leo", in_drive_of="pupil")
    one = nights.saw(0, held).found("recording-opened")
    assert one.text == "The recording of this lesson lies in the OneDrive of Leo Ahmed (year 3), who is not staff."
    assert one.people == ("REI", "004101") and "move it" in one.next_step


def test_a_copy_that_is_not_as_it_was_stored(nights):
    one = nights.saw(0, FILE).copied(0).checked(1, "data").found("backup-failed")
    assert (one.state, one.severity) == ("open", "high")
    assert one.text.endswith("is not as it was stored. Its bytes are not those that were stored.")
    assert "new copy" in one.next_step
    assert "may be the only one" in nights.saw(2, GONE).found("backup-failed").next_step


def test_a_later_check_that_it_passes_closes_it_and_a_deleted_copy_is_none(nights):
    nights.saw(0, FILE).copied(0).checked(1, "size")
    assert nights.checked(2).found("backup-failed").state == "closed"
    copy = copies_of(nights.ledger)[FILE.key]
    nights.ledger.append([deleted_entry(copy, NIGHT + 3 * DAY, "Head")])
    assert nights.found("backup-failed") is None


@pytest.mark.parametrize(
    ("drive", "may", "words"),
    [
        ("full", True, "Likely cause: Mrs Reid has no room left in OneDrive. The recording may wait"),
        ("none", True, "Likely cause: Mrs Reid has no OneDrive."),
        ("ok", False, "Likely cause: the meeting policy of Mrs Reid does not allow recording."),
        ("ok", True, "24 hours after it ended."),
        (None, None, "24 hours after it ended."),
    ],
)
def test_v04_v08_an_unrecorded_lesson_names_its_likely_cause(nights, drive, may, words):
    call = replace(CALL, recorded=False, recorded_at=None, recording="none")
    seen = recorder_entry([Recorder("a-reid", may, drive)], [], 1, NIGHT + 2 * DAY)
    nights.ledger.append(seen)
    one = nights.found("unrecorded-lesson", call=call)
    assert words in one.text and one.text.endswith(words) == words.endswith(("ended.", "recording."))


def test_a_pupil_without_consent_in_what_is_kept(nights):
    said = "on that day."
    assert nights.found("no-consent").text.endswith(said)
    assert nights.saw(0, FILE).found("no-consent").text.endswith(f"{said} The recording is still there.")
    nights.copied(0)
    assert nights.found("no-consent").text.endswith("is still there, and a copy of it is kept.")
    assert nights.saw(1, GONE).found("no-consent").text.endswith("A copy of the recording is kept.")
