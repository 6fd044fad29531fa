"""The query options of a collection: `$filter`, `$select`, `$top` and the paging links.

A filter becomes a function of one item; items are plain objects. Strings compare without regard to case, as in the
directory. What the grammar does not know is a 400.
"""

from __future__ import annotations

import base64
import binascii
import json
import operator
import re
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any

from teamskit.sandbox.clock import from_text
from teamskit.sandbox.request import Answer, Refusal, Visit, bad_request
from teamskit.sandbox.schema import is_extension

CONTEXT = "https://graph.microsoft.com/v1.0/$metadata#"
Item = dict[str, Any]
Test = Callable[[Item], bool]
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[\w./]+/[aA]ny\(\w+:|[(),]|[^\s(),']+)")
_DAY = re.compile(r"\d{4}-\d+-\d+(T|$)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}
_WORDS = {"true": True, "false": False, "null": None}


def predicate(text: str, known: Container[str] | None = None) -> Test:
    """Turn a `$filter` into a test of one item.

    Raises Refusal (400) when it cannot be read, or names a property that is not among the `known`.
    """
    return _Parser(text, known).whole()


def _comparable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if _MOMENT.match(value):
        try:
            return from_text(value)
        except ValueError:
            return value.casefold()
    return value.casefold()


def _literal(token: str) -> Any:
    if token.startswith("'"):
        return _comparable(token[1:-1].replace("''", "'"))
    if token in _WORDS:
        return _WORDS[token]
    if _DAY.match(token):
        try:
            return from_text(token)
        except ValueError:
            raise _bad_filter() from None
    return int(token) if token.lstrip("-").isdigit() else _comparable(token)


def _at(item: Any, path: Sequence[str]) -> Any:
    for name in path:
        if not isinstance(item, dict):
            return None
        item = item.get(name, item.get(name[:1].lower() + name[1:]))
    return item


def _bad_filter() -> Refusal:
    return bad_request("The filter clause cannot be read.", "BadRequest")


def _tokens(text: str) -> list[str]:
    found, at, stripped = [], 0, text.rstrip()
    while at < len(stripped):
        fit = _TOKEN.match(stripped, at)
        if fit is None:
            raise _bad_filter()
        found.append(fit.group(1))
        at = fit.end()
    return found


class _Parser:
    """Read one filter expression from left to right."""

    def __init__(self, text: str, known: Container[str] | None) -> None:
        self._known = known
        self._variables: set[str] = set()
        self._tokens = _tokens(text)
        self._at = 0

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self, wanted: str | None = None) -> str:
        token = self._peek()
        if not token or (wanted is not None and token != wanted):
            raise _bad_filter()
        self._at += 1
        return token

    def whole(self) -> Test:
        test = self._either()
        if self._peek():
            raise _bad_filter()
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._peek() == "or":
            self._next()
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda item: any(test(item) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._peek() == "and":
            self._next()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda item: all(test(item) for test in tests)

    def _one(self) -> Test:
        word = self._next()
        if word == "not":
            inner = self._one()
            return lambda item: not inner(item)
        if word == "(":
            test = self._either()
            self._next(")")
            return test
        if word.endswith(":"):
            return self._any(word)
        if self._peek() == "(":
            return self._text_test(word)
        return self._comparison(word)

    def _any(self, token: str) -> Test:
        path, _, variable = token[:-1].replace("/Any(", "/any(").partition("/any(")
        self._variables.add(variable)
        test = self._either()
        self._next(")")
        steps = self._path(path)
        return lambda item: any(test({variable: each}) for each in _at(item, steps) or [])

    def _text_test(self, name: str) -> Test:
        compare = _TEXT_TESTS.get(name.lower())
        if compare is None:
            raise _bad_filter()
        self._next("(")
        path = self._path(self._next())
        self._next(",")
        value = str(_literal(self._next()))
        self._next(")")
        return lambda item: compare(str(_at(item, path) or "").casefold(), value)

    def _comparison(self, name: str) -> Test:
        path, word = self._path(name), self._next()
        if word == "in":
            values = self._list()
            return lambda item: _comparable(_at(item, path)) in values
        compare = _COMPARE.get(word)
        if compare is None:
            raise _bad_filter()
        given = self._next()
        if path and path[-1].endswith("DateTime") and given != "null" and not _DAY.match(given):
            raise _bad_filter()
        value = _literal(given)
        if word in ("eq", "ne"):
            return lambda item: compare(_comparable(_at(item, path)), value)
        return lambda item: _ordered(compare, _comparable(_at(item, path)), value)

    def _list(self) -> list[Any]:
        self._next("(")
        values = [_literal(self._next())]
        while self._peek() == ",":
            self._next()
            values.append(_literal(self._next()))
        self._next(")")
        return values

    def _is_known(self, name: str) -> bool:
        return self._known is None or name in self._known or name in self._variables or is_extension(name)

    def _path(self, token: str) -> list[str]:
        # A cast such as microsoft.graph.aadUserConversationMember/userId says nothing about the item itself.
        steps = [step for step in token.split("/") if "." not in step]
        if steps and not self._is_known(steps[0]):
            raise bad_request(f"There is no property '{steps[0]}' to filter on.", "BadRequest")
        return steps


def _ordered(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    return type(left) is type(right) and compare(left, right)


def selected(item: Item, visit: Visit, default: Iterable[str] | None = None) -> Item:
    """Cut an item to `$select` (annotations stay), or to the default properties when nothing is selected."""
    wanted = visit.request.query.get("$select")
    names = [name.strip() for name in wanted.split(",")] if wanted else default
    if names is None:
        return item
    return {key: value for key, value in item.items() if "@" in key} | {key: item.get(key) for key in names}


def check_select(visit: Visit, known: Container[str]) -> None:
    """Refuse (400) a `$select` that names an unknown property."""
    for name in visit.request.query.get("$select", "").split(","):
        if name.strip() and name.strip() not in known and not is_extension(name.strip()):
            raise bad_request(f"There is no property '{name.strip()}' to select.", "BadRequest")


def page(
    visit: Visit,
    items: Sequence[Any],
    context: str,
    *,
    size: int = 100,
    most: int | None = None,
    default: Iterable[str] | None = None,
    show: Callable[[Any], Item] | None = None,
) -> Answer:
    """Answer one page of a collection: `size` items, or `$top` up to `most`, with a link when more are left.

    With `show` the items are anything, each turned into what is shown, `$select` included, when its page is asked for.
    """
    start, count = _offset(visit), _page_size(visit, size, most)
    shown = [show(item) if show else selected(item, visit, default) for item in items[start : start + count]]
    body: dict[str, Any] = {"@odata.context": CONTEXT + context}
    if visit.request.query.get("$count") == "true" and not start:
        body["@odata.count"] = len(items)
    if start + count < len(items):
        body["@odata.nextLink"] = next_link(visit, start + count)
    return Answer(200, body | {"value": shown})


def next_link(visit: Visit, offset: int, path: str | None = None, raw_query: str | None = None) -> str:
    """Give the opaque link to the items from `offset` on."""
    raw = visit.request.raw_query if raw_query is None else raw_query
    kept = [part for part in raw.split("&") if part and not _is_token(part)]
    token = base64.urlsafe_b64encode(json.dumps({"from": offset}).encode()).decode().rstrip("=")
    return f"{visit.request.link_root}{path or visit.request.path}?" + "&".join([*kept, "$skiptoken=" + token])


def _is_token(part: str) -> bool:
    return part.lower().startswith(("$skiptoken=", "%24skiptoken="))


def _offset(visit: Visit) -> int:
    token = visit.request.query.get("$skiptoken")
    if token is None:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))["from"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise bad_request("The page token is not valid.", "Directory_ExpiredPageToken") from error


def _page_size(visit: Visit, size: int, most: int | None) -> int:
    wanted = visit.request.query.get("$top")
    if wanted is None:
        return size
    if not wanted.isdigit() or not 1 <= int(wanted) <= (most or size):
        raise bad_request(f"The page size '{wanted}' is not between 1 and {most or size}.", "Request_UnsupportedQuery")
    return int(wanted)


def kept(visit: Visit, items: Iterable[Item], known: Container[str] | None = None) -> list[Item]:
    """Give the items that the request's `$filter` keeps, all without one; see `predicate` for `known`."""
    text = visit.request.query.get("$filter")
    if not text:
        return list(items)
    test = predicate(text, known)
    return [item for item in items if test(item)]
