"""What this terminal can show: colours, glyphs, size, and whether there is a terminal at all.

Read by the app, the text skin and ``nnlab doctor``.  Imports neither NumPy nor Textual, so it is
free to call before the first paint.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TextIO, TypeVar

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

_Value = TypeVar("_Value")


class ColorDepth(IntEnum):
    """How many colours the terminal takes; ordered, so depths can be compared."""

    NONE = 0
    ANSI16 = 1
    ANSI256 = 2
    TRUE = 3


class GlyphSet(IntEnum):
    """Which characters draw well; each set includes the ones before it."""

    ASCII = 0
    BLOCK = 1
    BRAILLE = 2


COLOR_WORDS = {
    "true": ColorDepth.TRUE,
    "256": ColorDepth.ANSI256,
    "16": ColorDepth.ANSI16,
    "none": ColorDepth.NONE,
}
GLYPH_WORDS = {"braille": GlyphSet.BRAILLE, "block": GlyphSet.BLOCK, "ascii": GlyphSet.ASCII}

# Terminals that take 24-bit colour whether or not COLORTERM reached us (ssh does not forward it).
_TRUE_COLOR_PROGRAMS = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "mintty", "rio", "WarpTerminal"}
_TRUE_COLOR_TERMS = ("kitty", "alacritty", "wezterm", "ghostty", "foot", "-direct", "contour")
_SIXTEEN_COLOR_TERMS = ("linux", "xterm", "screen", "tmux", "rxvt", "vt220", "ansi", "cygwin", "konsole")
_PLAIN_TERMS = {"dumb", "unknown", "vt100", "vt52"}
_NO_UNICODE_TERMS = ("linux", "dumb", "vt100", "vt220", "ansi", "cons25")


LEAST = (80, 24)
"""Columns and rows of the smallest screen that is drawn."""


@dataclass(frozen=True)
class Capabilities:
    """One terminal. The defaults describe a good one; :func:`detect` describes this one."""

    color: ColorDepth = ColorDepth.TRUE
    glyphs: GlyphSet = GlyphSet.BRAILLE
    color_reason: str = ""
    glyphs_reason: str = ""
    term: str = ""
    columns: int = 80
    rows: int = 24
    input_tty: bool = True
    output_tty: bool = True
    screen_tty: bool = True

    @property
    def unicode(self) -> bool:
        return self.glyphs > GlyphSet.ASCII

    @property
    def interactive(self) -> bool:
        """Whether the app can run: Textual reads stdin and paints on stderr."""
        return self.input_tty and self.screen_tty and self.term not in _PLAIN_TERMS

    @property
    def large_enough(self) -> bool:
        """Whether the screens fit; the smallest layout is drawn for 80 columns by 24 rows."""
        return self.columns >= LEAST[0] and self.rows >= LEAST[1]

    @property
    def obstacle(self) -> str:
        """Why the app cannot be shown here, as a sentence; empty where it can."""
        if not self.screen_tty:
            return _("standard error is redirected, so the app cannot draw")
        if not self.input_tty:
            return _("standard input is no terminal, so the app cannot read keys")
        if self.term in _PLAIN_TERMS:
            return _("a terminal of the kind “{term}” cannot show the app", term=self.term)
        if not self.large_enough:
            return _(
                "this terminal is {width}x{height}, and the app needs {least}",
                width=self.columns,
                height=self.rows,
                least=f"{LEAST[0]}x{LEAST[1]}",
            )
        return ""

    def lines(self) -> list[tuple[str, str]]:
        """(name, finding) rows for ``nnlab doctor``."""
        yes, no = _("yes"), _("no")
        return [
            (_("terminal"), self.term or _("unknown")),
            (_("size"), f"{self.columns}x{self.rows}"),
            (_("colours"), f"{color_word(self.color)} ({self.color_reason})"),
            (_("glyphs"), f"{glyph_word(self.glyphs)} ({self.glyphs_reason})"),
            (_("stdin is a terminal"), yes if self.input_tty else no),
            (_("stdout is a terminal"), yes if self.output_tty else no),
            (_("stderr is a terminal (the app paints there)"), yes if self.screen_tty else no),
        ]


FULL = Capabilities()


def color_word(depth: ColorDepth) -> str:
    return next(word for word, value in COLOR_WORDS.items() if value == depth)


def glyph_word(glyphs: GlyphSet) -> str:
    return next(word for word, value in GLYPH_WORDS.items() if value == glyphs)


def detect(color: str = "auto", glyphs: str = "auto", env: Mapping[str, str] | None = None) -> Capabilities:
    """Find out what the terminal can do; ``color`` and ``glyphs`` are what the user asked for, or "auto"."""
    env = os.environ if env is None else env
    depth, color_reason = detect_color(color, env)
    glyph_set, glyphs_reason = detect_glyphs(glyphs, env)
    columns, rows = shutil.get_terminal_size()
    return Capabilities(
        color=depth,
        glyphs=glyph_set,
        color_reason=color_reason,
        glyphs_reason=glyphs_reason,
        term=env.get("TERM", ""),
        columns=columns,
        rows=rows,
        input_tty=_is_tty(sys.__stdin__),
        output_tty=_is_tty(sys.__stdout__),
        screen_tty=_is_tty(sys.__stderr__),
    )


def detect_color(asked: str, env: Mapping[str, str]) -> tuple[ColorDepth, str]:
    """(depth, why), from the override, then NO_COLOR, COLORTERM, the terminal's program and TERM."""
    if asked != "auto":
        return _word(asked, COLOR_WORDS, _("colour")), _("asked for")
    term = env.get("TERM", "")
    if env.get("NO_COLOR"):
        return ColorDepth.NONE, "NO_COLOR"
    if term in _PLAIN_TERMS:
        return ColorDepth.NONE, f"TERM={term}"
    if env.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return ColorDepth.TRUE, f"COLORTERM={env['COLORTERM']}"
    if env.get("TERM_PROGRAM", "") in _TRUE_COLOR_PROGRAMS:
        return ColorDepth.TRUE, f"TERM_PROGRAM={env['TERM_PROGRAM']}"
    if env.get("WT_SESSION"):
        return ColorDepth.TRUE, "Windows Terminal"
    if any(name in term for name in _TRUE_COLOR_TERMS):
        return ColorDepth.TRUE, f"TERM={term}"
    if "256" in term:
        return ColorDepth.ANSI256, f"TERM={term}"
    if term.startswith(_SIXTEEN_COLOR_TERMS):
        return ColorDepth.ANSI16, f"TERM={term}"
    if not term:
        depth = ColorDepth.TRUE if sys.platform == "win32" else ColorDepth.NONE
        return depth, _("TERM is not set")
    return ColorDepth.ANSI16, _("TERM={term} is not known", term=term)


