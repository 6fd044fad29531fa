from teamskit.calls.media import in_order, used_by


def media(label, *ways):
    return {"label": label, "streams": [{"streamDirection": way} for way in ways]}


def session(*found, modalities=("audio", "video")):
    return {"modalities": list(modalities), "segments": [{"media": list(found)}]}


def test_who_sent_a_picture_is_told_from_who_saw_it():
    both = session(
        media("main-audio", "callerToCallee", "calleeToCaller"),
        media("main-video", "calleeToCaller"),
        media("applicationsharing-video", "callerToCallee"),
    )
    assert in_order(used_by("caller", both)) == ("audio", "screen")
    assert in_order(used_by("callee", both)) == ("audio", "video")


def test_the_session_stands_in_where_no_segment_says_anything():
    silent = session(modalities=("audio", "videoBasedScreenSharing", "data"))
    assert in_order(used_by("caller", silent)) == ("audio", "screen")
    assert used_by("caller", {"modalities": ["video"]}) == {"video"}
    assert used_by("caller", session(media("some-other-label", "callerToCallee"))) == {"audio", "video"}
