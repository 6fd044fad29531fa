"""What a school has decided about policies: which definitions stand in the tenant, and what each cohort is due.

Two strategies. `pupils` gives pupils policies of their own (what the guidance describes). `global-strict` writes one
pupil cohort's documents into Global, so that a brand-new account is safe before anything reaches it, and gives staff
theirs. Source: Microsoft's advice to schools on Teams policies, read 2026-11-25.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from teamskit.errors import PolicyDocumentError
from teamskit.policy.builtin import is_built_in
from teamskit.policy.documents import GLOBAL, PolicyDocument, WantedPolicy, check_cohort, needed
from teamskit.school import Cohort, PolicyChoices
from teamskit.tenant import teams_admin

PolicyKey = tuple[str, str]


def key_of(type_: str, name: str) -> PolicyKey:
    """Give the key of a policy: the service tells names apart without regard to case."""
    return type_, name.casefold()


@dataclass(frozen=True)
class Definition:
    """One policy as it is to stand; `documents` says for each setting which document wants it."""

    type: str
    name: str
    settings: Mapping[str, object]
    documents: Mapping[str, str]
    clause: str = ""

    @property
    def key(self) -> PolicyKey:
        """Give type and name, to compare with what the tenant has."""
        return key_of(self.type, self.name)

    @property
    def document(self) -> str:
        """Name the documents that want something of this policy."""
        return ", ".join(dict.fromkeys(self.documents.values()))


@dataclass(frozen=True)
class Due:
    """What a cohort is to have of one policy type: by `route` direct, group (the id of one in `group`) or Global."""

    document: str
    type: str
    name: str
    whom: str
    route: str = "direct"
    group: str = ""

    @property
    def key(self) -> PolicyKey:
        """Give type and name, to compare with what the tenant has."""
        return key_of(self.type, self.name)


@dataclass(frozen=True)
class Decisions:
    """Definitions by key, what each cohort is due by its name, and which definitions another one rests on."""

    definitions: Mapping[PolicyKey, Definition]
    cohorts: Mapping[str, tuple[Due, ...]] = field(default_factory=dict)
    needs: Mapping[PolicyKey, frozenset[PolicyKey]] = field(default_factory=dict)

    @property
    def types(self) -> list[str]:
        """Give the policy types that have to be read."""
        return sorted({definition.type for definition in self.definitions.values()})


def decide(known: Mapping[str, PolicyDocument], cohorts: Sequence[Cohort], choices: PolicyChoices) -> Decisions:
    """Join documents, cohorts and choices.

    Raises PolicyDocumentError naming cohort or document: an unknown id, a document for others, two documents that want
    a setting differently, a policy of Microsoft's own, or staff who would fall on a Global made for pupils.
    """
    theirs = {cohort.name: needed(known, cohort.policies) for cohort in cohorts}
    for cohort in cohorts:
        check_cohort(cohort.name, cohort.role, theirs[cohort.name])
    wide = needed(known, choices.tenant, "policies.tenant")
    for document in wide:
        _check_wide(document)
    in_global = _global_documents(cohorts, theirs, choices)
    due = {cohort.name: _due(cohort, theirs[cohort.name], in_global) for cohort in cohorts}
    _check_staff(cohorts, due, in_global)
    documents = list({one.id: one for one in (*wide, *(one for some in theirs.values() for one in some))}.values())
    definitions = _definitions(_wanted(documents, due, in_global))
    return Decisions(definitions, due, _needs(documents, due))


def _check_wide(document: PolicyDocument) -> None:
    if document.whom in ("pupils", "staff") or any(one.name != GLOBAL for one in document.policies):
        raise PolicyDocumentError(
            f"the document {document.id} holds policies that people are given, not the tenant",
            where="school.toml, [policies] tenant",
            next_step="Name it in a cohort: its people are given it.",
        )


def _global_documents(
    cohorts: Sequence[Cohort], theirs: Mapping[str, Sequence[PolicyDocument]], choices: PolicyChoices
) -> dict[str, str]:
    """Give for each policy type that Global carries under `global-strict` the document it carries."""
    if choices.strategy != "global-strict":
        return {}
    fits = [one for one in cohorts if (one.name == choices.global_from if choices.global_from else not one.narrows)]
    base = next((one for one in fits if one.role == "pupil"), None)
    if base is None:
        raise PolicyDocumentError(
            "no cohort of all pupils says what Global is to be",
            where="school.toml, [policies] strategy",
            next_step='Name one: global_from = "pupils".',
        )
    wanted = ((document.id, one) for document in theirs[base.name] for one in document.policies)
    return {one.type: document for document, one in wanted if not one.is_tenant_wide}


def _due(cohort: Cohort, documents: Sequence[PolicyDocument], in_global: Mapping[str, str]) -> tuple[Due, ...]:
    return tuple(
        Due(document.id, one.type, GLOBAL, document.whom, "Global")
        if in_global.get(one.type) == document.id
        else Due(document.id, one.type, one.name, document.whom, cohort.route, cohort.group)
        for document in documents
        for one in document.policies
        if not one.is_tenant_wide
    )


def _check_staff(cohorts: Sequence[Cohort], due: Mapping[str, Sequence[Due]], in_global: Mapping[str, str]) -> None:
    """Staff who have no policy of a type would fall on a Global that was made for pupils."""
    for cohort in (one for one in cohorts if one.role == "staff"):
        missing = sorted(in_global.keys() - {one.type for one in due[cohort.name]})
        if missing:
            raise PolicyDocumentError(
                f"Global is made for pupils, and these staff have no document of their own for {', '.join(missing)}",
                where=f'school.toml, cohort "{cohort.name}"',
                next_step="Name staff documents of these types there: teamskit policies list. Where there is none, "
                "write one (docs/policies.md); a single setting is enough, the others are Microsoft's defaults.",
            )


def _wanted(
    documents: Iterable[PolicyDocument], due: Mapping[str, Sequence[Due]], in_global: Mapping[str, str]
) -> list[tuple[PolicyDocument, WantedPolicy]]:
    """Give each policy that must stand with its document, under the name Global where Global carries it."""
    named = {(one.document, one.key) for some in due.values() for one in some}
    made = []
    for document in documents:
        for one in document.policies:
            if one.is_tenant_wide or one.name == GLOBAL or (document.id, key_of(one.type, one.name)) in named:
                made.append((document, one))
            if in_global.get(one.type) == document.id:
                made.append((document, one.model_copy(update={"name": GLOBAL})))
    return made


def _definitions(wanted: Sequence[tuple[PolicyDocument, WantedPolicy]]) -> dict[PolicyKey, Definition]:
    found: dict[PolicyKey, Definition] = {}
    for document, one in wanted:
        if one.name != GLOBAL and is_built_in(one.name):
            raise PolicyDocumentError(
                f'"{one.name}" is a policy of Microsoft\'s own and is never changed',
                where=f"document {document.id}",
                next_step="Give the policy a name of the school's.",
            )
        key = key_of(one.type, one.name)
        before = found.get(key, Definition(one.type, one.name, {}, {}, document.clause))
        found[key] = _joined(before, document.id, one)
    return found


def _joined(before: Definition, document: str, wanted: WantedPolicy) -> Definition:
    settings = teams_admin.wanted_settings(wanted.type, wanted.settings)
    differs = next((name for name in settings if before.settings.get(name, settings[name]) != settings[name]), None)
    if differs:
        raise PolicyDocumentError(
            f"the documents {before.documents[differs]} and {document} want {differs} of {wanted.type} differently",
            where=f"{wanted.type} {wanted.name}",
            next_step="Decide for one of them in school.toml, or give the policies different names.",
        )
    documents = {**before.documents, **dict.fromkeys(settings, document)}
    return Definition(before.type, before.name, {**before.settings, **settings}, documents, before.clause)


def needs_of(documents: Iterable[PolicyDocument]) -> dict[PolicyKey, frozenset[PolicyKey]]:
    """Give for each policy of some documents the tenant-wide ones of its document: without them it would be looser."""
    found: dict[PolicyKey, frozenset[PolicyKey]] = {}
    for document in documents:
        wide = frozenset(key_of(one.type, one.name) for one in document.policies if one.is_tenant_wide)
        for key in (key_of(one.type, one.name) for one in document.policies if wide and not one.is_tenant_wide):
            found[key] = found.get(key, frozenset()) | wide
    return found


def _needs(
    documents: Iterable[PolicyDocument], due: Mapping[str, Sequence[Due]]
) -> dict[PolicyKey, frozenset[PolicyKey]]:
    """Give for each policy that people have the tenant-wide ones of its document: without them it would be looser."""
    wide = {
        document.id: frozenset(key_of(one.type, one.name) for one in document.policies if one.is_tenant_wide)
        for document in documents
    }
    every = {one.key: one.document for some in due.values() for one in some}
    return {key: wide[document] for key, document in every.items() if wide[document]}
