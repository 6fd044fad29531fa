"""Coverage as a person reads it: totals, who is not covered and why, who is waiting, who has what is for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from teamskit.cli.output import clean, count, emit_table, say, say_folded
from teamskit.clock import at_school

Row = Mapping[str, Any]
NAMED = 2
"""So many policies of one person and reason are named; more are counted."""
TOTALS = ("cohort", "policy", "people", "effective", "pending", "uncovered")


def show_coverage(document: Mapping[str, Sequence[Row]], now: datetime) -> None:
    """Print the documented coverage for people."""
    when = at_school(now)
    say(f"What the tenant says now, {when.day} {when:%B %Y, %H:%M}")
    headings = ("cohort", "policy", "people", "in effect", "waiting", "not covered")
    emit_table(
        headings, [[_policy(one) if key == "policy" else one[key] for key in TOTALS] for one in document["cohorts"]]
    )
    for one in document.get("left_out", ()):
        say(f"  ! {clean(one['what'])}: {clean(one['why'])}")
    people = document["people"]
    for title, lines in (
        ("Not covered", list(_missing([row for row in people if not row["effective"] and not row["pending"]]))),
        ("Errors", [_error(row) for row in document["errors"]]),
        ("By hand over the group", [_shadow(row) for row in people if row["shadows"]]),
    ):
        for line in (title, *lines) if lines else ():
            say_folded(line, "      ")
    for line in (*_waiting(people), *_sums(document["cohorts"], people)):
        say(line)


def _missing(rows: Sequence[Row]) -> Iterator[str]:
    """Give one line a person and reason, with the policies it is about."""
    policies: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        policies.setdefault((row["role"], row["id"], row["reason"]), []).append(_policy(row) or "no policy")
    for (role, number, reason), names in policies.items():
        about = ", ".join(names) if len(names) <= NAMED else count(len(names), "policy", "policies")
        yield f"  {role} {clean(number)}  {clean(about)}: {clean(reason)}"


def _error(row: Row) -> str:
    return f"  {row['role']} {clean(row['id'])} has {clean(row['policy'])}: {clean(row['text'])}"


def _shadow(row: Row) -> str:
    said = f"  {row['role']} {clean(row['id'])} has {clean(row['found'])} directly, which hides the group's policy"
    return f"{said}: teamskit policies unassign"


def _waiting(people: Sequence[Row]) -> Iterator[str]:
    waiting = [row["pending_h"] for row in people if row["pending"]]
    if waiting:
        longest = max(hours or 0 for hours in waiting)
        yield f"Waiting: {count(len(waiting), 'assignment')}, the oldest accepted {longest} h ago."
        yield "Microsoft takes up to 24 h or more; a program that is running may need a restart."


def _sums(cohorts: Sequence[Row], people: Sequence[Row]) -> Iterator[str]:
    routes = Counter((row["cohort"], row["policy"], row["route"]) for row in people if row["effective"])
    for one in cohorts:
        documents = {row["document"] for row in people if _key(row) == _key(one)}
        off = one["policy"] == "Disable chat" or documents == {"disable-chat"}
        if one["policy_type"] == "TeamsMessagingPolicy" and (off or "chat" in str(one["policy"]).casefold()):
            known = "chat off" if off else clean(one["policy"])
            yield f"{one['effective']:,} of {one['people']:,} {one['cohort']} are known to have {known}."
        by = {
            route: n
            for (cohort, policy, route), n in routes.items()
            if (cohort, policy) == (one["cohort"], one["policy"])
        }
        if len(by) > 1 or "group" in by:
            told = ", ".join(f"{n:,} by {route}" for route, n in sorted(by.items()))
            yield f"  {clean(one['cohort'])}, {clean(one['policy'])}: {told}"


def _key(row: Row) -> tuple[Any, ...]:
    return row["cohort"], row["policy_type"], row["policy"]


def _policy(row: Row) -> str:
    """Name a policy; Global, of which each type has one, with its type."""
    return f"Global {row['policy_type']}" if row["policy"] == "Global" else str(row["policy"] or "")
