"""Cases of the operations on images and sequences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from case_kit import Case, Size, parameter, squared

from nnlab.engine.operation import Operation
from nnlab.engine.ops import (
    AveragePool,
    BatchNorm,
    Convolution,
    ConvolutionTranspose,
    Flatten,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
    Upsample,
)
from nnlab.engine.values import Graph, Role, Value


def ended(graph: Graph, a: Value) -> str:
    """Flatten, then squared error."""
    return squared(graph, graph.apply(Flatten("flat"), a)[0])


def squared_error(a: Any, others: Mapping[str, Any]) -> Any:
    return ((a.flatten(1) - others["target"]) ** 2).mean()


@dataclass(frozen=True)
class Conv:
    """A convolution over (batch, height, width + 2, channels), or over (batch, width + 4, channels)."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...] = (1, 1)
    dilation: tuple[int, ...] = (1, 1)
    pad: str = "valid"
    groups: int = 1
    inside: int = 2
    out: int = 3
    bias: bool = True
    apart: bool = False
    """Whether the bias lies elsewhere than behind its weights."""

    def build(self, graph: Graph, size: Size) -> str:
        space = (5, size.width + 2) if len(self.kernel) == 2 else (size.width + 4,)
        x = parameter(graph, "x", size.batch, *space, self.inside)
        b = [parameter(graph, "layer1.b", self.out)] if self.apart else []
        W = parameter(graph, "layer1.W", *self.kernel, self.inside // self.groups, self.out)
        if self.bias and not self.apart:
            b = [parameter(graph, "layer1.b", self.out)]
        operation = Convolution("layer1", self.stride, self.dilation, self.pad, self.groups)
        return ended(graph, graph.apply(operation, x, W, *b)[0])

    def twin(self, p: Mapping[str, Any], others: Mapping[str, Any]) -> Any:
        import torch
        from torch.nn import functional as F

        axes = len(self.kernel)
        x, W = channels_first(p["x"]), p["layer1.W"].permute(axes + 1, axes, *range(axes))
        if self.pad == "same":
            x = F.pad(x, same(x.shape[2:], self.kernel, self.stride, self.dilation))
        function = torch.conv2d if axes == 2 else torch.conv1d
        z = function(x, W, p.get("layer1.b"), stride=self.stride, dilation=self.dilation, groups=self.groups)
        return squared_error(z.permute(0, *range(2, axes + 2), 1), others)


def channels_first(x: Any) -> Any:
    return x.permute(0, x.dim() - 1, *range(1, x.dim() - 1))


def same(shape: Any, kernel: Any, stride: Any, dilation: Any) -> list[int]:
    """The zeros that torch.nn.functional.pad puts around, the last axis first, as Keras counts them."""
    around: list[int] = []
    for n, k, s, d in zip(shape, kernel, stride, dilation):
        total = max(0, (-(-n // s) - 1) * s + (k - 1) * d + 1 - n)
        around = [total // 2, total - total // 2, *around]
    return around


def case(made: Any) -> Case:
    return Case(made.build, made.twin)


CONVOLUTIONS: dict[str, Conv] = {
    "conv": Conv((3, 2)),
    "conv:same": Conv((3, 3), pad="same"),
    "conv:same even": Conv((2, 4), pad="same"),
    "conv:many channels": Conv((2, 2), pad="same", inside=6, out=2),
    "conv:stride": Conv((3, 2), stride=(2, 3)),
    "conv:stride same": Conv((3, 3), stride=(2, 2), pad="same", inside=6),
    "conv:dilation": Conv((2, 2), dilation=(2, 2), pad="same"),
    "conv:dilation stride": Conv((2, 2), stride=(2, 1), dilation=(3, 2), inside=6),
    "conv:groups": Conv((2, 3), pad="same", groups=2, inside=4, out=6),
    "conv:depthwise": Conv((3, 3), stride=(2, 1), pad="same", groups=3, inside=3),
    "conv:bias apart": Conv((3, 3), pad="same", inside=5, apart=True),
    "conv:no bias": Conv((1, 1), bias=False),
    "conv:groups no bias": Conv((2, 2), groups=2, out=2, bias=False),
    "conv:1-D": Conv((3,), (1,), (1,)),
    "conv:1-D same": Conv((4,), (2,), (1,), pad="same", inside=6),
    "conv:1-D dilation": Conv((3,), (1,), (2,), pad="same"),
}


@dataclass(frozen=True)
class Pooled:
    """A pooling of x (batch, 5, width + 3, 2), or (batch, width + 3, 2), whose numbers lie well apart."""

    make: Callable[..., Operation]
    size: tuple[int, ...] = (2, 2)
    stride: tuple[int, ...] = (2, 2)
    pad: str = "valid"
    axes: int = 2

    @property
    def operation(self) -> Operation:
        if self.make in (GlobalMaxPool, GlobalAveragePool):
            return self.make("layer1")
        return self.make("layer1", self.size, self.stride, self.pad)

    def build(self, graph: Graph, size: Size) -> str:
        space = (5, size.width + 3)[-self.axes :]
        x = parameter(graph, "x", size.batch, *space, 2)
        return ended(graph, graph.apply(self.operation, x)[0])

    def twin(self, p: Mapping[str, Any], others: Mapping[str, Any]) -> Any:
        from torch.nn import functional as F

        x = channels_first(p["x"])
        if self.make is GlobalMaxPool:
            return squared_error(x.amax(dim=tuple(range(2, x.dim()))), others)
        if self.make is GlobalAveragePool:
            return squared_error(x.mean(dim=tuple(range(2, x.dim()))), others)
        around = [0] * 2 * self.axes
        if self.pad == "same":
            around = same(x.shape[2:], self.size, self.stride, (1,) * self.axes)
        if self.make is MaxPool:
            function = F.max_pool2d if self.axes == 2 else F.max_pool1d
            a = function(F.pad(x, around, value=-float("inf")), self.size, self.stride)
        else:
            function = F.avg_pool2d if self.axes == 2 else F.avg_pool1d
            ones = F.pad(x.detach() * 0 + 1, around)
            a = function(F.pad(x, around), self.size, self.stride) / function(ones, self.size, self.stride)
        return squared_error(a.permute(0, *range(2, self.axes + 2), 1), others)


POOLS: dict[str, Pooled] = {
    "maxpool": Pooled(MaxPool),
    "maxpool:same": Pooled(MaxPool, (3, 2), (2, 2), "same"),
    "maxpool:overlap": Pooled(MaxPool, (3, 2), (1, 2)),
    "maxpool:apart": Pooled(MaxPool, (1, 2), (2, 3)),
    "maxpool:1-D": Pooled(MaxPool, (2,), (2,), axes=1),
    "maxpool:large": Pooled(MaxPool, (17, 17), (1, 1), "same"),
    "avgpool": Pooled(AveragePool),
    "avgpool:same": Pooled(AveragePool, (3, 3), (2, 1), "same"),
    "avgpool:overlap": Pooled(AveragePool, (2, 3), (1, 1)),
    "avgpool:1-D": Pooled(AveragePool, (3,), (2,), "same", axes=1),
    "globalmaxpool": Pooled(GlobalMaxPool),
    "globalmaxpool:1-D": Pooled(GlobalMaxPool, axes=1),
    "globalavgpool": Pooled(GlobalAveragePool),
    "globalavgpool:1-D": Pooled(GlobalAveragePool, axes=1),
}


@dataclass(frozen=True)
class Transposed:
    """A transposed convolution of (batch, 3, width, 2), or (batch, width + 1, 2)."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...] = (1, 1)
    dilation: tuple[int, ...] = (1, 1)
    pad: str = "valid"
    bias: bool = True

    def build(self, graph: Graph, size: Size) -> str:
        space = (3, size.width) if len(self.kernel) == 2 else (size.width + 1,)
        x = parameter(graph, "x", size.batch, *space, 2)
        W = parameter(graph, "layer1.W", *self.kernel, 2, 3)
        b = [parameter(graph, "layer1.b", 3)] if self.bias else []
        operation = ConvolutionTranspose("layer1", self.stride, self.dilation, self.pad)
        return ended(graph, graph.apply(operation, x, W, *b)[0])

    def twin(self, p: Mapping[str, Any], others: Mapping[str, Any]) -> Any:
        import torch

        axes = len(self.kernel)
        function = torch.conv_transpose2d if axes == 2 else torch.conv_transpose1d
        x, W = channels_first(p["x"]), p["layer1.W"].permute(axes, axes + 1, *range(axes))
        z = function(x, W, p.get("layer1.b"), stride=self.stride, dilation=self.dilation)
        if self.pad == "same":
            z = self.cropped(z, x.shape[2:])
        return squared_error(z.permute(0, *range(2, axes + 2), 1), others)

    def cropped(self, z: Any, shape: Any) -> Any:
        """What a convolution pad=same that makes ``shape`` would look at, but for its zeros."""
        for axis, (n, k, s, d) in enumerate(zip(shape, self.kernel, self.stride, self.dilation), 2):
            z = z.narrow(axis, max(0, (n - 1) * s + (k - 1) * d + 1 - n * s) // 2, n * s)
        return z


TRANSPOSED: dict[str, Transposed] = {
    "conv_transpose": Transposed((3, 2), stride=(2, 2)),
    "conv_transpose:same": Transposed((3, 4), stride=(2, 2), pad="same"),
    "conv_transpose:apart": Transposed((2, 2), stride=(2, 3)),
    "conv_transpose:dilation": Transposed((2, 3), dilation=(2, 1)),
    "conv_transpose:no bias": Transposed((3, 3), pad="same", bias=False),
    "conv_transpose:1-D": Transposed((4,), (2,), (1,), pad="same"),
    "conv_transpose:1-D apart": Transposed((2,), (3,), (1,), bias=False),
}


@dataclass(frozen=True)
class Upsampled:
    """Every number of (batch, 2, width, 2), or (batch, width, 2), repeated."""

    size: tuple[int, ...]

    def build(self, graph: Graph, size: Size) -> str:
        x = parameter(graph, "x", size.batch, *(2, size.width)[-len(self.size) :], 2)
        return ended(graph, graph.apply(Upsample("layer1", self.size), x)[0])

    def twin(self, p: Mapping[str, Any], others: Mapping[str, Any]) -> Any:
        a = p["x"]
        for axis, times in enumerate(self.size, 1):
            a = a.repeat_interleave(times, dim=axis)
        return squared_error(a, others)


UPSAMPLED: dict[str, Upsampled] = {
    "upsample": Upsampled((2, 2)),
    "upsample:uneven": Upsampled((1, 3)),
    "upsample:1-D": Upsampled((2,)),
}


@dataclass(frozen=True)
class Norm:
    """Batch normalisation of (batch, *space, width), with running statistics that say who they are."""

    space: tuple[int, ...] = ()

    def build(self, graph: Graph, size: Size) -> str:
        x = parameter(graph, "x", size.batch, *self.space, size.width)
        gamma, beta = (parameter(graph, f"layer1.{name}", size.width) for name in ("gamma", "beta"))
        states = [
            graph.value(f"layer1.{name}", (size.width,), Role.STATE, "layer1", init)
            for name, init in (("running_mean", "constant:0.3"), ("running_variance", "constant:1.7"))
        ]
        return ended(graph, graph.apply(BatchNorm("layer1"), x, gamma, beta, *states)[0])

    def twin(self, p: Mapping[str, Any], others: Mapping[str, Any]) -> Any:
        from torch.nn import functional as F

        a = F.batch_norm(
            channels_first(p["x"]),
            others["layer1.running_mean"].clone(),
            others["layer1.running_variance"].clone(),
            p["layer1.gamma"],
            p["layer1.beta"],
            training=True,
        )
        return squared_error(a.permute(0, *range(2, a.dim()), 1) if a.dim() > 2 else a, others)


NORMS: dict[str, Norm] = {
    "batchnorm": Norm(),
    "batchnorm:1-D": Norm((3,)),
    "batchnorm:2-D": Norm((2, 3)),
}

CASES = {name: case(made) for name, made in (CONVOLUTIONS | POOLS | TRANSPOSED | UPSAMPLED | NORMS).items()}
