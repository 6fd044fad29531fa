"""The address from which a file is downloaded: no token, a few minutes long, parts on demand.

Source: Graph v1.0 driveitem-get-content, read 2026-11-25: `Range` counts here only; a range that cannot be made is
answered with the whole file. An address that has run out answers 401 (observed: onedrive-api-docs issues 884, 1686).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from urllib.parse import quote, urlsplit

from teamskit.sandbox.audit_log import APP, note
from teamskit.sandbox.clock import SECOND
from teamskit.sandbox.drive_store import Drive, Item, find_drive, find_item, no_item
from teamskit.sandbox.request import GRAPH_ROOT, Answer, Facts, Refusal, Stretch, Visit
from teamskit.sandbox.routing import Route

VALID_US = 5 * 60 * SECOND
PLACES = ("/personal/", "/sites/")
"""How the path of a download begins."""
_PAGE = "/_layouts/15/download.aspx"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def download_url(visit: Visit, drive: Drive, item: Item) -> str:
    """Give a new address for a file: at the tenant's SharePoint, or wherever this tenant is served."""
    web = urlsplit(drive.web)
    root = visit.request.link_root
    host = f"{web.scheme}://{web.netloc}" if root == GRAPH_ROOT else root.removesuffix("/v1.0")
    place = "/".join(web.path.split("/")[:3])
    token = _token(visit.facts, item.id, visit.now + VALID_US)
    return f"{host}{quote(place)}{_PAGE}?UniqueId={item.guid.lower()}&Translate=false&tempauth={token}&ApiVersion=2.0"


def _token(facts: Facts, item: str, until: int) -> str:
    claims = base64.urlsafe_b64encode(json.dumps([item, until]).encode("utf-8")).decode("ascii").rstrip("=")
    return f"v1.{claims}.{_seal(facts, claims)}"


def _seal(facts: Facts, claims: str) -> str:
    return hmac.new(facts.tenant_id.encode("utf-8"), claims.encode("ascii"), hashlib.sha256).hexdigest()[:32]


def _item_of(visit: Visit) -> str:
    """Give the id of the file that the address is for; refuses (401) one that is not ours, or has run out."""
    refused = Refusal(401, "unauthenticated", "The address for this download has run out, or was never given.")
    try:
        _version, claims, seal = visit.request.query.get("tempauth", "").split(".")
        if not hmac.compare_digest(seal, _seal(visit.facts, claims)):
            raise refused
        item, until = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except ValueError:
        raise refused from None
    if visit.now > until:
        raise refused
    return str(item)


def _asked(visit: Visit, item: Item) -> tuple[int, int] | None:
    """Give from where up to where the request asks, None for all; refuses (416) what is not in the file."""
    fit = _RANGE.fullmatch(visit.request.headers.get("range", "").replace(" ", ""))
    if fit is None or not any(fit.groups()) or visit.request.headers.get("if-range", _tag(item)) != _tag(item):
        return None
    first, last = fit.groups()
    if not first:
        start, stop = max(0, item.size - int(last)), item.size
    else:
        start, stop = int(first), min(item.size, int(last) + 1 if last else item.size)
    if last and first and int(last) < int(first):
        return None
    if start >= item.size or start >= stop:
        headers = {"Content-Range": f"bytes */{item.size}"}
        raise Refusal(416, "invalidRange", "The range is not in the file.", headers=headers)
    return start, stop


def _tag(item: Item) -> str:
    return f'"{{{item.guid}}},1"'


def _download(visit: Visit) -> Answer:
    item = find_item(visit, _item_of(visit))
    if item is None or visit.request.query.get("UniqueId", "").upper() != item.guid:
        raise no_item("The file is not here any more.")
    asked = _asked(visit, item)
    start, stop = asked or (0, item.size)
    drive = find_drive(visit.db, visit.facts, item.drive) if start == 0 else None
    if drive is not None:
        note(visit.db, visit.facts, visit.now, "FileDownloaded", drive, item, APP)
    headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes", "ETag": _tag(item)}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{item.size}"
    return Answer(206 if asked else 200, None, headers, Stretch(item.content, item.size, start, stop))


ROUTES = [Route("GET", f"{place}{{site}}{_PAGE}", _download) for place in PLACES]
