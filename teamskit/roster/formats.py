"""The formats an export can have: one row each, tried in this order. A new format is its file and a row here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from teamskit.roster import oneroster, sds_v1, sds_v2, sds_v21, sims
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
    Format("oneroster", "OneRoster 1.1 CSV", oneroster.recognises, oneroster.read),
    Format("sds-v2.1", "School Data Sync v2.1", sds_v21.recognises, sds_v21.read),
    Format("sds-v2", "School Data Sync v2", sds_v2.recognises, sds_v2.read),
    Format("sims", "SIMS-shaped CSV", sims.recognises, sims.read),
)
