from dataclasses import replace
from datetime import UTC, datetime, timedelta

from teamskit.ledger import Ledger
from teamskit.recordings.files import (
    Grant,
    Link,
    RecordedFile,
    Somebody,
    as_one_recording,
    entry_of,
    files_of,
    histories_of,
)

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
NIGHT = NINE + timedelta(hours=17)
LESSON = RecordedFile(
    call="c1",
    state="found",
    recorded_at=NINE + timedelta(minutes=1),
    about=NINE,
    drive="b!1",
    item="01A",
    owner="acc-reid",
    name="Maths.mp4",
    path="/Recordings",
    web_url="https://x/Maths.mp4",
    size=2048,
    hash="AAAA",
    expires_on=NINE + timedelta(days=120),
    links=(Link("anonymous", "view", True),),
    grants=(Grant("guest", "read"),),
    in_drive_of="staff",
    granted=(Somebody("acc-guest", "Sam", "sam@example.org"),),
)


def test_a_file_comes_out_of_the_ledger_as_it_went_in(tmp_path):
    with Ledger.open(tmp_path / "l.sqlite3") as ledger:
        ledger.append([entry_of(LESSON, NIGHT)])
        [found] = files_of(ledger)
    assert found == LESSON
    assert (found.key, found.version, found.first_seen_at) == (LESSON.key, 1, NIGHT)


def test_the_newest_word_counts_and_the_first_says_since_when(tmp_path):
    with Ledger.open(tmp_path / "l.sqlite3") as ledger:
        ledger.append([entry_of(LESSON, NIGHT)])
        [first] = files_of(ledger)
        ledger.append([entry_of(replace(first, state="deleted", links=()), NIGHT + timedelta(days=1))])
        [found] = files_of(ledger, NINE, NINE + timedelta(hours=1))
        assert files_of(ledger, NINE + timedelta(hours=1)) == []
        [versions] = histories_of(ledger.read("file")).values()
    assert (found.state, found.version, found.first_seen_at) == ("deleted", 2, NIGHT)
    assert [one.state for one in versions] == ["found", "deleted"]


def test_nothing_that_stays_for_ever_names_drive_or_person():
    entry = entry_of(LESSON, NIGHT)
    stays = f"{entry.key} {entry.body}"
    assert not [
        word for word in ("b!1", "01A", "acc-reid", "acc-guest", "Sam", "sam@", "Maths", "https") if word in stays
    ]


def test_the_key_of_a_file_outlives_the_names_in_it():
    kept = replace(entry_of(LESSON, NIGHT), private=None, forgotten=True)
    [[file]] = histories_of([kept]).values()
    assert (file.key, file.drive, file.owner, file.forgotten) == (LESSON.key, "", "", True)


def test_a_copy_with_the_same_hash_is_the_same_recording():
    gone = replace(LESSON, state="deleted")
    again = replace(LESSON, item="01B", expires_on=None)
    other = replace(LESSON, item="01C", hash="BBBB")
    half = replace(LESSON, item="01D", temporary=True)
    assert as_one_recording([gone, other, half, again]) == [[again, gone], [other]]


def test_what_only_the_meeting_told_of_is_one_of_the_files_seen():
    told = RecordedFile("c1", "deleted", LESSON.recorded_at, NINE, source="meeting", recording="r1")
    assert as_one_recording([told]) == [[told]]
    assert as_one_recording([told, LESSON]) == [[LESSON]]


def test_files_without_a_hash_are_recordings_of_their_own():
    assert len(as_one_recording([replace(LESSON, hash=""), replace(LESSON, hash="", item="01B")])) == 2


def test_who_may_open_it():
    assert LESSON.is_shared
    assert not replace(LESSON, grants=(), links=(Link("users", "view", False),)).is_shared
    assert not replace(LESSON, temporary=True).is_recording
