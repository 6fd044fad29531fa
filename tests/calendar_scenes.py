"""Meetings that staff and others put into calendars of the embedded tenant, as Outlook and Teams would."""

from datetime import timedelta
from urllib.parse import quote

from teamskit.clock import iso, parse_iso

OAK = "7x/C000"
"""The class of T000 in a school that `call_scenes.ready` made: its pupils are 000001 and 000003."""


def account(desk, who):
    """Give the account id of somebody by sign-in name or its first part."""
    status, found = desk.asks("GET", f"/v1.0/users/{_address(who)}")
    assert status == 200, found
    return found["id"]


def class_mail(desk, class_id=OAK):
    """Give the address of a class team."""
    team = next(one for one in desk.json("teams", "list") if one["class"] == class_id)
    return f"{team['mail_nickname']}@school.example"


def put_meeting(desk, by, start, *invited, minutes=60, subject="Lesson", **more):
    """Let somebody schedule an online meeting; give its join URL. `invited` are sign-in names or addresses."""
    body = {
        "subject": subject,
        **_span(start, minutes),
        "attendees": [{"type": "required", "emailAddress": {"address": _address(one)}} for one in invited],
        "isOnlineMeeting": True,
        "onlineMeetingProvider": "teamsForBusiness",
        **more,
    }
    status, made = desk.asks("POST", f"/v1.0/users/{_address(by)}/events", body)
    assert status == 201, made
    return made["onlineMeeting"]["joinUrl"]


def put_channel_meeting(desk, by, start, class_id=OAK):
    """Let somebody schedule a meeting in the channel of a class team."""
    team = next(one for one in desk.json("teams", "list") if one["class"] == class_id)
    body = {"groupId": team["team_id"], "organizerId": account(desk, by), "subject": "Lesson", **_span(start, 60)}
    status, made = desk.asks("POST", "/sandbox/channelMeetings", body)
    assert status == 201, made
    return made["onlineMeeting"]["joinUrl"]


def weekly(day, first, times):
    """Give the pattern of a weekly series."""
    return {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": [day], "firstDayOfWeek": "monday"},
        "range": {"type": "numbered", "startDate": first, "numberOfOccurrences": times},
    }


def options_of(desk, by, url):
    """Give the meeting as the tenant has it."""
    status, found = desk.asks(
        "GET", f"/v1.0/users/{account(desk, by)}/onlineMeetings?$filter=JoinWebUrl eq '{quote(url, safe='')}'"
    )
    assert status == 200 and len(found["value"]) == 1, found
    return found["value"][0]


def set_options(desk, by, url, **options):
    """Let the organiser change options of the meeting."""
    meeting = options_of(desk, by, url)
    status, found = desk.asks("PATCH", f"/v1.0/users/{account(desk, by)}/onlineMeetings/{meeting['id']}", options)
    assert status == 200, found


def _span(start, minutes):
    begin = parse_iso(start)
    ends = ((name, begin + timedelta(minutes=length)) for name, length in (("start", 0), ("end", minutes)))
    return {name: {"dateTime": iso(moment)[:-1], "timeZone": "UTC"} for name, moment in ends}


def _address(who):
    """Give a sign-in name for its first part; addresses and account ids stay as they are."""
    return who if "@" in who or len(who) == len("00000000-0000-0000-0000-000000000000") else f"{who}@school.example"
