"""The plan as a person reads it: what changes, why, what is left out, totals, limits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from teamskit.cli.output import clean, count
from teamskit.cli.planning import by_group
from teamskit.clock import at_school, parse_iso
from teamskit.plan import Change, LeftOut, Plan
from teamskit.plan.change import SIGNS

HEADS = {
    "policy": "Policies",
    "policy-assignment": "Policies",
    "policy-group-member": "Policies",
    "class-team": "Class teams",
    "membership": "Class teams",
    "class-archive": "Class teams",
    "class-continuation": "Class teams",
    "lesson": "Online lessons",
    "meeting": "Meetings of lessons",
}
TWO = 2
"""So many reasons of one class are both told; of more only the first."""
NOUNS = {
    "policy": "policy",
    "policy-assignment": "assignment",
    "policy-group-member": "member",
    "class-team": "team",
    "membership": "member",
    "class-archive": "team",
    "class-continuation": "team",
    "lesson": "lesson",
    "meeting": "meeting",
}


def plan_lines(plan: Plan, *, detail: bool = False, summary: bool = False) -> Iterator[str]:
    """Give the screen line by line, ASCII; a terminal is to fold what is longer than it is wide."""
    made = at_school(parse_iso(plan.made_at))
    yield f"Plan for {clean(plan.school)}, {made.day} {made:%B %Y, %H:%M}"
    yield "+ make or add   ~ change   - take away   ! left out, needs a person"
    if not summary:
        yield from _changes(plan.changes, detail)
        yield from _left_out(plan.left_out)
    for note in plan.notes:
        yield f"Note: {clean(note)}"
    if any(number for _, number in plan.unchanged) or not plan.changes:
        yield f"Nothing to do for {_list_of(plan.unchanged)}."
    yield ""
    yield _totals(plan)
    for limit in plan.limits:
        within = "Beyond it." if limit.exceeded else "Within."
        yield f"Limits  {limit.limit}: {limit.value:,} of {limit.out_of:,}, limit {limit.threshold:,}. {within}"


def _list_of(unchanged: Sequence[tuple[str, int]]) -> str:
    singular = {"policies": "policy", "policy assignments": "policy assignment", "teams": "team"}
    singular |= {"members": "member", "lessons": "lesson"}
    return ", ".join(count(number, singular.get(noun, noun), noun) for noun, number in unchanged) or "the rest"


def _changes(changes: Sequence[Change], detail: bool) -> Iterator[str]:
    for head in dict.fromkeys(HEADS.values()):
        mine = [change for change in changes if HEADS.get(change.target.kind) == head]
        if mine:
            yield ""
            yield head
        for group, together in by_group(mine).items():
            yield from _detailed(group, together) if detail else _short(group, together)


def _short(group: str, changes: Sequence[Change]) -> Iterator[str]:
    shown = clean(group)
    for sign in "+~-":
        some = [change for change in changes if SIGNS[change.action] == sign]
        if some:
            counted: Counter[str] = Counter()
            for change in some:
                counted[_noun(change)] += len(change.after or ()) if _sets(change) else 1
            what = ", ".join(count(number, noun, _many(noun)) for noun, number in counted.items())
            reasons = list(dict.fromkeys(one.reason for one in some))
            why = ", ".join(reasons if len(reasons) == TWO else reasons[:1])
            yield f"  {sign} {shown:<22}  {what:<30}  {clean(why)}".rstrip()
            shown = ""


def _noun(change: Change) -> str:
    if change.target.kind == "membership":
        role = str((change.after or change.before or {}).get("role", "member"))
        return "owner" if role == "owner" else "pupil" if change.title.startswith("pupil") else "member"
    if change.target.kind in ("policy-assignment", "policy-group-member"):
        return change.title.split(" ")[0]
    return "setting" if _sets(change) else NOUNS[change.target.kind]


def _sets(change: Change) -> bool:
    return change.target.kind == "policy" and change.action == "update"


def _many(noun: str) -> str:
    return {"policy": "policies", "staff": "staff"}.get(noun, f"{noun}s")


def _detailed(group: str, changes: Sequence[Change]) -> Iterator[str]:
    yield f"  {clean(group)}"
    for change in sorted(changes, key=lambda one: "+~-".index(SIGNS[one.action])):
        before = change.before or {}
        what = (
            lesson_words(change)
            if change.target.kind == "lesson"
            else ", ".join(
                f"{key}: {before[key]} -> {value}" if key in before and change.after is not None else f"{key}: {value}"
                for key, value in (before if change.after is None else change.after).items()
            )
        )
        yield f"    {SIGNS[change.action]} {clean(change.title)}  {clean(what)}  ({clean(change.reason)})"


def lesson_words(change: Change) -> str:
    """Say of a lesson when it is, by the school's clock, and what differs."""
    state, before = change.after or change.before or {}, change.before or {}
    span = " to ".join(f"{at_school(parse_iso(state[name])):%H:%M}" for name in ("starts", "ends"))
    if change.before is None or change.after is None:
        return span
    differing = (_difference(name, before.get(name), value) for name, value in state.items())
    said = (words for name, words in zip(state, differing, strict=True) if before.get(name) != state[name])
    return ", ".join([span, *said])


def _difference(name: str, before: Any, after: Any) -> str:
    """Say one difference: moments by the school's clock, people by their number, options as Microsoft names them."""
    if name in ("starts", "ends") and before:
        was, will = (at_school(parse_iso(one)) for one in (before, after))
        form = "%H:%M" if was.date() == will.date() else "%d/%m %H:%M"
        return f"{name}: {was:{form}} -> {will:{form}}"
    if name == "invited":
        more, fewer = len(set(after) - set(before or ())), len(set(before or ()) - set(after))
        return f"invited: {more} more, {fewer} fewer"
    return f"{name}: {before} -> {after}"


def _left_out(items: Sequence[LeftOut]) -> Iterator[str]:
    if items:
        yield ""
        yield "Left out"
    for remedy in dict.fromkeys(item.remedy for item in items):
        for item in items:
            if item.remedy == remedy:
                yield f"  ! {clean(item.what)}: {clean(item.why)}"
        if remedy:
            yield f"    What to do: {clean(remedy)}"


def _totals(plan: Plan) -> str:
    signs = Counter(SIGNS[change.action] for change in plan.changes)
    return f"Totals  + {signs['+']:,}   ~ {signs['~']:,}   - {signs['-']:,}   ! {len(plan.left_out):,}"
