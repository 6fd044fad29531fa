"""Which accounts may be whose: pupil or staff by department and job, usable or not. Pure, over plain accounts."""

import re
from collections import Counter
from collections.abc import Collection, Iterable

from teamskit.roster.model import Role
from teamskit.roster.upn import is_upn
from teamskit.roster.values import without_zeros
from teamskit.tenant.models import Account

_STAFF = re.compile(
    r"\b(staff|teach\w*|head ?(?:teacher|of)?|deputy|principal|assistant|admin\w*|office|support|services?|"
    r"governors?|finance|premises|caretaker|site team|leadership|slt|senco|technicians?|librar\w+|catering|hr|it)\b",
    re.IGNORECASE,
)
_PUPIL = re.compile(r"^(?:nc\s+)?(y(?:ea)?r?\s*\d{1,2}|nursery|(?:sixth|6th) form)\b|\b(pupils?|students?)\b", re.I)
GUEST, DISABLED = "the account is a guest", "the account is disabled"
OUTSIDE = "the account is outside the school's domains"
_CURLY = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})


def address_of(text: str) -> str:
    """Give an address as it is compared: without regard to case, curly apostrophes straight, spaces gone."""
    return "".join(text.translate(_CURLY).casefold().split())


def domain_of(address: str) -> str:
    """Give the domain of an address, lower case, empty where it has none."""
    return address.rpartition("@")[2].casefold() if "@" in address else ""


def kind_of(account: Account) -> Role | None:
    """Tell by job title, then department, whose account one is; None when neither says."""
    if account.job_title and _PUPIL.search(account.job_title) and not _STAFF.search(account.job_title):
        return "pupil"
    if account.job_title and _STAFF.search(account.job_title):
        return "staff"
    if not account.department:
        return None
    # "Reception" is a year group here and a front desk there, so it says nothing.
    # "Student Services" and "Pupil Support" are departments of staff.
    if _STAFF.search(account.department):
        return "staff"
    return "pupil" if _PUPIL.search(account.department) else None


def why_not_usable(account: Account, domains: Collection[str]) -> str | None:
    """Say why an account may never be matched: disabled, a guest, outside the school's domains; None when it may."""
    if account.kind.casefold() == "guest" or "#ext#" in account.upn.casefold():
        return GUEST
    if not account.enabled:
        return DISABLED
    if domains and domain_of(account.upn) not in {d.casefold() for d in domains}:
        return OUTSIDE
    return None


def number_of(account: Account) -> str:
    """Give an account's employee number; empty where it holds a Unique Pupil Number, which is never compared."""
    number = account.employee_id.strip()
    return "" if is_upn(number) else number


def unambiguous_bare(numbers: Iterable[str]) -> set[str]:
    """Give the numbers without zeros that stand for one number only."""
    counted = Counter(without_zeros(n) for n in set(numbers))
    return {bare for bare, n in counted.items() if n == 1}
