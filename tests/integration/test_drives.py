"""Drives of the embedded tenant as a client meets them: bytes, parts, expiry, changes, rights, the audit log."""

import base64
import json
import tracemalloc
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from call_scenes import HEAD, PUPILS, TEACHER, call, lesson, play, ready

from teamskit.clock import iso
from teamskit.tenant.session import SandboxAdapter

GRAPH = "https://graph.microsoft.com/v1.0"
MINE = "00000000-0000-4000-8000-00000000000"
LINK = "@microsoft.graph.downloadUrl"
EXPIRY = "$expand=listItem($expand=fields($select=_ExpirationDate))"
AT = "2026-11-26T09:00:00Z"


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


@pytest.fixture
def web(school):
    """The tenant as a client meets it: an HTTP session, streaming."""
    session = requests.Session()
    session.mount("https://", SandboxAdapter(school.tenant().wsgi))
    session.headers["Authorization"] = "Bearer x"
    return session


def ask(web, path, status=200):
    answer = web.get(path if path.startswith("https:") else GRAPH + path)
    assert answer.status_code == status, answer.text
    return answer.json()


def do(school, method, path, body=None, status=(200, 201, 204)):
    got, _, answer = school.tenant().request(method, ("" if path.startswith("/sandbox/") else "/v1.0") + path, body)
    assert got in ((status,) if isinstance(status, int) else status), answer
    return answer


def account(school, employee):
    page = do(school, "GET", f"/users?$filter=employeeId eq '{employee}'&$select=id")
    return page["value"][0]["id"]


def head(school):
    return account(school, "T000")


def recordings(school, web, options=""):
    """Give the files in the head's folder of recordings."""
    return ask(web, f"/users/{head(school)}/drive/root:/Recordings:/children{options}")["value"]


def place(item):
    return f"/drives/{item['parentReference']['driveId']}/items/{item['id']}"


def part(web, url, asked):
    """Ask as the client does: without a token."""
    request = requests.Request("GET", url, {"Range": f"bytes={asked}"}).prepare()
    return web.send(request)


def plain_hash(data):
    """Microsoft's description of quickXorHash, byte by byte."""
    bits = 0
    for number, byte in enumerate(data):
        turned = byte << (11 * number) % 160
        bits ^= turned & (1 << 160) - 1 | turned >> 160
    digest = bytearray(bits.to_bytes(20, "little"))
    for number, byte in enumerate(len(data).to_bytes(8, "little")):
        digest[12 + number] ^= byte
    return base64.b64encode(bytes(digest)).decode()


def test_the_plain_hash_is_the_known_one():
    assert plain_hash(b"hello world") == "aCgDG9jwBhDc4Q1yawMZAAAAAAA="


def test_a_file_comes_whole_with_its_hash_and_in_parts(school, web):
    play(school, call(MINE + "1", AT, recording="kept", size_bytes=700_001))
    (item,) = recordings(school, web)
    whole = web.get(GRAPH + place(item) + "/content")
    assert [(one.status_code, one.url) for one in whole.history] == [(302, GRAPH + place(item) + "/content")]
    assert urlsplit(whole.url).hostname == "school-my.sharepoint.com"
    data = whole.content
    assert (len(data), data[4:8]) == (700_001, b"ftyp")
    assert item["size"] == 700_001
    assert item["file"]["hashes"] == {"quickXorHash": plain_hash(data)}
    for asked, start, stop in (("1000-", 1000, 700_001), ("163999-164000", 163_999, 164_001), ("-7", 699_994, 700_001)):
        answer = part(web, item[LINK], asked)
        assert (answer.status_code, answer.headers["Content-Range"]) == (206, f"bytes {start}-{stop - 1}/700001")
        assert answer.content == data[start:stop]
    beyond = part(web, item[LINK], "700001-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */700001")
    odd = part(web, item[LINK], "1-2,5-6")
    assert (odd.status_code, odd.content) == (200, data)


