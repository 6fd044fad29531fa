"""The commented school.toml that `teamskit init` writes, and changes to it that keep its comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

TEMPLATE = """\
# What this school decides. Read by every teamskit command run in this folder.
# Put text in quotes; dates are 2026-09-01; a line that begins with # says nothing.

# "sandbox" is a tenant inside this program: nothing leaves this computer.
# A real one is named by its main domain, with the app to sign in with under [signin].
tenant = {tenant}

# The domains at which the school's own accounts live. Accounts elsewhere are never used.
domains = {domains}

# The academic year of the classes in the export; without it, that of the date the roster is true for.
# academic_year = "2026/27"

# The school, or each school of a trust's tenant. id: what the export calls it.
[[schools]]
id = {school_id}
name = {school_name}
dfe = {dfe}
# Where several schools of one tenant have the same numbers, what tells this one's accounts:
# domains = ["oak.example"]
# company = "Oak School"          # companyName of its accounts
# department = "Oak"              # what their department begins with

# The export, where the MIS writes it. Relative paths count from this folder.
[roster]
path = {roster}
# auto, sims, sds-v1, sds-v2, sds-v2.1 or oneroster
format = {format}
# The date the roster is true for; without it, today.
{effective}
# Headings of your own report, if they are not recognised:
# [roster.columns]
# "Tutor set" = "registration group"

# The school day, on the clock on the wall.
[school_day]
start = {day_start}
end = {day_end}

# Terms, both days included. Calls outside them are worth a look.
{terms}

# What is worth a look: longer than these minutes. lesson: two pupils there for so long or longer make a lesson, whose
# recording must appear within recording_hours. not_seen_days: days running with a lesson, in none of which he came.
[findings]
one_to_one = 2
alone = 5
pupils_only = 2
lesson = 5
recording_hours = 24
not_seen_days = 5
# Whether pupils who were in a lesson, or are in its class, may look at its recording again.
pupils_may_watch = true

# Whose account is whose, in this order: your own file, the employee number, an extension attribute,
# the address in the export, a login pattern. Never by name.
[accounts]
# Your own decisions, a CSV with the columns id, role, upn (or account id): teamskit roster match -o FILE makes one.
# overrides = "registers/accounts.csv"
# The extension attribute that holds the admission number or staff code:
# attribute = "extensionAttribute1"
# How your logins are made. Parts: adno, number (no zeros), code, forename, surname, initial, intake_yy, intake_yyyy.
# pupil_login = "{{intake_yy}}{{surname}}{{initial}}"
# staff_login = "{{initial}}.{{surname}}"
# Longest login, and the year pupils of it came in: "R", "7" or "auto" (R in primary years, 7 after).
# login_length = 20
# intake = "auto"

# Class teams. name may use {{class_name}}, {{class_id}}, {{year}} and {{school}}.
[teams]
name = "{{class_name}} {{year}}"
# Who owns a team whose class has no teacher with an account (an address); empty: no team.
fallback_owner = ""
# Make a team before the class has a pupil with an account.
before_pupils = false
# Make teams for registration groups (CLS 7A) too. A primary's classes are classes anyway.
registration_teams = false
# What a team is called when its year has ended; {{name}} is what it was called.
archived_name = "{{name}} (ended)"
# Courses of two years, whose team goes on: last year's codes. "10*" makes 10A/En1 this year's 11A/En1;
# where more changes: "10A/En1 > 11B/En3".
two_year = []

# How policies reach people. "pupils": pupils are given policies of their own. "global-strict": Global, what every
# new account has at once, is made as the pupils need it, and staff are given theirs.
[policies]
strategy = "pupils"
# The cohort whose documents Global takes over; without it, the first cohort of all pupils.
# global_from = "pupils"
# Documents for the tenant as a whole: teamskit policies list.
# tenant = ["tenant-external", "tenant-guests-anonymous"]

# Who gets which policy documents: the first cohort that fits a person is his.
# A cohort can also name years = ["7", "8"], registration_groups = ["7A"], people = ["004123"], schools = ["3001"] or
# leads = true (the safeguarding leads). With route = "group" and group = "<id, address or name>" its policies reach
# people by that security group: teamskit keeps its members, and teamskit policies script grants the policies to it.
[[cohorts]]
name = "pupils"
role = "pupil"
policies = ["disable-chat", "pupil-meetings"]
# The whole set-up adds: "pupil-calling", "channels", "pupil-external-access". Each is shown and explained by
# teamskit policies show ID, and the next plan shows what it would change.

[[cohorts]]
name = "staff"
role = "staff"
policies = ["staff-meetings"]
# The whole set-up adds: "staff-messaging", "staff-calling"; and for the leads a cohort before this one with
# leads = true and "dsl-messaging".

