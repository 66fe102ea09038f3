"""The light markdown of lessons and help, laid out by cells: bold, code, formulas, lists, tables.

Lines break at spaces and between 汉字, never before closing punctuation, so that both languages fill the
same column.  :func:`lay_out` makes lines, :class:`Prose` is a widget of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from nnlab.tui.chrome import is_ascii
from nnlab.tui.ink import MUTED

CODE = "$primary"
BOLD = "bold"
EMPHASIS = "italic"

_INLINE = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`|(?<![A-Za-z0-9_*])\*(?P<em>[^*\s][^*]*)\*(?![A-Za-z0-9_*])"
)
_ROW = re.compile(r"\|.*\|")  # of a table; |θ| begins a sentence
_ITEM = re.compile(r"(?P<mark>[-*]|\d+[.)])\s+(?P<text>.*)")
_PIECE = re.compile(
    r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+"
)
_CLOSING = tuple("，。、；：？！）》」』”’…,.;:!?)")
_OPENING = ("（", "《", "「", "『", "“", "‘")


def inline(text: str) -> Content:
    """One paragraph with its bold, code and emphasis."""
    parts: list[Content] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts.append(Content(text[end : match.start()]))
        kind = match.lastgroup or ""
        style = {"bold": BOLD, "code": CODE, "em": EMPHASIS}[kind]
        parts.append(Content.styled(match[kind], style))
        end = match.end()
    return Content("").join([*parts, Content(text[end:])])


def wrapped(content: Content, width: int) -> list[Content]:
    """``content`` in lines of at most ``width`` cells.

    A line may end before any piece that is no closing sign and does not follow an opening one.
    """
    text = content.plain
    lines: list[Content] = []
    start = chance = used = 0  # where the line begins, where it may end, how wide it is
    before = ""
    for match in _PIECE.finditer(text):
        piece, at = match.group(), match.start()
        if piece.isspace():
            used += cell_len(piece)
            before = piece
            continue
        if piece not in _CLOSING and before not in _OPENING:
            chance = at
        if used + cell_len(piece) > width and at > start:
            end = chance if chance > start else at
            lines.append(content[start:end].rstrip())
            start = chance = end
            used = cell_len(text[start:at])
        while used + cell_len(piece) > width:  # a word longer than a line
            cut = max(1, _cells_to_chars(piece, width - used))
            lines.append(content[start : at + cut])
            piece, start, used = piece[cut:], at + cut, 0
            at = chance = start
        used += cell_len(piece)
        before = piece
    if text[start:].strip() or not lines:
        lines.append(content[start:].rstrip())
    return lines


def _cells_to_chars(text: str, cells: int) -> int:
    used = 0
    for n, char in enumerate(text):
        used += cell_len(char)
        if used > cells:
            return n
    return len(text)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of each block: para, code, item, table, gap."""
    fenced = False
    paragraph = ""
    for line in [*text.strip().splitlines(), ""]:
        bare = line.strip()
        if bare.startswith("```"):
            if paragraph:
                yield "para", paragraph
                paragraph = ""
            fenced = not fenced
        elif fenced:
            yield "code", line.rstrip()
        elif not bare or _ITEM.fullmatch(bare) or _ROW.fullmatch(bare) or bare.startswith(">"):
            if paragraph:
                yield "para", paragraph
            paragraph = ""
            if not bare:
                yield "gap", ""
            elif _ROW.fullmatch(bare):
                yield "table", bare
            elif bare.startswith(">"):
                yield "quote", bare.lstrip("> ")
            else:
                yield "item", bare
        elif paragraph:
            wide = cell_len(paragraph[-1]) > 1 and cell_len(bare[0]) > 1
            paragraph += ("" if wide else " ") + bare
        else:
            paragraph = bare


def lay_out(text: str, width: int, ascii_only: bool = False) -> list[Content]:
    """Lines of at most ``width`` cells."""
    if ascii_only and not text.isascii():
        from nnlab.session.look import to_ascii

        text = "\n".join(map(to_ascii, text.split("\n")))
    lines: list[Content] = []
    rows: list[str] = []
    for kind, block in [*_blocks(text), ("end", "")]:
        if kind != "table" and rows:
            lines += _table(rows, width)
            rows = []
        if kind == "table":
            rows.append(block)
        elif kind == "gap":
            if lines and lines[-1].plain:
                lines.append(Content(""))
        elif kind == "code":
            lines.append(Content.styled(f"   {block}", CODE).truncate(width))
        elif kind == "item":
            lines += _item(block, width, ascii_only)
        elif kind == "quote":
            bar = "| " if ascii_only else "▏ "
            lines += [Content.styled(bar, "$accent") + line for line in wrapped(inline(block), width - 2)]
        elif kind == "para":
            lines += wrapped(inline(block), width)
    while lines and not lines[-1].plain:
        lines.pop()
    return lines


def _item(block: str, width: int, ascii_only: bool) -> list[Content]:
    match = _ITEM.fullmatch(block)
    assert match is not None
    mark = match["mark"] if match["mark"][0].isdigit() else ("-" if ascii_only else "•")
    lead = f" {mark} "
    found = wrapped(inline(match["text"]), max(8, width - len(lead)))
    first = Content.styled(lead, "$accent") + found[0]
    return [first, *(Content(" " * len(lead)) + line for line in found[1:])]


def _table(rows: list[str], width: int) -> list[Content]:
    """A markdown table in columns; its first row is the head."""
    cells = [[inline(cell.strip()) for cell in row.strip("|").split("|")] for row in rows]
    if len(rows) > 1 and set(rows[1]) <= set("|-: "):
        del cells[1]
    count = max(len(row) for row in cells)
    sizes = [max((row[n].cell_length for row in cells if n < len(row)), default=0) for n in range(count)]
    lines = []
    for y, row in enumerate(cells):
        line = Content("  ").join([cell.pad_right(sizes[n] - cell.cell_length) for n, cell in enumerate(row)])
        lines.append((line.stylize(MUTED) if y == 0 else line).truncate(width, ellipsis=True))
    return lines


class Prose(Widget):
    """A text that lays itself out at any width."""

    DEFAULT_CSS = """
    Prose { height: auto; width: 1fr; }
    """

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._text = text

    @property
    def text(self) -> str:
        return self._text

    def show(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.refresh(layout=True)

    def _lines(self, width: int) -> list[Content]:
        return lay_out(self._text, max(8, width), is_ascii(self))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width))
