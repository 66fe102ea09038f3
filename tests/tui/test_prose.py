"""Prose: it fits its width in both languages and loses nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from nnlab.tui.prose import inline, lay_out, wrapped

SIGNS = ["a", "net", "gradient", "梯度", "（", "）", "，", "。", " ", " ", "x₁", "0.5", "layer"]
WORDS = st.lists(st.sampled_from(SIGNS))


@given(WORDS, st.integers(8, 40))
def test_no_line_is_wider_than_its_column_and_no_sign_is_lost(words: list[str], width: int) -> None:
    text = "".join(words).strip()
    lines = [line.plain for line in wrapped(Content(text), width)]
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_closing_signs_never_begin_a_line() -> None:
    text = "补全损失和梯度。得分是也不能出错，还有别的。" * 3
    for width in range(10, 60):
        assert all(line.plain[0] not in "，。" for line in wrapped(Content(text), width))


def test_words_stay_whole_where_they_fit() -> None:
    assert [line.plain for line in wrapped(Content("one two three"), 8)] == ["one two", "three"]


def test_light_markdown() -> None:
    assert inline("a **bold** and `code` and *soft* word").plain == "a bold and code and soft word"
    assert inline("2 * 3 * 4").plain == "2 * 3 * 4"
    lines = [line.plain for line in lay_out("Intro\nruns on.\n\n- one\n- two\n\n```\nx = 1\n```", 40)]
    assert lines == ["Intro runs on.", "", " • one", " • two", "", "   x = 1"]


def test_a_table_stands_in_columns() -> None:
    lines = [line.plain.rstrip() for line in lay_out("| x | y |\n|---|---|\n| 10 | 2 |", 40)]
    assert lines == ["x   y", "10  2"]


def test_a_sentence_that_begins_with_a_bar_is_no_table() -> None:
    lines = lay_out("|θ| is about 10 to the power 12, which is a lot for so short a walk.", 30)
    assert len(lines) == 3
    assert lines[0].plain.startswith("|θ| is")


def test_emphasis_between_chinese_signs_is_seen_and_a_product_is_none() -> None:
    assert inline("多少*百万*次").plain == "多少百万次"
    assert inline("2*3*4 = 24").plain == "2*3*4 = 24"
