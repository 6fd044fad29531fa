"""A term of the example secondary, played on the embedded tenant and read into the log night by night, as typed.

What was played is the truth: the calls as they were made up, which neither the tenant's interface nor the log has seen.
The full form (pytest -m full) plays 40 school days with about 3,000 calls.
"""

import csv
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from keyboard import Desk

from teamskit.calls.coverage import covered_day
from teamskit.calls.listing import load_calls, readings_of
from teamskit.calls.model import CALL
from teamskit.cli.sandbox import made_up_days
from teamskit.clock import at_school, iso, parse_iso
from teamskit.teams.listing import class_of_key

sys.path.append(str(Path(__file__).parents[1] / "data"))
import make_example_secondary  # noqa: E402

TERMS = [(date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))]
WITHOUT = 50
FORGOTTEN = timedelta(weeks=5)
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Form:
    """How much is played: from when, how many days, about how many calls a day."""

    first: date
    days: int
    calls: int


KINDS = (
    *("one-to-one", "alone-in-group", "pupils-only", "pupil-organised"),
    *("outside-person", "unknown-person", "out-of-hours", "unrecorded-lesson"),
)
SMALL = Form(date(2026, 10, 22), 4, 25)
FULL = Form(date(2026, 9, 21), 40, 75)
"""Both have half-term and the change of the clocks (25 October) in them."""


@dataclass
class Term:
    """A school, what was played there, and what each night cost."""

    desk: Desk
    form: Form
    played: dict[str, dict] = field(default_factory=dict)
    versions: Counter = field(default_factory=Counter)
    nights: list[int] = field(default_factory=list)

    def play(self):
        for call in made_up_days(self.desk.here(), 1, self.form.calls):
            self.played[call["id"]] = call
            self.versions[call["id"]] += 1
        self.desk.run("sandbox", "play", "--days", "1", "--calls", self.form.calls)

    def sync(self):
        before = self.desk.requests()["round_trips"]
        self.desk.run("calls", "sync")
        self.nights.append(self.desk.requests()["round_trips"] - before)

    def now(self):
        return self.desk.tenant().now()

    def days(self):
        return sorted({day_of(call) for call in self.played.values()})


def day_of(call):
    return at_school(parse_iso(call["start"])).date()


def new_school(folder, form):
    make_example_secondary.main(folder / "export")
    desk = Desk(folder / "school")
    words = ("--tenant", "sandbox", "--domain", "high.example", "--roster", folder / "export")
    desk.run("init", desk.folder, *words, "--effective", form.first)
    desk.decide(terms=[{"first": first, "last": last} for first, last in TERMS])
    keep_registers(desk, folder / "export")
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    return desk


def keep_registers(desk, export):
    """Let every pupil's parents have agreed to recording but one in fifty; the register of exceptions is empty."""
    with (export / "SIMS_Students.csv").open(encoding="cp1252", newline="") as file:
        numbers = [row["Adno"] for row in csv.DictReader(file)]
    rows = "".join(f"{adno},Yes,01/09/2026,\n" for n, adno in enumerate(numbers) if n % WITHOUT)
    registers = desk.folder / "registers"
    (registers / "consent.csv").write_text(f"Adno,Recording,Date,Withdrawn\n{rows}", encoding="utf-8")
    heads = "What,Pupil,Staff,Outside,From,Until,Reason,Agreed by\n"
    (registers / "agreed.csv").write_text(heads, encoding="utf-8")


def term_of(folder, form):
    """Play and read the days of a form, a night each."""
    term = Term(new_school(folder, form), form)
    for _ in range(form.days):
        term.play()
        term.sync()
    # The last revised record and the last recording come after the last night.
    term.desk.run("sandbox", "advance", "1d")
    term.desk.run("calls", "sync")
    return term


@pytest.fixture(scope="module", params=[SMALL, pytest.param(FULL, marks=pytest.mark.full)], ids=["small", "full"])
def term(request, tmp_path_factory):
    return term_of(tmp_path_factory.mktemp("term"), request.param)


def spans_of(people):
    """Give who was there when: by account, and without one as a bag of intervals."""
    known = {one["account"]: one["intervals"] for one in people if "account" in one}
    others = sorted(str(one["intervals"]) for one in people if "account" not in one)
    return known, others


def spans_logged(call):
    spans = [(one, [[iso(joined), iso(left)] for joined, left in one.intervals]) for one in call.people]
    known = {one.account: times for one, times in spans if one.joined_as == "user"}
    return known, sorted(str(times) for one, times in spans if one.joined_as != "user")


def test_every_call_is_there_once_with_every_person_and_interval(term):
    here = term.desk.here()
    classes = {team.id: class_of_key(team.key)[2] for team in here.class_teams}
    with here.ledger() as ledger:
        calls = load_calls(ledger)
        words = Counter(key for key, _ in ledger.held(CALL))
    assert [call.id for call in calls] == [
        one["id"] for one in sorted(term.played.values(), key=lambda one: (one["start"], one["id"]))
    ]
    assert words == term.versions
    for call in calls:
        truth = term.played[call.id]
        assert (iso(call.start), iso(call.end), call.kind) == (truth["start"], truth["end"], truth["type"])
        assert spans_logged(call) == spans_of(truth["people"])
        assert call.class_id == classes.get(truth["group"])
        assert call.organiser.account == truth["organiser"]["account"]
        assert call.recorded == (truth["recording"] == "kept")
        assert call.detail == "complete"


def test_a_term_is_a_term(term):
    days = term.days()
    assert len(days) == term.form.days
    assert days[0] == term.form.first
    assert days[0] < date(2026, 10, 24) < date(2026, 11, 2) < days[-1]
    assert max(Counter(day_of(call) for call in term.played.values()).values()) <= term.form.calls
    if term.form is FULL:
        assert 2900 <= len(term.played) <= 3000


