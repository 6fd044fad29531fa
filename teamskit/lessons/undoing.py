"""Changes that put the options of meetings back to what they were before a run. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from teamskit.lessons.enforcing import MEETING, WORDS
from teamskit.plan import Action, Change, LeftOut, Noted, Risk, Target
from teamskit.plan.change import State
from teamskit.plan.engine import is_so

UNDONE: Collection[str] = (MEETING,)


def undo_meetings(
    run: str,
    noted: Sequence[Noted],
    stands: Mapping[Target, State],
    later: Mapping[Target, str],
    titles: Mapping[str, str],
) -> tuple[list[Change], list[LeftOut]]:
    """Give the changes that undo those of a run on meetings, and what is left alone.

    `stands` is how the meetings are now, `later` names the run that changed one since, `titles` people by account. What
    the service did not say before is not put back.
    """
    changes, left_out = [], []
    for one in (each for each in noted if each.target.kind == MEETING and each.event != "failed"):
        what = f"a lesson of {titles.get(one.target.halves[0], 'an account')}"
        why = _why_not(one, stands.get(one.target), later)
        back = {name: value for name, value in (one.before or {}).items() if value is not None}
        if why:
            left_out.append(LeftOut(what, why, "See teamskit undo --list, and the meeting's options in Teams."))
        elif back and not is_so(stands[one.target], back):
            changes.append(_change(run, one, back, what))
    return changes, left_out


def _why_not(one: Noted, now: State, later: Mapping[Target, str]) -> str:
    if one.target in later:
        return f"a later run changed it: undo {later[one.target]} first"
    if now is None:
        return "the meeting is gone"
    return "" if is_so(now, one.after) or is_so(now, one.before) else "somebody has changed its options since"


def _change(run: str, one: Noted, back: Mapping[str, Any], what: str) -> Change:
    before = {name: value for name, value in (one.after or {}).items() if name in back}
    words = ", ".join(dict.fromkeys(WORDS.get(name, name) for name in back))
    reason = f"as before {run}: {words}"
    return Change(one.target, Action.UPDATE, before, dict(back), reason, Risk.HIGH, group="Lessons", title=what)
