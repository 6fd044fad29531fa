"""Makes the tables of docs/permissions.md from what the commands declare. Run: python tests/permissions_page.py"""

from pathlib import Path

from teamskit.cli.auth_permissions import chosen, person_of
from teamskit.tenant.permissions import TABLE, least

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"
BEGIN, END = "<!-- made by tests/permissions_page.py -->\n", "<!-- end of what is made -->\n"


def tables():
    """Give both tables in Markdown: what each command needs, and what each permission opens."""
    lines = ["| command | to read | to change | only in some cases |", "|---|---|---|---|"]
    for path, needs in chosen(()).of:
        always = [name for name in needs.names if name in needs.always]
        reads = _code(least([name for name in always if not TABLE[name].writes]))
        writes = _code(least([name for name in always if TABLE[name].writes]))
        some = "; ".join(f"{_code([name])}: {why}" for name, why in _in_order(needs))
        lines.append(f"| `teamskit {path}` | {reads} | {writes} | {some} |")
    lines += ["", "| permission of an application | of a signed-in person | or instead | opens | Microsoft's page |"]
    lines.append("|---|---|---|---|---|")
    for row in TABLE.values():
        note = f". {row.note[0].upper()}{row.note[1:]}." if row.note else ""
        calls = f"{_escaped(row.calls)}{_escaped(note)}"
        person = _code([row.name]) if not row.in_token else " and ".join(f"`{one}`" for one in row.delegated) or "none"
        assert row.delegated or person_of(row).startswith("no")
        lines.append(f"| {_code([row.name])} | {person} | {_listed(row.instead)} | {calls} | {_escaped(row.source)} |")
    return "\n".join(lines) + "\n"


def _in_order(needs):
    return [(name, needs.sometimes[name]) for name in needs.names if name in needs.sometimes]


def _code(names):
    return ", ".join(_listed(TABLE[name].application) if TABLE[name].in_token else name for name in names)


def _listed(names):
    return ", ".join(f"`{one}`" for one in names)


def _escaped(text):
    return text.replace("{", "\\{").replace("|", "\\|")


def made(text):
    """Give the page with its tables made anew."""
    return text.partition(BEGIN)[0] + BEGIN + tables() + END + text.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
