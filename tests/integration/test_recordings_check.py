"""What became of recordings, looked for through the embedded tenant; V01, V04, V06 and V09 of the field cases."""

import csv
import io
from urllib.parse import quote

import pytest
from call_scenes import CLASS, HEAD, PUPILS, TEACHER, asked, call, lesson, play, ready

NINE, ELEVEN, TWO = "2026-11-25T09:00:00Z", "2026-11-25T11:00:00Z", "2026-11-25T14:00:00Z"

STAFF_POLICY = "/Skype.Policy/configurations/TeamsMeetingPolicy/configuration/Tag%3AStaff%20lessons"


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


def checked(desk, *words, ok=(0,)):
    """Give the rows of a check by call; a call of several recordings has its last."""
    return {row["call"]: row for row in desk.run("recordings", "check", "--output", "json", *words, ok=ok).json}


def synced(desk, *calls):
    """Play calls, read them into the log, and check."""
    play(desk, *calls)
    desk.run("calls", "sync")
    return checked(desk)


def found(desk, kind, state="open"):
    """Give the findings of a kind and state, by call."""
    return {
        one["call"]: one
        for one in desk.json("findings", "list")
        if one["finding"] == kind and state in (one["state"], "all")
    }


def files(desk, call):
    """Give the newest word on each file of a call."""
    from teamskit.recordings.files import files_of

    with desk.here().ledger() as ledger:
        return [one for one in files_of(ledger) if one.call == call]


def place(desk, call):
    """Give the address of a call's file."""
    [file] = files(desk, call)
    return f"/v1.0/drives/{quote(file.drive, safe='')}/items/{file.item}"


def does(desk, method, path, body=None):
    status, answer = desk.asks(method, path, body)
    assert status < 300, (status, answer)
    return answer


def account_of(desk, role, number):
    return next(account for account, who in desk.here().who().items() if (who.role, who.id) == (role, number))


def now_of(desk):
    """Give what the report's table of calls says of each recording."""
    desk.run("calls", "report", "--csv", desk.folder / "tables")
    text = (desk.folder / "tables" / "calls.csv").read_text("utf-8-sig")
    return {row["Call id"]: row["Recording now"] for row in csv.DictReader(io.StringIO(text))}


def test_each_state(school):
    rows = synced(
        school,
        lesson("kept", NINE),
        lesson("none", ELEVEN, recording="none"),
        call("private", TWO, recording="expiring", organiser=TEACHER, people=(TEACHER, *PUPILS)),
        lesson("thrown", "2026-11-24T09:00:00Z", recording="deleted"),
    )
    assert {one: row["state"] for one, row in rows.items()} == {
        "kept": "found",
        "none": "missing",
        "private": "found",
        "thrown": "deleted",
    }
    kept, private = rows["kept"], rows["private"]
    assert list(kept)[:8] == ["call", "state", "owner", "file", "size_bytes", "expires_on", "links", "backup"]
    assert (kept["owner"], kept["in_drive_of"], kept["size_bytes"]) == (CLASS, "team", 44 * 60 * 1000)
    assert kept["file"].startswith("/General/Recordings/Meeting-2026") and kept["expires_on"] == "2027-03-25T09:55:00Z"
    assert (private["owner"], private["in_drive_of"]) == ("T001", "staff")
    assert (rows["none"]["file"], rows["none"]["links"], rows["none"]["backup"]) == (None, [], "none")
    school.run("sandbox", "advance", "2d")
    assert checked(school)["private"]["state"] == "expired"
    assert "expired on" in found(school, "recording-gone")["private"]["text"]


def test_a_lesson_that_is_not_due_is_left_out_and_counted(school):
    play(school, lesson("c1", "2026-11-24T07:00:00Z", recording="none"), lesson("c2", NINE, recording="none"))
    school.run("calls", "sync")
    # The second has ended 25 hours ago; a school that allows 48 waits for both.
    assert set(checked(school)) == {"c1", "c2"}
    school.decide(findings={"recording_hours": 48})
    assert set(checked(school)) == {"c1"}
    out = school.run("recordings", "check").out
    assert "1 call is left out: a recording may take 48 h to come." in out


def test_one_that_came_after_a_day_is_late(school):
    play(school, lesson("c1", NINE, recording_at="2026-11-27T09:00:00Z"))
    school.run("calls", "sync")
    assert checked(school)["c1"]["state"] == "missing"
    school.run("sandbox", "advance", "1d")
    school.run("calls", "sync")
    row = checked(school)["c1"]
    assert (row["state"], row["owner"]) == ("late", CLASS)


