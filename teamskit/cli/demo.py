"""`teamskit demo`: the whole job on an invented school, in one go."""

from __future__ import annotations

import json
import shlex
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.output import TerminalProgress, count, emit, output_option, say
from teamskit.errors import InputError

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Outcome

EXPORT = "sims-export"


@click.command("demo")
@click.option("--out", metavar="DIR", help="Where to leave the school folder (default: a new one called demo).")
@output_option
def command(out: str | None, output: str) -> None:
    """Do the whole job on an invented primary school. Nothing leaves this computer.

    \b
    teamskit demo
    teamskit demo --out DIR            then go on working in DIR
    """
    began = time.monotonic()
    folder = _new_folder(out)
    here = _school(folder)
    summary = _the_job(here)
    summary["seconds"] = round(time.monotonic() - began, 1)
    from teamskit.school.folder import write_whole

    write_whole(folder / "summary.json", json.dumps(summary, indent=1) + "\n")
    if output != "table":
        emit(output, summary, ("figure", "value"), list(summary.items()))
    else:
        _screen(summary, folder)


def _new_folder(out: str | None) -> Path:
    folder = Path(out or "demo").resolve()
    if out is None and folder.exists():
        folder = Path(tempfile.mkdtemp(prefix="demo-", dir=Path.cwd()))
    if folder.exists() and any(folder.iterdir()):
        raise InputError("this folder is not empty", where=str(folder), next_step="Name a new one with --out DIR.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _school(folder: Path) -> Here:
    """Copy the example's export as if SIMS had written it, and make the school file."""
    from datetime import date
    from importlib.resources import files

    from teamskit.cli.context import Here
    from teamskit.cli.school_file import Answers, school_file_text
    from teamskit.school.folder import write_whole

    export = folder / EXPORT
    export.mkdir()
    for file in files("teamskit.csv_templates").joinpath("example-primary").iterdir():
        if file.name.endswith(".csv"):
            (export / file.name).write_bytes(file.read_bytes())
    terms = [(date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))]
    answers = Answers(
        *("sandbox", ["school.example"], "example", "Example Primary", "", EXPORT, "auto"),
        date(2026, 11, 23),
        ("08:45", "15:30"),
        terms,
    )
    write_whole(folder / "school.toml", school_file_text(answers))
    for part in ("policies", "registers"):
        (folder / part).mkdir()
    return Here(str(folder))


def _the_job(here: Here) -> dict[str, Any]:
    from teamskit.cli.apply import carry_out
    from teamskit.cli.embedded import tenant_of
    from teamskit.cli.planning import make_plan
    from teamskit.cli.roster import found_problems
    from teamskit.cli.sandbox import made_up_days
    from teamskit.cli.seeding import honest_users

    tenant = tenant_of(here)
    tenant.seed(honest_users(here.roster.people, here.school.domains[0], here.school.domains))
    problems = found_problems(here)
    with here.folder.one_run():
        _, outcomes = carry_out(here, make_plan(here), TerminalProgress())
    tenant.advance(timedelta(days=2))
    tenant.play(made_up_days(here, 1))
    calls, findings = _log(here)
    figures = _figures(here, outcomes, calls, len([one for one in problems if one.severity != "info"]))
    return {**figures, "findings": findings}


def _log(here: Here) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Fetch the played day into the ledger and write the report; gives the calls, and the open findings by severity."""
    from teamskit.calls.listing import as_json, load_calls
    from teamskit.cli.fetching import fetch_calls
    from teamskit.cli.recordings_check import look_for_files
    from teamskit.cli.report_material import report_material
    from teamskit.reports import write_report

    fetch_calls(here)
    look_for_files(here, waits=False)
    material = report_material(here)
    write_report(here.folder.root / "report.html", material)
    found = Counter[str](one.severity for one in material.findings if one.state == "open")
    with here.ledger() as ledger:
        calls = [as_json(call) for call in load_calls(ledger)]
    return calls, {word: found[word] for word in ("high", "medium", "low", "not known")}


def _figures(here: Here, outcomes: list[Outcome], calls: list[dict[str, Any]], problems: int) -> dict[str, Any]:
    from teamskit.cli.planning import listed_teams
    from teamskit.cli.policies import found_coverage

    teams = listed_teams(here)
    cohorts = {(one["cohort"], one["policy"]): one for one in found_coverage(here)["cohorts"]}
    pupils, staff = cohorts["pupils", "Disable chat"], cohorts["staff", "Staff lessons"]
    lessons = [call for call in calls if call["class"] is not None]
    roster = here.roster
    return {
        "school": here.school.schools[0].name,
        "pupils": len(roster.pupils),
        "pupils_on_roll": pupils["people"],
        "staff": len(roster.staff),
        "classes": len(roster.sections),
        "rows": {
            "read": sum(file.rows for file in roster.files),
            "used": sum(file.used for file in roster.files),
            "left_out": sum(file.left_out for file in roster.files),
        },
        "teams": len(teams),
        "owners": sum(len(team["owners"]) for team in teams),
        "memberships": sum(len(team["members"]) for team in teams),
        "pupils_covered": pupils["effective"],
        "staff_who_may_record": staff["effective"],
        "staff_on_roll": staff["people"],
        "calls": len(calls),
        "lessons": len(lessons),
        "lessons_recorded": sum(bool(call["recorded"]) for call in lessons),
        "problems": problems,
        "changes_failed": sum(outcome.result == "failed" for outcome in outcomes),
    }


def _screen(found: dict[str, Any], folder: Path) -> None:
    rows, missing = found["rows"], found["pupils_on_roll"] - found["pupils_covered"]
    say(f"{found['school']}, made up: {found['pupils']} pupils, {found['staff']} staff, {found['classes']} classes.")
    say("Tenant: sandbox inside this program. Nothing leaves this computer.")
    say(f"  Roster      {rows['read']:,} rows read: {rows['used']:,} used, {rows['left_out']:,} left out")
    say(f"  Class teams {found['teams']} made, {found['owners']} owners, {found['memberships']} members")
    covered = f"{found['pupils_covered']} of {found['pupils_on_roll']} pupils in effect"
    say(f"  Chat off    {covered}, {missing} without a usable account")
    say(f"  Recording   {found['staff_who_may_record']} of {found['staff_on_roll']} staff may record, no pupil may")
    say(f"  One day     {found['calls']} calls, {found['lessons_recorded']} of {found['lessons']} lessons recorded")
    say(f"  To look at  {_findings_words(found['findings'])} (planted, so you can see them)")
    say(f"Done in {found['seconds']:.0f} s. Next:")
    say(f"  open {folder / 'report.html'}      what a safeguarding lead sees")
    say(f"  cd {shlex.quote(str(folder))}; teamskit plan     the same steps one by one")


def _findings_words(found: dict[str, int]) -> str:
    by_severity = {word: number for word, number in found.items() if word != "not known" and number}
    parts = ", ".join(f"{number} {word}" for word, number in by_severity.items())
    return f"{count(sum(by_severity.values()), 'finding')}: {parts or 'none'}"
