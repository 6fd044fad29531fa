"""The errors a person may meet, each with what is wrong, where, what to do next, and an exit status.

Nothing flows in; every room raises these and `cli.main` alone turns them into a sentence and a status.

TeamskitError                    status 1
+- InputError                    2: something typed or a file of the school is wrong
|  +- SchoolFileError  +- RosterError  +- PolicyDocumentError
+- TenantError                   1: the tenant refused or could not be reached
|  +- SignInError  +- PermissionMissing  +- Refused  +- Throttled  +- Unreachable
+- PlanStale                     1: the tenant has moved on
+- PlanUnsafe                    4: a limit was passed
+- PartlyDone                    3: finished, but part of the work failed
+- LedgerBroken                  1: the ledger does not hold together
+- TargetError                   1: the place where copies are kept cannot be used
"""

from collections.abc import Sequence


class TeamskitError(Exception):
    """A failure that a technician can act on.

    `what` is one sentence, `where` names file, row or setting, `next_step` says what to do; none names a pupil.
    """

    status = 1

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        """Keep the three parts apart so that JSON output can show them apart."""
        super().__init__(what)
        self.what, self.where, self.next_step = what, where, next_step

    def as_json(self) -> dict[str, str | int]:
        """Give the fields of the documented JSON error."""
        return {"what": self.what, "where": self.where, "next": self.next_step, "status": self.status}


class InputError(TeamskitError):
    """Something that was typed, or a file of the school, cannot be used."""

    status = 2


class SchoolFileError(InputError):
    """school.toml is missing, or a setting in it is unknown or of the wrong kind."""


class RosterError(InputError):
    """An export cannot be used at all; `problems` holds every problem that was met, for `roster check`."""

    def __init__(self, what: str, *, where: str = "", next_step: str = "", problems: Sequence[object] = ()) -> None:
        """Keep the problems met before the refusal, in the order of the files."""
        super().__init__(what, where=where, next_step=next_step)
        self.problems = tuple(problems)


class PolicyDocumentError(InputError):
    """A policy document names something that Microsoft does not have, or is not whole."""


class TenantError(TeamskitError):
    """The tenant could not be used; keeps the HTTP status, the service's code and the request id."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        next_step: str = "",
        status_code: int = 0,
        code: str = "",
        request_id: str = "",
    ) -> None:
        """Keep what a helpdesk will ask for."""
        super().__init__(what, where=where, next_step=next_step)
        self.status_code, self.code, self.request_id = status_code, code, request_id


class SignInError(TenantError):
    """No usable token could be had."""


class PermissionMissing(TenantError):
    """The app lacks a permission that the call needs (401 or 403)."""


class Refused(TenantError):
    """The service turned a request down for what it asked."""


class Throttled(TenantError):
    """The service was busy (429 or 503) until the last repeat."""


class Unreachable(TenantError):
    """No answer came, or none that could be read."""


class PlanStale(TeamskitError):
    """The tenant has moved on in what a plan touches; `moved` names each target."""

    def __init__(self, what: str, *, where: str = "", next_step: str = "", moved: Sequence[str] = ()) -> None:
        """Keep the list of targets that moved."""
        super().__init__(what, where=where, next_step=next_step)
        self.moved = tuple(moved)


class PlanUnsafe(TeamskitError):
    """A plan takes away or changes more than a limit allows."""

    status = 4


class PartlyDone(TeamskitError):
    """A run ended with part of its work failed; the failures were listed."""

    status = 3


class LedgerBroken(TeamskitError):
    """An entry of the ledger was altered, removed or put in."""


class TargetError(TeamskitError):
    """The place where copies are kept cannot be used as it should.

    `kind` is full, denied, gone (not there, or not to be reached) or broken (anything else).
    """

    def __init__(self, what: str, *, where: str = "", next_step: str = "", kind: str = "broken") -> None:
        """Keep the kind, by which a run decides whether to go on with other files."""
        super().__init__(what, where=where, next_step=next_step)
        self.kind = kind