def test_v01_it_lies_with_whoever_pressed_the_button(school):
    """In an assistant's drive it belongs to the lesson; in a pupil's it does too, and somebody should look at that."""
    words = {"recording": "kept", "organiser": HEAD, "people": (HEAD, TEACHER, *PUPILS)}
    rows = synced(
        school,
        call("own", NINE, **words),
        call("assistant", ELEVEN, recorded_by=TEACHER, **words),
        call("pupil", TWO, recorded_by=PUPILS[2], **words),
    )
    assert {one: (row["state"], row["owner"], row["in_drive_of"]) for one, row in rows.items()} == {
        "own": ("found", "T000", "staff"),
        "assistant": ("found", "T001", "staff"),
        "pupil": ("found", "000003", "pupil"),
    }
    held = found(school, "recording-opened")
    assert set(held) == {"pupil"}
    assert "lies in the OneDrive of" in held["pupil"]["text"] and "000003" in held["pupil"]["people"]
    assert not found(school, "unrecorded-lesson") and not found(school, "recording-gone")
    out = school.run("recordings", "check").out
    assert "in the drive of a pupil (000003)" in out


def test_v01_others_drives_are_looked_through_only_for_what_is_missing(school):
    synced(school, call("own", NINE, recording="kept", people=(HEAD, TEACHER, *PUPILS)))
    before = asked(school)["/users/{id}/drive/root:/{path*}:/children"]
    assert before == 1
    checked(school)
    assert asked(school)["/users/{id}/drive/root:/{path*}:/children"] == 2


def test_a_file_that_may_be_another_calls_is_said_and_is_no_drive_that_could_not_be_read(school):
    """The teacher was in another call just then, and recorded the head's: which of the two it shows nobody can tell."""
    rows = synced(
        school,
        call("first", NINE, recording="kept", organiser=TEACHER, people=(TEACHER, *PUPILS)),
        call("lost", ELEVEN, recording="kept", organiser=HEAD, people=(HEAD, *PUPILS), recorded_by=TEACHER),
    )
    assert {one: row["state"] for one, row in rows.items()} == {"first": "found", "lost": "not known"}
    said = school.run("recordings", "check")
    assert "fit no one call of the log" in said.out and said.err == ""
    assert "What became of one call's recording is not known: a file may be another call's" in (
        school.run("findings", "list").out
    )


def test_who_may_open_it_refused_is_said_as_that(school):
    synced(school, call("c1", NINE, recording="kept", organiser=HEAD, people=(HEAD, *PUPILS)))
    school.run("sandbox", "fault", "GET", "/permissions$", "403")
    said = school.run("recordings", "check", ok=(3,)).err
    assert "who may open what lies in them, could not be read" in said


def test_v04_a_half_saved_file_is_no_recording(school):
    rows = synced(school, call("half", NINE, recording="kept", file_name="tmp_Lesson.mp4"))
    assert (rows["half"]["state"], rows["half"]["half_saved"], rows["half"]["file"]) == ("missing", True, None)
    [file] = files(school, "half")
    assert file.temporary and not file.is_recording
    assert not found(school, "recording-gone", "all")
    assert "A file that was saved by half lies in the drive." in found(school, "unrecorded-lesson")["half"]["text"]
    does(school, "PATCH", place(school, "half"), {"name": "Lesson.mp4"})
    assert checked(school)["half"]["state"] == "found"


def test_v04_a_full_drive_is_named_as_the_likely_cause_with_the_day(school):
    does(school, "PUT", f"/sandbox/users/{account_of(school, 'staff', 'T000')}/drive", {"state": "full"})
    rows = synced(school, call("full", NINE, recording="kept"))
    assert rows["full"]["state"] == "missing"
    one = found(school, "unrecorded-lesson")["full"]
    assert "has no room left in OneDrive" in one["text"] and "until 16 December 2026" in one["text"]
    assert "saved from there until 16 December 2026" in one["next"]
    school.run("sandbox", "advance", "22d")
    assert "was deleted on 16 December 2026" in found(school, "unrecorded-lesson")["full"]["text"]


