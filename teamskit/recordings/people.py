"""Who somebody is to the school, for the one question who may open a recording. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Standing = Literal["staff", "pupil", "outside", "unknown"]
FOREIGN = "#ext#"


@dataclass(frozen=True)
class People:
    """The roster's accounts, and what tells guests and strangers.

    `roles` gives staff or pupil by account id, `by_address` the account id of a sign-in name or address of the tenant
    in small letters; `guests` are account ids, `domains` the school's own in small letters; `left` gives the first day
    on which somebody of `roles` was no longer at the school.
    """

    roles: Mapping[str, Literal["staff", "pupil"]] = field(default_factory=dict)
    by_address: Mapping[str, str] = field(default_factory=dict)
    guests: Collection[str] = frozenset()
    domains: Collection[str] = frozenset()
    left: Mapping[str, date] = field(default_factory=dict)

    def account_of(self, account: str, address: str) -> str:
        """Give the account id of somebody whom the service names by id, by address, or by both."""
        return account if account in self.roles or account in self.guests else self.by_address.get(address, account)

    def standing(self, account: str, address: str = "", day: date | None = None) -> Standing:
        """Say what somebody is; a guest account of our own tenant is outside, as is an address of another domain.

        Unknown is an account of the school's own that the roster does not name, or somebody of whom nothing tells; with
        a day also who had left by then.
        """
        address = address.casefold()
        known = self.account_of(account, address)
        if known in self.guests or FOREIGN in address:
            return "outside"
        if role := self.roles.get(known):
            return "unknown" if day and day >= self.left.get(known, date.max) else role
        domain = address.rpartition("@")[2]
        return "outside" if "@" in address and domain not in self.domains else "unknown"
