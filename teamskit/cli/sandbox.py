"""`teamskit sandbox`: the tenant inside this program."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from teamskit.cli.embedded import tenant_of
from teamskit.cli.output import clean, count, emit, emit_json, output_option, say
from teamskit.cli.sandbox_serving import app, serve
from teamskit.clock import at_school
from teamskit.errors import InputError

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.sandbox import EmbeddedTenant

CALLS_A_DAY = 75
_PERCENT = click.IntRange(0, 100)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@click.group("sandbox")
def command() -> None:
    """The tenant inside this program: seed it, move its clock, play school days on it."""


command.add_command(serve)
command.add_command(app)


@command.command("seed")
@click.option("--perfect", is_flag=True, help="One good account for each person.")
@click.option("--accounts", "file", metavar="FILE", help='Exactly the Graph users of {"value": [...]}.')
@click.pass_obj
def seed(here: Here, perfect: bool, file: str | None) -> None:
    """Make accounts for the people of the roster; without an option, a few are missing or not usable."""
    from teamskit.cli.seeding import honest_users, perfect_users, users_of_file

    tenant = tenant_of(here)
    if perfect and file:
        raise click.UsageError("take either --perfect or --accounts")
    if file:
        users = users_of_file(Path(file))
        _only(tenant, {str(user.get("id")).lower() for user in users})
    else:
        make = perfect_users if perfect else honest_users
        users = make(here.roster.people, here.school.domains[0], here.school.domains)
    say(f"{count(_taken(lambda: tenant.seed(users)), 'account')} in the embedded tenant.")


def _only(tenant: EmbeddedTenant, ids: set[str]) -> None:
    """Take away the accounts that are not in the file: exactly those of the file are wanted."""
    _, _, page = tenant.request("GET", "/v1.0/users?$select=id&$top=999")
    while page["value"]:
        for user in (one for one in page["value"] if one["id"] not in ids):
            tenant.request("DELETE", f"/v1.0/users/{user['id']}")
        if "@odata.nextLink" not in page:
            return
        _, _, page = tenant.request("GET", "/v1.0/" + page["@odata.nextLink"].partition("/v1.0/")[2])


def _taken(put: Callable[[], int]) -> int:
    """Put something into the tenant; what it does not take is wrong input, and then nothing was put in."""
    try:
        return put()
    except ValueError as wrong:
        raise InputError(f"the embedded tenant does not take this: {wrong}", next_step="Nothing was put in.") from None


def _length(_ctx: click.Context, _param: click.Parameter, value: str) -> timedelta:
    parts = re.fullmatch(r"(\d+)([smhdw])", value.strip())
    if not parts:
        raise click.BadParameter("write a length as 2d, 36h, 30m or 1w")
    try:
        length = timedelta(seconds=int(parts[1]) * _UNITS[parts[2]])
    except OverflowError:
        length = timedelta.max
    if length > timedelta(days=3660):
        raise click.BadParameter("at most 3660d")
    return length


@command.command("advance")
@click.argument("length", callback=_length, metavar="LENGTH")
@click.pass_obj
def advance(here: Here, length: timedelta) -> None:
    """Move the tenant's clock: 2d, 36h, 30m, 1w."""
    now = at_school(tenant_of(here).advance(length))
    say(f"It is now {now.day} {now:%B %Y, %H:%M} in the embedded tenant.")


@command.command("play")
@click.option("--days", type=click.IntRange(1, 200), help="Play made-up school days.")
@click.option("--calls", type=click.IntRange(1), help="With --days: about how many calls a day at most (75).")
@click.option("--scenario", metavar="FILE", help="Play the calls of a file.")
@click.pass_obj
def play(here: Here, days: int | None, calls: int | None, scenario: str | None) -> None:
    """Play calls: lessons with staff, pupils, joins and leaves, and recordings.

    \b
    teamskit sandbox play --days 1
    teamskit sandbox play --days 40 --calls 20
    teamskit sandbox play --scenario calls.json

    What a scenario may say is in the reference: docs/reference.md.
    """
    tenant = tenant_of(here)
    if (days is None) == (scenario is None):
        raise click.UsageError("take either --days or --scenario")
    if calls and scenario:
        raise click.UsageError("--calls goes with --days")
    played = made_up_days(here, days, calls or CALLS_A_DAY) if days else scenario_calls(here, Path(str(scenario)))
    rows = telephone_rows(here, Path(scenario)) if scenario else []
    say(f"{count(_taken(lambda: tenant.play(played)), 'call')} played.")
    if rows:
        say(f"{count(_taken(lambda: tenant.play_telephone(rows)), 'row')} in the telephone logs.")


def telephone_rows(here: Here, path: Path) -> list[dict[str, Any]]:
    """Give a scenario's rows of the telephone logs."""
    from teamskit.cli.playing import resolved_rows

    return resolved_rows(here, path)


def scenario_calls(here: Here, path: Path) -> list[dict[str, Any]]:
    """Give the calls of a scenario with accounts and teams in place of people and classes."""
    from teamskit.cli.playing import resolved

    return resolved(here, path)


