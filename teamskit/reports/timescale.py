"""Where a moment stands in a picture, and which moments are written under it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from teamskit.calls.model import CallEntry, Interval
from teamskit.clock import at_school

SHORT = timedelta(minutes=30)
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 1440)
LINES = 20


@dataclass(frozen=True)
class Scale:
    """The time a picture shows over its width; `labels` is how many times are written at most."""

    first: datetime
    last: datetime
    width: int
    labels: int

    def x(self, moment: datetime) -> int:
        """Give where a moment stands, 0 to the width; what lies outside stands at the edge."""
        return round(self._share(moment) * self.width)

    def spans(self, intervals: Iterable[Interval]) -> list[tuple[int, int]]:
        """Give the ends of each stay, at least two units apart, so that it is seen."""
        # The same sum as `x`, written out: a term has half a million of these moments.
        first, length, width, found = self.first, self.last - self.first, self.width, []
        for joined, left in intervals:
            x1 = max(0, min(round((joined - first) / length * width), width - 2))
            found.append((x1, max(min(round((left - first) / length * width), width), x1 + 2)))
        return found

    def per_cent(self, moment: datetime) -> int:
        """Give where a moment stands in per cent of the width."""
        return round(self._share(moment) * 100)

    def lines(self) -> list[datetime]:
        """Give the whole ten minutes of the school's clock; wider steps in a long call, nearer ones in a short one."""
        if self.last - self.first < SHORT:
            return self.ticks()
        return self._at_each(max(self._step(LINES), timedelta(minutes=10)))

    def ticks(self) -> list[datetime]:
        """Give those moments that are written out."""
        return self._at_each(self._step(self.labels))

    def _share(self, moment: datetime) -> float:
        return min(1.0, max(0.0, (moment - self.first) / (self.last - self.first)))

    def _step(self, most: int) -> timedelta:
        length = (self.last - self.first) / timedelta(minutes=1)
        return timedelta(minutes=next((step for step in STEPS if length / step <= most), STEPS[-1]))

    def _at_each(self, step: timedelta) -> list[datetime]:
        begin = at_school(self.first)
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = self.first - (begin - midnight) % step
        found = []
        while moment <= self.last:
            if moment >= self.first:
                found.append(moment)
            moment += step
        return found


def scale_of(call: CallEntry, width: int, labels: int) -> Scale | None:
    """Give the scale of a call, from its start or the first to join until its end or the last to leave.

    None when nobody's times are known, or nobody stayed for a second.
    """
    stays = [stay for person in call.people for stay in person.intervals]
    first, last = min([call.start, *[joined for joined, _ in stays]]), max([call.end, *[left for _, left in stays]])
    return Scale(first, last, width, labels) if stays and last > first else None
