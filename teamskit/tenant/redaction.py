"""What of a call may stand in a log or an error: the shape of its path, never an id, a name or a value."""

import re
from hashlib import sha256

_WORDS = frozenset(
    [
        "users",
        "groups",
        "teams",
        "education",
        "classes",
        "teachers",
        "members",
        "owners",
        "$ref",
        "add",
        "remove",
        "operations",
        "team",
        "directory",
        "deletedItems",
        "microsoft.graph.group",
        "restore",
        "admin",
        "policy",
        "userAssignments",
        "assign",
        "unassign",
        "userConfigurations",
        "communications",
        "callRecords",
        "sessions",
        "participants_v2",
        "onlineMeetings",
        "recordings",
        "drive",
        "root:",
        "Recordings:",
        "drives",
        "items",
        "permissions",
        "filesFolder",
        "security",
        "auditLog",
        "queries",
        "records",
        "children",
        "channels",
        "primaryChannel",
        "archive",
        "unarchive",
        "$batch",
        "organization",
        "Skype.Policy",
        "Teams.Tenant",
        "configurations",
        "configuration",
        "tenants",
    ]
)
_TYPE = re.compile(r"(?:Teams|Tenant|External)[A-Za-z]{4,40}(?:Policy|Configuration|Settings)")
_KEYED = re.compile(r"([A-Za-z.]+)\((.*)\)")


def path_shape(path: str) -> str:
    """Give a path with ids as short hashes and the query as its parameters' names.

    The hash lets two lines about one object be told to be so; it is too short to find the object by.
    """
    before, mark, query = path.partition("?")
    shape = "/".join(_segment(part) for part in before.split("/"))
    names = "&".join(part.partition("=")[0] for part in query.split("&"))
    return f"{shape}?{names}" if mark else shape


def _segment(part: str) -> str:
    if not part or part in _WORDS or _TYPE.fullmatch(part):
        return part
    keyed = _KEYED.fullmatch(part)
    if keyed and (keyed[1] in _WORDS or keyed[1] == "getPolicyId"):
        return f"{keyed[1]}({_hash(keyed[2])})"
    return _hash(part)


def _hash(text: str) -> str:
    return "~" + sha256(text.encode("utf-8")).hexdigest()[:6]