def test_v08_a_policy_without_recording_is_named_as_the_likely_cause(school):
    does(school, "PUT", STAFF_POLICY, {"AllowCloudRecording": False})
    synced(school, call("c1", NINE, recording="none"))
    one = found(school, "unrecorded-lesson")["c1"]
    assert one["text"].endswith("the meeting policy of Ann SurT000 does not allow recording.")
    assert one["next"].endswith("Ask IT to give the policy for staff.")


def test_v06_moved_and_renamed_it_is_the_same_file(school):
    rows = synced(school, lesson("c1", NINE))
    root = does(school, "GET", place(school, "c1").rpartition("/items/")[0] + "/root")
    body = {"name": "For the inspection.mp4", "parentReference": {"id": root["id"]}}
    does(school, "PATCH", place(school, "c1"), body)
    row = checked(school)["c1"]
    assert (row["state"], row["file"], row["key"]) == ("found", "/For the inspection.mp4", rows["c1"]["key"])
    assert row["expires_on"] == rows["c1"]["expires_on"]
    assert len(files(school, "c1")) == 1 and not found(school, "recording-gone", "all")


def test_the_recording_of_a_class_stays_the_classes_when_nobody_looks_for_its_call_any_more(school):
    rows = synced(school, lesson("c1", NINE))
    school.run("sandbox", "advance", "40d")
    assert checked(school)["c1"] == rows["c1"]
    assert (rows["c1"]["owner"], rows["c1"]["in_drive_of"]) == (CLASS, "team")


def test_v06_uploaded_again_it_is_the_same_recording_and_never_expires(school):
    rows = synced(school, lesson("c1", NINE))
    where = place(school, "c1")
    again = where.replace("/v1.0/", "/sandbox/") + "/reupload"
    does(school, "POST", again, {"name": "Lesson.mp4"})
    does(school, "DELETE", where)
    row = checked(school)["c1"]
    assert (row["state"], row["file"], row["expires_on"]) == ("found", "/General/Recordings/Lesson.mp4", None)
    assert row["hash"] == rows["c1"]["hash"] and row["key"] != rows["c1"]["key"]
    assert len(files(school, "c1")) == 2 and not found(school, "recording-gone", "all")


def test_v06_expiry_is_read_from_the_file(school):
    rows = synced(school, lesson("c1", NINE, expires_at="2027-01-05T00:00:00Z"))
    assert rows["c1"]["expires_on"] == "2027-01-05T00:00:00Z"
    does(school, "PATCH", place(school, "c1") + "/listItem/fields", {"_ExpirationDate": None})
    assert checked(school)["c1"]["expires_on"] is None


def test_v06_whose_day_to_expire_has_come_since_anybody_looked_is_not_known(school):
    synced(school, lesson("c1", NINE), lesson("c2", ELEVEN, expires_at="2027-11-25T09:00:00Z"))
    school.run("sandbox", "advance", "130d")
    rows = {row["call"]: row for row in school.json("recordings", "check", "--no-look")}
    assert {name: row["state"] for name, row in rows.items()} == {"c1": "not known", "c2": "found"}
    screen = school.run("recordings", "check", "--no-look").out
    assert "Not known: 1" in screen and "Expire within a week" not in screen
    assert "and nobody has looked since" in " ".join(screen.split())
    assert now_of(school) == {"c1": "not known", "c2": "there"}
    assert {name: row["state"] for name, row in checked(school).items()} == {"c1": "expired", "c2": "found"}
    assert now_of(school) == {"c1": "gone", "c2": "there"}


def test_v09_who_may_open_it(school):
    """People of the call have rights by invitation; anybody with a link, and a guest, are somebody to look at."""
    words = {"people": (HEAD, *PUPILS)}
    rows = synced(
        school,
        call("invited", NINE, recording="kept", **words),
        call("linked", ELEVEN, recording="shared", **words),
        call("opened", TWO, recording="opened", **words),
    )
    assert (rows["invited"]["links"], rows["invited"]["grants"], rows["invited"]["opened"]) == ([], [], 0)
    assert rows["linked"]["links"] == [{"scope": "anonymous", "type": "view", "outside": True}]
    assert rows["opened"]["grants"] == [{"to": "guest", "role": "read"}] and rows["opened"]["opened"] == 1
    told = found(school, "recording-opened")
    assert set(told) == {"linked", "opened"}
    assert told["linked"]["text"] == "Anybody who has the link may open the recording of this call."
    assert "downloaded by someone who is not staff" in told["opened"]["text"]
    assert "somebody@elsewhere.example" in told["opened"]["text"]


