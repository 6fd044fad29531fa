"""What each kind of finding, each severity and each setting is called, for people. Pure."""

from teamskit.reports.words import count
from teamskit.safeguarding.finding import Finding
from teamskit.safeguarding.listing import Alike

KINDS = {
    "one-to-one": "One adult and one pupil alone in a call",
    "alone-in-group": "One adult and one pupil left alone in a group call",
    "pupils-only": "Pupils in a call without anybody from staff",
    "no-consent": "A pupil without consent in a recorded call",
    "chat-on": "Chat is on for a pupil",
    "recording-gone": "A recording that is no longer there",
    "recording-opened": "A recording that others than staff opened or can open",
    "backup-failed": "A copy of a recording that is damaged or missing",
    "pupil-organised": "A call that a pupil started",
    "outside-person": "Somebody from outside the school in a call",
    "unknown-person": "An account that is not in the roster in a call",
    "out-of-hours": "Pupils in a call outside school hours",
    "unrecorded-lesson": "No recording of a call with pupils",
    "not-seen": "A pupil not seen in lessons for five days",
    "not-known": "Something that could not be checked",
}
MANY = {"chat-on": "Chat is on for"}
"""What is said of many pupils at once, before their number."""
SEVERITIES = {
    "high": ("High", "Look at these today."),
    "medium": ("Medium", "Look at these within the week."),
    "low": ("Low", "Look at these in your weekly check."),
    "not known": ("Could not be checked", "Ask about these. They count neither as fine nor as wrong."),
}
"""Each severity, worst first: its word, and what to do with findings of it."""
SETTINGS = {
    "one_to_one": ("One adult and one pupil in a call: longer than", "minute"),
    "alone": ("One adult and one pupil left alone: longer than", "minute"),
    "pupils_only": ("Pupils without staff: longer than", "minute"),
    "lesson": ("A call with two pupils or more needs a recording from", "minute"),
    "recording_hours": ("A recording may take until it is seen", "hour"),
    "not_seen_days": ("Not seen: days with lessons, one after the other", "day"),
    "pupils_may_watch": ("Pupils may look at recordings of their own lessons again", ""),
}
"""What the school has set for findings: each name of `[findings]` in words, and its unit."""


def setting_words(name: str, value: int) -> tuple[str, str]:
    """Give a setting in words, and its value with the unit; what is not a number is yes or no."""
    if isinstance(value, bool):
        return SETTINGS.get(name, (name, ""))[0], "yes" if value else "no"
    words, unit = SETTINGS.get(name, (name, ""))
    return words, count(value, unit) if unit else f"{value:,}"


def kind_words(kind: str) -> str:
    """Name a kind of finding; one that this page does not know is called by its id."""
    return KINDS.get(kind, kind)


def many_words(of: Alike) -> str:
    """Name one finding, or many that say the same: Chat is on for 209 pupils."""
    kind = of.together.finding
    return f"{MANY[kind]} {count(len(of.every), 'pupil')}" if len(of.every) > 1 else kind_words(kind)


def whom(one: Finding) -> str:
    """Say whom a finding is about that is shown with others: the name as in its text, else the code."""
    before = f"{MANY[one.finding]} "
    is_named = one.text.startswith(before) and one.text.endswith(one.alike)
    return one.text.removesuffix(one.alike).removeprefix(before) if is_named else ", ".join(one.people)
