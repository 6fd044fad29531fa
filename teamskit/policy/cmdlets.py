"""What Microsoft's PowerShell module calls things: which types are for the whole tenant, which can be given in batches.

Policy types and settings flow in, names of cmdlets and written parameters flow out. Source of all of it: the cmdlet
pages of MicrosoftDocs/office-docs-powershell (New-CsBatchPolicyAssignmentOperation, Set-Cs…, Grant-Cs…), read
2026-11-25.
"""

from collections.abc import Mapping

from teamskit.errors import PolicyDocumentError
from teamskit.policy.powershell import literal, name, string

MODULE, MODULE_VERSION = "MicrosoftTeams", "5.0.0"
BATCH = 5000
"""So many accounts may stand in one batch."""
BATCHED = frozenset(
    {
        "ExternalAccessPolicy",
        "TeamsAppSetupPolicy",
        "TeamsCallingPolicy",
        "TeamsChannelsPolicy",
        "TeamsMeetingBroadcastPolicy",
        "TeamsMeetingPolicy",
        "TeamsMessagingPolicy",
    }
)
"""Types that New-CsBatchPolicyAssignmentOperation takes; the page lists a dozen more that no document speaks of."""
ONE_BY_ONE = frozenset({"TeamsEventsPolicy", "TeamsFilesPolicy"})
"""Types that the batch does not take: Grant-Cs… for each account, or for a group."""
CONFIGURATIONS = frozenset(
    {
        "TeamsClientConfiguration",
        "TeamsGuestCallingConfiguration",
        "TeamsGuestMeetingConfiguration",
        "TeamsGuestMessagingConfiguration",
        "TeamsMeetingConfiguration",
        "TeamsMessagingConfiguration",
        "TenantFederationConfiguration",
    }
)
"""Types of which a tenant has one, called Global, that nobody is given."""
TYPES = BATCHED | ONE_BY_ONE | CONFIGURATIONS
IN_ADMIN_CENTRE = frozenset({"TeamsAppSetupPolicy"})
"""Types that Microsoft asks to make and change in the admin centre only; giving them out by PowerShell is fine."""
_FEDERATION = "TenantFederationConfiguration"
_LISTS = frozenset({"AllowedDomainsAsAList", "AllowedTrialTenantDomains", "BlockedDomains"})
"""Settings of the federation that take a list object of .NET; in it an array would be one item."""


def known(type_: str) -> str:
    """Give a type back when the module has cmdlets for it as they are used here; else raise PolicyDocumentError."""
    if type_ not in TYPES:
        fix = f"The script can set up: {', '.join(sorted(TYPES))}."
        raise PolicyDocumentError("there is no cmdlet known for this policy type", where=type_, next_step=fix)
    return type_


def noun(type_: str) -> str:
    """Give the noun of a type's cmdlets: Set-, New-, Get- and Grant- stand before it."""
    return f"Cs{known(type_)}"


def parameters(type_: str, settings: Mapping[str, object]) -> dict[str, str]:
    """Give the parameters, written for PowerShell, that set some settings of a type.

    Raises PolicyDocumentError, naming type and setting, for a value that the module has no plain form of.
    """
    written = {}
    for setting, value in settings.items():
        try:
            key, text = _federation(setting, value) if type_ == _FEDERATION else (name(setting), literal(value))
        except (TypeError, ValueError) as wrong:
            fix = "Set it in the Teams admin centre, and take it out of the document."
            raise PolicyDocumentError(str(wrong), where=f"{type_}, {setting}", next_step=fix) from None
        written[key] = text
    return written


def _federation(setting: str, value: object) -> tuple[str, str]:
    """Write a setting of the federation, whose lists of domains are objects and not strings.

    As in the admin API, AllowedDomains holds `{"AllowList": [...]}` or a list for some, nothing for every domain.
    """
    if setting == "AllowedDomains":
        inner = value.get("AllowList") if isinstance(value, Mapping) else (value or None)
        if inner is None:
            return setting, "(New-CsEdgeAllowAllKnownDomains)"
        setting, value = "AllowedDomainsAsAList", inner
    if setting not in _LISTS or not isinstance(value, list | tuple):
        return name(setting), literal(value)
    if not value and setting == "AllowedDomainsAsAList":
        return "AllowedDomains", "(New-CsEdgeAllowList -AllowedDomain $null)"
    if not value:
        return setting, "$null" if setting == "BlockedDomains" else "@()"
    domains = ", ".join(string(str(one)) for one in value)
    return setting, f"[System.Collections.Generic.List[string]]@({domains})"
