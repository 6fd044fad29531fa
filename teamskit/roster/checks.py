"""Everything about a roster that a technician should see, from the files alone. Knows no tenant."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from teamskit.roster.model import Person, Place, Problem, Roster, Section, problem_at
from teamskit.roster.pause import collector_paused
from teamskit.roster.values import YEARS, changed_by_excel

_TELLING_SIGNS = ("LAC", "EAL", "SEN", "SEND", "FSM", "PP", "EHCP")
_TELLING_WORDS = (
    *("pupil premium", "nurture", "in care", "looked after", "free school meal", "free school meals"),
    *("child protection", "anger management", "bereavement", "young carer", "young carers", "speech therapy"),
)
_TELLING = re.compile(rf"\b(?:{'|'.join(_TELLING_SIGNS)}|(?i:{'|'.join(_TELLING_WORDS)}))\b")
_NO_LETTER = re.compile(r"[\W_]+")
_YEARS = frozenset(YEARS)
_LISTED = 20


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    return ", ".join(ids[:_LISTED]) + more


def without_registration_group(roster: Roster) -> Iterator[Problem]:
    """Name each pupil on roll without registration group, where any pupil has one."""
    groups = roster.pupil_columns["registration_group"]
    if any(groups) and not all(groups):
        for pupil in roster.pupils:
            if pupil.on_roll and not pupil.registration_group:
                yield problem_at(
                    pupil.place,
                    "pupil-without-registration-group",
                    "warning",
                    f"Pupil {pupil.id} has no registration group; classes still count.",
                    "Put the pupil into a registration group in the MIS, unless he is new or a guest.",
                )


def without_class(roster: Roster) -> Iterator[Problem]:
    """Name each pupil on roll who is in no class: policies still apply, no class team does."""
    missing = _not_enrolled(roster)
    for pupil in roster.pupils if any(missing.values()) else ():
        if pupil.on_roll and pupil.id in missing[pupil.school]:
            yield problem_at(
                pupil.place,
                "pupil-without-class",
                "warning",
                f"Pupil {pupil.id} is in no class: in no class team; policies still apply.",
                "Enrol the pupil in the MIS, if he should be in a class.",
            )


def _not_enrolled(roster: Roster) -> Mapping[str, set[str]]:
    """Give, for each school, the ids in no class; a class with people of other schools is looked up one by one."""
    schools, ids = roster.pupil_columns["school"], roster.pupil_columns["id"]
    if len(set(schools)) == 1:
        classes = (section.pupils for section in roster.sections if section.school == schools[0])
        return {schools[0]: _in_none_of(classes, ids)}
    numbers: dict[str, set[str]] = defaultdict(set)
    for school, number in zip(schools, ids, strict=True):
        numbers[school].add(number)
    missing = {school: set(some) for school, some in numbers.items()}
    for section in roster.sections:
        if section.school in numbers and numbers[section.school].issuperset(section.pupils):
            missing[section.school].difference_update(section.pupils)
        else:
            for pupil in roster.pupils_of(section):
                missing[pupil.school].discard(pupil.id)
    return missing


def _in_none_of(classes: Iterable[Sequence[str]], ids: Iterable[str]) -> set[str]:
    """Give the ids in none of some classes; mostly not all classes need be looked at to find that there are none."""
    missing = set(ids)
    for pupils in classes:
        missing.difference_update(pupils)
        if not missing:
            break
    return missing


def not_on_roll(roster: Roster) -> Iterator[Problem]:
    """Count, once for each file, who is listed and not on roll on the effective date."""
    by_file: dict[tuple[str, str], list[Person]] = defaultdict(list)
    everybody = all(roster.pupil_columns["on_roll"]) and all(person.on_roll for person in roster.staff)
    for person in () if everybody else roster.people:
        if not person.on_roll:
            by_file[person.place.file, person.role].append(person)
    for (file, role), people in by_file.items():
        kind = "staff" if role == "staff" else "pupil" if len(people) == 1 else "pupils"
        ids = _listed([p.id for p in people])
        yield problem_at(
            Place(file),
            "not-on-roll",
            "info",
            f"{len(people)} {kind} listed and not on roll on {roster.effective}: {ids}. They are in no team.",
        )


def guests(roster: Roster) -> Iterator[Problem]:
    """Name guest pupils of other schools: they have no account here."""
    words = set(roster.pupil_columns["status_note"])
    told = {word for word in words if re.match(r"^g(\s*-|uest|$)", word, re.IGNORECASE)}
    for pupil in roster.pupils if told else ():
        if pupil.on_roll and pupil.status_note in told:
            text = f"Pupil {pupil.id} is a guest pupil of another school; without an account he is in no team."
            yield problem_at(pupil.place, "guest-pupil", "info", text)


def damaged_names(roster: Roster) -> Iterator[Problem]:
    """Note names with letters lost on export; the number still tells who it is."""
    text = "".join(chain(roster.pupil_columns["name"], (person.name for person in roster.staff)))
    for person in roster.people if "?" in text or "\ufffd" in text else ():
        if "?" in person.name or "\ufffd" in person.name:
            text = f"{person.id}: the name has lost a letter on export (? in it); the number still tells who it is."
            yield problem_at(person.place, "damaged-name", "info", text, "Export as UTF-8 if the MIS can.")


def two_of_one_staff_name(roster: Roster) -> Iterator[Problem]:
    """Note staff of one name: told apart by code only."""
    named: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in roster.staff:
        if person.on_roll and person.name:
            named[person.school, person.name.casefold()].append(person)
    for people in named.values():
        if len(people) > 1:
            codes = " and ".join(p.id for p in people)
            text = f"Staff {codes} have one name; they are told apart by code, never by name."
            yield problem_at(people[-1].place, "staff-of-one-name", "info", text)


def alike_codes(roster: Roster) -> Iterator[Problem]:
    """Note classes whose codes differ only in case or punctuation: they are different classes all the same."""
    codes = [section.id for section in roster.sections]
    bare = codes if "".join(codes).isalnum() else [_bare(code) for code in codes]
    keys = [(section.school, code.casefold()) for section, code in zip(roster.sections, bare, strict=True)]
    if len(set(keys)) == len(keys):
        return
    alike: dict[tuple[str, str], list[Section]] = defaultdict(list)
    for key, section in zip(keys, roster.sections, strict=True):
        alike[key].append(section)
    for sections in alike.values():
        if len(sections) > 1:
            labels = ", ".join(s.label for s in sections)
            text = f"Classes {labels} differ only in case or punctuation; they are taken as different classes."
            yield problem_at(sections[-1].place, "class-codes-alike", "info", text, "Nothing, if that is so.")


def _bare(code: str) -> str:
    """Give a code without its marks; most have none but slashes, which are taken out faster than by a pattern."""
    plain = code.replace("/", "")
    return plain if plain.isalnum() else _NO_LETTER.sub("", plain)


def excels_codes(roster: Roster) -> Iterator[Problem]:
    """Name codes of classes and registration groups that Excel has turned into dates, numbers or truth values."""
    remedy = "Export again without opening it in Excel."
    for section in roster.sections:
        what = changed_by_excel(section.id) or (section.name != section.id and changed_by_excel(section.name))
        if what:
            text = f"Class {section.label} looks like {what}: Excel has probably changed its code."
            yield problem_at(section.place, "class-code-is-date", "warning", text, remedy)
    groups: dict[str, Place] = {}
    odd = {group for group in set(roster.pupil_columns["registration_group"]) if group and changed_by_excel(group)}
    for pupil in roster.pupils if odd else ():
        if pupil.registration_group and pupil.registration_group in odd:
            groups.setdefault(pupil.registration_group, pupil.place)
    for group, place in groups.items():
        if what := changed_by_excel(group):
            text = f"Registration group {group} looks like {what}: Excel has probably changed its code."
            yield problem_at(place, "group-code-is-date", "warning", text, remedy)


def unknown_years(roster: Roster) -> Iterator[Problem]:
    """Say once for each file whose year group is none that is known: cohorts by year do not find them."""
    found: dict[str, list[Person]] = defaultdict(list)
    odd = set(roster.pupil_columns["year"]) - _YEARS - {None, ""}
    for pupil in roster.pupils if odd else ():
        if pupil.on_roll and pupil.year in odd:
            found[pupil.place.file].append(pupil)
    for people in found.values():
        text = f"No known year group: {_listed([p.id for p in people])}. Cohorts that name years do not have them."
        remedy = "Write years as 7, Year 7, R or Reception, N1 or Nursery."
        yield problem_at(people[0].place, "unknown-year", "info", text, remedy)


def telling_names(roster: Roster) -> Iterator[Problem]:
    """Warn of class names that would tell every member something private about the pupils in it."""
    text = "\n".join(section.name for section in roster.sections)
    folded = text.casefold()
    may_be = any(sign in text for sign in _TELLING_SIGNS) or any(word in folded for word in _TELLING_WORDS)
    for section in roster.sections if may_be else ():
        if _TELLING.search(section.name):
            text = f"Class {section.label}: a team of that name would tell everybody something private of its pupils."
            yield problem_at(section.place, "telling-class-name", "warning", text, "Rename the class, or leave it out.")


def one_address(roster: Roster) -> Iterator[Problem]:
    """Name pupils on roll who share an address: it is the family's or a mistake, and counts for neither."""
    addresses = [email.casefold() for email in roster.pupil_columns["email"] if email]
    shared: dict[str, list[Person]] = defaultdict(list)
    for pupil in roster.pupils if len(set(addresses)) < len(addresses) else ():
        if pupil.on_roll and pupil.email:
            shared[pupil.email.casefold()].append(pupil)
    for people in shared.values():
        if len(people) > 1:
            for pupil in people:
                others = ", ".join(p.id for p in people if p is not pupil)
                text = f"Pupil {pupil.id} has the same email address as {others}; it counts for none of them."
                yield problem_at(pupil.place, "shared-address", "info", text, "Give each pupil his own address.")


