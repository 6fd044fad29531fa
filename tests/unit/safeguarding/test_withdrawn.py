from datetime import UTC, date, datetime, timedelta

import pytest

from teamskit.calls.model import CallEntry, Presence
from teamskit.recordings.files import RecordedFile
from teamskit.recordings.manifest import Checked, Copy
from teamskit.registers import Consent, ConsentRegister
from teamskit.safeguarding.withdrawn import NOTHING, touched

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
TODAY = date(2026, 12, 1)
LEO = Presence("a-leo", "004812", "Leo Ahmed", "pupil", "3")
ISLA = Presence("a-isla", "004733", "Isla Chen", "pupil", "6")
GONE = ConsentRegister(
    (
        Consent("004812", True, date(2026, 9, 1), date(2026, 11, 28)),
        Consent("004733", True, date(2026, 9, 1)),
    )
)


def call(name="c1", *, recorded=True, start=NINE):
    return CallEntry(
        name, 1, start, start + timedelta(hours=1), "groupCall", None, "3 Oak", recorded, "complete", (LEO, ISLA)
    )


def file(state, name="c1"):
    return RecordedFile(name, state, NINE, NINE, drive="d", item=state)


def copy(word, checked=None, name="c1"):
    return Copy(f"{name}/{word}", name, NINE, 1, NINE, word, checked=checked)


def test_only_recorded_calls_and_only_those_whose_consent_went():
    calls = [call(), call("c2", recorded=False), call("c3", start=NINE + timedelta(days=5))]
    found = touched(calls, GONE, TODAY)
    assert [(one.call.id, one.pupil.id, one.withdrawn_on) for one in found] == [("c1", "004812", date(2026, 11, 28))]
    assert touched(calls, GONE, date(2026, 11, 27)) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([], "not known"),
        ([file("found")], "there"),
        ([file("deleted")], "deleted"),
        ([file("expired"), file("found")], "there"),
        ([file("found"), file("deleted")], "there"),
        ([file("found", "c9")], "not known"),
    ],
)
def test_what_became_of_the_file(files, expected):
    assert touched([call()], GONE, TODAY, files)[0].file == expected


@pytest.mark.parametrize(
    ("copies", "expected"),
    [
        ([], "none"),
        ([copy("copied")], "copied"),
        ([copy("copied", Checked(NINE, "size"))], "verified"),
        ([copy("copied", Checked(NINE, "size", "missing"))], "failed"),
        ([copy("failed")], "none"),
        ([copy("deleted")], "deleted"),
        ([copy("deleted"), copy("copied")], "copied"),
    ],
)
def test_what_there_is_of_copies(copies, expected):
    assert touched([call()], GONE, TODAY, (), copies)[0].copy == expected


def test_what_to_do():
    def step(files, copies):
        return touched([call()], GONE, TODAY, files, copies)[0].next_step

    assert step([file("deleted")], [copy("deleted")]) == NOTHING
    assert step([file("expired")], [copy("copied")]).startswith("The file is gone, the copy is not.")
    assert "The copy goes with: teamskit recordings purge --call" in step([file("found")], [copy("copied")])
    assert "copy" not in step([file("found")], [])
    assert "recordings check" in step([], [])


def test_consent_that_was_given_again_holds():
    again = ConsentRegister((*GONE.rows, Consent("004812", True, date(2026, 11, 29))))
    assert touched([call()], again, TODAY) == []
