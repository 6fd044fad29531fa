"""Changes of policies themselves. Only settings that a document names are compared and written."""

from collections.abc import Iterable, Mapping

from teamskit.plan import Action, Change, Risk, Target
from teamskit.policy.decisions import Decisions, Definition, PolicyKey, key_of
from teamskit.policy.documents import GLOBAL
from teamskit.tenant.models import Policy

DEFINITION = "policy"
NO_SUCH = "there is no such policy"


def definition_target(type_: str, name: str) -> Target:
    """Give the target of a policy of a type."""
    return Target(DEFINITION, f"{type_}/{name}")


def policy_key(target: Target) -> PolicyKey:
    """Give type and name of a policy's target, to compare with what the tenant has."""
    return key_of(*target.halves)


def definition_changes(definitions: Iterable[Definition], actual: Mapping[PolicyKey, Policy]) -> list[Change]:
    """Give a creation for each policy that is missing and a correction for each that is not as its documents say."""
    return [change for one in definitions if (change := _change(one, actual.get(one.key)))]


def broken_definitions(decided: Decisions, actual: Mapping[PolicyKey, Policy]) -> dict[PolicyKey, str]:
    """Say of each policy that is missing or otherwise than decided what is wrong with it: its settings by name.

    A policy is wrong too where the tenant's half that its document rests on is: supervised chat would be plain chat.
    """
    wrong = {}
    for one in decided.definitions.values():
        found = actual.get(one.key)
        differs = differing(one, found)
        if differs or found is None:
            wrong[one.key] = ", ".join(differs) if found else NO_SUCH
    return {**_broken_halves(decided, actual), **wrong}


def _broken_halves(decided: Decisions, actual: Mapping[PolicyKey, Policy]) -> dict[PolicyKey, str]:
    given = {due.document for some in decided.cohorts.values() for due in some}
    wrong = {}
    for key, wide in decided.needs.items():
        halves = [decided.definitions[one] for one in sorted(wide) if one in decided.definitions]
        differs = [
            name for half in halves for name in differing(half, actual.get(half.key)) if half.documents[name] in given
        ]
        if differs:
            wrong[key] = f"{', '.join(differs)} of the tenant"
    return wrong


def unread(decided: Decisions) -> dict[PolicyKey, str]:
    """Say of each policy that settings alone can vouch for (Global, and what rests on one) that they were not read."""
    keys = [one.key for one in decided.definitions.values() if one.name == GLOBAL]
    return dict.fromkeys([*keys, *decided.needs], "its settings could not be read")


def differing(wanted: Definition, found: Policy | None) -> dict[str, object]:
    """Give what the tenant has in the place of each setting that is not as decided; None where it states nothing."""
    settings = found.settings if found else {}
    return {name: settings.get(name) for name, value in wanted.settings.items() if settings.get(name) != value}


def _change(wanted: Definition, found: Policy | None) -> Change | None:
    target = definition_target(wanted.type, wanted.name)
    group = wanted.name if wanted.name != GLOBAL else f"Global {wanted.type}"
    if found is None:
        why = f"document {wanted.document}: {wanted.clause}"
        return Change(target, Action.CREATE, None, dict(wanted.settings), why, Risk.LOW, group, "policy")
    before = differing(wanted, found)
    if not before:
        return None
    after = {name: wanted.settings[name] for name in before}
    why = f"not as document {wanted.document} says"
    risk = Risk.HIGH if wanted.name == GLOBAL else Risk.MEDIUM
    return Change(target, Action.UPDATE, before, after, why, risk, group, "settings")