STRANGERS = ("unknown-pupil", "unknown-user")
"""Checks that name an enrolment of somebody who is in no file of people."""


def doubtful(roster: Roster) -> Iterator[Problem]:
    """Say what makes the whole export doubtful, so that no plan may be made of it: no classes, or no pupils, at all."""
    if not roster.sections:
        remedy = "Export again once the timetable is applied; nothing is archived for this."
        yield Problem("no-classes", "error", "There is no class in the export at all.", remedy)
    if not roster.pupils:
        yield Problem("no-pupils", "error", "There is no pupil in the export at all.", "Export again.")
    strangers = [p for p in roster.problems if p.check in STRANGERS]
    if roster.sections and strangers and not any(section.pupils for section in roster.sections):
        text = "No class has a pupil: every enrolment names somebody whom the pupils' file lacks."
        remedy = "The files are of different days, or two of them are exchanged: export the whole set again."
        yield Problem("nobody-fits", "error", text, remedy, strangers[0].file)


CHECKS: tuple[Callable[[Roster], Iterator[Problem]], ...] = (
    doubtful,
    without_registration_group,
    without_class,
    not_on_roll,
    guests,
    damaged_names,
    two_of_one_staff_name,
    alike_codes,
    excels_codes,
    unknown_years,
    telling_names,
    one_address,
)


def check(roster: Roster) -> list[Problem]:
    """Give every problem of a roster, those met while reading too, in the order of files and rows."""
    with collector_paused():
        found = [*roster.problems, *(problem for run in CHECKS for problem in run(roster))]
    order = {name: n for n, name in enumerate(dict.fromkeys(p.file for p in found))}
    return sorted(dict.fromkeys(found), key=lambda p: (order[p.file], p.row or 0))