def leaves(made, number, day):
    """Write into the export on which day a person leaves."""
    for path in (made.folder / "SIMS_Staff.csv", made.folder / "SIMS_Students.csv"):
        lines = path.read_text("cp1252").splitlines()
        path.write_text("".join(f"{x}{day * x.startswith(number)}\n" for x in lines), "cp1252")


def test_v09_who_has_left_is_nobody_of_the_school_when_he_opens_it(school, made):
    leaves(made, "T001", "27/11/2026")
    leaves(made, "000002", "27/11/2026")
    synced(school, call("before", NINE, recording="kept"), call("after", TWO, recording="kept"))
    opened_by(school, "before", "2026-11-26T20:00:00Z", "t001", "p000002")
    opened_by(school, "after", "2026-11-27T08:00:00Z", "t001", "p000002")
    school.run("sandbox", "advance", "2d")
    assert {name: row["opened"] for name, row in checked(school).items()} == {"before": 0, "after": 2}
    told = found(school, "recording-opened", "all")
    assert set(told) == {"after"}
    assert "an account that the roster does not name" in told["after"]["text"].lower()


def opened_by(desk, name, at, *whom):
    where = place(desk, name).replace("/v1.0/", "/sandbox/") + "/opened"
    for one in whom:
        does(desk, "POST", where, {"by": f"{one}@school.example", "operation": "FileAccessed", "at": at})


def test_v09_a_link_that_was_taken_off_closes_it(school):
    synced(school, call("linked", ELEVEN, recording="shared"))
    [one] = [
        right for right in does(school, "GET", place(school, "linked") + "/permissions")["value"] if "link" in right
    ]
    does(school, "DELETE", place(school, "linked") + f"/permissions/{one['id']}")
    before = found(school, "recording-opened")["linked"]
    assert checked(school)["linked"]["links"] == []
    after = found(school, "recording-opened", "closed")["linked"]
    assert after["id"] == before["id"] and after["why"] == "Found put right on 26 November 2026."


def test_v09_more_that_is_known_opens_it_anew_and_the_note_says_so(school):
    """A right given to a guest was settled; then somebody else from outside opened it: one has to look again."""
    synced(school, call("c1", NINE, recording="opened", organiser=HEAD, people=(HEAD, *PUPILS)))
    first = found(school, "recording-opened")["c1"]["id"]
    school.run("findings", "settle", first, "A governor, agreed.", "--by", "Mrs Shah")
    path = f"/sandbox{place(school, 'c1').removeprefix('/v1.0')}/opened"
    does(school, "POST", path, {"by": "somebody.else@elsewhere.example", "operation": "FileAccessed"})
    school.run("sandbox", "advance", "3h")
    checked(school)
    second = found(school, "recording-opened")["c1"]
    assert second["id"] != first and "somebody.else@elsewhere.example" in second["text"]
    (old,) = [one for one in school.json("findings", "list") if one["id"] == first]
    assert old["state"] == "closed" and "More is known now" in old["why"] and old["notes"]


def test_v09_links_inside_the_school(school):
    synced(school, call("all", NINE, recording="kept"), call("same", ELEVEN, recording="kept"))
    does(school, "POST", place(school, "all") + "/createLink", {"type": "edit", "scope": "organization"})
    does(school, "POST", place(school, "same") + "/createLink", {"type": "view", "scope": "existingAccess"})
    rows = checked(school)
    assert rows["same"]["links"] == [{"scope": "existingAccess", "type": "view", "outside": False}]
    told = found(school, "recording-opened")
    assert set(told) == {"all"}
    assert "Everybody with an account of the school may change" in told["all"]["text"]


def test_a_recording_that_was_there_and_is_deleted(school):
    synced(school, lesson("c1", NINE))
    does(school, "DELETE", place(school, "c1"))
    assert checked(school)["c1"]["state"] == "deleted"
    gone = found(school, "recording-gone")["c1"]
    assert gone["text"].startswith("The recording of this lesson was there on 26 November 2026 and is not now.")
    assert gone["text"].endswith("There is no checked copy.") and gone["severity"] == "high"
    out = school.run("recordings", "check", "--exit-code", ok=(5,)).out
    assert "Gone, no checked copy: 1" in out


