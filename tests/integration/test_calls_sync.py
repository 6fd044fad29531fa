import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from teamskit.calls import CallFilter, Who
from teamskit.calls.classes import ClassFinder
from teamskit.calls.coverage import covered_day
from teamskit.calls.identities import Directory
from teamskit.calls.listing import as_json, load_calls, readings_of
from teamskit.calls.sync import Around, sync
from teamskit.clock import iso, parse_iso
from teamskit.ledger import Ledger
from teamskit.recordings import Meeting, recordings_seen
from teamskit.sandbox import EmbeddedTenant
from teamskit.tenant import graph
from teamskit.tenant.session import open_transport

START = datetime(2026, 11, 9, 7, tzinfo=UTC)
ACCOUNTS = {
    name: f"00000000-0000-4000-8000-{n:012d}" for n, name in enumerate(["reid", "leo", "isla", "ann", "eve"], 1)
}
PEOPLE = {
    ACCOUNTS["reid"]: Who("REI", "Mrs Reid", "staff"),
    ACCOUNTS["leo"]: Who("004711", "Leo Ahmed", "pupil", "3"),
    ACCOUNTS["isla"]: Who("004712", "Isla Chen", "pupil", "6"),
}


def user(name):
    upn = f"{name}@school.example"
    basics = {"id": ACCOUNTS[name], "userPrincipalName": upn, "displayName": name.title(), "mailNickname": name}
    return {**basics, "mail": upn, "accountEnabled": True, "userType": "Guest" if name == "eve" else "Member"}


def played(name, start, minutes=40, people=(), **fields):
    begin = parse_iso(start)
    whole = [[iso(begin), iso(begin + timedelta(minutes=minutes))]]
    basics = {"id": name, "type": "groupCall", "start": start, "end": whole[0][1], "group": None, "recording": "none"}
    there = [{"intervals": whole, **({"account": ACCOUNTS[one]} if isinstance(one, str) else one)} for one in people]
    return {**basics, "organiser": {"account": ACCOUNTS["reid"]}, "people": there, **fields}


class World:
    """A tenant with five accounts and one class team, and a ledger beside it."""

    def __init__(self, folder):
        self.folder = folder
        self.tenant = EmbeddedTenant.open(folder / "sandbox.sqlite3", domains=("school.example",), start=START)
        self.transport = open_transport(sandbox=self.tenant, clock=self.tenant, signin=None)
        self.ledger = Ledger.open(folder / "ledger.sqlite3")

    def make(self):
        self.tenant.seed([user(name) for name in ACCOUNTS])
        owner = f"https://graph.microsoft.com/v1.0/users('{ACCOUNTS['reid']}')"
        status, headers, _ = self.tenant.request(
            "POST",
            "/v1.0/teams",
            {
                "template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('educationClass')",
                "displayName": "3A",
                "members": [
                    {
                        "@odata.type": "#microsoft.graph.aadUserConversationMember",
                        "roles": ["owner"],
                        "user@odata.bind": owner,
                    }
                ],
            },
        )
        assert status == 202
        self.team = {name.lower(): value for name, value in headers.items()}["content-location"].split("'")[1]
        self.tenant.advance(timedelta(minutes=10))
        return self

    def sync(self, **options):
        threads = {
            thread: "3A" for found in graph.fetch_channels(self.transport, self.teams()).values() for thread in found
        }
        directory = Directory(PEOPLE, self.tenant.tenant_id, frozenset([ACCOUNTS["eve"]]))
        finder = ClassFinder(self.transport, lambda _: threads, self.mails, lambda: [ACCOUNTS["reid"]])
        return sync(self.transport, self.ledger, Around(lambda: directory, finder), clock=self.tenant, **options)

    def mails(self):
        return {group.mail.casefold(): "3A" for group in graph.fetch_groups(self.transport) if group.has_team}

    def teams(self):
        return [group.id for group in graph.fetch_groups(self.transport) if group.has_team]

    def seen(self):
        calls = [call for call in load_calls(self.ledger) if call.join_url]
        groups = {"3A": self.teams()[0]}
        made = [
            (
                call.recorded,
                Meeting(
                    call.id,
                    call.organiser.account,
                    call.join_url,
                    call.start,
                    call.end,
                    groups.get(call.class_id, call.organiser.account),
                ),
            )
            for call in calls
        ]
        return recordings_seen(
            self.transport,
            self.ledger,
            [one for recorded, one in made if not recorded],
            known=[one for recorded, one in made if recorded],
            groups=groups.values(),
            clock=self.tenant,
        )


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path).make()
    yield made
    made.ledger.close()
    made.tenant.close()


