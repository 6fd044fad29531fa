"""How findings look at a terminal: worst first, then what could not be told, what is not covered, what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from teamskit.cli.output import clean, count, say, say_folded

if TYPE_CHECKING:
    from datetime import date

    from teamskit.safeguarding import Evidence, Finding

INDENT = " " * 11
EACH = "Each of them, by name: teamskit findings list --output csv"
HEADINGS = ("severity", "day", "time", "finding", "state", "text", "next", "why", "people", "call", "pupil", "id")


def rows_of(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    """Give one row a finding, for CSV."""
    from teamskit.clock import at_school

    rows: list[tuple[object, ...]] = []
    for one in findings:
        there = at_school(one.at)
        when = (f"{there:%Y-%m-%d}", f"{there:%H:%M}")
        said = (one.finding, one.state, one.text, one.next_step, one.why)
        rows.append((one.severity, *when, *said, " ".join(one.people), one.call or "", one.pupil or "", one.id))
    return rows


def show(chosen: Sequence[Finding], everything: Sequence[Finding], evidence: Evidence) -> None:
    """Print findings with a head and a foot; `everything` is what the totals are of."""
    from teamskit.cli.evidence import not_covered
    from teamskit.reports.words import days_words, span_words
    from teamskit.safeguarding.agreements import for_everybody
    from teamskit.safeguarding.listing import alike, gathered
    from teamskit.safeguarding.pupils_not_known import pupils_not_known

    days = (evidence.last - evidence.first).days + 1
    of_what = f"{count(days, 'day')}, {count(len(evidence.calls), 'call')}"
    say(f"Findings, {span_words(evidence.first, evidence.last)} ({of_what})")
    single, many = gathered(chosen)
    for one in alike(single):
        show_one(one.together, len(one.every))
    _show_many(many)
    say()
    say_folded(_totals(everything), "  ")
    missing = not_covered(evidence)
    if missing:
        say_folded(f"Not covered: {days_words(missing)}. There may have been calls.", "  ")
    for unknown in pupils_not_known(evidence):
        say_folded(clean(unknown.text), "  ")
    sweeping = for_everybody(evidence.agreed, evidence.first, evidence.last)
    for remark in (*evidence.remarks, *sweeping, *evidence.mended):
        say_folded(remark, "  ")
    if evidence.for_it:
        say_folded(f"For IT: {'; '.join(evidence.for_it)}", "  ")
    say_folded(_next(chosen, _can_be_read(evidence, missing)), "  ")


def show_one(finding: Finding, number: int = 1) -> None:
    """Print one finding: when, what, what to do next, what people wrote; or so many that say the same."""
    from teamskit.clock import at_school

    there = at_school(finding.at)
    which = finding.id if number == 1 else count(number, "finding")
    state = "" if finding.state == "open" else f"  {finding.state}"
    say()
    say(f"{finding.severity:<9}  {there:%Y-%m-%d %H:%M}  {finding.finding:<17}  {which}{state}")
    say_folded(INDENT + clean(finding.text), INDENT)
    if finding.state == "open":
        say_folded(INDENT + clean(finding.next_step), INDENT)
    if number > 1:
        say_folded(INDENT + EACH, INDENT)
    if finding.why:
        say_folded(INDENT + clean(finding.why), INDENT)
    for note in finding.notes:
        written = at_school(note.at)
        say_folded(INDENT + clean(f"Note by {note.author}, {written:%Y-%m-%d %H:%M}: {note.text}"), INDENT)


def _show_many(many: dict[str, int]) -> None:
    from teamskit.safeguarding.not_known import GATHERED

    if many:
        say()
    for reason, calls in many.items():
        say_folded(f"{'not known':<9}  {count(calls, 'call')}: {GATHERED[reason]}.", INDENT)


def _totals(everything: Sequence[Finding]) -> str:
    by_severity = Counter(one.severity for one in everything if one.state == "open")
    by_state = Counter(one.state for one in everything)
    unknown = by_severity.pop("not known", 0)
    parts = ", ".join(f"{by_severity[name]} {name}" for name in ("high", "medium", "low") if by_severity[name])
    states = [(by_state["agreed"], "agreed"), (by_state["settled"], "settled"), (by_state["closed"], "closed")]
    more = "".join(f" {name.capitalize()}: {number:,}." for number, name in states if number)
    return f"Open: {parts or 'none'}.{more}{f' Could not be checked: {unknown:,}.' if unknown else ''}"


def _can_be_read(evidence: Evidence, missing: Sequence[date]) -> bool:
    """Say whether Microsoft still has records of any of these days; a sync is no next step for days that are gone."""
    from teamskit.calls.coverage import covered_day

    return any(covered_day(day, ()).fetch_by > evidence.now for day in missing)


def _next(chosen: Sequence[Finding], can_be_read: bool) -> str:
    if can_be_read:
        return "Next: teamskit calls sync (reads what can still be read)"
    if chosen:
        return f"Next: teamskit findings show {chosen[0].id}"
    return "Next: teamskit calls sync, each night"