def made_up_days(here: Here, days: int, calls: int = CALLS_A_DAY) -> Iterator[dict[str, Any]]:
    """Give the calls of the next school days one by one, for the classes that have a team; see sandbox/days.py."""
    from teamskit.cli.playing import lesson_classes, on_roll, school_days_ahead
    from teamskit.sandbox import school_days

    classes, hours = lesson_classes(here), here.school.school_day
    if not classes:
        raise InputError(
            "no class has a team yet, so there is no lesson to play", next_step="Run teamskit apply first."
        )
    last = tenant_of(here).last_call()
    played = at_school(last).date() if last else None
    return school_days(
        classes,
        school_days_ahead(here, days, played),
        day=(hours.start, hours.end),
        seed=here.school.schools[0].id,
        most=calls,
        accounts=[account.id for account in here.accounts if account.kind != "Guest"],
        is_here=on_roll(here),
    )


@command.command("request")
@click.argument("method")
@click.argument("path")
@click.argument("body", required=False)
@click.pass_obj
def request(here: Here, method: str, path: str, body: str | None) -> None:
    """Ask the tenant as an administrator behind our back: prints status and JSON.

    \b
    teamskit sandbox request GET "/v1.0/users?$top=5"
    """
    try:
        data = json.loads(body) if body else None
    except ValueError:
        raise click.BadParameter("the body is not JSON", param_hint="BODY") from None
    status, _, answer = tenant_of(here).request(method.upper(), path, data)
    emit_json({"status": status, "body": answer})


@command.command("fault")
@click.argument("method")
@click.argument("pattern")
@click.argument("status", type=click.IntRange(0, 599))
@click.option("--times", type=click.IntRange(1), help="How often; without it, always.")
@click.option("--every", type=click.IntRange(1), help="Only every n-th such request.")
@click.option("--commit", is_flag=True, help="Carry the request out first, then answer so.")
@click.option("--about", "contains", metavar="TEXT", help="Only requests that have this in their body, as an id.")
@click.option("--says", "message", metavar="TEXT", help="The words of the refusal.")
@click.pass_obj
def fault(here: Here, /, method: str, pattern: str, status: int, **options: Any) -> None:
    """Make matching requests fail: PATTERN is a regular expression on the path, STATUS 0 cuts the connection.

    \b
    teamskit sandbox fault POST userAssignments/assign 400 --about ID --says "Object is not in valid state"
    """
    try:
        re.compile(pattern)
    except re.error as wrong:
        raise click.BadParameter(f"not a regular expression: {wrong}", param_hint="PATTERN") from None
    if options["message"] and status < 400:
        raise click.UsageError("only a refusal, STATUS 400 and more, says something")
    what = {"method": method.upper(), "path": pattern, "status": status, **options}
    tenant_of(here).add_fault({**what, "after": None, "headers": {}, "body": None})


@command.command("weather")
@click.option("--cut", type=_PERCENT, default=0, help="Percent of the downloads that are cut off somewhere.")
@click.option("--slow", type=_PERCENT, default=0, help="Percent of them that are slow.")
@click.option("--rate", type=click.IntRange(1), default=1_000_000, show_default=True, help="Slow: bytes a second.")
@click.option("--throttle", type=_PERCENT, default=0, help="Percent of them that are sent away for a few seconds.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Other days, other downloads.")
@click.pass_obj
def weather(here: Here, /, **doc: int) -> None:
    """Make downloads of files go badly, at random; without an option it is fair again.

    \b
    teamskit sandbox weather --cut 30 --slow 20 --throttle 10 --seed 7
    teamskit sandbox weather
    """
    _put(here, "/sandbox/weather", doc)


@command.command("drive")
@click.argument("owner")
@click.argument("state")
@click.pass_obj
def drive(here: Here, owner: str, state: str) -> None:
    """Say how the drive of an account is: none, full, normal, or the bytes that are left on it.

    \b
    teamskit sandbox drive j.fox@school.example full
    teamskit sandbox drive j.fox@school.example 500000000
    """
    doc = {"remaining": int(state)} if state.isascii() and state.isdigit() else {"state": state}
    _put(here, f"/sandbox/users/{quote(owner, safe='@')}/drive", doc)


@command.command("audit")
@click.argument("state", type=click.Choice(["on", "off", "refused"]))
@click.pass_obj
def audit(here: Here, state: str) -> None:
    """Say how the audit log is: on; off: nothing is written; or refused: its permission is missing."""
    _put(here, "/sandbox/audit", {"state": state})


def _put(here: Here, path: str, doc: dict[str, Any]) -> None:
    status, _, answer = tenant_of(here).request("PUT", path, doc)
    if status >= 400:
        raise InputError(answer["error"]["message"], next_step="Nothing was set.")


@command.command("show")
@output_option
@click.pass_obj
def show(here: Here, output: str) -> None:
    """Show what the tenant holds and how many requests it had."""
    shown = tenant_of(here).show()
    rows: list[tuple[object, ...]] = [(key, clean(value)) for key, value in shown.items() if key != "requests"]
    rows += sorted(shown["requests"].get("by", {}).items())
    emit(output, shown, ("what", "number"), rows)
