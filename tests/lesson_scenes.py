"""A made school with a timetable, and what its calendars and meetings hold: for tests of online lessons."""

from urllib.parse import quote

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")
WEEK = ("--from", "2026-11-30", "--to", "2026-12-04")
SPAN = "startDateTime=2026-11-01T00:00:00Z&endDateTime=2027-02-01T00:00:00Z"
OURS = "String%20{6e5b1d0c-9d5e-4d0b-8f3c-7a1f2c9b4e11}%20Name%20teamskitLesson"
KEYS = f"$expand=singleValueExtendedProperties($filter=id%20eq%20'{OURS}')"


def school_with_lessons(desk, made, classes=2, pupils=6, periods=2, each=1):
    """Classes 7x/C000, 8x/C001 ... of teachers T000, T001 ..., each taught so often a day, with teams."""
    made.lessons = [
        (f"{day}:{n + 1}", f"{9 + n:02}:00", f"{9 + n:02}:50", f"{7 + c % 5}x/C{c:03d}", f"T{c:03d}")
        for c in range(classes)
        for day in DAYS
        for n in range(periods)
    ]
    made.fill(classes, pupils, each)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("teams", "plan", "-o", desk.folder / "teams.json")
    desk.run("apply", desk.folder / "teams.json", "--yes")
    return desk


def events(desk, staff):
    """Give what a member of staff has in his calendar from November to January, with keys of ours."""
    status, answer = desk.asks("GET", f"/v1.0/users/{staff}@school.example/calendarView?{SPAN}&$top=500&{KEYS}")
    assert status == 200, answer
    return answer["value"]


def meeting(desk, staff, event):
    """Give the meeting behind an event."""
    url = quote(event["onlineMeeting"]["joinUrl"], safe="")
    status, answer = desk.asks(
        "GET", f"/v1.0/users/{staff}@school.example/onlineMeetings?$filter=JoinWebUrl%20eq%20'{url}'"
    )
    assert status == 200, answer
    return answer["value"][0]


def addresses(event):
    """Give the addresses of those whom an event invites."""
    return sorted(one["emailAddress"]["address"] for one in event["attendees"])


def account(desk, name):
    """Give the account id of a sign-in name."""
    return desk.asks("GET", f"/v1.0/users/{name}@school.example?$select=id")[1]["id"]


def writes(desk):
    """Give how many writes the tenant has taken since the last look, and begin again."""
    counted = desk.requests()["writes_accepted"]
    desk.tenant().reset_counts()
    return counted
