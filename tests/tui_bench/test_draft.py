"""Building: edits keep the notation, shapes are explained, fixes make a network."""

from __future__ import annotations

import pytest
from conftest import made

from nnlab.data import load
from nnlab.network import LAYERS, parse_layers
from nnlab.tui.bench.draft import Draft, kinds


def test_edits_are_edits_of_the_notation() -> None:
    draft = Draft.of("dense 4 tanh | dense 1", 0)
    assert draft.insert("dropout").text == "dense 4 tanh | dropout 0.2 | dense 1"
    assert draft.resize(3).text == "dense 7 tanh | dense 1"
    assert draft.resize(-9).text == "dense 1 tanh | dense 1"
    assert draft.activate(1).text == "dense 4 sigmoid | dense 1"
    assert draft.shift(1).text == "dense 1 | dense 4 tanh"
    assert draft.remove().text == "dense 1"
    assert draft.move_to(9).at == 1


@pytest.mark.parametrize("layer", [kind.sample or kind.word for kind in LAYERS.values()])
def test_whatever_a_layer_is_resizing_and_activating_leave_a_layer(layer: str) -> None:
    draft = Draft.of(f"as skip | dense 3 | {layer}", 2)
    for edited in (draft.resize(1), draft.resize(-1), draft.activate(1), draft.activate(-1)):
        parse_layers(edited.text)


def test_every_kind_of_the_palette_can_be_inserted() -> None:
    for kind in kinds():
        draft = Draft.of("as skip | dense 3 | dense 2", 1).insert(kind)
        assert draft.layers[2].split()[0] == kind
        parse_layers(draft.text)


@pytest.mark.parametrize(
    ("data", "notation"),
    [("digits", "dense 10 relu | dense 3"), ("iris", "relu"), ("moons", "dense 4 tanh | dense 7")],
)
def test_a_network_that_does_not_fit_the_data_is_explained_and_fixed(data: str, notation: str) -> None:
    found = made(f"data {data}").data
    assert found is not None
    draft = Draft.of(notation)
    assert "numbers" in draft.trouble(found.input_shape, found)
    fixed = draft.fix(found.input_shape, found)
    assert fixed is not None
    assert not fixed.trouble(found.input_shape, found)


def test_a_misspelt_layer_is_fixed_to_the_nearest_kind() -> None:
    fixed = Draft.of("dens 4 tahn | dense 1").fix((2,))
    assert fixed is None  # an argument that is not known is not guessed
    fixed = Draft.of("dens 4 tanh | dropuot 0.2 | dense 1").fix((2,))
    assert fixed is not None
    assert fixed.text == "dense 4 tanh | dropout 0.2 | dense 1"


def test_a_layer_that_cannot_stand_where_it_is_is_left_out_where_nothing_else_helps() -> None:
    draft = Draft.of("dense 10 relu | conv 8 3x3 relu | dense 10")
    assert draft.trouble((64,))
    fixed = draft.fix((64,))
    assert fixed is not None
    assert fixed.text == "dense 10 relu | dense 10"


def test_a_missing_flatten_is_put_in() -> None:
    draft = Draft.of("dense 4 relu | dense 2")
    assert "flatten" in draft.trouble((8, 8, 1))
    fixed = draft.fix((8, 8, 1))
    assert fixed is not None
    assert fixed.text == "flatten | dense 4 relu | dense 2"


@pytest.mark.parametrize(
    ("notation", "fixed"),
    [
        ("conv 4 3x3 relu | flatten | dense 10", "reshape 8x8x1 | conv 4 3x3 relu | flatten | dense 10"),
        ("conv 4 3x3 relu", "reshape 8x8x1 | conv 4 3x3 relu | flatten | dense 10"),
        ("conv 4 3x3 relu | dense 10", "reshape 8x8x1 | conv 4 3x3 relu | flatten | dense 10"),
    ],
)
def test_rows_of_pixels_become_a_picture_in_front_of_a_convolution(notation: str, fixed: str) -> None:
    digits = made("data digits").data
    assert digits is not None
    found = Draft.of(notation).fix(digits.input_shape, digits)
    assert found is not None
    assert found.text == fixed


def test_an_unknown_word_is_answered_with_the_nearest() -> None:
    assert "relu" in Draft.of("dense 4 rleu").trouble((2,))


def test_a_hidden_layer_stays_when_the_last_one_is_missing() -> None:
    moons = made("data moons").data
    assert moons is not None
    hidden = Draft.of("dense 4 tanh | dense 8 relu").fix(moons.input_shape, moons)
    assert hidden is not None
    assert hidden.text == "dense 4 tanh | dense 8 relu | dense 1"
    bare = Draft.of("dense 4 tanh | dense 8 bias=no").fix(moons.input_shape, moons)
    assert bare is not None
    assert bare.text == "dense 4 tanh | dense 1 bias=no"


@pytest.mark.parametrize(
    ("spec", "text", "wrong"),
    [
        ("parity n=40", "lstm 4 all | dense 2", "lstm 4 all | dense 3"),
        ("grid4-walks n=8", "dense 4", "dense 3"),
        ("sines n=40", "rnn 4 all | dense 1", "rnn 4 all | dense 2"),
        ("masks12 n=40", "conv 3 3x3 pad=same", "conv 2 3x3 pad=same"),
        ("moons n=40", "dense 2", "dense 3"),
    ],
)
def test_an_answer_for_every_place_that_is_asked_for_is_no_trouble(spec: str, text: str, wrong: str) -> None:
    data = load(spec)
    assert not Draft.of(text).trouble(data.input_shape, data)
    assert "the data want" in Draft.of(wrong).trouble(data.input_shape, data)