def test_sizes_at_the_edges_have_the_right_hash(school, web):
    sizes = (1, 47, 48, 160, 163_999, 164_000, 164_001, 328_000)
    play(
        school,
        *(
            call(f"{MINE}{n}", f"2026-11-26T0{n + 1}:00:00Z", recording="kept", size_bytes=size)
            for n, size in enumerate(sizes)
        ),
    )
    items = recordings(school, web)
    assert [item["size"] for item in items] == list(sizes)
    for item in items:
        assert plain_hash(web.get(item[LINK]).content) == item["file"]["hashes"]["quickXorHash"]
    assert len({item["file"]["hashes"]["quickXorHash"] for item in items}) == len(sizes)


def test_a_download_address_runs_out_and_a_new_one_works(school, web):
    play(school, call(MINE + "1", AT, recording="kept"))
    (item,) = recordings(school, web, f"?$select=id,parentReference,{LINK}")
    assert set(item) == {"id", "parentReference", LINK}
    assert web.get(item[LINK]).status_code == 200
    school.run("sandbox", "advance", "6m")
    assert web.get(item[LINK]).status_code == 401
    assert web.get(item[LINK].replace("tempauth=v1.", "tempauth=v1.x")).status_code == 401
    fresh = ask(web, place(item) + f"?select=id,{LINK}")[LINK]
    assert len(web.get(fresh).content) == 44 * 60 * 1000


def test_expiry_is_the_organisers_policy_when_the_file_came(school, web):
    play(school, call(MINE + "1", AT, recording="kept"), call(MINE + "2", AT, organiser=TEACHER, recording="kept"))
    (item,) = recordings(school, web, f"?{EXPIRY}")
    came = "2026-11-26T09:55:00Z"
    assert (item["lastModifiedDateTime"], item["listItem"]["fields"]["_ExpirationDate"]) == (
        came,
        "2027-03-26T09:55:00Z",
    )
    tenant = school.tenant()
    rule = {"NewMeetingRecordingExpirationDays": -1}
    tenant.request("PUT", "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Keep", rule)
    give_directly(school, "Keep")
    school.run("sandbox", "advance", "2d")
    play(school, call(MINE + "3", "2026-12-02T09:00:00Z", recording="kept"))
    before, after = recordings(school, web, f"?{EXPIRY}")
    assert before["listItem"]["fields"]["_ExpirationDate"] == "2027-03-26T09:55:00Z"
    assert "_ExpirationDate" not in after["listItem"]["fields"]
    fields = ask(web, place(before) + "/listItem?$expand=fields")["fields"]
    assert fields["_ExpirationDate"] == "2027-03-26T09:55:00Z"


def give_directly(school, name):
    school.run("sandbox", "advance", "1m")
    key = do(school, "GET", f"/admin/teams/policy/getPolicyId(type='TeamsMeetingPolicy',name='{name}')")["value"][0]
    give = {"userId": head(school), "policyType": "TeamsMeetingPolicy", "policyId": key["policyId"]}
    do(school, "POST", "/admin/teams/policy/userAssignments/assign", {"value": [give]})


def test_what_a_scenario_says_becomes_of_a_recording(school, web):
    words = ("kept", "deleted", "expiring", "shared", "opened", "none")
    play(
        school,
        *(call(f"{MINE}{n}", f"2026-11-26T{9 + n:02}:00:00Z", recording=word) for n, word in enumerate(words)),
        call(MINE + "6", "2026-11-26T08:00:00Z", recording="kept", recorded_by=PUPILS[0]),
        call(MINE + "7", "2026-11-26T07:00:00Z", recording="kept", expires_at="2026-12-24T00:00:00Z"),
        lesson(MINE + "8", "2026-11-26T09:00:00Z", file_name="tmp_Lesson.mp4"),
    )
    now = school.tenant().now()
    items = {item["name"][17:21]: item for item in recordings(school, web, f"?{EXPIRY}")}
    assert set(items) == {"0901", "1101", "1201", "1301", "0701"}
    expiry = {name: item["listItem"]["fields"]["_ExpirationDate"] for name, item in items.items()}
    assert (expiry["1101"], expiry["0701"]) == (iso(now + timedelta(days=1)), "2026-12-24T00:00:00Z")
    links = {name: [one["link"]["scope"] for one in rights(web, item) if "link" in one] for name, item in items.items()}
    assert links == {name: ["anonymous"] if name == "1201" else [] for name in items}
    outside = {name: [one for one in rights(web, item) if "guest" in str(one)] for name, item in items.items()}
    assert [name for name, found in outside.items() if found] == ["1301"]
    pupils = ask(web, f"/users/{account(school, '000001')}/drive/root:/Recordings:/children")["value"]
    assert [item["createdBy"]["user"]["id"] for item in pupils] == [account(school, "000001")]
    gid = do(school, "GET", "/groups?$select=id,displayName")["value"][0]["id"]
    team = ask(web, f"/groups/{gid}/drive/root:/General/Recordings:/children")["value"]
    assert [item["name"] for item in team] == ["tmp_Lesson.mp4"]
    school.run("sandbox", "advance", "2d")
    assert len(recordings(school, web)) == 4
    ask(web, place(items["1101"]), 404)


