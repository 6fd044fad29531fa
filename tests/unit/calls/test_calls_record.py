from datetime import UTC, datetime

import pytest

from teamskit.calls.identities import Directory, of_endpoint, of_participant
from teamskit.calls.model import Who
from teamskit.calls.record import body_of, entry_of, of_body, thread_of

TENANT, OTHER = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
PEOPLE = {
    "acc-reid": Who("REI", "Mrs Reid", "staff"),
    "acc-leo": Who("004711", "Leo Ahmed", "pupil", "3"),
}
DIRECTORY = Directory(PEOPLE, TENANT, frozenset({"acc-guest"}))
JOIN = "https://teams.microsoft.com/l/meetup-join/19%3aabc_1%40thread.tacv2/1763000000000?context=%7b%22Tid%22%3a%22x%22%7d"


def user(account, name="Somebody", tenant=TENANT, upn=""):
    return {"id": account, "displayName": name, "tenantId": tenant, "userPrincipalName": upn}


def participant(account, kind="user", **inner):
    return {"id": account, "identity": {"phone": None, "guest": None, kind: {"id": account, **inner}}}


def session(caller, start, end, callee=None):
    made = {"startDateTime": f"2026-11-25T{start}Z", "endDateTime": f"2026-11-25T{end}Z"}
    service = {"userAgent": {"role": "mediaController"}}
    return {**made, "caller": {"associatedIdentity": caller}, "callee": callee or service}


def record(**fields):
    basics = {"id": "call-1", "version": 2, "type": "groupCall", "joinWebUrl": JOIN, "modalities": ["audio"]}
    times = {"startDateTime": "2026-11-25T09:00:00.25Z", "endDateTime": "2026-11-25T09:40:00Z"}
    return {**basics, **times, "organizer_v2": participant("acc-reid", **user("acc-reid")), **fields}


def body(detail, class_id=None, **fields):
    return body_of(record(**fields), detail, DIRECTORY, class_id)


def test_a_meeting_is_read_from_the_callers_with_one_presence_a_person():
    people = [participant("acc-leo", **user("acc-leo")), participant("acc-reid", **user("acc-reid"))]
    sessions = [
        session(user("acc-leo"), "09:02:00", "09:20:00"),
        session(user("acc-leo"), "09:10:00", "09:30:00"),
        session(user("acc-reid"), "09:00:00", "09:40:00"),
    ]
    got = body({"participants": people, "sessions": sessions}, "3A")
    assert got["class"] == "3A"
    assert got["detail"] == "complete"
    assert (got["start"], got["organiser"]["id"]) == ("2026-11-25T09:00:00Z", "REI")
    assert [(p["id"], p["role"], p["year"], p["intervals"]) for p in got["people"]] == [
        ("REI", "staff", None, [["2026-11-25T09:00:00Z", "2026-11-25T09:40:00Z"]]),
        ("004711", "pupil", "3", [["2026-11-25T09:02:00Z", "2026-11-25T09:30:00Z"]]),
    ]


def test_in_a_call_between_two_both_ends_are_people():
    ends = session(user("acc-reid"), "09:00:00", "09:14:00", {"associatedIdentity": user("acc-leo")})
    got = body({"participants": [], "sessions": [ends]}, type="peerToPeer", joinWebUrl=None)
    assert [p["id"] for p in got["people"]] == ["REI", "004711"]
    assert got["class"] is None


def test_the_service_end_of_a_meeting_is_nobody():
    assert of_endpoint({"userAgent": {"role": "mediaController"}}) is None
    assert of_endpoint(None) is None


@pytest.mark.parametrize(
    ("entry", "role", "joined_as", "name"),
    [
        (participant("acc-leo", **user("acc-leo")), "pupil", "user", "Leo Ahmed"),
        (participant("acc-new", **user("acc-new", "Ann New")), "unknown", "user", "Ann New"),
        (participant("acc-new", **user("acc-new", None, TENANT.upper(), "a@x")), "unknown", "user", "a@x"),
        (participant("acc-guest", **user("acc-guest")), "outside", "user", "Somebody"),
        (participant("x", **user("x", upn="j_y.com#EXT#@s.onmicrosoft.com")), "outside", "user", "Somebody"),
        (participant("acc-far", **user("acc-far", tenant=OTHER)), "outside", "user", "Somebody"),
        (participant("acc-leo", **user("acc-leo", tenant=OTHER)), "outside", "user", "Somebody"),
        (participant("g1", "guest", displayName="iPad", email="i@x.example"), "outside", "guest", "iPad"),
        (participant("+441632960123", "phone", displayName=None), "outside", "phone", "+441632960123"),
        (participant("a1", "acsUser", displayName=None), "outside", "guest", "guest a1"),
        (participant("bot", "application", displayName="Recorder"), "unknown", "other", "Recorder"),
    ],
)
def test_who_somebody_is(entry, role, joined_as, name):
    person = DIRECTORY.person(of_participant(entry))
    assert (person.role, person.joined_as, person.name) == (role, joined_as, name)


