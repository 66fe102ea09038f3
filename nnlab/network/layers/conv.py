"""Convolution layers: windows of weights that slide over an image or a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.ops.window import PADS, axes, positions
from nnlab.engine.values import Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.activation import ACTIVATIONS, RECTIFIERS
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind

FILTERS = Argument("filters", "count", N_("number of windows, each makes one channel"), required=True)
SIZE = Argument("size", "size", N_("height and width of the window, like 3x3"), required=True)
LENGTH = Argument("size", "count", N_("how many moments the window sees"), required=True)
BENT = tuple(function for function in ACTIVATIONS if function != "softmax")
"""Softmax works on rows of scores, and not on images."""
ACTIVATION = Argument("activation", "activation", N_("what bends the sum"), default="", choices=BENT)
STRIDE = Argument("stride", "size", N_("how far the window moves"), default=(1, 1), keyword=True)
PAD = Argument(
    "pad",
    "choice",
    N_("valid: whole windows only; same: zeros around, so that the size stays"),
    default="valid",
    keyword=True,
    choices=PADS,
)
DILATION = Argument(
    "dilation", "size", N_("how far apart the places that a window sees are"), default=(1, 1), keyword=True
)
GROUPS = Argument(
    "groups", "count", N_("runs of channels with windows of their own"), default=1, keyword=True
)
BIAS = Argument("bias", "flag", N_("add a bias to each channel"), default=True, keyword=True)
INIT = Argument("init", "init", N_("how weights begin"), default="", keyword=True)


def image_shape(word: str, shape: Shape) -> Shape:
    """``shape`` if it is that of an image; raises NnlabError that names ``word``."""
    if len(shape) != 3:
        raise NnlabError(
            _(
                "{word} takes an image, height×width×channels, but shape {shape} arrives; put it before "
                "flatten, or reshape 8x8x1 before it",
                word=word,
                shape=shape_text(shape),
            )
        )
    return shape


def sequence_shape(word: str, shape: Shape) -> Shape:
    """``shape`` if it is that of a sequence; raises NnlabError that names ``word``."""
    if len(shape) != 2:
        raise NnlabError(
            _(
                "{word} takes a sequence, time×channels, but shape {shape} arrives; reshape 8x8 makes one "
                "of 64 numbers",
                word=word,
                shape=shape_text(shape),
            )
        )
    return shape


def size_text(size: tuple[int, ...], short: bool = False) -> str:
    """``3x3``; the same number for every axis once where ``short``."""
    return str(size[0]) if short and len(set(size)) == 1 else "x".join(map(str, size))


@dataclass(frozen=True)
class Convolution(Layer):
    """``filters`` windows over an image (height, width, channels): (height', width', filters).

    >>> from nnlab.network import Network
    >>> Network.parse("conv 32 3x3 relu | conv 64 3x3 pad=same stride=2", (28, 28, 1)).output_shape
    (13, 13, 64)
    """

    filters: int
    size: tuple[int, ...]
    activation: str = ""
    stride: tuple[int, ...] = (1, 1)
    pad: str = "valid"
    dilation: tuple[int, ...] = (1, 1)
    groups: int = 1
    bias: bool = True
    init: str = ""

    kind: ClassVar[str] = "conv"
    takes_image: ClassVar[bool] = True
    help: ClassVar[str] = N_("windows of weights slide over an image: each sees a small part, everywhere")
    arguments: ClassVar[tuple[Argument, ...]] = (
        FILTERS, SIZE, ACTIVATION, STRIDE, PAD, DILATION, GROUPS, BIAS, INIT,
    )  # fmt: skip

    @property
    def text(self) -> str:
        parts = [self.kind, str(self.filters), size_text(self.size), self.activation, *self._options()]
        return " ".join(p for p in parts if p)

    def _options(self) -> list[str]:
        return [
            f"stride={size_text(self.stride, True)}" if max(self.stride) > 1 else "",
            f"pad={self.pad}" if self.pad != "valid" else "",
            f"dilation={size_text(self.dilation, True)}" if max(self.dilation) > 1 else "",
            f"groups={self.groups}" if self.groups > 1 else "",
            "" if self.bias else "bias=no",
            f"init={self.init}" if self.init else "",
        ]

    @property
    def initializer(self) -> str:
        """He for the rectifiers, Glorot for everything else, unless ``init`` says otherwise."""
        return self.init or ("he" if self.activation in RECTIFIERS else "glorot")

    def checked(self, shape: Shape) -> Shape:
        return image_shape(self.kind, shape)

    def outputs(self, channels: int) -> int:
        return self.filters

    def groups_of(self, channels: int) -> int:
        if channels % self.groups or self.filters % self.groups:
            raise NnlabError(
                _(
                    "groups={groups} divides {channels} channels and {filters} filters unevenly; use a "
                    "number that divides both",
                    groups=self.groups,
                    channels=channels,
                    filters=self.filters,
                )
            )
        return self.groups

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        *space, channels = self.checked(shape)
        self.groups_of(channels)
        window = axes(space, self.size, self.stride, self.dilation, self.pad)
        return (*positions(window), self.outputs(channels))

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        channels = shape[-1]
        outputs = self.outputs(channels)
        return prod(self.size) * (channels // self.groups_of(channels)) * outputs + self.bias * outputs

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        channels = x.shape[-1]
        outputs, groups = self.outputs(channels), self.groups_of(channels)
        shape = (*self.size, channels // groups, outputs)
        parameters = [graph.value(f"{name}.W", shape, Role.PARAMETER, name, self.initializer)]
        if self.bias:
            parameters.append(graph.value(f"{name}.b", (outputs,), Role.PARAMETER, name, "zeros"))
        operation = ops.Convolution(name, self.stride, self.dilation, self.pad, groups)
        (z,) = graph.apply(operation, x, *parameters)
        return graph.apply(ACTIVATIONS[self.activation](name), z)[0] if self.activation else z


@dataclass(frozen=True)
class Convolution1D(Convolution):
    """``filters`` windows over a sequence (time, channels): (time', filters)."""

    stride: tuple[int, ...] = (1,)
    dilation: tuple[int, ...] = (1,)

    kind: ClassVar[str] = "conv1d"
    takes_image: ClassVar[bool] = False
    help: ClassVar[str] = N_("windows of weights slide along a sequence")

    def checked(self, shape: Shape) -> Shape:
        return sequence_shape(self.kind, shape)


@dataclass(frozen=True)
class Depthwise(Convolution):
    """One window for each channel of an image: as many channels leave as arrive."""

    kind: ClassVar[str] = "depthwise"
    help: ClassVar[str] = N_("one window of weights for each channel of an image")

    @property
    def text(self) -> str:
        return " ".join(p for p in [self.kind, size_text(self.size), self.activation, *self._options()] if p)

    def outputs(self, channels: int) -> int:
        return channels

    def groups_of(self, channels: int) -> int:
        return channels


def along_sequence(argument: Argument) -> Argument:
    """The argument of an image's window for a window along a sequence."""
    return Argument(argument.name, "count", argument.help, default=1, keyword=True)


def _conv1d(filters: int, size: int, stride: int = 1, dilation: int = 1, **options: object) -> Convolution1D:
    return Convolution1D(filters, (size,), stride=(stride,), dilation=(dilation,), **options)  # type: ignore[arg-type]


def _depthwise(**options: object) -> Depthwise:
    return Depthwise(0, **options)  # type: ignore[arg-type]


KINDS = (
    LayerKind("conv", Convolution.help, Convolution.arguments, Convolution, "conv 8 3x3 relu"),
    LayerKind(
        "conv1d",
        Convolution1D.help,
        (
            FILTERS,
            LENGTH,
            ACTIVATION,
            along_sequence(STRIDE),
            PAD,
            along_sequence(DILATION),
            GROUPS,
            BIAS,
            INIT,
        ),
        _conv1d,
        "conv1d 8 3 relu",
    ),
    LayerKind(
        "depthwise",
        Depthwise.help,
        (SIZE, ACTIVATION, STRIDE, PAD, DILATION, BIAS, INIT),
        _depthwise,
        "depthwise 3x3 relu",
    ),
)
