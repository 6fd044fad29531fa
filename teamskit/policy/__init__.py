"""Policy documents, their cohorts, the changes they ask for, coverage, and the doer that makes and assigns."""

from teamskit.policy.assignments import Held, Member, assigned_since, assignment_changes, newly_seen
from teamskit.policy.cohorts import members_of
from teamskit.policy.coverage import coverage, whom_of
from teamskit.policy.decisions import Decisions, Definition, Due, decide
from teamskit.policy.definitions import broken_definitions, definition_changes, unread
from teamskit.policy.documents import PolicyDocument, WantedPolicy
from teamskit.policy.doer import PoliciesDoer
from teamskit.policy.drift import drift
from teamskit.policy.group_members import GroupMembersDoer, KeptGroup, member_changes
from teamskit.policy.shelf import catalogue

__all__ = [
    "Decisions",
    "Definition",
    "Due",
    "GroupMembersDoer",
    "Held",
    "KeptGroup",
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
    "member_changes",
    "members_of",
    "newly_seen",
    "unread",
    "whom_of",
]
