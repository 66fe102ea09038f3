"""How text is laid out: tables, bars and small charts in plain characters.

No screen is needed: everything here makes lists of lines that a terminal, a pipe, a screen reader or a
Braille display can take.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nnlab.width import columns, pad


@dataclass(frozen=True)
class Look:
    """``accessible`` writes sentences instead of tables and pictures; ``ascii`` keeps to 7-bit signs."""

    width: int = 80
    accessible: bool = False
    ascii: bool = False


_ASCII = str.maketrans(
    dict(zip("−·…×σ√∞≤≥–“”’∂ΣΔ½²³₀₁₂βεημλ‖▶│─→", (
        "-", "*", "...", "x", "sigmoid", "sqrt", "inf", "<=", ">=", "-", '"', '"', "'", "d", "sum", "delta ",
        "1/2", "^2", "^3", "0", "1", "2", "beta", "eps", "lr", "mu", "lambda", "||", ">", "|", "-", "->",
    )))
    | dict(zip("◀┊✓✗⌊⌋⌈⌉—µ←↑↓′ᵀ≈≠±÷∇θαδγρπτφψωℓ¹⁰⁴⁵⁶⁷⁸⁹⁻₃₄₅₆₇₈₉ᵢⱼ‘•", (
        "<", ":", "+", "!", "[", "]", "[", "]", "-", "u", "<-", "^", "v", "'", "^T", "~", "!=", "+-", "/",
        "grad ", "theta", "alpha", "delta", "gamma", "rho", "pi", "tau", "phi",
        "psi", "omega", "l", "^1", "^0", "^4", "^5", "^6", "^7", "^8",
        "^9", "^-", "3", "4", "5", "6", "7", "8", "9", "_i", "_j", "'", "*",
    )))
)  # fmt: skip


_MOMENTS = (("₋₁", "[-1]"), ("₊₁", "[+1]"))
"""The moment before and the one after: h₋₁ is h[-1]."""


def to_ascii(text: str) -> str:
    """``text`` in 7-bit signs; a sign without such a form is left out, 汉字 are no signs and stay."""
    for before, after in _MOMENTS:
        text = text.replace(before, after)
    return "".join(c if c.isascii() else _form(c) for c in text.translate(_ASCII))


@lru_cache(maxsize=1024)
def _form(c: str) -> str:
    """The 7-bit form of a sign that is not in the table: ``k`` of ``ₖ`` behind ``_``, ``e`` of ``é``."""
    if unicodedata.east_asian_width(c) in "WF":
        return c
    kind = unicodedata.decomposition(c).partition(" ")[0]
    plain = "".join(part for part in unicodedata.normalize("NFKD", c) if part.isascii())
    if plain:
        return {"<sub>": "_", "<super>": "^"}.get(kind, "") + plain
    return c if c.isalpha() else ""


_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
_OPENING, _CLOSING = "（《「“", "，。、；：？！）》」”…"
_PIECE = re.compile(
    rf" *[{_OPENING}]*(?:[{_WIDE}]|[^ {_WIDE}{_OPENING}]+)[{_CLOSING}]*| *[{_OPENING}{_CLOSING}]+| +"
)
"""What stays together when a line is broken: a word or one wide character, with its punctuation."""


def table(look: Look, heads: Sequence[str], rows: Sequence[Sequence[str]], right: str = "") -> list[str]:
    """Aligned columns; ``right`` holds an ``r`` for each column that is flush right.

    For a screen reader each row becomes a line ``head value, head value``.
    """
    if look.accessible:
        return [", ".join(f"{h} {v}".strip() for h, v in zip(heads, row) if v) for row in rows]
    sides = [c == "r" for c in right.ljust(len(heads))]
    widths = [max([columns(h), *(columns(row[i]) for row in rows)]) for i, h in enumerate(heads)]
    lines = [heads, *rows]
    texts = ["  ".join(pad(v, w, s) for v, w, s in zip(line, widths, sides)).rstrip() for line in lines]
    rule = "  ".join("-" * w for w in widths)
    return [texts[0], rule, *texts[1:]]


def bar(share: float, width: int) -> str:
    """``######----`` for a share between 0 and 1."""
    full = round(max(0.0, min(1.0, share)) * width)
    return "#" * full + "-" * (width - full)


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Break at blanks and between 汉字; lines after the first begin with ``indent``."""
    lines: list[str] = []
    line = ""
    for piece in _PIECE.findall(text):
        if line.strip() and columns(line) + columns(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = indent + piece.lstrip(" ")
        else:
            line += piece
    return [*lines, line]


def chart(
    series: Sequence[tuple[str, Sequence[tuple[float, float]]]], width: int = 60, height: int = 10
) -> list[str]:
    """A small chart of (x, y) points; each series is drawn with its own sign, later ones on top."""
    points = [(x, y) for _sign, line in series for x, y in line if math.isfinite(y)]
    if not points:
        return []
    low, high = min(y for _x, y in points), max(y for _x, y in points)
    left, end = min(x for x, _y in points), max(x for x, _y in points)
    tall, wide = (high - low) or 1.0, (end - left) or 1.0
    grid = [[" "] * width for _row in range(height)]
    for sign, line in series:
        for x, y in line:
            if math.isfinite(y):
                row = round((high - y) / tall * (height - 1))
                grid[row][round((x - left) / wide * (width - 1))] = sign
    marks = [f"{high:.4g}", *[""] * (height - 2), f"{low:.4g}"]
    margin = max(map(len, marks))
    lines = [f"{mark:>{margin}} |{''.join(row).rstrip()}" for mark, row in zip(marks, grid)]
    lines.append(" " * margin + " +" + "-" * width)
    lines.append(" " * (margin + 2) + f"{left:g}" + f"{end:g}".rjust(width - len(f"{left:g}")))
    return lines


def finish(lines: Sequence[str], look: Look) -> list[str]:
    """Lines as ``look`` wants them: 7-bit signs where asked for."""
    return [to_ascii(line) for line in lines] if look.ascii else list(lines)