def rights(web, item):
    return ask(web, place(item) + "/permissions")["value"]


def test_people_of_the_meeting_may_read_and_links_come_and_go(school, web):
    visitor = {"userPrincipalName": "visitor@school.example", "userType": "Guest"}
    school.tenant().seed([visitor])
    people = (HEAD, TEACHER, *PUPILS[:2], {"account": "visitor@school.example"}, {"anonymous": "A"}, {"phone": "+441"})
    play(school, call(MINE + "1", AT, people=people, recording="kept", invited="7x/C000"))
    (item,) = recordings(school, web)
    given = {one["grantedToV2"]["user"]["id"]: one["roles"] for one in rights(web, item)}
    groups = do(school, "GET", "/groups?$select=id,displayName")["value"]
    gid = next(one["id"] for one in groups if one["displayName"].startswith("7x"))
    members = {one["id"] for one in do(school, "GET", f"/groups/{gid}/members")["value"]}
    people = {account(school, "T001"), account(school, "000001"), account(school, "000002")} | members
    assert given == {head(school): ["owner"], **{one: ["read"] for one in people - {head(school)}}}
    link = do(school, "POST", place(item) + "/createLink", {"type": "view", "scope": "organization"}, 201)
    assert do(school, "POST", place(item) + "/createLink", {"type": "view", "scope": "organization"}, 200) == link
    body = {"recipients": [{"email": "x@elsewhere.example"}], "roles": ["read"], "requireSignIn": True}
    (guest,) = do(school, "POST", place(item) + "/invite", body, 200)["value"]
    assert guest["grantedToV2"]["siteUser"]["loginName"].endswith("urn%3aspo%3aguest#x@elsewhere.example")
    assert {link["id"], guest["id"]} <= {one["id"] for one in rights(web, item)}
    for one in (link, guest):
        do(school, "DELETE", f"{place(item)}/permissions/{one['id']}", status=204)
    assert len(rights(web, item)) == len(given)
    owner = next(one for one in rights(web, item) if one["roles"] == ["owner"])
    do(school, "DELETE", f"{place(item)}/permissions/{owner['id']}", status=403)


def test_renamed_moved_put_back_and_thrown_away(school, web):
    play(school, call(MINE + "1", AT, recording="kept", size_bytes=1000), call(MINE + "2", AT, recording="none"))
    (item,) = recordings(school, web, f"?{EXPIRY}")
    drive = f"/drives/{item['parentReference']['driveId']}"
    data, digest = web.get(ask(web, place(item))[LINK]).content, item["file"]["hashes"]
    do(school, "POST", f"{drive}/items/root/children", {"name": "Archive", "folder": {}}, 201)
    moved = do(school, "PATCH", place(item), {"name": "A.mp4", "parentReference": {"path": f"{drive}/root:/Archive"}})
    assert (moved["id"], moved["parentReference"]["path"]) == (item["id"], f"{drive}/root:/Archive")
    assert ask(web, f"{drive}/root:/Archive/A.mp4?{EXPIRY}")["listItem"]["fields"] == item["listItem"]["fields"] | {
        "@odata.etag": moved["eTag"].lower().replace("{", "").replace("}", "")
    }
    assert recordings(school, web) == []
    new = do(school, "POST", f"/sandbox{place(item)}/reupload", {"folder": "Recordings"}, 201)
    (again,) = recordings(school, web, f"?{EXPIRY}")
    assert (again["id"], again["file"]["hashes"]) == (new["id"], digest)
    assert again["id"] != item["id"]
    assert "_ExpirationDate" not in again["listItem"]["fields"]
    assert web.get(ask(web, place(again))[LINK]).content == data
    do(school, "PATCH", place(again), {"parentReference": {"path": f"{drive}/root:/Archive"}, "name": "A.mp4"}, 409)
    do(school, "DELETE", place(item), status=204)
    ask(web, place(item), 404)


