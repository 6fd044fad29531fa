"""The formats an export can have: one row each, tried in this order. A new format is its file and a row here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from teamskit.roster import sds_v1, sims
from teamskit.roster.model import Roster
from teamskit.roster.people import Reading


@dataclass(frozen=True)
class Format:
    """A format: what it is called, how a folder's files are recognised as one, and what reads them."""

    id: str
    title: str
    recognises: Callable[[Sequence[Path], Mapping[str, str]], bool]
    read: Callable[[Sequence[Path], Reading], Roster]


FORMATS: tuple[Format, ...] = (
    Format("sds-v1", "School Data Sync v1 (US or UK headings)", sds_v1.recognises, sds_v1.read),
    Format("sims", "SIMS-shaped CSV", sims.recognises, sims.read),
)

# Sets that are known and not read yet: told by a file only they have, so that none is taken for something else.
NOT_READ: Mapping[str, str] = {
    "manifest.csv": "OneRoster",
    "academicsessions.csv": "OneRoster or School Data Sync v2.1",
    "orgs.csv": "OneRoster or School Data Sync v2",
}
