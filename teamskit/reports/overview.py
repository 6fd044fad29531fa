"""The first screen, as a plain value: is the log complete, does anything wait, what first, can I rely on it. Pure."""

from collections import Counter
from dataclasses import dataclass

from teamskit.clock import at_school
from teamskit.reports.findings_order import in_order
from teamskit.reports.kinds import SEVERITIES, many_words
from teamskit.reports.rests_on import length_of
from teamskit.reports.tables import Figure, Material, figures, organiser_name
from teamskit.reports.words import count, day_words, days_words, minutes
from teamskit.safeguarding.listing import Alike, alike

FIRST = 3
HEADLINE = ("Days covered", "Calls", "Lessons recorded", "Calls with somebody from outside", "Calls without times")

COUNTED = {"not known": "Calls with something not known"}
"""What a severity is called on this screen, where its word would not say what is counted."""


@dataclass(frozen=True)
class Gap:
    """Days that are not in the report, in words; `fetch_until` is empty when none of them can be fetched any more."""

    of_days: str
    days: str
    fetch_until: str
    one: bool


@dataclass(frozen=True)
class First:
    """One line of what to look at first; `id` is the finding's."""

    id: str
    severity: str
    words: str


@dataclass(frozen=True)
class Overview:
    """What the first screen says. `verdict` is the one sentence; `then` gives the other counts, each with its words.

    `quiet` is true only when nothing is open, every day is covered and every check could run.
    """

    verdict: str
    quiet: bool
    gap: Gap | None
    unchecked: tuple[str, ...]
    firsts: tuple[First, ...]
    by_severity: tuple[tuple[str, int, str], ...]
    counts: tuple[tuple[str, int], ...]
    figures: tuple[Figure, ...]


def overview(material: Material) -> Overview:
    """Put the first screen together."""
    to_look_at = [one for one in in_order(material.findings) if one.state == "open"]
    found = [one for one in to_look_at if one.severity != "not known"]
    listed = alike(found)
    gap = _gap(material)
    is_whole = (
        gap is None and not material.unchecked and len(found) == len(to_look_at) and material.log_holds is not False
    )
    states = Counter(one.state for one in material.findings)
    severities = Counter[str](one.severity for one in to_look_at)
    return Overview(
        verdict=_verdict(len(found), len(listed), is_whole, len(material.missing)),
        quiet=is_whole and not found,
        gap=gap,
        unchecked=tuple(material.unchecked),
        firsts=tuple(_first(one, material) for one in listed[:FIRST]),
        by_severity=tuple((COUNTED.get(key, word), severities[key], what) for key, (word, what) in SEVERITIES.items()),
        counts=(
            ("Agreed beforehand", states["agreed"]),
            ("Settled", states["settled"]),
            ("No longer borne out", states["closed"]),
        ),
        figures=tuple(one for one in figures(material) if one.label in HEADLINE),
    )


def _verdict(found: int, listed: int, is_whole: bool, missing: int) -> str:
    if listed > FIRST:
        return f"{count(found, 'thing')} to look at. These first:"
    if found:
        return f"{count(found, 'thing')} to look at:"
    if is_whole:
        return "Nothing to look at."
    why = f"{count(missing, 'day')} {'is' if missing == 1 else 'are'} not covered." if missing else ""
    return f"Nothing found in the days we have. {why or 'Some things could not be checked.'}"


def _first(of: Alike, material: Material) -> First:
    finding = of.together
    parts = [many_words(of)]
    call = next((one for one in material.calls if one.id == finding.call), None)
    if call and (length := length_of(finding, call)):
        parts.append(count(minutes(length), "minute"))
    parts.append(day_words(at_school(finding.at).date()))
    if call:
        parts.append(material.class_name(call) or organiser_name(call))
    return First(finding.id, SEVERITIES[finding.severity][0], ", ".join(parts))


def _gap(material: Material) -> Gap | None:
    missing = material.missing
    if not missing:
        return None
    fetchable = [one for one in material.days if one.day in missing and one.fetch_by > material.made_at]
    until = day_words(at_school(min(one.fetch_by for one in fetchable)).date()) if fetchable else ""
    of_days = f"{len(missing)} of {count(len(material.days), 'day')}"
    return Gap(of_days, days_words(missing), until, len(missing) == 1)