def test_a_delta_tells_what_came_changed_and_went(school, web):
    play(school, call(MINE + "1", AT, recording="kept"), call(MINE + "2", "2026-11-26T11:00:00Z", recording="kept"))
    first, second = recordings(school, web)
    start = ask(web, f"/users/{head(school)}/drive/root/delta?$select=id,name")
    assert [one["name"] for one in start["value"]] == ["root", "Recordings", first["name"], second["name"]]
    nothing = ask(web, start["@odata.deltaLink"])
    assert nothing["value"] == []
    do(school, "PATCH", place(first), {"name": "New.mp4"})
    do(school, "DELETE", place(second))
    found = {one["id"]: one for one in ask(web, nothing["@odata.deltaLink"])["value"]}
    assert found[first["id"]]["name"] == "New.mp4"
    assert found[second["id"]]["deleted"] == {"state": "deleted"}
    latest = ask(web, f"/users/{head(school)}/drive/root/delta?token=latest")["@odata.deltaLink"]
    school.run("sandbox", "advance", "200d")
    (expired,) = ask(web, latest)["value"]
    assert (expired["id"], expired["deleted"]) == (first["id"], {"state": "deleted"})
    ask(web, f"/users/{head(school)}/drive/root/delta?token=nonsense", 410)


def test_a_long_folder_and_its_delta_come_in_pages_of_200(school, web):
    many = [
        call(f"00000000-0000-4000-8000-{n:012}", f"2026-11-26T{9 + n // 60:02}:{n % 60:02}:00Z", 1, recording="kept")
        for n in range(230)
    ]
    play(school, *many)
    page = ask(web, f"/users/{head(school)}/drive/root:/Recordings:/children?$select=name")
    rest = ask(web, page["@odata.nextLink"])
    names = [one["name"] for one in (*page["value"], *rest["value"])]
    assert (len(page["value"]), len(set(names))) == (200, 230)
    page = ask(web, f"/users/{head(school)}/drive/root/delta?$select=name")
    rest = ask(web, page["@odata.nextLink"])
    assert {one["name"] for one in (*page["value"], *rest["value"])} == {*names, "root", "Recordings"}
    assert ask(web, rest["@odata.deltaLink"])["value"] == []


def test_a_drive_may_be_full_or_missing(school, web):
    address = "t000@school.example"
    assert ask(web, f"/users/{address}/drive")["quota"]["state"] == "normal"
    school.run("sandbox", "drive", address, "full")
    quota = ask(web, f"/users/{address}/drive")["quota"]
    assert (quota["remaining"], quota["state"], quota["used"]) == (0, "exceeded", quota["total"])
    play(school, call(MINE + "1", AT, recording="kept"))
    school.run("sandbox", "drive", address, "normal")
    ask(web, f"/users/{address}/drive/root:/Recordings:/children", 404)
    school.run("sandbox", "drive", address, "none")
    ask(web, f"/users/{address}/drive", 404)
    school.run("sandbox", "drive", address, "5000000")
    assert ask(web, f"/users/{address}/drive")["quota"]["remaining"] == 5_000_000
    assert "none, full or normal" in school.run("sandbox", "drive", address, "gone", ok=(2,)).err


