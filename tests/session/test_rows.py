"""Rows of data as text: pictures, films, sentences with tags, curves; any width, screen readers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nnlab.data import DATASETS, load
from nnlab.session import Session
from nnlab.session.look import Look
from nnlab.session.rows import beside, render_row, render_sample
from nnlab.width import columns


@pytest.mark.parametrize("look", [Look(), Look(width=40), Look(accessible=True), Look(ascii=True)], ids=str)
@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_can_be_shown(name: str, look: Look) -> None:
    session = Session()
    session.look = look
    session.execute(f"data {name}")
    lines = session.execute("show data").lines + session.execute("show example").lines
    assert len(lines) > 4
    for line in lines:
        assert "\n" not in line


@pytest.mark.parametrize("name", ["digits", "masks12", "dots6", "digits28"])
def test_pictures_keep_to_the_width_unless_a_single_one_is_wider(name: str) -> None:
    for width in (30, 80, 200):
        lines = render_sample(load(name), Look(width=width))
        assert max(map(columns, lines)) <= max(width, 28)


def test_a_digit_is_drawn_dark_to_bright_above_its_label() -> None:
    data = load("digits")
    row = int(data.split.train[0])
    lines = render_row(data, row, Look())
    assert len(lines) == 9
    assert lines[-1] == "target: 6"
    assert "@@" in "".join(lines)


def test_the_frames_of_a_film_stand_side_by_side() -> None:
    data = load("dots6 noise=0")
    row = int((data.y == 3).argmax())  # to the right
    lines = render_row(data, row, Look())
    (line,) = [line for line in lines if "@@" in line]
    places = [k % 15 for k in range(len(line)) if line[k : k + 2] == "@@"]
    assert [b - a for a, b in pairwise(places)] == [2, 2, 2]


def test_a_tag_stands_under_its_word() -> None:
    data = load("name-or-place")
    row = next(k for k in range(data.n) if "lives" in data.text(k))
    words, tags = render_row(data, row, Look())
    assert words.split()[1:3] == ["lives", "in"]
    assert tags.split() == ["name", "other", "other", "place", "other"]
    assert words.index("lives") == tags.index("other")


def test_a_pair_shows_what_goes_in_what_the_decoder_sees_and_what_is_asked() -> None:
    data = load("en-zh-numbers")
    assert render_row(data, 42, Look()) == ["forty two", "previous: 四十二", "target: 四十二"]


def test_series_are_drawn_as_heights_and_as_digits_in_ascii() -> None:
    data = load("parity length=4")
    row = next(k for k in range(data.n) if data.x[k, :, 0].tolist() == [0, 1, 1, 0])
    assert render_row(data, row, Look()) == ["▁██▁  0 … 1", "target: even odd even even"]
    assert render_row(data, row, Look(ascii=True))[0].startswith("0990")


def test_a_screen_reader_gets_numbers_and_words() -> None:
    shown = render_row(load("waves"), 0, Look(accessible=True))
    assert shown[0].startswith("inputs: ")
    assert len(shown) == 2


def test_nodes_are_named_by_their_number() -> None:
    data = load("two-villages")
    assert render_row(data, 0, Look())[-1].startswith("target: ")
    assert len(render_row(data, 0, Look())[-1].split()) == 3


def test_blocks_stand_side_by_side_as_far_as_they_fit() -> None:
    assert beside([["ab", "c"], ["d"], ["efg"]], 10) == ["ab   d", "c"]
    assert beside([["too long"]], 3) == ["too long"]


def test_the_origin_of_data_is_said() -> None:
    session = Session()
    session.execute("data tang")
    assert "public domain" in " ".join(session.execute("show data").lines)
