"""Joins roster, school file, journal and tenant into one plan, and hands the doers to the engine."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from teamskit.cli.guards import ALLOW_REMOVALS, class_bounds, fewer_bounds, memory_of, not_moved_up, reassigned_of
from teamskit.cli.output import count, working
from teamskit.cli.remembering import keep_links, last_links
from teamskit.clock import iso

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.plan import Change, Doer, Plan, Recorded, Target
    from teamskit.policy import Held, KeptGroup, Member
    from teamskit.policy.decisions import PolicyKey
    from teamskit.teams import Facts
    from teamskit.tenant.models import Policy

PARTS = ("policies", "teams")
CLASS_TEAMS = "Class teams"
EXPIRED = re.compile(r"Exp\d{4}_", re.IGNORECASE)
"""How School Data Sync names the groups of an earlier year (its scripts in OfficeDev/O365-EDU-Tools, 2026-11-25)."""


class Actual:
    """What the tenant holds, read once for a plan or for an apply, with the journal's newest records."""

    def __init__(self, here: Here, *, reads_policies: bool = True) -> None:
        """Read nothing yet; without `reads_policies` each policy is taken for missing."""
        self.here = here
        self._held: Held | None = None
        self._policies: dict[str, list[Policy]] = {}
        self.reads_policies = reads_policies
        self._groups: list[KeptGroup] | None = None

    @cached_property
    def recorded(self) -> dict[Target, Recorded]:
        """What the journal knows, as it is when first asked for: open work must have been settled before."""
        from teamskit.teams.rollover import carried_records

        return carried_records(self.here.journal.newest(), ())

    def held(self) -> Held:
        """Give what accounts hold; assignments seen in effect for the first time are noted in the journal."""
        from teamskit.policy import Held, broken_definitions, newly_seen, unread
        from teamskit.tenant import graph

        if self._held is None:
            found = {(one.account_id, one.type): one for one in graph.fetch_effective_policies(self.here.transport)}
            decided = self.here.decisions
            reads = self.reads_policies
            broken = broken_definitions(decided, self.policies(decided.types)) if reads else unread(decided)
            groups = {one.name: one.group.id for one in self.groups()}
            now = self.here.clock.now()
            held = Held(found, self.recorded, now, broken, groups)
            seen = newly_seen(held)
            self.here.journal.mark_seen(seen, now)
            shown = {one.target: replace(one, seen=True, seen_at=now) for one in seen}
            self._held = replace(held, recorded={**self.recorded, **shown})
        return self._held

    def groups(self) -> list[KeptGroup]:
        """Give the security groups that cohorts name, with who is in them."""
        from teamskit.policy import KeptGroup
        from teamskit.tenant import graph

        if self._groups is None:
            names = dict.fromkeys(cohort.group for cohort in self.here.school.cohorts if cohort.route == "group")
            found = [(name, graph.find_security_group(self.here.transport, name)) for name in names]
            self._groups = [
                KeptGroup(name, one, frozenset(graph.fetch_group_members(self.here.transport, one.id)))
                for name, one in found
            ]
        return self._groups

    def policies(self, types: Collection[str]) -> dict[PolicyKey, Policy]:
        """Give the policies of some types by type and name, each type read once."""
        from teamskit.policy.decisions import key_of
        from teamskit.tenant import teams_admin

        if not self.reads_policies:
            return {}
        for type_ in sorted(set(types) - self._policies.keys()):
            self._policies[type_] = teams_admin.fetch_policies(self.here.transport, type_)
        return {key_of(one.type, one.name): one for type_ in set(types) for one in self._policies[type_]}


def cohort_members(here: Here) -> list[Member]:
    """Give everybody on roll with cohort and account."""
    from teamskit.policy import members_of

    school = here.school
    return members_of(here.roster, here.matches, school.cohorts, here.decisions.cohorts, school.safeguarding_leads)


