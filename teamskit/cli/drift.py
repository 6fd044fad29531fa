"""`teamskit policies drift`: what somebody has changed in the tenant since the school decided."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from teamskit.cli.needs import POLICIES_READING, needs
from teamskit.cli.output import clean, count, emit, emit_table, output_option, say
from teamskit.cli.remembering import keep_drift, last_drift
from teamskit.clock import at_school, iso, parse_iso
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.cli.planning import Actual

HEADINGS = ("document", "policy_type", "policy", "person", "setting", "wanted", "found")
CHAT = "AllowUserChat"


@click.command("drift")
@click.option("--exit-code", is_flag=True, help="Leave with 5 when there is drift.")
@output_option
@click.pass_obj
@needs(
    *POLICIES_READING,
    sometimes={
        p.GROUPS_READ: "documents given to a security group",
    },
)
def drift(here: Here, exit_code: bool, output: str) -> int:
    """Show what is not as the school decided: settings, policies, and who has them.

    \b
    teamskit policies drift
    teamskit policies drift --exit-code --output json      for a nightly check

    Only settings that a policy document names are looked at. People whom no plan
    has reached yet are gaps, not drift: teamskit policies coverage.
    """
    from teamskit.cli.planning import Actual, cohort_members
    from teamskit.policy import drift as found_drift

    actual, decided = Actual(here), here.decisions
    rows = found_drift(
        decided.definitions.values(), actual.policies(decided.types), cohort_members(here), actual.held()
    )
    since = _since(here, rows)
    if output == "table":
        _show(here, rows, since, actual)
    else:
        emit(output, rows, HEADINGS, [[row[one] for one in HEADINGS] for row in rows])
    return 5 if rows and exit_code else 0


def _mark(row: dict[str, Any]) -> str:
    return "/".join(str(row[one]) for one in ("policy_type", "policy", "person", "setting"))


def _since(here: Here, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Say for each row after which check it has changed, and remember this check."""
    last = last_drift(here.folder)
    before, checked = last.get("since", {}), last.get("checked_at", "")
    since = {_mark(row): before.get(_mark(row), checked) for row in rows}
    keep_drift(here.folder, {"checked_at": iso(here.clock.now()), "since": since})
    return since


def _show(here: Here, rows: list[dict[str, Any]], since: dict[str, str], actual: Actual) -> None:
    checked = _moment(iso(here.clock.now()))
    if not rows:
        say(f"Everything is as this school decided (checked {checked}).")
        return
    said = "1 thing is" if len(rows) == 1 else f"{len(rows):,} things are"
    say(f"{said} not as this school decided (checked {checked}).")
    headings = ("policy", "what", "wanted", "found", "when")
    emit_table(headings, [_cells(row, since[_mark(row)]) for row in rows])
    for line in _felt(rows, actual):
        say(f"  {line}")
    documents = ", ".join(sorted({str(row["document"]) for row in rows}))
    say("Put right: teamskit policies plan, then teamskit apply")
    say(f"Keep it: change the document in policies/ ({documents}): teamskit policies show")


def _cells(row: dict[str, Any], since: str) -> tuple[object, ...]:
    what = f"person {row['person']}" if row["person"] else row["setting"] or "the policy itself"
    name = row["policy"] if row["policy"] != "Global" else f"Global ({row['policy_type']})"
    found = "gone" if row["person"] is None and row["setting"] is None else _value(row["found"])
    return name, what, _value(row["wanted"]), found, f"after {_moment(since)}" if since else ""


def _value(value: object) -> object:
    return "not stated" if value is None else str(value).lower() if isinstance(value, bool) else clean(value)


def _felt(rows: list[dict[str, Any]], actual: Actual) -> list[str]:
    """Say what the people of a changed policy notice: how many have it, and whether they can chat."""
    having = Counter((one.type, one.name.casefold()) for one in actual.held().effective.values())
    said: list[str] = []
    for row in (one for one in rows if one["setting"] and one["policy"] != "Global"):
        number = having[(row["policy_type"], row["policy"].casefold())]
        if row["setting"] == CHAT and row["found"] is True and number:
            said.insert(0, f"{count(number, 'person', 'people')} with {clean(row['policy'])} can chat now.")
        else:
            said.append(f"{count(number, 'person has', 'people have')} {clean(row['policy'])}.")
    return list(dict.fromkeys(said))


def _moment(text: str) -> str:
    when = at_school(parse_iso(text))
    return f"{when.day} {when:%B %Y, %H:%M}"
