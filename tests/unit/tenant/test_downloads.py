"""Fetching a drive's file: resumed where it stopped, begun anew where it must be, and never with the token."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from teamskit.errors import Refused, Unreachable
from teamskit.tenant.bandwidth import Bandwidth, WindowClosed
from teamskit.tenant.downloads import Downloads
from teamskit.tenant.session import ROOTS, SandboxAdapter
from teamskit.tenant.transport import Transport

FILES = "files.example"


class Hand:
    """A clock moved by hand."""

    def __init__(self):
        self.at = datetime(2026, 11, 25, 9, tzinfo=UTC)
        self.waits = []

    def now(self):
        return self.at

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.at += timedelta(seconds=max(0, seconds))


class Service:
    """A drive with one file; `script` holds what befalls the next downloads, one word each."""

    def __init__(self, data, *script):
        self.data, self.script, self.asked, self.ranges = data, list(script), [], []
        self.links = 0
        self.quickxor, self.is_gone = "hash", False

    def __call__(self, environ, start):
        host = environ["SERVER_NAME"]
        self.asked.append((host, environ.get("HTTP_AUTHORIZATION")))
        return self.download(environ, start) if host == FILES else self.item(start)

    def item(self, start):
        if self.is_gone:
            start("404 Not Found", [])
            return [b'{"error": {"code": "itemNotFound", "message": "gone"}}']
        self.links += 1
        body = {
            "id": "i",
            "size": len(self.data),
            "eTag": f"e{len(self.data)}",
            "file": {"hashes": {"quickXorHash": self.quickxor}},
            "@microsoft.graph.downloadUrl": f"https://{FILES}/f?tempauth={self.links}",
        }
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def download(self, environ, start):
        word = self.script.pop(0) if self.script else "all"
        asked = environ.get("HTTP_RANGE", "")
        self.ranges.append(asked)
        begin = int(asked.removeprefix("bytes=").rstrip("-") or 0)
        if isinstance(word, int):
            start(f"{word} Said", [("Retry-After", "7")] if word in (429, 503) else [])
            return [b""]
        if callable(word):
            word = word(self) or "all"
        if word == "no range":
            begin = 0
        part = self.data[begin:]
        headers = [("Content-Length", str(len(part)))]
        if begin or (asked and word != "no range"):
            headers.append(("Content-Range", f"bytes {begin}-{len(self.data) - 1}/{len(self.data)}"))
        start("206 Partial Content" if begin else "200 OK", headers)
        return self.pieces(part, word)

    def pieces(self, part, word):
        most = int(word.removeprefix("cut ")) if word.startswith("cut ") else len(part)
        for at in range(0, most, 10_000):
            yield part[at : min(most, at + 10_000)]
        if word.startswith("cut "):
            raise ConnectionResetError("cut")


class Sink:
    """Bytes in memory, by the item they are of."""

    def __init__(self):
        self.data, self.item, self.restarts = b"", None, 0

    @property
    def length(self):
        return len(self.data)

    def begin(self, item):
        if self.item is not None and not self.item.has_bytes_of(item):
            self.restart()
        self.item = item
        return len(self.data)

    def write(self, data):
        self.data += bytes(data)

    def restart(self):
        self.data, self.item, self.restarts = b"", None, self.restarts + 1


DATA = bytes(i * 7 % 256 for i in range(250_000))


def fetched(service, sink=None, **limits):
    session, clock = requests.Session(), Hand()
    session.mount("https://", SandboxAdapter(service))
    transport = Transport(session, clock, token=lambda _: "secret", root=ROOTS)
    downloads = Downloads(transport, Bandwidth(clock, **limits))
    sink = sink or Sink()
    try:
        downloads.fetch("d", "i", sink)
    finally:
        downloads.sink, downloads.clock = sink, clock
    return downloads


def test_whole_at_once_and_the_token_stays_at_home():
    service = Service(DATA)
    got = fetched(service)
    assert got.sink.data == DATA
    assert service.asked == [("graph.microsoft.com", "Bearer secret"), (FILES, None)]
    assert service.ranges == [""]


def test_a_cut_loses_nothing_and_is_resumed_at_once():
    service = Service(DATA, "cut 90000", "cut 90000")
    got = fetched(service)
    assert got.sink.data == DATA
    assert service.ranges == ["", "bytes=90000-", "bytes=180000-"]
    assert (got.counts.bytes, got.counts.cuts, service.links) == (len(DATA), 2, 1)
    assert sum(got.clock.waits) == 0


def test_what_an_earlier_run_left_is_not_fetched_again():
    first = Service(DATA, "cut 100000", *[404] * 20)
    sink = Sink()
    with pytest.raises(Unreachable):
        fetched(first, sink)
    second = Service(DATA)
    assert fetched(second, sink).sink.data == DATA
    assert second.ranges == ["bytes=100000-"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_link_that_expired_is_asked_for_anew(status):
    service = Service(DATA, "cut 50000", status)
    got = fetched(service)
    assert got.sink.data == DATA and service.links == 2 and got.counts.bytes == len(DATA)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_left_alone_as_long_as_it_says(status):
    service = Service(DATA, status)
    got = fetched(service)
    assert got.sink.data == DATA and got.clock.waits == [7]


def test_everything_again_where_a_range_cannot_be_made():
    service = Service(DATA, "cut 50000", "no range")
    got = fetched(service)
    assert got.sink.data == DATA
    assert (got.counts.restarts, got.counts.bytes) == (1, len(DATA) + 50_000)


def test_a_file_that_changed_meanwhile_is_begun_anew():
    def changed(service):
        service.data, service.quickxor = DATA[::-1] + b"more", "other"

    service = Service(DATA, "cut 50000", changed)
    got = fetched(service)
    assert got.sink.data == DATA[::-1] + b"more"
    assert got.counts.restarts == 1


def test_a_new_name_is_no_new_file():
    def renamed(service):
        service.script.insert(0, 410)
        return "cut 50000"

    got = fetched(Service(DATA, renamed))
    assert got.sink.data == DATA and got.sink.restarts == 0


def test_without_a_hash_the_etag_counts():
    service = Service(DATA, "cut 50000", 410)
    service.quickxor = ""
    assert fetched(service).sink.data == DATA


def test_gone_is_said():
    service = Service(DATA)
    service.is_gone = True
    with pytest.raises(Refused) as gone:
        fetched(service)
    assert gone.value.status_code == 404


def test_no_end_while_bytes_come_and_an_end_when_none_do():
    assert fetched(Service(DATA, *["cut 10000"] * 24)).sink.data == DATA
    stuck = Service(DATA, "cut 10000", *[503] * 50)
    with pytest.raises(Exception, match="seven tries"):
        fetched(stuck)
    assert len(stuck.ranges) == 1 + 7


def test_an_empty_file():
    assert fetched(Service(b"")).sink.data == b""


def test_bandwidth_is_kept():
    got = fetched(Service(DATA), bytes_a_second=50_000)
    assert sum(got.clock.waits) == pytest.approx(5, abs=0.01)


def test_the_window_closes():
    sink = Sink()
    closing = datetime(2026, 11, 25, 9, 0, 2, tzinfo=UTC)
    with pytest.raises(WindowClosed):
        fetched(Service(DATA), sink, bytes_a_second=50_000, until=closing)
    assert 50_000 <= len(sink.data) <= 120_000 and DATA.startswith(sink.data)
