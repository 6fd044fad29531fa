"""A report without names: everybody gets a code before a single table is made, so that nothing is left to leak. Pure.

Free text of people (notes, reasons) and sentences that were made of names are left out or said again without them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from teamskit.calls.model import CallEntry, Presence
from teamskit.reports.anonymous_key import PEOPLE, AnonymousKey, Subject
from teamskit.reports.anonymous_words import alike_words, next_words, plain_words
from teamskit.reports.tables import Agreement, Material
from teamskit.reports.words import count
from teamskit.safeguarding.finding import Finding, Note

FEWEST = 5
"""A class or year of fewer people could be told by its name alone."""
LEFT_OUT = "left out of this report"
KIND_OF_ROLE = {"pupil": "Pupil", "staff": "Staff", "outside": "Outside", "unknown": "Account"}
_PARTS = re.compile(r"[^\W_]{2,}")


@dataclass(frozen=True)
class Sizes:
    """How many people each class (by id) and how many pupils each year has; what is not named counts as too few."""

    classes: Mapping[str, int] = field(default_factory=dict)
    years: Mapping[str, int] = field(default_factory=dict)


def anonymise(material: Material, key: AnonymousKey, sizes: Sizes) -> Material:
    """Give the same material with codes for people, calls, findings and telling classes; the key learns new ones.

    Ids of calls and findings go too: with them anybody who has the named report could put the names back, and a
    finding's id is made of admission numbers, of which there are few enough to try all.
    """
    masking = _Masking(material, key, sizes)
    return replace(
        material,
        calls=[masking.call(call) for call in material.calls],
        findings=[masking.finding(one) for one in material.findings],
        agreements=[masking.agreement(one) for one in material.agreements],
        class_names=masking.class_names,
        recordings={key.code("call", call): now for call, now in material.recordings.items()},
        names={},
        unchecked=[f"{count(len(material.unchecked), 'remark')} on this: {LEFT_OUT}."] if material.unchecked else [],
        is_anonymous=True,
    )


class _Masking:
    """The codes of one report, and what each thing looks like with them."""

    def __init__(self, material: Material, key: AnonymousKey, sizes: Sizes) -> None:
        self._material, self._key, self._sizes = material, key, sizes
        self._people = {person.id: person for call in material.calls for person in _everybody(call)}
        self._parts = _name_parts([*self._people.values()], material.names)
        self._calls = {call.id: call for call in material.calls}
        self._kinds = self._kinds_of_people()
        key.give(self._subjects())
        key.names.update(self._names())
        self.class_names = {
            self.class_id(one): material.class_names.get(one, one) for one in self._classes() if not self._tells(one)
        }

    def call(self, call: CallEntry) -> CallEntry:
        organiser = self.person(call.organiser) if call.organiser else None
        people = tuple(sorted(map(self.person, call.people), key=_place))
        class_id = self.class_id(call.class_id) if call.class_id else None
        code = self._key.code("call", call.id)
        return replace(call, id=code, organiser=organiser, people=people, class_id=class_id, join_url=None, seq=0)

    def person(self, person: Presence) -> Presence:
        if not person.id:
            return person  # forgotten already: the log itself can no longer say who it was
        code = self._key.code(KIND_OF_ROLE[person.role], person.id)
        small = self._sizes.years.get(person.year or "", 0) < FEWEST
        year = None if small else person.year
        return replace(person, account=code, id=code, name=code, address="", year=year)

    def class_id(self, class_id: str) -> str:
        return self._key.code("Class", class_id) if self._tells(class_id) else class_id

    def finding(self, one: Finding) -> Finding:
        """Give a finding with codes for its ids, and its sentences said again without names."""
        people = tuple(sorted((self._code(person) for person in one.people), key=_number))
        return replace(
            one,
            id=self._key.code("finding", one.id),
            call=self._key.code("call", one.call) if one.call else None,
            pupil=self._key.code("Pupil", one.pupil) if one.pupil else None,
            people=people,
            text=plain_words(one, people),
            next_step=next_words(one),
            alike=alike_words(one),
            why=f"Why: {LEFT_OUT}." if one.why else "",
            notes=tuple(
                Note(self._key.code("finding", one.id), LEFT_OUT, LEFT_OUT, n.at, n.settles) for n in one.notes
            ),
        )

    def agreement(self, one: Agreement) -> Agreement:
        who = tuple(self._code(person) if person in self._kinds else "somebody from outside" for person in one.who)
        return replace(one, who=who, agreed_by=LEFT_OUT, reason=LEFT_OUT)

    def _code(self, person: str) -> str:
        return self._key.code(self._kind_of(person), person)

    def _kind_of(self, person: str) -> str:
        """Say what somebody is: by the calls, else as he was called in an earlier report, else not known."""
        earlier = (kind for kind in PEOPLE if (kind, person) in self._key.codes)
        return self._kinds.get(person) or next(earlier, "Person")

    def _kinds_of_people(self) -> dict[str, str]:
        kinds = {one.pupil: "Pupil" for one in self._material.findings if one.pupil}
        return {**kinds, **{name: KIND_OF_ROLE[person.role] for name, person in self._people.items()}}

    def _subjects(self) -> Iterator[Subject]:
        for call in self._material.calls:
            yield "call", call.id
            yield from ((KIND_OF_ROLE[person.role], person.id) for person in _everybody(call))
        for one in self._material.findings:
            yield "finding", one.id
            yield from (("call", one.call) for _ in [one] if one.call)
            yield from (("Pupil", one.pupil) for _ in [one] if one.pupil)
            yield from ((self._kind_of(person), person) for person in one.people)
        yield from (("Class", one) for one in self._classes() if self._tells(one))

    def _names(self) -> Iterator[tuple[Subject, str]]:
        for name, person in self._people.items():
            yield (KIND_OF_ROLE[person.role], name), person.name
        yield from ((("Class", one), self._material.class_names.get(one, "")) for one in self._classes())
        for name, kind in self._kinds.items():
            if name not in self._people:
                yield (kind, name), self._material.names.get(name, "")

    def _classes(self) -> set[str]:
        return {call.class_id for call in self._material.calls if call.class_id}

    def _tells(self, class_id: str) -> bool:
        """Say whether a class would tell who is in it: by being small, or by somebody's name or code in its own."""
        if self._sizes.classes.get(class_id, 0) < FEWEST:
            return True
        called = f"{class_id} {self._material.class_names.get(class_id, '')}"
        return not self._parts.isdisjoint(_PARTS.findall(called.casefold()))


def _place(person: Presence) -> tuple[int, int]:
    """Say where somebody stands in a call: staff first, then by number, as the order of names would tell names."""
    return list(KIND_OF_ROLE).index(person.role) if person.role != "staff" else -1, _number(person.id)[1]


def _number(code: str) -> tuple[str, int]:
    kind, _, number = code.rpartition(" ")
    return kind, int(number or 0)


def _everybody(call: CallEntry) -> Sequence[Presence]:
    """Give the people of a call and its organiser, without those whom the log has forgotten."""
    return [person for person in (*call.people, call.organiser) if person and person.id]


def _name_parts(people: Sequence[Presence], names: Mapping[str, str]) -> set[str]:
    texts = [*(f"{person.name} {person.id}" for person in people), *names.values(), *names]
    return {part for text in texts for part in _PARTS.findall(text.casefold())}