def test_what_the_meeting_tells_of_and_no_drive_holds_is_gone(school):
    rows = synced(school, lesson("c1", NINE, recording="deleted"))
    assert (rows["c1"]["state"], rows["c1"]["owner"], rows["c1"]["file"]) == ("deleted", None, None)
    assert "is in no drive" in found(school, "recording-gone")["c1"]["text"]


def test_without_the_right_to_files_nothing_is_said_to_be_gone(school):
    play(school, lesson("c1", NINE), lesson("c2", ELEVEN))
    school.run("calls", "sync")
    school.fault(path="/drives?/", status=403)
    done = school.run("recordings", "check", "--output", "json", ok=(1,))
    assert {row["state"] for row in done.json} == {"not known"}
    assert "Files.Read.All" in done.err
    told = school.run("findings", "list").out
    assert told.count("What became of the recordings is not known: the drives may not be read.") == 1
    assert not found(school, "recording-gone", "all")


def test_a_school_that_never_looked_hears_it_once(school):
    play(school, lesson("c1", NINE), lesson("c2", ELEVEN))
    school.run("calls", "sync")
    told = school.run("findings", "list").out
    assert told.count("nobody has looked") == 1 and "teamskit recordings check" in told
    assert not [one for one in school.json("findings", "list") if one["finding"].startswith("recording")]


def test_a_second_night_asks_for_no_more_than_it_needs(school):
    """Each drive's folder once and the permissions of what is there; nobody else's drive, no item, no meeting."""
    synced(
        school,
        *(lesson(f"c{n}", f"2026-11-25T{8 + n:02}:00:00Z") for n in range(4)),
        call("own", TWO, recording="kept"),
    )
    counts = asked(school)
    checked(school)
    new = {
        path: number - counts.get(path, 0) for path, number in asked(school).items() if number != counts.get(path, 0)
    }
    of_files = {path: number for path, number in new.items() if "drive" in path or "onlineMeetings" in path}
    assert of_files == {
        "/groups/{id}/drive/root:/{path*}:/children": 1,
        "/users/{id}/drive/root:/{path*}:/children": 1,
        "/drives/{id}/items/{item}/permissions": 5,
    }


def test_nothing_new_writes_no_new_word(school):
    synced(school, lesson("c1", NINE))
    with school.here().ledger() as ledger:
        before = len(ledger.read("file"))
    checked(school)
    with school.here().ledger() as ledger:
        assert (len(ledger.read("file")), len(ledger.read("files-looked"))) == (before, 2)


def test_the_audit_log_refused_is_said_and_stops_nothing(school):
    school.run("sandbox", "audit", "refused")
    rows = synced(school, call("opened", NINE, recording="opened"))
    assert (rows["opened"]["state"], rows["opened"]["opened"]) == ("found", 0)
    out = school.run("recordings", "check").out
    assert "Who opened recordings is not known: the audit log may not be read." in out
    assert "Who opened recordings is not known" in school.run("findings", "list").out


def copied(desk):
    copies = desk.folder.parent / "copies"
    copies.mkdir()
    desk.decide(backup={"target": str(copies)})
    return desk.run("recordings", "backup")


SEARCH = r"/security/auditLog/queries/[^/]+$"


@pytest.mark.parametrize("is_on", [True, False])
def test_an_audit_log_that_knows_nothing_of_our_own_downloads_is_not_believed(school, is_on):
    """Switched off it answers as if nobody had ever opened anything."""
    if not is_on:
        school.run("sandbox", "audit", "off")
    synced(school, call("c1", NINE, recording="kept", organiser=HEAD, people=(HEAD, *PUPILS)))
    (school.folder.parent / "copies").mkdir()
    school.decide(backup={"target": "../copies"})
    said = []
    for _ in range(3):
        said.append("tells nothing" in school.run("recordings", "check").out)
        assert ("seems to be switched off" in school.run("findings", "list").out) is said[-1]
        school.run("recordings", "backup")
        school.run("sandbox", "advance", "1d")
    assert said == [False, not is_on, not is_on]
    school.run("sandbox", "audit", "on")
    path = f"/sandbox{place(school, 'c1').removeprefix('/v1.0')}/opened"
    does(school, "POST", path, {"by": None, "operation": "FileAccessed"})
    school.run("sandbox", "advance", "1d")
    assert "tells nothing" not in school.run("recordings", "check").out


