"""How findings on recordings name whoever did something, or has a right, by what the call knows of him. Pure."""

from teamskit.calls.model import Presence
from teamskit.recordings.files import Somebody
from teamskit.recordings.openings import Opening
from teamskit.safeguarding.case import Case
from teamskit.safeguarding.words import named


def in_call(case: Case, account: str) -> Presence | None:
    """Give the person of an account, where he was in the call or organised it."""
    organiser = case.call.organiser
    everybody = (*case.there, *([organiser] if organiser else ()))
    return next((one for one in everybody if account and one.account == account), None)


def who_did(opening: Opening, case: Case) -> str:
    """Name who did something to a recording, to begin or to go on a sentence with."""
    person = in_call(case, opening.who.account)
    if person and person.role in ("pupil", "staff"):
        return named(person)
    called = called_outside(opening.who)
    if opening.role == "outside":
        return f"somebody from outside the school{f' ({called})' if called else ''}"
    if opening.role == "unknown":
        return f"an account that the roster does not name{f' ({called})' if called else ''}"
    return f"a {'pupil' if opening.role == 'pupil' else 'member of staff'}{f' ({called})' if called else ''}"


def called_outside(who: Somebody) -> str:
    """Give what somebody is called by the service; nothing where it is no longer kept or tells nothing."""
    return who.name or (who.address if "@" in who.address and "#" not in who.address else "")


def id_of(who: Somebody, case: Case) -> str:
    """Give the id of somebody as findings have it: the roster's where the call knows him, else account or address."""
    person = in_call(case, who.account)
    return person.id if person else who.account or who.address
