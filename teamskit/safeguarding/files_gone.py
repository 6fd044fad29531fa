"""Rules on what became of a recording: gone without a checked copy, or a copy that is not as it was stored. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from teamskit.recordings.files import RecordedFile, as_one_recording
from teamskit.recordings.known import Known
from teamskit.safeguarding.case import Case, Raised
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.people_named import who_did
from teamskit.safeguarding.words import capital, clock, counted, day

_TODAY = "Ask IT today: deleted files can often be brought back for a time."
_FAILED = {
    "missing": "It is no longer where it was put.",
    "size": "It is of another size.",
    "swapped": "Another file lies in its place.",
    "data": "Its bytes are not those that were stored.",
    "unreadable": "It cannot be read.",
}


@dataclass(frozen=True)
class Gone:
    """One recording that is gone, at the latest by `at`; `last_seen` is when it was last there, where it ever was.

    `copy` is none, copied or failed; `closed` says what closed it, where something has.
    """

    file: RecordedFile
    at: datetime
    last_seen: datetime | None
    copy: str
    closed: str = ""


def what(case: Case) -> str:
    """Call a call what people call it."""
    return "lesson" if case.call.class_id else "call"


def recording_gone(case: Case, evidence: Evidence) -> Raised | None:
    """A recording that was once seen is deleted or expired, and no checked copy of it exists.

    One that goes after the days for which the school keeps recordings goes as the school decided, unless a case keeps
    the call.
    """
    gone = [one for one in _gone(case, evidence) if not _was_due(one, case, evidence)]
    now = [one for one in gone if not one.closed]
    told = now or gone
    if not told:
        return None
    return Raised(
        people=case.with_organiser(()),
        text=" ".join(dict.fromkeys(_said(one, case, evidence) for one in told)) + _copies(told),
        next_step=_next(told),
        at=case.call.start,
        parties=case.by_nobody(),
        closed="" if now else told[0].closed,
    )


def _gone(case: Case, evidence: Evidence) -> list[Gone]:
    known = evidence.recordings
    found = []
    for files in as_one_recording(known.newest(case.call.id)):
        keys = {file.key for file in files}
        words = sorted(
            (word for each in known.files[case.call.id] if each[-1].key in keys for word in each),
            key=lambda word: (word.learnt_at or word.about, word.state != "found"),
        )
        one = _one_gone(files[0], words, keys, known)
        if one:
            found.append(one)
    return found


def _one_gone(file: RecordedFile, words: Sequence[RecordedFile], keys: set[str], known: Known) -> Gone | None:
    """Say when a recording went, and whether it came back or a copy turned out to be whole."""
    at = _went(words)
    if at is None:
        return None
    checked = _checked_at(keys, known)
    if checked and checked <= at:
        return None
    last_seen = max((look.at for look in known.looks if look.at < at), default=None)
    if file.source == "meeting":
        last_seen = None
    closed = ""
    if file.state == "found":
        back = max(word.learnt_at for word in words if word.state == "found" and word.learnt_at)
        closed = f"It was found again on {day(back)}."
    elif thrown := _thrown_away(keys, known):
        closed = f"The school deleted its copy on {day(thrown)}."
    elif checked:
        closed = f"A copy of it was checked on {day(checked)}, and is whole."
    return Gone(file, at, last_seen, _copy(keys, known), closed)


def _went(words: Sequence[RecordedFile]) -> datetime | None:
    """Give the last moment at which no file of a recording was there any more, None where there always was one."""
    there: dict[str, bool] = {}
    went = None
    moments = sorted({word.learnt_at for word in words if word.learnt_at})
    for moment in moments:
        there |= {word.key: word.state == "found" for word in words if word.learnt_at == moment}
        if not any(there.values()):
            went = moment
    return went


def _thrown_away(keys: set[str], known: Known) -> datetime | None:
    """Give when the last copy was deleted on purpose: its time was past, or a consent was withdrawn."""
    copies = [known.copies[key] for key in keys & known.copies.keys()]
    return max((copy.at for copy in copies if copy.word == "deleted"), default=None)


def _checked_at(keys: set[str], known: Known) -> datetime | None:
    """Give since when a copy is known to be whole, whose last check it passed, or passed until it was deleted."""
    found = []
    for key in keys & known.copies.keys():
        copy = known.copies[key]
        if copy.state in ("verified", "deleted"):
            passed = [one.at for one in known.checks.get(copy.same_as or key, ()) if not one.why]
            found += passed[:1]
    return min(found, default=None)


def _copy(keys: set[str], known: Known) -> str:
    states = {known.copies[key].state for key in keys & known.copies.keys() if known.copies[key].word == "copied"}
    return "copied" if states & {"copied", "verified"} else "failed" if states else "none"


def _was_due(one: Gone, case: Case, evidence: Evidence) -> bool:
    days = evidence.recording_days
    if not days or case.call.id in evidence.held:
        return False
    at = one.file.expires_on if one.file.state == "expired" and one.file.expires_on else one.at
    return at >= case.call.end + timedelta(days=days)


def _said(one: Gone, case: Case, evidence: Evidence) -> str:
    if one.file.state == "expired" and one.file.expires_on:
        return f"The recording of this {what(case)} expired on {day(one.file.expires_on)}."
    if one.file.source == "meeting":
        return f"Microsoft knows of a recording of this {what(case)}, and it is in no drive of those who took part."
    seen = one.last_seen or one.file.first_seen_at or case.call.end
    is_back = " and was not later" if one.file.state == "found" else " and is not now"
    return f"The recording of this {what(case)} was there on {day(seen)}{is_back}.{_by(one, case, evidence)}"


def _by(one: Gone, case: Case, evidence: Evidence) -> str:
    deletions = [
        opening
        for opening in evidence.recordings.openings.get(case.call.id, ())
        if opening.is_deletion and opening.file == one.file.key
    ]
    if not deletions:
        return ""
    last = deletions[-1]
    return f" {capital(who_did(last, case))} deleted it on {day(last.at)} at {clock(last.at)}."


def _copies(told: Sequence[Gone]) -> str:
    copies = {one.copy for one in told}
    if copies == {"copied"}:
        return " There is a copy that was never checked." if not told[0].closed else ""
    return " There is no checked copy." if not told[0].closed else ""


def _next(told: Sequence[Gone]) -> str:
    if all(one.copy == "copied" for one in told):
        return f"Ask IT to check the copy: teamskit recordings verify. {_TODAY}"
    return _TODAY


def backup_failed(case: Case, evidence: Evidence) -> Raised | None:
    """A stored copy of a recording was not as it was stored when it was last looked at."""
    known = evidence.recordings
    keys = [words[-1].key for words in known.files.get(case.call.id, ())]
    copies = [known.copies[key] for key in keys if key in known.copies and known.copies[key].word == "copied"]
    failed = [copy for copy in copies if copy.state == "failed"]
    mended = [copy for copy in copies if any(one.why for one in known.checks.get(copy.same_as or copy.key, ()))]
    if not failed and not mended:
        return None
    whys = " ".join(dict.fromkeys(_FAILED.get(copy.reason, "It cannot be used.") for copy in failed))
    number = len(failed or mended)
    of_what = "copy of the recording" if number == 1 else f"copies of {counted(number, 'recording')}"
    verb = ("is" if number == 1 else "are") if failed else ("was" if number == 1 else "were")
    there = any(file.is_recording for file in known.newest(case.call.id))
    return Raised(
        people=case.with_organiser(()),
        text=f"The {of_what} of this {what(case)} {verb} not as it was stored. {whys}".strip(),
        next_step="Ask IT to make a new copy while the recording is there: teamskit recordings backup."
        if there
        else "Ask IT today: the recording is no longer there, so this copy may be the only one.",
        at=case.call.start,
        parties=case.by_nobody(),
        closed="" if failed else "A later check found it whole.",
    )
