"""Policy documents against Microsoft's parameters: every problem of a document, each with its line.

A document as written flows in, problems flow out. It must not know the tenant, nor whose documents these are.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from teamskit.errors import PolicyDocumentError
from teamskit.policy.parameters import BOOLEAN, LIST, NUMBER, OTHER, TEXT, Parameter, has_name, parameters
from teamskit.policy.problems import Problem
from teamskit.policy.reading import Where, Word, Written
from teamskit.tenant import federation

ONE_POLICY = ("type", "name", "settings")
"""The keys of one policy; they stand at the top of a document, or in each entry of its `policies`."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Part:
    """One policy of a document as written: its place in the document and what stands there."""

    where: Where
    type: str
    name: str
    settings: Mapping[str, Any]


def setting_problems(written: Written) -> list[Problem]:
    """Give what is wrong with ids, names, types, settings, values and what must stand together, by line."""
    if not isinstance(written.data, Mapping):
        return []
    found = parts(written.data)
    problems = [*_id_problems(written)]
    for part in found:
        known = parameters().get(part.type)
        problems += _name_problems(written, part)
        if known is None:
            problems += _type_problems(written, part)
            continue
        for setting, value in part.settings.items():
            said = _said_of(part.type, known, setting, value)
            if said:
                problems.append(_at(written, part, setting, *said))
    problems += [*_whom_problems(written, found), *_together(written, found)]
    if not problems:
        problems += _federation_problems(written, found)
    return sorted(problems, key=lambda problem: problem.line)


def parts(data: Mapping[str, Any]) -> list[Part]:
    """Give the policies of a document, as far as they have the shape of one."""
    entries = data.get("policies")
    pairs: list[tuple[Where, Any]] = [((), data)]
    if isinstance(entries, list):
        pairs = [(("policies", number), entry) for number, entry in enumerate(entries)]
    return [
        Part(where, entry["type"], _text(entry.get("name", "Global")), _mapping(entry.get("settings")))
        for where, entry in pairs
        if isinstance(entry, Mapping) and isinstance(entry.get("type"), str)
    ]


def nearest(name: str, known: Mapping[str, Any]) -> str:
    """Give the known name that is most like this one, or nothing."""
    folded = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), folded, 1, 0.6)
    return folded[near[0]] if near else ""


