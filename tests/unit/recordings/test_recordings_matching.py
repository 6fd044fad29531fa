from datetime import UTC, datetime, timedelta

from teamskit.recordings.matching import Meeting, Seen, call_of, of_drive, of_meeting

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def meeting(call, start=NINE):
    return Meeting(call, "acc-reid", "https://x", start, start + HOUR, "acc-reid")


def seen(minutes=2, call_id=None):
    return Seen("r1", call_id, NINE + timedelta(minutes=minutes), "meeting")


def test_the_call_id_decides():
    meetings = [meeting("c1"), meeting("c2", NINE + HOUR)]
    assert call_of(seen(call_id="c2"), meetings) == (meetings[1], "callId")


def test_else_the_one_call_in_whose_time_it_began():
    meetings = [meeting("c1"), meeting("c2", NINE + HOUR)]
    assert call_of(seen(60, "other"), meetings) == (meetings[1], "time")
    assert call_of(seen(120), meetings) is None


def test_two_calls_at_once_leave_it_open():
    assert call_of(seen(), [meeting("c1"), meeting("c2")]) is None


def test_a_recording_of_a_meeting():
    got = of_meeting({"id": "r1", "callId": "c1", "createdDateTime": "2026-11-25T09:00:30.5Z"})
    assert (got.call_id, got.started_at) == ("c1", NINE + timedelta(seconds=30))


def test_a_file_in_a_recordings_folder_says_when_it_began_in_its_name():
    made = {"createdDateTime": "2026-11-25T11:00:00Z", "file": {"mimeType": "video/mp4"}, "id": "f1"}
    assert of_drive({**made, "name": "Maths-20261125_090012-Meeting Recording.mp4"}).started_at == NINE + timedelta(
        seconds=12
    )
    assert of_drive({**made, "name": "Maths.mp4"}).started_at == NINE + 2 * HOUR
    assert of_drive({**made, "name": "notes.docx", "file": {"mimeType": "text/plain"}}) is None
