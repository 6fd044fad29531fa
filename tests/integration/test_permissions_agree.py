"""What the client says it needs for a request is what the embedded tenant asks for: two tables that share nothing."""

from urllib.parse import unquote

import pytest

from teamskit.sandbox.endpoints import ROUTES
from teamskit.sandbox.permissions import need_of
from teamskit.tenant.calls import Call

COMMANDS = (
    ("policies", "coverage"),
    ("policies", "drift"),
    ("calls", "sync"),
    ("recordings", "check"),
    ("recordings", "enforce"),
    ("lessons", "plan", "--all", "--from", "2026-11-30", "--to", "2026-12-04"),
    ("teams", "rollover", "plan"),
)


@pytest.fixture
def calls_made(monkeypatch):
    """Every call that is built from here on, as method, path without its query, and permission."""
    seen = set()
    build = Call.__init__

    def recording(self, *args, **kwargs):
        build(self, *args, **kwargs)
        if self.service == "graph":
            seen.add((self.method, unquote(self.path.partition("?")[0]), self.permission))

    monkeypatch.setattr(Call, "__init__", recording)
    return seen


def test_each_call_names_a_permission_that_the_tenant_takes(desk, made, calls_made):
    made.fill(2, 4)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    desk.run("sandbox", "play", "--days", 1, "--calls", 6)
    for words in COMMANDS:
        desk.run(*words, ok=range(8))
    wrong, right = {}, set()
    for method, path, permission in sorted(calls_made - {one for one in calls_made if one[1] == "/$batch"}):
        route, _ = ROUTES.find(method, path)
        need = need_of(method, route.template)
        fits = need is not None and permission in need.application
        if fits:
            right.add((method, route.template))
        else:
            wrong[method, route.template] = (permission, need)
    assert wrong == {}
    assert len(right) > 20, sorted(right)
