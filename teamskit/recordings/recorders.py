"""Who can be recorded from: whether an organiser's policy lets lessons be recorded, and whether there is room for it.

Without either no file comes and nobody is told. Source: Microsoft's pages on Teams meeting recording (the organiser's
`AllowCloudRecording` must be on before anybody can record; a recording needs a OneDrive with room), read 2026-11-25.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from teamskit.errors import PermissionMissing
from teamskit.tenant import teams_admin
from teamskit.tenant.calls import Reply
from teamskit.tenant.graph import fetch_drives, fetch_effective_of
from teamskit.tenant.graph_drives import Drive
from teamskit.tenant.models import Policy
from teamskit.tenant.transport import Transport

POLICY, SETTING = "TeamsMeetingPolicy", "AllowCloudRecording"
ROOM = 1024**3
"""Bytes that must be left in a drive, or a lesson's recording may not find room in it: 1 GB as OneDrive counts."""
DriveState = Literal["ok", "none", "full"]


@dataclass(frozen=True)
class Recorder:
    """One account that organises lessons, as far as recording goes; None stands for what is not known.

    `may_record` is what the meeting policy in effect says, Global's too; `policy` its name, empty when not known.
    `drive` is ok, none (the account has no OneDrive) or full (less than 1 GB left); `left` the bytes left in it.
    """

    account: str
    may_record: bool | None
    drive: DriveState | None
    policy: str = ""
    left: int | None = None

    @property
    def can(self) -> bool | None:
        """Say whether a recording can come of a lesson: None when that is not known."""
        if self.may_record is False or self.drive in ("none", "full"):
            return False
        return None if self.may_record is None or self.drive is None else True


def recorders(transport: Transport, accounts: Collection[str]) -> dict[str, Recorder]:
    """Read for each account whether its lessons can be recorded; what may not be read is not known.

    One list of configurations, one list of policies, and a drive an account by batches, however many lessons there are.
    """
    if not accounts:
        return {}
    effective, policies = _policies(transport)
    drives = fetch_drives(transport, sorted(accounts))
    return {one: recorder_of(one, effective, policies, drive) for one, drive in drives.items()}


def recorder_of(
    account: str, effective: Mapping[str, tuple[str, str]], policies: Mapping[str, Policy], drive: Drive | Reply
) -> Recorder:
    """Put together what is known of an account. Pure.

    `effective` gives policy and route by account, `policies` the meeting policies by name without regard to case.
    """
    name, _ = effective.get(account, ("", ""))
    found = policies.get(name.casefold())
    said = found.settings.get(SETTING) if found else None
    left = _left(drive)
    return Recorder(account, said if isinstance(said, bool) else None, _drive_state(drive, left), name, left)


def _left(drive: Drive | Reply) -> int | None:
    quota = None if isinstance(drive, Reply) else drive.get("quota")
    remaining = quota.get("remaining") if isinstance(quota, Mapping) else None
    return remaining if isinstance(remaining, int) else None


def _drive_state(drive: Drive | Reply, left: int | None) -> DriveState | None:
    if isinstance(drive, Reply):
        return "none" if drive.status == 404 else None
    if left is None:
        return None
    return "full" if left < ROOM else "ok"


def _policies(transport: Transport) -> tuple[Mapping[str, tuple[str, str]], Mapping[str, Policy]]:
    """Give what accounts have in effect and what the policies say; nothing where either may not be read."""
    try:
        effective = fetch_effective_of(transport, POLICY)
        found = teams_admin.fetch_policies(transport, POLICY)
    except PermissionMissing:
        return {}, {}
    return effective, {one.name.casefold(): one for one in found}
