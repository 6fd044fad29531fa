"""A school's log of several years, seeded: straight through `entry_of` and `Ledger.append`, the way a sync goes.

The school is the example secondary: 900 pupils in 310 classes. About 25 intervals of presence a call; nobody is in two
calls at once; most calls are recorded, some have a situation that is found.
"""

import csv
import random
import sys
import uuid
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "data")]
import make_example_secondary  # noqa: E402
from keyboard import Desk  # noqa: E402

from teamskit.calls.model import CALL, COVERAGE, LOOKED, RECORDING  # noqa: E402
from teamskit.calls.record import entry_of  # noqa: E402
from teamskit.calls.roll import ClassRoll, OnRoll, roll_entries  # noqa: E402
from teamskit.clock import at_school, iso  # noqa: E402
from teamskit.ledger import Entry, Ledger  # noqa: E402

SEED = 2026
AT_ONCE = 1000
STARTS = ((8, 50), (9, 45), (10, 50), (11, 45), (13, 15), (14, 10))
LENGTH = timedelta(minutes=45)
TERMS = ((9, 3, 10, 21), (11, 1, 12, 17), (1, 5, 2, 11), (2, 21, 3, 31), (4, 18, 5, 26), (6, 5, 7, 20))
"""Half-terms, as month and day of first and last day."""


