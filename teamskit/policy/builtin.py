"""The policies that Microsoft ships beside Global; they cannot be edited and are never altered.

Source: Microsoft Learn, "Teams policies reference", "Policy packages for education" and the Get- cmdlets' examples,
read 2026-11-25. A name that is not here and cannot be written comes back as the service's own refusal.
"""

_NAMES = (
    "AllOn",
    "AllOff",
    "RestrictedAnonymousAccess",
    "RestrictedAnonymousNoRecording",
    "Kiosk",
    "Default",
    "EduFaculty",
    "EduStudent",
    "AllowCalling",
    "DisallowCalling",
    "AllowCallingPreventTollBypass",
    "AllowCallingPreventForwardingtoPhone",
    "FederationAndPICDefault",
    "FederationOnly",
    "NoFederationAndPIC",
)
_PACKAGES = ("education_", "frontline_", "healthcare_")
"""What the policies of Microsoft's policy packages begin with."""
_BUILT_IN = frozenset(name.casefold() for name in _NAMES)


def is_built_in(name: str) -> bool:
    """Say whether a policy of this name, without `Tag:` and without regard to case, is Microsoft's own."""
    folded = name.casefold()
    return folded in _BUILT_IN or folded.startswith(_PACKAGES)
