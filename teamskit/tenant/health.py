"""What a look at the tenant means, in a line each with what to do about it. Pure; it asks nobody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from teamskit.tenant.calls import Reply
from teamskit.tenant.probing import Met, Trouble

State = Literal["ok", "warn", "fail", "skip"]
_ID = re.compile(r"\b([0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s'\"<>(]+@[^\s'\"<>)]+")

CLOCK_WARN, CLOCK_FAIL = timedelta(seconds=60), timedelta(minutes=5)
"""Sign-ins carry times, which services take with five minutes' grace at most. Source: RFC 7519, 4.1.4 and 4.1.5, leaves
"usually no more than a few minutes"; read 2026-11-25."""
ENDS_SOON = timedelta(days=30)
NO_POLICY = "application access policy"
SHOWN = 4
"""So many commands are named on a line."""


@dataclass(frozen=True)
class Line:
    """What one check found: `check` names it for machines, `do` says what to do where something is to be done."""

    check: str
    state: State
    text: str
    do: str = ""


def pasteable(text: str) -> str:
    """Shorten ids to their first eight signs and take addresses of people out, so that a helpdesk may have it."""
    return _ADDRESS.sub("(an address)", _ID.sub(r"\1...", text))


_TROUBLES: Mapping[Trouble, tuple[str, str]] = {
    "name": ("its name is not known here (DNS)", "Let the school's DNS or filter know this name; see [signin] cloud."),
    "refused": ("no connection, or it was cut", "Have this host allowed in the firewall and filter, port 443."),
    "slow": ("no answer within seconds", "Have this host allowed in the firewall and filter; look at HTTPS_PROXY."),
    "certificate": (
        "its certificate is not trusted by this computer, so something opens the connection on the way",
        "Set REQUESTS_CA_BUNDLE to the filter's own root certificate (PEM), or leave this host out of its inspection.",
    ),
    "bundle": (
        "the file of trusted certificates cannot be read",
        "Correct REQUESTS_CA_BUNDLE, or CURL_CA_BUNDLE: it must name a PEM file that this user may read.",
    ),
    "proxy": (
        "the proxy does not let it pass",
        "Have the proxy allow this host without a sign-in of its own, or correct HTTPS_PROXY.",
    ),
    "page": (
        "a web page came in place of its answer: a filter's, or a portal's to sign in at",
        "Have the filter let this host pass without a page.",
    ),
}


def host_line(host: str, met: Met, *, needed_by: str) -> Line:
    """Say whether a host can be reached."""
    check = f"host {host}"
    if met.trouble:
        what, do = _TROUBLES[met.trouble]
        return Line(check, "fail", f"{host} not reached: {what}", f"{do} Needed by: {needed_by}.")
    if met.reply.status >= 500:
        return Line(check, "warn", f"{host} reached, but it answers {met.reply.status}", "Try again later.")
    return Line(check, "ok", f"{host} reached")


def clock_line(host: str, met: Met, now: datetime) -> Line:
    """Hold this computer's clock, `now` being when the answer came, against the one of a service."""
    if met.said_at is None:
        return Line("clock", "skip", "clock: no answer with a time to hold it against")
    off = now - met.said_at
    seconds = abs(off.total_seconds())
    # The service tells whole seconds, and the way back takes its time.
    text = f"clock {seconds:.0f} s {'ahead of' if off > timedelta() else 'behind'} {host}'s"
    if seconds < 2:
        return Line("clock", "ok", f"clock as {host}'s, within 2 s")
    if seconds <= CLOCK_WARN.total_seconds():
        return Line("clock", "ok", text)
    state: State = "fail" if seconds > CLOCK_FAIL.total_seconds() else "warn"
    return Line("clock", state, text, "Let this computer set its clock by a time server: sign-ins fail otherwise.")


def network_line(proxies: Mapping[str, str], bundle: str, *, bundle_reads: bool) -> Line:
    """Say which proxy each host is asked through ("name:port", empty for none), and whose certificates are trusted.

    `bundle` names the variable that says so, empty where none does.
    """
    used = sorted(set(proxies.values()) - {""})
    through = f"through the proxy {', '.join(used)}" if used else "no proxy"
    if used and not all(proxies.values()):
        through += " for some hosts"
    if bundle and not bundle_reads:
        do = _TROUBLES["bundle"][1]
        return Line("network", "fail", f"network: {through}; the file that {bundle} names cannot be read", do)
    trusted = f"trusts the certificates that {bundle} names" if bundle else "no root certificate of the school's own"
    return Line("network", "ok", f"network: {through}; {trusted}")


