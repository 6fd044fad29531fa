import base64
import csv
import hashlib
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser

import pytest

from teamskit.calls.coverage import Reading
from teamskit.calls.model import CallEntry, Presence
from teamskit.errors import InputError
from teamskit.reports import gather, write_csv, write_report
from teamskit.reports.calls_tables import calls_table, participants_table
from teamskit.reports.coverage_tables import coverage_table
from teamskit.reports.csv_out import csv_text
from teamskit.reports.html import render_report
from teamskit.reports.tables import figures
from teamskit.reports.words import days_words, minutes, span_words, visible
from teamskit.safeguarding.finding import Finding, Note

MADE = datetime(2026, 11, 2, 12, tzinfo=UTC)


def at(day, clock):
    return datetime.fromisoformat(f"2026-{day}T{clock}:00+00:00")


def call(name, start, end, people=(), **fields):
    organiser = Presence("acc-reid", "REI", "Mrs Reid", "staff")
    basics = {"version": 1, "kind": "groupCall", "class_id": "3A", "recorded": True, "detail": "complete"}
    return CallEntry(id=name, start=start, end=end, organiser=organiser, people=people, **{**basics, **fields})


LEO = Presence(
    "acc-leo",
    "004711",
    "=cmd|' /C calc'!A0",
    "pupil",
    "3",
    intervals=((at("10-23", "08:50"), at("10-23", "09:00")), (at("10-23", "09:05"), at("10-23", "09:30"))),
)
VISITOR = Presence("teamsvisitor:a", "teamsvisitor:a", "<script>x</script>\u202e", "outside", joined_as="visitor")
CALLS = [
    call("c1", at("10-23", "08:50"), at("10-23", "09:30"), (LEO, VISITOR)),
    call("c2", at("10-25", "00:30"), at("10-25", "01:30"), class_id=None, recorded=False, detail="not available"),
    call("c3", at("11-02", "08:50"), at("11-02", "09:30"), recorded=False),
]
READINGS = [
    Reading(at("10-22", "12:00"), at("10-26", "12:00"), at("10-26", "12:00")),
    Reading(at("10-29", "00:00"), MADE, MADE),
]


def findings():
    at = CALLS[0].start
    words = "Who was here", "<b>Ask</b>\u202e"
    one = Finding("f-1", "outside-person", "c1", None, ("teamsvisitor:a",), "open", *words, at)
    kept = (Note("f-2", "<i>said</i>", "A. Lead", at, True),)
    return [
        one,
        replace(
            one, id="f-2", finding="alone-in-group", state="settled", span=(at, at + timedelta(minutes=7)), notes=kept
        ),
        replace(one, id="f-3", finding="not-seen", call=None, pupil="004711", people=("004711",)),
        replace(one, id="f-4", finding="not-known", call="c2", people=()),
    ]


@pytest.fixture
def material():
    return gather("Example Primary", CALLS, READINGS, MADE, class_names={"3A": "Class 3A"}, log_size=5)


def test_the_period_is_what_the_log_knows_until_today_and_gaps_are_gaps(material):
    assert (material.first, material.last) == (date(2026, 10, 23), date(2026, 11, 2))
    assert material.missing == [date(2026, 10, 26), date(2026, 10, 27), date(2026, 10, 28)]
    rows = {row[0]: row for row in coverage_table(material).rows}
    gap, part, today, weekend = (rows[date(2026, *day)] for day in ((10, 27), (10, 26), (11, 2), (10, 24)))
    assert gap[1:5] == ("not known", "never", "not known", "not covered")
    assert gap[5] == "The log was not read for this day. It can be fetched until 26 November 2026: ask IT."
    assert (part[4], today[4]) == ("part", "part")
    assert today[5] == "The day was not over when this was made."
    assert (weekend[1], weekend[3], weekend[5]) == ("weekend", 0, "")


def test_the_figures(material):
    values = {figure.label: figure.value for figure in figures(material)}
    assert values["Days covered"] == "7 of 11"
    assert (values["Calls"], values["Lessons"], values["Lessons recorded"]) == ("3", "2", "1 of 2")
    assert (values["Calls with somebody from outside"], values["Calls without times"]) == ("1", "1")


def test_c12_times_are_the_schools_with_utc_beside(material):
    rows = {row[-5]: row for row in calls_table(material).rows}
    assert rows["c1"][2] == time(9, 50)
    assert rows["c3"][2] == time(8, 50)
    assert rows["c2"][:5] == (date(2026, 10, 25), "Sunday", time(1, 30), time(1, 30), 60)
    assert rows["c2"][14] == at("10-25", "00:30")


def test_a_row_a_stay_and_not_known_where_the_record_has_no_times(material):
    rows = participants_table(material).rows
    assert [row[4:7] for row in rows] == [
        (time(9, 50), time(10), 10),
        (time(10, 5), time(10, 30), 25),
        ("not known", "not known", "not known"),
    ]


def test_csv_opens_in_excel_and_runs_nothing(material, tmp_path):
    path = tmp_path / "out.csv"
    write_csv(path, participants_table(material))
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[1][:7] == ["'=cmd|' /C calc'!A0", "2026-10-23", "pupil", "3", "09:50:00", "10:00:00", "10"]
    assert csv_text(calls_table(material)).count("\r\n") == 4


