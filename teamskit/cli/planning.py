"""Joins roster, school file, journal and tenant into one plan, and hands the doers to the engine."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from teamskit.cli.output import working
from teamskit.clock import iso

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Change, Doer, Plan, Recorded, Target
    from teamskit.policy import Held, Member, PolicyDocument
    from teamskit.teams import Facts
    from teamskit.tenant.models import Policy

PARTS = ("policies", "teams")
EXPIRED = re.compile(r"Exp\d{4}_", re.IGNORECASE)
"""How School Data Sync names the groups of an earlier year (its scripts in OfficeDev/O365-EDU-Tools, 2026-11-25)."""


class Actual:
    """What the tenant holds, read once for a plan or for an apply, with the journal's newest records."""

    def __init__(self, here: Here) -> None:
        """Read nothing yet but the journal."""
        self.here, self.recorded = here, here.journal.newest()
        self._held: Held | None = None
        self._policies: dict[str, list[Policy]] = {}

    def held(self) -> Held:
        """Give what accounts hold; assignments seen in effect for the first time are noted in the journal."""
        from teamskit.policy import Held, broken_documents, newly_seen
        from teamskit.tenant import graph

        if self._held is None:
            found = {(one.account_id, one.type): one for one in graph.fetch_effective_policies(self.here.transport)}
            documents = list(cohort_documents(self.here).values())
            broken = broken_documents(documents, self.policies([document.type for document in documents]))
            self._held = Held(found, self.recorded, self.here.clock.now(), broken)
            self.here.journal.mark_seen(newly_seen(self._held), self.here.clock.now())
        return self._held

    def policies(self, types: Sequence[str]) -> dict[tuple[str, str], Policy]:
        """Give the policies of some types by type and name, each type read once."""
        from teamskit.policy.definitions import key_of
        from teamskit.tenant import teams_admin

        for type_ in sorted(set(types) - self._policies.keys()):
            self._policies[type_] = teams_admin.fetch_policies(self.here.transport, type_)
        return {key_of(one.type, one.name): one for type_ in set(types) for one in self._policies[type_]}


def cohort_documents(here: Here) -> dict[str, PolicyDocument]:
    """Give the documents that the school's cohorts name, by id."""
    from teamskit.policy import catalogue
    from teamskit.policy.documents import check_cohort, needed

    known = catalogue(here.folder.root / "policies")
    for cohort in here.school.cohorts:
        check_cohort(cohort.name, cohort.role, needed(known, cohort.policies))
    ids = tuple(dict.fromkeys(one for cohort in here.school.cohorts for one in cohort.policies))
    return {document.id: document for document in needed(known, ids)}


def cohort_members(here: Here) -> list[Member]:
    """Give everybody on roll with cohort and account."""
    from teamskit.policy import members_of

    return members_of(here.roster, here.matches, here.school.cohorts)


def make_plan(here: Here, parts: Sequence[str] = PARTS) -> Plan:
    """Make the plan for the named parts: policies first, so that each policy is on its way before a team is there."""
    from teamskit.plan import Plan

    _stop_if_doubtful(here)
    settle_open_work(here)
    actual = Actual(here)
    school = here.school.schools[0].name
    plan = Plan(school, here.tenant_id, iso(here.clock.now()))
    with working("Reading the tenant"):
        if "policies" in parts:
            plan = plan.joined(_policies_plan(here, actual, plan))
        if "teams" in parts:
            plan = plan.joined(_teams_plan(here, actual, plan))
    return plan


def _stop_if_doubtful(here: Here) -> None:
    """Refuse to plan from an export that cannot be the whole school."""
    from teamskit.errors import RosterError
    from teamskit.roster.checks import doubtful

    for problem in doubtful(here.roster):
        raise RosterError(
            problem.message.rstrip("."), where=problem.file or "", next_step=problem.remedy, problems=[problem]
        )


def _policies_plan(here: Here, actual: Actual, empty: Plan) -> Plan:
    from dataclasses import replace

    from teamskit.plan import LeftOut
    from teamskit.plan.plan import bound, in_order
    from teamskit.policy import assignment_changes, definition_changes

    documents, members = cohort_documents(here), cohort_members(here)
    there = actual.policies([document.type for document in documents.values()])
    definitions = definition_changes(list(documents.values()), there)
    assigned, kept = assignment_changes(members, documents, actual.held())
    left_out = [LeftOut(f"{m.role} {m.id}", m.why, "teamskit roster check") for m in members if not m.account]
    outside = [m for m in members if not m.documents]
    left_out += [
        LeftOut(f"{m.role} {m.id}", "in no cohort that has a policy", "cohorts in school.toml") for m in outside
    ]
    limits = here.school.limits
    changing = sum(change.before is not None for change in assigned)
    reassigned = bound(
        "policies reassigned",
        changing,
        kept + len(assigned),
        limits.reassignments,
        limits.reassignments_share,
        "--allow-reassignments",
    )
    return replace(
        empty,
        changes=in_order(definitions) + in_order(assigned),
        left_out=tuple(left_out),
        limits=(reassigned,),
        unchanged=(("policies", len(documents) - len(definitions)), ("policy assignments", kept)),
    )


