import pytest

from teamskit.recordings.recorders import ROOM, Recorder, recorder_of
from teamskit.tenant.calls import Reply
from teamskit.tenant.models import Policy

ROOMY = {"id": "d", "quota": {"remaining": 5 * ROOM}}
POLICIES = {
    "global": Policy("TeamsMeetingPolicy", "Global", {"AllowCloudRecording": False}),
    "staff lessons": Policy("TeamsMeetingPolicy", "Staff lessons", {"AllowCloudRecording": True}),
    "silent": Policy("TeamsMeetingPolicy", "Silent", {}),
}


@pytest.mark.parametrize(
    ("effective", "said"),
    [
        (("Staff lessons", "direct"), True),
        (("STAFF LESSONS", "group"), True),
        (("Global", "Global"), False),
        (("Silent", "direct"), None),
        (("Gone", "direct"), None),
        (None, None),
    ],
)
def test_the_policy_in_effect_decides_whether_a_lesson_may_be_recorded(effective, said):
    found = recorder_of("a", {"a": effective} if effective else {}, POLICIES, ROOMY)
    assert (found.may_record, found.can) == (said, said)


@pytest.mark.parametrize(
    ("drive", "state", "can"),
    [
        (ROOMY, "ok", True),
        ({"id": "d", "quota": {"remaining": ROOM}}, "ok", True),
        ({"id": "d", "quota": {"remaining": ROOM - 1}}, "full", False),
        ({"id": "d", "quota": {"remaining": 0}}, "full", False),
        ({"id": "d"}, None, None),
        ({"id": "d", "quota": None}, None, None),
        (Reply(404), "none", False),
        (Reply(403), None, None),
        (Reply(0), None, None),
    ],
)
def test_a_recording_needs_a_drive_with_room(drive, state, can):
    found = recorder_of("a", {"a": ("Staff lessons", "direct")}, POLICIES, drive)
    assert (found.drive, found.can) == (state, can)


def test_what_is_wrong_outweighs_what_is_not_known():
    assert Recorder("a", None, "full").can is False
    assert Recorder("a", False, None).can is False
