"""A school made for a test, and the command line run on it in this process: the path a user takes, without a shell."""

import os
from pathlib import Path

import contract
import pytest
from keyboard import Desk
from made_school import MadeSchool

from teamskit.tenant import session


def pytest_collection_modifyitems(config, items):
    """Leave the full drills out unless asked for, and what needs the shared samples where they are not."""
    wants_full = "full" in (config.getoption("-m") or "")
    shared = os.environ.get("TEAMSKIT_SHARED")
    for item in items:
        if "full" in item.keywords and not wants_full:
            item.add_marker(pytest.mark.skip(reason="a full drill: pytest -m full"))
        if "shared" in item.keywords and not shared:
            item.add_marker(pytest.mark.skip(reason="skipped without the folder named by TEAMSKIT_SHARED"))
    items.sort(key=lambda item: "last" in item.keywords)


@pytest.fixture
def whole_integration(request):
    """Skip unless every test against the embedded tenant runs in this session."""
    wanted = set(Path(__file__).with_name("integration").glob("test_*.py"))
    chosen = request.config.getoption("keyword") or any("::" in one for one in request.config.args)
    if chosen or not wanted <= {item.path for item in request.session.items}:
        pytest.skip("says something only when all of tests/integration runs")


@pytest.fixture
def made(tmp_path):
    return MadeSchool(tmp_path / "export")


@pytest.fixture
def desk(tmp_path, made):
    """A school folder on the embedded tenant, whose export is `made`."""
    made.folder.mkdir()
    desk = Desk(tmp_path / "s")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder, "--effective", "2026-11-23")
    desk.run("init", desk.folder, *words)
    return desk


@pytest.fixture
def shared():
    """The shared samples; tests that use it carry the mark `shared`."""
    return Path(os.environ["TEAMSKIT_SHARED"])


@pytest.fixture(autouse=True)
def by_the_schema(monkeypatch, request):
    """Hold every request to the embedded tenant, and every answer, against Microsoft's published schema."""
    wrong, marks = {}, request.keywords

    class Watched(session.SandboxAdapter):
        def send(self, sent, *args, **options):
            answered = super().send(sent, *args, **options)
            path = sent.url.partition("/v1.0")[2]
            if path and not path.startswith("/sandbox"):
                is_json = "json" in answered.headers.get("Content-Type", "")
                asked, answer = contract.read(sent.body), contract.read(answered.content if is_json else b"")
                status = answered.status_code
                if "odd_requests" not in marks:
                    wrong.update(dict.fromkeys(contract.wrong_in_request(sent.method, path, asked)))
                if "odd_answers" not in marks:
                    wrong.update(dict.fromkeys(contract.wrong_in_answer(sent.method, path, status, answer, asked)))
            return answered

    monkeypatch.setattr(session, "SandboxAdapter", Watched)
    yield
    assert not wrong, "not by Microsoft's schema:\n" + "\n".join(wrong)
