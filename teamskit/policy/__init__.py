"""Policy documents, their cohorts, the changes they ask for, coverage, and the doer that makes and assigns."""

from teamskit.policy.assignments import Held, Member, assigned_since, assignment_changes, newly_seen
from teamskit.policy.cohorts import members_of
from teamskit.policy.coverage import coverage, whom_of
from teamskit.policy.decisions import Decisions, Definition, Due, decide
from teamskit.policy.definitions import broken_definitions, definition_changes
from teamskit.policy.documents import PolicyDocument, WantedPolicy, catalogue
from teamskit.policy.doer import PoliciesDoer
from teamskit.policy.drift import drift

__all__ = [
    "Decisions",
    "Definition",
    "Due",
    "Held",
    "Member",
    "PoliciesDoer",
    "PolicyDocument",
    "WantedPolicy",
    "assigned_since",
    "assignment_changes",
    "broken_definitions",
    "catalogue",
    "coverage",
    "decide",
    "definition_changes",
    "drift",
    "members_of",
    "newly_seen",
    "whom_of",
]