def audit_records(school, **filters):
    query = do(school, "POST", "/security/auditLog/queries", filters, 201)
    assert query["status"] == "notStarted"
    seen = set()
    while query["status"] != "succeeded":
        school.run("sandbox", "advance", "30s")
        query = do(school, "GET", f"/security/auditLog/queries/{query['id']}")
        seen.add(query["status"])
    assert seen == {"running", "succeeded"}
    found = do(school, "GET", f"/security/auditLog/queries/{query['id']}/records")["value"]
    assert query["approximateReturnedRecordCount"] == len(found)
    return found


def test_the_audit_log_tells_who_opened_and_who_threw_away(school, web):
    play(
        school,
        *(
            call(f"{MINE}{n}", f"2026-11-26T{9 + n:02}:00:00Z", recording=word)
            for n, word in enumerate(("kept", "deleted", "shared", "opened"))
        ),
    )
    item = recordings(school, web)[0]
    web.get(item[LINK])
    since, until = "2026-11-26T00:00:00Z", "2026-11-29T00:00:00Z"
    early = audit_records(
        school, filterStartDateTime=since, filterEndDateTime=until, operationFilters=["FileDownloaded"]
    )
    assert [one["userType"] for one in early] == ["guest"]
    school.run("sandbox", "advance", "1h")
    records = audit_records(school, filterStartDateTime=since, filterEndDateTime=until)
    told = [(one["operation"], one["userPrincipalName"]) for one in records]
    assert told == [
        ("FileRecycled", "t000@school.example"),
        ("AnonymousLinkCreated", "t000@school.example"),
        ("SharingSet", "t000@school.example"),
        ("FileDownloaded", "urn:spo:guest#somebody@elsewhere.example"),
        ("FileDownloaded", "app@sharepoint"),
    ]
    assert records[-1]["objectId"] == item["webUrl"].replace("%20", " ")
    school.run("sandbox", "audit", "refused")
    do(school, "POST", "/security/auditLog/queries", {}, 403)
    school.run("sandbox", "audit", "off")
    play(school, call(MINE + "9", "2026-12-01T09:00:00Z", recording="deleted"))
    assert audit_records(school, filterStartDateTime="2026-12-01T00:00:00Z") == []
    do(school, "POST", "/security/auditLog/queries", {"nonsense": 1}, 400)


def test_a_large_file_is_never_held_whole(school, web):
    play(school, call(MINE + "1", AT, recording="kept", size_bytes=3_000_000_000))
    (item,) = recordings(school, web, f"?$select={LINK},size")
    with web.get(item[LINK], stream=True) as answer:
        chunks = answer.iter_content(1 << 18)
        next(chunks)
        tracemalloc.start()
        length = (1 << 18) + sum(len(chunk) for _, chunk in zip(range(1000), chunks, strict=False))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (length, peak < 4_000_000) == (1001 << 18, True)


def test_other_requests_go_on_while_a_file_is_read(school, web):
    play(school, call(MINE + "1", AT, recording="kept", size_bytes=5_000_000))
    (item,) = recordings(school, web)
    with web.get(item[LINK], stream=True) as answer:
        next(answer.iter_content(1000))
        assert recordings(school, web)[0]["id"] == item["id"]


def test_weather_cuts_slows_and_sends_away(school, web):
    play(school, call(MINE + "1", AT, recording="kept", size_bytes=2_000_000))
    data = web.get(recordings(school, web)[0][LINK]).content
    school.run(
        "sandbox", "weather", "--cut", "40", "--throttle", "30", "--slow", "20", "--rate", "1000000", "--seed", "3"
    )
    statuses, got, cuts, tries = [], b"", 0, 0
    before = school.tenant().now()
    url = recordings(school, web)[0][LINK]
    for _ in range(60):
        answer = web.get(url, headers={"Range": "bytes=0-"}, stream=True)
        statuses.append(answer.status_code)
        if answer.status_code != 206:
            assert 1 <= int(answer.headers["Retry-After"]) <= 3
            continue
        tries, got = tries + 1, b""
        try:
            for chunk in answer.iter_content(4096):
                got += chunk
        except requests.exceptions.ChunkedEncodingError:
            cuts += 1
            assert data.startswith(got)
        else:
            assert got == data
        url = recordings(school, web)[0][LINK]
    assert {206, 429, 503} == set(statuses)
    assert all(sum(one != 206 for one in statuses[at : at + 10]) == 3 for at in range(0, 60, 10))
    assert tries == 42
    assert 10 < cuts <= 24
    assert school.tenant().now() - before >= timedelta(seconds=2)
    school.run("sandbox", "weather")
    assert all(web.get(url).content == data for _ in range(10))


