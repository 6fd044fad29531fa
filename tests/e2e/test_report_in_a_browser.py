"""The report as a browser shows it: axe-core, narrow screens, dark, paper, without script, asking for nothing.

Needs Debian's chromium and the extra `browser`; skipped with a word without them.
"""

import io
import shutil
from dataclasses import replace

import pytest
from made_report import chat_on_for, made_material

from teamskit.reports import write_report

playwright = pytest.importorskip("playwright.sync_api", reason="skipped without pip install -e .[browser]")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="skipped without pip install -e .[browser]")

pypdf = pytest.importorskip("pypdf", reason="skipped without pip install -e .[browser]")

CHROMIUM = shutil.which("chromium")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="skipped without chromium (apt-get install chromium)")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report of 300 calls with every kind of finding in every state, six that say the same, and days not read."""
    material = made_material(300, 7, findings=90)
    material = replace(material, findings=[*material.findings, *chat_on_for(material.calls, 6)])
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, material)
    return path


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, report):
    """Open the report as asked for; gives the page, what it asked of any network, and what its console said."""
    contexts = []

    def opening(width=1280, **wanted):
        context = browser.new_context(viewport={"width": width, "height": 900}, **wanted)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(report.as_uri())
        return page

    yield opening
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(opened, scheme, width):
    page = opened(width, color_scheme=scheme)
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], len(one["nodes"]), one["nodes"][0]["html"][:200]) for one in found] == []


def test_nothing_scrolls_sideways_on_a_small_phone(opened):
    page = opened(320)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


@pytest.mark.parametrize("width", [1280, 320])
def test_what_is_pressed_is_large_enough(opened, width):
    small = """() => [...document.querySelectorAll("a, button, summary, input, select")]
        .filter((one) => one.checkVisibility() && !one.closest("p, .skip"))
        .map((one) => [one.getBoundingClientRect(), one.textContent])
        .filter(([box]) => box.width && (box.height < 23.5 || box.width < 23.5))
        .map(([box, words]) => `${words.slice(0, 40)} ${box.width} x ${box.height}`)"""
    assert opened(width).evaluate(small) == []


def test_nothing_is_asked_of_any_network_and_the_policy_holds(opened, report):
    page = opened()
    page.get_by_label("Find a class").fill("3A")
    assert page.asked == [report.as_uri()]
    assert page.said == []


def test_the_policy_stops_what_is_not_the_reports_own(opened):
    page = opened()
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'changed'";
        document.body.append(script);
        document.querySelector("h1").setAttribute("style", "display: none");
    }""")
    assert page.title() != "changed"
    assert page.locator("h1").is_visible()
    assert any("Content Security Policy" in words for words in page.said)


def test_the_table_is_searched_filtered_and_sorted(opened):
    page = opened()
    shown, rows = page.locator("#shown"), page.locator("#table tbody tr")
    visible = page.locator("#table tbody tr:visible")
    assert shown.inner_text() == "300 of 300 calls"
    assert shown.get_attribute("aria-live") == "polite"
    page.get_by_label("Find a class").fill("3a MATHS")
    assert 0 < visible.count() < 300
    assert shown.inner_text() == f"{visible.count()} of 300 calls"
    for day in ("16 nov", "16 November 2026", "2026-11-16"):
        page.get_by_label("Find a class").fill(day)
        assert shown.inner_text() != "0 of 300 calls"
        assert any("16 Nov" in row for row in visible.all_inner_texts())
    page.get_by_label("Find a class").fill("nothing of the kind")
    assert shown.inner_text() == "0 of 300 calls"
    page.get_by_label("Find a class").fill("")
    page.get_by_label("Show").select_option("not recorded")
    assert visible.count() == sum(n % 9 == 0 for n in range(300))
    page.get_by_label("Show").select_option("with somebody from outside or unknown")
    assert visible.count() == 1
    page.get_by_label("Show").select_option("all calls")
    pupils = page.get_by_role("columnheader", name="Pupils")
    pupils.get_by_role("button").click()
    assert pupils.get_attribute("aria-sort") == "ascending"
    heads = page.locator("#table tbody td:nth-child(7)").all_inner_texts()
    numbers = [int(words) for words in heads if words != "not known"]
    assert numbers == sorted(numbers)
    assert heads[-1] == "not known"
    pupils.get_by_role("button").press("Enter")
    assert pupils.get_attribute("aria-sort") == "descending"
    page.get_by_role("columnheader", name="Day").get_by_role("button").click()
    assert rows.first.inner_text().startswith("Mon 2 Nov\t08:50")
    assert page.locator("[aria-sort]").count() == 1


def test_a_link_to_a_closed_call_opens_it(opened):
    page = opened()
    closed = page.locator("details[id]").first
    assert closed.get_attribute("open") is None
    page.locator(f'#table a[href="#{closed.get_attribute("id")}"]').click()
    assert closed.get_attribute("open") is not None
    assert "who was present when" in closed.inner_text().lower()


def test_all_can_be_read_without_script(opened, report):
    page = opened(java_script_enabled=False)
    assert page.get_by_text("things to look at. These first").is_visible()
    assert page.locator("article.card").count() == 91
    assert page.locator("article.card:visible").count() == 91
    assert page.locator("#table tbody tr:visible").count() == 300
    assert not page.locator("#filters").is_visible()
    assert page.locator("details article.card").count() == 0
    page.locator("details[id] summary").first.click()
    assert page.locator("details[id][open] svg").first.is_visible()


def test_the_first_screen_answers_on_the_first_screen(opened):
    page = opened()
    for words in ("are not fully in this report", "things to look at", "Log mark"):
        box = page.get_by_text(words).first.bounding_box()
        assert box["y"] + box["height"] < 900


def test_a_picture_is_as_wide_as_there_is_room_and_its_words_keep_their_size(opened):
    for width in (1280, 320):
        page = opened(width)
        figure = page.locator("article.card figure").first
        room, drawn = figure.bounding_box(), figure.locator("svg.bars").bounding_box()
        assert abs(room["width"] - drawn["width"]) < 1
        assert 10 < figure.locator("text").first.bounding_box()["height"] < 24
        right = max(one.bounding_box()["x"] + one.bounding_box()["width"] for one in figure.locator("text").all())
        assert right <= room["x"] + room["width"] + 4


def test_paper_says_whose_names_are_on_it_and_shows_tables_beside_the_bars(opened):
    page = opened()
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages]
    assert 20 < len(sheets) < 80
    assert all("Contains pupils' names." in words for words in sheets)
    assert all("Example Primary: video calls, 2 November to" in words for words in sheets)
    headed = [words for words in sheets if words.count(" Maths ") > 20]
    assert len(headed) > 3
    assert all("Organiser" in words or "Class Calls Hours" in words for words in headed)
    page.emulate_media(media="print")
    assert page.locator("article.card table").first.bounding_box()["height"] > 50
    assert page.locator("#table").is_visible()
    assert not page.locator("article.call").first.is_visible()
    assert not page.locator("nav").is_visible()
