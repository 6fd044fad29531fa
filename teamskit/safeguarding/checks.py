"""The checks by call: one row a kind of finding. A check reads like its row in the guidance; people settle, not we."""

from collections.abc import Iterator
from dataclasses import dataclass

from teamskit.safeguarding.by_people import out_of_hours, outside_person, pupil_organised, unknown_person
from teamskit.safeguarding.by_presence import alone_in_group, one_to_one, pupils_only
from teamskit.safeguarding.by_recording import no_consent, unrecorded_lesson
from teamskit.safeguarding.case import Case, Raised, Rule
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.files_gone import backup_failed, recording_gone
from teamskit.safeguarding.files_opened import recording_opened
from teamskit.safeguarding.finding import SEVERITY, Severity
from teamskit.safeguarding.not_known import not_known


@dataclass(frozen=True)
class Check:
    """One kind of finding: its id, the step of the guidance it serves, what it is in a line, and the rule."""

    id: str
    step: str
    title: str
    run: Rule

    @property
    def severity(self) -> Severity:
        """Give how much it matters."""
        return SEVERITY[self.id]


CHECKS = (
    Check("one-to-one", "C7", "One adult and one pupil alone in a call", one_to_one),
    Check("alone-in-group", "C7", "One adult and one pupil alone for a time in a call of more", alone_in_group),
    Check("pupils-only", "C7", "Pupils in a call without staff", pupils_only),
    Check("no-consent", "C5", "A pupil without consent in a recorded call", no_consent),
    Check("recording-gone", "C8", "A recording that is gone, without a checked copy", recording_gone),
    Check("recording-opened", "C10", "A recording that others than staff opened or may open", recording_opened),
    Check("backup-failed", "C8", "A copy of a recording that is not as it was stored", backup_failed),
    Check("pupil-organised", "C11", "A call that a pupil started", pupil_organised),
    Check("outside-person", "C4", "Someone from outside in a call", outside_person),
    Check("unknown-person", "C4", "An account that the roster does not name in a call", unknown_person),
    Check("out-of-hours", "C9", "A call with pupils outside the school day", out_of_hours),
    Check("unrecorded-lesson", "C8", "A lesson without a recording", unrecorded_lesson),
    Check("not-known", "C9", "A call that could not be checked", not_known),
)


def run_checks(case: Case, evidence: Evidence) -> Iterator[tuple[Check, Raised]]:
    """Give what every check finds in a call; at most one of each kind."""
    for check in CHECKS:
        raised = check.run(case, evidence)
        if raised is not None:
            yield check, raised