def test_what_was_sent_is_counted(school, web):
    play(school, call(MINE + "1", AT, recording="kept", size_bytes=1_000_000))
    (item,) = recordings(school, web)
    school.tenant().reset_counts()
    part(web, item[LINK], "0-399999")
    part(web, item[LINK], "400000-")
    assert school.requests()["bytes_downloaded"] == 1_000_000


def test_a_recording_is_also_got_by_its_meeting(school, web):
    play(
        school,
        call(MINE + "1", AT, recording="kept", size_bytes=300_000),
        call(MINE + "2", "2026-11-26T11:00:00Z", recording="deleted"),
        lesson(MINE + "3", "2026-11-26T12:00:00Z"),
    )
    span = "startDateTime=2026-11-26T00:00:00Z,endDateTime=2026-11-27T00:00:00Z"
    path = f"/users/{head(school)}/onlineMeetings/getAllRecordings(meetingOrganizerUserId='{head(school)}',{span})"
    found = {one["callId"]: one for one in ask(web, path)["value"]}
    assert set(found) == {MINE + "1", MINE + "2"}
    whole = web.get(found[MINE + "1"]["recordingContentUrl"])
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "video/mp4")
    assert plain_hash(whole.content) == recordings(school, web)[0]["file"]["hashes"]["quickXorHash"]
    assert web.get(found[MINE + "2"]["recordingContentUrl"]).status_code == 404
    ask(web, path.replace("meetingOrganizerUserId", "organiser"), 400)
    school.tenant().set_flag("application_access_policy", False)
    ask(web, path, 403)


def test_the_policy_of_a_group_counts_and_a_direct_one_beats_it(school, web):
    tenant = school.tenant()
    for name, days in (("Ten", 10), ("Three", 3)):
        tenant.request(
            "PUT",
            f"/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/{name}",
            {"NewMeetingRecordingExpirationDays": days},
        )
    gid = do(
        school,
        "POST",
        "/groups",
        {
            "displayName": "Staff",
            "mailNickname": "staff",
            "mailEnabled": False,
            "securityEnabled": True,
            "groupTypes": [],
        },
        201,
    )["id"]
    ask(web, f"/groups/{gid}/drive", 404)
    do(school, "POST", f"/groups/{gid}/members/$ref", {"@odata.id": f"{GRAPH}/directoryObjects/{head(school)}"}, 204)
    grant = {"groupId": gid, "policyType": "TeamsMeetingPolicy", "policyName": "Ten"}
    do(school, "POST", "/sandbox/groupPolicyAssignments", grant, 201)
    mine = {"userId": head(school), "policyType": "TeamsMeetingPolicy"}
    do(school, "POST", "/admin/teams/policy/userAssignments/unassign", {"value": [mine]})
    school.run("sandbox", "advance", "2d")
    play(school, call(MINE + "1", "2026-11-30T09:00:00Z", recording="kept"))
    give_directly(school, "Three")
    school.run("sandbox", "advance", "2d")
    play(school, call(MINE + "2", "2026-12-04T09:00:00Z", recording="kept"))
    ends = [one["listItem"]["fields"]["_ExpirationDate"] for one in recordings(school, web, f"?{EXPIRY}")]
    assert ends == ["2026-12-10T09:55:00Z", "2026-12-07T09:55:00Z"]


