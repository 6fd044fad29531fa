"""Which pupils may chat, by what the service says is in effect, and how the ledger keeps it.

Only exceptions are kept by name: who may chat, and of whom it is not known. Nothing here rests on a plan or on what was
assigned. Source: `AllowUserChat` is the switch for private, group and meeting chat alike; Teams messaging policies,
read 2026-11-25.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from teamskit.ledger.entries import Entry
from teamskit.ledger.newest import next_version, without_known
from teamskit.policy.assignments import Member
from teamskit.policy.decisions import Decisions, PolicyKey, key_of
from teamskit.tenant.models import Policy

CHAT, MESSAGING, SWITCH = "chat", "TeamsMessagingPolicy", "AllowUserChat"
NOT_LISTED = "Microsoft does not list the account among those that have Teams settings"
NO_SETTINGS = "the settings of the policy could not be read"
FORGOTTEN = "the names are no longer kept"


@dataclass(frozen=True)
class PupilChat:
    """One pupil who may chat, or of whom it is not known (`why` says why then).

    `policy` is the messaging policy in effect and `route` how it reaches him: direct, group or Global. `decided` is
    true where this policy lets him chat because the school decided so for his cohort, and stands as decided.
    """

    key: str
    id: str
    name: str
    year: str | None = None
    account: str | None = None
    policy: str = ""
    route: str = ""
    decided: bool = False
    why: str = ""


@dataclass(frozen=True)
class ChatSeen:
    """What the service said of chat at one time; `read` is false where reading was refused, and `why` says it then.

    `pupils` is how many are on roll. `policies` gives for each messaging policy whether it allows chat, None where its
    settings do not say. Whoever is neither in `on` nor in `not_known` had chat off.
    """

    read: bool
    why: str = ""
    pupils: int = 0
    policies: Mapping[str, bool | None] = field(default_factory=dict)
    on: tuple[PupilChat, ...] = ()
    not_known: tuple[PupilChat, ...] = ()
    at: datetime | None = None

    @property
    def loose(self) -> tuple[PupilChat, ...]:
        """Give who may chat although the school did not decide so."""
        return tuple(one for one in self.on if not one.decided)


def pupils_chat(
    members: Iterable[Member],
    people: Mapping[str, tuple[str, str | None]],
    effective: Mapping[str, tuple[str, str]],
    policies: Mapping[PolicyKey, Policy],
    decided: Collection[tuple[str, str]],
) -> ChatSeen:
    """Say of every pupil on roll whether chat is on.

    `people` gives name and year by person key; `effective` gives policy and route of each account that the service
    lists; `decided` the pairs of cohort and policy (casefolded) in which the school decided that chat is on.
    """
    pupils = [member for member in members if member.role == "pupil"]
    states = [_state(member, people[member.person_key], effective, policies, decided) for member in pupils]
    names = {one.name: allows(one) for one in policies.values() if one.type == MESSAGING}
    on = tuple(one for allowed, one in states if allowed)
    return ChatSeen(True, "", len(pupils), names, on, tuple(one for allowed, one in states if allowed is None))


def allows(policy: Policy | None) -> bool | None:
    """Say whether a messaging policy allows chat; None where its settings do not say."""
    found = policy.settings.get(SWITCH) if policy else None
    return found if isinstance(found, bool) else None


def decided_to_chat(decisions: Decisions, broken: Collection[PolicyKey]) -> set[tuple[str, str]]:
    """Give the pairs of cohort and policy in which the school decided that chat is on, and all stands as decided."""
    return {
        (cohort, due.name.casefold())
        for cohort, some in decisions.cohorts.items()
        for due in some
        if due.type == MESSAGING and due.key not in broken and _wants_chat(decisions, due.key)
    }


def chat_types(decisions: Decisions) -> set[str]:
    """Give the policy types that have to be read to say whether chat is on, and whether it is as decided."""
    wanted = {due.key for some in decisions.cohorts.values() for due in some if due.type == MESSAGING}
    rest = {type_ for key in wanted if _wants_chat(decisions, key) for type_, _ in decisions.needs.get(key, ())}
    return {MESSAGING, *rest}


def chat_entry(seen: ChatSeen, newest: Sequence[Entry], now: datetime) -> list[Entry]:
    """Give the entry of what was seen, where it is not as the ledger's newest word has it."""
    private = {"on": _rows(seen.on), "not_known": _rows(seen.not_known)}
    version = next_version(newest[-1] if newest else None)
    return without_known([Entry(CHAT, CHAT, version, now, _body(seen), about=now, private=private)], newest)


def chat_of(entry: Entry) -> ChatSeen:
    """Read what was seen back; where the names were forgotten it counts as not read, and nobody as off."""
    body, private = entry.body, entry.private
    if private is None:
        return ChatSeen(read=False, why=FORGOTTEN, pupils=body["pupils"], policies=body["policies"], at=entry.at)
    on, not_known = (tuple(PupilChat(**one) for one in private[part]) for part in ("on", "not_known"))
    return ChatSeen(body["read"], body["why"], body["pupils"], body["policies"], on, not_known, entry.at)


def _wants_chat(decisions: Decisions, key: PolicyKey) -> bool:
    wanted = decisions.definitions.get(key)
    return bool(wanted and wanted.settings.get(SWITCH) is True)


def _state(
    member: Member,
    named: tuple[str, str | None],
    effective: Mapping[str, tuple[str, str]],
    policies: Mapping[PolicyKey, Policy],
    decided: Collection[tuple[str, str]],
) -> tuple[bool | None, PupilChat]:
    who = (member.person_key, member.id, *named, member.account)
    if member.account is None:
        return None, PupilChat(*who, why=member.why or "no account found")
    if member.account not in effective:
        return None, PupilChat(*who, why=NOT_LISTED)
    policy, route = effective[member.account]
    allowed = allows(policies.get(key_of(MESSAGING, policy)))
    by_school = bool(allowed) and (member.cohort, policy.casefold()) in decided
    return allowed, PupilChat(*who, policy, route, by_school, NO_SETTINGS if allowed is None else "")


def _body(seen: ChatSeen) -> dict[str, Any]:
    return {
        "read": seen.read,
        "why": seen.why,
        "pupils": seen.pupils,
        "on": len(seen.on),
        "decided": len(seen.on) - len(seen.loose),
        "not_known": len(seen.not_known),
        "policies": dict(seen.policies),
    }


def _rows(people: Iterable[PupilChat]) -> list[dict[str, Any]]:
    return [vars(one) for one in people]


__all__ = [
    "CHAT",
    "MESSAGING",
    "ChatSeen",
    "PupilChat",
    "chat_entry",
    "chat_of",
    "chat_types",
    "decided_to_chat",
    "pupils_chat",
]
