"""Whether a finding was agreed beforehand, and by whom. Pure."""

from datetime import date

from teamskit.registers import AgreedRegister, Agreement
from teamskit.safeguarding.case import Raised
from teamskit.safeguarding.words import day as day_words


def agreed_by(register: AgreedRegister | None, kind: str, day: date, raised: Raised) -> str:
    """Say who agreed and why, where agreements of that kind and day cover everybody concerned; else nothing."""
    if register is None or not raised.parties:
        return ""
    covering = register.covering(kind, day, raised.parties)
    return " ".join(dict.fromkeys(said(one) for one in covering)) if covering else ""


def for_everybody(register: AgreedRegister | None, first: date, last: date) -> list[str]:
    """Say of each row that is in force in a period and names nobody that it agrees to all of its kind."""
    rows = register.rows if register else ()
    return [sweeping(one.what, one.last, one.row) for one in rows if one.names_nobody and one.touches(first, last)]


def sweeping(kind: str, until: date | None, row: int) -> str:
    """Say that a row of the register names nobody, and so agrees to all findings of a kind."""
    end = f"until {day_words(until)}" if until else "without an end"
    return f"Row {row} of registers/agreed.csv names nobody: it agrees to {kind} for everybody, {end}."


def said(agreement: Agreement) -> str:
    """Say who agreed and why; a finding that an agreement covers holds this sentence in `why`."""
    by = f"Agreed by {agreement.agreed_by}" if agreement.agreed_by else "Agreed"
    reason = f": {agreement.reason}" if agreement.reason else ""
    until = f" (until {day_words(agreement.last)})" if agreement.last else ""
    return f"{by}{reason}{until}."
