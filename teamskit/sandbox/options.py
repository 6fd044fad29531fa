"""Which query options a collection takes, and which of them only as an advanced query.

Source: Graph v1.0 user-list, group-list, callrecords-list and "advanced query capabilities", read 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from teamskit.sandbox.request import Refusal, Visit, bad_request

_ADVANCED = re.compile(r"\bendsWith\(|\bne\b|\bnot\b", re.IGNORECASE)
_TOKENS = ("$skiptoken", "$deltatoken")
DIRECTORY = ("$count", "$expand", "$filter", "$orderby", "$search", "$select", "$top")
CALL_RECORDS = ("$filter", "$select")


def check_options(visit: Visit, allowed: Collection[str]) -> None:
    """Refuse (400) an option that the collection does not take, as `$skip` on accounts."""
    for name in visit.request.query:
        if name.startswith("$") and name not in allowed and name not in _TOKENS:
            raise bad_request(f"The query option '{name}' is not supported here.", "Request_UnsupportedQuery")


def check_directory(visit: Visit) -> None:
    """Check the options of accounts and groups: some need ConsistencyLevel eventual and $count=true beside them."""
    check_options(visit, DIRECTORY)
    query = visit.request.query
    if "aboutMe" in query.get("$select", "").split(","):
        raise Refusal(501, "NotImplemented", "This property cannot come back in a collection.")
    advanced = "$search" in query or bool(_ADVANCED.search(re.sub(r"'[^']*'", "", query.get("$filter", ""))))
    advanced = advanced or ("$orderby" in query and "$filter" in query)
    eventual = visit.request.headers.get("consistencylevel", "").lower() == "eventual"
    if advanced and not (eventual and query.get("$count") == "true"):
        raise bad_request("This query needs ConsistencyLevel: eventual and $count=true.", "Request_UnsupportedQuery")
