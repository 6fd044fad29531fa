"""The school file and the school folder: typed, frozen, complaints with line numbers. Knows no tenant, no roster."""

from teamskit.school.folder import SchoolFolder
from teamskit.school.model import (
    AccountSettings,
    Cohort,
    FindingMinutes,
    Limits,
    PolicyChoices,
    School,
    SchoolUnit,
    TeamSettings,
    Term,
)
from teamskit.school.reading import read_school

__all__ = [
    "AccountSettings",
    "Cohort",
    "FindingMinutes",
    "Limits",
    "PolicyChoices",
    "School",
    "SchoolFolder",
    "SchoolUnit",
    "TeamSettings",
    "Term",
    "read_school",
]
