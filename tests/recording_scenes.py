"""Recordings for tests: lessons played in the embedded tenant, and what their drives hold told to the ledger."""

from urllib.parse import quote

from call_scenes import lesson, play, ready

from teamskit.clock import parse_iso
from teamskit.recordings.files import RecordedFile, entry_of

ID = "00000000-0000-4000-8000-0000000000{:02d}"


def recorded(desk, made, number=3, size=300_000, **school):
    """Give a school with recorded lessons, each of another size, known to the ledger, and a folder for copies."""
    ready(desk, made)
    play(
        desk, *(lesson(ID.format(n + 1), f"2026-11-26T{9 + n:02d}:00:00Z", size_bytes=size + n) for n in range(number))
    )
    desk.run("calls", "sync")
    desk.decide(backup={"target": "../copies"}, **school)
    copies_at(desk).mkdir()
    known(desk)
    return desk


def copies_at(desk):
    return desk.folder.parent / "copies"


def stored(desk):
    """Give the copies, without the lists of sums, by path."""
    root = copies_at(desk)
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path for path in paths if "manifests" not in path.parts}


def items(desk):
    """Give the recordings in all drives, as the tenant shows them."""
    found = []
    people = desk.asks("GET", "/v1.0/users?$select=id")[1]["value"]
    groups = desk.asks("GET", "/v1.0/groups?$select=id")[1]["value"]
    folders = [f"/users/{one['id']}/drive/root:/Recordings:/children" for one in people]
    folders += [f"/groups/{one['id']}/drive/root:/General/Recordings:/children" for one in groups]
    for path in folders:
        status, answer = desk.asks("GET", f"/v1.0{path}")
        found += answer["value"] if status == 200 else []
    return found


def known(desk, pairs=None):
    """Tell the ledger of the files, as looking for them does; matched to calls in order of time."""
    calls = {one["id"]: one for one in sorted(desk.json("calls", "list"), key=lambda one: one["start"])}
    pairs = pairs or zip(calls, sorted(items(desk), key=lambda one: one["name"]), strict=True)
    here = desk.here()
    with here.ledger() as ledger:
        for call, item in pairs:
            start = parse_iso(calls[call]["start"])
            file = RecordedFile(
                call=call,
                state="found",
                recorded_at=start,
                about=start,
                drive=item["parentReference"]["driveId"],
                item=item["id"],
                name=item["name"],
                size=item["size"],
                hash=item["file"]["hashes"]["quickXorHash"],
            )
            ledger.append([entry_of(file, here.clock.now())])


def content(desk, item):
    """Give a file's bytes, asked for in one piece."""
    import requests

    from teamskit.tenant.session import SandboxAdapter

    session = requests.Session()
    session.mount("https://", SandboxAdapter(desk.tenant().wsgi))
    drive = quote(item["parentReference"]["driveId"])
    _, _, fresh = desk.tenant().request("GET", f"/v1.0/drives/{drive}/items/{item['id']}")
    return session.get(fresh["@microsoft.graph.downloadUrl"]).content
