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


def said(agreement: Agreement) -> str:
    """Say who agreed and why; a finding that an agreement covers holds this sentence in `why`."""
    by = f"Agreed by {agreement.agreed_by}" if agreement.agreed_by else "Agreed"
    reason = f": {agreement.reason}" if agreement.reason else ""
    until = f" (until {day_words(agreement.last)})" if agreement.last else ""
    return f"{by}{reason}{until}."
