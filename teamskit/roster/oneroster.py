"""OneRoster 1.1 CSV, bulk: the manifest is read first, and a delta set is refused, for it holds changes only.

Files flow in, a Roster flows out. Homerooms are registration groups; demographics are never opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from teamskit.errors import RosterError
from teamskit.roster.model import Problem, Roster
from teamskit.roster.orgs import read_orgs
from teamskit.roster.people import Reading
from teamskit.roster.role_holders import Users, make_people, read_users
from teamskit.roster.sds_v2 import CLASS, ENROLMENT, MANY, ORG, REFERENCES, USER, held_in_users
from teamskit.roster.sds_v21 import COURSE, SESSION
from teamskit.roster.sessions import read_sessions
from teamskit.roster.set_classes import read_sections, roster_of, with_registration_groups
from teamskit.roster.sets import (
    NO,
    OF_PERSON,
    OF_SESSION,
    SPOKEN,
    ExactHeadings,
    Report,
    SetKind,
    by_name,
    headings_of,
    is_sourced,
    listed,
    read_set,
)
from teamskit.roster.tables import Table, read_table
from teamskit.roster.text import refuse_all

MANIFEST = "manifest.csv"
_STATUS = {"status": ("status",)}
_CLASS = {**CLASS, **_STATUS, "org": ("schoolSourcedId",), "sessions": ("termSourcedIds",)}
PROPERTIES = ExactHeadings(
    "Manifests", {"id": ("propertyName",), "value": ("value",)}, ("id", "value"), spoken={"id": "property"}
)
_NAMES = {
    "orgs.csv": "orgs",
    "users.csv": "users",
    "academicsessions.csv": "academicSessions",
    "courses.csv": "courses",
    "classes.csv": "classes",
    "enrollments.csv": "enrollments",
}
KIND = SetKind(
    "OneRoster",
    {
        "orgs.csv": ExactHeadings(
            "Organisations", {**ORG, **_STATUS}, ("id", "name", "type"), impersonal=frozenset(ORG), spoken=SPOKEN
        ),
        "users.csv": ExactHeadings(
            "Users",
            {**USER, **_STATUS, "enabled": ("enabledUser",)},
            ("id", "orgs", "role", "username"),
            impersonal=REFERENCES,
            spoken=SPOKEN,
        ),
        "academicsessions.csv": ExactHeadings(
            "Academic sessions",
            {**SESSION, **_STATUS},
            ("id", "starts", "ends"),
            impersonal=frozenset(SESSION),
            spoken=OF_SESSION,
        ),
        "courses.csv": ExactHeadings(
            "Courses", {**COURSE, **_STATUS}, ("id", "name", "org"), impersonal=frozenset(COURSE), spoken=SPOKEN
        ),
        "classes.csv": ExactHeadings(
            "Classes", _CLASS, ("id", "name", "org"), impersonal=frozenset(_CLASS), spoken=SPOKEN
        ),
        "enrollments.csv": ExactHeadings(
            "Enrolments",
            {**ENROLMENT, **_STATUS},
            ("section", "id", "role"),
            impersonal=REFERENCES,
            spoken=OF_PERSON,
            coded=MANY | {"status"},
        ),
    },
    ("orgs.csv", "users.csv"),
    frozenset({"demographics.csv"}),
    {name: f"{kept}.csv" for name, kept in _NAMES.items()},
)


def recognises(files: Sequence[Path], columns: Mapping[str, str]) -> bool:
    """Tell whether a folder is a OneRoster set: it has a manifest, or users that are enabled."""
    return MANIFEST in by_name(files) or (is_sourced(files) and "enableduser" in headings_of(files, "users.csv"))


def read(files: Sequence[Path], reading: Reading) -> Roster:
    """Read a bulk set to a roster.

    Raises RosterError when the manifest is missing, is of another version or says delta, when a file it promises is
    missing, or when one cannot be used.
    """
    report = Report()
    manifest, kinds = _manifest(files, reading, report)
    kept = [path for path in files if _is_promised(path, kinds, report)]
    needed = tuple(name for name in _NAMES if name in KIND.needed or kinds.get(name) == "bulk")
    tables = read_set(kept, replace(KIND, needed=needed), reading, report)
    tables = {name: _without_deleted(table, report) for name, table in tables.items()}
    if "enrollments.csv" in tables:
        tables["enrollments.csv"] = _without_those_of_deleted(tables["enrollments.csv"], report)
    orgs = read_orgs(tables["orgs.csv"], report)
    tables = {name: orgs.spelt(table) for name, table in tables.items()}
    users = read_users(tables["users.csv"], report)
    _tell_disabled(users, report)
    holders = make_people(users, held_in_users(users, orgs, report), users.table, orgs, report)
    sessions = read_sessions(tables.get("academicsessions.csv"), report)
    sections = read_sections(tables, orgs, sessions, users, holders, reading.effective, report)
    rows = tables["classes.csv"].records() if "classes.csv" in tables else []
    homerooms = {row["id"] for row in rows if row["type"].casefold() == "homeroom"}
    people = with_registration_groups(holders.people, sections, homerooms)
    return roster_of(people, sections, orgs, {MANIFEST: manifest, **tables}, reading.effective, report)


def _manifest(files: Sequence[Path], reading: Reading, report: Report) -> tuple[Table, dict[str, str]]:
    """Read the manifest; give what it says of each file: bulk or absent. Raises RosterError for anything else."""
    path = by_name(files).get(MANIFEST)
    if path is None:
        _refuse(
            "file-missing",
            "the OneRoster set has no manifest.csv, so that nobody can tell a whole export from a list of changes",
            "Export a bulk set with its manifest.",
            report,
        )
    table = read_table(path, PROPERTIES, reading.columns)
    report.problems += table.problems
    said = {row["id"].casefold(): row["value"] for row in table.records()}
    version = said.get("oneroster.version", "1.1")
    if not version.startswith("1.1"):
        what = f"the manifest says OneRoster {version}, and 1.1 is read"
        _refuse("oneroster-version", what, "Export as OneRoster 1.1 CSV.", report)
    kinds = {name: said.get(f"file.{kept}".casefold(), "").casefold() for name, kept in _NAMES.items()}
    delta = [kept for name, kept in _NAMES.items() if kinds[name] == "delta"]
    if delta:
        what = f"the manifest says delta for {listed(delta)}: the set holds changes only, and a bulk export is needed"
        _refuse("delta-export", what, "Choose a bulk (full) export in the MIS, and export again.", report)
    odd = [f"{kept} ({kinds[name]!r})" for name, kept in _NAMES.items() if kinds[name] not in ("bulk", "absent", "")]
    if odd:
        what = f"the manifest says neither bulk nor absent nor delta for {listed(odd)}"
        _refuse("manifest-value", what, "Export a bulk set again.", report)
    return table, kinds


def _refuse(check: str, what: str, remedy: str, report: Report) -> NoReturn:
    problem = Problem(check, "error", f"{what[:1].upper()}{what[1:]}.", remedy, MANIFEST)
    refuse_all([RosterError(what, where=MANIFEST, next_step=remedy, problems=[problem])], report.problems)


def _is_promised(path: Path, kinds: Mapping[str, str], report: Report) -> bool:
    """Leave out the manifest itself, and files that it calls absent: they are of another export."""
    name = path.name.casefold()
    if kinds.get(name) == "absent":
        text = f"The manifest says that there is no {path.name}; it was not read."
        report.problems.append(Problem("file-not-in-manifest", "warning", text, "Export a bulk set again.", path.name))
    return name != MANIFEST and kinds.get(name) != "absent"


def _without_deleted(table: Table, report: Report) -> Table:
    """Give a file without the records that are marked to be deleted (some tools write inactive, too)."""
    frame = table.frame
    status = frame["status"].str.casefold()
    # An inactive user is listed as not on roll; the word is not of 1.1, but met.
    gone = status.isin(["tobedeleted"] if "enabled" in frame else ["tobedeleted", "inactive"])
    if bool(gone.any()):
        ids = listed(frame.loc[gone, "id"])
        text = f"{int(gone.sum())} records are marked to be deleted and count as not there: {ids}."
        report.problems.append(Problem("to-be-deleted", "info", text, file=table.file))
    for row in frame[~status.isin(["", "active", "tobedeleted", "inactive"])].to_dict("records"):
        fields = {str(key): value for key, value in row.items()}
        text = f"{row['id']}: the status is neither active nor tobedeleted; the record counts as active."
        report.say(table, fields, "unknown-status", "warning", text, "Write active or tobedeleted.")
    report.used[table.file] += int(gone.sum())
    report.deleted[table.file.casefold()] = frozenset(frame.loc[gone, "id"]) - set(frame.loc[~gone, "id"])
    return table.with_frame(frame[~gone])


def _without_those_of_deleted(table: Table, report: Report) -> Table:
    """Give the enrolments without those whose user or class is marked to be deleted; they are told as one."""
    frame = table.frame
    users, classes = (report.deleted.get(name, frozenset()) for name in ("users.csv", "classes.csv"))
    gone = frame["id"].isin(users) | frame["section"].isin(classes)
    if not bool(gone.any()):
        return table
    text = (
        f"Enrolments of users or classes that are marked to be deleted: {int(gone.sum())}. They put nobody in a class."
    )
    report.problems.append(Problem("enrolments-not-in-force", "info", text, file=table.file))
    report.used[table.file] += int(gone.sum())
    return table.with_frame(frame[~gone])


def _tell_disabled(users: Users, report: Report) -> None:
    off_at = {n for n, word in enumerate(users.table.frame["enabled"].tolist()) if word.casefold() in NO}
    off = [number for number, at in users.rows.items() if at in off_at]
    if off:
        text = f"Switched off in the MIS (enabledUser false), and counted all the same: {len(off)}: "
        remedy = "Disable the account in the tenant, or end the enrolment in the MIS."
        report.problems.append(Problem("user-switched-off", "info", f"{text}{listed(off)}.", remedy, users.table.file))
