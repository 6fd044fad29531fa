"""Policy documents, their cohorts, the changes they ask for, coverage, and the doer that makes and assigns."""

from teamskit.policy.assignments import Held, Member, assigned_since, assignment_changes, newly_seen
from teamskit.policy.cohorts import members_of
from teamskit.policy.coverage import coverage
from teamskit.policy.definitions import broken_documents, definition_changes
from teamskit.policy.documents import PolicyDocument
from teamskit.policy.doer import PoliciesDoer
from teamskit.policy.library import catalogue

__all__ = [
    "Held",
    "Member",
    "PoliciesDoer",
    "PolicyDocument",
    "assigned_since",
    "assignment_changes",
    "broken_documents",
    "catalogue",
    "coverage",
    "definition_changes",
    "members_of",
    "newly_seen",
]
