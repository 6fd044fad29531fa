"""The models behind the report's screens, and its files."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from made_report import FIRST, chat_on_for, made_calls, made_findings, made_material, with_strangers

from teamskit.calls.model import CallEntry, Presence
from teamskit.reports import bars
from teamskit.reports.calendar import calendar
from teamskit.reports.call_pages import call_pages, cards
from teamskit.reports.findings_order import in_order
from teamskit.reports.groups import class_groups, staff_groups
from teamskit.reports.html import render_report
from teamskit.reports.kinds import KINDS
from teamskit.reports.overview import overview
from teamskit.reports.page_files import by_month, report_pages, write_report
from teamskit.reports.people_order import by_role
from teamskit.reports.rests_on import length_of, rests_on
from teamskit.reports.timescale import Scale, scale_of
from teamskit.safeguarding.finding import SEVERITY, Finding

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def at(minutes):
    return NINE + timedelta(minutes=minutes)


def person(name, role, *stays):
    year = "3" if role == "pupil" else None
    return Presence(f"a-{name}", name, name, role, year, intervals=tuple((at(a), at(b)) for a, b in stays))


def call(*people, length=40):
    organiser = person("Reid", "staff")
    return CallEntry("call-1", 1, NINE, at(length), "groupCall", organiser, None, False, "complete", people)


def finding(kind, span=None, call_id="call-1"):
    return Finding("f-1", kind, call_id, None, ("Reid", "Leo"), "open", "Words.", "Ask.", NINE, span)


@pytest.fixture(scope="module")
def material():
    return made_material(60, 6, findings=90)


def test_every_kind_of_finding_has_words():
    assert set(SEVERITY) <= set(KINDS)


def test_the_overview_names_the_worst_first_and_counts_every_state(material):
    first = overview(material)
    assert first.verdict == "42 things to look at. These first:"
    assert [one.severity for one in first.firsts] == ["High"] * 3
    assert first.firsts[0].words.startswith("One adult and one pupil alone in a call")
    assert [(word, number) for word, number, _ in first.by_severity][0] == ("High", 24)
    assert dict(first.counts) == {"Agreed beforehand": 15, "Settled": 15, "No longer borne out": 15}
    assert first.gap.of_days == "2 of 12 days"
    assert len(first.figures) == 5


def test_six_findings_that_say_the_same_are_one_line_and_one_card_and_five_are_not():
    calm = made_material(60, 6, findings=0, gap=False)
    for number, lines, cards_shown in ((5, 3, 5), (6, 1, 1)):
        of = replace(calm, findings=chat_on_for(calm.calls, number))
        assert overview(of).verdict.startswith(f"{number} things to look at")
        assert len(overview(of).firsts) == lines
        assert {word: heads for word, heads, _ in overview(of).by_severity}["High"] == number
        assert len(cards(of.findings, call_pages(of))) == cards_shown
        assert f"High: {number} findings" in render_report(of)
    assert overview(of).verdict.endswith("look at:"), "nothing stands behind the one line"


def test_nothing_to_look_at_is_said_only_when_all_is_covered_and_all_was_checked():
    whole = made_material(60, 6, findings=0, gap=False)
    calm = replace(whole, calls=whole.calls[:3])
    assert overview(calm).verdict == "Nothing to look at."
    assert overview(calm).quiet
    told = render_report(replace(calm, unchecked=["The register is missing."]))
    assert "<b>0</b> calls with something not known" in told and "What else could not be checked:" in told
    unknown = [replace(one, finding="not-known", state="open") for one in made_findings(whole.calls, 1)]
    for less in (replace(calm, unchecked=["The register is missing."]), replace(calm, findings=unknown)):
        assert overview(less).verdict == "Nothing found in the days we have. Some things could not be checked."
        assert not overview(less).quiet
    gap = made_material(60, 6, findings=0)
    assert overview(gap).verdict == "Nothing found in the days we have. 2 days are not covered."


def test_settled_and_agreed_findings_do_not_ask_for_anything(material):
    settled = replace(material, findings=[replace(one, state="settled") for one in material.findings])
    assert overview(settled).firsts == ()
    text = render_report(settled)
    assert "Nothing waits for you." in text
    assert "What to do next:" not in text


def test_findings_are_read_open_first_then_worst_kind_by_kind(material):
    ordered = in_order(reversed(material.findings))
    assert [one.state for one in ordered] == ["open"] * 45 + ["agreed"] * 15 + ["settled"] * 15 + ["closed"] * 15
    assert [one.severity for one in ordered[:45]] == ["high"] * 24 + ["medium"] * 15 + ["low"] * 3 + ["not known"] * 3


def test_bars_show_absences_and_the_time_a_finding_rests_on():
    lesson = call(
        person("Reid", "staff", (0, 40)), person("Leo", "pupil", (0, 10), (20, 40)), person("Isla", "pupil", (0, 20))
    )
    picture = bars.brief(lesson, ["Reid", "Leo"], [(at(20), at(40))])
    paths = dict(picture.paths)
    assert paths["staff"].count("M") == 1
    assert "H1000" in paths["staff"]
    assert paths["pupil"].count("M") == 2
    assert "M0 " in paths["pupil"]
    assert "H250v7" in paths["pupil"]
    assert paths["crowd"].startswith("M0 ")
    assert "H500V" in paths["crowd"]
    assert picture.bracket.startswith("M500 ")
    words = [label.words for label in picture.labels]
    assert words[:3] == ["Reid, staff", "Leo, pupil, year 3", "1 other pupil"]
    assert "20 minutes, 09:20 to 09:40" in words
    assert "09:10" in words


def test_over_forty_people_the_others_share_a_band():
    pupils = [person(f"p{n}", "pupil", (0, 40)) for n in range(45)]
    picture = bars.full(call(person("Reid", "staff", (0, 40)), *pupils), ["p7"])
    assert [label.words for label in picture.labels][:3] == ["Reid, staff", "p7, pupil, year 3", "44 other pupils"]
    few = bars.full(call(person("Reid", "staff", (0, 40)), *pupils[:39]), ["p7"])
    assert len([label for label in few.labels if "pupil" in label.words]) == 39


def test_over_forty_strangers_have_a_band_after_staff_and_those_in_the_finding():
    strangers = [person(f"visitor {n}", "outside", (0, 40)) for n in range(1, 61)]
    full = call(person("Reid", "staff", (0, 40)), person("Leo", "pupil", (0, 40)), *strangers)
    for picture in (
        bars.brief(full, ["Reid", "visitor 60"]),
        bars.small(scale_of(full, *bars.NARROW), full.people, True),
    ):
        words = [label.words for label in picture.labels if not label.words[:1].isdigit() or "other" in label.words]
        assert words[:4] == ["Reid, staff", "visitor 1, outside", "visitor 2, outside", "visitor 3, outside"]
        assert (len(words), words[-1]) == (41, "21 other people from outside")
    assert "visitor 60, outside" in [label.words for label in bars.brief(full, ["visitor 60"]).labels]


def test_people_stand_in_the_order_of_their_numbers():
    strangers = [person(f"Visitor {n}", "outside") for n in (10, 2, 1, 11)]
    names = [one.name for one in by_role([*strangers, person("visitor 003", "outside"), person("9" * 5000, "outside")])]
    assert names[1:] == ["Visitor 1", "Visitor 2", "visitor 003", "Visitor 10", "Visitor 11"]


def test_outside_and_unknown_people_have_their_own_marks():
    strange = with_strangers(made_calls(1, 2)[0])
    assert {"outside", "unknown"} <= {
        kind for kind, _ in bars.small(scale_of(strange, *bars.NARROW), strange.people, False).paths
    }


def test_a_call_without_times_has_no_picture():
    assert bars.full(call(person("Reid", "staff")), []) is None
    assert scale_of(call(), *bars.NARROW) is None


def test_a_short_call_is_marked_by_minutes_and_a_long_one_by_hours():
    short = Scale(at(0), at(8), 1000, 5).ticks()
    assert [(moment - NINE) // timedelta(minutes=1) for moment in short] == [0, 2, 4, 6, 8]
    assert [moment.hour for moment in Scale(at(7), at(300), 1000, 5).ticks()] == [10, 11, 12, 13, 14]
    assert len(Scale(at(0), at(40), 1000, 5).lines()) == 5


def test_two_who_were_alone_twice_have_both_times_counted():
    two = call(person("Reid", "staff", (0, 10), (20, 30)), person("Leo", "pupil", (5, 25)))
    alone = finding("one-to-one", (at(5), at(10)))
    assert rests_on(alone, two) == [(at(5), at(10)), (at(20), at(25))]
    assert length_of(alone, two) == timedelta(minutes=10)
    assert rests_on(finding("out-of-hours"), two) == []


def test_the_calendar_says_what_kind_of_day_it_is(material):
    of = replace(material, closed={date(2026, 11, 6): "bank holiday"})
    days = {one.day: one for one in calendar(of).days}
    assert [square.calls for square in days[date(2026, 11, 2)].squares][:4] == [1, 1, 1, 1]
    assert days[date(2026, 11, 7)].words == "weekend, no calls"
    assert days[date(2026, 11, 6)].words == "bank holiday"
    gap = days[date(2026, 11, 11)]
    assert gap.is_gap
    assert gap.words == "not covered"
    assert calendar(of).hours[0] == 8


def test_staff_and_classes_stand_in_the_alphabet_with_what_is_theirs(material):
    pages = call_pages(material)
    staff, classes = staff_groups(pages), class_groups(pages)
    assert [one.name for one in staff] == sorted((one.name for one in staff), key=str.casefold)
    assert sum(one.organised for one in staff) == len(pages) == sum(len(one.pages) for one in classes)
    assert all(person.name != "<b>J Smith</b>" for person in staff)
    first = next(one for one in staff if one.pages[0].anchor == "c1")
    assert first.length < timedelta(hours=4)
    assert {f.id for f in first.findings} == {f.id for page in first.pages for f in page.findings if "T00" in f.people}


def test_calls_without_findings_are_closed_and_findings_never_are(material):
    text = render_report(material)
    hidden = "".join(part.split("</details>")[0] for part in text.split("<details")[1:])
    assert 'class="card' not in hidden
    pages = call_pages(material)
    assert all(page.is_open == bool(page.findings) for page in pages)
    assert text.count('<article class="call"') == sum(page.is_open for page in pages)


def test_what_could_not_be_told_of_many_calls_is_one_line(material):
    unknown = [
        Finding(f"f-{n}", "not-known", one.id, None, (), "open", "W.", "Ask.", one.start, unknowns=("consent",))
        for n, one in enumerate(material.calls)
    ]
    of = replace(material, findings=unknown)
    text = render_report(of)
    assert "60 calls: recorded, and no register of consent." in text
    assert 'class="card' not in text
    assert not any(page.is_open for page in call_pages(of))
    assert {word: number for word, number, _ in overview(of).by_severity}["Calls with something not known"] == 60


def test_a_card_leads_to_its_call_and_one_about_a_pupil_to_none(material):
    pages = call_pages(material)
    found = cards(material.findings, pages)
    assert all((one.page is None) == (one.finding.pupil is not None) for one in found)
    assert all(one.picture is None for one in found if one.finding.finding == "no-consent")
    assert all(one.rows for one in found if one.picture)


def test_more_than_a_file_can_hold_is_a_file_a_month_with_an_index(tmp_path, monkeypatch):
    monkeypatch.setattr("teamskit.reports.page_files.CALLS", 100)
    material = made_material(300, 2, findings=24, gap=False)
    written = write_report(tmp_path / "r.html", material)
    assert [path.name for path in written] == ["r-2026-11.html", "r-2026-12.html", "r.html"]
    index = written[-1].read_text(encoding="utf-8")
    assert "too many for one file" in index
    assert 'href="r-2026-11.html"' in index
    assert 'id="table"' not in index
    months = [path.read_text(encoding="utf-8") for path in written[:2]]
    assert all('href="r.html"' in text for text in months)
    anchors = [part.split("'")[0].split('"')[0].split(">")[0] for part in index.split("r-2026-11.html#")[1:]]
    assert anchors
    assert all(f'id="{one}"' in months[0] or f"id={one}>" in months[0] for one in anchors)
    parts = list(by_month(material))
    assert sum(len(one.calls) for one in parts) == 300
    assert sum(len(one.findings) for one in parts) == 24


def test_a_small_report_is_one_file(tmp_path, material):
    assert [path.name for path, _ in report_pages(tmp_path / "r.html", material)] == ["r.html"]


def test_three_thousand_calls_stay_within_what_a_browser_opens_well():
    text = render_report(made_material(3000, 24, findings=72))
    assert len(text.encode("utf-8")) < 6_000_000
    assert len(text[: text.index('id="agreed"')].encode("utf-8")) < 200_000
    assert text.count("<") < 700_000


def test_the_made_period_has_every_kind_and_state(material):
    assert {one.finding for one in material.findings} == set(SEVERITY)
    assert {one.state for one in material.findings} == {"open", "agreed", "settled", "closed"}
    assert material.calls[0].start >= FIRST