def test_openings_of_any_kind_can_be_written_into_the_audit_log(school, web):
    play(school, call(MINE + "1", AT, recording="shared"))
    (item,) = recordings(school, web)
    door = f"/sandbox{place(item)}/opened"
    do(
        school,
        "POST",
        door,
        {"by": account(school, "000001"), "operation": "FileDownloaded", "at": "2026-11-26T15:00:00Z"},
    )
    do(school, "POST", door, {"by": "x@elsewhere.example", "at": "2026-11-26T16:00:00Z"})
    do(school, "POST", door, {"by": None, "at": "2026-11-26T17:00:00Z"})
    do(school, "POST", door, {"by": "nobody"}, 404)
    told = audit_records(school, filterStartDateTime="2026-11-26T15:00:00Z")
    assert [(one["operation"], one["userType"], one["userId"].partition("#")[0]) for one in told] == [
        ("FileDownloaded", "regular", "p000001@school.example"),
        ("FileAccessed", "guest", "urn:spo:guest"),
        ("AnonymousLinkUsed", "regular", "urn:spo:anon"),
    ]
    assert {one["auditData"]["ListItemUniqueId"] for one in told} == {item["eTag"][2:38].lower()}


def test_a_half_saved_file_is_in_the_drive_only(school, web):
    play(school, call(MINE + "1", AT, recording="kept", file_name="tmp_Lesson.mp4"))
    assert [one["name"] for one in recordings(school, web)] == ["tmp_Lesson.mp4"]
    asked = f"getAllRecordings(meetingOrganizerUserId='{head(school)}')"
    assert ask(web, f"/users/{head(school)}/onlineMeetings/{asked}")["value"] == []


def test_the_audit_log_takes_50_queries_at_once(school):
    for _ in range(50):
        do(school, "POST", "/security/auditLog/queries", {}, 201)
    do(school, "POST", "/security/auditLog/queries", {}, 429)
    school.run("sandbox", "advance", "20m")
    do(school, "POST", "/security/auditLog/queries", {}, 201)


def test_a_channels_folder_leads_to_its_recordings(school, web):
    play(school, lesson(MINE + "1", AT))
    groups = do(school, "GET", "/groups?$select=id,displayName")["value"]
    gid = next(one["id"] for one in groups if one["displayName"].startswith("7x"))
    channel = ask(web, f"/teams/{gid}/primaryChannel")["id"]
    folder = ask(web, f"/teams/{gid}/channels/{channel}/filesFolder")
    items = f"/drives/{folder['parentReference']['driveId']}/items"
    base = f"{items}/{folder['id']}"
    (item,) = ask(web, f"{base}:/Recordings:/children")["value"]
    (inner,) = ask(web, f"{base}/children")["value"]
    assert (inner["name"], inner["folder"]) == ("Recordings", {"childCount": 1})
    assert [one["id"] for one in ask(web, f"{items}/{inner['id']}/children")["value"]] == [item["id"]]
    assert ask(web, f"/groups/{gid}/drive/items/{item['id']}")["parentReference"]["id"] == inner["id"]
    assert [one["roles"] for one in rights(web, item)] == [["owner"], ["write"]]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"recording": "perhaps"}, "expiring"),
        ({"recording": "kept", "size_bytes": 0}, "size_bytes"),
        ({"recording": "kept", "size_bytes": "1"}, "size_bytes"),
        ({"recording": "kept", "expires_at": "soon"}, "moments"),
        ({"recording": "kept", "file_name": 1}, "file_name"),
        ({"recording": "kept", "recorded_by": {"pupil": "999999"}}, "999999"),
    ],
)
def test_what_a_scenario_cannot_say_of_a_recording(school, said, word):
    file = school.folder / "scenario.json"
    file.write_text(json.dumps({"calls": [call(MINE + "1", AT, **said)]}), encoding="utf-8")
    assert word in school.run("sandbox", "play", "--scenario", file, ok=(2,)).err
    assert school.json("sandbox", "show")["calls"] == 0


def test_weather_that_cannot_be(school):
    for words in ({"rain": 1}, {"cut": 101}, {"cut": True}, {"rate": 0}):
        do(school, "PUT", "/sandbox/weather", words, 400)
