"""Tests that every call of ours names its permission from the one table, and that each row can be looked up."""

import ast
from pathlib import Path

import pytest

from teamskit.tenant import permissions
from teamskit.tenant.permissions import OF_EACH_MEMBER, TABLE, least

ROOT = Path(__file__).parents[2]
CODE = [path for path in sorted((ROOT / "teamskit").rglob("*.py")) if "sandbox" not in path.parts]
KNOWN = {
    name: value
    for name, value in vars(permissions).items()
    if name[0] != "_" and name.isupper() and isinstance(value, str)
}
THIRD = 2
"""Where a call's permission stands among its arguments."""


def given(call):
    """Give what a call site writes for its permission, or nothing."""
    named = [one.value for one in call.keywords if one.arg == "permission"]
    return (call.args[THIRD] if len(call.args) > THIRD else None) or (named[0] if named else None)


def names_in(value, tree):
    """Give the names that may stand behind a value: a name, either end of a choice, or what a name was set to."""
    if isinstance(value, ast.IfExp):
        return names_in(value.body, tree) + names_in(value.orelse, tree)
    if isinstance(value, ast.Name) and value.id not in KNOWN:
        set_to = [
            one.value
            for one in ast.walk(tree)
            if isinstance(one, ast.Assign) and any(isinstance(at, ast.Name) and at.id == value.id for at in one.targets)
        ]
        return [name for one in set_to for name in names_in(one, tree)] or [ast.unparse(value)]
    return [ast.unparse(value)]


def wrong_in(text):
    """Give line and words of each call site in some code that does not name a permission of the table."""
    tree = ast.parse(text)
    imported = {
        one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "teamskit.tenant.permissions"
        for one in node.names
    }
    # A page link is asked for under the permission of the call whose list it goes on with.
    allowed = {name for name in imported if name in KNOWN} | {"call.permission"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Call":
            value = given(node)
            names = names_in(value, tree) if value is not None else ["nothing"]
            if not set(names) <= allowed:
                yield node.lineno, names


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_call_names_a_permission_of_the_table(path):
    assert list(wrong_in(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "call",
    [
        'Call("GET", "/users")',
        'Call("GET", "/users", "User.Read.All")',
        'Call("GET", "/users", OTHER)',
        'Call("GET", "/users", permission="User.Read.All")',
        'permission = "User.Read.All"\nCall("GET", "/users", permission)',
    ],
)
def test_a_call_without_one_is_found(call):
    text = f"from teamskit.tenant.permissions import USERS_READ\n{call}\n"
    assert len(list(wrong_in(text))) == 1
    assert list(wrong_in("from teamskit.tenant.permissions import USERS_READ\nCall('GET', '/users', USERS_READ)")) == []


def test_every_constant_has_a_row_and_every_row_a_call_site():
    assert set(KNOWN.values()) - {OF_EACH_MEMBER} == set(TABLE)
    used = "".join(path.read_text(encoding="utf-8") for path in CODE if path.name != "permissions.py")
    assert [name for name in KNOWN if name not in used] == []


@pytest.mark.parametrize("row", TABLE.values(), ids=list(TABLE))
def test_each_row_says_what_it_opens_and_where_that_stands(row):
    assert row.calls
    assert row.application
    if row.in_token:
        assert any(mark in row.source for mark in ("(P", "(D", "(L")), "a page of Microsoft's and its stored version"
        assert ("Write" in row.name or "Create" in row.name) == row.writes


def test_what_a_greater_one_opens_is_not_asked_for_twice():
    asked = ("OnlineMeetings.Read.All", "OnlineMeetings.ReadWrite.All", "Calendars.Read", "User.Read.All")
    assert least(asked) == ("User.Read.All", "Calendars.Read", "OnlineMeetings.ReadWrite.All")
