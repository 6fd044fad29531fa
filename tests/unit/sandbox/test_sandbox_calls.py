"""Calls played: records, sessions, meetings, recordings, files; made-up school days."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

CALL = "11111111-1111-4111-8111-111111111111"


def call(school, group=None, **more):
    span = [["2026-09-01T08:00:00Z", "2026-09-01T08:40:00Z"]]
    return {
        "id": CALL,
        "type": "groupCall",
        "start": "2026-09-01T08:00:00Z",
        "end": "2026-09-01T08:45:00Z",
        "organiser": {"account": school.ids[0]},
        "group": group,
        "recording": "kept",
        "people": [
            {"account": school.ids[0], "intervals": span},
            {"account": school.ids[1], "intervals": [*span, ["2026-09-01T08:41:00Z", "2026-09-01T08:45:00Z"]]},
            {"guest": "Gale", "email": "gale@visitor.example", "intervals": span},
            {"anonymous": "somebody", "intervals": span},
            {"phone": "+441632960123", "intervals": span},
            {"name": "Ola", "tenant": "22222222-2222-4222-8222-222222222222", "intervals": span},
        ],
        **more,
    }


def detail(school, query):
    return school.get(f"/communications/callRecords/{CALL}?$expand={query}")


def test_playing_moves_the_clock_to_25_hours_after(school):
    assert school.tenant.play([call(school)]) == 1
    assert school.tenant.now() == datetime(2026, 9, 2, 9, 45, tzinfo=UTC)


def test_the_list_has_neither_participants_nor_sessions(school):
    school.tenant.play([call(school)])
    query = "?$filter=startDateTime ge 2026-09-01T00:00:00.000Z and startDateTime lt 2026-09-02T00:00:00Z"
    record = school.get("/communications/callRecords" + query)["value"][0]
    assert record["id"] == CALL
    assert record["organizer_v2"]["id"] == school.ids[0]
    assert not {"participants_v2", "sessions"} & set(record)
    assert school.get("/communications/callRecords?$filter=startDateTime gt 2026-09-01T08:00:00Z")["value"] == []
    people = f"?$filter=participants_v2/any(p:p/id eq '{school.ids[1]}')"
    assert len(school.get("/communications/callRecords" + people)["value"]) == 1
    school.get("/communications/callRecords?$filter=type eq 'groupCall'", 400)


def test_people_come_by_kind(school):
    school.tenant.play([call(school)])
    people = detail(school, "participants_v2")["participants_v2"]
    kinds = [next(kind for kind, value in one["identity"].items() if value) for one in people]
    assert kinds == ["user", "user", "guest", "user", "phone", "user"]
    assert people[3]["id"].startswith("teamsvisitor:")
    assert people[3]["identity"]["user"]["displayName"] is None
    assert people[4]["identity"]["phone"]["id"] == "+441632960123"
    assert people[5]["identity"]["user"]["tenantId"] != school.tenant.tenant_id


def test_sessions_are_one_per_interval_with_segments(school):
    school.tenant.play([call(school)])
    sessions = detail(school, "sessions($expand=segments)")["sessions"]
    who = Counter(one["caller"]["associatedIdentity"]["id"] for one in sessions)
    assert (len(sessions), who[school.ids[1]]) == (7, 2)
    assert all(len(one["segments"]) == 1 for one in sessions)
    assert {one["callee"]["@odata.type"] for one in sessions} == {"#microsoft.graph.callRecords.serviceEndpoint"}
    assert "segments" not in detail(school, "sessions")["sessions"][0]
    school.get(f"/communications/callRecords/{CALL}?$expand=organizer", 400)


def test_both_ends_of_a_call_of_two(school):
    span = [["2026-09-01T08:00:00Z", "2026-09-01T08:12:00Z"]]
    people = [{"account": uid, "intervals": span} for uid in school.ids[:2]]
    school.tenant.play([call(school, type="peerToPeer", people=people, recording="none")])
    record = detail(school, "sessions($expand=segments)")
    assert record["joinWebUrl"] is None
    ends = [record["sessions"][0][end]["associatedIdentity"]["id"] for end in ("caller", "callee")]
    assert ends == school.ids[:2]
    assert len(record["sessions"]) == 1


def test_large_calls_come_in_pages(school):
    span = [["2026-09-01T08:00:00Z", "2026-09-01T08:12:00Z"]]
    people = [{"anonymous": str(n), "intervals": span} for n in range(140)]
    school.tenant.play([call(school, people=people)])
    record = detail(school, "participants_v2,sessions($expand=segments)")
    assert (len(record["participants_v2"]), len(record["sessions"])) == (130, 60)
    root = "https://graph.microsoft.com/v1.0"
    rest = school.get(record["participants_v2@odata.nextLink"].removeprefix(root))["value"]
    assert len(rest) == 10
    found, link = 60, record["sessions@odata.nextLink"]
    while link:
        page = school.get(link.removeprefix(root))
        assert all("segments" in one for one in page["value"])
        found, link = found + len(page["value"]), page.get("@odata.nextLink")
    assert found == 140


def test_a_record_comes_late_and_goes_after_30_days(school):
    school.tenant.play([call(school)])
    school.get(f"/communications/callRecords/{CALL}")
    school.tenant.advance(timedelta(days=28, hours=22, minutes=10))
    school.get(f"/communications/callRecords/{CALL}")
    school.tenant.advance(timedelta(minutes=10))
    school.get(f"/communications/callRecords/{CALL}", 404)
    assert school.get("/communications/callRecords")["value"] == []


def test_a_record_played_again_is_revised(school):
    school.tenant.play([call(school)])
    first = school.get(f"/communications/callRecords/{CALL}")
    school.tenant.play([call(school)])
    second = school.get(f"/communications/callRecords/{CALL}")
    assert (first["version"], second["version"]) == (1, 2)
    assert second["lastModifiedDateTime"] > first["lastModifiedDateTime"]
    assert school.tenant.show()["calls"] == 1


def test_a_channel_meeting_and_its_recording(school):
    tid = school.make_team("team")
    school.tenant.play([call(school, group=tid)])
    url = school.get(f"/communications/callRecords/{CALL}")["joinWebUrl"]
    thread = school.get(f"/teams/{tid}/primaryChannel")["id"]
    assert thread.replace(":", "%3a").replace("@", "%40") in url
    asked = f"/users/{school.ids[0]}/onlineMeetings?$filter=JoinWebUrl eq '{quote(url, safe='')}'"
    meetings = school.get(asked)["value"]
    assert [one["joinWebUrl"] for one in meetings] == [url]
    recordings = school.get(f"/users/{school.ids[0]}/onlineMeetings/{meetings[0]['id']}/recordings")["value"]
    assert [one["callId"] for one in recordings] == [CALL]
    files = school.get(f"/groups/{tid}/drive/root:/General/Recordings:/children")["value"]
    assert files[0]["file"]["mimeType"] == "video/mp4"
    school.get(f"/users/{school.ids[0]}/drive/root:/Recordings:/children", 404)
    twice = quote(quote(url, safe=""), safe="")
    assert school.get(f"/users/{school.ids[0]}/onlineMeetings?$filter=JoinWebUrl eq '{twice}'")["value"] == []
    school.tenant.set_flag("application_access_policy", False)
    assert school.get(asked, 403)["error"]["code"] == "Forbidden"


def test_another_meetings_file_is_in_the_organisers_drive(school):
    school.tenant.play([call(school)])
    drive = school.get(f"/users/{school.ids[0]}/drive")["id"]
    files = school.get(f"/users/{school.ids[0]}/drive/root:/Recordings:/children")["value"]
    assert [one["parentReference"]["driveId"] for one in files] == [drive]
    assert school.get(f"/drives/{drive}/root:/Recordings:/children")["value"] == files


@pytest.mark.parametrize("wrong", [{"type": "party"}, {"group": "nowhere"}, {"organiser": {"account": "nobody"}}])
def test_a_call_that_cannot_be_played_is_named(school, wrong):
    with pytest.raises(ValueError, match=CALL):
        school.tenant.play([call(school), call(school, **wrong)])
    assert school.tenant.show()["calls"] == 0


def test_a_late_recording_comes_when_it_was_said_to(school):
    school.tenant.play([call(school, recording_at="2026-09-03T00:45:00Z")])
    asked = f"/users/{school.ids[0]}/drive/root:/Recordings:/children"
    school.get(asked, 404)
    school.tenant.advance(timedelta(hours=16))
    assert len(school.get(asked)["value"]) == 1
