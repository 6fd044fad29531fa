"""Lessons killed with kill -9 and gone on with; and the parents' page in a browser.

A few seeded points run always; the full number by `pytest -m full`.
"""

import random
import shutil
import time

import pytest
from lesson_scenes import WEEK, events, meeting, school_with_lessons
from test_kill_drills import copied, killed, whole

from teamskit.cli.context import Here

CLASSES = 4
CHROMIUM = shutil.which("chromium")


def standing(folder):
    """Give what every teacher's calendar holds and how each meeting is set, without ids."""
    here = Here(str(folder))
    desk = type("Asks", (), {"asks": lambda self, *words: _asked(here, *words)})()
    found = []
    for number in range(CLASSES):
        staff = f"t{number:03d}"
        for event in events(desk, staff):
            options = meeting(desk, staff, event)
            chosen = (
                options["recordAutomatically"],
                options["allowMeetingChat"],
                options["lobbyBypassSettings"]["scope"],
            )
            key = event["singleValueExtendedProperties"][0]["value"]
            found.append((staff, key, event["start"]["dateTime"], len(event["attendees"]), *chosen))
    return found


def _asked(here, *words):
    status, _, answer = here.sandbox.request(*words)
    return status, answer


def drill(desk, points):
    words = ["lessons", "apply", "p.json", "--yes"]
    undisturbed = copied(desk.folder, "whole")
    began = time.monotonic()
    whole(undisturbed, words)
    length = time.monotonic() - began
    wanted = standing(undisturbed)
    assert len(wanted) == 10 * CLASSES
    chance, cut = random.Random(11), 0
    for number in range(points):
        folder = copied(desk.folder, number)
        after = length * (0.35 + 0.65 * (number + chance.random()) / points)
        cut += killed(folder, words, after)
        whole(folder, words)
        assert standing(folder) == wanted, f"killed after {after:.2f} s of {length:.2f}"
        assert "Nothing to do" in whole(folder, ["lessons", "apply", "--all", *WEEK, "--yes"])
        shutil.rmtree(folder)
    assert cut >= points // 2


@pytest.fixture
def planned(desk, made):
    school_with_lessons(desk, made, classes=CLASSES, pupils=12)
    desk.run("lessons", "plan", "--all", *WEEK, "-o", desk.folder / "p.json")
    return desk


def test_lessons_killed_anywhere_are_finished_by_the_same_command(planned):
    drill(planned, 4)


@pytest.mark.full
def test_lessons_killed_at_30_points(planned):
    drill(planned, 30)


@pytest.mark.skipif(not CHROMIUM, reason="skipped without chromium (apt-get install chromium)")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_the_parents_page_is_accessible_and_asks_for_nothing(planned, scheme, width):
    playwright = pytest.importorskip("playwright.sync_api", reason="skipped without pip install -e .[browser]")
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="skipped without pip install -e .[browser]"
    )
    planned.run("lessons", "apply", "--class", "7x/C000", *WEEK, "--yes")
    page_file = planned.folder / "parents.html"
    planned.run("lessons", "export", "--class", "7x/C000", "--class", "8x/C001", *WEEK, "-o", page_file)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(page_file.as_uri())
        found = axe.Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert asked == [page_file.as_uri()]
        assert said == []
        browser.close()
