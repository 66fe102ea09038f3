"""Networks that begin with a layer on images, and data whose pictures come as rows of pixels."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from nnlab.network.layers import Layer, Reshape, Shape


def with_picture(layers: Sequence[Layer], shape: Shape, picture: Shape | None) -> tuple[Layer, ...]:
    """``layers`` for examples of ``shape`` that are pictures (height, width, channels).

    Where the first layer takes an image and the examples come in another shape, a ``reshape`` is put in front
    of it; one that was put there for other data is replaced.

    >>> from nnlab.network.notation import format_layers, parse_layers
    >>> format_layers(with_picture(parse_layers("conv 8 3x3 | flatten"), (64,), (8, 8, 1)))
    'reshape 8x8x1 | conv 8 3x3 | flatten'
    """
    first, *rest = layers
    if isinstance(first, Reshape):
        if not rest or prod(first.shape) == prod(shape):
            return tuple(layers)
    else:
        rest = list(layers)
    if picture is None or not rest[0].takes_image:
        return tuple(layers)
    return tuple(rest) if shape == picture else (Reshape(picture), *rest)
