"""`teamskit lessons`: online lessons from the timetable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from teamskit.cli.guards import allow_options
from teamskit.cli.lesson_choice import Asked, asked, choice_options, is_anything_asked
from teamskit.cli.lessons_check import check
from teamskit.cli.needs import LESSONS_READING, needs
from teamskit.cli.output import count, emit, output_option, say, say_folded
from teamskit.cli.plan import plan_options
from teamskit.cli.reviewed import carry_through, review_options
from teamskit.tenant import permissions as p

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.cli.lesson_planning import Seen

ONE_TO_ONE = click.option(
    "--allow-one-to-one",
    type=int,
    default=0,
    metavar="N",
    help="Let up to N lessons be calls of one pupil and one adult.",
)


@click.group("lessons")
def command() -> None:
    """Online lessons from the timetable, set up safely."""


@command.command("plan")
@choice_options
@ONE_TO_ONE
@plan_options
@click.pass_obj
@needs(
    *LESSONS_READING,
    sometimes={
        p.MEETINGS_READ: "lessons that stand already",
    },
)
def plan(
    here: Here,
    allow_one_to_one: int,
    file: str | None,
    exit_code: bool,
    detail: bool,
    summary: bool,
    output: str,
) -> int:
    """Show which online lessons would be made, changed or cancelled. Nothing is changed.

    \b
    teamskit lessons plan --class 7A/Ma1 --from 2026-11-30 --to 2026-12-04
    teamskit lessons plan --pupils home.csv -o p.json      then: teamskit lessons apply p.json

    Permissions: teamskit auth permissions --command lessons. Exit status: 0, 2 when the timetable cannot be used, 4
    when a limit stops it, 5 with --exit-code and changes. See docs/how-to-online-lessons.md.
    """
    from teamskit.cli.lesson_planning import lesson_plan
    from teamskit.cli.plan import show_made

    typed = asked(allow_one_to_one)
    made = lesson_plan(here, typed)
    again = "lessons apply" if file else typed.words("apply")
    return show_made(here, made, file, exit_code, detail, summary, output, apply=again)


@command.command("apply")
@click.argument("file", metavar="[PLAN]", required=False)
@choice_options
@ONE_TO_ONE
@click.option("--yes", is_flag=True, help="Do not ask. No limit is lifted by this.")
@allow_options
@output_option
@click.pass_obj
@needs(
    *LESSONS_READING,
    p.CALENDARS_WRITE,
    p.MEETINGS_WRITE,
    sometimes={
        p.MEETINGS_READ: "lessons that stand already",
    },
)
def apply(here: Here, file: str | None, allow_one_to_one: int, yes: bool, output: str) -> int:
    """Make, change and cancel lessons as a saved plan says, or as the timetable does now: that plan is shown first.

    \b
    teamskit lessons apply p.json
    teamskit lessons apply --year 3 --from 2026-11-30 --yes

    Can be stopped at any moment and run again: nothing is made twice.
    Exit status: 0 all done, 1 none or a stale plan, 3 some failed, 4 stopped by a limit, 130 stopped.
    """
    from teamskit.cli.apply import apply_made
    from teamskit.cli.lesson_planning import lesson_plan

    if file and is_anything_asked():
        raise click.UsageError("a saved plan says itself what it is about: leave the other options out")
    if file:
        return apply_made(here, file, lambda: lesson_plan(here, Asked()), yes, output, command="lessons apply")
    typed = asked(allow_one_to_one)
    return carry_through(here, lambda: lesson_plan(here, typed), typed.words("apply"), None, yes, False, output)


@command.command("cancel")
@choice_options
@review_options
@allow_options
@output_option
@click.pass_obj
@needs(
    p.USERS_READ,
    p.CALENDARS_READ,
    p.CALENDARS_WRITE,
    sometimes={
        p.GROUPS_READ: "pupils' teams",
        p.MEETINGS_READ: "lessons that stand already",
    },
)
def cancel(here: Here, file: str | None, yes: bool, detail: bool, output: str) -> int:
    """Cancel lessons that teamskit made and that have not begun. Nothing else in a calendar is touched.

    \b
    teamskit lessons cancel --class 7A/Ma1 --from 2026-12-02 --to 2026-12-04
    teamskit lessons cancel --all -o p.json            then: teamskit lessons apply p.json

    Exit status: 0 all done, 1 none or stale, 3 some failed, 4 stopped by a limit, 130 stopped.
    """
    from teamskit.cli.lesson_planning import cancel_plan

    typed = asked()
    return carry_through(here, lambda: cancel_plan(here, typed), typed.words("cancel"), file, yes, detail, output)


@command.command("list")
@choice_options
@output_option
@click.pass_obj
@needs(
    *LESSONS_READING,
    sometimes={
        p.MEETINGS_READ: "lessons that stand already",
    },
)
def list_lessons(here: Here, output: str) -> None:
    """List the lessons of some days as timetable and calendars have them now.

    \b
    teamskit lessons list --class 7A/Ma1 --from 2026-11-30 --to 2026-12-04
    teamskit lessons list --all --output json

    Permissions: as lessons plan. Exit status: 0, 2 when the timetable cannot be used.
    """
    from teamskit.cli.lesson_view import HEADINGS, lesson_rows, shown_row, viewed

    view = viewed(here, asked())
    rows = lesson_rows(here, view)
    emit(output, rows, HEADINGS, [shown_row(one) for one in rows])
    if output == "table":
        _say_left_out(view)
        made = sum(one["state"] == "made" for one in rows)
        say(f"{count(len(rows), 'lesson')}, {made:,} of them as wanted.")


@command.command("export")
@choice_options
@click.option("--each", type=click.Choice(["class", "pupil"]), help="One timetable a class or pupil, into a folder.")
@click.option("-o", "file", metavar="FILE", required=True, help="FILE.ics for calendars, FILE.html to print.")
@click.pass_obj
@needs(
    *LESSONS_READING,
    sometimes={
        p.MEETINGS_READ: "lessons that stand already",
    },
)
def export(here: Here, each: str | None, file: str) -> None:
    """Write the timetable of online lessons for parents: no pupil is named in it.

    \b
    teamskit lessons export --class 7A/Ma1 --from 2026-11-30 --to 2026-12-04 -o 7A-Ma1.ics
    teamskit lessons export --year 3 -o year-3.html
    teamskit lessons export --year 9 --each pupil -o year-9

    With --each, -o names a folder, which gets an .ics and an .html for each; a pupil's are called by admission number
    and name nobody. A lesson has its link where it was made already. Permissions: as lessons plan. Exit status: 0, 2.
    """
    from teamskit.cli.lesson_export import KINDS, write_each, write_export
    from teamskit.cli.lesson_view import viewed

    path = Path(file)
    if (path.suffix.casefold() in KINDS) == bool(each):
        raise click.UsageError(
            "with --each, -o names a folder" if each else "name the file .ics for calendars, or .html to print"
        )
    here.may_write(path)
    typed = asked()
    view = viewed(here, typed)
    if each:
        written = write_each(here, view, typed, each, path)
        said = f"{count(written, each, 'classes' if each == 'class' else 'pupils')}, an .ics and an .html for each."
    else:
        lessons, linked = write_export(here, view, typed, path)
        said = f"{count(lessons, 'lesson')}, {linked:,} of them with a link."
    for note in view.notes:
        say_folded(f"Note: {note}", "  ")
    _say_left_out(view)
    say(said)
    say(str(path))


def _say_left_out(view: Seen) -> None:
    for item in view.left_out:
        say_folded(f"! {item.what}: {item.why}", "  ")


command.add_command(check)
