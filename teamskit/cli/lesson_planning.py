"""Joins timetable, school file, accounts, policies and calendars into a plan of lessons, and hands the doer out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from teamskit.cli.guards import ALLOW_LESSONS
from teamskit.cli.lesson_choice import Asked, Chosen, chosen, is_in_export
from teamskit.cli.output import count, working
from teamskit.clock import iso

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.lessons.actual import Standing
    from teamskit.lessons.changes import LessonChanges, Reach
    from teamskit.lessons.dated import Dated, DatedLesson, Timetable
    from teamskit.lessons.doer import LessonsDoer
    from teamskit.lessons.options import Media
    from teamskit.lessons.wanted import Directory, Wanted, WantedLesson
    from teamskit.plan import Change, LeftOut, Plan, Target
    from teamskit.registers.cover import Cover
    from teamskit.tenant.graph import LessonEvent

MEETING_POLICY = "TeamsMeetingPolicy"
POLICY_NOTE = (
    "an application access policy is missing for {whom}: options of their lessons cannot be read or set. In Teams"
    " PowerShell, once: "
    'New-CsApplicationAccessPolicy -Identity teamskit -AppIds "{app}" -Description "Lessons and recordings"; '
    "Grant-CsApplicationAccessPolicy -PolicyName teamskit -Global"
)
FEW = 5
NO_TERMS = "school.toml has no terms: the two weeks of the timetable are counted through holidays, and none are skipped"


@dataclass(frozen=True)
class Seen:
    """Lessons as wanted and as they stand: `changes` between them, what was left out, what to say.

    `cancelled` are those that the list of cover cancels.
    """

    picked: Chosen
    wanted: Wanted
    found: Standing
    changes: LessonChanges
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    cancelled: tuple[DatedLesson, ...] = ()


def lesson_plan(here: Here, typed: Asked) -> Plan:
    """Make the plan that lets lessons stand as the timetable says."""
    from teamskit.cli.planning import settle_open_work

    settle_open_work(here)
    seen = see_lessons(here, typed)
    return _plan(here, seen.changes.changes, seen.left_out, (("lessons", seen.changes.kept),), seen.notes)


def see_lessons(here: Here, typed: Asked) -> Seen:
    """Read timetable and calendars and compare; raises SignInError when a person is signed in instead of an app."""
    from teamskit.lessons.actual import lesson_target
    from teamskit.lessons.changes import is_open_to_class, lesson_changes
    from teamskit.lessons.wanted import Choice, settle_calls_of_two, wanted_lessons

    here.transport.must_be_app("Lessons")
    picked = chosen(here, typed)
    table, rows, dated = dated_of(here, picked)
    with working("Reading the tenant"):
        wanted = wanted_lessons(here.roster, dated.lessons, directory_of(here), Choice(picked.pupils))
        reach = _reach(here, picked, wanted.undecided, {})
        found = standing_of(here, picked, reach, {one.organiser for one in (*wanted.lessons, *wanted.of_two)})

    def is_open(one: WantedLesson) -> bool:
        """Say whether a lesson stands and is open to its class."""
        return is_open_to_class(one, found.events.get(lesson_target(one.organiser, one.lesson.key)), found)

    settle_calls_of_two(wanted, typed.allow_one_to_one, is_open)
    reach = replace(reach, reasons=_reasons(dated, wanted))
    refused = _without_calendar(here, wanted, found)
    changes = lesson_changes(wanted.lessons, found, here.journal.newest(), reach)
    left_out = (*picked.left_out, *rows, *dated.left_out, *wanted.left_out, *refused)
    unasked = _without_lessons(here, reach, found) if typed.everything else ()
    notes = (*picked.notes, *_notes(here, table, dated, changes, wanted), *unasked, *_policy_notes(here, found))
    return Seen(picked, wanted, found, changes, left_out, notes, tuple(dated.cancelled.values()))


def cancel_plan(here: Here, typed: Asked) -> Plan:
    """Make the plan that cancels the lessons of ours that are meant."""
    from teamskit.cli.planning import settle_open_work
    from teamskit.lessons.changes import cancel_changes

    here.transport.must_be_app("Lessons")
    settle_open_work(here)
    picked = chosen(here, typed, gone=tuple(one for one in typed.classes if not is_in_export(here, one)))
    with working("Reading the tenant"):
        reach = replace(_reach(here, picked, (), {}), every=_schools(here) if typed.everything else ())
        found = standing_of(here, picked, reach, (), meetings=False)
    changes = cancel_changes(found, reach)
    if set(picked.gone) - {one.group for one in changes}:
        # Nothing of it stands, so that it is a slip of the pen: the nearest codes are told.
        chosen(here, typed)
    unread = _unread(here, found)
    return _plan(here, changes, (*picked.left_out, *unread), (), picked.notes)


def _plan(
    here: Here,
    changes: Sequence[Change],
    left_out: Iterable[LeftOut],
    kept: Sequence[tuple[str, int]],
    notes: Iterable[str],
) -> Plan:
    from teamskit.plan import Bound, Plan

    most = here.school.limits.lessons
    value, there = sum(one.action != "update" for one in changes), len(changes) + sum(number for _, number in kept)
    bound = Bound("lessons made or cancelled", value, most, there, ALLOW_LESSONS)
    made_at = iso(here.clock.now())
    name = here.school.schools[0].name
    return Plan(
        name,
        here.tenant_id,
        made_at,
        tuple(sorted(changes, key=_in_time)),
        tuple(left_out),
        (bound,),
        tuple(kept),
        tuple(notes),
    )


def _in_time(change: Change) -> tuple[str, str, str]:
    """Sort by class, then by time."""
    return change.group, (change.after or change.before or {})["starts"], change.target.key


def dated_of(here: Here, picked: Chosen) -> tuple[Timetable, list[LeftOut], Dated]:
    """Give the timetable, the rows of the list of cover that cannot be used, and the lessons on the chosen days."""
    from teamskit.errors import InputError
    from teamskit.lessons.cycle import SchoolWeeks
    from teamskit.lessons.dated import Timetable, dated_lessons
    from teamskit.plan import LeftOut

    if not here.roster.lessons:
        raise InputError(
            "the export has no timetable, so there are no lessons to make",
            where="school.toml, [roster] path",
            next_step="Put the timetable report beside the other files: teamskit roster template sims shows it.",
        )
    cover = _cover(here)
    rows = [LeftOut(f"{one.file}, row {one.row}", one.message.rstrip("."), one.remedy) for one in cover.problems]
    settings = here.school.lessons
    table = Timetable(here.roster.lessons, SchoolWeeks.of(here.school), settings.periods, cover.lessons)
    sections = [(one.school, one.id) for one in picked.sections]
    dated = dated_lessons(table, sections, picked.first, picked.last)
    return table, [*rows, *_unused(here, cover, dated)], dated


def _cover(here: Here) -> Cover:
    from teamskit.registers.cover import Cover, read_cover

    named = here.school.lessons.cover
    return read_cover(here.folder.root / named) if named else Cover({}, {})


def _unused(here: Here, cover: Cover, dated: Dated) -> Iterable[LeftOut]:
    """Name the rows of the list of cover that fit no lesson of these days."""
    from teamskit.plan import LeftOut

    name, remedy = Path(here.school.lessons.cover).name, "Compare date, class and period with the timetable."
    for key in dated.unused:
        day, _, period = key
        why = f"no lesson of its class is on {day.day} {day:%B}, period {period}"
        yield LeftOut(f"{name}, row {cover.rows[key]}", why, remedy)


def directory_of(here: Here) -> Directory:
    """Give accounts, what pupils may do in a meeting, and class teams."""
    from teamskit.lessons.options import Presenter
    from teamskit.lessons.wanted import Directory

    matched = [one for one in here.matches if one.status == "matched" and one.account_id]
    accounts = {one.person_key: Presenter(str(one.account_id), one.upn or "") for one in matched}
    why = {one.person_key: one.reason for one in here.matches if one.status != "matched"}
    # Who is in a team is not asked: the address invites them all. An archived team has the key of an earlier year.
    reached = {one.id for one in here.tenant_groups if one.has_team and one.mail}
    teams = {one.external_id: one.id for one in here.tenant_classes if one.is_ours and one.id in reached}
    return Directory(accounts, why, media_of(here), teams)


def media_of(here: Here) -> dict[str, Media]:
    """Give by account id what each pupil's meeting policy says of camera and microphone; true where it says nothing."""
    from teamskit.cli.planning import cohort_members
    from teamskit.lessons.options import media_of as allowed

    definitions, found = here.decisions.definitions, {}
    for member in cohort_members(here):
        if member.role == "pupil" and member.account:
            due = next((one for one in member.due if one.type == MEETING_POLICY), None)
            settings = definitions[due.key].settings if due and due.key in definitions else {}
            found[member.account] = allowed(settings)
    return found


