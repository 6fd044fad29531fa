"""In which order findings are read, and which of them belong to a call, a person, a class. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from teamskit.reports.kinds import KINDS, SEVERITIES
from teamskit.reports.words import count
from teamskit.safeguarding.finding import Finding
from teamskit.safeguarding.listing import gathered
from teamskit.safeguarding.not_known import GATHERED

STATES = ("open", "agreed", "settled", "closed")
_SEVERITY = {word: place for place, word in enumerate(SEVERITIES)}
_KIND = {word: place for place, word in enumerate(KINDS)}


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Put the open before the agreed, settled and closed; in each the worst first, kind by kind, oldest first."""
    return sorted(findings, key=_place)


def _place(one: Finding) -> tuple[object, ...]:
    return STATES.index(one.state), _SEVERITY[one.severity], _KIND.get(one.finding, len(_KIND)), one.at, one.id


def apart(findings: Iterable[Finding]) -> tuple[list[Finding], list[str]]:
    """Keep what could not be told of many calls for one reason apart: gives the rest, and a line a reason."""
    single, many = gathered(findings)
    return single, [f"{count(calls, 'call')}: {GATHERED[reason]}." for reason, calls in many.items()]


def by_call(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    """Give the findings of each call, in order; a call without any has an empty list."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for one in in_order(findings):
        if one.call is not None:
            found[one.call].append(one)
    return found
