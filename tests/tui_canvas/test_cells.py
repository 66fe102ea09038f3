"""Text, boxes and connectors land in the right cells."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nnlab.tui import cells
from nnlab.tui.capabilities import Capabilities, GlyphSet
from nnlab.tui.glyphs import CONTINUATION, columns
from nnlab.tui.themes import Role

ASCII = Capabilities(glyphs=GlyphSet.ASCII)
TEXT = st.text(alphabet="ab 你好，é①", max_size=12)


def whole(picture: cells.Cells) -> bool:
    """Every right half has its left half, and the other way round."""
    tail = picture[..., 0] == CONTINUATION
    for y, row in enumerate(cells.rows_of(picture)):
        if cell_len(row) != picture.shape[1] or tail[y, 0]:
            return False
    return True


@given(TEXT, TEXT, st.integers(-4, 14), st.integers(-4, 14), st.integers(1, 12))
def test_text_over_text_leaves_no_half_glyphs(a: str, b: str, xa: int, xb: int, width: int) -> None:
    picture = cells.blank(1, width)
    cells.text(picture, 0, xa, a)
    cells.text(picture, 0, xb, b)
    assert whole(picture)


@given(TEXT, st.integers(0, 12))
def test_clipped_text_fits(string: str, width: int) -> None:
    assert columns(cells.clip(string, width)) <= width
    if columns(string) <= width:
        assert cells.clip(string, width) == string


def test_text_has_colours_and_keeps_the_ground() -> None:
    picture = cells.blank(1, 4, Role.PANEL)
    assert cells.text(picture, 0, 1, "你", Role.ACCENT) == 2
    assert picture[0, :, 2].tolist() == [Role.PANEL] * 4
    assert picture[0, 1:3, 1].tolist() == [Role.ACCENT] * 2


def test_control_characters_never_reach_the_terminal() -> None:
    picture = cells.blank(1, 12)
    cells.text(picture, 0, 0, "a\x1b[2Jb\n你\x07\u200b")
    assert cells.rows_of(picture)[0].rstrip() == "a [2Jb 你"


def test_fields_align() -> None:
    picture = cells.blank(3, 8)
    cells.text(picture, 0, 0, "12", width=8, align="right")
    cells.text(picture, 1, 0, "中文", width=8, align="center")
    cells.text(picture, 2, 0, "a long name", width=8)
    assert cells.rows_of(picture) == ["      12", "  中文  ", "a long …"]


def test_a_box() -> None:
    picture = cells.blank(3, 12)
    cells.box(picture, 0, 0, 3, 12, "标题")
    assert cells.rows_of(picture) == ["╭─ 标题 ───╮", "│          │", "╰──────────╯"]
    cells.box(picture, 0, 0, 3, 12, "标题", caps=ASCII)
    assert cells.rows_of(picture) == ["+- 标题 ---+", "|          |", "+----------+"]


def test_a_box_partly_outside_is_clipped() -> None:
    picture = cells.blank(2, 4)
    cells.box(picture, -1, -1, 4, 8, "t")
    cells.fill(picture, 1, 2, 9, 9, "x")
    cells.paste(picture, -1, 3, cells.blank(2, 2))
    assert cells.rows_of(picture) == ["    ", "  xx"]


def test_connectors_join_where_they_meet() -> None:
    picture = cells.blank(5, 9)
    cells.connect(picture, np.array([[0, 0, 0, 8], [0, 0, 4, 8], [2, 4, 2, 4]]), np.array([5, 6, 7]))
    rows = cells.rows_of(picture)
    assert rows[0] == "╶───┬───╴"
    assert rows[1] == "    │    "
    assert rows[4] == "    └───╴"
    assert picture[4, 6, 1] == 6
    cells.connect(picture, np.array([[0, 0, 4, 8]]), caps=ASCII)
    assert cells.rows_of(picture)[4] == "    +----"
