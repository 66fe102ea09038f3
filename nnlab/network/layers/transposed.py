"""Layers that make images larger, for generators and decoders."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.i18n import N_
from nnlab.network.layers.activation import ACTIVATIONS, RECTIFIERS
from nnlab.network.layers.argument import Argument, Shape
from nnlab.network.layers.conv import (
    ACTIVATION,
    BIAS,
    FILTERS,
    INIT,
    LENGTH,
    PAD,
    SIZE,
    STRIDE,
    along_sequence,
    image_shape,
    sequence_shape,
    size_text,
)  # fmt: skip
from nnlab.network.layers.layer import Layer, LayerKind
from nnlab.network.layers.pool import along, space


@dataclass(frozen=True)
class ConvolutionTranspose(Layer):
    """Every pixel of an image (height, width, channels) lays ``filters`` windows into a larger one.

    >>> from nnlab.network import Network
    >>> Network.parse("conv_transpose 8 3x3 relu stride=2 pad=same", (4, 4, 16)).output_shape
    (8, 8, 8)
    """

    filters: int
    size: tuple[int, ...]
    activation: str = ""
    stride: tuple[int, ...] = (1, 1)
    pad: str = "valid"
    bias: bool = True
    init: str = ""

    kind: ClassVar[str] = "conv_transpose"
    help: ClassVar[str] = N_("every pixel lays a window of weights into a larger image")
    arguments: ClassVar[tuple[Argument, ...]] = (FILTERS, SIZE, ACTIVATION, STRIDE, PAD, BIAS, INIT)
    takes_image: ClassVar[bool] = True

    @property
    def text(self) -> str:
        parts = [self.kind, str(self.filters), size_text(self.size), self.activation]
        parts += [f"stride={size_text(self.stride, True)}" if max(self.stride) > 1 else ""]
        parts += [f"pad={self.pad}" if self.pad != "valid" else "", "" if self.bias else "bias=no"]
        return " ".join(p for p in [*parts, f"init={self.init}" if self.init else ""] if p)

    @property
    def initializer(self) -> str:
        """He for the rectifiers, Glorot for everything else, unless ``init`` says otherwise."""
        return self.init or ("he" if self.activation in RECTIFIERS else "glorot")

    def checked(self, shape: Shape) -> Shape:
        return image_shape(self.kind, shape)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        *length, _channels = self.checked(shape)
        if self.pad == "same":
            return (*(n * step for n, step in zip(length, self.stride)), self.filters)
        fits = ((n - 1) * step + k for n, k, step in zip(length, self.size, self.stride))
        return (*fits, self.filters)

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return prod(self.size) * shape[-1] * self.filters + self.bias * self.filters

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        shape = (*self.size, x.shape[-1], self.filters)
        parameters = [graph.value(f"{name}.W", shape, Role.PARAMETER, name, self.initializer)]
        if self.bias:
            parameters.append(graph.value(f"{name}.b", (self.filters,), Role.PARAMETER, name, "zeros"))
        operation = ops.ConvolutionTranspose(name, self.stride, (1,) * len(self.size), self.pad)
        (z,) = graph.apply(operation, x, *parameters)
        return graph.apply(ACTIVATIONS[self.activation](name), z)[0] if self.activation else z


@dataclass(frozen=True)
class ConvolutionTranspose1D(ConvolutionTranspose):
    """Every moment of a sequence (time, channels) lays ``filters`` windows into a longer one.

    >>> from nnlab.network import Network
    >>> Network.parse("conv1d_transpose 8 4 relu stride=2 pad=same", (6, 16)).output_shape
    (12, 8)
    """

    stride: tuple[int, ...] = (1,)

    kind: ClassVar[str] = "conv1d_transpose"
    help: ClassVar[str] = N_("every moment lays a window of weights into a longer sequence")
    takes_image: ClassVar[bool] = False

    def checked(self, shape: Shape) -> Shape:
        return sequence_shape(self.kind, shape)


def _conv1d_transpose(filters: int, size: int, stride: int = 1, **options: Any) -> ConvolutionTranspose1D:
    return ConvolutionTranspose1D(filters, (size,), stride=(stride,), **options)


@dataclass(frozen=True)
class Upsample(Layer):
    """Every pixel of an image, or moment of a sequence, repeated."""

    size: tuple[int, int] = (2, 2)

    kind: ClassVar[str] = "upsample"
    help: ClassVar[str] = N_("repeats every pixel, so that the image grows")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("size", "size", N_("how many times down and across, like 2x2 or 2"), default=(2, 2)),
    )
    takes_image: ClassVar[bool] = True

    @property
    def text(self) -> str:
        return f"{self.kind} {size_text(self.size, True)}"

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        length = space(self.kind, shape)
        return (*(n * k for n, k in zip(length, along(self.kind, shape, self.size))), shape[-1])

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Upsample(name, along(self.kind, x.shape[1:], self.size)), x)[0]


KINDS = (
    LayerKind(
        "conv_transpose",
        ConvolutionTranspose.help,
        ConvolutionTranspose.arguments,
        ConvolutionTranspose,
        "conv_transpose 8 3x3 relu stride=2 pad=same",
    ),
    LayerKind(
        "conv1d_transpose",
        ConvolutionTranspose1D.help,
        (FILTERS, LENGTH, ACTIVATION, along_sequence(STRIDE), PAD, BIAS, INIT),
        _conv1d_transpose,
        "conv1d_transpose 8 4 relu stride=2 pad=same",
    ),
    LayerKind("upsample", Upsample.help, Upsample.arguments, Upsample, "upsample 2"),
)