def test_a_search_that_takes_too_long_is_read_by_the_next_run(school):
    play(school, call("opened", NINE, recording="opened"))
    school.run("calls", "sync")
    school.fault(path=SEARCH, status=200, body={"status": "running"}, times=8)
    assert checked(school)["opened"]["opened"] == 0
    assert "is still being searched" in school.run("recordings", "check", "--no-look").out
    begun = asked(school)["/security/auditLog/queries"]
    assert checked(school)["opened"]["opened"] == 1
    assert asked(school)["/security/auditLog/queries"] == begun + 1
    assert "still being searched" not in school.run("recordings", "check", "--no-look").out


def test_who_does_not_wait_has_it_read_by_the_next_run(school):
    play(school, call("opened", NINE, recording="opened"))
    school.run("calls", "sync")
    before = school.here().clock.now()
    assert checked(school, "--no-wait")["opened"]["opened"] == 0
    assert (school.here().clock.now() - before).total_seconds() < 60
    school.run("sandbox", "advance", "1h")
    assert checked(school, "--no-wait")["opened"]["opened"] == 1


def test_what_was_forgotten_is_not_written_down_again(school):
    synced(school, call("c1", NINE, recording="kept"))
    does(school, "PATCH", place(school, "c1") + "/listItem/fields", {"_ExpirationDate": None})
    checked(school)
    school.run("sandbox", "advance", "1100d")
    school.run("ledger", "purge", "--confirm", "school")
    school.run("recordings", "check", "--output", "json")
    with school.here().ledger() as ledger:
        words = ledger.read("file")
    assert len(words) == 2 and all(entry.forgotten and entry.private is None for entry in words)
    assert "c1" not in school.run("recordings", "check").out


def test_a_class_that_was_invited_leaves_the_recording_with_the_organiser(school):
    rows = synced(school, call("c1", NINE, recording="kept", invited=CLASS))
    assert (rows["c1"]["class"], rows["c1"]["owner"], rows["c1"]["in_drive_of"]) == (CLASS, "T000", "staff")


def test_a_search_that_failed_is_asked_for_again_from_the_same_moment(school):
    play(school, call("opened", NINE, recording="opened"))
    school.run("calls", "sync")
    school.fault(path=SEARCH, status=200, body={"status": "failed"}, times=1)
    assert checked(school)["opened"]["opened"] == 0
    school.run("sandbox", "advance", "5d")
    assert checked(school)["opened"]["opened"] == 1


def test_what_our_own_backup_downloads_is_nobodys_opening(school):
    synced(school, call("c1", NINE, recording="kept"))
    copied(school)
    school.run("sandbox", "advance", "2d")
    assert checked(school)["c1"]["opened"] == 0
    assert not found(school, "recording-opened", "all")


def test_a_copy_is_told_and_a_checked_one_is_enough(school):
    synced(school, call("c1", NINE, recording="kept"), call("c2", ELEVEN, recording="kept"))
    copied(school)
    assert {row["backup"] for row in checked(school, "--no-look").values()} == {"copied"}
    does(school, "DELETE", place(school, "c1"))
    assert checked(school)["c1"]["state"] == "deleted"
    assert "never checked" in found(school, "recording-gone")["c1"]["text"]
    school.run("recordings", "verify")
    assert {row["backup"] for row in checked(school, "--no-look").values()} == {"verified"}
    assert found(school, "recording-gone", "closed")["c1"]["why"].startswith("A copy of it was checked on")
    does(school, "DELETE", place(school, "c2"))
    checked(school)
    assert "c2" not in found(school, "recording-gone", "all")


def test_as_csv_and_as_a_file(school):
    synced(school, lesson("c1", NINE), call("linked", ELEVEN, recording="shared"))
    file = school.folder / "r.csv"
    done = school.run("recordings", "check", "--no-look", "--output", "csv", "-o", file)
    [first, second] = csv.DictReader(io.StringIO(done.out))
    assert (first["call"], first["state"], first["owner"], first["links"]) == ("c1", "found", CLASS, "")
    assert second["links"] == "anonymous:view"
    assert file.read_text("utf-8-sig").splitlines()[1].startswith("2026-11-25,09:00,")


def test_the_screen_says_what_to_do_first(school):
    synced(school, call("soon", NINE, recording="expiring"), call("linked", ELEVEN, recording="shared"))
    out = school.run("recordings", "check").out
    assert out.index("Expire within a week, no copy: 1") < out.index("Open to others than staff: 1")
    assert "Next: teamskit recordings backup" in out
    assert max(map(len, out.splitlines())) < 100
