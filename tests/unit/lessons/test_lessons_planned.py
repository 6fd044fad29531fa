from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from teamskit.lessons.planned import Book, ClassGroup, Party, gathered, groups_invited, sittings
from teamskit.tenant.graph_calendars import OnlineEvent, event_of

NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)
OAK = ClassGroup("g-oak", "3 Oak")
REID, OKORO = Party("staff", "JRE", "a-reid"), Party("staff", "COK", "a-okoro")
LEO, ISLA = Party("pupil", "004812", "a-leo"), Party("pupil", "004733", "a-isla")
CHANNEL, ROOM = "19:abc@thread.tacv2", "19:staffroom@thread.tacv2"
BOOK = Book(
    people={"reid@s.example": REID, "okoro@s.example": OKORO, "leo@s.example": LEO, "isla@s.example": ISLA},
    classes={"oak@s.example": OAK},
    channels={CHANNEL: OAK},
    groups={"year3@s.example": "g-year3"},
    parties={one.account: one for one in (REID, OKORO, LEO, ISLA)},
    domains=("s.example",),
)


def join(thread="19:meeting_1@thread.v2"):
    return f"https://teams.microsoft.com/l/meetup-join/{quote(thread, safe='')}/0"


def event(*invited, by="reid@s.example", thread="19:meeting_1@thread.v2", **more):
    return OnlineEvent(join(thread), NINE, NINE + timedelta(hours=1), by, tuple(sorted(invited)), **more)


def kind(*invited, book=BOOK, **more):
    return sittings([event(*invited, **more)], book)[0].kind


@pytest.mark.parametrize(
    ("invited", "more", "expected"),
    [
        (["oak@s.example"], {}, "lesson"),
        (["leo@s.example", "isla@s.example"], {}, "lesson"),
        (["leo@s.example", "isla@s.example", "mum@home.example"], {}, "lesson"),
        (["leo@s.example"], {}, "one pupil"),
        (["leo@s.example", "mum@home.example"], {}, "one pupil"),
        (["mum@home.example"], {}, "with visitors"),
        (["okoro@s.example"], {}, "staff only"),
        ([], {}, "staff only"),
        (["nobody@s.example"], {}, "staff only"),
        ([], {"thread": CHANNEL}, "channel"),
        ([], {"thread": ROOM}, "staff only"),
        (["leo@s.example", "isla@s.example"], {"thread": ROOM}, "channel"),
        (["okoro@s.example"], {"by": "leo@s.example"}, "by a pupil"),
        (["oak@s.example"], {"by": "dr@hospital.example"}, "by somebody else"),
        (["leo@s.example"], {"by": "dr@hospital.example"}, "by somebody else"),
        (["okoro@s.example"], {"by": "sales@shop.example"}, "other"),
        (["oak@s.example"], {"by": "old.account@s.example"}, "by somebody else"),
    ],
)
def test_what_a_meeting_is(invited, more, expected):
    assert kind(*invited, **more) == expected


def test_the_organiser_does_not_count_as_invited():
    assert kind("reid@s.example", "leo@s.example") == "one pupil"


def test_pupils_in_an_invited_group_count_once_its_members_are_known():
    assert kind("year3@s.example") == "staff only"
    assert sittings([event("year3@s.example")], BOOK)[0].groups == ("g-year3",)
    read = BOOK.with_members({"g-year3": ["a-leo", "a-isla", "a-reid", "a-stranger"]})
    found = sittings([event("year3@s.example")], read)[0]
    assert (found.kind, found.pupils, found.groups) == ("lesson", (ISLA, LEO), ())


def test_the_pupils_of_a_class_are_those_in_its_team():
    found = sittings([event("oak@s.example", "leo@s.example")], BOOK.with_members({"g-oak": ["a-isla", "a-okoro"]}))[0]
    assert (found.pupils, found.staff, found.class_id) == ((ISLA, LEO), (OKORO,), "3 Oak")


def test_a_meeting_in_several_calendars_is_one_and_the_organisers_copy_leads():
    guest = event("okoro@s.example")
    own = event("leo@s.example", "isla@s.example", by="old.name@s.example", is_own=True)
    again = replace(own, start=NINE + timedelta(days=1))
    found = gathered({"a-okoro": [guest], "a-reid": [own, again]})
    assert [(one.organiser, one.invited) for one in found] == [
        ("a-reid", ("isla@s.example", "leo@s.example", "okoro@s.example")),
        ("a-reid", ("isla@s.example", "leo@s.example")),
    ]
    assert [one.organiser for one in sittings(found, BOOK)] == [REID, REID]
    assert gathered({"a-reid": [own, again], "a-okoro": [guest]}) == found


def test_only_groups_that_are_needed_are_read():
    events = [event("oak@s.example", "year3@s.example", "leo@s.example"), event(thread=CHANNEL)]
    assert groups_invited(events, BOOK, classes=False) == {"g-year3"}
    assert groups_invited(events, BOOK, classes=True) == {"g-year3", "g-oak"}


def test_an_event_as_a_calendar_gives_it():
    item = {
        "subject": "Sums",
        "start": {"dateTime": "2026-11-30T09:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-11-30T10:00:00.0000000", "timeZone": "UTC"},
        "organizer": {"emailAddress": {"name": "R", "address": "Reid@S.example"}},
        "isOrganizer": True,
        "onlineMeeting": {"joinUrl": join()},
        "attendees": [
            {"type": "required", "emailAddress": {"address": "Leo@s.example"}},
            {"type": "resource", "emailAddress": {"address": "room1@s.example"}},
            {"type": "optional", "emailAddress": None},
        ],
    }
    found = event_of(item)
    assert found == event("leo@s.example", is_own=True)
    assert (found.in_channel, event(thread=CHANNEL).in_channel) == (False, True)
