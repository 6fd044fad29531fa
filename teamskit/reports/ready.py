"""Pieces of the page that come by the hundred thousand, as ready HTML: the template engine would escape each alone.

A piece is put together as text with a control sign in the place of each tag. `_tagged` is the only way from there to
HTML: it escapes all of it, and only then puts the tags in. So nothing that is shown can become a tag of its own.
"""

from collections.abc import Iterable

from markupsafe import Markup, escape

from teamskit.reports.bars import Label

ROW, CELL, TEXT, END, CLOSE = "\x1e", "\x1f", "\x1c", "\x1d", "\x1b"
_TAGS = {
    ROW: Markup("<tr>"),
    CELL: Markup("<td>"),
    TEXT: Markup("<text"),
    END: Markup(">"),
    CLOSE: Markup("</text>"),
}


def rows_of(rows: Iterable[Iterable[str]]) -> Markup:
    """Write rows of text cells as HTML."""
    return _tagged("".join([f"{ROW}{CELL}{CELL.join(row)}" for row in rows]), ROW + CELL)


def cells_of(row: Iterable[str]) -> Markup:
    """Write the text cells of one row as HTML."""
    return _tagged(CELL + CELL.join(row), CELL)


def texts_of(labels: Iterable[Label]) -> Markup:
    """Write the words in a picture as SVG."""
    return _tagged("".join([f"{TEXT}{_place(one)}{END}{one.words}{CLOSE}" for one in labels]), TEXT + END + CLOSE)


def _place(label: Label) -> str:
    x = f" x={label.x}%" if label.x else ""
    return f"{x} y={label.y} class={label.side}" if label.side != "start" else f"{x} y={label.y}"


def _tagged(text: str, signs: str) -> Markup:
    made = escape(text)
    for sign in signs:
        made = made.replace(sign, _TAGS[sign])
    return made
