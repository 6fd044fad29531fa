"""What changed in a drive since last time: pages of it, and at their end the link to ask again with.

Source: Graph v1.0 driveitem-delta, read 2026-11-25: a file that is not there any more has a `deleted` facet; a token
that cannot be used answers 410 with where to begin again.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from teamskit.sandbox.drive_store import Drive, Item, folders_of, items_of
from teamskit.sandbox.drives import PAGE, of_drives, shown
from teamskit.sandbox.query import CONTEXT
from teamskit.sandbox.request import Answer, Refusal, Visit
from teamskit.sandbox.teams import folder_id

_LATEST = "latest"


def _delta(visit: Visit, drive: Drive) -> Answer:
    asked = visit.request.query.get("token", "")
    if asked == _LATEST:
        return _answer(visit, drive, [], "@odata.deltaLink", _mark(visit, drive, visit.now))
    state: dict[str, Any] = _read(visit, asked) if asked else {"since": None, "seq": 0, "from": 0}
    # All pages are of one moment, that of the first, so that a change between two of them is not lost.
    until = state.get("until", visit.now)
    then = replace(visit, now=until)
    everything = _changes(then, drive, state["since"], state["seq"])
    start, stop = state["from"], state["from"] + PAGE
    if stop < len(everything):
        token = {**state, "until": until, "from": stop}
        return _answer(visit, drive, everything[start:stop], "@odata.nextLink", token)
    return _answer(visit, drive, everything[start:stop], "@odata.deltaLink", _mark(then, drive, until))


def _mark(visit: Visit, drive: Drive, until: int) -> dict[str, Any]:
    last = max((item.seq for item in items_of(visit, drive)), default=0)
    return {"since": until, "seq": last, "from": 0}


def _changes(visit: Visit, drive: Drive, since: int | None, seq: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if since is None:
        found += [shown(visit, drive, path) for path in folders_of(visit, drive)]
    for item in items_of(visit, drive):
        is_here, was_here = _is_here(item, visit.now), since is not None and _is_here(item, since)
        is_touched = item.seq > seq
        if is_here and (since is None or is_touched or not was_here):
            found.append(shown(visit, drive, item))
        elif not is_here and since is not None and (was_here or (is_touched and item.visible <= since)):
            found.append(_gone(drive, item))
    return found


def _is_here(item: Item, at: int) -> bool:
    ended = item.ended()
    return item.visible <= at and (ended is None or ended > at)


def _gone(drive: Drive, item: Item) -> dict[str, Any]:
    parent = {"driveId": drive.id, "driveType": drive.type, "id": folder_id(drive.id, item.folder)}
    return {"id": item.id, "parentReference": parent, "file": {}, "deleted": {"state": "deleted"}}


def _answer(visit: Visit, drive: Drive, items: list[dict[str, Any]], link: str, token: dict[str, Any]) -> Answer:
    text = base64.urlsafe_b64encode(json.dumps(token).encode("ascii")).decode("ascii").rstrip("=")
    kept = [part for part in visit.request.raw_query.split("&") if part and not part.startswith("token=")]
    place = f"{visit.request.link_root}/drives/{drive.id}/root/delta?" + "&".join([*kept, f"token={text}"])
    return Answer(200, {"@odata.context": CONTEXT + "Collection(driveItem)", link: place, "value": items})


def _read(visit: Visit, text: str) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return {**state, "since": state["since"], "seq": int(state["seq"]), "from": int(state["from"])}
    except (ValueError, KeyError, TypeError):
        place = f"{visit.request.link_root}{visit.request.path}"
        raise Refusal(
            410, "resyncRequired", "The token cannot be used any more.", headers={"Location": place}
        ) from None


ROUTES = of_drives("GET", "/root/delta", _delta)