def addresses_of(here: Here) -> dict[str, str]:
    """Give the address of every account and group that has one, by id."""
    people = {one.id: one.mail or one.upn for one in here.accounts}
    return {**people, **{one.id: one.mail for one in here.tenant_groups if one.mail}}


def _reasons(dated: Dated, wanted: Wanted) -> dict[str, str]:
    from teamskit.lessons.changes import CANCELLED
    from teamskit.lessons.wanted import ALONE

    return {**dict.fromkeys(dated.cancelled, CANCELLED), **dict.fromkeys(wanted.alone, ALONE)}


def _reach(here: Here, picked: Chosen, undecided: Collection[str], reasons: Mapping[str, str]) -> Reach:
    from teamskit.lessons.actual import day_span
    from teamskit.lessons.changes import Reach

    classes = {(one.school, one.id) for one in picked.sections}
    classes |= {(one, code) for one in _schools(here) for code in picked.gone}
    return Reach(classes, *day_span(picked.first, picked.last), here.clock.now(), undecided, reasons)


def standing_of(
    here: Here, picked: Chosen, reach: Reach, organisers: Collection[str], *, meetings: bool = True
) -> Standing:
    """Read the calendars of staff, and of whoever the journal has as organiser in these days."""
    from teamskit.lessons.actual import fetch_standing, wide_span

    span = wide_span(picked.first, picked.last)
    return fetch_standing(
        here.transport,
        dict.fromkeys(_calendars(here, organisers), span),
        addresses_of(here),
        reach.is_meant if meetings else _none,
    )


