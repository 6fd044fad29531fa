"""Where a command runs: the school folder and what hangs on it, opened when first asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from teamskit.cli.output import say_at_terminal
from teamskit.clock import SCHOOL_ZONE, Clock, ComputerClock, at_school

if TYPE_CHECKING:
    from teamskit.calls import Who
    from teamskit.ledger import Ledger
    from teamskit.plan import Journal
    from teamskit.policy import Decisions, PolicyDocument
    from teamskit.roster import Roster
    from teamskit.roster.matching import Match
    from teamskit.roster.overrides import Override
    from teamskit.sandbox import EmbeddedTenant
    from teamskit.school import School, SchoolFolder
    from teamskit.tenant.models import Account, ClassTeam, Group, TenantClass
    from teamskit.tenant.signin import SignedIn
    from teamskit.tenant.transport import Transport

START_OF_DAY = time(7, 0)
LEDGER_URL = "TEAMSKIT_LEDGER_URL"


class Here:
    """One school folder in use by one command."""

    def __init__(self, folder: str, *, quiet: bool = False, verbose: bool = False) -> None:
        """Remember the folder; nothing is opened yet."""
        self.path, self.quiet, self.verbose = Path(folder), quiet, verbose
        self.looks_ahead = False
        self.reads_archived = False
        self.realtime = False
        self.shows_codes = True

    @cached_property
    def folder(self) -> SchoolFolder:
        """The school folder, which must hold a school.toml."""
        from teamskit.school import SchoolFolder

        return SchoolFolder(self.path.resolve()).existing()

    @cached_property
    def school(self) -> School:
        """The school file."""
        from teamskit.school import read_school

        return read_school(self.folder.school_file)

    @cached_property
    def sandbox(self) -> EmbeddedTenant | None:
        """The embedded tenant, when school.toml names it."""
        if not self.school.is_embedded:
            return None
        from teamskit.sandbox import EmbeddedTenant

        day = self.school.roster.effective or datetime.now(SCHOOL_ZONE).date()
        start = datetime.combine(day, START_OF_DAY, SCHOOL_ZONE)
        store = self.folder.state("sandbox.sqlite3")
        return EmbeddedTenant.open(store, domains=self.school.domains, start=start, realtime=self.realtime)

    @cached_property
    def clock(self) -> Clock:
        """The tenant's clock."""
        return self.sandbox or ComputerClock()

    @cached_property
    def transport(self) -> Transport:
        """The client, signed in."""
        from teamskit.tenant.session import open_transport

        if self.sandbox:
            return open_transport(sandbox=self.sandbox, clock=self.clock, signin=None)
        roots = self.signed_in.cloud.roots
        return open_transport(sandbox=None, clock=self.clock, signin=self.signed_in, roots=roots)

    @cached_property
    def signed_in(self) -> SignedIn:
        """The sign-in to a real tenant; a person is shown a code where somebody is at the terminal to read it."""
        from teamskit.tenant.signin import open_signin

        show = say_at_terminal if self.shows_codes and sys.stderr.isatty() else None
        school = self.school
        return open_signin(school.signin, tenant=school.tenant, folder=self.folder, clock=self.clock, show=show)

    @cached_property
    def tenant_id(self) -> str:
        """The tenant's id; for a real one that school.toml names by its domain, Microsoft is asked."""
        if self.sandbox:
            return self.sandbox.tenant_id
        from teamskit.tenant.clouds import cloud_of
        from teamskit.tenant.sign_in_address import resolved

        own = self.school.signin
        return resolved(cloud_of(own.cloud, own.addresses), own.tenant_id or self.school.tenant)

    @cached_property
    def effective(self) -> date:
        """The date the roster is true for: the one in school.toml, else the tenant's today."""
        return self.school.roster.effective or at_school(self.clock.now()).date()

    @cached_property
    def journal(self) -> Journal:
        """What we did in this school."""
        from teamskit.plan import Journal

        return Journal(self.folder.state("journal"))

    @cached_property
    def roster(self) -> Roster:
        """The school's export, read."""
        from teamskit.errors import SchoolFileError
        from teamskit.roster import read_roster

        source, first = self.school.roster, self.school.schools[0]
        if not source.path:
            raise SchoolFileError(
                "no roster is named",
                where="school.toml, [roster] path",
                next_step="Write the folder of the export there.",
            )
        roster = read_roster(
            self.folder.root / source.path,
            fmt=source.format,
            school=first,
            effective=self.effective,
            domains=self.school.domains,
            columns=source.columns,
        )
        return roster.in_year(self.school.year_on(self.effective)) if self._has_year else roster

    @property
    def _has_year(self) -> bool:
        """Say whether school.toml names the academic year, and nobody asked to look at another day."""
        return bool(self.school.academic_year) and not self.looks_ahead

    @cached_property
    def documents(self) -> Mapping[str, PolicyDocument]:
        """The policy documents known here, by id: the shipped ones and the school's own."""
        from teamskit.policy import catalogue

        return catalogue(self.folder.root / "policies")

    @cached_property
    def decisions(self) -> Decisions:
        """What the school has decided about policies."""
        from teamskit.policy import decide

        return decide(self.documents, self.school.cohorts, self.school.policies)

    @cached_property
    def accounts(self) -> list[Account]:
        """Every account of the tenant."""
        from teamskit.tenant import graph

        attribute = self.school.accounts.attribute
        company = len(self.school.schools) > 1 or bool(self.school.schools[0].company)
        return graph.fetch_accounts(self.transport, attribute=attribute, company=company)

    @cached_property
    def overrides(self) -> list[Override]:
        """The school's own decisions on whose account is whose."""
        from teamskit.roster.overrides import read_overrides

        file = self.school.accounts.overrides
        return read_overrides(self.folder.root / file) if file else []

    @cached_property
    def matches(self) -> list[Match]:
        """The account of each person of the roster."""
        from teamskit.cli.remembering import last_links
        from teamskit.roster.matching import Rules, match_accounts

        rules = Rules(self.school.accounts, self.overrides, self.school.schools, last_links(self.folder))
        return match_accounts(self.roster, self.accounts, domains=self.school.domains, rules=rules)

    @cached_property
    def tenant_classes(self) -> list[TenantClass]:
        """Every education class of the tenant, ours or not."""
        from teamskit.tenant import graph

        # To a person Microsoft shows a class without what tells ours from others'.
        self.transport.must_be_app("Class teams")
        return graph.fetch_classes(self.transport)

    @cached_property
    def tenant_groups(self) -> list[Group]:
        """Every Microsoft 365 group of the tenant."""
        from teamskit.tenant import graph

        return graph.fetch_groups(self.transport)

    @cached_property
    def class_teams(self) -> list[ClassTeam]:
        """Our class teams as the tenant has them now; who is in an archived one only after `read_archived_too`."""
        from teamskit.tenant import graph

        ours = [one for one in self.tenant_classes if one.is_ours]
        return graph.fetch_class_teams(self.transport, ours, self.tenant_groups, archived=self.reads_archived)

    def ledger(self) -> Ledger:
        """Open the call log."""
        from teamskit.ledger import Ledger
        from teamskit.ledger.keys import KEY_FILE

        place = self._ledger_url or self.folder.state("ledger.sqlite3")
        return Ledger.open(place, key=self.folder.state(KEY_FILE), owner=self.school.domains[0].casefold())

    @property
    def _ledger_url(self) -> str:
        """The database of the call log with its password; empty for the file in this folder.

        The variable must not lead one school's log into another's, nor a demo's into a real one.
        """
        from teamskit.errors import SchoolFileError
        from teamskit.ledger.engine import same_database

        asked, url = os.environ.get(LEDGER_URL, ""), self.school.ledger.url
        if not asked or (not url and self.school.is_embedded):
            return url
        if url and not same_database(asked, url):
            raise SchoolFileError(
                f"{LEDGER_URL} names another database than [ledger] url",
                where="school.toml, [ledger] url",
                next_step="Set the variable for this school, or take it away.",
            )
        return asked

    def who(self) -> Mapping[str, Who]:
        """Give the person behind each account id."""
        from teamskit.calls import Who

        people = self.roster.people_by_key
        found = {m.account_id: people[m.person_key] for m in self.matches if m.status == "matched" and m.account_id}
        return {
            account: Who(p.id, p.name, p.role, p.year, p.on_roll, p.joined_on, p.left_on)
            for account, p in found.items()
        }

    def may_write(self, path: Path) -> None:
        """Refuse to write an answer over what the school has decided, over its state, or over its export."""
        from teamskit.errors import InputError
        from teamskit.school.folder import STATE

        target, root = path.resolve(), self.folder.root
        kept = [root / "school.toml", root / STATE, root / "policies", root / "registers"]
        kept += [root / self.school.roster.path] if self.school.roster.path else []
        if any(target == one.resolve() or target.is_relative_to(one.resolve()) for one in kept):
            raise InputError(
                "this file belongs to the school and is not written over",
                where=str(path),
                next_step="Name another file.",
            )

    def see_as_of(self, day: date, *, ahead: bool = True) -> None:
        """Read the roster as it is true on another day than the school file's; `ahead` lets the day decide its year."""
        for name in ("effective", "roster", "matches"):
            self.__dict__.pop(name, None)
        self.__dict__["effective"] = day
        self.looks_ahead = ahead

    def read_archived_too(self) -> None:
        """Read the members of archived teams as well, for a command that shows them."""
        self.reads_archived = True
        self.__dict__.pop("class_teams", None)

    def forget(self) -> None:
        """Read the tenant afresh at the next question."""
        for name in ("accounts", "matches", "class_teams", "tenant_classes", "tenant_groups"):
            self.__dict__.pop(name, None)
