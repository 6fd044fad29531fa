"""The policy part of a plan as one PowerShell file, for a school whose technician works with Microsoft's module.

A plan flows in, text flows out; nothing is read and nothing sent. The order is that of an apply, so that nobody is
looser in between: settings of the whole tenant, named policies, who is given them, Global, then what is taken away.
Accounts and groups stand in it by object id, never by name. Source: the cmdlet pages of
MicrosoftDocs/office-docs-powershell, read 2026-11-25.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from teamskit import __version__
from teamskit.errors import InputError, PolicyDocumentError
from teamskit.plan import Action, Change, Plan
from teamskit.policy import script_frame as frame
from teamskit.policy.assignments import ASSIGNMENT
from teamskit.policy.cmdlets import (
    BATCH,
    BATCHED,
    CONFIGURATIONS,
    IN_ADMIN_CENTRE,
    MODULE,
    MODULE_VERSION,
    known,
    noun,
    parameters,
)
from teamskit.policy.decisions import PolicyKey, key_of
from teamskit.policy.definitions import DEFINITION, policy_key
from teamskit.policy.powershell import array, remark, string, table

KINDS = (DEFINITION, ASSIGNMENT)
"""The kinds of change that a script carries out."""
BOM = "\ufeff"
"""Windows PowerShell 5.1 takes a file without it for one in the old code page of the machine."""
_GLOBAL = "global"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RANKS = range(1, 65)
"""A type can be given to 64 groups, so there are so many ranks; the lowest number wins."""


@dataclass(frozen=True)
class GroupGrant:
    """A policy given to a security group, by object id; of several groups the lowest `rank` wins, 1 at the front."""

    group: str
    type: str
    policy: str
    rank: int


@dataclass(frozen=True)
class Contents:
    """What a script would do: changes by part, and accounts by type and policy."""

    configurations: Sequence[Change] = ()
    named: Sequence[Change] = ()
    everybody: Sequence[Change] = ()
    given: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    taken: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unwanted: Sequence[Change] = ()
    grants: Sequence[GroupGrant] = ()

    @property
    def batches(self) -> int:
        """Count the batches of at most 5,000 accounts."""
        return sum(-(-len(some) // BATCH) for (type_, _), some in self.given.items() if type_ in BATCHED)

    def __bool__(self) -> bool:
        """Say whether there is anything to do."""
        return any(
            (self.configurations, self.named, self.everybody, self.given, self.taken, self.unwanted, self.grants)
        )


def contents_of(plan: Plan, grants: Sequence[GroupGrant] = ()) -> Contents:
    """Sort the policy part of a plan.

    Raises PolicyDocumentError for a type that the module has no cmdlets for, InputError for what is no object id.
    """
    for grant in (one for one in grants if one.rank not in _RANKS):
        raise InputError("a rank is a number from 1 to 64", where=f"{grant.type}, group {grant.group}")
    definitions = [change for change in plan.changes if change.target.kind == DEFINITION]
    wanted = [one for one in definitions if one.after is not None]
    own = [one for one in wanted if _type_and_name(one)[0] not in CONFIGURATIONS]
    given: dict[tuple[str, str], list[str]] = {}
    taken: dict[str, list[str]] = {}
    for change in (one for one in plan.changes if one.target.kind == ASSIGNMENT):
        account, type_ = change.target.halves
        policy = (change.after or {}).get("policy")
        mine = taken.setdefault(known(type_), []) if policy is None else given.setdefault((known(type_), policy), [])
        mine.append(_id_of(account, "an account"))
    return Contents(
        [one for one in wanted if _type_and_name(one)[0] in CONFIGURATIONS],
        [one for one in own if policy_key(one.target)[1] != _GLOBAL],
        [one for one in own if policy_key(one.target)[1] == _GLOBAL],
        given,
        taken,
        [one for one in definitions if one.after is None],
        tuple(grants),
    )


def policy_script(
    plan: Plan, grants: Sequence[GroupGrant] = (), needs: Mapping[PolicyKey, Collection[PolicyKey]] | None = None
) -> str:
    """Give the script as the text of a file: with a mark of UTF-8 at its head and the line ends of Windows.

    It checks that the connected tenant is the plan's before anything, honours -WhatIf for every change, and can be run
    again. `needs` names for a policy the tenant-wide ones without which it would be looser than meant. Raises
    PolicyDocumentError or InputError, naming what, for something that a script cannot do.
    """
    contents, rests = contents_of(plan, grants), needs or {}
    parts = [
        *_head(plan),
        frame.PARAMETERS,
        f"$tenant = {string(_id_of(plan.tenant, 'the tenant'))}\n{frame.BEGIN}",
        frame.FUNCTIONS,
        *_part("1. Settings of the whole tenant", _definitions(contents.configurations, _set, rests)),
        *_part("2. Policies by name", _definitions(contents.named, _make, rests)),
        *_part("3. Who is given which policy", _assignments(contents, plan.fingerprint, rests)),
        *_part("4. Global: for all who were given nothing", _definitions(contents.everybody, _set, rests), safe=True),
        *_part("5. Assignments taken away", _removals(contents.taken), safe=True),
        *_part("6. Policies no longer wanted", _deletions(contents.unwanted), safe=True),
        frame.END,
    ]
    return BOM + "\n".join(parts).replace("\n", "\r\n")


def _head(plan: Plan) -> Iterator[str]:
    tenant, fingerprint = _id_of(plan.tenant, "the tenant"), plan.fingerprint
    lines = [
        ".SYNOPSIS",
        f"Teams policies of {plan.school}, as plan {fingerprint} says.",
        ".DESCRIPTION",
        f"Made by teamskit {__version__} from the plan of {plan.made_at}, for the tenant {tenant} and no other.",
        "Read it before you run it. People and groups stand in it by object id. Nobody is looser in between:",
        "settings of the whole tenant come first, then policies, who is given them, Global, and what is taken away.",
        "In Windows PowerShell 5.1 or PowerShell 7, with a Teams Administrator's account:",
        f"1. Install-Module {MODULE} -Scope CurrentUser   (version {MODULE_VERSION} or later)",
        f"2. Connect-MicrosoftTeams -TenantId {tenant}",
        "3. run this file with -WhatIf: it shows each change and makes none",
        "4. run this file; it can be stopped, and run again",
        "5. teamskit policies coverage   (in the school folder: reads what is in effect)",
        ".PARAMETER WaitMinutes",
        "How long to wait in all for the batches of assignments. 0 does not wait.",
        ".PARAMETER DespiteFailures",
        "Go on to Global and to what is taken away although something before it failed or is not done yet.",
    ]
    yield "\n".join([*(remark(line) for line in lines), ""])
    module = f"@{{ ModuleName = '{MODULE}'; ModuleVersion = '{MODULE_VERSION}' }}"
    yield f"#Requires -Version 5.1\n#Requires -Modules {module}\n"


def _part(title: str, blocks: Iterable[str], *, safe: bool = False) -> Iterator[str]:
    """Put blocks under a heading; `safe` ones run only when all before them went well."""
    body = "\n".join(blocks)
    if not body:
        return
    said = string(title.partition(". ")[2])
    if safe:
        body = f"if (Test-Safe) {{\n{_indented(body)}}} else {{\n    Write-Warning '{frame.LEFT_ALONE}'\n}}\n"
    yield f"{remark(title)}\nWrite-Host {said}\n{body}"


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())


def _definitions(
    changes: Sequence[Change],
    write: Callable[[Change, str, str], str],
    needs: Mapping[PolicyKey, Collection[PolicyKey]],
) -> Iterator[str]:
    for change in changes:
        type_, policy = _type_and_name(change)
        if type_ in IN_ADMIN_CENTRE:
            fix = "Make it there and take it out of the document; giving it out by the script is fine."
            raise PolicyDocumentError("Microsoft wants this made in the admin centre only", where=type_, next_step=fix)
        under = sorted(f"{kind} {name}" for kind, name in needs.get(key_of(type_, policy), ()))
        check = (
            f"    if (Test-Broken {array([string(one) for one in under])}) {{\n"
            "        throw 'left alone, since a setting of the whole tenant that it rests on is not right'\n"
            "    }\n"
        )
        yield (
            f"$what = {string(f'{type_} {policy}')}\n"
            f"try {{\n"
            f"{check if under else ''}"
            f"    $settings = {table(parameters(type_, change.after or {}), '    ')}\n"
            f"{_indented(write(change, noun(type_), policy))}"
            f"}} catch {{\n"
            f"    $broken[$what] = $true\n"
            f"    Add-Failure $what $_.Exception.Message\n"
            f"}}\n"
        )


def _set(_change: Change, cmdlets: str, _name: str) -> str:
    """Change what is always there."""
    return (
        'if ($PSCmdlet.ShouldProcess($what, "Set $(Format-Settings $settings)")) {\n'
        f"    Set-{cmdlets} -Identity 'Global' @settings -ErrorAction Stop\n"
        "}\n"
    )


def _make(change: Change, cmdlets: str, name: str) -> str:
    """Make a policy where there is none, then set it; one that the plan only corrects must be there.

    New-Cs… makes it bare, since the pages name settings that only Set-Cs… takes (AutoRecording); nobody has it yet.
    """
    return (
        f"$name = {string(name)}\n"
        f"$there = @(Get-{cmdlets} -ErrorAction Stop | "
        'Where-Object { $_.Identity -eq $name -or $_.Identity -eq "Tag:$name" })\n'
        "$tries = 1\n"
        f"{_new(cmdlets) if change.action is Action.CREATE else _GONE}"
        'if ($PSCmdlet.ShouldProcess($what, "Set $(Format-Settings $settings)")) {\n'
        "    for ($left = $tries; $left -gt 0; $left--) {\n"
        "        try {\n"
        f"            Set-{cmdlets} -Identity $name @settings -ErrorAction Stop\n"
        "            break\n"
        "        } catch {\n"
        "            if ($left -eq 1) { throw }\n"
        "            Start-Sleep -Seconds 10\n"
        "        }\n"
        "    }\n"
        "}\n"
    )


_GONE = """\
if ($there.Count -eq 0) {
    throw 'it is not in the tenant any more, and only some of its settings are known here: make a new plan'
}
"""


def _new(cmdlets: str) -> str:
    return (
        "if ($there.Count -eq 0) {\n"
        "    # A policy just made may not be found at once.\n"
        "    $tries = 6\n"
        "    if ($PSCmdlet.ShouldProcess($what, 'Create')) {\n"
        f"        New-{cmdlets} -Identity $name -ErrorAction Stop | Out-Null\n"
        "    }\n"
        "}\n"
    )


def _assignments(
    contents: Contents, fingerprint: str, needs: Mapping[PolicyKey, Collection[PolicyKey]]
) -> Iterator[str]:
    number = 0
    for grant in contents.grants:
        yield _unless_broken(grant.type, grant.policy, needs, _to_group(grant))
    for (type_, policy), accounts in contents.given.items():
        chunks = [accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH)]
        body = _one_by_one(type_, policy, accounts)
        if type_ in BATCHED:
            names = [f"teamskit {fingerprint} {number + n}" for n in range(1, len(chunks) + 1)]
            number += len(chunks)
            body = "".join(_batch(type_, policy, name, chunk) for name, chunk in zip(names, chunks, strict=True))
        yield _unless_broken(type_, policy, needs, body)
    if number:
        yield "Wait-Batch 0\n"


def _batch(type_: str, policy: str, operation: str, accounts: Sequence[str]) -> str:
    words = f"-Type {string(type_)} -Policy {string(policy)} -Operation {string(operation)}"
    return f"Send-Batch {words} -Accounts {array([string(one) for one in accounts])}\n"


def _unless_broken(type_: str, policy: str, needs: Mapping[PolicyKey, Collection[PolicyKey]], body: str) -> str:
    under = sorted(f"{kind} {name}" for kind, name in needs.get(key_of(type_, policy), ()))
    what = string(f"{type_} {policy}")
    return (
        f"$what = {what}\n"
        f"if (Test-Broken {array([what, *(string(one) for one in under)])}) {{\n"
        "    Add-Failure $what 'given to nobody, since it or what it rests on is not right'\n"
        f"}} else {{\n{_indented(body)}}}\n"
    )


def _to_group(grant: GroupGrant) -> str:
    group = string(_id_of(grant.group, "a group"))
    words = f"-Group {group} -PolicyName {string(grant.policy)} -Rank {grant.rank} -ErrorAction Stop"
    return (
        "try {\n"
        f'    if ($PSCmdlet.ShouldProcess({group}, "Give the group $what")) {{\n'
        f"        Grant-{noun(grant.type)} {words}\n"
        "    }\n"
        "} catch {\n"
        "    Add-Failure $what $_.Exception.Message\n"
        "}\n"
    )


def _one_by_one(type_: str, policy: str, accounts: Sequence[str]) -> str:
    words = f"Grant-{noun(type_)} -Identity $account -PolicyName {string(policy)} -ErrorAction Stop"
    return _each(accounts, '"Assign $what"', words)


def _deletions(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        type_, policy = _type_and_name(change)
        yield (
            f"$what = {string(f'{type_} {policy}')}\n"
            "try {\n"
            "    if ($PSCmdlet.ShouldProcess($what, 'Remove')) {\n"
            f"        Remove-{noun(type_)} -Identity {string(policy)} -ErrorAction Stop\n"
            "    }\n"
            "} catch {\n"
            "    Add-Failure $what $_.Exception.Message\n"
            "}\n"
        )


def _removals(taken: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for type_, accounts in taken.items():
        words = f"Grant-{noun(type_)} -Identity $account -PolicyName $null -ErrorAction Stop"
        yield _each(accounts, string(f"Take away {type_}"), words)


def _each(accounts: Sequence[str], said: str, words: str) -> str:
    """Do one thing for each account; one that fails is listed and holds up nobody."""
    return (
        f"foreach ($account in {array([string(one) for one in accounts])}) {{\n"
        "    try {\n"
        f"        if ($PSCmdlet.ShouldProcess($account, {said})) {{\n"
        f"            {words}\n"
        "        }\n"
        "    } catch {\n"
        '        Add-Failure "account $account" $_.Exception.Message\n'
        "    }\n"
        "}\n"
    )


def _type_and_name(change: Change) -> tuple[str, str]:
    type_, name = change.target.halves
    return known(type_), name


def _id_of(text: str, what: str) -> str:
    """Give an object id back; raises InputError for anything else, since a name could be anybody's."""
    if not _ID.fullmatch(text):
        fix = "The tenant's stands in school.toml, [signin] tenant_id; the others make anew: teamskit policies plan."
        raise InputError(f"a script names {what} by its object id, and there is none", next_step=fix)
    return text