def test_no_day_is_missing(term):
    with term.desk.here().ledger() as ledger:
        readings = readings_of(ledger)
    days = term.days()
    every = [days[0] + timedelta(n) for n in range((days[-1] - days[0]).days + 1)]
    assert [day for day in every if covered_day(day, readings).status != "covered"] == []


def test_a_night_costs_no_more_late_in_term_than_early(term):
    print(f"\nround trips a night: {term.nights}")
    assert max(term.nights) <= 80
    assert term.nights[-1] <= 1.5 * term.nights[0]


def planted(term, kind):
    """Give the ids of calls in which a kind was planted, by the last word of each."""
    return {key for key, call in term.played.items() if kind in call["planted"]}


def test_findings_are_the_planted_situations_of_each_day_and_no_look_alike(term):
    found = defaultdict(set)
    for one in term.desk.json("findings", "list"):
        found[one["finding"], one["state"]].add(one["call"])
    late = {key for key in planted(term, "unrecorded-lesson") if "recording_at" in term.played[key]}
    wanted = {(kind, "open"): planted(term, kind) for kind in KINDS}
    wanted["unrecorded-lesson", "open"] -= late
    wanted["unrecorded-lesson", "closed"] = late
    wanted["one-to-one", "closed"] = {key for key, call in term.played.items() if "revised_at" in call}
    about_pupils = [key for key in found if key[0] in ("no-consent", "not-seen", "chat-on")]
    others = {key: calls for key, calls in found.items() if key not in about_pupils}
    assert others == wanted
    per_day = [Counter(day_of(term.played[key]) for key in planted(term, kind)) for kind in KINDS]
    assert {day for counted in per_day for day in counted} == set(term.days())
    assert all(number >= 1 for counted in per_day for number in counted.values())


def test_recorded_pupils_without_consent_are_found(term):
    people = term.desk.here().who()
    with (term.desk.folder / "registers" / "consent.csv").open(encoding="utf-8") as file:
        agreed = {row["Adno"] for row in csv.DictReader(file)}
    without = {account for account, who in people.items() if who.role == "pupil" and who.id not in agreed}
    wanted = {
        key: {people[one["account"]].id for one in call["people"] if one.get("account") in without}
        for key, call in term.played.items()
        if call["recording"] == "kept"
    }
    found = {
        one["call"]: set(one["people"]) for one in term.desk.json("findings", "list") if one["finding"] == "no-consent"
    }
    assert found == {key: pupils for key, pupils in wanted.items() if pupils}


def not_seen(term):
    """Say who was in no call on five days running on which a class of his held a lesson: the slow way."""
    here = term.desk.here()
    people, members = here.who(), {team.id: {one.account_id for one in team.members} for team in here.class_teams}
    there, held = defaultdict(set), defaultdict(set)
    for call in term.played.values():
        there[day_of(call)] |= {one["account"] for one in call["people"] if "account" in one}
        held[day_of(call)] |= members[call["group"]] if call["group"] else set()
    found = set()
    for account in {one for some in members.values() for one in some if one in people and people[one].role == "pupil"}:
        run = 0
        for day in term.days():
            run = 0 if account in there[day] else run + (account in held[day] and people[account].is_here(day))
            if run >= 5:
                found.add(people[account].id)
    return found


def test_pupils_who_stay_away_are_not_seen(term):
    wanted = not_seen(term)
    found = {one["pupil"] for one in term.desk.json("findings", "list") if one["finding"] == "not-seen"}
    assert found == wanted
    assert bool(wanted) == (term.form is FULL)


def test_reading_again_changes_nothing(term):
    with term.desk.here().ledger() as ledger:
        before = ledger.held(CALL)
    done = term.desk.run("calls", "sync")
    assert "0 new calls, 0 revised" in done.out + done.err
    with term.desk.here().ledger() as ledger:
        assert ledger.held(CALL) == before


def test_the_report_of_the_term(term, tmp_path):
    days = term.days()
    done = term.desk.run("calls", "report", "--from", days[0], "--to", days[-1], "--out", tmp_path / "term.html")
    assert f"{len(term.played):,} calls in the report, 0 days not fully covered" in done.out + done.err
    assert (tmp_path / "term.html").stat().st_size < 6 * 2**20


def test_five_forgotten_weeks_are_a_gap_and_the_rest_is_whole(tmp_path):
    """The first days of the stretch are lost for good, and shown so; whatever Microsoft still has comes in."""
    term = term_of(tmp_path, Form(date(2026, 11, 3), 1, 15))
    asleep = term.now()
    while term.now() < asleep + FORGOTTEN:
        term.play()
        term.desk.run("sandbox", "advance", "5d")
    term.sync()
    oldest = term.now() - KEPT
    there = {
        key for key, call in term.played.items() if parse_iso(call["start"]) > oldest or day_of(call) == term.form.first
    }
    assert len(term.played.keys() - there) > 15
    with term.desk.here().ledger() as ledger:
        calls, readings = load_calls(ledger), readings_of(ledger)
    assert {call.id for call in calls} == there
    between = (at_school(oldest).date() - at_school(asleep).date()).days
    gap = [at_school(asleep).date() + timedelta(n) for n in range(1, between)]
    assert len(gap) > 3
    assert {covered_day(day, readings).status for day in gap} == {"not covered"}
    after = [at_school(oldest).date() + timedelta(n) for n in range(1, 30)]
    assert {covered_day(day, readings).status for day in [term.form.first, *after]} == {"covered"}
    done = term.desk.run("calls", "report", "--out", tmp_path / "gap.html")
    assert " 0 days not fully covered" not in done.out + done.err
