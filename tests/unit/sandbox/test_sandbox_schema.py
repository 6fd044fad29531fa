"""What the tenant answers uses Microsoft's property names only; and the app behind a real socket."""

from __future__ import annotations

import json
import threading
import urllib.request

import pytest

from teamskit.sandbox.schema import members_of, read_data
from teamskit.sandbox.serve import serve

GRAPH = "microsoft.graph."
NOT_IN_SCHEMA = {"serviceEndpoint", "communicationsGuestIdentity", "clientUserAgent", "serviceUserAgent"}


def strangers(value, type_name, where=""):
    """Give the places of properties that the type lacks."""
    if isinstance(value, list):
        return [place for one in value for place in strangers(one, type_name, where)]
    if not isinstance(value, dict):
        return []
    said = value.get("@odata.type", "#" + type_name).removeprefix("#").replace("Microsoft", "microsoft")
    if said.rpartition(".")[2] in NOT_IN_SCHEMA or type_name not in read_data("schema.json")["types"]:
        return []
    properties, navigation = members_of(said)
    found = []
    is_open = read_data("schema.json")["types"].get(type_name, {}).get("open")
    for name, content in value.items():
        if "@" in name:
            continue
        if name in properties or name in navigation:
            kind = properties[name][0] if name in properties else navigation[name]
            found += strangers(content, kind.removeprefix("Collection(").removesuffix(")"), f"{where}/{name}")
        elif not is_open:
            found.append(f"{where}/{name}")
    return found


@pytest.fixture
def played(school):
    tid = school.make_team("team")
    span = [["2026-09-01T08:00:00Z", "2026-09-01T08:40:00Z"]]
    people = [{"account": school.ids[0], "intervals": span}, {"guest": "G", "email": None, "intervals": span}]
    call = {"id": "c1", "type": "groupCall", "start": span[0][0], "end": span[0][1], "group": tid, "people": people}
    school.tenant.play([{**call, "organiser": {"account": school.ids[0]}, "recording": "kept"}])
    return school, tid


def test_answers_hold_to_the_schema(played):
    school, tid = played
    meeting = school.get("/communications/callRecords/c1")["joinWebUrl"].replace("%", "%25")
    found = school.get(f"/users/{school.ids[0]}/onlineMeetings?$filter=JoinWebUrl eq '{meeting}'")["value"]
    place = f"/users/{school.ids[0]}/onlineMeetings/{found[0]['id']}"
    times = [{"dateTime": f"2026-09-07T{hour}:00:00", "timeZone": "Europe/London"} for hour in ("09", "10")]
    body = {"subject": "7A", "start": times[0], "end": times[1], "isOnlineMeeting": True}
    people = [{"emailAddress": {"address": "team@school.example"}}]
    event = school.ask("POST", f"/users/{school.ids[1]}/events", {**body, "attendees": people}, 201)
    url = event["onlineMeeting"]["joinUrl"].replace("%", "%25")
    week = "calendarView?startDateTime=2026-09-07&endDateTime=2026-09-08"
    for path, kind in (
        (f"/users/{school.ids[1]}/events/{event['id']}", "event"),
        (f"/users/{school.ids[1]}/events", "event"),
        (f"/groups/{tid}/{week}", "event"),
        (f"/users/{school.ids[1]}/onlineMeetings?$filter=JoinWebUrl eq '{url}'", "onlineMeeting"),
        ("/users", "user"),
        ("/education/users", "educationUser"),
        ("/groups", "group"),
        (f"/groups/{tid}", "group"),
        ("/education/classes", "educationClass"),
        (f"/teams/{tid}", "team"),
        (f"/teams/{tid}/members", "aadUserConversationMember"),
        (f"/teams/{tid}/channels", "channel"),
        ("/communications/callRecords", "callRecords.callRecord"),
        ("/communications/callRecords/c1?$expand=participants_v2,sessions($expand=segments)", "callRecords.callRecord"),
        (place, "onlineMeeting"),
        (place + "/recordings", "callRecording"),
        (f"/groups/{tid}/drive", "drive"),
        (f"/groups/{tid}/drive/root:/General/Recordings:/children", "driveItem"),
        ("/admin/teams/userConfigurations", "teamsAdministration.teamsUserConfiguration"),
        ("/organization", "organization"),
    ):
        answer = school.get(path)
        shown = answer.get("value", answer) if "id" not in answer else answer
        assert shown, path
        assert answer["@odata.context"].startswith("https://graph.microsoft.com/v1.0/$metadata#")
        allowed = {"/organizer_v2/identity/user/tenantId"}
        wrong = [one for one in strangers(shown, GRAPH + kind) if not one.endswith("/tenantId")]
        assert not set(wrong) - allowed, (path, wrong)


def test_served_on_loopback(school):
    server = serve(school.tenant)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        root = f"http://127.0.0.1:{server.server_port}/v1.0"
        request = urllib.request.Request(root + "/users?$top=20", headers={"Authorization": "Bearer x"})
        with urllib.request.urlopen(request) as answer:
            page = json.load(answer)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(page["value"]) == 20
    assert page["@odata.nextLink"].startswith(root + "/users?")
