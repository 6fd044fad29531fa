"""school.toml as typed, frozen values (pydantic). What a key means stands in the file that `teamskit init` writes."""

import re
from datetime import date, time
from string import Formatter
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from teamskit.school.backup import Backup
from teamskit.school.dates import academic_year_of
from teamskit.school.signin import SignIn


def _clock_time(value: object) -> object:
    """Read "08:45" as a time of day."""
    if isinstance(value, str):
        try:
            return time.fromisoformat(value)
        except ValueError:
            raise ValueError("is not a time of day (08:45)") from None
    return value


DOMAIN = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
PLACES = ("class_name", "class_id", "year", "school")
LOGIN_PARTS = ("adno", "number", "code", "forename", "surname", "initial", "intake_yy", "intake_yyyy")
"""What a login pattern may name; `number` is the admission number without leading zeros."""
TimeOfDay = Annotated[time, BeforeValidator(_clock_time)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SchoolUnit(_Frozen):
    """One school of the tenant; `id` is what an export calls it (its DfE number, or a short name).

    `domains`, `company` and `department` tell its accounts from those of another school that has the same numbers.
    """

    id: str
    name: str
    dfe: str = ""
    domains: tuple[str, ...] = ()
    company: str = ""
    department: str = ""


class Term(_Frozen):
    """A term, both days included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> "Term":
        if self.last < self.first:
            raise ValueError("the term ends before it begins")
        return self


class SchoolDay(_Frozen):
    """The school day on the clock of Europe/London."""

    start: TimeOfDay = time(8, 45)
    end: TimeOfDay = time(15, 30)

    @model_validator(mode="after")
    def _in_order(self) -> "SchoolDay":
        if self.end <= self.start:
            raise ValueError("the school day ends before it begins")
        return self


class FindingMinutes(_Frozen):
    """How long something must last to be worth a look, in minutes; "longer than" is strict, to the second.

    `lesson` is how long two pupils must have been there for a call to count as a lesson (that long or longer), and
    `recording_hours` how long after its end its recording may take to appear. `not_seen_days` are days with a lesson.
    `pupils_may_watch` says that pupils who were in a call, or are in its class, may look at its recording again.
    """

    one_to_one: StrictInt = Field(default=2, ge=0)
    alone: StrictInt = Field(default=5, ge=0)
    pupils_only: StrictInt = Field(default=2, ge=0)
    lesson: StrictInt = Field(default=5, ge=0)
    recording_hours: StrictInt = Field(default=24, ge=0)
    not_seen_days: StrictInt = Field(default=5, ge=1)
    pupils_may_watch: StrictBool = True


class RosterSource(_Frozen):
    """Where the export lies and what it is; a relative path counts from the school folder."""

    path: str = ""
    format: Literal["auto", "sims", "sds-v1", "sds-v2", "sds-v2.1", "oneroster"] = "auto"
    effective: date | None = None
    columns: dict[str, str] = Field(default_factory=dict)


class AccountSettings(_Frozen):
    """How people are matched to accounts; logins are patterns of a sign-in name, with or without its domain.

    `overrides` is a CSV file of the school's own decisions; `attribute` an extension attribute that holds the number.
    """

    overrides: str = ""
    attribute: str = Field(default="", pattern=r"^(extensionAttribute([1-9]|1[0-5]))?$")
    pupil_login: str = ""
    staff_login: str = ""
    login_length: int = Field(default=64, ge=4, le=64)
    intake: Literal["auto", "R", "7"] = "auto"

    @model_validator(mode="after")
    def _known_parts(self) -> "AccountSettings":
        for name in ("pupil_login", "staff_login"):
            try:
                getattr(self, name).format(**dict.fromkeys(LOGIN_PARTS, "x"))
            except (KeyError, IndexError, ValueError) as wrong:
                raise ValueError(
                    f"accounts.{name}: unknown placeholder {wrong}; known: {', '.join(LOGIN_PARTS)}"
                ) from None
        return self


class Cohort(_Frozen):
    """The people some policy documents are for; the first cohort that fits a person is his.

    `people` are admission numbers or staff codes, `leads` adds the safeguarding leads to them, `schools` are ids. With
    the route "group" the policies reach people by an existing security group: its object id, address or name.
    """

    name: str
    role: Literal["pupil", "staff"]
    years: tuple[str, ...] = ()
    registration_groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    leads: StrictBool = False
    schools: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    route: Literal["direct", "group"] = "direct"
    group: str = ""

    @model_validator(mode="after")
    def _has_its_group(self) -> "Cohort":
        if (self.route == "group") != bool(self.group):
            raise ValueError('route = "group" and group = "<object id, address or name>" belong together')
        return self

    @property
    def narrows(self) -> bool:
        """Say whether the cohort holds only some of its role."""
        return bool(self.years or self.registration_groups or self.people or self.leads or self.schools)


class PolicyChoices(_Frozen):
    """Documents that are in force for the whole tenant, and what Global is for.

    `pupils`: pupils are given policies, Global stays as it is. `global-strict`: Global is made as the pupils of the
    cohort `global_from` (else the first cohort of all pupils) need it, and staff are given theirs.
    """

    strategy: Literal["pupils", "global-strict"] = "pupils"
    global_from: str = ""
    tenant: tuple[str, ...] = ()


class TeamSettings(_Frozen):
    """How class teams are made. `name` takes {class_name}, {class_id}, {year} ("2026/27") and {school}.

    `archived_name` takes {name} (the name it has) too. `two_year` lists last year's classes that go on this year in
    the same team: codes or patterns (`10*`), or `10A/En1 > 11B/En3` where more than the year in front changes.
    """

    name: str = "{class_name} {year}"
    fallback_owner: str = ""
    before_pupils: StrictBool = False
    registration_teams: StrictBool = False
    archived_name: str = "{name} (ended)"
    two_year: tuple[str, ...] = ()

    @field_validator("name", "archived_name")
    @classmethod
    def _known_template(cls, text: str, about: ValidationInfo) -> str:
        places = (*PLACES, "name") if about.field_name == "archived_name" else PLACES
        try:
            fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
        except ValueError:
            raise ValueError("the braces { } do not fit together") from None
        unknown = next((one for one in fields if one not in places), None)
        if unknown is not None or not fields:
            raise ValueError(f"unknown placeholder {{{unknown}}}" if fields else "names no class: use {class_name}")
        return text


class Limits(_Frozen):
    """Safety bounds on a plan; shares are 0 to 1 of what stands there now."""

    removals: StrictInt = Field(default=200, ge=0)
    removals_share: float = Field(default=0.33, ge=0, le=1)
    class_removals_share: float = Field(default=0.5, ge=0, le=1)
    fewer_share: float = Field(default=0.2, ge=0, le=1)
    reassignments: StrictInt = Field(default=500, ge=0)
    reassignments_share: float = Field(default=0.33, ge=0, le=1)
    lessons: StrictInt = Field(default=500, ge=0)


class CallSettings(_Frozen):
    """How the call log is kept: days listed again each night, and whether the telephone logs are read too."""

    overlap_days: StrictInt = 2
    telephone: StrictBool = False

    @field_validator("overlap_days")
    @classmethod
    def _within_what_is_kept(cls, days: int) -> int:
        if not 1 <= days <= 29:
            raise ValueError("calls.overlap_days is a number of days from 1 to 29")
        return days


class LedgerPlace(_Frozen):
    """Where the call log is kept: a SQLAlchemy URL without a password, or empty for the file in the school folder."""

    url: str = ""

    @field_validator("url")
    @classmethod
    def _has_no_password(cls, url: str) -> str:
        if re.match(r"[^:/]+://[^/@]*:[^/@]+@", url) or "password=" in url.casefold():
            raise ValueError("holds a password: leave it out here, and set TEAMSKIT_LEDGER_URL to the whole address")
        if url and "://" not in url:
            raise ValueError('is no address of a database ("postgresql+psycopg://user@host/name")')
        return url


def _time_span(value: object) -> object:
    """Read "09:00-10:00" as a span of the school day."""
    if isinstance(value, str):
        start, _, end = value.partition("-")
        return {"start": start.strip(), "end": end.strip()}
    return value


def _as_list(value: object) -> object:
    """Take one day for a list of one."""
    return [value] if isinstance(value, date | str) else value


class PeriodTimes(_Frozen):
    """When a period begins and ends, on the clock of Europe/London."""

    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _in_order(self) -> "PeriodTimes":
        if self.end <= self.start:
            raise ValueError("the period ends before it begins")
        return self


Period = Annotated[PeriodTimes, BeforeValidator(_time_span)]


class LessonSettings(_Frozen):
    """Online lessons from the timetable.

    `week_a` are Mondays that begin a week A (or 1) of a two-week timetable; weeks of term alternate from the newest of
    them. On `closed_days` (INSET) there are no lessons. `periods` gives times to periods that the timetable gives none,
    by its own name (`Mon:1`) or the period's (`1`). `cover` is a CSV file of who teaches instead.
    """

    week_a: Annotated[tuple[date, ...], BeforeValidator(_as_list)] = ()
    closed_days: tuple[date, ...] = ()
    periods: dict[str, Period] = Field(default_factory=dict)
    cover: str = ""

    @field_validator("week_a")
    @classmethod
    def _are_mondays(cls, days: tuple[date, ...]) -> tuple[date, ...]:
        wrong = next((one for one in days if one.weekday()), None)
        if wrong is not None:
            raise ValueError(f"{wrong} is a {wrong:%A}: name the Monday of a week A")
        return tuple(sorted(days))


class Retention(_Frozen):
    """How long names are kept in the call log, in whole academic years, the call's own included; 0 is for ever.

    `recordings_days` is how long a copy of a recording is kept after its lesson; 0 is for ever.
    """

    calls_years: StrictInt = Field(default=2, ge=0, le=100)
    recordings_days: StrictInt = Field(default=90, ge=0, le=36_500)


class School(_Frozen):
    """One school folder's decisions."""

    tenant: str = "sandbox"
    domains: tuple[str, ...] = Field(min_length=1)
    schools: tuple[SchoolUnit, ...] = Field(min_length=1)
    academic_year: str = Field(default="", pattern=r"^(20\d\d/\d\d)?$")
    safeguarding_leads: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    school_day: SchoolDay = SchoolDay()
    findings: FindingMinutes = FindingMinutes()
    roster: RosterSource = RosterSource()
    accounts: AccountSettings = AccountSettings()
    teams: TeamSettings = TeamSettings()
    cohorts: tuple[Cohort, ...] = ()
    policies: PolicyChoices = PolicyChoices()
    limits: Limits = Limits()
    lessons: LessonSettings = LessonSettings()
    ledger: LedgerPlace = LedgerPlace()
    retention: Retention = Retention()
    backup: Backup = Backup()
    calls: CallSettings = CallSettings()
    signin: SignIn = SignIn()

    @field_validator("domains")
    @classmethod
    def _are_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        wrong = next((one for one in domains if not DOMAIN.fullmatch(one)), None)
        if wrong is not None:
            raise ValueError(f'"{wrong}" is not a domain (school.example)')
        return domains

    @field_validator("tenant")
    @classmethod
    def _is_tenant(cls, tenant: str) -> str:
        if tenant.casefold() != "sandbox" and not DOMAIN.fullmatch(tenant):
            raise ValueError('is "sandbox" or the tenant\'s main domain')
        return tenant.casefold()

    @field_validator("cohorts")
    @classmethod
    def _named_once(cls, cohorts: tuple[Cohort, ...]) -> tuple[Cohort, ...]:
        names = [one.name for one in cohorts]
        twice = next((one for one in names if names.count(one) > 1), None)
        if twice is not None:
            raise ValueError(f'two cohorts are called "{twice}"')
        return cohorts

    @model_validator(mode="after")
    def _leads_are_named(self) -> "School":
        empty = next((one.name for one in self.cohorts if one.leads and not self.safeguarding_leads), None)
        if empty is not None:
            raise ValueError(f'cohort "{empty}" has leads = true, and safeguarding_leads names nobody')
        return self

    @property
    def is_embedded(self) -> bool:
        """Say whether the tenant is the one inside this program."""
        return self.tenant == "sandbox"

    def year_on(self, effective: date) -> int:
        """Give the academic year (2026 for 2026/27): the one written in the file, else the one of `effective`."""
        return int(self.academic_year[:4]) if self.academic_year else academic_year_of(effective)
