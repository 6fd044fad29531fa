"""Writes tests/data/calls: a folder a finding, each with a scenario, its registers and what must be found.

    python tests/data/make_calls.py

Call ids say what the call shows. Times are written as on the school's clock and stored in UTC. People: T000 is staff,
six digits a pupil, `guest Name <address>`, `phone +44...`, `anonymous x`, `account x@y`, `elsewhere Name`.
"""

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).with_name("calls")
SCHOOL = ZoneInfo("Europe/London")
MONDAY, TUESDAY, WEDNESDAY = "2026-11-09", "2026-11-03", "2026-11-04"
AGREED = ("What", "Pupil", "Staff", "Outside", "From", "Until", "Reason", "Agreed by")
CONSENT = ("Adno", "Recording", "Date", "Withdrawn")
PUPILS = [f"{n:06d}" for n in range(1, 13)]
ALL_CONSENT = [(adno, "Yes", "07/09/2026", "") for adno in PUPILS]
STRAY, PARENT = "stray@school.example", "parent_mail.example#EXT#@school.example"


def moment(day, text):
    """Give the moment of a time on the school's clock; a time with + lies on the next day."""
    base = datetime.fromisoformat(f"{day}T{text.removeprefix('+')}").replace(tzinfo=SCHOOL)
    there = base + timedelta(days=1) if text.startswith("+") else base
    return there.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def person(text):
    guest = re.fullmatch(r"guest (.+) <(.*)>", text)
    if guest:
        return {"guest": guest[1], **({"email": guest[2]} if guest[2] else {})}
    kind, _, rest = text.partition(" ")
    if kind in ("phone", "anonymous", "account"):
        return {kind: rest}
    if kind == "elsewhere":
        return {"name": rest, "tenant": "22222222-2222-4222-8222-222222222222"}
    return {"pupil" if text.isdecimal() else "staff": text}


def call(name, start, end, people, *, day=MONDAY, by="T000", recording="kept", kind="groupCall", found=()):
    """Make a call; `people` maps a person to stays like "09:00-09:10:01 09:11-09:12", "" for a person without times."""
    stays = {who: [part.split("-") for part in times.split()] for who, times in people.items()}
    there = [
        {**person(who), "intervals": [[moment(day, a), moment(day, b)] for a, b in parts]}
        for who, parts in stays.items()
    ]
    played = {"id": name, "type": kind, "start": moment(day, start), "end": moment(day, end), "class": None}
    return {**played, "organiser": person(by), "recording": recording, "people": there}, list(found)


def lesson(name, *, day=MONDAY, start="09:00", end="09:40", pupils=3, extra=None, **more):
    """Make a call of a teacher and some pupils who are all there from beginning to end."""
    whole = f"{start}-{end}"
    people = dict.fromkeys(["T000", *PUPILS[:pupils]], whole)
    return call(name, start, end, {**people, **(extra or {})}, day=day, **more)