def certificate_line(until: datetime | None, now: datetime, words: str) -> Line | None:
    """Warn of a certificate that ends soon; `words` is its last day. None where there is nothing to say."""
    if until is None or until - now > ENDS_SOON:
        return None
    text = f"the certificate to sign in with is valid to {words} only"
    return Line("certificate", "warn", text, "Make a new one and add it to the app registration before that day.")


def admin_line(met: Met, host: str) -> Line:
    """Say whether the Teams admin API lets itself be read with this sign-in."""
    if met.trouble:
        return host_line(host, met, needed_by="policies")
    if met.reply.status in (401, 403):
        do = "Give the application, or the person, the Teams Administrator role in Entra, and wait an hour."
        return Line("admin-api", "fail", f"Teams admin API refuses this sign-in ({met.reply.status})", do)
    if not met.reply.ok:
        return _unclear("admin-api", "Teams admin API", met.reply)
    return Line("admin-api", "ok", "Teams admin API answers")


def meetings_line(met: Met) -> Line:
    """Say by a question for a meeting that is not there whether an application access policy covers an organiser."""
    name, said = "meetings-policy", met.reply.error_message.casefold()
    if met.trouble:
        return Line(name, "skip", "application access policy: no answer came")
    if met.reply.status == 403 and NO_POLICY in said:
        do = (
            "In Teams PowerShell, once, with client_id of school.toml: New-CsApplicationAccessPolicy -Identity teamskit"
            ' -AppIds "CLIENT_ID"; Grant-CsApplicationAccessPolicy -PolicyName teamskit -Global. Wait half an hour.'
        )
        text = "no application access policy: options, attendance and recordings of meetings cannot be read"
        return Line(name, "fail", text, do)
    if met.reply.status in (401, 403):
        do = "Add OnlineMeetings.Read.All to the app registration and have an administrator consent."
        return Line(name, "fail", f"meetings may not be read ({met.reply.status})", do)
    if met.reply.ok or met.reply.status == 404:
        return Line(name, "ok", "application access policy covers the organiser who was asked for")
    return _unclear(name, "application access policy", met.reply)


def audit_line(met: Met, *, told_of_files: bool) -> Line:
    """Say whether the audit log lets itself be searched; `told_of_files` that it has told of a file before.

    Whether anything is written into it Graph does not tell: a search of one that is off is taken, and finds nothing.
    """
    if met.trouble:
        return Line("audit-log", "skip", "audit log: no answer came")
    if met.reply.status in (401, 403):
        do = (
            "Add AuditLogsQuery-SharePoint.Read.All and AuditLogsQuery-OneDrive.Read.All to the app registration and"
            " have an administrator consent. Without them nobody knows who opened a recording."
        )
        return Line("audit-log", "fail", f"audit log may not be searched ({met.reply.status})", do)
    if not met.reply.ok:
        return _unclear("audit-log", "audit log", met.reply)
    if told_of_files:
        return Line("audit-log", "ok", "audit log can be searched, and has told of recordings")
    do = "In Exchange Online PowerShell: Get-AdminAuditLogConfig must say UnifiedAuditLogIngestionEnabled True."
    text = "audit log can be searched; it has told of no recording yet, so it is not known whether it is switched on"
    return Line("audit-log", "warn", text, do)


def permission_lines(
    missing: Mapping[str, Sequence[str]], partly: Mapping[str, Sequence[str]], excess: Sequence[str], granted: int
) -> list[Line]:
    """Say which permissions the sign-in lacks, each with the commands that need it, and which nothing needs.

    Without `missing` its commands do not begin; without `partly` theirs leave something out, or do not change anything.
    """
    name, ask = "permissions", "Add it to the app registration and have an administrator consent"
    lines = [
        Line(
            name, "fail", f"permission missing: {one}; needed by: {_some(paths)}", f"{ask}: teamskit auth permissions."
        )
        for one, paths in missing.items()
    ]
    lines += [
        Line(name, "warn", f"permission missing: {one}; without it only a part is done by: {_some(paths)}", f"{ask}.")
        for one, paths in partly.items()
    ]
    lines += [
        Line(name, "warn", f"permission not needed: {one}", "Take it away from the app registration.") for one in excess
    ]
    return lines or [Line(name, "ok", f"permissions as needed ({granted} granted)")]


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(paths[:SHOWN]) + more


def _unclear(check: str, name: str, reply: Reply) -> Line:
    said = f": {reply.error_message}" if reply.error_message else ""
    return Line(check, "warn", f"{name}: no clear answer ({reply.status}){said}", "Run teamskit doctor again later.")
