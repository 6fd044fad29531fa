"""Accounts for the embedded tenant, made from the roster: perfect ones, or with a few honest troubles."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from teamskit.errors import InputError

if TYPE_CHECKING:
    from teamskit.roster import Person

User = dict[str, Any]


def users_of_file(path: Path) -> list[User]:
    """Read Graph user objects from `{"value": [...]}`. Raises InputError naming the file when it is not that."""
    try:
        users = json.loads(path.read_text(encoding="utf-8-sig"))["value"]
        if all(isinstance(user, dict) and "@" in user["userPrincipalName"] for user in users):
            return _told_apart(list(users), path)
    except OSError as wrong:
        raise InputError(f"the accounts cannot be read: {wrong.strerror}", where=str(path)) from None
    except (ValueError, KeyError, TypeError):
        pass
    raise InputError('this is no list of accounts: {"value": [{"userPrincipalName": ...}]} is wanted', where=str(path))


def _told_apart(users: list[User], path: Path) -> list[User]:
    for key in ("id", "userPrincipalName"):
        values = [str(user[key]).casefold() for user in users if user.get(key)]
        if len(set(values)) < len(values):
            twice = next(value for value in values if values.count(value) > 1)
            raise InputError(f"two accounts have the same {key}: {twice}", where=str(path))
    if not all(isinstance(user.get("accountEnabled", True), bool) for user in users):
        raise InputError("accountEnabled is true or false, without quotes", where=str(path))
    return users


def perfect_users(people: Sequence[Person], domain: str, domains: Sequence[str]) -> list[User]:
    """Give one good account for each person: his username or e-mail at the school's domain, else his id there."""
    taken: set[str] = set()
    users = []
    for person in _humans(people):
        upn = _free(_login(person, domain, domains), taken)
        taken.add(upn)
        users.append(_user(person, upn))
    return users


def _humans(people: Sequence[Person]) -> list[Person]:
    """Give each human once: somebody listed for two schools under one id, name and login has one account."""
    humans = {(p.role, p.id, p.name.casefold(), p.username.casefold()): p for p in people if not p.on_roll}
    humans |= {(p.role, p.id, p.name.casefold(), p.username.casefold()): p for p in people if p.on_roll}
    place = {person.key: n for n, person in enumerate(people)}
    return sorted(humans.values(), key=lambda person: place[person.key])


def _login(person: Person, domain: str, domains: Sequence[str]) -> str:
    for given in (person.username, person.email):
        name, _, at = (given or "").partition("@")
        if name and (not at or at.casefold() in [one.casefold() for one in domains]):
            return f"{_cleaned(name)}@{at or domain}".casefold()
    return f"{_cleaned(person.id)}@{domain}".casefold()


def _cleaned(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9'._!#^~-]", "", name).strip(".") or "account"


def _free(upn: str, taken: set[str]) -> str:
    name, _, domain = upn.partition("@")
    return next(one for n in range(1, 10000) if (one := upn if n == 1 else f"{name}{n}@{domain}") not in taken)


def _user(person: Person, upn: str) -> User:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"teamskit/{person.key}")),
        "userPrincipalName": upn,
        "mail": upn,
        "displayName": person.name,
        "givenName": person.forename or None,
        "surname": person.surname or None,
        "employeeId": person.id,
        "userType": "Member",
        "accountEnabled": True,
        "department": "Pupils" if person.role == "pupil" else "Teaching Staff",
    }


def honest_users(people: Sequence[Person], domain: str, domains: Sequence[str]) -> list[User]:
    """Give accounts as a school has them: of 200 pupils one or two are missing, disabled, guests or elsewhere."""
    users = perfect_users(people, domain, domains)
    pupils = [user for user in users if user["department"] == "Pupils"]
    chance = random.Random(len(users))  # noqa: S311 - made-up troubles, not secrets
    chosen = iter(chance.sample(pupils, min(len(pupils), 4 + len(pupils) // 400)))
    missing, disabled, guest, elsewhere = (next(chosen, None) for _ in range(4))
    if disabled:
        disabled["accountEnabled"] = False
    if guest:
        guest["userType"] = "Guest"
    if elsewhere:
        elsewhere["userPrincipalName"] = elsewhere["mail"] = (
            f"{elsewhere['userPrincipalName'].split('@')[0]}@old.example"
        )
    return [user for user in users if user is not missing]
