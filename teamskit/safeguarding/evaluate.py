"""From evidence to findings: a pure function, so that the same facts give the same findings with the same ids."""

from collections.abc import Iterable, Iterator

from teamskit.calls.model import CallEntry
from teamskit.safeguarding.case import Case
from teamskit.safeguarding.chat_on import chat_on
from teamskit.safeguarding.checks import run_checks
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.finding import SEVERITY, Finding
from teamskit.safeguarding.not_seen import not_seen
from teamskit.safeguarding.notes import with_notes
from teamskit.safeguarding.states import closed_by_revision, finding_of

_WORST_FIRST = ("high", "medium", "low", "not known")


def evaluate(evidence: Evidence) -> list[Finding]:
    """Give every finding of the period, whatever its state: worst first, then by time."""
    found = list(_by_call(evidence.calls, evidence))
    found += closed_by_revision(found, _by_call(evidence.older, evidence))
    found = with_notes([*found, *not_seen(evidence), *chat_on(evidence)], evidence)
    return sorted(found, key=lambda one: (_WORST_FIRST.index(SEVERITY[one.finding]), one.at, one.finding, one.id))


def _by_call(calls: Iterable[CallEntry], evidence: Evidence) -> Iterator[Finding]:
    for call in calls:
        case = Case(call)
        for check, raised in run_checks(case, evidence):
            yield finding_of(check, raised, case, evidence)
