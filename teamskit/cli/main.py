"""The front door: the groups and commands by name, loaded when used, and the one place that turns errors into words."""

import json
import sys
from importlib import import_module
from typing import Any

import click

from teamskit import __version__
from teamskit.errors import InputError, PlanUnsafe, TeamskitError

COMMANDS = {
    "init": ("teamskit.cli.init", "Make a school folder with a commented school.toml."),
    "auth": ("teamskit.cli.auth", "Sign in to the tenant, see who is signed in, and the permissions it takes."),
    "plan": ("teamskit.cli.plan", "Show what would be done for the whole school."),
    "apply": ("teamskit.cli.apply", "Carry out a plan."),
    "undo": ("teamskit.cli.undo", "Put policies back to how they stood before a run."),
    "roster": ("teamskit.cli.roster", "Check and show the school's export."),
    "teams": ("teamskit.cli.teams", "Class teams."),
    "policies": ("teamskit.cli.policies", "Teams policies, and who is covered by them."),
    "lessons": ("teamskit.cli.lessons", "Online lessons from the timetable, set up safely."),
    "calls": ("teamskit.cli.calls", "The log of who ran which video call and when."),
    "findings": ("teamskit.cli.findings", "What a safeguarding lead should look at in the log."),
    "recordings": ("teamskit.cli.recordings", "Recordings: set up, found, backed up elsewhere, and proven."),
    "registers": ("teamskit.cli.registers", "What the school keeps itself: consent, and what was agreed."),
    "ledger": ("teamskit.cli.ledger", "Prove that the log is whole; export, purge, hold."),
    "doctor": ("teamskit.cli.doctor", "Whether this computer, the sign-in and the tenant are ready."),
    "sandbox": ("teamskit.cli.sandbox", "The tenant inside this program."),
    "demo": ("teamskit.cli.demo", "The whole job on an invented school, in under a minute."),
    "completion": ("teamskit.cli.completion", "Print a script that completes commands in your shell."),
}


class Nouns(click.Group):
    """Loads a noun's module when it is used, so that help and completion start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command by name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command for a mistyped one; it is never run for the person."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            ctx.fail(f"there is no command {args[0]!r}." + (f" Did you mean {near[0]}?" if near else ""))
        return super().resolve_command(ctx, args)


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "TEAMSKIT"})
@click.option(
    "-C", "folder", default=".", envvar="TEAMSKIT_SCHOOL", metavar="DIR", help="The school folder (default: this one)."
)
@click.option("--quiet", is_flag=True, help="Say only what was asked for.")
@click.option("--verbose", is_flag=True, help="Say more.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="teamskit", message="%(prog)s %(version)s")
@click.pass_context
def teamskit(ctx: click.Context, folder: str, quiet: bool, verbose: bool, debug: bool) -> None:
    """Set up Microsoft Teams safely for a school.

    \b
    teamskit demo                      the whole job on an invented school
    teamskit init school; cd school    then: teamskit roster check, plan, apply

    \b
    Exit status: 0 done, 1 failed, 2 wrong usage or bad input, 3 part of the work
    failed, 4 stopped by a limit, 5 something to see (--exit-code), 130 stopped.
    """
    from teamskit.cli.context import Here

    ctx.obj = Here(folder, quiet=quiet, verbose=verbose)


def run() -> None:
    """Run the command line and leave with its status; the entry point of the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
    if "--debug" not in sys.argv:
        sys.excepthook = _unforeseen
    sys.exit(_status())


def _status() -> int:
    try:
        status = teamskit.main(standalone_mode=False)
        return status if isinstance(status, int) else 0
    except TeamskitError as error:
        if "--debug" in sys.argv:
            raise
        show_error(error)
        return error.status
    except click.ClickException as error:
        _show_usage(error)
        return 2
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt) as stopped:
        was_cut = isinstance(stopped.__cause__, KeyboardInterrupt)
        click.echo(CUT if was_cut else "Stopped. Nothing has been changed.", err=True)
        return 130


CUT = "\nStopped. What was done is in the journal; run the same command to go on."


def _show_usage(error: click.ClickException) -> None:
    if _wants_json(sys.argv):
        show_error(InputError(error.format_message()))
    else:
        error.show()


def _unforeseen(kind: type[BaseException], error: BaseException, _at: object) -> None:
    """Say in a sentence what nobody foresaw; Python then ends with status 1."""
    said = getattr(error, "strerror", None) or error
    name = getattr(error, "filename", None)
    where = str(name) if isinstance(name, str | bytes) else ""
    what = (
        f"this could not be done: {said}" if issubclass(kind, OSError) else f"teamskit met something unforeseen: {said}"
    )
    show_error(TeamskitError(what, where=where, next_step="With --debug before the command it tells more."))


def show_error(error: TeamskitError) -> None:
    """Write an error to stderr: what, where, next; as JSON when JSON was asked for."""
    if _wants_json(sys.argv):
        click.echo(json.dumps({"error": error.as_json()}), err=True)
        return
    head = "STOPPED" if isinstance(error, PlanUnsafe) else "Error"
    where = f"{error.where}: " if error.where else ""
    click.echo(f"\n{head}: {where}{error.what.rstrip('.')}.", err=True)
    if error.next_step:
        click.echo(f"  {error.next_step}", err=True)
    click.echo("", err=True)


def _wants_json(words: list[str]) -> bool:
    pairs: list[tuple[Any, Any]] = list(zip(words, words[1:] + [""], strict=True))
    return any(word == "--output=json" or (word == "--output" and after == "json") for word, after in pairs)
