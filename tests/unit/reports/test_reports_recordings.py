"""What a report says of recordings: in a call's own words, in the table of calls and in the summary."""

from dataclasses import replace
from datetime import UTC, date, datetime

from made_report import made_material

from teamskit.recordings.files import RecordedFile
from teamskit.reports.calls_tables import calls_table
from teamskit.reports.findings_tables import summary_table
from teamskit.reports.html import render_report
from teamskit.reports.recordings_now import RecordingNow, recordings_now
from teamskit.safeguarding.recorded import Row

EXPIRES = datetime(2027, 3, 24, 23, 30, tzinfo=UTC)
MATERIAL = made_material(60, 6, findings=15, gap=False)
CALLS = MATERIAL.calls


def row(call, state="found", backup="none", expires_on=EXPIRES):
    file = RecordedFile(call.id, "found", call.start, call.start, "d", call.id + state, expires_on=expires_on)
    return Row(call, state, True, "T00", file, backup)


def test_the_words_on_a_recording():
    found = recordings_now(
        [
            row(CALLS[0]),
            row(CALLS[1], "late", "copied", None),
            row(CALLS[2], "deleted", "verified"),
            *(row(CALLS[3], "found", "verified"), row(CALLS[3], "expired", "failed")),
            Row(CALLS[4], "missing", True),
        ]
    )
    assert {call: one.words for call, one in found.items()} == {
        CALLS[0].id: "It is still there, until 24 March 2027. No copy is kept.",
        CALLS[1].id: "It was found late, and is there. A copy is kept, and was not checked yet.",
        CALLS[2].id: "It is no longer there. A checked copy is kept.",
        CALLS[3].id: "Some of it is no longer there. The copy is not as it was stored.",
    }


def test_the_table_of_calls_and_the_summary():
    known = {
        CALLS[0].id: RecordingNow("there", date(2027, 3, 24), "verified"),
        CALLS[1].id: RecordingNow("gone", None, "none"),
    }
    material = replace(MATERIAL, recordings=known)
    cells = [one[-3:] for one in calls_table(material).rows[:3]]
    assert cells == [("there", date(2027, 3, 24), "checked"), ("gone", None, "none"), ("", None, "")]
    told = {one[0]: one[1] for one in summary_table(material).rows}
    assert (told["Recordings gone"], told["Recordings with a checked copy"]) == (1, 1)
    assert "Recordings gone" not in {one[0] for one in summary_table(MATERIAL).rows}


def test_a_call_with_a_finding_says_what_became_of_its_recording():
    call = next(one.call for one in MATERIAL.findings if one.call)
    of = replace(MATERIAL, recordings={call: RecordingNow("gone", None, "none")})
    assert "It is no longer there. No copy is kept." in render_report(of)
    assert "It is no longer there." not in render_report(MATERIAL)
