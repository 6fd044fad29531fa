"""Changes of policies themselves. Only settings that a document names are compared and written."""

from collections.abc import Mapping, Sequence

from teamskit.plan import Action, Change, Risk, Target
from teamskit.policy.documents import PolicyDocument
from teamskit.tenant import teams_admin
from teamskit.tenant.models import Policy

DEFINITION = "policy"


def definition_target(type_: str, name: str) -> Target:
    """Give the target of a policy of a type."""
    return Target(DEFINITION, f"{type_}/{name}")


def definition_changes(documents: Sequence[PolicyDocument], actual: Mapping[tuple[str, str], Policy]) -> list[Change]:
    """Give a creation for each policy that is missing and a correction for each that is not as its document says."""
    return [
        change
        for document in documents
        if (change := _change(document, actual.get(key_of(document.type, document.name))))
    ]


def key_of(type_: str, name: str) -> tuple[str, str]:
    """Give the key of a policy: the service tells names apart without regard to case."""
    return type_, name.casefold()


def broken_documents(documents: Sequence[PolicyDocument], actual: Mapping[tuple[str, str], Policy]) -> dict[str, str]:
    """Say of each document whose policy is missing or otherwise than it says what is wrong, by the document's id."""
    wrong = {}
    for document in documents:
        change = _change(document, actual.get(key_of(document.type, document.name)))
        if change:
            settings = ", ".join(change.after or {}) if change.before is not None else ""
            wrong[document.id] = settings or "there is no such policy"
    return wrong


def _change(document: PolicyDocument, found: Policy | None) -> Change | None:
    target = definition_target(document.type, document.name)
    wanted = teams_admin.wanted_settings(document.type, document.settings)
    if found is None:
        why = f"document {document.id}: {document.clause}"
        return Change(target, Action.CREATE, None, wanted, why, Risk.LOW, document.name, "policy")
    wrong = {key: value for key, value in wanted.items() if found.settings.get(key) != value}
    if not wrong:
        return None
    before = {key: found.settings.get(key) for key in wrong}
    why = "changed in Teams since, or in the document"
    return Change(target, Action.UPDATE, before, wrong, why, Risk.MEDIUM, document.name, "settings")
