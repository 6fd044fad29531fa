"""The tenant's federation settings, which are written and read in different forms.

Read, the allowed domains are `{"AllowedDomain": [{"Domain": …}]}`, `{}` for all and an empty list for nobody. Written,
`[]` and `{}` are all, `{"AllowList": […]}` or the read form a list. With the flag `federation_empties` both `[]` and an
`AllowList` become a list of nobody. Source: public code of CIPP-API, older and newer, read 2026-11-25.
"""

from __future__ import annotations

from typing import Any

from teamskit.sandbox.clock import read_number
from teamskit.sandbox.request import Refusal, Visit, bad_request

TYPE = "TenantFederationSettings"
DEFAULTS: dict[str, Any] = {"AllowFederatedUsers": True, "AllowedDomains": {}, "BlockedDomains": []}
"""What a new tenant has: federation with everybody."""


def read_form(visit: Visit, changes: dict[str, Any]) -> dict[str, Any]:
    """Give changes in the form in which they are kept and read; raises Refusal (400) for another one."""
    kept = dict(changes)
    if "AllowedDomains" in kept:
        kept["AllowedDomains"] = _allowed(visit, kept["AllowedDomains"])
    if "BlockedDomains" in kept:
        kept["BlockedDomains"] = _named("BlockedDomains", kept["BlockedDomains"])
    return kept


def _allowed(visit: Visit, value: Any) -> dict[str, Any]:
    empties = bool(read_number(visit.db, "flag:federation_empties"))
    if value == []:
        return {"AllowedDomain": []} if empties else {}
    if value == {}:
        return {}
    if isinstance(value, dict) and set(value) == {"AllowList"}:
        listed = _named("AllowedDomains", value["AllowList"])
        return {"AllowedDomain": [] if empties else listed}
    if isinstance(value, dict) and set(value) == {"AllowedDomain"}:
        return {"AllowedDomain": _named("AllowedDomains", value["AllowedDomain"])}
    raise _refuse("AllowedDomains")


def _named(setting: str, value: Any) -> list[dict[str, str]]:
    names = [one.get("Domain") if isinstance(one, dict) else one for one in value] if isinstance(value, list) else [0]
    if not all(isinstance(name, str) and name for name in names):
        raise _refuse(setting)
    return [{"Domain": str(name)} for name in names]


def _refuse(setting: str) -> Refusal:
    return bad_request(f"The setting '{setting}' is not of a form that is taken here.", "BadRequest")
