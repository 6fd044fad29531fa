"""Fetches the bytes of a drive's file, from where an earlier try stopped, over links that work for some minutes only.

An item goes in and bytes go out to a sink, piece by piece; it knows no recording and no disk.
Source: Graph v1.0 "driveitem-get-content" and "driveitem-get" (2025), read 2026-11-25: the link needs no token, takes
`Range` (the item's /content does not), and answers 206, or 200 with everything where the range cannot be made.
"""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from urllib3.exceptions import HTTPError

from teamskit.errors import Refused, Throttled, Unreachable
from teamskit.tenant.bandwidth import Bandwidth
from teamskit.tenant.calls import Call, Reply
from teamskit.tenant.permissions import FILES_READ
from teamskit.tenant.refusals import error_of
from teamskit.tenant.retry import BUSY, RESENDS, retry_after
from teamskit.tenant.transport import Transport

LINK = "@microsoft.graph.downloadUrl"
STALE = frozenset({401, 403, 404, 410})
"""What an expired link answers; whether the item itself is gone is what asking for a new link tells."""
PIECE_BYTES = 64 << 10
"""The most that a cut can lose of what came."""
_RANGE = re.compile(r"bytes (\d+)-\d*/(\d+|\*)")


@dataclass(frozen=True)
class Item:
    """A file of a drive as it stands: its size in bytes, its hash in base64 (or nothing) and its eTag."""

    drive: str
    id: str
    size: int
    quickxor: str
    etag: str

    def has_bytes_of(self, other: "Item") -> bool:
        """Say whether both are the same bytes: by the hash where both have one, since a new name alters the eTag."""
        if (self.drive, self.id, self.size) != (other.drive, other.id, other.size):
            return False
        if self.quickxor and other.quickxor:
            return self.quickxor == other.quickxor
        return self.etag == other.etag


class Sink(Protocol):
    """Where the bytes go."""

    @property
    def length(self) -> int:
        """Give how many bytes are there."""

    def begin(self, item: Item) -> int:
        """Give how many bytes of just this item are there already; of another they are thrown away."""

    def write(self, data: bytes) -> None:
        """Keep the next bytes."""

    def restart(self) -> None:
        """Throw away what is there."""


@dataclass
class Counts:
    """What fetching cost: bytes that came, times that a file was begun anew, cuts, and links asked for."""

    bytes: int = 0
    restarts: int = 0
    cuts: int = 0
    links: int = 0


class _CutError(Exception):
    """A try ended before the last byte; `headers` may say how long to wait, `status` is 0 for a broken connection."""

    def __init__(self, status: int = 0, headers: Any = None) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers or {}


@dataclass
class _Try:
    """One file's fetching: the link in use, and how many tries in a row brought no byte."""

    call: Call
    sink: Sink
    told: Callable[[int], None]
    item: Item | None = None
    url: str = ""
    idle: int = 0
    came: int = field(default=0)


