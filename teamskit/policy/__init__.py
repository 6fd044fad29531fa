"""Policy documents, their cohorts, the changes they ask for, coverage, and the doer that makes and assigns."""

from teamskit.policy.assignments import Held, Member, assignment_changes, newly_seen
from teamskit.policy.bulk import Wish, assign_listed, unassign_listed
from teamskit.policy.cohorts import members_of
from teamskit.policy.coverage import coverage, whom_of
from teamskit.policy.decisions import Decisions, Definition, Due, decide
from teamskit.policy.definitions import broken_definitions, definition_changes, unread
from teamskit.policy.documents import PolicyDocument, WantedPolicy
from teamskit.policy.doer import PoliciesDoer
from teamskit.policy.drift import drift
from teamskit.policy.group_members import GroupMembersDoer, KeptGroup, member_changes
from teamskit.policy.shelf import catalogue
from teamskit.policy.undo import Standing, Undone, undo

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
    "Standing",
    "Undone",
    "WantedPolicy",
    "Wish",
    "assign_listed",
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
    "unassign_listed",
    "undo",
    "whom_of",
]