def make_plan(
    here: Here, parts: Sequence[str] = PARTS, *, rollover: bool = False, actual: Actual | None = None
) -> Plan:
    """Make the plan for the named parts: policies first, so that each policy is on its way before a team is there.

    With `rollover` the teams of earlier years are archived too. With an `actual` that does not read policies every
    policy is written in full, for an app that may not read them.
    """
    from teamskit.plan import Plan
    from teamskit.roster.matching import links_of

    _stop_if_doubtful(here)
    if "teams" in parts:
        here.transport.must_be_app(CLASS_TEAMS)
    settle_open_work(here)
    actual = actual or Actual(here)
    school = here.school.schools[0].name
    made_from = {"effective": str(here.effective), "ahead": here.looks_ahead, "roster": memory_of(here)}
    plan = Plan(school, here.tenant_id, iso(here.clock.now()), limits=tuple(fewer_bounds(here)), made_from=made_from)
    with working("Reading the tenant"):
        if "policies" in parts:
            plan = plan.joined(_policies_plan(here, actual, plan))
        if "teams" in parts:
            plan = plan.joined(_teams_plan(here, actual, plan, rollover=rollover))
        keep_links(here.folder, links_of(here.matches, last_links(here.folder)))
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
    from teamskit.plan import LeftOut
    from teamskit.plan.plan import in_order
    from teamskit.policy import assignment_changes, definition_changes, member_changes

    decided, members = here.decisions, cohort_members(here)
    definitions = definition_changes(decided.definitions.values(), actual.policies(decided.types))
    assigned, kept = assignment_changes(members, actual.held())
    joined, by_hand, inside = member_changes(actual.groups(), members, actual.held())
    left_out = [*by_hand]
    left_out += [LeftOut(f"{m.role} {m.id}", m.why, "teamskit roster check") for m in members if not m.account]
    outside = [m for m in members if not m.due]
    left_out += [
        LeftOut(f"{m.role} {m.id}", "in no cohort that has a policy", "cohorts in school.toml") for m in outside
    ]
    changing = (*assigned, *joined)
    reassigned = reassigned_of(here, changing, kept + inside + len(changing))
    return replace(
        empty,
        changes=in_order(definitions) + in_order(joined) + in_order(assigned),
        left_out=tuple(left_out),
        limits=(reassigned,),
        unchanged=(("policies", len(decided.definitions) - len(definitions)), ("policy assignments", kept)),
    )


def _teams_plan(here: Here, actual: Actual, empty: Plan, *, rollover: bool) -> Plan:
    from teamskit.cli.rolling import archiving, still_standing
    from teamskit.plan import Action
    from teamskit.plan.plan import bound, in_order
    from teamskit.teams import changes, desired, pending_members
    from teamskit.teams.rollover import carried, carried_records, continuation_changes, continuations, not_carried_on
    from teamskit.teams.stranded import stranded, without_class

    wanted, without = desired(here.roster, here.matches, here.school.teams, team_facts(here, actual.recorded))
    listed = continuations(wanted, here.class_teams, here.school.teams)
    going, doubtful = [one for one in listed if not one.is_doubtful], [one for one in listed if one.is_doubtful]
    other = {one.wanted.key for one in doubtful}
    wanted = [team for team in wanted if team.key not in other]
    standing = carried(here.class_teams, {one.team.id: one.wanted.key for one in going})
    recorded = carried_records(actual.recorded, going)
    alone = stranded(wanted, standing, here.roster, here.matches)
    people = people_by_account(here)
    made, archived, kept = changes([*wanted, *alone], standing, recorded, here.clock.now(), people)
    waiting = pending_members(standing, recorded, here.clock.now())
    removed = sum(change.action is Action.REMOVE for change in made)
    there = sum(len(team.members) for team in standing if not team.archived)
    limits = here.school.limits
    removals = bound("memberships removed", removed, there, limits.removals, limits.removals_share, ALLOW_REMOVALS)
    new = sum(change.action is Action.CREATE for change in made)
    ending = archiving(here, listed, len(wanted)) if rollover else ([], [])
    return replace(
        empty,
        changes=(*in_order(ending[0]), *in_order(list(continuation_changes(going))), *in_order(made)),
        left_out=(*without, *without_class(alone, here.roster), *archived, *not_carried_on(doubtful)),
        limits=(removals, *class_bounds(here, made, standing), *ending[1]),
        unchanged=(("teams", len(wanted) - new - len(archived)), ("members", kept)),
        notes=(*_leftovers(here, [] if rollover else still_standing(here, listed)), *_pending_notes(here, waiting)),
    )


def people_by_account(here: Here) -> dict[str, tuple[str, str]]:
    """Give for each account who it is, by role and id, and why he leaves his classes where he has left the school.

    An account that nobody in the export has is named by the number it carries.
    """
    from teamskit.roster.account_kinds import number_of

    nobody = "nobody in the export has this account any more"
    numbers = {account.id: number_of(account) for account in here.accounts}
    found = {one: (f"the account with number {number}", nobody) for one, number in numbers.items() if number}
    for match in sorted(here.matches, key=lambda one: one.account_id is not None):
        person = here.roster.people_by_key[match.person_key]
        left = f"left the school on {person.left_on}" if person.left_on and not person.on_roll else ""
        for account in filter(None, (match.account_id, *match.found)):
            found[account] = (f"{person.role} {person.id}", left)
    return found


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
    standing = frozenset(team.key for team in here.class_teams if team.has_team)
    return Facts(taken, frozenset(ours), owner, deleted, standing)


