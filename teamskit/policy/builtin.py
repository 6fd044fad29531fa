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
    "Education_Teacher",
    "Education_PrimaryStudent",
    "Education_SecondaryStudent",
    "Education_HigherEducationStudent",
    "Education_PrimaryTeacherRemoteLearning",
    "Education_PrimaryStudentRemoteLearning",
    "Frontline_Manager",
    "Frontline_Worker",
)
_BUILT_IN = frozenset(name.casefold() for name in _NAMES)


def is_built_in(name: str) -> bool:
    """Say whether a policy of this name, without `Tag:` and without regard to case, is Microsoft's own."""
    return name.casefold() in _BUILT_IN
