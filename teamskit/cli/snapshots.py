"""What `calls sync` keeps besides calls: who is on roll in which class, and which pupils may chat."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from teamskit.cli.output import count

if TYPE_CHECKING:
    from teamskit.calls.roll import ClassRoll
    from teamskit.cli.context import Here
    from teamskit.ledger import Ledger
    from teamskit.policy.chat import ChatSeen
    from teamskit.roster import Person, Section
    from teamskit.roster.model import Stay


def keep_snapshots(here: Here, ledger: Ledger) -> None:
    """Append who is on roll and who may chat, where it is not as the ledger has it already.

    It comes before the calls are read: a finished reading of calls then says that both were looked at not later.
    """
    from teamskit.calls.roll import ROLL, roll_entries
    from teamskit.policy.chat import CHAT, chat_entry

    now = here.clock.now()
    entries = roll_entries(class_rolls(here), ledger.latest(ROLL), now)
    entries += chat_entry(chat_seen(here), ledger.latest(CHAT), now)
    ledger.append(entries)


def class_rolls(here: Here) -> list[ClassRoll]:
    """Give every class of the roster with who is in it and by which account."""
    from teamskit.calls.roll import ClassRoll, OnRoll

    accounts = {one.person_key: one.account_id for one in here.matches if one.status == "matched"}

    def on_roll(person: Person, stay: Stay) -> OnRoll:
        named = (person.key, person.id, person.name, person.year, accounts.get(person.key))
        return OnRoll(*named, person.joined_on, person.left_on, stay.starts_on, stay.ends_on)

    def roll(section: Section) -> ClassRoll:
        pupils = tuple(on_roll(*one) for one in here.roster.stays_of(section))
        return ClassRoll(section.school, section.id, section.name, pupils)

    return [roll(section) for section in here.roster.sections]


def chat_seen(here: Here) -> ChatSeen:
    """Ask the service which pupils may chat; where it does not say, chat is not known and nothing stops."""
    from teamskit.errors import PolicyDocumentError, TenantError
    from teamskit.policy.chat import ChatSeen

    try:
        return _asked(here)
    except (TenantError, PolicyDocumentError) as wrong:
        return ChatSeen(read=False, why=wrong.what)


def chat_words(here: Here) -> list[str]:
    """Say of how many pupils chat is on or not known, by the newest word of the ledger; nothing when all is off."""
    from teamskit.policy.chat import CHAT, chat_of

    with here.ledger() as ledger:
        newest = ledger.latest(CHAT)
    if not newest:
        return []
    seen = chat_of(newest[-1])
    if not seen.read:
        return [f"Chat is not known: {seen.why}."]
    said = [f"Chat is on for {count(len(seen.loose), 'pupil')}."] if seen.loose else []
    why: dict[str, int] = defaultdict(int)
    for one in seen.not_known:
        why[one.why] += 1
    said += [f"Chat is not known of {count(n, 'pupil')}: {reason}." for reason, n in sorted(why.items())]
    return said


def _asked(here: Here) -> ChatSeen:
    from teamskit.cli.planning import Actual, cohort_members
    from teamskit.policy import broken_definitions
    from teamskit.policy.chat import MESSAGING, chat_types, decided_to_chat, pupils_chat
    from teamskit.tenant import graph

    decisions = here.decisions
    policies = Actual(here).policies(chat_types(decisions))
    effective = graph.fetch_effective_of(here.transport, MESSAGING)
    decided = decided_to_chat(decisions, broken_definitions(decisions, policies))
    people = {person.key: (person.name, person.year) for person in here.roster.pupils}
    return pupils_chat(cohort_members(here), people, effective, policies, decided)