class LargeLog:
    """The people and classes of the example secondary, and the calls they hold over the years."""

    def __init__(self, folder, years):
        """Write the export and the school file for the years that begin in these Septembers."""
        self.folder, self.years = folder, years
        make_example_secondary.main(folder / "export")
        words = ("--tenant", "sandbox", "--domain", "high.example", "--roster", folder / "export")
        self.desk = Desk(folder / "school")
        self.desk.run("init", self.desk.folder, *words, "--effective", f"{max(years) + 1}-07-19")
        self.terms = [self._term(year, *term) for year in years for term in TERMS]
        self.desk.decide(terms=[{"first": first, "last": last} for first, last in self.terms])
        self._read()
        self.chance = random.Random(SEED)

    def _term(self, year, month, day, last_month, last_day):
        year += month < 9
        return date(year, month, day), date(year, last_month, last_day)

    def _read(self):
        def rows(name):
            with (self.folder / "export" / name).open(encoding="cp1252", newline="") as file:
                return list(csv.DictReader(file))

        pupils = rows("SIMS_Students.csv")
        names = {row["Adno"]: (f"{row['Forename']} {row['Surname']}", row["Year"][-2:].strip()) for row in pupils}
        teachers = rows("SIMS_Staff.csv")
        staff = {row["Staff Code"]: f"{row['Title']} {row['Forename']} {row['Surname']}" for row in teachers}
        self.classes = defaultdict(list)
        self.teacher = {}
        for row in rows("SIMS_Class_Membership.csv"):
            if row["Teacher Code"] in staff and row["Adno"] in names:
                self.classes[row["Class"]].append(row["Adno"])
                self.teacher[row["Class"]] = row["Teacher Code"]
        self.person = {adno: self._person(adno, name, "pupil", year) for adno, (name, year) in names.items()}
        self.person |= {code: self._person(code, name, "staff", None) for code, name in staff.items()}
        self._write_registers(names)

    def _person(self, key, name, role, year):
        account = str(uuid.uuid5(uuid.NAMESPACE_OID, key))
        told = {"role": role, "year": year, "joined_as": "user", "used": ["audio", "video"]}
        return {"account": account, "id": key, "name": name, "address": f"{key.lower()}@high.example", **told}

    def _write_registers(self, pupils):
        registers = self.desk.folder / "registers"
        rows = [f"{adno},Yes,01/09/{min(self.years)},\n" for n, adno in enumerate(pupils) if n % 100]
        (registers / "consent.csv").write_text("Adno,Recording,Date,Withdrawn\n" + "".join(rows), encoding="utf-8")
        heads = "What,Pupil,Staff,Outside,From,Until,Reason,Agreed by\n"
        (registers / "agreed.csv").write_text(heads, encoding="utf-8")

    def days(self):
        """Give the school days of all the years."""
        spans = [(last - first).days + 1 for first, last in self.terms]
        days = [first + timedelta(n) for (first, _), span in zip(self.terms, spans, strict=True) for n in range(span)]
        return [day for day in days if day.weekday() < 5]

    def entries(self, calls):
        """Give the entries of so many calls by day: who is in which class, calls, recordings, what a night read."""
        days, made = self.days(), 0
        yield from roll_entries(self._rolls(), [], datetime.combine(days[0], time(7), UTC))
        for n, day in enumerate(days):
            night = datetime.combine(day, time(22), UTC)
            for body, is_recorded in self._day(day, (calls - made) // (len(days) - n)):
                made += 1
                entry = entry_of(body, night)
                yield entry
                if is_recorded:
                    yield self._recording(entry, body)
            looked = {"untold": [], "told": [], "events": []}
            yield Entry(LOOKED, iso(night), 1, night, looked, about=night)
            span = {"from": iso(night - timedelta(30)), "until": iso(night), "at": iso(night)}
            yield Entry(COVERAGE, "/".join(span.values()), 1, night, span)

    def _rolls(self):
        return [
            ClassRoll("high", code, code, tuple(self._on_roll(self.person[adno]) for adno in pupils))
            for code, pupils in self.classes.items()
        ]

    def _on_roll(self, one):
        return OnRoll(f"high/{one['id']}", one["id"], one["name"], one["year"], one["account"])

    def _recording(self, entry, body):
        told = {"call": body["id"], "started_at": body["start"], "matched_by": "callId", "source": "meeting"}
        private = {"recording": f"r-{body['id']}", "organiser": body["organiser"]["account"]}
        key = f"{body['id']}/{body['id'][:12]}"
        return Entry(RECORDING, key, 1, entry.at, told, about=entry.about, private=private)

    def _day(self, day, number):
        """Give the bodies of a day's calls and whether each is recorded; fewer than `number` when all are busy."""
        busy = {self._at(day, start): set() for start in STARTS}
        while number:
            before = number
            for code in self.chance.sample(sorted(self.classes), len(self.classes)):
                people = {self.teacher[code], *self.classes[code]}
                free = [slot for slot in busy if not busy[slot] & people]
                if free and number:
                    slot = self.chance.choice(free)
                    busy[slot] |= people
                    number -= 1
                    yield self._call(code, slot), self.chance.random() < 0.98
            if before == number:
                return

    def _at(self, day, start):
        local = at_school(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
        return local.replace(hour=start[0], minute=start[1]).astimezone(UTC)

    def _call(self, code, start):
        chance, end = self.chance, start + LENGTH
        teacher = {**self.person[self.teacher[code]], "intervals": [[iso(start), iso(end)]]}
        there = [adno for adno in self.classes[code] if chance.random() < 0.9]
        people = [{**self.person[adno], "intervals": self._stay(start, end)} for adno in there]
        if people and chance.random() < 0.02:
            end += timedelta(minutes=9)
            people[-1]["intervals"] = teacher["intervals"] = [[iso(start), iso(end)]]
        thread, key = uuid.uuid5(uuid.NAMESPACE_OID, code).hex, str(uuid.UUID(int=chance.getrandbits(128), version=4))
        context = f"%7b%22Tid%22%3a%22{uuid.NAMESPACE_OID}%22%2c%22Oid%22%3a%22{teacher['account']}%22%7d"
        url = f"https://teams.microsoft.com/l/meetup-join/19%3a{thread}%40thread.tacv2/{int(start.timestamp())}"
        return {
            **{"id": key, "version": 1, "listed_version": 1, "revised_at": iso(end), "start": iso(start)},
            **{"end": iso(end), "kind": "groupCall", "modalities": ["audio", "video"], "class": code},
            **{"join_url": f"{url}?context={context}", "detail": "complete", "people": [teacher, *people]},
            **{"meeting": True, "viewers_unknown": False},
            "organiser": {**teacher, "intervals": []},
        }

    def _stay(self, start, end):
        chance = self.chance
        joined = start + timedelta(seconds=chance.randrange(5, 150))
        left = end - timedelta(seconds=chance.randrange(40))
        if chance.random() < 0.94:
            return [[iso(joined), iso(left)]]
        gone = joined + timedelta(seconds=chance.randrange(480, 1200))
        back = gone + timedelta(seconds=chance.randrange(30, 150))
        return [[iso(joined), iso(gone)], [iso(back), iso(left)]]


def build(log, calls):
    """Append so many calls to the school's ledger and give (calls, intervals) that went in."""
    counted, batch = [0, 0], []
    with Ledger.open(log.desk.here().folder.state("ledger.sqlite3")) as ledger:
        for entry in log.entries(calls):
            batch.append(entry)
            if entry.kind == CALL:
                counted[0] += 1
                counted[1] += sum(len(person["intervals"]) for person in entry.body["people"])
            if len(batch) >= AT_ONCE:
                ledger.append(batch)
                batch.clear()
        ledger.append(batch)
    return counted


if __name__ == "__main__":
    made = LargeLog(Path(sys.argv[1]), range(2019, 2027))
    print("{:,} calls, {:,}".format(*build(made, int(sys.argv[2]))))
    made.desk.run("sandbox", "seed", "--perfect")
    made.desk.run("apply", "--yes")
