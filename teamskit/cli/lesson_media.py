"""What pupils may turn on in a lesson, as the school has decided by its cohorts' policies. The tenant is not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from teamskit.cli.context import Here
    from teamskit.lessons.options import Media

MEETINGS = "TeamsMeetingPolicy"


def media_by_account(here: Here) -> dict[str, Media]:
    """Give what each pupil with an account may turn on, by account id; all of it where no document says otherwise."""
    from teamskit.cli.planning import cohort_members
    from teamskit.lessons.options import media_of

    definitions = here.decisions.definitions
    return {
        member.account: media_of(definitions[due.key].settings)
        for member in cohort_members(here)
        if member.account and member.role == "pupil"
        for due in member.due
        if due.type == MEETINGS and due.key in definitions
    }


def media_for(known: Mapping[str, Media], accounts: Iterable[str]) -> Media:
    """Give what all of some pupils may turn on."""
    from teamskit.lessons.options import strictest

    return strictest(known[one] for one in accounts if one in known)
