"""A network on images is fitted to pictures that come as rows of pixels."""

from __future__ import annotations

import pytest

from nnlab.network import format_layers, parse_layers, with_picture
from nnlab.session import Session

DIGITS, LARGE = (8, 8, 1), (28, 28, 1)


@pytest.mark.parametrize(
    ("text", "shape", "picture", "fitted"),
    [
        ("conv 8 3x3", (64,), DIGITS, "reshape 8x8x1 | conv 8 3x3"),
        ("maxpool 2", (8, 8), DIGITS, "reshape 8x8x1 | maxpool 2"),
        ("conv 8 3x3", LARGE, LARGE, "conv 8 3x3"),
        ("reshape 8x8x1 | conv 8 3x3", LARGE, LARGE, "conv 8 3x3"),
        ("reshape 8x8x1 | conv 8 3x3", (784,), LARGE, "reshape 28x28x1 | conv 8 3x3"),
        ("reshape 4x16x1 | conv 8 3x3", (64,), DIGITS, "reshape 4x16x1 | conv 8 3x3"),
        ("dense 3", (64,), DIGITS, "dense 3"),
        ("conv1d 8 3", (64,), DIGITS, "conv1d 8 3"),
        ("reshape 8x8x1", LARGE, LARGE, "reshape 8x8x1"),
        ("conv 8 3x3", (4,), None, "conv 8 3x3"),
    ],
)
def test_a_reshape_stands_where_the_first_layer_needs_it(text, shape, picture, fitted) -> None:
    assert format_layers(with_picture(parse_layers(text), shape, picture)) == fitted


def test_a_convolution_on_digits_just_works_and_follows_the_data() -> None:
    session = Session()
    session.execute("net conv 4 3x3 relu | flatten | dense 10")
    assert session.network is not None
    assert session.network.input_shape == LARGE
    session.execute("data digits")
    assert session.network.text == "reshape 8x8x1 | conv 4 3x3 relu | flatten | dense 10"
    session.execute("step")
    session.execute("data digits28")
    assert session.network.text == "conv 4 3x3 relu | flatten | dense 10"
    session.execute("step")
