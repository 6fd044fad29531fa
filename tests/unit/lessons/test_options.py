from teamskit.lessons.options import Media, Presenter, differences, safe_options, standing, strictest

ANN, BEN = Presenter("a-1", "ann@school.example"), Presenter("b-2", "ben@school.example")


def test_one_teacher_presents_alone_and_everybody_waits_in_the_lobby():
    body = safe_options([ANN], Media())
    assert body["lobbyBypassSettings"] == {"scope": "organizer", "isDialInBypassEnabled": False}
    assert body["allowedPresenters"] == "organizer"
    assert body["allowMeetingChat"] == "disabled"
    assert body["recordAutomatically"] is body["allowRecording"] is True
    assert "participants" not in body


def test_several_staff_present_by_name_and_nobody_else():
    body = safe_options([BEN, ANN], Media())
    assert body["allowedPresenters"] == "roleIsPresenter"
    named = body["participants"]["attendees"]
    assert [one["identity"]["user"]["id"] for one in named] == ["a-1", "b-2"]
    assert {one["role"] for one in named} == {"presenter"}


def test_cameras_and_microphones_are_as_the_strictest_pupil_of_a_class_may():
    assert strictest([Media(), Media(camera=False), Media(microphone=False)]) == Media(False, False)
    assert strictest([]) == Media()
    body = safe_options([ANN], Media(camera=False))
    assert body["allowAttendeeToEnableCamera"] is False
    assert body["allowAttendeeToEnableMic"] is True


def test_a_meeting_as_the_service_makes_it_differs_in_what_is_unsafe_only():
    wanted = safe_options([ANN], Media())
    made = {**wanted, "allowedPresenters": "everyone", "lobbyBypassSettings": {"scope": "organization"}}
    assert differences(made, wanted) == {
        "lobbyBypassSettings.scope": ("organization", "organizer"),
        "lobbyBypassSettings.isDialInBypassEnabled": (None, False),
        "allowedPresenters": ("everyone", "organizer"),
    }
    assert differences(wanted, wanted) == {}


def test_a_pupil_among_the_presenters_is_a_difference_and_the_organiser_is_none():
    wanted = safe_options([ANN, BEN], Media())
    organiser = {"identity": {"user": {"id": "a-1"}}}
    without_ann = {"organizer": organiser, "attendees": wanted["participants"]["attendees"][1:]}
    assert differences({**wanted, "participants": without_ann}, wanted) == {}
    pupil = {"role": "presenter", "identity": {"user": {"id": "p-9"}}}
    both = {"organizer": organiser, "attendees": [*without_ann["attendees"], pupil]}
    assert differences({**wanted, "participants": both}, wanted) == {"presenters": (["b-2", "p-9"], ["b-2"])}


def test_an_invited_pupil_is_no_presenter():
    pupil = {"role": "attendee", "identity": {"user": {"id": "p-9"}}}
    meeting = {"allowedPresenters": "roleIsPresenter", "participants": {"attendees": [pupil]}}
    assert standing(meeting)["presenters"] == []
