"""Pooling layers: what a window sees becomes one number, channel by channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.ops.window import PADS, axes, positions
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.conv import size_text
from nnlab.network.layers.layer import Layer, LayerKind


def space(word: str, shape: Shape) -> tuple[int, ...]:
    """(height, width) of an image or (time,) of a sequence; raises NnlabError for other shapes."""
    if len(shape) not in (2, 3):
        raise NnlabError(
            _(
                "{word} takes an image, height×width×channels, or a sequence, time×channels, but shape "
                "{shape} arrives",
                word=word,
                shape=shape_text(shape),
            )
        )
    return shape[:-1]


def along(word: str, shape: Shape, size: tuple[int, int]) -> tuple[int, ...]:
    """``size`` for the axes of what arrives: one number for a sequence, which raises NnlabError for two."""
    if len(space(word, shape)) == 2:
        return size
    if len(set(size)) > 1:
        raise NnlabError(
            _("{word} {size}: a sequence has one axis; write one number", word=word, size=size_text(size))
        )
    return size[:1]


@dataclass(frozen=True)
class MaxPool(Layer):
    """The largest number of every window.  On a sequence the window has one axis.

    Windows lie side by side unless ``stride`` says otherwise, and what does not fill the last one is dropped.
    """

    size: tuple[int, int] = (2, 2)
    stride: tuple[int, int] = (0, 0)
    pad: str = "valid"

    kind: ClassVar[str] = "maxpool"
    takes_image: ClassVar[bool] = True
    help: ClassVar[str] = N_("keeps the largest number of every window")
    operation: ClassVar[Callable[..., ops.Operation]] = ops.MaxPool
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("size", "size", N_("height and width of the window, like 2x2 or 2"), default=(2, 2)),
        Argument(
            "stride",
            "size",
            N_("how far the window moves; its size unless given"),
            default=(0, 0),
            keyword=True,
        ),
        Argument(
            "pad",
            "choice",
            N_("valid: whole windows only; same: the last one may hang over the edge"),
            default="valid",
            keyword=True,
            choices=PADS,
        ),
    )

    def __post_init__(self) -> None:
        if not any(self.stride):
            object.__setattr__(self, "stride", self.size)

    @property
    def text(self) -> str:
        parts = [self.kind, size_text(self.size, True)]
        parts += [f"stride={size_text(self.stride, True)}" if self.stride != self.size else ""]
        parts += [f"pad={self.pad}" if self.pad != "valid" else ""]
        return " ".join(p for p in parts if p)

    def _sizes(self, shape: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Size and stride of the window over what arrives."""
        return along(self.kind, shape, self.size), along(self.kind, shape, self.stride)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        size, stride = self._sizes(shape)
        return (*positions(axes(shape[:-1], size, stride, (1,) * len(size), self.pad)), shape[-1])

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(type(self).operation(name, *self._sizes(x.shape[1:]), self.pad), x)[0]


@dataclass(frozen=True)
class AveragePool(MaxPool):
    """The mean of every window; what hangs over the edge is not counted."""

    kind: ClassVar[str] = "avgpool"
    help: ClassVar[str] = N_("keeps the mean of every window")
    operation: ClassVar[Callable[..., ops.Operation]] = ops.AveragePool


@dataclass(frozen=True)
class GlobalMaxPool(Layer):
    """The largest number of each channel: an image or a sequence becomes a row."""

    kind: ClassVar[str] = "globalmaxpool"
    takes_image: ClassVar[bool] = True
    help: ClassVar[str] = N_("keeps the largest number of each channel")
    operation: ClassVar[Callable[..., ops.Operation]] = ops.GlobalMaxPool

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        space(self.kind, shape)
        return shape[-1:]

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(type(self).operation(name), x)[0]


@dataclass(frozen=True)
class GlobalAveragePool(GlobalMaxPool):
    """The mean of each channel: an image or a sequence becomes a row."""

    kind: ClassVar[str] = "globalavgpool"
    help: ClassVar[str] = N_("keeps the mean of each channel")
    operation: ClassVar[Callable[..., ops.Operation]] = ops.GlobalAveragePool


KINDS = (
    LayerKind("maxpool", MaxPool.help, MaxPool.arguments, MaxPool, "maxpool 2"),
    LayerKind("avgpool", AveragePool.help, AveragePool.arguments, AveragePool, "avgpool 2"),
    LayerKind("globalmaxpool", GlobalMaxPool.help, (), GlobalMaxPool),
    LayerKind("globalavgpool", GlobalAveragePool.help, (), GlobalAveragePool),
)
