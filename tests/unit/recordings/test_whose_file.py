"""Which call a file in a drive is of, and how it is known again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from teamskit.recordings.lying import lying_of
from teamskit.recordings.matching import Meeting
from teamskit.recordings.people import People
from teamskit.recordings.sought import Calls, Sought
from teamskit.recordings.standing import Standing, owners_of

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
PEOPLE = People({"a-reid": "staff", "a-lee": "staff", "a-leo": "pupil"})


def sought(call, start=NINE, drive="a-reid", organiser="a-reid", **more):
    return Sought(Meeting(call, organiser, "https://x", start, start + HOUR, drive), start + 25 * HOUR, **more)


def item(name="Maths-20261125_090100-Meeting Recording.mp4", key="i1", **more):
    basics = {"id": key, "name": name, "size": 10, "createdDateTime": "2026-11-25T10:10:00Z", "webUrl": "https://x/1"}
    parent = {"driveId": "d1", "path": "/drives/d1/root:/Recordings"}
    file = {"mimeType": "video/mp4", "hashes": {"quickXorHash": "H"}}
    return {**basics, "parentReference": parent, "file": file, **more}


def of(calls, owner="a-reid", **more):
    found = Calls(calls).of(lying_of(item(**more), owner))
    return found.id if found else None


def test_what_a_file_says_of_itself():
    fields = {"listItem": {"fields": {"_ExpirationDate": "2027-03-25T10:10:00Z"}}}
    one = lying_of(item(**fields), "a-reid")
    assert (one.where, one.path, one.size, one.hash) == (("d1", "i1"), "/Recordings", 10, "H")
    assert (one.began_at, one.expires_on, one.temporary) == (
        NINE + HOUR / 60,
        NINE + 120 * timedelta(days=1) + 70 * HOUR / 60,
        False,
    )
    assert lying_of(item(), "a-reid").expires_on is None
    assert lying_of(item("tmp_Lesson.mp4"), "a-reid").temporary
    assert lying_of(item("notes.docx", file={"mimeType": "text/plain"}), "a-reid") is None
    assert lying_of(item(deleted={}), "a-reid") is None


def test_the_call_its_drives_owner_led():
    assert of([sought("c1"), sought("c2", NINE + HOUR)]) == "c1"
    assert of([sought("c1"), sought("c2")]) is None, "one of two is never guessed"
    assert of([sought("c1"), sought("c2", drive="g1")]) == "c1", "a meeting in a channel lies with its team"


def test_of_two_it_is_the_one_whose_meeting_told_of_it():
    told = sought("c2", NINE - HOUR / 2, begun=[NINE + HOUR / 60])
    assert of([sought("c1"), told]) == "c2"
    assert of([sought("c1", begun=[NINE + HOUR / 60]), told]) is None
    assert of([sought("c1"), sought("c2", NINE - HOUR / 2, begun=[NINE - HOUR / 4])]) is None


def test_else_the_call_he_was_in_just_then():
    first = sought("c1", staff={"a-lee": [(NINE, NINE + HOUR)]})
    second = sought("c2", staff={"a-lee": [(NINE + HOUR / 2, NINE + HOUR)]})
    assert of([first, second], "a-lee") == "c1"
    assert of([sought("c1", pupils={"a-leo": ()})], "a-leo") == "c1", "who was there when is not always known"
    assert of([sought("c1", staff={"a-lee": [(NINE + HOUR / 2, NINE + HOUR)]})], "a-lee") is None


def standing(*known):
    return Standing(known, [sought("c1"), sought("c2", NINE + HOUR)], PEOPLE, frozenset())


def test_by_hash_before_the_time_of_putting_it_there():
    one = standing()
    # The copy was put there while the second call ran.
    one.take([lying_of(item("copy.mp4", "i2"), "a-reid"), lying_of(item(), "a-reid")])
    assert {file.item: file.call for file in one.files} == {"i1": "c1", "i2": "c1"}
    assert one.with_files() == {"c1"} and one.unmatched == []


def test_only_what_changed_is_told():
    first = standing()
    first.take([lying_of(item(), "a-reid")])
    [file] = first.changed()
    again = standing(replace(file, version=1))
    again.take([lying_of(item(), "a-reid")])
    assert again.changed() == []
    again.take([lying_of(item("Renamed.mp4"), "a-reid")])
    assert [(one.name, one.key) for one in again.changed()] == [("Renamed.mp4", file.key)]


def test_one_that_is_gone_has_expired_when_its_day_has_come():
    one = standing()
    one.take([lying_of(item(), "a-reid")])
    [file] = one.files
    for expires_on, state in ((None, "deleted"), (NINE, "expired"), (NINE + 2 * HOUR, "deleted")):
        then = standing(replace(file, expires_on=expires_on))
        [left] = then.unseen()
        then.lost(left, NINE + HOUR)
        assert [found.state for found in then.files] == [state]


def test_whose_drives_are_listed_again():
    one = standing()
    one.take([lying_of(item(), "a-reid")])
    [file] = one.files
    gone = replace(file, state="deleted", learnt_at=NINE)
    assert owners_of([file], NINE) == {"a-reid"}
    assert owners_of([gone], NINE) == {"a-reid"}, "it may come back out of the recycle bin"
    assert owners_of([gone], NINE + HOUR) == set()
    assert owners_of([replace(file, forgotten=True)], NINE) == set()


def test_where_a_file_lay_whose_names_are_gone_is_not_written_down_again():
    one = standing()
    one.take([lying_of(item(), "a-reid")])
    [file] = one.files
    kept = replace(file, drive="", item="", owner="", name="", hash="", forgotten=True, named=file.key, version=1)
    then = standing(kept)
    then.take([lying_of(item(), "a-reid")])
    assert then.files == [kept] and then.changed() == [] and then.unmatched == []
