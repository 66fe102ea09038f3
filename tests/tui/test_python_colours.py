"""Python in the code field has its colours, whatever is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.tui.python_colours import KINDS, spans, styles
from nnlab.tui.themes import THEMES


def coloured(source):
    lines = source.split("\n")
    return {
        (lines[line].encode()[a:b].decode(), kind)
        for line, found in spans(source).items()
        for a, b, kind in found
    }


def test_keywords_names_numbers_and_comments_are_told_apart():
    found = coloured("def relu(z):  # 折线\n    return np.maximum(z, 0.5) if len(z) else None\n")
    assert {
        ("def", "keyword"), ("return", "keyword"), ("relu", "definition"), ("0.5", "number"),
        ("# 折线", "comment"), ("len", "builtin"), ("None", "number"),
    } <= found  # fmt: skip


def test_a_text_over_several_lines_is_coloured_on_each():
    found = spans('"""one\ntwo"""\nx = 1\n')
    assert [kind for _a, _b, kind in found[0] + found[1]] == ["string", "string"]
    assert found[2][-1][2] == "number"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=60))
def test_whatever_is_typed_has_places_within_its_lines(source):
    lines = source.split("\n")
    for line, found in spans(source).items():
        assert all(0 <= a < b <= len(lines[line].encode()) for a, b, _kind in found)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_kind_has_a_look_in_every_theme(theme):
    assert set(styles(theme)) == {kind for _token, kind in KINDS}
