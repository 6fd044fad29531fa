"""What a technician can do about a person without an account, or about a match that deserves a look."""

from teamskit.roster.account_kinds import DISABLED, GUEST, OUTSIDE
from teamskit.roster.matching import OTHER_ADDRESS, OTHER_NUMBER, RENAMED, Match

NO_ACCOUNT = (
    "Put the number into the account's employee number, or the right address into the MIS, or decide yourself: "
    "teamskit roster match -o FILE."
)
_BY_WORDS = {
    DISABLED: "Enable the account; if it is an old one, take the number off it and put it on the right one.",
    GUEST: "Guests are never used: make an account of the school's own, and put the number on that one.",
    OUTSIDE: "Give it a sign-in name of the school's, or add its domain to domains in school.toml if it is one.",
    OTHER_ADDRESS: "Put the person's own address into the MIS.",
    OTHER_NUMBER: "Put the new numbers on these accounts, if the addresses have not gone from leavers to others.",
    RENAMED: "Put the new address into the MIS, or the number into the account's employee number.",
}


def remedy_of(match: Match) -> str:
    """Give one sentence for a match that has a warning, or for a person without one."""
    known = _BY_WORDS.get(match.warning or match.reason)
    if known:
        return known
    if match.rule == "override file":
        return "Put the line right in the override file, or take it out."
    if match.rule.startswith(("employee number", "extension")) and len(match.found) > 1:
        return "Take the number off the account that is not this person's."
    return NO_ACCOUNT