def day_of_calls(world):
    twice = [["2026-11-09T09:01:00Z", "2026-11-09T09:10:00Z"], ["2026-11-09T09:12:00Z", "2026-11-09T09:39:00Z"]]
    lesson = ["reid", {"account": ACCOUNTS["leo"], "intervals": twice}, "ann", "eve"]
    outside = ["reid", {"anonymous": "iPad"}, {"phone": "+441632960123"}, {"guest": "J Smith", "email": "j@x.example"}]
    elsewhere = {"name": "T Else", "tenant": "7c0d6a54-0000-4000-8000-0000000000aa"}
    return [
        played("c-lesson", "2026-11-09T09:00:00Z", people=lesson, group=world.team, recording="kept"),
        played("c-outside", "2026-11-09T11:00:00Z", people=[*outside, elsewhere], recording="kept"),
        played("c-two", "2026-11-09T13:00:00Z", 12, people=["reid", "isla"], type="peerToPeer"),
    ]


def test_a_played_day_comes_into_the_ledger(world):
    world.tenant.play(day_of_calls(world))
    result = world.sync()
    assert (result.new, result.revised, result.without_detail, result.failed) == (3, 0, 0, 0)
    assert date(2026, 11, 9) in result.days
    assert world.seen().found == 2
    lesson, outside, two = [as_json(call) for call in load_calls(world.ledger)]
    assert (lesson["class"], lesson["organiser"], lesson["recorded"], lesson["kind"]) == (
        "3A",
        "REI",
        True,
        "groupCall",
    )
    assert {person["name"]: person["role"] for person in lesson["people"]} == {
        "Mrs Reid": "staff",
        "Leo Ahmed": "pupil",
        "Ann": "unknown",
        "Eve": "outside",
    }
    leo = next(person for person in lesson["people"] if person["id"] == "004711")
    assert leo["intervals"] == [
        ["2026-11-09T09:01:00Z", "2026-11-09T09:10:00Z"],
        ["2026-11-09T09:12:00Z", "2026-11-09T09:39:00Z"],
    ]
    assert outside["class"] is None
    assert {person["name"] for person in outside["people"] if person["role"] == "outside"} == {
        "visitor 1 of this call",
        "+441632960123",
        "J Smith",
        "T Else",
    }
    assert (two["kind"], two["recorded"], [p["id"] for p in two["people"]]) == ("peerToPeer", False, ["REI", "004712"])


def test_a_second_run_reads_the_list_only_and_changes_nothing(world):
    world.tenant.play(day_of_calls(world))
    world.sync()
    world.seen()
    before = [as_json(call) for call in load_calls(world.ledger)]
    world.tenant.reset_counts()
    assert (world.sync().new, world.sync().revised) == (0, 0)
    by = world.tenant.show()["requests"]["by"]
    assert not any("callRecords/{" in template for template in by)
    assert [as_json(call) for call in load_calls(world.ledger)] == before


def test_a_revised_record_is_a_new_entry_and_the_old_one_stays(world):
    world.tenant.play(day_of_calls(world))
    world.sync()
    changed = played("c-two", "2026-11-09T13:00:00Z", 12, people=["reid", "leo"], type="peerToPeer")
    world.tenant.play([changed])
    world.tenant.advance(timedelta(hours=1))
    result = world.sync()
    assert (result.new, result.revised) == (0, 1)
    call = load_calls(world.ledger, CallFilter(kind="peerToPeer"))[0]
    assert (call.version, [person.id for person in call.people]) == (2, ["REI", "004711"])
    assert [entry.version for entry in world.ledger.read("call") if entry.key == "c-two"] == [1, 2]


def test_c04_a_record_that_is_not_there_is_an_entry_and_no_gap(world):
    world.tenant.play(day_of_calls(world))
    world.tenant.add_fault({"method": "GET", "path": "callRecords/c-two", "status": 404, "times": None})
    result = world.sync()
    assert (result.new, result.without_detail, result.failed) == (3, 1, 0)
    assert covered_day(date(2026, 11, 9), readings_of(world.ledger)).status == "covered"
    assert {call.id: call.detail for call in load_calls(world.ledger)}["c-two"] == "not available"
    world.tenant.clear_faults()
    assert world.sync().revised == 1
    assert {call.id: call.detail for call in load_calls(world.ledger)}["c-two"] == "complete"


