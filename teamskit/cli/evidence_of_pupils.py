"""What findings about pupils rest on besides the calls of the period, and people's notes, out of the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teamskit.ledger import Ledger
    from teamskit.safeguarding import Evidence


def with_pupils(evidence: Evidence, ledger: Ledger, *, whole: bool) -> Evidence:
    """Add rolls, chat, notes and the calls of the lead before the period.

    Of the `whole` log the period begins where any of these does.
    """
    from teamskit.calls import CallFilter
    from teamskit.calls.listing import load_calls
    from teamskit.calls.roll import ROLL, rolls_of
    from teamskit.clock import at_school
    from teamskit.policy.chat import CHAT, chat_of
    from teamskit.safeguarding.evidence import LEAD
    from teamskit.safeguarding.notes import NOTE, note_of

    chats = [chat_of(entry) for entry in ledger.read(CHAT)]
    notes = [note_of(entry) for entry in ledger.read(NOTE)]
    before = evidence.first - timedelta(days=1)
    earlier = [] if whole else load_calls(ledger, CallFilter(evidence.first - LEAD, before))
    begun = [*(one.at for one in chats if one.at), *(note.on.at for note in notes if note.on)]
    first = min([evidence.first, *(at_school(one).date() for one in begun)]) if whole else evidence.first
    kept = [call for call in earlier if not call.is_forgotten]
    forgotten = {*evidence.forgotten, *(at_school(call.start).date() for call in earlier if call.is_forgotten)}
    evidence = replace(evidence, first=first, earlier=kept, forgotten=forgotten)
    return replace(evidence, rolls=rolls_of(ledger.read(ROLL)), chats=chats, notes=notes)
