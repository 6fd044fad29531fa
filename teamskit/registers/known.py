"""Rows of the registers that name nobody the school knows: an agreement or a consent that will never count. Pure."""

from collections.abc import Collection, Iterator

from teamskit.registers.agreed import AgreedRegister
from teamskit.registers.consent import ConsentRegister
from teamskit.roster.model import Place, Problem, problem_at


def unknown_people(
    agreed: AgreedRegister | None, consent: ConsentRegister | None, pupils: Collection[str], staff: Collection[str]
) -> Iterator[Problem]:
    """Give a warning for each number that is nobody's, with the row; registers come with their zeros put back."""
    here, codes = {one.casefold() for one in pupils}, {one.casefold() for one in staff}
    for row in consent.rows if consent else ():
        if row.adno.casefold() not in here:
            yield _unknown(Place("consent.csv", row.row, None, "Adno"), "pupil", row.adno)
    for one in agreed.rows if agreed else ():
        if one.pupil and one.pupil.casefold() not in here:
            yield _unknown(Place("agreed.csv", one.row, None, "Pupil"), "pupil", one.pupil)
        if one.staff and one.staff.casefold() not in codes:
            yield _unknown(Place("agreed.csv", one.row, None, "Staff"), "member of staff", one.staff)


def _unknown(place: Place, who: str, number: str) -> Problem:
    message = f"The export has no {who} {number}: the row counts for nobody."
    return problem_at(place, "unknown-person", "warning", message, "Correct it, or take it out if they have left.")
