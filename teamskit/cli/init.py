"""`teamskit init`: a school folder with a commented school.toml."""

import shlex
import sys
from datetime import date, datetime
from pathlib import Path

import click

from teamskit.cli.output import say
from teamskit.errors import InputError

FORMATS = ("auto", "sims", "sds-v1", "sds-v2", "sds-v2.1", "oneroster")


def _day(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, str]:
    try:
        start, end = (datetime.strptime(part.strip(), "%H:%M").strftime("%H:%M") for part in value.split("-"))
    except ValueError:
        raise click.BadParameter("write the school day as 08:45-15:30") from None
    if end <= start:
        raise click.BadParameter("the school day ends before it begins")
    return start, end


def _terms(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> list[tuple[date, date]]:
    terms = []
    for value in values:
        try:
            first, last = (date.fromisoformat(part.strip()) for part in value.split(":"))
        except ValueError:
            raise click.BadParameter(f"{value}: write a term as 2026-09-02:2026-12-18") from None
        if last < first:
            raise click.BadParameter(f"{value}: the term ends before it begins")
        terms.append((first, last))
    return terms


def _effective(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter("write the date as 2026-09-01") from None


@click.command("init")
@click.argument("folder", metavar="DIR")
@click.option("--tenant", help='The tenant\'s main domain, or "sandbox" for the one inside this program.')
@click.option("--domain", "domains", multiple=True, help="A domain of the school's accounts; may be given again.")
@click.option("--school", "name", help="The school's name.")
@click.option("--dfe", default="", help="The school's DfE number, as 892/2345.")
@click.option("--roster", default=None, metavar="DIR", help="The folder (or zip file) with the MIS's export.")
@click.option("--format", "fmt", type=click.Choice(FORMATS), default="auto", show_default=True)
@click.option("--effective", callback=_effective, metavar="DATE", help="The date the roster is true for.")
@click.option("--day", default="08:45-15:30", show_default=True, callback=_day, help="The school day.")
@click.option("--term", "terms", multiple=True, callback=_terms, metavar="FROM:TO", help="A term; may be given again.")
@click.option("--dsl", "leads", multiple=True, metavar="CODE", help="Staff code of a safeguarding lead.")
def command(
    folder: str,
    tenant: str | None,
    domains: tuple[str, ...],
    name: str | None,
    dfe: str,
    roster: str | None,
    fmt: str,
    effective: date | None,
    day: tuple[str, str],
    terms: list[tuple[date, date]],
    leads: tuple[str, ...],
) -> None:
    """Make a school folder with a commented school.toml.

    \b
    teamskit init school --tenant sandbox --domain school.example --roster export
    """
    from teamskit.cli.school_file import Answers, relative_roster, school_file_text
    from teamskit.ledger.keys import KEY_FILE, make_key, new_name, read_key
    from teamskit.school import SchoolFolder, read_school
    from teamskit.school.folder import write_whole

    tenant = tenant or _ask("Tenant (its main domain, or sandbox)", "--tenant", "sandbox")
    domains = domains or (_ask("Domain of the school's accounts", "--domain", ""),)
    roster = roster if roster is not None else _ask("Folder of the export", "--roster", "") if _can_ask() else ""
    target = SchoolFolder(Path(folder).resolve())
    if target.school_file.exists():
        raise InputError(
            "there is a school.toml already", where=str(target.school_file), next_step="Nothing was written over."
        )
    label = domains[0].split(".")[0]
    school_id = dfe.replace("/", "-").replace(" ", "") or label
    kept = relative_roster(roster, Path.cwd(), target.root)
    answers = Answers(tenant, domains, school_id, name or label, dfe, kept, fmt, effective, day, terms, leads)
    target.root.mkdir(parents=True, exist_ok=True)
    write_whole(target.school_file, school_file_text(answers))
    read_school(target.school_file)
    for part in ("policies", "registers"):
        (target.root / part).mkdir(exist_ok=True)
    if read_key(target.state(KEY_FILE)) is None:
        make_key(target.state(KEY_FILE), new_name(domains[0].casefold()))
    say(f"Wrote {target.school_file}")
    say(f"Next: cd {shlex.quote(folder)}; teamskit roster check")


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _ask(question: str, option: str, default: str) -> str:
    if not _can_ask():
        raise click.UsageError(f"{option} is needed")
    answer: str = click.prompt(question, default=default or None, err=True)
    return answer
