"""What was read from a tenant, as plain values. Knows neither HTTP nor rosters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SOURCE = "teamskit"
"""What stands as `externalSourceDetail` of the classes that we make."""


@dataclass(frozen=True)
class Account:
    """An Entra account. `id` is the object id; `kind` is Member or Guest.

    `company` and `extension` (the one attribute asked for) are empty unless they were read.
    """

    id: str
    upn: str
    mail: str
    display_name: str
    employee_id: str
    kind: str
    enabled: bool
    department: str = ""
    job_title: str = ""
    company: str = ""
    extension: str = ""


@dataclass(frozen=True)
class Group:
    """A Microsoft 365 group; `has_team` says whether a team stands on it, `mail` is its address."""

    id: str
    mail_nickname: str
    display_name: str
    has_team: bool
    mail: str = ""


@dataclass(frozen=True)
class SecurityGroup:
    """A security group; `fixed` says why Graph cannot change its members, and is empty where it can."""

    id: str
    mail_nickname: str
    display_name: str
    mail: str = ""
    fixed: str = ""


@dataclass(frozen=True)
class DeletedGroup:
    """A Microsoft 365 group in the tenant's deleted items, where it stays for 30 days; its nickname may stay taken."""

    id: str
    mail_nickname: str
    display_name: str
    deleted_at: datetime | None


@dataclass(frozen=True)
class TenantClass:
    """An education class as the tenant has it (`educationClass`)."""

    id: str
    mail_nickname: str
    display_name: str
    external_id: str
    source_detail: str

    @property
    def is_ours(self) -> bool:
        """Say whether we made it: our name as its source, and our key of school, academic year and class."""
        return self.source_detail == SOURCE and self.external_id.count("/") >= 2


@dataclass(frozen=True)
class TeamMember:
    """A member of a team: account id, and whether he is an owner."""

    account_id: str
    upn: str
    owner: bool


@dataclass(frozen=True)
class ClassTeam:
    """A class team that carries our key, with everybody in it; `archived` teams are read only."""

    id: str
    key: str
    mail_nickname: str
    display_name: str
    has_team: bool
    archived: bool = False
    members: tuple[TeamMember, ...] = ()


@dataclass(frozen=True)
class Policy:
    """A Teams policy as the tenant holds it: name without `Tag:`, settings as read."""

    type: str
    name: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class EffectivePolicy:
    """What one account has in effect for one policy type; `route` is direct or group."""

    account_id: str
    type: str
    name: str
    route: str
    group_id: str = ""