def write(folder, calls, agreed=(), consent=ALL_CONSENT):
    """Write one folder; a register that is None is not there."""
    where = FOLDER / folder
    where.mkdir(parents=True, exist_ok=True)
    for name, headings, rows in (("agreed.csv", AGREED, agreed), ("consent.csv", CONSENT, consent)):
        (where / name).unlink(missing_ok=True)
        if rows is not None:
            with (where / name).open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([headings, *rows])
    named = [(f"{folder}-{one['id']}", one, found) for one, found in calls]
    scenario = {"calls": [{**one, "id": name} for name, one, _ in named]}
    (where / "scenario.json").write_text(json.dumps(scenario, indent=1) + "\n", encoding="utf-8", newline="\n")
    expected = {name: found for name, _, found in named}
    (where / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8", newline="\n")


def one_to_one():
    def pair(name, stay, staff="09:00-09:10", pupil="000001", by="T000", **more):
        return call(name, "09:00", "09:10", {by: staff, pupil: stay}, by=by, recording="none", **more)

    raised, agreed = ["one-to-one open"], ["one-to-one agreed"]
    calls = [
        pair("two-minutes-and-a-second", "09:00-09:02:01", found=raised),
        pair("exactly-two-minutes", "09:00-09:02"),
        pair("in-pieces-and-a-second", "09:00-09:01 09:04-09:05:01", found=raised),
        pair("in-pieces-exactly", "09:00-09:01 09:04-09:05"),
        pair("two-devices-are-one-person", "09:00-09:01:30 09:00:30-09:02", "09:00-09:01:30 09:00:10-09:02"),
        pair("one-leaves-as-the-other-comes", "09:05-09:10", "09:00-09:05"),
        pair("of-two-by-telephone", "09:00-09:10", kind="peerToPeer", found=raised),
        call("two-staff", "09:00", "09:10", {"T000": "09:00-09:10", "T001": "09:00-09:10"}, recording="none"),
        call("a-third-for-a-second", "09:00", "09:06", {"T000": "09:00-09:06", "000001": "09:00-09:06",
             "000002": "09:03-09:03:01"}, recording="none"),
        pair("agreed-on-the-first-day", "09:00-09:10", pupil="000003", day="2026-10-20", found=agreed),
        pair("agreed-on-the-last-day", "09:00-09:10", pupil="000003", day="2026-10-22", found=agreed),
        pair("the-day-before-it-is-agreed", "09:00-09:10", pupil="000003", day="2026-10-19", found=raised),
        pair("the-day-after-it-ran-out", "09:00-09:10", pupil="000003", day="2026-10-23", found=raised),
        pair("agreed-with-another-teacher", "09:00-09:10", pupil="000003", by="T001", day="2026-10-21", found=raised),
        pair("agreed-for-another-pupil", "09:00-09:10", pupil="000004", day="2026-10-21", found=raised),
        pair("agreed-as-something-else", "09:00-09:10", pupil="000005", found=raised),
        pair("agreed-by-a-number-without-zeros", "09:00-09:10", pupil="000006", found=agreed),
        pair("agreed-for-any-pupil-of-a-teacher", "09:00-09:10", by="T001", found=agreed),
        pair("agreed-with-a-visitor-who-was-not-there", "09:00-09:10", pupil="000007", found=raised),
    ]  # fmt: skip
    rows = [
        ("one-to-one", "000003", "T000", "", "20/10/2026", "22/10/2026", "SEND support", "SENCO"),
        ("alone-in-group", "000005", "T000", "", "09/11/2026", "09/11/2026", "SEND support", "SENCO"),
        ("One to one", "6", "t000", "", "09/11/2026", "13/11/2026", "SEND support", "SENCO"),
        ("one-to-one", "", "T001", "", "09/11/2026", "09/11/2026", "Music lessons", "Head"),
        ("one-to-one", "000007", "T000", "nurse@mail.example", "09/11/2026", "09/11/2026", "Health", "Head"),
    ]
    write("one-to-one", calls, rows)


def alone_in_group():
    def group(name, teacher, first, others, extra=None, found=()):
        there = {"T000": teacher, "000001": first, "000002": others, "000003": others, **(extra or {})}
        return call(name, "09:00", "10:00", there, found=found)

    raised, whole = ["alone-in-group open"], "09:00-10:00"
    calls = [
        group("five-minutes-and-a-second", whole, "09:00-09:45:01", "09:00-09:40", found=raised),
        group("exactly-five-minutes", whole, "09:00-09:45", "09:00-09:40"),
        group("the-first-waits-five-minutes", whole, whole, "09:05-10:00"),
        group("the-first-waits-a-second-longer", whole, whole, "09:05:01-10:00", found=raised),
        group("broken-by-another-for-a-second", whole, "09:00-09:48", "09:00-09:40 09:44-09:44:01"),
        group("broken-as-the-teacher-drops-out", "09:00-09:44 09:44:01-10:00", "09:00-09:48", "09:00-09:40"),
        group("another-pupil-takes-over", whole, "09:00-09:44", "09:00-09:40", {"000004": "09:44-09:48"}),
        group("a-second-adult", whole, whole, "09:00-09:40", {"T001": whole}),
        group("somebody-from-outside", whole, whole, "09:00-09:40", {"guest Ann <ann@mail.example>": whole},
              found=["outside-person open"]),
        group("agreed", whole, whole, "09:40-10:00", {"000004": "09:40-09:50"}, found=raised),
        call("agreed-for-both-times", "09:00", "10:00", {"T001": whole, "000005": "09:00-09:20 09:30-10:00",
             "000006": "09:19-09:31", "000007": "09:19-09:31"}, by="T001", found=["alone-in-group agreed"]),
        call("agreed-for-one-of-two-times", "09:00", "10:00", {"T001": whole, "000005": "09:00-09:30",
             "000006": "09:29-10:00"}, by="T001", found=raised),
    ]  # fmt: skip
    rows = [
        ("alone-in-group", "000005", "T001", "", "09/11/2026", "09/11/2026", "Catch-up", "Head"),
        ("one-to-one", "000001", "T000", "", "09/11/2026", "09/11/2026", "SEND support", "SENCO"),
    ]
    write("alone-in-group", calls, rows)


def pupils_only():
    def left(name, teacher, extra=None, pupils=2, found=()):
        there = {"T000": teacher, **dict.fromkeys(PUPILS[:pupils], "09:00-09:40"), **(extra or {})}
        return call(name, "09:00", "09:40", there, found=found)

    raised = ["pupils-only open"]
    calls = [
        left("two-minutes-and-a-second", "09:00-09:20 09:22:01-09:40", found=raised),
        left("exactly-two-minutes", "09:00-09:20 09:22-09:40"),
        left("before-the-teacher-comes", "09:02:01-09:40", found=raised),
        left("after-the-teacher-left", "09:00-09:37:59", found=raised),
        left("another-adult-stays", "09:00-09:20", {"T001": "09:19-09:40"}),
        left("one-pupil-is-not-pupils", "09:00-09:20 09:30-09:40", pupils=1, found=["one-to-one open"]),
        left("somebody-from-outside-is-no-staff", "09:00-09:20 09:30-09:40",
             {"guest Ann <ann@mail.example>": "09:00-09:40"}, found=["pupils-only open", "outside-person open"]),
        left("an-unknown-account-is-no-staff", "09:00-09:20 09:30-09:40", {f"account {STRAY}": "09:00-09:40"},
             found=["pupils-only open", "unknown-person open"]),
        left("two-breaks-of-two-minutes", "09:00-09:10 09:12-09:20 09:22-09:40"),
        call("one-pupil-after-another", "09:00", "09:40", {"T000": "09:00-09:20", "000001": "09:00-09:25",
             "000002": "09:00-09:22", "000003": "09:21-09:22:01"}, found=raised),
        call("never-two-at-once", "09:00", "09:40", {"T000": "09:00-09:20", "000001": "09:00-09:25",
             "000002": "09:25-09:40", "000003": "09:00-09:20"}),
        call("in-the-lobby", "09:00", "09:40", {"T000": "09:00-09:20", "000001": "09:00-09:40", "000002": "",
             "000003": "09:00-09:20"}),
    ]  # fmt: skip
    write("pupils-only", calls)


def pupil_organised():
    both = {"000001": "10:00-10:01", "000002": "10:00-10:01"}
    calls = [
        call("with-another-pupil", "10:00", "10:05", both, by="000001", recording="none",
             found=["pupil-organised open"]),
        call("with-a-teacher", "10:00", "10:05", {"000001": "10:00-10:01", "T000": "10:00-10:01"}, by="000001",
             recording="none", found=["pupil-organised open"]),
        call("for-others-without-him", "10:00", "10:05", {"T000": "10:00-10:01", "000002": "10:00-10:01"},
             by="000001", recording="none", found=["pupil-organised open"]),
        call("nobody-came", "10:00", "10:05", {"000001": "10:00-10:05"}, by="000001", recording="none"),
        call("others-only-in-the-lobby", "10:00", "10:05", {"000001": "10:00-10:05", "000002": ""}, by="000001",
             recording="none"),
        call("a-teacher-organised", "10:00", "10:05", both, recording="none"),
        call("agreed", "10:00", "10:05", {"000009": "10:00-10:01", "000002": "10:00-10:01"}, by="000009",
             recording="none", found=["pupil-organised agreed"]),
    ]  # fmt: skip
    write("pupil-organised", calls, [("pupil-organised", "9", "", "", "09/11/2026", "09/11/2026", "Council", "Head")])


def outside_person():
    def with_(name, *people, found="outside-person open", **more):
        times = "09:05-09:30"
        return lesson(name, extra=dict.fromkeys(people, times), found=[found], **more)

    agreed = "outside-person agreed"
    calls = [
        with_("a-guest", "guest Jo <jo@mail.example>"),
        with_("nobody-signed-in", "anonymous x"),
        with_("of-another-tenant", "elsewhere Teacher elsewhere"),
        with_("a-guest-account-of-ours", f"account {PARENT}", found=agreed),
        with_("by-telephone", "phone +441150000000", found=agreed),
        with_("another-number", "phone +441150000001"),
        with_("named-by-address", "guest The Author <Author@Books.example>", found=agreed),
        with_("named-by-name", "guest  nurse JOY <>", found=agreed),
        with_("both-named", "guest The Author <author@books.example>", "guest Nurse Joy <>", found=agreed),
        with_("one-of-two-named", "guest The Author <author@books.example>", "guest Jo <jo@mail.example>"),
        with_("the-day-after", "guest The Author <author@books.example>", day="2026-11-10"),
        with_("named-for-another-teacher", "guest Coach <coach@club.example>"),
        with_("named-for-another-finding", "guest Piano <piano@music.example>"),
        call("only-in-the-lobby", "09:00", "09:40", {"T000": "09:00-09:40", "000001": "09:00-09:40",
             "000002": "09:00-09:40", "guest Jo <jo@mail.example>": ""}),
    ]  # fmt: skip
    day = ("09/11/2026", "09/11/2026")
    rows = [
        ("outside-person", "", "", "parent@mail.example", *day, "Parents' evening", "Head"),
        ("outside-person", "", "", "0115 000 0000", *day, "Interpreter", "Head"),
        ("outside-person", "", "", "author@books.example", *day, "Author's visit", "Head"),
        ("outside-person", "", "", "Nurse Joy", *day, "Health week", "Head"),
        ("outside-person", "", "T001", "coach@club.example", *day, "Football", "Head"),
        ("one-to-one", "", "", "piano@music.example", *day, "Piano", "Head"),
    ]
    write("outside-person", calls, rows)


def unknown_person():
    calls = [
        lesson("an-account-the-roster-does-not-name", extra={f"account {STRAY}": "09:05-09:30"},
               found=["unknown-person open"]),
        lesson("only-in-the-lobby", extra={f"account {STRAY}": ""}),
        lesson("agreed", day="2026-11-10", extra={f"account {STRAY}": "09:05-09:30"}, found=["unknown-person agreed"]),
        lesson("agreed-by-address", day="2026-11-11", extra={f"account {STRAY}": "09:05-09:30"},
               found=["unknown-person agreed"]),
        lesson("another-address-is-agreed", day="2026-11-12", extra={f"account {STRAY}": "09:05-09:30"},
               found=["unknown-person open"]),
    ]  # fmt: skip
    rows = [
        ("unknown-person", "", "T000", "", "10/11/2026", "10/11/2026", "Trial of a test account", "IT"),
        ("unknown-person", "", "", STRAY.title(), "11/11/2026", "11/11/2026", "The hall's tablet", "IT"),
        ("unknown-person", "", "", f"not{STRAY}", "12/11/2026", "12/11/2026", "Another tablet", "IT"),
    ]
    write("unknown-person", calls, rows)


def out_of_hours():
    raised = ["out-of-hours open"]
    calls = [
        lesson("as-the-day-begins", start="08:45", found=()),
        lesson("a-second-before-it-begins", start="08:44:59", found=raised),
        lesson("as-the-day-ends", start="15:30", end="15:50"),
        lesson("a-second-after-it-ends", start="15:30:01", end="15:50", found=raised),
        lesson("a-lesson-that-overruns", start="15:00", end="17:00"),
        lesson("in-summer-time-as-the-day-ends", day="2026-10-23", start="15:30", end="15:50"),
        lesson("in-summer-time-a-second-later", day="2026-10-23", start="15:30:01", end="15:50", found=raised),
        lesson("in-winter-time-as-the-day-begins", day="2026-11-02", start="08:45", end="09:20"),
        lesson("in-winter-time-a-second-before", day="2026-11-02", start="08:44:59", end="09:20", found=raised),
        lesson("on-a-saturday", day="2026-11-07", found=raised),
        lesson("on-a-sunday-as-the-clocks-change", day="2026-10-25", start="01:30", end="09:00", found=raised),
        lesson("in-half-term", day="2026-10-28", found=raised),
        call("over-midnight", "23:50", "+00:20", dict.fromkeys(("T000", "000001", "000002"), "23:50-+00:20"),
             found=raised),
        call("staff-in-the-evening", "19:00", "20:00", {"T000": "19:00-20:00", "T001": "19:00-20:00"},
             recording="none"),
        call("a-pupil-only-in-the-lobby", "19:00", "20:00", {"T000": "19:00-20:00", "T001": "19:00-20:00",
             "000001": ""}, recording="none"),
        lesson("agreed", day="2026-11-10", start="17:00", end="18:00", found=["out-of-hours agreed"]),
        lesson("agreed-for-one-pupil-of-three", day="2026-11-11", start="17:00", end="18:00", found=raised),
    ]  # fmt: skip
    rows = [
        ("out-of-hours", "", "T000", "", "10/11/2026", "10/11/2026", "Choir", "Head"),
        ("out-of-hours", "000001", "", "", "11/11/2026", "11/11/2026", "Choir", "Head"),
    ]
    write("out-of-hours", calls, rows)


def unrecorded_lesson():
    def taught(name, second, by="T000", recording="none", found=(), first="09:00-09:30", **more):
        people = {by: "09:00-09:30", "T000": "09:00-09:30", "000001": first, "000002": second, "T001": "09:00-09:30"}
        return call(name, "09:00", "09:30", people, by=by, recording=recording, found=found, **more)

    raised = ["unrecorded-lesson open"]
    calls = [
        taught("exactly-five-minutes", "09:00-09:05", found=raised),
        taught("a-second-less", "09:00-09:04:59"),
        taught("five-minutes-in-pieces", "09:00-09:02:30 09:10-09:12:30", found=raised),
        taught("one-after-the-other", "09:15-09:30", first="09:00-09:15"),
        taught("recorded", "09:00-09:30", recording="kept"),
        taught("of-a-pupil", "09:00-09:30", by="000001", found=["pupil-organised open"]),
        taught("agreed", "09:00-09:30", day="2026-11-10", found=["unrecorded-lesson agreed"]),
    ]
    rows = [("unrecorded-lesson", "", "T000", "", "10/11/2026", "10/11/2026", "Recording was off", "Head")]
    write("unrecorded-lesson", calls, rows)


def no_consent():
    raised = ["no-consent open"]

    def seen(name, pupil, day=MONDAY, recording="kept", found=(), stay="09:00-09:40"):
        people = {"T000": "09:00-09:40", "T001": "09:00-09:40", pupil: stay}
        return call(name, "09:00", "09:40", people, day=day, recording=recording, found=found)

    calls = [
        seen("on-the-day-it-was-given", "000001"),
        seen("the-day-before", "000001", day="2026-11-06", found=raised),
        seen("on-the-day-it-was-withdrawn", "000002", found=raised),
        seen("the-day-before-it-was-withdrawn", "000002", day="2026-11-06"),
        seen("the-answer-was-no", "000003", found=raised),
        seen("the-answer-was-perhaps", "000004", found=raised),
        seen("no-row", "000005", found=raised),
        seen("not-recorded", "000005", recording="none"),
        seen("only-in-the-lobby", "000005", stay=""),
        seen("for-a-second", "000005", stay="09:00-09:00:01", found=raised),
        seen("a-number-without-zeros", "000006"),
        seen("given-again", "000007"),
        seen("between-the-two", "000007", day="2026-10-23", found=raised),
        seen("a-date-that-is-none", "000008", found=raised),
        seen("agreed", "000010", found=["no-consent agreed"]),
    ]
    consent = [
        ("000001", "Yes", "09/11/2026", ""),
        ("000002", "yes", "07/09/2026", "09/11/2026"),
        ("000003", "No", "07/09/2026", ""),
        ("000004", "Perhaps", "07/09/2026", ""),
        ("6", "Yes", "07/09/2026", ""),
        ("000007", "Yes", "07/09/2026", "20/10/2026"),
        ("000007", "Yes", "02/11/2026", ""),
        ("000008", "Yes", "31/02/2026", ""),
    ]
    rows = [("no-consent", "000010", "", "", "09/11/2026", "09/11/2026", "Told by telephone", "Office")]
    write("no-consent", calls, rows, consent)


def recording_gone():
    thrown = ["recording-gone open"]
    calls = [
        lesson("thrown-away", day=TUESDAY, start="09:00", end="09:40", recording="deleted", found=thrown),
        lesson("still-there", day=TUESDAY, start="10:00", end="10:40"),
        lesson("expires-later", day=TUESDAY, start="11:00", end="11:40", recording="expiring", found=thrown),
        lesson("never-recorded", day=TUESDAY, start="12:00", end="12:40", recording="none",
               found=["unrecorded-lesson open"]),
        lesson("agreed", day="2026-11-05", recording="deleted", found=["recording-gone agreed"]),
    ]  # fmt: skip
    rows = [("recording-gone", "", "T000", "", "05/11/2026", "05/11/2026", "Parents asked for it", "Head")]
    write("recording-gone", calls, rows)


def recording_opened():
    raised = ["recording-opened open"]
    calls = [
        lesson("anybody-with-the-link", day=WEDNESDAY, start="10:00", end="10:40", recording="shared", found=raised),
        lesson("by-those-invited", day=WEDNESDAY, start="11:00", end="11:40"),
        lesson("by-a-guest", day=WEDNESDAY, start="12:00", end="12:40", recording="opened", found=raised),
        lesson(
            "shared-and-agreed",
            day="2026-11-02",
            start="13:10",
            end="13:50",
            recording="shared",
            found=["recording-opened agreed"],
        ),
    ]
    rows = [("recording-opened", "", "T000", "", "02/11/2026", "02/11/2026", "For the governors", "Head")]
    write("recording-opened", calls, rows)


def not_known():
    unknown = "not-known open"
    nobody = {"T000": "", "000001": "", "000002": ""}
    calls = [
        call("no-times", "09:00", "09:40", nobody, found=[unknown]),
        call("no-times-of-a-pair", "09:00", "09:40", {"T000": "", "000001": ""}, recording="none", found=[unknown]),
        call("no-times-and-a-guest", "09:00", "09:40", {**nobody, "guest Jo <jo@mail.example>": ""},
             found=[unknown, "outside-person open"]),
        call("no-times-and-a-pupil-began-it", "09:00", "09:40", nobody, by="000001", recording="none",
             found=[unknown, "pupil-organised open"]),
        call("no-times-in-the-evening", "19:00", "19:40", nobody, found=[unknown, "out-of-hours open"]),
        call("no-times-and-no-consent", "09:00", "09:40", {**nobody, "000012": ""},
             found=[unknown, "no-consent open"]),
        lesson("times"),
    ]  # fmt: skip
    write("not-known", calls, consent=ALL_CONSENT[:11])
    missing = [
        lesson("recorded", found=[unknown]),
        lesson("not-recorded", recording="none", found=["unrecorded-lesson open"]),
        call("recorded-staff", "09:00", "09:40", {"T000": "09:00-09:40", "T001": "09:00-09:40"}),
        lesson("a-guest-without-a-register", extra={"guest Nurse Joy <>": "09:05-09:30"},
               found=[unknown, "outside-person open"]),
    ]  # fmt: skip
    write("no-registers", missing, agreed=None, consent=None)


if __name__ == "__main__":
    for make in (one_to_one, alone_in_group, pupils_only, pupil_organised, outside_person, unknown_person, out_of_hours,
                 unrecorded_lesson, no_consent, recording_gone, recording_opened, not_known):  # fmt: skip
        make()