def _text(value: Any) -> str:
    return value.written if isinstance(value, Word) else str(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _at(written: Written, part: Part, setting: str, what: str, remedy: str) -> Problem:
    where = (*part.where, "settings", setting) if setting else (*part.where, "type")
    return Problem(written.file, written.line(*where), what, remedy, _id(written), part.type, setting)


def _id(written: Written) -> str:
    return str(_mapping(written.data).get("id", ""))


def _id_problems(written: Written) -> Iterator[Problem]:
    found = _mapping(written.data).get("id")
    if isinstance(found, str) and not _ID.fullmatch(found):
        remedy = "Use letters, digits, hyphens, dots and underscores."
        yield Problem(written.file, written.line("id"), f'the id "{found}" is not one word', remedy, found)


def _name_problems(written: Written, part: Part) -> Iterator[Problem]:
    name, line = part.name, written.line(*part.where, "name")
    if name.casefold().startswith("tag:"):
        remedy = f"Write {name[4:].strip() or 'its name'}."
        yield Problem(written.file, line, "a name stands without Tag:", remedy, _id(written), part.type)
    elif name != name.strip() or not name or not name.isprintable():
        what = "the policy's name is empty, or begins or ends with a space, or has a sign that cannot be seen"
        yield Problem(written.file, line, what, "Write it as it shall show in Teams.", _id(written), part.type)
    elif part.type in parameters() and not has_name(part.type) and name != "Global":
        what = f"a {part.type} is the whole tenant's and has no name of its own"
        yield Problem(written.file, line, what, "Leave name out.", _id(written), part.type)


def _type_problems(written: Written, part: Part) -> Iterator[Problem]:
    near = nearest(part.type.removeprefix("Cs"), parameters())
    remedy = f"Did you mean {near}?" if near else f"Known: {', '.join(parameters())}."
    yield _at(written, part, "", f"there is no policy type {part.type}", remedy)


def _said_of(policy_type: str, known: Mapping[str, Parameter], setting: str, value: Any) -> tuple[str, str] | None:
    """Give what is wrong with a setting and what to do, or None."""
    parameter = known.get(setting)
    if parameter is None:
        return f"{policy_type} has no setting {setting}", _other_name(policy_type, setting)
    if parameter.unusable:
        return f"{setting} {parameter.unusable}", "Take it out."
    if parameter.kind == OTHER:
        return f"{setting} is a structure that no document can write", "Take it out, and set it in the admin centre."
    fit = _FITS[parameter.kind]
    return fit(parameter, value)


def _other_name(policy_type: str, setting: str) -> str:
    near = nearest(setting, parameters()[policy_type])
    if near and near.casefold() == setting.casefold():
        return f"Write {near}: capital and small letters count."
    elsewhere = [one for one, known in parameters().items() if setting in known]
    if elsewhere:
        return f"It is a setting of {', '.join(elsewhere)}."
    return f"Did you mean {near}?" if near else "See Microsoft's page of the type for its settings."


def _boolean(parameter: Parameter, value: Any) -> tuple[str, str] | None:
    if isinstance(value, bool):
        return None
    meant = _meant(value)
    remedy = f"Write {meant}, without quotation marks." if meant else "Write true or false."
    return f"{parameter.name} takes true or false, not {_shown(value)}", remedy


def _meant(value: Any) -> str:
    if isinstance(value, Word):
        return str(value.means).lower()
    word = value.strip().casefold() if isinstance(value, str) else ""
    return "true" if word in ("true", "yes", "on") else "false" if word in ("false", "no", "off") else ""


def _number(parameter: Parameter, value: Any) -> tuple[str, str] | None:
    least, most = parameter.least, parameter.most
    if isinstance(value, bool) or not isinstance(value, int):
        digits = value.strip() if isinstance(value, str) and value.strip().lstrip("-").isdecimal() else ""
        remedy = f"Write {digits}, without quotation marks." if digits else "Write digits only."
        return f"{parameter.name} takes a whole number, not {_shown(value)}", remedy
    if value in parameter.also or least is None or most is None or least <= value <= most:
        return None
    others = "".join(f", or {one}" for one in parameter.also)
    return f"{parameter.name} cannot be {value}", f"Write a number from {least} to {most:,}{others}."


def _words(parameter: Parameter, value: Any) -> tuple[str, str] | None:
    takes = f"It takes {_or(parameter.values)}." if parameter.values else "Put it in quotation marks."
    if not isinstance(value, str):
        return f"{parameter.name} takes text, not {_shown(value)}", takes
    if not parameter.values or value in parameter.values:
        return None
    near = nearest(value, dict.fromkeys(parameter.values))
    guess = f"Did you mean {near}? " if near else ""
    return f"{parameter.name} does not take {_shown(value)}", guess + takes


def _texts(parameter: Parameter, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, list):
        if value in parameter.values:
            return None
        words = f", or {_or(parameter.values)}" if parameter.values else ""
        return f"{parameter.name} takes a list, not {_shown(value)}", f"Write [one, another], or [] for none{words}."
    if all(isinstance(one, str) and one.strip() for one in value):
        return None
    return f"{parameter.name} takes a list of text", "Put each entry in quotation marks."


_FITS: Mapping[str, Callable[[Parameter, Any], tuple[str, str] | None]] = {
    BOOLEAN: _boolean,
    NUMBER: _number,
    TEXT: _words,
    LIST: _texts,
}


def _shown(value: Any) -> str:
    """Show a value as it stands in the document."""
    if value is None:
        return "nothing"
    if isinstance(value, Word):
        return value.written
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "more settings"
    return "a list" if isinstance(value, list) else f'"{value}"' if isinstance(value, str) else str(value)


def _or(values: tuple[str, ...]) -> str:
    return ", ".join(values[:-1]) + (" or " if len(values) > 1 else "") + values[-1]


def _whom_problems(written: Written, found: list[Part]) -> Iterator[Problem]:
    if _mapping(written.data).get("for") != "tenant":
        return
    for part in found:
        if has_name(part.type) and part.name.casefold() != "global":
            what = f"the document is for the tenant, so nobody would be given the policy {part.name}"
            remedy = "Write for: pupils, staff or everybody; or give a configuration of the tenant."
            yield Problem(written.file, written.line("for"), what, remedy, _id(written), part.type)


def _together(written: Written, found: list[Part]) -> Iterator[Problem]:
    """Give settings that do nothing, or are refused, without another one."""
    for part in found:
        for setting, is_short, what, remedy in _NEEDS.get(part.type, ()):
            if setting in part.settings and is_short(part.settings, found):
                yield _at(written, part, setting, what, remedy)


def _federation_problems(written: Written, found: list[Part]) -> Iterator[Problem]:
    """Give what is not clear about who outside is let in."""
    for part in (one for one in found if one.type in federation.TYPES):
        try:
            federation.check_document(part.settings)
        except PolicyDocumentError as unclear:
            setting = next((one for one in part.settings if one in unclear.what), federation.SWITCH)
            yield _at(written, part, setting, unclear.what, unclear.next_step)


def _lobby(settings: Mapping[str, Any], _: list[Part]) -> bool:
    return settings["MeetingChatEnabledType"] == "Disabled" and settings.get("LobbyChat") != "Disabled"


def _recording(settings: Mapping[str, Any], _: list[Part]) -> bool:
    return settings["AutoRecording"] == "Enabled" and settings.get("AllowCloudRecording") is not True


def _half_supervised(settings: Mapping[str, Any], found: list[Part]) -> bool:
    is_supervised = settings["ChatPermissionRole"] == "Restricted" and settings.get("AllowUserChat") is True
    halves = [part.settings for part in found if part.type == "TeamsClientConfiguration"]
    return is_supervised and not any(one.get("AllowRoleBasedChatPermissions") is True for one in halves)


_NEEDS: Mapping[str, tuple[tuple[str, Callable[[Mapping[str, Any], list[Part]], bool], str, str], ...]] = {
    "TeamsMeetingPolicy": (
        (
            "MeetingChatEnabledType",
            _lobby,
            "the service refuses MeetingChatEnabledType Disabled without LobbyChat Disabled",
            "Add LobbyChat: Disabled.",
        ),
        (
            "AutoRecording",
            _recording,
            "AutoRecording Enabled does nothing unless recording is allowed",
            "Add AllowCloudRecording: true.",
        ),
    ),
    "TeamsMessagingPolicy": (
        (
            "ChatPermissionRole",
            _half_supervised,
            "chat that is on with the role Restricted is not supervised until the tenant has supervised chat on",
            "Add to policies: a TeamsClientConfiguration with AllowRoleBasedChatPermissions: true.",
        ),
    ),
}
"""Per type: a setting, whether it lacks what it needs, what is wrong and what to do. Source: the cmdlet reference and
the pages on supervised chat, read 2026-11-25."""