def detect_glyphs(asked: str, env: Mapping[str, str]) -> tuple[GlyphSet, str]:
    """(glyph set, why), from the override, then the console's font (TERM=linux) and the locale's charset."""
    if asked != "auto":
        return _word(asked, GLYPH_WORDS, _("glyph set")), _("asked for")
    term = env.get("TERM", "")
    if term in _PLAIN_TERMS or term.startswith(_NO_UNICODE_TERMS):
        return GlyphSet.ASCII, f"TERM={term}"
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = env.get(variable, "")
        if not value:
            continue
        charset = value.partition(".")[2].partition("@")[0].lower().replace("-", "")
        if charset == "utf8":
            return GlyphSet.BRAILLE, f"{variable}={value}"
        if charset or value not in {"C", "POSIX"}:
            return GlyphSet.ASCII, f"{variable}={value}"
        break
    # No charset named (the C locale of a container): Python writes UTF-8 there, and so do today's terminals.
    encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
    if encoding.lower().replace("-", "") == "utf8":
        return GlyphSet.BRAILLE, _("output is UTF-8")
    return GlyphSet.ASCII, _("output is {encoding}", encoding=encoding)


def _word(asked: str, words: Mapping[str, _Value], what: str) -> _Value:
    if asked in words:
        return words[asked]
    raise NnlabError(
        _(
            "{what} {asked!r} is not known: it can be auto, {choices}",
            what=what,
            asked=asked,
            choices=", ".join(words),
        )
        + did_you_mean(asked, words)
    )


def _is_tty(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
