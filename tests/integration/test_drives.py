"""Drives of the embedded tenant as a client meets them: bytes, parts, hashes, expiry, changes, rights."""

import base64
from urllib.parse import urlsplit

import pytest
import requests
from call_scenes import call, play, ready

from teamskit.tenant.session import SandboxAdapter

GRAPH = "https://graph.microsoft.com/v1.0"
MINE = "00000000-0000-4000-8000-00000000000"
LINK = "@microsoft.graph.downloadUrl"


@pytest.fixture
def school(desk, made):
    return ready(desk, made)


@pytest.fixture
def web(school):
    """The tenant as a client meets it: an HTTP session, streaming."""
    session = requests.Session()
    session.mount("https://", SandboxAdapter(school.tenant().wsgi))
    session.headers["Authorization"] = "Bearer x"
    return session


def ask(web, path):
    answer = web.get(GRAPH + path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def teacher(school):
    """Give the account of the head of the scenes."""
    _, _, page = school.tenant().request("GET", "/v1.0/users?$filter=employeeId eq 'T000'&$select=id")
    return page["value"][0]["id"]


def recordings(school, web, options=""):
    """Give the files in the head's folder of recordings."""
    return ask(web, f"/users/{teacher(school)}/drive/root:/Recordings:/children{options}")["value"]


def place(item):
    return f"/drives/{item['parentReference']['driveId']}/items/{item['id']}"


def plain_hash(data):
    """Microsoft's description of quickXorHash, byte by byte."""
    bits = 0
    for number, byte in enumerate(data):
        turned = byte << (11 * number) % 160
        bits ^= turned & (1 << 160) - 1 | turned >> 160
    digest = bytearray(bits.to_bytes(20, "little"))
    for number, byte in enumerate(len(data).to_bytes(8, "little")):
        digest[12 + number] ^= byte
    return base64.b64encode(bytes(digest)).decode()


def test_the_plain_hash_is_the_known_one():
    assert plain_hash(b"hello world") == "aCgDG9jwBhDc4Q1yawMZAAAAAAA="


def test_a_file_comes_whole_with_its_hash_and_in_parts(school, web):
    play(school, call(MINE + "1", "2026-11-26T09:00:00Z", recording="kept", size_bytes=700_001))
    (item,) = recordings(school, web)
    whole = web.get(GRAPH + place(item) + "/content")
    assert [(one.status_code, one.url) for one in whole.history] == [(302, GRAPH + place(item) + "/content")]
    assert urlsplit(whole.url).hostname == "school-my.sharepoint.com"
    data = whole.content
    assert (len(data), data[4:8]) == (700_001, b"ftyp")
    assert item["size"] == 700_001
    assert item["file"]["hashes"] == {"quickXorHash": plain_hash(data)}
    for asked, start, stop in (("1000-", 1000, 700_001), ("163999-164000", 163_999, 164_001), ("-7", 699_994, 700_001)):
        part = requests.Session.send(web, requests.Request("GET", item[LINK], {"Range": f"bytes={asked}"}).prepare())
        assert (part.status_code, part.headers["Content-Range"]) == (206, f"bytes {start}-{stop - 1}/700001")
        assert part.content == data[start:stop]
    assert web.get(item[LINK], headers={"Range": "bytes=700001-"}).status_code == 416
    assert web.get(item[LINK], headers={"Range": "bytes=1-2,5-6"}).content == data