def _none(_event: LessonEvent) -> bool:
    return False


def _calendars(here: Here, organisers: Collection[str]) -> list[str]:
    from teamskit.lessons.actual import LESSON

    people, there = here.roster.people_by_key, {one.id for one in here.accounts}
    staff = [one.account_id for one in here.matches if one.account_id and people[one.person_key].role == "staff"]
    recorded = [one.halves[0] for one, record in here.journal.newest().items() if one.kind == LESSON and record.stands]
    return sorted({one for one in (*organisers, *staff, *recorded) if one in there})


def _without_calendar(here: Here, wanted: Wanted, found: Standing) -> list[LeftOut]:
    """Take out lessons of organisers whose calendar cannot be read; raises when none may be read."""
    lost = [one for one in wanted.lessons if one.organiser in found.refused]
    wanted.lessons = [one for one in wanted.lessons if one.organiser not in found.refused]
    unread = _unread(here, found)
    organising = {f"staff {code}" for one in lost for code in one.lesson.staff[:1]}
    return [one for one in unread if one.what.partition(",")[0] in organising or not one.what.startswith("staff")]


def _unread(here: Here, found: Standing) -> list[LeftOut]:
    from teamskit.errors import PermissionMissing
    from teamskit.plan import LeftOut
    from teamskit.tenant.calls import said

    if found.refused and not found.events and all(one.status in (401, 403) for one in found.refused.values()):
        reply = next(iter(found.refused.values()))
        raise PermissionMissing(
            f"Microsoft did not allow the calendars to be read: {reply.error_message}",
            where="calendars of staff",
            next_step="It needs the application permission Calendars.ReadWrite; consent.",
            status_code=reply.status,
            request_id=reply.request_id,
        )
    who = _codes(here)
    remedy = "Give the teacher a mailbox (a licence with Exchange), or name another in the list of cover."
    return [
        LeftOut(f"staff {who.get(account, account)}, calendar", said(reply), remedy)
        for account, reply in sorted(found.refused.items())
    ]


