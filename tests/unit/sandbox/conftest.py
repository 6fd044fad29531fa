"""A fresh embedded tenant per test, and short ways of asking it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from teamskit.sandbox import EmbeddedTenant

START = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
ROOT = "https://graph.microsoft.com/v1.0"
TEMPLATE = ROOT + "/teamsTemplates('educationClass')"


class School:
    """A tenant with 30 accounts and short ways to its endpoints."""

    def __init__(self, tenant: EmbeddedTenant) -> None:
        self.tenant = tenant
        tenant.seed(
            [{"userPrincipalName": f"p{n:02}@school.example", "displayName": f"Person {n:02}"} for n in range(30)]
        )
        self.ids = [user["id"] for user in self.get("/users?$select=id")["value"]]
        tenant.reset_counts()

    def ask(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        got, _headers, answer = self.tenant.request(method, path if path[1:6] == "Skype" else "/v1.0" + path, body)
        assert status is None or got == status, (got, answer)
        return answer

    def get(self, path: str, status: int = 200) -> Any:
        return self.ask("GET", path, None, status)

    def make_class(self, nickname: str, owner: int | None = 0) -> str:
        body = {"displayName": nickname.upper(), "mailNickname": nickname, "externalId": nickname}
        gid: str = self.ask("POST", "/education/classes", body, 201)["id"]
        if owner is not None:
            for kind in ("teachers", "members"):
                reference = {"@odata.id": f"{ROOT}/education/users/{self.ids[owner]}"}
                self.ask("POST", f"/education/classes/{gid}/{kind}/$ref", reference, 204)
        return gid

    def team_body(self, gid: str) -> dict[str, str]:
        return {"template@odata.bind": TEMPLATE, "group@odata.bind": f"{ROOT}/groups('{gid}')"}

    def make_team(self, nickname: str, owner: int = 0) -> str:
        gid = self.make_class(nickname, owner)
        self.tenant.sleep(301)
        self.ask("POST", "/teams", self.team_body(gid), 202)
        self.tenant.sleep(30)
        return gid

    def members(self, uids: list[str], owner: bool = False) -> dict[str, Any]:
        kind = "microsoft.graph.aadUserConversationMember"
        roles = ["owner"] if owner else []
        return {
            "values": [
                {"@odata.type": kind, "roles": roles, "user@odata.bind": f"{ROOT}/users('{uid}')"} for uid in uids
            ]
        }


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[EmbeddedTenant]:
    opened = EmbeddedTenant.open(tmp_path / "sandbox.sqlite3", start=START)
    yield opened
    opened.close()


@pytest.fixture
def school(tenant: EmbeddedTenant) -> School:
    return School(tenant)