class Downloads:
    """Fetches files for several threads at once, within one bandwidth; `counts` adds up over all of them."""

    def __init__(self, transport: Transport, bandwidth: Bandwidth) -> None:
        """Take the way to the tenant, and how fast and how long."""
        self._transport, self._bandwidth = transport, bandwidth
        self.counts = Counts()
        self._lock = threading.Lock()

    def fetch(self, drive: str, item: str, sink: Sink, told: Callable[[int], None] = lambda _: None) -> Item:
        """Bring the rest of a file into a sink and give the item as it stood; `told` hears of each piece's length.

        Tries again as long as bytes come, and up to 6 times in a row without any. Raises Refused (`status_code` 404
        when the item is gone), PermissionMissing, Throttled or Unreachable; and WindowClosed, with what came kept.
        """
        select = quote(f"id,size,file,eTag,{LINK}", safe=",@.")
        call = Call(
            "GET", f"/drives/{quote(drive, safe='!')}/items/{quote(item, safe='!')}?$select={select}", FILES_READ
        )
        trying = _Try(call, sink, told)
        retrying = Retrying(
            retry=retry_if_exception_type(_CutError),
            wait=lambda state: self._wait(state, trying),
            stop=lambda _: trying.idle > RESENDS,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            found: Item = retrying(self._once, trying, drive)
        except _CutError as cut:
            raise _given_up(cut) from cut
        return found

    def _sleep(self, seconds: float) -> None:
        self._bandwidth.check()
        self._transport.clock.sleep(seconds)
        self._bandwidth.check()

    def _wait(self, state: RetryCallState, trying: _Try) -> float:
        cut = state.outcome.exception() if state.outcome else None
        if not isinstance(cut, _CutError) or (trying.idle == 0 and not cut.status):
            return 0.0
        return retry_after(cut.headers, self._transport.clock.now(), max(1, trying.idle))

    def _once(self, trying: _Try, drive: str) -> Item:
        self._bandwidth.check()
        if not trying.url:
            self._ask_for_link(trying, drive)
        item = trying.item
        if item is None:
            raise _CutError
        before = trying.came
        try:
            begin = trying.sink.begin(item)
            if begin < item.size:
                self._stream(trying, item, begin)
        finally:
            trying.idle = 0 if trying.came > before else trying.idle + 1
        return item

    def _ask_for_link(self, trying: _Try, drive: str) -> None:
        with self._lock:
            self.counts.links += 1
        reply = self._transport.ask(trying.call)
        if not reply.ok:
            raise error_of(trying.call, reply)
        trying.item = _item(drive, reply)
        trying.url = reply.body.get(LINK) or self._redirected(trying.call)

    def _redirected(self, call: Call) -> str:
        """Give the link that the item's content leads to, for a service that leaves it out of the item."""
        content = Call("GET", call.path.partition("?")[0] + "/content", FILES_READ)
        reply = self._transport.ask(content)
        url = reply.headers.get("Location", "")
        if reply.status != 302 or not url:
            raise error_of(content, reply)
        return str(url)

    def _stream(self, trying: _Try, item: Item, begin: int) -> None:
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begin}-"} if begin else {})
        try:
            with self._transport.stream(trying.url, headers) as response:
                self._must_fit(trying, item, begin, response)
                self._take(trying, item, response)
        except (requests.RequestException, HTTPError, OSError) as wrong:
            if not _is_of_network(wrong):
                raise
            self._count(cuts=1)
            raise _CutError from wrong
        if trying.sink.length < item.size:
            self._count(cuts=1)
            raise _CutError

    def _must_fit(self, trying: _Try, item: Item, begin: int, response: requests.Response) -> None:
        """Raise what makes another try, unless the answer goes on at the byte that is due; begin anew where it must."""
        status = response.status_code
        if status in STALE:
            trying.url = ""
            raise _CutError
        if status in BUSY:
            raise _CutError(status, response.headers)
        if status not in (200, 206, 416):
            raise error_of(trying.call, Reply(status, None, response.headers))
        told = _RANGE.match(response.headers.get("Content-Range", ""))
        if status == 206 and told and int(told[1]) == begin and told[2] in ("*", str(item.size)):
            return
        if status == 200 and response.headers.get("Content-Length", str(item.size)) == str(item.size):
            if begin:
                self._restart(trying)
            return
        # Another size than it had: the file was changed, or what we hold is no beginning of it.
        trying.url = ""
        self._restart(trying)
        raise _CutError

    def _restart(self, trying: _Try) -> None:
        self._count(restarts=1)
        trying.sink.restart()

    def _take(self, trying: _Try, item: Item, response: requests.Response) -> None:
        for piece in _pieces(response):
            data = piece[: item.size - trying.sink.length]
            trying.sink.write(data)
            trying.came += len(data)
            self._count(count=len(piece))
            trying.told(len(data))
            self._bandwidth.took(len(piece))
            if trying.sink.length >= item.size:
                return

    def _count(self, *, count: int = 0, restarts: int = 0, cuts: int = 0) -> None:
        with self._lock:
            self.counts.bytes += count
            self.counts.restarts += restarts
            self.counts.cuts += cuts


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Give what comes as it comes, so that a cut loses nothing that was there before it."""
    raw = response.raw
    read = getattr(raw, "read1", None) or raw.read
    while piece := read(PIECE_BYTES):
        yield piece


def _item(drive: str, reply: Reply) -> Item:
    body = reply.body
    hashes = (body.get("file") or {}).get("hashes") or {}
    return Item(drive, body["id"], int(body["size"]), hashes.get("quickXorHash") or "", body.get("eTag") or "")


def _is_of_network(wrong: BaseException) -> bool:
    """Tell a broken connection from a full disk: both are OSError."""
    return isinstance(wrong, requests.RequestException | HTTPError | ConnectionError | TimeoutError)


def _given_up(cut: _CutError) -> Exception:
    kind = Throttled if cut.status in (429, 503) else Unreachable if not cut.status else Refused
    return kind(
        "Microsoft sent no byte of a recording in seven tries",
        where="download of a drive's file",
        next_step="Run it again later: it goes on where it stopped.",
        status_code=cut.status,
    )