def test_a_record_that_cannot_be_read_is_not_called_covered(world):
    world.tenant.play(day_of_calls(world))
    world.tenant.add_fault({"method": "GET", "path": "callRecords/c-outside", "status": 500, "times": None})
    result = world.sync()
    assert (result.new, result.failed) == (2, 1)
    assert covered_day(date(2026, 11, 9), readings_of(world.ledger)).status == "part"
    world.tenant.clear_faults()
    assert world.sync().new == 1
    assert covered_day(date(2026, 11, 9), readings_of(world.ledger)).status == "covered"


def test_recordings_are_found_in_the_drives_when_the_meetings_refuse(world):
    world.tenant.play(day_of_calls(world))
    world.sync()
    world.tenant.set_flag("application_access_policy", False)
    outcome = world.seen()
    assert (outcome.found, outcome.not_known) == (2, 0)
    assert {call.id: call.recorded for call in load_calls(world.ledger)} == {
        "c-lesson": True,
        "c-outside": True,
        "c-two": False,
    }


def test_what_nobody_may_tell_is_not_known(world):
    world.tenant.play(day_of_calls(world))
    world.sync()
    world.tenant.set_flag("application_access_policy", False)
    world.tenant.add_fault({"method": "GET", "path": "/drive/", "status": 403, "times": None})
    outcome = world.seen()
    assert (outcome.found, outcome.not_known) == (0, 2)


def test_c08_all_pages_of_participants_and_sessions_are_read(world):
    crowd = [{"guest": f"Guest {n}", "email": f"g{n}@x.example"} for n in range(300)]
    world.tenant.play([played("c-hall", "2026-11-09T09:00:00Z", people=["reid", *crowd])])
    world.sync()
    people = load_calls(world.ledger)[0].people
    assert len(people) == 301
    assert all(person.intervals for person in people)


def many_calls(count=160):
    begin = parse_iso("2026-11-09T08:00:00Z")
    return [
        played(f"call-{n:03d}", iso(begin + timedelta(minutes=2 * n)), 30, people=["reid", "leo", "isla"])
        for n in range(count)
    ]


RUN = """
import sys
from pathlib import Path
from tests.integration.test_calls_sync import World
world = World(Path(sys.argv[1]))
print("ready", flush=True)
world.sync(progress=lambda done, of: print(done, flush=True))
"""


@pytest.mark.parametrize("batches", range(5))
def test_killed_at_any_moment_and_run_again_it_ends_in_the_same_log(world, batches, request):
    world.tenant.play(many_calls())
    command = [sys.executable, "-c", RUN, str(world.folder)]
    with subprocess.Popen(command, cwd=request.config.rootpath, stdout=subprocess.PIPE, text=True) as run:
        lines = [run.stdout.readline().strip() for _ in range(1 + batches)]
        time.sleep(random.Random(batches).uniform(0, 0.1))
        run.kill()
    assert lines == ["ready", "50", "100", "150", "160"][: 1 + batches]
    assert len(world.ledger.held("call")) >= 50 * min(batches, 3)
    world.sync()
    entries = world.ledger.read("call")
    assert [entry.seq for entry in entries] == sorted({entry.seq for entry in entries})
    calls = [as_json(call) for call in load_calls(world.ledger)]
    with Ledger.open(world.folder / "other.sqlite3") as other:
        world.ledger.close()
        world.ledger = other
        world.sync()
        assert [as_json(call) for call in load_calls(other)] == calls
    assert len(calls) == len(entries) == 160


def test_who_had_left_or_not_come_yet_on_the_day_is_unknown():
    """Roles go by the day of the call, not by the day of the sync."""
    from datetime import date

    from teamskit.calls import Who

    leaver = Who("1", "A", "pupil", "7", False, date(2020, 9, 1), date(2026, 11, 20))
    newcomer = Who("2", "B", "pupil", "7", True, date(2026, 11, 16), None)
    assert [leaver.is_here(date(2026, 11, day)) for day in (10, 19, 20)] == [True, True, False]
    assert [newcomer.is_here(date(2026, 11, day)) for day in (10, 16)] == [False, True]
    assert not Who("3", "C", "staff", on_roll=False).is_here(date(2026, 11, 10))
