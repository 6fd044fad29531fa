"""The accounts of a school's people: the matching, people left without one, classes that lose their team by it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from teamskit.roster.matching import OTHER_NUMBER, Match, match_accounts, numbers_that_are_upns
from teamskit.roster.model import Person, Place, Problem, Roster, Severity, problem_at
from teamskit.roster.overrides import Override
from teamskit.roster.remedies import NO_ACCOUNT, remedy_of
from teamskit.roster.values import without_zeros
from teamskit.tenant.models import Account

__all__ = ["Match", "account_problems", "match_accounts", "match_problems", "override_problems"]


def match_problems(roster: Roster, matches: Sequence[Match]) -> list[Problem]:
    """Give a problem for each person on roll without an account, for doubtful matches, and for classes left without
    a teacher or pupil who has an account; each at the row of the person or class.
    """
    by_key = {m.person_key: m for m in matches}
    people = [(p, by_key[p.key]) for p in roster.people if p.key in by_key]
    found = [problem for person, match in people for problem in _of_person(person, match)]
    return [
        *found,
        *_zeros(people),
        *_other_numbers(people),
        *_of_classes(roster, {m.person_key for m in matches if m.status == "matched"}),
    ]


def account_problems(accounts: Sequence[Account]) -> list[Problem]:
    """Say how many accounts carry a Unique Pupil Number where an employee number belongs; no number is told."""
    ids = numbers_that_are_upns(accounts)
    if not ids:
        return []
    listed = ", ".join(ids[:20])
    text = (
        f"Accounts that hold a Unique Pupil Number as employee number, which is never compared: {len(ids)} ({listed})."
    )
    return [Problem("upn-in-tenant", "warning", text, "Put the admission number there instead.")]


def override_problems(roster: Roster, overrides: Sequence[Override], file: str) -> list[Problem]:
    """Name the lines of the override file that do nothing: for nobody in the roster, or for somebody named before."""
    known = {(p.role, n) for p in roster.people for n in (p.id.casefold(), without_zeros(p.id).casefold())}
    lost = [one for one in overrides if not {(one.role, one.id.casefold()), (one.role, _bare(one))} & known]
    text = "is in the override file and not in the export; the line does nothing."
    problems = [_of_line("override-of-nobody", "info", one, text, "Take the line out.", file) for one in lost]
    first: dict[tuple[str, str, str], Override] = {}
    for one in sorted(overrides, key=lambda line: _bare(line) == line.id.casefold()):
        before = first.setdefault((one.role, one.school, _bare(one)), one)
        # Two numbers of the roster may differ by zeros alone: then each line is somebody's.
        if before is not one and (one.role, one.id.casefold()) not in {
            (p.role, p.id.casefold()) for p in roster.people
        }:
            text = f"stands in line {before.line} of the override file too, with its zeros; this line does nothing."
            problems.append(_of_line("override-twice", "warning", one, text, "Leave one of the two.", file))
    return problems


def _of_line(check: str, severity: Severity, one: Override, text: str, remedy: str, file: str) -> Problem:
    return Problem(check, severity, f"{one.role} {one.id} {text}", remedy, file, one.line, one.line)


def _bare(one: Override) -> str:
    return without_zeros(one.id).casefold()


def _of_person(person: Person, match: Match) -> Iterator[Problem]:
    who = f"{'Pupil' if person.role == 'pupil' else 'Staff'} {person.id}"
    if match.warning and match.warning != OTHER_NUMBER:
        yield problem_at(person.place, "address-differs", "warning", f"{who}: {match.warning}.", remedy_of(match))
    if match.status == "matched" or not person.on_roll:
        return
    if match.status == "refused" and match.reason.startswith("the same person"):
        yield problem_at(person.place, "two-roles", "info", f"{who}: {match.reason}.")
        return
    check = "account-refused" if match.status == "refused" else "no-account"
    # Two people with one account is no gap to be filled later: one of them would get the other's teams and policies.
    severity: Severity = "error" if match.reason.startswith("the account is claimed") else "warning"
    told = f"{who} has no account that can be used: {match.reason}."
    yield problem_at(person.place, check, severity, told, remedy_of(match))


def _zeros(people: Sequence[tuple[Person, Match]]) -> Iterator[Problem]:
    loose = Counter(p.place.file for p, m in people if m.rule == "employee number without zeros")
    for file, count in loose.items():
        ids = [p.id for p, m in people if m.rule == "employee number without zeros" and p.place.file == file]
        text = f"Accounts found only without leading zeros: {count} ({', '.join(ids[:20])})."
        yield problem_at(Place(file), "account-without-zeros", "warning", text, "Put the whole number there.")


def _other_numbers(people: Sequence[tuple[Person, Match]]) -> Iterator[Problem]:
    """Say once for a file whose account carries a number of nobody: a new number, or an address given to another."""
    odd = [(p, m) for p, m in people if m.warning == OTHER_NUMBER]
    for file in dict.fromkeys(person.place.file for person, _ in odd):
        ids = [person.id for person, _ in odd if person.place.file == file]
        text = f"Accounts found by address that carry a number of nobody in the export: {len(ids)}"
        remedy = remedy_of(odd[0][1])
        yield problem_at(Place(file), "account-other-number", "warning", f"{text} ({', '.join(ids[:20])}).", remedy)


def _of_classes(roster: Roster, matched: set[str]) -> Iterator[Problem]:
    for section in roster.sections:
        if section.no_team:
            continue
        teachers, pupils = roster.teachers_of(section), roster.pupils_of(section)
        if not any(p.key in matched for p in teachers):
            codes = ", ".join(p.id for p in teachers)
            text = f"Class {section.label} gets no team: its teacher {codes} has no account that can be used."
            yield problem_at(section.place, "class-without-teacher", "warning", text, NO_ACCOUNT)
        if not any(p.key in matched for p in pupils):
            text = f"Class {section.label} gets no team: no pupil in it has an account that can be used."
            yield problem_at(section.place, "class-without-pupil", "warning", text, NO_ACCOUNT)
