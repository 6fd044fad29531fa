"""Who outside may be spoken to: `TenantFederationConfiguration` in two forms, and safe steps to change it.

In a document AllowedDomains is a plain list of domains or "AllowAllKnownDomains", BlockedDomains a plain list. The
service has forms of its own, *observed* in the public code of CIPP-API (read 2026-11-25), whose older and newer parts
differ: an empty list meant everybody once and nobody later, and an `AllowList` was taken once and emptied later. So
domains are written while the switch AllowFederatedUsers is off and have to read back before it is turned on; nothing
that the service may make of a form can open federation further than a document says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from teamskit.errors import PolicyDocumentError

TYPES = frozenset({"TenantFederationConfiguration", "TenantFederationSettings"})
"""The type's name in PowerShell, and the one in the admin API."""
SWITCH, ALLOWED, BLOCKED = "AllowFederatedUsers", "AllowedDomains", "BlockedDomains"
EVERYBODY = "AllowAllKnownDomains"
_LIST = "AllowedDomain"
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_FIX = "State both: AllowFederatedUsers true with AllowedDomains, or AllowFederatedUsers false with AllowedDomains []."


@dataclass(frozen=True)
class Step:
    """One write: `shows` is what has to read back of `shown`; the forms are tried in order (see `may_go_on`)."""

    forms: tuple[Mapping[str, object], ...]
    shows: Mapping[str, object]

    def is_done(self, body: Mapping[str, Any]) -> bool:
        """Say whether what was read shows what the step wants."""
        found = shown(body)
        return all(name in found and found[name] == value for name, value in self.shows.items())

    def may_go_on(self, body: Mapping[str, Any]) -> bool:
        """Say whether the next form may be tried: the last one let nobody in, or everybody is wanted anyway."""
        return self.shows.get(ALLOWED) == EVERYBODY or shown(body)[ALLOWED] == []


def as_read(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was read in a document's forms; with the switch off nobody is allowed, whatever is listed."""
    found = shown(body)
    return found | {ALLOWED: []} if found.get(SWITCH) is False else found


def shown(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give what was read in a document's forms, the domains as they are listed even while the switch is off."""
    found = dict(body) | {ALLOWED: _allowed(body.get(ALLOWED))}
    if BLOCKED in body:
        found[BLOCKED] = _domains(body[BLOCKED] or ())
    return found


def _allowed(value: Any) -> list[str] | str:
    # An empty list that is there, and what is not understood, count as the openest reading, so that it is not missed.
    if isinstance(value, Mapping):
        listed = value.get(_LIST, value.get("AllowList"))
        return EVERYBODY if listed is None else _domains(listed)
    return _domains(value) if isinstance(value, list) and value else EVERYBODY


def _domains(value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple) else [value]
    names = (one.get("Domain") if isinstance(one, Mapping) else one for one in items)
    return sorted({str(name).casefold() for name in names})


def as_wanted(settings: Mapping[str, object]) -> dict[str, Any]:
    """Give a document's settings as `as_read` gives them: domains in small letters, sorted, once each.

    Raises PolicyDocumentError for what is no domain, and for a form that is not a document's.
    """
    wanted: dict[str, Any] = dict(settings)
    if "AllowedDomainsAsAList" in wanted:
        raise _wrong("AllowedDomainsAsAList is another way to write AllowedDomains", "Write AllowedDomains.")
    for name in (ALLOWED, BLOCKED):
        value = wanted.get(name)
        if name not in wanted or (name == ALLOWED and value == EVERYBODY):
            continue
        if not isinstance(value, list | tuple):
            raise _wrong(f"{name} is a list of domains", f'Or "{EVERYBODY}", for AllowedDomains alone.')
        wanted[name] = _domains(value)
        odd = next((one for one in wanted[name] if not _DOMAIN.fullmatch(one)), None)
        if odd is not None:
            raise _wrong(f"{name}: {odd!r} is no domain", "Write domains such as trust.example.")
    return wanted


def check_document(settings: Mapping[str, object]) -> None:
    """Refuse settings of a whole document that do not say clearly who is let in; raises PolicyDocumentError."""
    wanted = as_wanted(settings)
    if SWITCH in wanted or ALLOWED in wanted:
        _check_pair(wanted.get(SWITCH), wanted.get(ALLOWED))


def _check_pair(switch: object, allowed: object) -> None:
    if allowed == [] and switch is not False:
        raise _wrong("AllowedDomains [] lets nobody in, and AllowFederatedUsers is not false", _FIX)
    if allowed not in (None, []) and switch is not True:
        raise _wrong("AllowedDomains lets somebody in, and AllowFederatedUsers is not true", _FIX)
    if allowed is None and switch is not False:
        raise _wrong("AllowFederatedUsers true does not say who is let in", _FIX)


def steps(found: Mapping[str, Any], settings: Mapping[str, object]) -> Iterator[Step]:
    """Give the writes that take a tenant from what was read to these settings, the opening one last.

    `settings` may be those of a document's that differ. Raises PolicyDocumentError before the first write.
    """
    wanted, is_on = as_wanted(settings), found.get(SWITCH) is not False
    allowed = wanted.get(ALLOWED)
    if ALLOWED in wanted or (wanted.get(SWITCH) is True and not is_on):
        _check_pair(wanted.get(SWITCH, is_on), allowed)
    others = {name: value for name, value in wanted.items() if name not in (SWITCH, ALLOWED)}
    if wanted.get(SWITCH) is False:
        others[SWITCH] = False
    written = [_step(others)] if others else []
    if allowed:
        written += _letting_in(found, allowed, is_on)
    return iter(written)


def _letting_in(found: Mapping[str, Any], allowed: list[str] | str, is_on: bool) -> Iterator[Step]:
    if shown(found)[ALLOWED] != allowed:
        if is_on and allowed != EVERYBODY:
            yield _step({SWITCH: False})
            is_on = False
        yield Step(tuple({ALLOWED: form} for form in _forms(allowed)), {ALLOWED: allowed})
    if not is_on:
        yield _step({SWITCH: True})


def _forms(allowed: list[str] | str) -> tuple[object, ...]:
    if isinstance(allowed, str):
        return {}, []
    return {"AllowList": allowed}, {_LIST: [{"Domain": name} for name in allowed]}


def _step(settings: Mapping[str, Any]) -> Step:
    body = dict(settings)
    if BLOCKED in body:
        body[BLOCKED] = [{"Domain": name} for name in body[BLOCKED]]
    return Step((body,), settings)


def _wrong(what: str, fix: str) -> PolicyDocumentError:
    return PolicyDocumentError(what, where="TenantFederationConfiguration", next_step=fix)
