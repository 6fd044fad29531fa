"""Reads how much room accounts have for recordings: whether they have a drive at all, and what is left in it.

Source: Graph v1.0 drive and its quota facet (`remaining` in bytes), read 2026-11-25.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.graph_calls import encoded
from teamskit.tenant.permissions import FILES_READ
from teamskit.tenant.transport import Transport

Drive = Mapping[str, Any]


def fetch_drives(transport: Transport, accounts: Sequence[str]) -> dict[str, Drive | Reply]:
    """Give each account's drive with its `quota`, by batches; the reply that refused in place of one (404: none)."""
    asked = list(dict.fromkeys(accounts))
    calls = [Call("GET", f"/users/{encoded(one)}/drive?$select=id,quota", FILES_READ) for one in asked]
    replies = transport.gather(calls)
    return {
        one: reply.body if reply.ok and isinstance(reply.body, Mapping) else reply
        for one, reply in zip(asked, replies, strict=True)
    }
