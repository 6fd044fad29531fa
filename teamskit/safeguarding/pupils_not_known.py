"""Of which pupils it could not be told whether they were seen or may chat: neither fine nor wrong. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from teamskit.safeguarding.chat_on import KIND as CHAT_ON
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.not_seen import KIND as NOT_SEEN
from teamskit.safeguarding.not_seen import not_told
from teamskit.safeguarding.words import counted_digits

NEVER_ASKED = "no sync has asked for it yet"
_WHAT = {NOT_SEEN: "whether they were seen", CHAT_ON: "whether chat is on"}


@dataclass(frozen=True)
class PupilsNotKnown:
    """Pupils (admission numbers) of whom a kind of finding could not be told, for one reason; none means all pupils."""

    finding: str
    why: str
    pupils: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Say it in a sentence, without names."""
        whom = f" of {counted_digits(len(self.pupils), 'pupil')}" if self.pupils else ""
        return f"Not known{whom} {_WHAT[self.finding]}: {self.why}."


def pupils_not_known(evidence: Evidence) -> list[PupilsNotKnown]:
    """Give one value for each kind of finding and reason, by kind."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for finding, why, pupil in _each(evidence):
        by_reason.setdefault((finding, why), []).extend([pupil] if pupil else [])
    return [PupilsNotKnown(*reason, tuple(sorted(pupils))) for reason, pupils in sorted(by_reason.items())]


def _each(evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    for one in not_told(evidence):
        yield NOT_SEEN, one.why, one.pupil.id
    if not evidence.chats:
        yield CHAT_ON, NEVER_ASKED, ""
        return
    newest = evidence.chats[-1]
    if not newest.read:
        yield CHAT_ON, newest.why, ""
    for pupil in newest.not_known:
        yield CHAT_ON, pupil.why, pupil.id
