"""Times `recordings backup` beside a plain copy, one file after the other, over a link of 40 ms; and its memory.

The embedded tenant is served on loopback behind far_link.py. The plain copy is `requests`, one stream, straight into
files, with nothing checked and nothing written down; backup hashes each file twice, puts it in its place and tells the
ledger. Printed for each: seconds, MB a second, the ratio of the two speeds; then the peak of memory for one recording
of 1, 50 and 500 MB. The status is 1 where backup is slower than AT_LEAST of a plain copy, or memory grows by more than
MOST_MIB with the size. Run:
    python tests/bench/bench_backup.py [FILES]
"""

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from far_link import far_link
from measuring import measured, peak_mib

sys.path.insert(0, str(Path(__file__).parents[1]))

ROUND_TRIP_S = 0.04
AT_LEAST = 1.0
MOST_MIB = 32
MB = 1_000_000
KINDS = {"recordings of 2 to 20 MB": (2, 20), "recordings of 80 to 120 MB": (80, 120)}
ONE_OF = (1, 50, 500)
TIMES = 3


def school_in(folder, sizes):
    """Make a school whose log knows recordings of these sizes, and write down which they are."""
    from keyboard import Desk
    from made_school import MadeSchool
    from recorded_school import recorded
    from recording_scenes import items

    made = MadeSchool(folder / "export")
    made.folder.mkdir(parents=True)
    desk = Desk(folder / "school")
    words = ("--tenant", "sandbox", "--domain", "school.example", "--roster", made.folder, "--effective", "2026-11-23")
    desk.run("init", desk.folder, *words)
    recorded(desk, made, sizes)
    desk.run("recordings", "check")
    files = [(one["parentReference"]["driveId"], one["id"]) for one in items(desk)]
    (folder / "files.json").write_text(json.dumps(files), encoding="utf-8")


@contextmanager
def served(folder):
    """Serve the school's tenant behind the link, and write its address down."""
    program = Path(sys.executable).with_name("teamskit")
    words = [program, "-C", folder / "school", "sandbox", "serve"]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        port = int(re.search(r":(\d+)/", server.stdout.readline())[1])
        with far_link(port, ROUND_TRIP_S) as far:
            (folder / "address").write_text(f"http://127.0.0.1:{far}/v1.0", encoding="utf-8")
            yield
    finally:
        server.terminate()
        server.wait()


def plain(folder):
    """Copy one file after the other, and give the bytes."""
    import requests

    address, total = (folder / "address").read_text(encoding="utf-8"), 0
    with requests.Session() as session:
        session.headers["Authorization"] = "Bearer x"
        for number, (drive, item) in enumerate(json.loads((folder / "files.json").read_text(encoding="utf-8"))):
            url = f"{address}/drives/{drive}/items/{item}/content"
            with session.get(url, stream=True) as answer, Path(folder, "copies", str(number)).open("wb") as out:
                answer.raise_for_status()
                for piece in answer.iter_content(1 << 20):
                    total += out.write(piece)
    return total


def ours(folder):
    """Back everything up that the log knows, as somebody types it, and give the bytes."""
    from keyboard import Desk

    from teamskit.cli.context import Here
    from teamskit.tenant.session import ROOTS, WORKERS, open_transport

    roots = {**ROOTS, "graph": (folder / "address").read_text(encoding="utf-8")}

    def transport(here):
        return open_transport(sandbox=None, clock=here.clock, signin=lambda _: "x", roots=roots, workers=WORKERS)

    # All that is not as typed: school.toml names Microsoft or the tenant inside the program, and this one is far away.
    Here.transport = cached_property(transport)
    Here.transport.__set_name__(Here, "transport")
    desk = Desk(folder / "fresh")
    desk.decide(backup={"target": str(folder / "copies")})
    done = desk.json("recordings", "backup", "--no-check")
    assert not done["failed"] and not done["left"], done
    return done["copied_bytes"]


def one(what, folder):
    """Run one of the two in a school whose log knows of no copy."""
    made = [folder / "fresh", folder / "copies"]
    shutil.copytree(folder / "school", made[0])
    made[1].mkdir()
    try:
        began = time.monotonic()
        total = {"plain": plain, "ours": ours}[what](folder)
        print(time.monotonic() - began, total, peak_mib())
    finally:
        for path in made:
            shutil.rmtree(path)


def speeds(folder, files):
    """Print the speed of both for each kind of recordings, and give the lowest ratio."""
    worst = float("inf")
    for kind, (least, most) in KINDS.items():
        dice = random.Random(least)
        number = max(6, files * 22 // (least + most))
        place = folder / str(least)
        school_in(place, [dice.randint(least * MB, most * MB) for _ in range(number)])
        with served(place):
            found = {what: measured(__file__, what, place, TIMES) for what in ("plain", "ours")}
        assert found["plain"][1] == found["ours"][1]
        for what, (seconds, total, peak) in found.items():
            speed = total / seconds / MB
            print(f"{number} {kind}  {what:6} {seconds:6.2f} s {speed:6.1f} MB/s {peak:4} MiB", flush=True)
        ratio = found["plain"][0] / found["ours"][0]
        print(f"{number} {kind}  ratio {ratio:.2f}", flush=True)
        worst = min(worst, ratio)
    return worst


def growth(folder):
    """Print the peak of memory for one recording of each size, and give by how much it grows."""
    peaks = []
    for size in ONE_OF:
        place = folder / f"one-{size}"
        school_in(place, [size * MB])
        with served(place):
            peaks.append(measured(__file__, "ours", place)[2])
        print(f"one recording of {size:3} MB: {peaks[-1]} MiB at the most", flush=True)
    return max(peaks) - min(peaks)


def main(files):
    with tempfile.TemporaryDirectory() as folder:
        ratio = speeds(Path(folder), files)
        grown = growth(Path(folder))
    return 0 if ratio >= AT_LEAST and grown <= MOST_MIB else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        raise SystemExit(main(int(sys.argv[1]) if sys.argv[1:] else 40))
