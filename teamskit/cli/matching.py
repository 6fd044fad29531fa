"""What `roster match` shows: the account of each person, and proposals for those without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from teamskit.cli.context import Here
    from teamskit.roster.proposals import Proposal

HEADINGS = ("school", "id", "role", "upn", "name", "why", "proposal 1", "proposal 2", "proposal 3")


def match_json(here: Here) -> list[dict[str, Any]]:
    """Give one row a person, in the order of the roster; no names."""
    people = here.roster.people_by_key
    return [
        {
            "id": m.id,
            "role": m.role,
            "upn": m.upn,
            "account_id": m.account_id,
            "rule": m.rule,
            "status": m.status,
            "reason": m.reason,
            "warning": m.warning,
            "school": people[m.person_key].school,
        }
        for m in here.matches
    ]


def unmatched_rows(here: Here) -> tuple[Sequence[str], list[list[str]]]:
    """Give headings and rows of the CSV that a technician completes: everybody on roll without an account.

    The column `upn` is left empty: nothing is matched by name unless a person writes it there.
    """
    from teamskit.roster.proposals import proposals

    found = proposals(here.roster, here.matches, here.accounts, here.school.domains)
    rows = []
    for person, match, near in found:
        shown = [_proposal(one) for one in near] + [""] * (3 - len(near))
        rows.append([person.school, person.id, person.role, "", person.name, match.reason, *shown])
    return HEADINGS, rows


def _proposal(one: Proposal) -> str:
    return f"{one.account.upn} ({one.account.display_name}, {one.likeness} %)"
