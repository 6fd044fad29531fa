from datetime import UTC, datetime, timedelta

import pytest

from teamskit.lessons.enforcing import Rules, enforced
from teamskit.lessons.options import Media, safe_options
from teamskit.lessons.options import Presenter as Teacher
from teamskit.lessons.planned import ClassGroup, Party, Sitting
from teamskit.tenant.calls import Reply

NOW = datetime(2026, 11, 30, 7, tzinfo=UTC)
NINE = NOW + timedelta(hours=2)
REID, OKORO = Party("staff", "JRE", "a-reid"), Party("staff", "COK", "a-okoro")
LEO = Party("pupil", "004812", "a-leo")
NAMED = ("a-reid", "https://x")
RULES = Rules(staff=("a-reid", "a-okoro", "a-head"))


def sitting(*staff, start=NINE, kind="lesson"):
    oak = ClassGroup("g-oak", "3 Oak")
    return Sitting("https://x", start, start + timedelta(hours=1), REID, kind, (oak,), (LEO,), staff)


def meeting(who="organizer", people=(), **other):
    safe = safe_options([Teacher("a-reid", "")], Media())
    attendees = [{"role": role, "identity": {"user": {"id": account}}} for account, role in people]
    organiser = {"identity": {"user": {"id": "a-reid"}}}
    return {
        **safe,
        "id": "m",
        "allowedPresenters": who,
        "participants": {"organizer": organiser, "attendees": attendees},
        **other,
    }


def wanted(found, *staff, rules=RULES, now=NOW):
    """Give what would be changed, by option, as found and as wanted."""
    changes = enforced([sitting(*staff)], {NAMED: found}, rules, now).by_meeting.values()
    return {name: (one.before[name], one.after[name]) for one in changes for name in one.after}


@pytest.mark.parametrize(
    ("who", "people", "staff", "expected"),
    [
        ("organizer", [], [], {}),
        ("organizer", [("a-leo", "presenter")], [], {}),
        ("organizer", [("a-okoro", "coorganizer")], [], {}),
        ("organizer", [("a-leo", "coorganizer")], [], {"presenters": (["a-leo"], [])}),
        ("roleIsPresenter", [("a-head", "presenter")], [], {}),
        ("roleIsPresenter", [], [], {}),
        ("roleIsPresenter", [("a-okoro", "presenter"), ("a-reid", "presenter")], [OKORO], {}),
        (
            "roleIsPresenter",
            [("a-okoro", "presenter"), ("a-leo", "presenter")],
            [OKORO],
            {"presenters": (["a-leo", "a-okoro"], ["a-okoro"])},
        ),
        (
            "roleIsPresenter",
            [("a-leo", "presenter")],
            [],
            {"presenters": (["a-leo"], []), "allowedPresenters": ("roleIsPresenter", "organizer")},
        ),
        ("everyone", [], [], {"allowedPresenters": ("everyone", "organizer")}),
        (
            "organization",
            [],
            [OKORO],
            {"presenters": ([], ["a-okoro"]), "allowedPresenters": ("organization", "roleIsPresenter")},
        ),
        ("everyone", [("a-okoro", "coorganizer")], [OKORO], {"allowedPresenters": ("everyone", "organizer")}),
    ],
)
def test_nobody_but_staff_presents_and_whoever_of_them_does_goes_on(who, people, staff, expected):
    assert wanted(meeting(who, people), *staff) == expected


def test_pupils_may_turn_on_what_the_strictest_of_their_policies_says():
    rules = Rules({"a-leo": Media(camera=False)}, RULES.staff)
    assert wanted(meeting(), rules=rules) == {"allowAttendeeToEnableCamera": (True, False)}
    assert wanted(meeting(allowAttendeeToEnableMic=False)) == {}


def test_names_are_asked_for_where_they_can_be_changed_and_were_not_refused():
    found = meeting(allowParticipantsToChangeName=True)
    assert wanted(found) == {"allowParticipantsToChangeName": (True, False)}
    target = next(iter(enforced([sitting()], {NAMED: found}, RULES, NOW).by_meeting.values())).target
    assert wanted(found, rules=Rules(staff=RULES.staff, names_refused={target})) == {}


def test_a_series_of_which_one_is_being_held_waits_for_what_it_does_not_take():
    days = [sitting(), sitting(start=NINE + timedelta(days=7))]
    loose = meeting("everyone", recordAutomatically=False, allowMeetingChat="enabled")
    done = enforced(days, {NAMED: loose}, RULES, NINE)
    assert [dict(one.after) for one in done.by_meeting.values()] == [{"allowMeetingChat": "disabled"}]
    assert ["presenters and recording" in one.why for one in done.left_out] == [True]
    assert len(enforced(days, {NAMED: loose}, RULES, NINE + timedelta(hours=1)).left_out) == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "no meeting of that link"),
        (Reply(403, {"error": {"message": "No application access policy found"}}), "no application access policy"),
        (Reply(500, {"error": {"message": "Oh"}}), "not known: Oh"),
    ],
)
def test_a_lesson_that_cannot_be_looked_at_is_told_and_counts_neither_as_right_nor_as_wrong(answer, said):
    done = enforced([sitting()], {NAMED: answer}, RULES, NOW)
    assert (done.by_meeting, done.kept) == ({}, 0)
    assert said in done.left_out[0].why


def test_what_is_left_alone_is_counted_by_meeting():
    alone = [sitting(kind="staff only"), sitting(kind="staff only", start=NINE + timedelta(days=7))]
    assert enforced(alone, {}, RULES, NOW).left_alone == {"staff only": 1}
