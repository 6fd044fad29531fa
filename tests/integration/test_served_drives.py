"""Downloads over a real socket: from the served address, cut by closing it, slow in real time, never held whole."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from call_scenes import call, play, ready

PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")
MINE = "00000000-0000-4000-8000-00000000000"
LINK = "@microsoft.graph.downloadUrl"


@pytest.fixture
def school(desk, made):
    ready(desk, made)
    sizes = (500_000, 400_000_000)
    days = (
        call(f"{MINE}{n}", f"2026-11-26T{9 + n:02}:00:00Z", recording="kept", size_bytes=size)
        for n, size in enumerate(sizes)
    )
    play(desk, *days)
    return desk


@contextmanager
def served(school):
    """Give the root address and the process."""
    words = [PROGRAM, "sandbox", "serve"]
    process = subprocess.Popen(words, cwd=school.folder, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        yield re.search(r"http://\S+", process.stdout.readline())[0], process
    finally:
        process.terminate()
        process.wait(timeout=20)


def files(root):
    path = "/users/t000@school.example/drive/root:/Recordings:/children"
    answer = requests.get(root + path, headers={"Authorization": "Bearer x"}, timeout=30)
    return answer.json()["value"]


def test_downloads_come_from_the_served_address_and_are_cut_by_closing_it(school):
    with served(school) as (root, _):
        small, _large = files(root)
        assert urlsplit(small[LINK]).netloc == urlsplit(root).netloc
        data = requests.get(small[LINK], timeout=30).content
        assert len(data) == 500_000
        part = requests.get(small[LINK], headers={"Range": "bytes=100-199"}, timeout=30)
        assert (part.status_code, part.content) == (206, data[100:200])
        school.run("sandbox", "weather", "--cut", "100", "--seed", "1")
        got = b""
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            for chunk in requests.get(small[LINK], stream=True, timeout=30).iter_content(1024):
                got += chunk
        assert 0 < len(got) < len(data)
        assert data.startswith(got)
        school.run("sandbox", "weather", "--slow", "100", "--rate", "400000")
        began = time.monotonic()
        assert requests.get(small[LINK], timeout=30).content == data
        assert 1 < time.monotonic() - began < 20


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's count of a process's memory")
def test_the_server_holds_no_file_whole(school):
    with served(school) as (root, process):
        small, large = files(root)
        requests.get(small[LINK], timeout=30)
        before = memory(process)
        count = 0
        with requests.get(large[LINK], stream=True, timeout=60) as answer:
            for chunk in answer.iter_content(1 << 20):
                count += len(chunk)
        assert count == 400_000_000
        assert memory(process) - before < 16_000


def memory(process):
    """Give the most memory the process ever had, kB."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text(encoding="ascii"))[1])