def _teams_plan(here: Here, actual: Actual, empty: Plan) -> Plan:
    from dataclasses import replace

    from teamskit.plan import Action
    from teamskit.plan.plan import bound, in_order
    from teamskit.teams import changes, desired, pending_members

    wanted, without = desired(here.roster, here.matches, here.school.teams, team_facts(here, actual.recorded))
    made, archived, kept = changes(wanted, here.class_teams, actual.recorded, here.clock.now())
    waiting = pending_members(here.class_teams, actual.recorded, here.clock.now())
    removed = sum(change.action is Action.REMOVE for change in made)
    there = sum(len(team.members) for team in here.class_teams)
    limits = here.school.limits
    removals = bound("memberships removed", removed, there, limits.removals, limits.removals_share, "--allow-removals")
    new = sum(change.action is Action.CREATE for change in made)
    return replace(
        empty,
        changes=in_order(made),
        left_out=(*without, *archived),
        limits=(removals,),
        unchanged=(("teams", len(wanted) - new - len(archived)), ("members", kept)),
        notes=(*_leftovers(here), *_pending_notes(here, waiting)),
    )


def team_facts(here: Here, recorded: Mapping[Target, Recorded]) -> Facts:
    """Gather what of the tenant bears on names and owners of class teams."""
    from teamskit.plan import Target
    from teamskit.teams import Facts
    from teamskit.teams.changes import TEAM
    from teamskit.tenant import graph

    ours = {team.key: team.id for team in here.class_teams}
    groups, gone = here.tenant_groups, graph.fetch_deleted_groups(here.transport)
    mine = set(ours.values())
    made = {r.came_back.get("group"): target.key for target, r in recorded.items() if target.kind == TEAM and r.stands}
    deleted = {made[group.id]: group.id for group in gone if made.get(group.id) and made[group.id] not in ours}
    taken = {group.mail_nickname.casefold() for group in groups if group.id not in mine}
    taken |= {group.mail_nickname.casefold() for group in gone}
    taken -= {str((recorded[Target(TEAM, key)].after or {}).get("mail_nickname", "")).casefold() for key in deleted}
    fallback = here.school.teams.fallback_owner.casefold()
    owner = next((one.id for one in here.accounts if fallback and one.upn.casefold() == fallback and one.enabled), "")
    return Facts(taken, frozenset(ours), owner, deleted)


def _pending_notes(here: Here, waiting: Mapping[str, Sequence[str]]) -> list[str]:
    """Name the memberships that Microsoft accepted less than a day ago and does not show yet."""
    who = {m.account_id: f"{m.role} {m.id}" for m in here.matches if m.account_id}
    names = {team.key: team.display_name for team in here.class_teams}
    people = {key: ", ".join(who.get(one, "somebody") for one in accounts) for key, accounts in waiting.items()}
    return [f"accepted, not shown by Microsoft yet: {some} in {names[key]}" for key, some in people.items()]


def _leftovers(here: Here) -> list[str]:
    """Name what stands in the tenant and is not ours: it is left alone."""
    from teamskit.tenant import graph

    others = [one.mail_nickname for one in here.tenant_classes if not one.is_ours]
    ours = {team.id for team in here.class_teams}
    groups = [one.mail_nickname for one in here.tenant_groups if one.id not in ours]
    old = {one for one in groups if EXPIRED.match(one)} | set(graph.fetch_expired_groups(here.transport))
    said = []
    foreign = [one for one in others if one not in old]
    if foreign:
        said.append(f"{len(foreign)} classes of the tenant are not ours: left alone")
    if old:
        said.append(f"{len(old)} leftovers of earlier years, left alone: {', '.join(sorted(old)[:5])}")
    archived = sum(team.archived for team in here.class_teams)
    return [*said, *([f"{archived} archived teams of ours: left alone"] if archived else [])]


def settle_open_work(here: Here) -> None:
    """Close in the journal what an earlier run had begun and the tenant shows, where there is any."""
    from teamskit.plan import settle

    begun = {record.target.kind for record in here.journal.newest().values() if record.event == "intended"}
    if begun:
        settle(doers_for(here, begun), here.journal, here.clock)


def doers_for(here: Here, kinds: Collection[str]) -> list[Doer]:
    """Read what changes of some kinds touch and give the doers for them, in the order in which they must work."""
    from teamskit.policy import PoliciesDoer
    from teamskit.teams import TeamsDoer

    actual = Actual(here)
    doers: list[Doer] = []
    if set(kinds) & set(PoliciesDoer.kinds):
        types = [document.type for document in cohort_documents(here).values()]
        doers.append(PoliciesDoer(here.transport, here.clock, actual.policies(types), actual.held()))
    if set(kinds) & set(TeamsDoer.kinds):
        names = {section.key: section.name for section in here.roster.sections}
        doers.append(TeamsDoer(here.class_teams, actual.recorded, here.clock, names))
    return doers


def by_group(changes: Sequence[Change]) -> dict[str, list[Change]]:
    """Gather changes under what people call them: the class, the policy."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.group, []).append(change)
    return groups


def listed_teams(here: Here) -> list[dict[str, Any]]:
    """Give our class teams as `teams list` shows them."""
    from teamskit.teams import pending_members, teams_json

    waiting = pending_members(here.class_teams, here.journal.newest(), here.clock.now())
    return teams_json(here.class_teams, {account.id: account.upn for account in here.accounts}, waiting)
