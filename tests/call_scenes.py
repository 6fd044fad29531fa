"""Calls for tests, as a person writes them into a scenario, and a school with two class teams to play them on."""

import json
from datetime import date, timedelta

from teamskit.clock import iso, parse_iso

CLASS, OTHER = "7x/C000", "8x/C001"
HEAD, TEACHER = {"staff": "T000"}, {"staff": "T001"}
PUPILS = [{"pupil": f"{n + 1:06d}"} for n in range(4)]


def ready(desk, made, effective="2026-11-23"):
    """Give the school two class teams; its clock stands two days after `effective`, in the morning."""
    made.fill(2, 4)
    desk.decide(roster={"path": str(made.folder), "effective": date.fromisoformat(effective)})
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    return desk


def call(name, start, minutes=45, people=(HEAD, *PUPILS), **fields):
    """Give a call of a scenario, everybody there from beginning to end unless somebody has intervals."""
    begin = parse_iso(start)
    span = [iso(begin), iso(begin + timedelta(minutes=minutes))]
    there = [{"intervals": [span], **person} for person in people]
    return {"id": name, "start": span[0], "end": span[1], "organiser": HEAD, "people": there, **fields}


def lesson(name, start, **fields):
    """Give a lesson in the class team's channel."""
    return call(name, start, **{"class": CLASS, "recording": "kept", **fields})


def play(desk, *calls, telephone=()):
    """Play these calls; the clock then stands at 25 hours after the last."""
    file = desk.folder / "scenario.json"
    file.write_text(json.dumps({"calls": calls, "telephone": telephone}), encoding="utf-8")
    return desk.run("sandbox", "play", "--scenario", file)


def listed(desk, *words):
    """Give the calls of the log by id."""
    return {one["id"]: one for one in desk.json("calls", "list", *words)}


def asked(desk):
    """Give how often each path was asked for since the counts were set back, without the answers' status."""
    found = {}
    for template, number in desk.requests()["by"].items():
        path = template.split(" ")[1]
        found[path] = found.get(path, 0) + number
    return found
