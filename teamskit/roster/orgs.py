"""Organisations of a set: which are schools, and to which school each of the others belongs. Knows no people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from teamskit.roster.sets import Report, cell_list, word_shown
from teamskit.roster.tables import Table
from teamskit.school.dfe import as_known, dfe_key
from teamskit.school.model import SchoolUnit

_SCHOOLS = frozenset({"school", "college", "university", "campus"})
_OTHERS = frozenset(
    [
        "ministryofeducation",
        "localauthority",
        "department",
        "region",
        "district",
        "division",
        "local",
        "province",
        "state",
        "adulteducation",
        "researchcenter",
        "national",
        "municipality",
        "program",
        "departmentofeducation",
        "academictrust",
    ]
)


@dataclass(frozen=True)
class Orgs:
    """The organisations by id: the name and type of each, and the school (itself or above it) it belongs to."""

    units: Mapping[str, SchoolUnit]
    types: Mapping[str, str]
    homes: Mapping[str, str]

    def is_school(self, org: str) -> bool:
        """Tell whether an organisation is a school itself."""
        return self.types.get(org) in _SCHOOLS

    def schools(self, used: Iterable[str]) -> tuple[SchoolUnit, ...]:
        """Give the schools: everything of type school, and what else people and classes belong to."""
        wanted = {*used, *(org for org, kind in self.types.items() if kind == "school")}
        return tuple(unit for org, unit in self.units.items() if org in wanted)

    def spelt(self, table: Table) -> Table:
        """Give a file with its organisations named as orgs.csv spells them, where their ids are DfE numbers."""
        for column in (c for c in ("org", "orgs") if c in table.frame):
            cells = table.frame[column]
            named = {text: [text] if text in self.units else cell_list(text) for text in cells.unique()}
            known = as_known({one for ids in named.values() for one in ids}, self.units)
            if known:
                whole = {
                    t: ",".join(known.get(n, n) for n in ids) if set(ids) & set(known) else t
                    for t, ids in named.items()
                }
                table = table.with_frame(table.frame.assign(**{column: cells.map(whole)}))
        return table


def read_orgs(table: Table, report: Report) -> Orgs:
    """Read the organisations; of two rows with one id the first counts."""
    units: dict[str, SchoolUnit] = {}
    types: dict[str, str] = {}
    parents: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for row in table.records():
        number, name = row["id"], row["name"]
        if not number:
            report.leave_out(table, row, "row-without-number", "The row has no sourcedId", "Give each its id.")
        elif number in units and units[number].name != (name or number):
            text = f"Organisation {number} stands in two rows with different names"
            report.leave_out(table, row, "org-twice", text, "Give each an id of its own.", "error")
        elif number not in units:
            key = dfe_key(row["identifier"])
            dfe = key if key.isdigit() and len(key) == 7 else ""
            units[number] = SchoolUnit(id=number, name=name or number, dfe=dfe)
            types[number] = row["type"].casefold()
            parents[number] = row["parent"], row
    spelt = as_known((parent for parent, _ in parents.values()), units)
    parents = {number: (spelt.get(parent, parent), row) for number, (parent, row) in parents.items()}
    _tell(table, types, parents, report)
    above = {number: parent for number, (parent, _) in parents.items()}
    return Orgs(units, types, {number: _home(number, types, above) for number in units})


def _tell(
    table: Table, types: Mapping[str, str], parents: Mapping[str, tuple[str, Mapping[str, Any]]], report: Report
) -> None:
    for number, (parent, row) in parents.items():
        if types[number] not in _SCHOOLS | _OTHERS:
            kind = f"the type {word_shown(row['type'])} is not known" if row["type"] else "the type is blank"
            text, remedy = f"Organisation {number}: {kind}; it is taken as no school.", "Write school or another type."
            report.say(table, row, "unknown-org-type", "warning", text, remedy, "type")
        if parent and parent not in types:
            text = f"Organisation {number}: its parent {parent} is {report.not_in('orgs.csv', [parent])}."
            report.say(table, row, "unknown-org", "warning", text, "Add the parent, or leave the cell blank.")


def _home(number: str, types: Mapping[str, str], above: Mapping[str, str]) -> str:
    """Give the nearest school at or above an organisation; itself where there is none."""
    seen, here = set[str](), number
    while here in types and here not in seen:
        if types[here] in _SCHOOLS:
            return here
        seen.add(here)
        here = above[here]
    return number
