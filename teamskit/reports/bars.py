"""Who was present when, as bars: the model of one call's picture. Pure; the template draws it as inline SVG.

A picture has its own width whatever the screen: the template stretches its paths and leaves its words unstretched. One
path a role keeps a report of thousands of calls small.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from teamskit.calls.model import CallEntry, Interval, Presence
from teamskit.reports.people_order import ROLES, by_role, others_words, role_words, shown_apart, with_bars
from teamskit.reports.timescale import Scale, scale_of
from teamskit.reports.words import clock_words, count, minutes, visible

WIDE, NARROW = (1000, 5), (400, 2)
"""Width and number of written times, of a picture with names and of one without."""
BY_NAME = 40
"""Up to so many people have a bar each; above, the rest of a role share one."""
ROW, LINE, TOP, FOOT, TALL = 26, 5, 4, 18, 14


@dataclass(frozen=True)
class Label:
    """Words in a picture: `x` in per cent of its width, `y` in pixels, `side` says which end of them stands there."""

    x: int
    y: int
    words: str
    side: str = "start"


@dataclass(frozen=True)
class Picture:
    """One call drawn: paths by role (d attributes), a grid of time, labels, and the bracket of a finding, if any."""

    width: int
    height: int
    grid: str
    bracket: str
    paths: tuple[tuple[str, str], ...]
    labels: tuple[Label, ...]


@dataclass
class _Drawing:
    """A picture in the making; `y` is where the next row begins."""

    scale: Scale
    y: int = TOP
    bracket: str = ""
    labels: list[Label] = field(default_factory=list)
    paths: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def person(self, person: Presence) -> None:
        """Draw a bar with the name above it; a pupil's is a box."""
        self.labels.append(Label(0, self.y + 11, f"{visible(person.name)}, {role_words(person)}"))
        for x1, x2 in self.scale.spans(person.intervals):
            line = f"M{x1} {self.y + 17}H{x2}v7H{x1}z" if person.role == "pupil" else f"M{x1} {self.y + 20}H{x2}"
            self.paths[person.role].append(line)
        self.y += ROW

    def people(self, apart: Sequence[Presence], others: Sequence[Presence], concerned: Iterable[str]) -> None:
        """Draw a bar each for those who are shown apart, up to 40, and a band a role for the rest and the others."""
        named, rest = with_bars(apart, concerned, BY_NAME)
        for person in named:
            self.person(person)
        for role in ROLES:
            if together := [one for one in (*rest, *others) if one.role == role]:
                self.crowd(together, others_words(together, named))

    def crowd(self, people: Sequence[Presence], words: str) -> None:
        """Draw one band, as high as many of the people were present."""
        self.labels.append(Label(0, self.y + 11, words))
        change: defaultdict[int, int] = defaultdict(int)
        for x1, x2 in self.scale.spans([stay for one in people for stay in one.intervals]):
            change[x1] += 1
            change[x2] -= 1
        self.y += 16 + TALL
        here, tall, path = 0, 0, ""
        for x in sorted(change):
            here += change[x]
            new = -(-TALL * here // len(people))
            if new != tall:
                path += f"M{x} {self.y}V{self.y - new}" if not tall else f"H{x}V{self.y - new}"
                tall = new
        self.paths["crowd"].append(path)
        self.y += 4

    def lines(self, people: Sequence[Presence], words: str) -> None:
        """Draw a thin line a person, in the order of the table."""
        self.labels.append(Label(0, self.y + 11, words))
        for row, one in enumerate(people):
            y = self.y + 18 + row * LINE
            self.paths["thin"] += [f"M{x1} {y}H{x2}" for x1, x2 in self.scale.spans(one.intervals)]
        self.y += 18 + LINE * len(people)

    def mark(self, rests_on: Sequence[Interval]) -> None:
        """Draw a bracket over each time that a finding rests on, with the length of all in words."""
        begin, end = rests_on[0][0], rests_on[-1][1]
        self.bracket = "".join(f"M{x1} {self.y + 2}v6H{x2}v-6" for x1, x2 in self.scale.spans(rests_on))
        first, last = self.scale.per_cent(begin), self.scale.per_cent(end)
        middle = (first + last) // 2
        side = "start" if middle < 30 else "end" if middle > 70 else "middle"
        at = {"start": first, "middle": middle, "end": last}[side]
        length = sum((left - joined for joined, left in rests_on), timedelta())
        in_all = " in all" if len(rests_on) > 1 else ""
        words = f"{count(minutes(length), 'minute')}{in_all}, {clock_words(begin)} to {clock_words(end)}"
        self.labels.append(Label(at, self.y + 22, words, side))
        self.y += 28

    def finished(self) -> Picture:
        """Draw the time under it and give the picture."""
        for moment in self.scale.ticks():
            at = self.scale.per_cent(moment)
            side = "start" if at < 8 else "end" if at > 92 else "middle"
            self.labels.append(Label(at, self.y + 13, clock_words(moment), side))
        grid = "".join(f"M{self.scale.x(moment)} 0V{self.y}" for moment in self.scale.lines())
        paths = tuple((kind, "".join(parts)) for kind, parts in self.paths.items() if parts)
        return Picture(self.scale.width, self.y + FOOT, grid, self.bracket, paths, tuple(self.labels))


def full(call: CallEntry, concerned: Iterable[str]) -> Picture | None:
    """Draw a bar a person: staff, outside and unknown and those concerned by name, pupils by name up to 40 people.

    None when nobody's times are known; so for the other two.
    """
    named = {person.id for person in call.people} if len(call.people) <= BY_NAME else set(concerned)
    return brief(call, named)


def brief(call: CallEntry, concerned: Iterable[str], rests_on: Sequence[Interval] = ()) -> Picture | None:
    """Draw those concerned and all who are not pupils by name, the other pupils as one band, and a finding's time."""
    scale = scale_of(call, *WIDE)
    if scale is None:
        return None
    drawing = _Drawing(scale)
    apart, others = shown_apart(by_role(call.people), concerned)
    drawing.people(apart, others, concerned)
    if rests_on:
        drawing.mark(rests_on)
    return drawing.finished()


def small(scale: Scale, people: Sequence[Presence], is_crowded: bool) -> Picture:
    """Draw a call without pupils' names: one thin line each, in the order of the table beside it.

    In a crowded report they share a band that is as high as many of them were present.
    """
    drawing = _Drawing(scale)
    apart, others = shown_apart(people, ())
    drawing.people(apart, others if is_crowded else (), ())
    if others and not is_crowded:
        words = others_words(others, apart)
        drawing.lines(others, f"{words}, a line each" if len(others) > 1 else words)
    return drawing.finished()
