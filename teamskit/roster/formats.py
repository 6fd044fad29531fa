"""The formats an export can have: one row each, tried in this order. A new format is its file and a row here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from teamskit.roster import oneroster, sds_v1, sds_v2, sds_v21, sims
from teamskit.roster.headings import Headings
from teamskit.roster.model import Roster
from teamskit.roster.people import Reading


@dataclass(frozen=True)
class Format:
    """A format: what it is called, how a folder's files are recognised as one, and what reads them.

    `files` are those it names, by lower-case name, with their headings; `unopened` hold what must not be kept.
    """

    id: str
    title: str
    recognises: Callable[[Sequence[Path], Mapping[str, str]], bool]
    read: Callable[[Sequence[Path], Reading], Roster]
    files: Mapping[str, Headings] = field(default_factory=dict)
    unopened: frozenset[str] = frozenset()


FORMATS: tuple[Format, ...] = (
    Format("sds-v1", "School Data Sync v1 (US or UK headings)", sds_v1.recognises, sds_v1.read, sds_v1.FILES),
    Format(
        "oneroster",
        "OneRoster 1.1 CSV",
        oneroster.recognises,
        oneroster.read,
        {oneroster.MANIFEST: oneroster.PROPERTIES, **oneroster.KIND.files},
        oneroster.KIND.unopened,
    ),
    Format(
        "sds-v2.1",
        "School Data Sync v2.1",
        sds_v21.recognises,
        sds_v21.read,
        sds_v21.KIND.files,
        sds_v21.KIND.unopened,
    ),
    Format("sds-v2", "School Data Sync v2", sds_v2.recognises, sds_v2.read, sds_v2.KIND.files, sds_v2.KIND.unopened),
    Format("sims", "SIMS-shaped CSV", sims.recognises, sims.read),
)