# A plan that takes away or changes more than this stops until a person allows it by number.
[limits]
removals = 200
removals_share = 0.33
# Of one class, and how much fewer people or classes than at the last apply an export may hold:
class_removals_share = 0.5
fewer_share = 0.2
reassignments = 500
reassignments_share = 0.33
# Lessons that one plan makes or cancels:
lessons = 500

# Online lessons from the timetable: teamskit lessons plan. Weeks without a school day are not counted.
# [lessons]
# A Monday of a week A (or week 1), for a timetable of two weeks. Weeks of term alternate from it; where a holiday does
# it otherwise, name that Monday too: [2026-09-07, 2027-01-04].
# week_a = 2026-09-07
# INSET days and other days without lessons:
# closed_days = [2026-10-23, 2027-01-04]
# Who teaches instead: a CSV with the columns date, class, period, staff. An empty staff cell cancels the lesson.
# cover = "registers/cover.csv"
# Times of periods, where the timetable has none:
# [lessons.periods]
# "1" = "09:00-10:00"

# The call log. Each night the last days are listed again, for records that come late or are revised.
[calls]
overlap_days = 2
# Read Microsoft's telephone logs too; needs the permission CallRecord-PstnCalls.Read.All.
telephone = false

# How long names stay in the call log: in academic years, the call's own included. 2 is that year and the next;
# 0 is for ever. Nothing goes by itself: teamskit ledger purge shows what is due.
[retention]
calls_years = 2
# Days that copies of recordings are kept; 0 is for ever: teamskit recordings purge shows what is due.
recordings_days = 90

# Where recordings are copied to: a folder, a share (\\\\server\\share or smb://server/share), s3://bucket/place or
# az://container/place. No password here: docs/how-to-back-up-recordings.md says where it goes.
[backup]
target = ""
# Public keys of age (age1...): with any, copies are encrypted and only their secret keys can open them.
recipients = []
# How fast, in bytes a second ("20 MB"; "" is no limit), in which hours ("18:00-06:00"; "" is any), how many at once.
bandwidth = ""
window = ""
parallel = 3
# Where files lie until they are whole; without it, in .teamskit/spool.
# spool = "D:/spool"

# A database for the call log instead of the file in .teamskit. No password here: TEAMSKIT_LEDGER_URL may hold one.
# [ledger]
# url = "postgresql+psycopg://teamskit@db.example/teamskit"

# Sign-in to a real tenant: see docs/signing-in.md. No secret stands here.
# [signin]
# tenant_id = "00000000-0000-0000-0000-000000000000"   # or its main domain; without it, tenant above
# client_id = "00000000-0000-0000-0000-000000000000"   # Application (client) ID of the app registration
# certificate = "teamskit.pem"      # PEM or PFX; a password in TEAMSKIT_CERTIFICATE_PASSWORD; or "store:THUMBPRINT"
# method = "device-code"            # a person; else found out: certificate, assertion-command, secret, managed-identity
# cache = "safe"                    # where a person's sign-in is kept: safe, memory, unencrypted-file
# cloud = "global"                  # us-government, us-government-dod, china
"""


@dataclass(frozen=True)
class Answers:
    """What `init` asks, or is told by options."""

    tenant: str
    domains: Sequence[str]
    school_id: str
    school_name: str
    dfe: str
    roster: str
    format: str
    effective: date | None
    day: tuple[str, str]
    terms: Sequence[tuple[date, date]]
    leads: Sequence[str] = ()


def school_file_text(answers: Answers) -> str:
    """Fill the template; every value is written as TOML, so that quotes and backslashes stay what they are."""
    effective = f"effective = {answers.effective}" if answers.effective else "# effective = 2026-09-01"
    terms = "\n".join(f"[[terms]]\nfirst = {first}\nlast = {last}" for first, last in answers.terms)
    text = TEMPLATE.format(
        tenant=_toml(answers.tenant),
        domains=_toml(list(answers.domains)),
        school_id=_toml(answers.school_id),
        school_name=_toml(answers.school_name),
        dfe=_toml(answers.dfe),
        roster=_toml(answers.roster),
        format=_toml(answers.format),
        effective=effective,
        day_start=_toml(answers.day[0]),
        day_end=_toml(answers.day[1]),
        terms=terms or "# [[terms]]\n# first = 2026-09-02\n# last = 2026-12-18",
    )
    if answers.leads:
        codes = _toml(list(answers.leads))
        leads = f"# Designated safeguarding leads: their staff codes.\nsafeguarding_leads = {codes}\n\n"
        text = text.replace("# The school, or each", leads + "# The school, or each", 1)
    return text


def _toml(value: Any) -> str:
    return str(tomlkit.item(value).as_string())


def relative_roster(roster: str, started_in: Path, folder: Path) -> str:
    """Give the roster's path as the school file keeps it: from the school folder when it lies below, else whole."""
    if not roster:
        return ""
    whole = (started_in / roster).resolve()
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)
