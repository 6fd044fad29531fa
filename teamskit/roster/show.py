"""The roster as `roster show --output json` writes it. Pure."""

from collections.abc import Sequence
from typing import Any

from teamskit.roster.model import Person, Roster, Section


def _iso(value: object) -> str | None:
    return None if value is None else str(value)


def person_json(person: Person) -> dict[str, Any]:
    """Give a pupil or a member of staff with the documented fields, and `on_roll`, dates and place besides."""
    fields: dict[str, Any] = {"id": person.id, "school": person.school, "name": person.name}
    if person.role == "pupil":
        fields |= {"year": person.year, "registration_group": person.registration_group}
    return fields | {
        "on_roll": person.on_roll,
        "joined_on": _iso(person.joined_on),
        "left_on": _iso(person.left_on),
        "file": person.place.file,
        "row": person.place.row,
    }


def section_json(section: Section) -> dict[str, Any]:
    """Give a class with the documented fields, and why it can have no team besides."""
    return {
        "id": section.id,
        "school": section.school,
        "name": section.name,
        "teachers": list(section.teachers),
        "pupils": list(section.pupils),
        "in_term": section.in_term,
        "registration": section.registration,
        "no_team": section.no_team,
    }


def _once(people: Sequence[Person]) -> list[Person]:
    """Give each human once: one id and name in two schools of an export is one, shown where he is on roll."""
    found: dict[tuple[str, str], Person] = {}
    for person in people:
        key = (person.id, person.name.casefold())
        if key not in found or (person.on_roll and not found[key].on_roll):
            found[key] = person
    return list(found.values())


def roster_json(roster: Roster) -> dict[str, Any]:
    """Give the whole roster as one JSON value."""
    return {
        "effective": str(roster.effective),
        "schools": [{"id": s.id, "name": s.name} for s in roster.schools],
        "pupils": [person_json(p) for p in _once(roster.pupils)],
        "staff": [person_json(p) for p in _once(roster.staff)],
        "classes": [section_json(s) for s in roster.sections],
    }