class Page(HTMLParser):
    """Collects the tags and checks that they close in order; cells and rows may be left open, as HTML allows."""

    void = {"meta", "br", "link", "img", "input", "path"}
    implied = {"td", "th", "tr", "thead", "tbody", "caption", "p"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.void:
            return
        while self.open[-1] != tag and self.open[-1] in self.implied:
            self.open.pop()
        assert self.open.pop() == tag

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def page_text(text):
    """The page as read: without its style and script."""
    return re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.S)


def test_the_page_is_whole_self_contained_and_strict(material):
    text = render_report(material)
    page = Page(text)
    assert not page.open
    csp = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert csp.startswith("default-src 'none'")
    for part in ("style", "script"):
        own = re.search(rf"<{part}>(.*?)</{part}>", text, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert f"{part}-src 'sha256-{digest}'" in csp
    assert not any("style" in attrs or any(name.startswith("on") for name in attrs) for _, attrs in page.tags)
    assert not re.search(r"(src|href)=[\"']?https?:|@import|url\(", text)


def test_the_page_can_be_read_aloud_and_moved_about_in(material):
    page = Page(render_report(replace(material, findings=findings())))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert all(link["href"][1:] in ids for link in page.all("a"))
    assert page.all("a")[0]["class"] == "skip"
    assert len(page.all("caption")) == len(page.all("table")) > 5
    assert all(time["datetime"] for time in page.all("time"))
    assert all(svg.get("aria-hidden") == "true" for svg in page.all("svg") if "class" in svg)
    regions = [attrs["aria-label"] for _, attrs in page.tags if attrs.get("role") == "region"]
    assert len(regions) == len(set(regions)) > 5
    assert all(attrs.get("tabindex") == "0" for _, attrs in page.tags if attrs.get("role") == "region")


def test_names_are_escaped_and_hidden_signs_shown(material):
    text = page_text(render_report(replace(material, findings=findings())))
    assert "<script>" not in text
    assert "&lt;script&gt;x&lt;/script&gt;[U+202E]" in text
    assert "&lt;b&gt;Ask&lt;/b&gt;[U+202E]" in text
    assert "None" not in text


def test_a_schools_name_cannot_break_out_of_the_style(material):
    name = "St \"Mary\\'s</style><script>alert(1)</script>}@import"
    text = render_report(replace(material, school=name))
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    assert "Mary" in style
    assert "@import" not in style
    assert text.count("</style>") == 1
    assert page_text(text).count("<script") == 0
    assert not Page(text).open


def test_the_first_screen_says_what_is_missing_before_anything_else(material):
    text = render_report(material)
    gap = text.index("3 of 11 days are not fully in this report: 26 to 28 October 2026")
    assert (
        gap
        < text.index("Nothing found in the days we have. 3 days are not covered.")
        < text.index("Lessons recorded")
        < text.index("<nav")
    )
    assert "Every day of the period is covered" not in text


def test_a_quiet_covered_week_says_so():
    readings = [Reading(at("10-01", "00:00"), MADE, MADE)]
    quiet = gather("S", [], readings, MADE, first=date(2026, 10, 26), last=date(2026, 10, 30))
    text = render_report(quiet)
    assert "Every day of the period is covered" in text
    assert "No calls in the days we have" in text


def test_a_report_is_written_whole_over_the_last_one(material, tmp_path):
    path = tmp_path / "report.html"
    write_report(path, material)
    write_report(path, material)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_words():
    days = [date(2026, 11, 3), date(2026, 11, 5), date(2026, 11, 6)]
    assert days_words(days) == "3 November 2026, 5 to 6 November 2026"
    assert span_words(date(2026, 10, 30), date(2026, 11, 2)) == "30 October to 2 November 2026"
    assert span_words(date(2026, 12, 30), date(2027, 1, 2)) == "30 December 2026 to 2 January 2027"
    assert [minutes(timedelta(seconds=s)) for s in (0, 5, 89, 91)] == [0, 1, 1, 2]
    assert visible("a\u202eb") == "a[U+202E]b"


def test_a_log_that_was_never_read_is_a_gap():
    empty = gather("S", [], [], MADE)
    assert empty.missing == [date(2026, 11, 2)]
    assert "Every day" not in render_report(empty)


def test_days_to_come_are_left_out_and_a_period_ahead_is_refused():
    assert gather("S", [], [], MADE, last=date(2027, 1, 1)).last == date(2026, 11, 2)
    with pytest.raises(InputError, match="no day"):
        gather("S", [], [], MADE, first=date(2026, 11, 3))


def test_a_file_that_cannot_be_written_is_said_to_be_so(material, tmp_path):
    with pytest.raises(InputError) as told:
        write_report(tmp_path / "no" / "report.html", material)
    assert told.value.where.endswith("report.html")


def test_two_calls_alike_are_told_apart_by_a_screen_reader(material):
    alike = [replace(CALLS[0], id="c0"), CALLS[0]]
    at = CALLS[0].start
    findings = [Finding(f"f-{one.id}", "out-of-hours", one.id, None, (), "open", "Said.", "Ask.", at) for one in alike]
    page = render_report(replace(material, calls=alike, findings=findings))
    labels = re.findall(r'role="region" aria-label="(Who was present[^"]*)"', page)
    assert len(labels) == len(set(labels)) == 2
