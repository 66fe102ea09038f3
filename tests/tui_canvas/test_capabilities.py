"""What is found out about the terminal, and what is not loaded to find it out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nnlab.errors import NnlabError
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet, detect, detect_color, detect_glyphs


@pytest.mark.parametrize(
    ("env", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, ColorDepth.TRUE),
        ({"TERM": "xterm-256color"}, ColorDepth.ANSI256),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, ColorDepth.TRUE),
        ({"TERM": "xterm-kitty"}, ColorDepth.TRUE),
        ({"TERM": "linux"}, ColorDepth.ANSI16),
        ({"TERM": "screen"}, ColorDepth.ANSI16),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, ColorDepth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, ColorDepth.NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, ColorDepth.ANSI256),
        ({"TERM": "never-heard-of"}, ColorDepth.ANSI16),
    ],
)
def test_colours(env: dict[str, str], depth: ColorDepth) -> None:
    found, reason = detect_color("auto", env)
    assert found == depth
    assert reason


@pytest.mark.parametrize(
    ("env", "glyphs"),
    [
        ({"TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}, GlyphSet.BRAILLE),
        ({"TERM": "xterm-256color", "LANG": "zh_CN.utf8"}, GlyphSet.BRAILLE),
        ({"TERM": "xterm-256color", "LANG": "zh_CN.GB18030"}, GlyphSet.ASCII),
        ({"TERM": "xterm-256color", "LC_ALL": "de_DE@euro", "LANG": "de_DE.UTF-8"}, GlyphSet.ASCII),
        ({"TERM": "linux", "LANG": "en_GB.UTF-8"}, GlyphSet.ASCII),
    ],
)
def test_glyphs(env: dict[str, str], glyphs: GlyphSet) -> None:
    assert detect_glyphs("auto", env)[0] == glyphs


def test_what_was_asked_for_goes_before_what_was_found() -> None:
    found = detect("256", "ascii", {"TERM": "dumb", "NO_COLOR": "1"})
    assert (found.color, found.glyphs) == (ColorDepth.ANSI256, GlyphSet.ASCII)


@pytest.mark.parametrize(
    ("color", "glyphs", "hint"), [("ture", "auto", "true"), ("auto", "brail", "braille")]
)
def test_unknown_words_are_answered_with_the_nearest(color: str, glyphs: str, hint: str) -> None:
    with pytest.raises(NnlabError, match=f"did you mean “{hint}”"):
        detect(color, glyphs, {})


def test_a_report_for_doctor() -> None:
    lines = dict(Capabilities(term="xterm", color_reason="asked for", columns=120, rows=36).lines())
    assert lines["size"] == "120x36"
    assert lines["colours"] == "true (asked for)"
    assert not Capabilities(columns=79).large_enough


@pytest.mark.parametrize("module", ["capabilities", "themes", "canvas", "output", "pacing", "drawing"])
def test_numpy_waits_for_the_first_picture(module: str) -> None:
    code = f"import sys, nnlab.tui.{module}; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
