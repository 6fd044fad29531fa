"""What `teamskit doctor` looks at between here and the tenant: network, sign-in, what the tenant allows."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit

from teamskit import __version__
from teamskit.clock import ComputerClock, at_school
from teamskit.errors import SchoolFileError, TeamskitError, Unreachable
from teamskit.tenant.health import (
    Line,
    admin_line,
    audit_line,
    certificate_line,
    clock_line,
    host_line,
    meetings_line,
    network_line,
)
from teamskit.tenant.probing import Met

if TYPE_CHECKING:
    from teamskit.cli.context import Here
    from teamskit.school import School
    from teamskit.tenant.calls import Call, Service
    from teamskit.tenant.clouds import Cloud
    from teamskit.tenant.probing import Prober
    from teamskit.tenant.tokens import Claims

T = TypeVar("T")
Check = tuple[str, Callable[[], Sequence[Line]]]
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
SIGN_IN_S = 20
NO_MEETING = "https://teams.microsoft.com/l/meetup-join/19%3ateamskit-doctor%40thread.v2/0"
"""A join address that no meeting has."""
_POLICIES = "/Skype.Policy/configurations/TeamsMessagingPolicy"
_NEEDED_BY = {"graph": "everything", "sign-in": "everything", "admin": "policies"}
_KINDS = {"app": "an application", "delegated": "a person", "unknown": "somebody (its token does not tell whom)"}


def within(seconds: float, what: str, act: Callable[[], T]) -> T:
    """Give what `act` gives or raise what it raises; raises Unreachable when it takes longer, and leaves it behind."""
    done: list[T] = []
    raised: list[Exception] = []

    def run() -> None:
        try:
            done.append(act())
        except (TeamskitError, OSError, ValueError) as wrong:
            raised.append(wrong)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    if not done:
        raise Unreachable(f"{what} gave no answer within {seconds:.0f} s", next_step="Look at the network; try again.")
    return done[0]


class TenantChecks:
    """Looks from here to the tenant, each remembering for the next what it found."""

    def __init__(self, here: Here, commands: Sequence[str] = ()) -> None:
        """Look at nothing yet; nobody is asked to sign in. `commands` are those whose permissions count, none: all."""
        here.shows_codes = False
        self.here, self.commands = here, commands
        self.tokens: dict[Service, str] = {}
        self.reached: dict[str, Met] = {}

    def all(self) -> Iterator[Check]:
        """Give the checks in the order in which they rest on each other."""
        yield "program", self._program
        yield "school.toml", self._school_file
        yield "network", self._network
        yield "hosts", self._hosts
        yield "clock", self._clock
        yield "sign-in", self._sign_in
        yield "permissions", self._permissions
        yield "admin-api", self._admin
        yield "meetings-policy", self._meetings
        yield "audit-log", self._audit

    @cached_property
    def school(self) -> School | None:
        """The school file; None when it cannot be read."""
        try:
            return self.here.school
        except SchoolFileError:
            return None

    @property
    def embedded(self) -> bool:
        """Say whether the tenant is the one inside this program."""
        return bool(self.school and self.school.is_embedded)

    @cached_property
    def cloud(self) -> Cloud:
        """The addresses of the school's cloud; the global one's while school.toml cannot be read."""
        from teamskit.school.signin import SignIn
        from teamskit.tenant.clouds import cloud_of

        own = self.school.signin if self.school else SignIn()
        return cloud_of(own.cloud, own.addresses)

    @cached_property
    def prober(self) -> Prober:
        """What asks once."""
        from teamskit.tenant.session import ROOTS, open_prober

        if self.embedded:
            return open_prober(sandbox=self.here.sandbox)
        return open_prober(sandbox=None, roots={**ROOTS, **self.cloud.roots})

    def _program(self) -> list[Line]:
        system = f"{platform.system()} {platform.release()}"
        text = f"teamskit {__version__}, Python {platform.python_version()}, {system}; {_console()}"
        return [Line("program", "ok", text)]

    def _school_file(self) -> list[Line]:
        school = self.here.school
        which = "the tenant inside this program" if school.is_embedded else "a real tenant"
        return [Line("school.toml", "ok", f"school.toml reads well; {which}")]

    @property
    def _hosts_of(self) -> Mapping[str, str]:
        """The host of each service by name; an admin API whose address is not known has none."""
        which = " (embedded)" if self.embedded else ""
        return {name: f"{urlsplit(address).hostname or ''}{which}" for name, address in self._addresses.items()}

    @cached_property
    def _addresses(self) -> Mapping[str, str]:
        tenant = (self.school and (self.school.signin.tenant_id or self.school.tenant)) or "common"
        asked = {
            "graph": f"{self.cloud.roots['graph']}/users?$top=1",
            "sign-in": f"{self.cloud.authority(quote(tenant))}/v2.0/.well-known/openid-configuration",
            "admin": f"{self.cloud.admin}{_POLICIES}" if self.cloud.admin else "",
        }
        return {name: address for name, address in asked.items() if address}

    def _network(self) -> list[Line]:
        if self.embedded:
            return [Line("network", "skip", "network: the tenant is inside this program")]
        from requests.utils import get_environ_proxies, select_proxy

        proxies = {}
        for name, address in self._addresses.items():
            parts = urlsplit(select_proxy(address, get_environ_proxies(address)) or "")
            proxies[self._hosts_of[name]] = f"{parts.hostname}:{parts.port}" if parts.port else (parts.hostname or "")
        bundle = next((name for name in BUNDLES if os.environ.get(name)), "")
        reads = bool(bundle) and os.access(os.environ[bundle], os.R_OK)
        return [network_line(proxies, bundle, bundle_reads=reads)]

    def _hosts(self) -> list[Line]:
        if self.embedded:
            # There is one store and no network: one after the other.
            self.reached = {
                "graph": self.prober.reach("graph", "/users?$top=1"),
                "admin": self.prober.reach("admin", _POLICIES),
            }
        else:
            with ThreadPoolExecutor(len(self._addresses)) as crew:
                met = crew.map(self.prober.look, self._addresses.values())
                self.reached = dict(zip(self._addresses, met, strict=True))
        lines = [host_line(self._hosts_of[name], met, needed_by=_NEEDED_BY[name]) for name, met in self.reached.items()]
        if not self.cloud.admin:
            do = "Write the address under [signin.addresses] admin in school.toml; policies need it."
            lines.append(Line("host admin", "warn", "the Teams admin API's address in this cloud is not known", do))
        return lines

    def _clock(self) -> list[Line]:
        clock = self.here.clock if self.embedded else ComputerClock()
        met = self.prober.look(self._addresses["graph"]) if self._is_reached("graph") else Met("refused")
        return [clock_line(self._hosts_of["graph"], met, clock.now())]

    def _is_reached(self, name: str) -> bool:
        return name in self.reached and not self.reached[name].trouble

    def _token(self, service: Service) -> str:
        if service not in self.tokens:
            here = self.here
            self.tokens[service] = (
                here.sandbox.token(service)
                if here.sandbox
                else within(SIGN_IN_S, "the sign-in", lambda: here.signed_in(service))
            )
        return self.tokens[service]

    @property
    def claims(self) -> Claims:
        """What the token for Graph says of itself; everything is empty without one."""
        from teamskit.tenant.tokens import claims_of

        return claims_of(self.tokens.get("graph", ""))

    def _sign_in(self) -> list[Line]:
        if self.school is None:
            return [Line("sign-in", "skip", "sign-in: school.toml says how, and cannot be read")]
        if not self.embedded and not self._is_reached("sign-in"):
            return [Line("sign-in", "skip", "sign-in: its host is not reached")]
        self._token("graph")
        claims, how = self.claims, "embedded"
        if self.embedded:
            return [self._signed_in(claims, how, "")]
        signed_in = self.here.signed_in
        until = signed_in.certificate_until
        last = f"{at_school(until).day} {at_school(until):%B %Y}" if until else ""
        ending = certificate_line(until, ComputerClock().now(), last)
        first = self._signed_in(claims, signed_in.method, f", valid to {last}" if last else "")
        return [first, ending] if ending else [first]

    def _signed_in(self, claims: Claims, how: str, valid: str) -> Line:
        school = self.school
        domain = school.domains[0] if school and school.domains else "the tenant"
        text = f"signed in to {domain} (tenant {claims.tenant_id or 'not told'}) as {_KINDS[claims.kind]}"
        if self.here.sandbox and claims.tenant_id not in ("", self.here.sandbox.tenant_id.lower()):
            return Line("sign-in", "fail", f"{text}, which is another tenant than school.toml's", "Sign in again.")
        by = "" if self.embedded else f", by {how}{valid}"
        if claims.kind == "delegated":
            do = "Lessons, class teams and calls need the application's own sign-in: docs/signing-in.md."
            return Line("sign-in", "warn", f"{text}{by}", do)
        return Line("sign-in", "ok", f"{text}{by}")

    def _permissions(self) -> list[Line]:
        from teamskit.cli.doctor_permissions import permissions_found

        claims = self.claims
        if self.school is None or "graph" not in self.tokens:
            return [Line("permissions", "skip", "permissions: nobody is signed in")]
        if claims.kind == "unknown":
            return [Line("permissions", "skip", "permissions: the token does not tell them")]
        return permissions_found(claims.permissions, self.commands, self.school, person=claims.kind == "delegated")

    def _ask(self, check: str, name: str, call: Call) -> Met | Line:
        if not self._is_reached("admin" if call.service == "admin" else "graph"):
            return Line(check, "skip", f"{name}: its host is not reached")
        if "graph" not in self.tokens:
            return Line(check, "skip", f"{name}: nobody is signed in")
        return self.prober.ask(call, self._token(call.service))

    def _admin(self) -> list[Line]:
        from teamskit.tenant.calls import Call
        from teamskit.tenant.permissions import TEAMS_ADMINISTRATOR

        call = Call("GET", _POLICIES, TEAMS_ADMINISTRATOR, service="admin")
        met = self._ask("admin-api", "Teams admin API", call)
        return [met if isinstance(met, Line) else admin_line(met, self._hosts_of["admin"])]

    def _meetings(self) -> list[Line]:
        from teamskit.tenant.graph import find_meeting

        if self.claims.kind == "delegated":
            return [Line("meetings-policy", "skip", "application access policy: a person is signed in, who needs none")]
        organiser = self._organiser()
        if not organiser:
            return [Line("meetings-policy", "skip", "application access policy: no account to ask for could be read")]
        met = self._ask("meetings-policy", "application access policy", find_meeting(organiser, NO_MEETING))
        return [met if isinstance(met, Line) else meetings_line(met)]

    def _organiser(self) -> str:
        """Give the account of a member of staff matched before, else any of the tenant's; nothing when none is read."""
        from teamskit.cli.remembering import last_links
        from teamskit.tenant.calls import Call
        from teamskit.tenant.permissions import USERS_READ

        links = last_links(self.here.folder) if self.school else {}
        staff = next((pair[0] for key, pair in links.items() if "/staff/" in key), "")
        if staff:
            return staff
        path = "/users?$select=id&$top=1&$filter=accountEnabled%20eq%20true"
        met = self._ask("meetings-policy", "accounts", Call("GET", path, USERS_READ))
        body = met.reply.body if isinstance(met, Met) else None
        found = body.get("value") if isinstance(body, dict) else None
        return str(found[0].get("id") or "") if found else ""

    def _audit(self) -> list[Line]:
        from teamskit.cli.doctor_folder import has_openings
        from teamskit.tenant.calls import Call
        from teamskit.tenant.permissions import FILES_AUDIT_READ

        met = self._ask("audit-log", "audit log", Call("GET", "/security/auditLog/queries?$top=1", FILES_AUDIT_READ))
        if isinstance(met, Line):
            return [met]
        try:
            has_told = met.reply.ok and has_openings(self.here)
        except TeamskitError:
            # What is wrong with the call log its own lines say.
            has_told = False
        return [audit_line(met, told_of_files=has_told)]


def _console() -> str:
    if sys.platform == "win32":
        import ctypes

        return f"console code page {ctypes.windll.kernel32.GetConsoleOutputCP()}, output as {sys.stdout.encoding}"
    return f"output as {sys.stdout.encoding}"
