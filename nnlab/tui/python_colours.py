"""Colours of Python for the code field, by Pygments, which Rich brings along.

``textual[syntax]`` would bring fifteen compiled grammars (tree-sitter) to colour fifteen lines.
"""

from __future__ import annotations

from rich.style import Style
from textual.theme import Theme

Spans = dict[int, list[tuple[int, int | None, str]]]
"""line → (first byte, byte behind the last, kind) of what is coloured in it"""

KINDS = (
    ("Comment", "comment"),
    ("Literal.String", "string"),
    ("Literal.Number", "number"),
    ("Keyword.Constant", "number"),
    ("Keyword", "keyword"),
    ("Operator.Word", "keyword"),
    ("Name.Function", "definition"),
    ("Name.Class", "definition"),
    ("Name.Builtin", "builtin"),
    ("Name.Decorator", "definition"),
)
"""Pygments' names of tokens and what we call them; the first that fits counts."""


def spans(source: str) -> Spans:
    """What is to be coloured in ``source``."""
    from pygments.lexers.python import PythonLexer

    found: Spans = {}
    line = column = 0
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        kind = _kind(str(token).removeprefix("Token."))
        for part, piece in enumerate(text.split("\n")):
            if part:
                line, column = line + 1, 0
            width = len(piece.encode())
            if kind and width:
                found.setdefault(line, []).append((column, column + width, kind))
            column += width
    return found


def _kind(token: str) -> str:
    return next((kind for start, kind in KINDS if token == start or token.startswith(f"{start}.")), "")


def styles(theme: Theme) -> dict[str, Style]:
    """How each kind looks in ``theme``; without colour, keywords stay bold and comments slanted."""
    return {
        "comment": Style(dim=True, italic=True),
        "string": Style(color=theme.success),
        "number": Style(color=theme.accent),
        "keyword": Style(color=theme.primary, bold=True),
        "definition": Style(bold=True),
        "builtin": Style(color=theme.primary),
    }