def _notes(here: Here, table: Timetable, dated: Dated, made: LessonChanges, wanted: Wanted) -> Iterable[str]:
    if not dated.lessons and not dated.cancelled:
        yield "no lesson falls on these days: they are no school days, or the timetable has none then"
    if table.weeks.counts_holidays(table.lessons):
        yield NO_TERMS
    if dated.cancelled:
        yield f"{count(len(dated.cancelled), 'lesson')} cancelled by the list of cover"
    if wanted.unnamed and any(one.staff for one in table.lessons):
        yield _unnamed_words(wanted.unnamed)
    if made.past:
        yield f"{count(made.past, 'lesson')} of these days begun or over already: never made, never changed"
    if made.wider:
        yield f"{count(made.wider, 'lesson')} open to the whole class already: left so, the pupils are invited by it"
    if made.unrecorded:
        lessons = count(made.unrecorded, "lesson")
        yield f"{lessons} whose recording somebody has switched off: left so (recordings enforce --switched-off-too)"
    yield from _at_once(here, table, dated, wanted)


def _schools(here: Here) -> list[str]:
    return [one.id for one in here.school.schools]


def _without_lessons(here: Here, reach: Reach, found: Standing) -> Iterable[str]:
    """Name classes that have lessons of ours in calendars and none in the timetable any more, if they ever had."""
    from teamskit.lessons.dated import parts_of

    there = [one for one in found.events.values() if replace(reach, every=_schools(here)).is_meant(one)]
    codes = sorted({parts_of(one.key)[3] for one in there if not reach.is_meant(one)})
    if codes:
        more = f" and {len(codes) - FEW:,} more" if len(codes) > FEW else ""
        said = f"lessons of classes without any in the timetable stand, and are left so: {', '.join(codes[:FEW])}{more}"
        yield f"{said} (teamskit lessons cancel --class CLASS)"


def _unnamed_words(unnamed: Mapping[str, Sequence[str]]) -> str:
    shown = ", ".join(f"{section} ({', '.join(codes)})" for section, codes in list(unnamed.items())[:FEW])
    more = f" and {len(unnamed) - FEW:,} more" if len(unnamed) > FEW else ""
    return f"the timetable names no teacher of the export for some lessons: the class's own gives them: {shown}{more}"


def _at_once(here: Here, table: Timetable, dated: Dated, wanted: Wanted) -> Iterable[str]:
    """Name teachers of two lessons at once: among the chosen classes, and of cover among all that are taught."""
    from teamskit.lessons.clashes import clash_words, clashes
    from teamskit.lessons.dated import dated_lessons

    others: list[DatedLesson] = []
    covered = [one.day for one in dated.lessons if one.is_covered]
    if covered:
        every = {(one.school, one.section_id) for one in here.roster.lessons}
        others = dated_lessons(table, every, min(covered), max(covered)).lessons
    codes = _codes(here)
    mine = [replace(one.lesson, staff=(codes[one.organiser],)) for one in wanted.lessons]
    yield from clash_words(clashes(mine, others))


def _policy_notes(here: Here, found: Standing) -> list[str]:
    if not found.lacks_policy:
        return []
    codes = _codes(here)
    some = sorted(codes.get(one, one) for one in found.lacks_policy)
    is_every = found.lacks_policy >= {one.organiser for one in found.events.values()}
    more = f" and {len(some) - FEW:,} more" if len(some) > FEW else ""
    whom = "all who organise lessons" if is_every else f"staff {', '.join(some[:FEW])}{more}"
    return [POLICY_NOTE.format(app=here.school.signin.client_id or "<client_id>", whom=whom)]


def _codes(here: Here) -> dict[str, str]:
    """Give the roster's id of each account that somebody has."""
    return {one.account_id: here.roster.people_by_key[one.person_key].id for one in here.matches if one.account_id}


def lessons_doer(here: Here, targets: Collection[Target]) -> LessonsDoer:
    """Read what changes of lessons touch and give the doer for them; needs no roster."""
    from teamskit.lessons.actual import LESSON, fetch_standing, lesson_target
    from teamskit.lessons.doer import LessonsDoer, spans_of

    mine = {one for one in targets if one.kind == LESSON}

    def is_meant(event: LessonEvent) -> bool:
        """Say whether an event is one of the targets."""
        return lesson_target(event.organiser, event.key) in mine

    found = fetch_standing(here.transport, spans_of(mine), addresses_of(here), is_meant)
    upns = {one.id: one.upn for one in here.accounts}
    app = here.school.signin.client_id or "<client_id>"
    return LessonsDoer(found, here.journal.newest(), here.clock, upns, app)