def test_c02_a_visitor_without_a_name_is_outside_with_a_stable_label():
    ids = ["teamsvisitor:bb", "teamsvisitor:aa"]
    people = [participant(one, displayName=None, tenantId=None) for one in ids]
    first = session({"id": ids[0], "displayName": None, "tenantId": None}, "09:01:00", "09:02:00")
    second = session({"id": ids[1], "displayName": None, "tenantId": None}, "09:05:00", "09:06:00")
    for order in (people, people[::-1]):
        got = body({"participants": order, "sessions": [second, first]})["people"]
        assert [(p["name"], p["account"], p["role"], p["joined_as"]) for p in got] == [
            ("visitor 1 of this call", "teamsvisitor:bb", "outside", "visitor"),
            ("visitor 2 of this call", "teamsvisitor:aa", "outside", "visitor"),
        ]
    assert "None" not in str([p["name"] for p in got])


def test_c02_a_visitor_is_never_matched_to_a_pupil():
    directory = Directory({"teamsvisitor:aa": PEOPLE["acc-leo"]}, TENANT)
    assert directory.role_of(of_participant(participant("teamsvisitor:aa", displayName=None))) == "outside"


def test_whoever_took_part_without_a_session_stays_without_times():
    got = body({"participants": [participant("acc-leo", **user("acc-leo"))], "sessions": []})
    assert got["detail"] == "no sessions"
    assert got["people"][0]["intervals"] == []


def test_a_session_of_somebody_not_among_the_participants_counts():
    got = body({"participants": [], "sessions": [session(user("acc-leo"), "09:00:00", "09:01:00")]})
    assert [p["id"] for p in got["people"]] == ["004711"]


def test_a_participant_whose_own_id_differs_from_the_identitys_is_one_person():
    entry = {"id": "p-1", "identity": {"guest": {"id": "g-1", "displayName": "J Smith"}}}
    got = body({"participants": [entry], "sessions": [session({"id": "p-1"}, "09:00:00", "09:01:00")]})
    assert [(p["name"], len(p["intervals"])) for p in got["people"]] == [("J Smith", 1)]


def test_c04_a_call_without_detail_says_so_and_leaves_room_for_the_record():
    got = body(None)
    assert (got["detail"], got["version"], got["listed_version"], got["people"]) == ("not available", 0, 2, [])


def test_the_thread_stands_percent_encoded_in_the_join_url():
    assert thread_of(JOIN) == "19:abc_1@thread.tacv2"
    assert thread_of(None) is None
    assert thread_of("https://teams.live.com/meet/123") is None


def test_a_person_comes_back_from_the_ledger_as_he_went_in():
    sessions = [session(user("acc-leo"), "09:02:00", "09:20:00")]
    entry = entry_of(body({"participants": [], "sessions": sessions}), datetime(2026, 11, 25, 10, tzinfo=UTC))
    person = of_body(entry.body["people"][0], entry.private["people"][0])
    assert person.intervals == ((datetime(2026, 11, 25, 9, 2, tzinfo=UTC), datetime(2026, 11, 25, 9, 20, tzinfo=UTC)),)
    assert person.present.total_seconds() == 18 * 60


def test_what_identifies_people_is_not_in_the_part_that_stays():
    sessions = [session(user("acc-leo", "Leo Ahmed"), "09:02:00", "09:20:00")]
    entry = entry_of(body({"participants": [], "sessions": sessions}), datetime(2026, 11, 25, 10, tzinfo=UTC))
    for word in ("acc-leo", "Leo", "004711", "meetup-join", "acc-reid", "REI"):
        assert word not in str(entry.body)
        assert word in str(entry.private) or word not in str(body({"participants": [], "sessions": sessions}))
    assert of_body(entry.body["people"][0], None).name == "name no longer kept"
