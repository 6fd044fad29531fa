"""Staff and classes, alphabetically: their calls, hours and findings. Nobody is ranked or measured. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from teamskit.calls.name_order import name_place
from teamskit.reports.call_pages import CallPage
from teamskit.reports.words import visible
from teamskit.safeguarding.finding import Finding


@dataclass(frozen=True)
class Group:
    """One member of staff, or one class. `anchor` is unique in the report; `organised` is None for a class."""

    anchor: str
    name: str
    pages: tuple[CallPage, ...]
    organised: int | None
    length: timedelta
    findings: tuple[Finding, ...]

    @property
    def hours(self) -> str:
        """Give the hours, to a tenth."""
        return f"{self.length / timedelta(hours=1):,.1f}"

    @property
    def unchecked(self) -> int:
        """Give how many of the calls were not checked, as their names are no longer kept."""
        return sum(page.call.is_forgotten for page in self.pages)

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Give those that wait for somebody."""
        return tuple(one for one in self.findings if one.state == "open")


def staff_groups(pages: Iterable[CallPage]) -> list[Group]:
    """Give everybody from staff who organised a call or was in one; hours are those he was present.

    The findings are those of these calls that name him.
    """
    theirs: dict[str, list[CallPage]] = defaultdict(list)
    names: dict[str, str] = {}
    for page in pages:
        organiser = [page.call.organiser] if page.call.organiser else []
        for person in (*page.call.people, *organiser):
            if person.role == "staff" and page not in theirs[person.id][-1:]:
                theirs[person.id].append(page)
                names[person.id] = person.name
    found = [_member(person, names[person], of) for person, of in theirs.items()]
    return _numbered("s", found)


def class_groups(pages: Iterable[CallPage]) -> list[Group]:
    """Give every class that had a call; hours are the calls' length."""
    theirs: dict[str, list[CallPage]] = defaultdict(list)
    for page in pages:
        if page.call.class_id:
            theirs[page.call.class_id].append(page)
    return _numbered("k", [_class(of) for of in theirs.values()])


def _member(person: str, name: str, pages: Sequence[CallPage]) -> Group:
    present = (one.present for page in pages for one in page.call.people if one.id == person)
    organised = sum(page.call.organiser is not None and page.call.organiser.id == person for page in pages)
    found = tuple(one for page in pages for one in page.findings if person in one.people)
    return Group("", visible(name), tuple(pages), organised, sum(present, timedelta()), found)


def _class(pages: Sequence[CallPage]) -> Group:
    length = sum((page.call.end - page.call.start for page in pages), timedelta())
    found = tuple(one for page in pages for one in page.findings)
    return Group("", pages[0].what, tuple(pages), None, length, found)


def _numbered(letter: str, groups: Sequence[Group]) -> list[Group]:
    ordered = sorted(groups, key=lambda one: (name_place(one.name), one.pages[0].call.id))
    fields = ((one.name, one.pages, one.organised, one.length, one.findings) for one in ordered)
    return [Group(f"{letter}{n}", *rest) for n, rest in enumerate(fields, 1)]
