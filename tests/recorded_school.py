"""A school with recordings in its drives, for tests of backups: how they came, their bytes, a run cut short."""

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from call_scenes import CLASS, HEAD, PUPILS, ready
from recording_scenes import items

from teamskit.clock import iso
from teamskit.tenant.session import SandboxAdapter

PROGRAM = Path(sys.executable).with_name("teamskit.exe" if os.name == "nt" else "teamskit")
GRAPH = "https://graph.microsoft.com/v1.0"
FIRST = datetime(2026, 11, 26, 8, tzinfo=UTC)
A_DAY, APART, LONG = 24, timedelta(minutes=20), timedelta(minutes=15)
PIECE = 1 << 20
# What people call meetings, and what a share, a Windows disk or an address does with that.
NAMES = ("Year 7: fractions?", "CON", "Müller & Söhne <7x>", "100% done... ", "x" * 180, "")


def recorded(desk, made, sizes):
    """Let the school record lessons of these sizes, every other one in a team's channel, and read the log."""
    ready(desk, made)
    calls = [_lesson(*one) for one in enumerate(sizes)]
    file = desk.folder / "scenario.json"
    file.write_text(json.dumps({"calls": calls}), encoding="utf-8")
    desk.run("sandbox", "play", "--scenario", file)
    desk.run("calls", "sync")
    return desk


def _lesson(number, size):
    day, place = divmod(number, A_DAY)
    start = FIRST + timedelta(days=day) + place * APART
    span = [iso(start), iso(start + LONG)]
    name = NAMES[number % len(NAMES)]
    return {
        "id": f"00000000-0000-4000-8000-{number:012x}",
        "start": span[0],
        "end": span[1],
        "organiser": HEAD,
        "people": [{"intervals": [span], **one} for one in (HEAD, *PUPILS)],
        "recording": "kept",
        "size_bytes": size,
        **({"class": CLASS} if number % 2 else {}),
        **({"file_name": f"{name}-{start:%Y%m%d_%H%M%S}-Meeting Recording.mp4"} if name else {}),
    }


def web_of(desk):
    """Give an HTTP session to the embedded tenant, streaming."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", SandboxAdapter(desk.tenant().wsgi))
    session.headers["Authorization"] = "Bearer x"
    return session


def sums_in_drives(desk):
    """Give the SHA-256 of each recording as the tenant gives its bytes, and how often there is one like it."""
    web = web_of(desk)
    return Counter(_sum_of(web, one) for one in items(desk))


def _sum_of(web, item):
    digest = hashlib.sha256()
    url = f"{GRAPH}/drives/{item['parentReference']['driveId']}/items/{item['id']}/content"
    with web.get(url, stream=True) as answer:
        assert answer.status_code == 200, answer.status_code
        for piece in answer.iter_content(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def sum_of(path):
    """Give the SHA-256 of a file on this computer."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recordings_below(folder):
    """Give the recordings in a folder, whatever they are called; lists of sums and the like are not."""
    return sorted(path for path in Path(folder).rglob("*") if path.suffix in (".mp4", ".age"))


def bytes_below(*folders):
    """Give how many bytes lie below these folders; a file that goes while it is looked at counts nothing."""
    total = 0
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                try:
                    total += os.stat(os.path.join(place, name)).st_size
                except OSError:
                    continue
    return total


def killed_when(folder, words, is_time, wait_s=0.0, timeout_s=120, step_s=0.01):
    """Run a command and kill -9 it so many seconds after `is_time()`; say whether it was still running."""
    said = folder / "killed.log"
    with said.open("wb") as out:
        run = subprocess.Popen([PROGRAM, *map(str, words)], cwd=folder, stdout=out, stderr=out)
    until = time.monotonic() + timeout_s
    while run.poll() is None and not is_time() and time.monotonic() < until:
        time.sleep(step_s)
    if run.poll() is None and wait_s:
        time.sleep(wait_s)
    if run.poll() is not None:
        assert run.returncode in (0, 3), said.read_text(encoding="utf-8", errors="replace")[-2000:]
        return False
    run.kill()
    run.wait()
    return True


def sizes_below(folder):
    """Give the size of every file in a folder; one that goes while it is looked at has none."""
    return [bytes_of(path) for path in Path(folder).glob("*")]


def bytes_of(path):
    try:
        return path.stat().st_size
    except OSError:
        return 0


def failed(desk, *words):
    """Verify the copies, and give the ends of the keys of those that are not as they were stored."""
    said = desk.run("recordings", "verify", *words, "--output", "json", ok=(0, 1, 3)).json
    return {one["file"].rpartition("/")[2] for one in said["failed"]}


def end_of_key(path):
    """Give the end of a file's key, which stands in the name of its copy."""
    return re.search(r"([0-9a-f]{12})(?: \(\d+\))?\.mp4", str(path))[1]