def _pending_notes(here: Here, waiting: Mapping[str, Sequence[str]]) -> list[str]:
    """Name the memberships that Microsoft accepted less than a day ago and does not show yet."""
    who = {m.account_id: f"{m.role} {m.id}" for m in here.matches if m.account_id}
    names = {team.key: team.display_name for team in here.class_teams}
    people = {key: ", ".join(who.get(one, "somebody") for one in accounts) for key, accounts in waiting.items()}
    return [f"accepted, not shown by Microsoft yet: {some} in {names.get(key, key)}" for key, some in people.items()]


def _leftovers(here: Here, standing: Sequence[str]) -> list[str]:
    """Name what stands in the tenant and is not ours: it is left alone; `standing` tells of teams of earlier years."""
    from teamskit.tenant import graph

    others = [one.mail_nickname for one in here.tenant_classes if not one.is_ours]
    ours = {team.id for team in here.class_teams}
    groups = [one.mail_nickname for one in here.tenant_groups if one.id not in ours]
    old = {one for one in groups if EXPIRED.match(one)} | set(graph.fetch_expired_groups(here.transport))
    said = []
    foreign = [one for one in others if one not in old]
    if foreign:
        said.append(f"{count(len(foreign), 'class', 'classes')} of the tenant not ours: left alone")
    if old:
        said.append(f"{count(len(old), 'leftover')} of earlier years, left alone: {', '.join(sorted(old)[:5])}")
    archived = sum(team.archived for team in here.class_teams)
    said += [*standing, *not_moved_up(here)]
    return [*said, *([f"{count(archived, 'archived team')} of ours: left alone"] if archived else [])]


def settle_open_work(here: Here) -> None:
    """Close in the journal what an earlier run had begun and the tenant shows, where there is any."""
    from teamskit.plan import settle

    begun = [record.target for record in here.journal.newest().values() if record.event == "intended"]
    if begun:
        settle(doers_for(here, begun), here.journal, here.clock)


def new_keys_of(plan: Plan) -> dict[str, str]:
    """Give the new class key of each team, by group id, that the plan carries on."""
    from teamskit.teams.rollover import CONTINUATION

    return {c.target.key: str((c.after or {})["key"]) for c in plan.changes if c.target.kind == CONTINUATION}


def doers_for(here: Here, targets: Collection[Target], new_keys: Mapping[str, str] | None = None) -> list[Doer]:
    """Read what changes of some targets touch and give the doers for them, in the order in which they must work.

    `new_keys` gives by group id the class key of a team that is carried on in the same run. The roster is only read
    where there are teams among them.
    """
    from teamskit.lessons.enforce_doer import MeetingsDoer
    from teamskit.policy import GroupMembersDoer, PoliciesDoer
    from teamskit.teams import TeamsDoer, YearDoer
    from teamskit.teams.rollover import carried

    actual, kinds = Actual(here), {target.kind for target in targets}
    teams_too = kinds & {*YearDoer.kinds, *TeamsDoer.kinds}
    doers: list[Doer] = []
    if kinds & set(PoliciesDoer.kinds):
        there = actual.policies({*here.decisions.types, *policy_types_of(targets)})
        doers.append(PoliciesDoer(here.transport, here.clock, there, actual.held(), policy_needs(here)))
    if kinds & set(GroupMembersDoer.kinds):
        doers.append(GroupMembersDoer(actual.groups(), actual.held()))
    if "lesson" in kinds:
        from teamskit.cli.lesson_planning import lessons_doer

        doers.append(lessons_doer(here, targets))
    names = {section.key: section.name for section in here.roster.sections} if teams_too else {}
    if kinds & set(YearDoer.kinds):
        doers.append(YearDoer(here.class_teams, names, here.clock))
    if kinds & set(TeamsDoer.kinds):
        teams = carried(here.class_teams, new_keys or {})
        doers.append(TeamsDoer(teams, actual.recorded, here.clock, names))
    if kinds & set(MeetingsDoer.kinds):
        doers.append(MeetingsDoer(here.transport, here.clock, {account.id: account.upn for account in here.accounts}))
    return doers


def policy_types_of(targets: Collection[Target]) -> set[str]:
    """Give the policy types of the policies among some targets."""
    from teamskit.policy.definitions import DEFINITION

    return {target.halves[0] for target in targets if target.kind == DEFINITION}


def policy_needs(here: Here) -> dict[PolicyKey, frozenset[PolicyKey]]:
    """Give for each policy of any document the tenant-wide ones without which it would be looser than meant."""
    from teamskit.policy.decisions import needs_of

    return {**needs_of(here.documents.values()), **here.decisions.needs}


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
