"""Convolution over images and sequences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import ClassVar

from nnlab.engine.expression import Expression
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops import depthwise
from nnlab.engine.ops.columns import (
    FEW_CHANNELS,
    Columns,
    columns,
    image,
    in_plane,
    in_windows,
    laid_out,
    scattered,
)
from nnlab.engine.ops.dense import rows
from nnlab.engine.ops.sums import numbers, products
from nnlab.engine.ops.window import Axes, adjoint, axes, looks, positions, seen
from nnlab.engine.values import Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


@dataclass(eq=False)
class Convolution(Operation):
    """z (B, H', W', out) = x (B, H, W, in) under a window W (h, w, in/groups, out) that slides, + b (out,).

    What every framework calls so: the window is not turned around (a cross-correlation).  A sequence
    (B, T, in) has a window (t, in/groups, out).  With ``groups`` each of that many runs of channels has
    windows of its own.  Zeros stand around the image as ``pad`` says, see :func:`window.axes`.
    """

    stride: tuple[int, ...] = (1, 1)
    dilation: tuple[int, ...] = (1, 1)
    pad: str = "valid"
    groups: int = 1

    kind: ClassVar[str] = "conv"
    formula: ClassVar[str] = "z = Σ x·W + b over the window"
    backward_formula: ClassVar[str] = (
        "dx = Σ dz·W over the windows that see x   dW = Σ x·dz over all positions   db = Σ dz"
    )
    makes_ones: ClassVar[bool] = True
    by_example: ClassVar[bool] = True
    heads_stretch: ClassVar[bool] = True

    @property
    def folds_bias(self) -> bool:
        return len(self.inputs) == 3 and self.groups == 1

    @property
    def window(self) -> Axes:
        x, W = self.inputs[0].shape, self.inputs[1].shape
        return axes(x[1:-1], W[:-2], self.stride, self.dilation, self.pad)

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, W = inputs[0], inputs[1]
        if len(x.shape) != len(W.shape) or x.shape[-1] != W.shape[-2] * self.groups:
            raise NnlabError(
                _(
                    "{layer} slides over {axes} axes of {inside} channels, but {before} gives shape {shape}",
                    layer=self.path,
                    axes=len(W.shape) - 2,
                    inside=W.shape[-2] * self.groups,
                    before=x.name,
                    shape=x.shape[1:],
                )
            )
        return [("z", (x.shape[0], *positions(self.window), W.shape[-1]), Role.INTERMEDIATE)]

    def footprint(self) -> int:
        """With the columns, which are up to as many times as large as x as the window has taps."""
        W = self.inputs[1].shape
        if self.depthwise:
            return super().footprint() + 2 * self.outputs[0].size
        return super().footprint() + prod(positions(self.window)) * prod(W[:-1]) * self.groups

    # ------------------------------------------------------------------ running

    @property
    def depthwise(self) -> bool:
        """Whether every channel has one window of its own."""
        return self.groups > 1 and self.groups == self.inputs[0].shape[-1] == self.inputs[1].shape[-1]

    def forward(self, at: Buffers) -> list[Call]:
        if self.depthwise:
            return depthwise.forward(at, in_plane(self.window))
        return self.product(at, rows(at.outs[0]))

    def product(self, at: Buffers, z: Array, pooling: Axes = ()) -> list[Call]:
        """z (positions, out), the positions in the order of :func:`columns.columns`."""
        _x, W, *b = at.ins
        found = self._columns(at, pooling)
        kernels = at.kernels
        if at.folded is not None:
            return [*found.load, partial(kernels.matmul, found.matrix, at.folded.W, z)]
        if self.groups > 1:
            calls = [partial(kernels.grouped_matmul, found.matrix, self._grouped(W), self._grouped(z))]
            calls += [partial(kernels.add, z, b[0], z)] if b else []
        elif b:
            calls = [partial(kernels.dense, found.matrix, rows(W), b[0], at.scratch(*z.shape), z)]
        else:
            calls = [partial(kernels.matmul, found.matrix, rows(W), z)]
        return [*found.load, *calls]

    def backward(self, at: Buffers) -> list[Call]:
        if self.depthwise:
            return depthwise.backward(at, in_plane(self.window))
        return self.flow_back(at, rows(at.gouts[0]))

    def flow_back(self, at: Buffers, dz: Array, pooling: Axes = ()) -> list[Call]:
        """Every gradient that is asked for, from dz (positions, out) in the order of :meth:`product`."""
        dx, dW, *db = at.gins
        calls: list[Call] = []
        if dx is not None:
            calls += self._input_gradient(at, dz, dx, pooling)
        if dW is not None:
            calls += self._weight_gradient(at, dz, dW, pooling)
        together = at.folded is not None and at.folded.dW is not None
        if db and db[0] is not None and not together:
            calls.append(partial(at.kernels.sum_rows, dz, at.ones(len(dz)), db[0]))
        return calls

    def _weight_gradient(self, at: Buffers, dz: Array, dW: Array, pooling: Axes) -> list[Call]:
        """dW = columnsᵀ·dz, the columns laid out anew where they are too large to be kept."""
        found = self._columns(at, pooling)
        load = [] if self._keeps_columns(at) else found.load
        if self.groups > 1:
            turned = found.matrix.transpose(0, 2, 1)
            return [*load, partial(at.kernels.grouped_matmul, turned, self._grouped(dz), self._grouped(dW))]
        if at.folded is not None and at.folded.dW is not None:
            return [*load, partial(at.kernels.matmul, found.matrix.T, dz, at.folded.dW)]
        seen_ = found.matrix[:, : prod(dW.shape[:-1])]  # without the ones for the bias, if there are any
        return [*load, partial(at.kernels.matmul, seen_.T, dz, rows(dW))]

    def _columns(self, at: Buffers, pooling: Axes = ()) -> Columns:
        x, ones = image(at.ins[0]), at.folded is not None
        room = "columns" if self._keeps_columns(at) else ""
        return columns(at, x, in_plane(self.window), self.groups, ones, room, pooling)

    def _keeps_columns(self, at: Buffers) -> bool:
        """Whether the columns stay in memory for the gradient of W: they are no more than z is."""
        few = self.groups == 1 and self.inputs[0].shape[-1] <= FEW_CHANNELS
        W = self.inputs[1].shape
        return few and prod(W[:-1]) < W[-1] and at.gins[1] is not None

    def _input_gradient(self, at: Buffers, dz: Array, dx: Array, pooling: Axes) -> list[Call]:
        """dx, of windows that move by one: dz under the window turned around; of others: scattered."""
        x, W = image(at.ins[0]), at.ins[1]
        window = in_plane(self.window)
        moved = (len(x), *positions(window))
        if all(axis.stride == 1 for axis in window):
            height, width, inside, out = (W if W.ndim == 4 else W[None]).shape
            parted = W.reshape(height, width, inside, self.groups, -1)[::-1, ::-1]
            turned = at.scratch(self.groups, height, width, out // self.groups, inside)
            at.once(partial(at.kernels.copy, parted.transpose(3, 0, 1, 4, 2), turned))
            back, shape = tuple(map(adjoint, window)), (*moved, out)
            if pooling:
                found = laid_out(at, *in_windows(at, dz, shape, back, pooling), back)
            else:
                found = columns(at, dz.reshape(shape), back, self.groups)
            if self.groups == 1:
                product = partial(at.kernels.matmul, found.matrix, turned.reshape(-1, inside), rows(dx))
            else:
                weights = turned.reshape(self.groups, -1, inside)
                product = partial(at.kernels.grouped_matmul, found.matrix, weights, self._grouped(dx))
            return [*found.load, product]
        inside = W.shape[-2]
        size = tuple(axis.size for axis in window)
        parts = at.scratch(self.groups, len(dz), prod(size) * inside)
        calls: list[Call] = [
            partial(at.kernels.grouped_matmul, self._grouped(dz), self._grouped(W).transpose(0, 2, 1), parts)
        ]
        for group in range(self.groups):
            channels = slice(group * inside, (group + 1) * inside)
            piece = parts[group].reshape(*moved, *size, inside)
            calls += scattered(at, piece, image(dx)[..., channels], window)
        return calls

    def _grouped(self, array: Array) -> Array:
        """(…, out) as (groups, rows, out of a group) over the same memory."""
        flat = rows(array)
        return flat.reshape(len(flat), self.groups, -1).transpose(1, 0, 2)

    # ------------------------------------------------------------------ explaining

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, *position, out = index
        places = [
            ((n, *place, c), (*tap, k, out))
            for tap, place in looks(self.window, position)
            for k, c in enumerate(self._channels_of(out))
        ]
        rest = [at.x(2)(out)] if len(self.inputs) == 3 else []
        return products(places, at.x(0), at.x(1), lambda: at.whole(0), lambda: at.whole(1), rest)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        dz = at.gout()
        if use == 0:
            n, *place, c = index
            inside = self.inputs[1].shape[-2]
            places = [
                ((n, *position, out), (*tap, c % inside, out))
                for position, tap in seen(self.window, place)
                for out in self._outputs_of(c // inside)
            ]
            return products(places, dz, at.x(1), lambda: at.whole_gradient(0), lambda: at.whole(1))
        examples = range(at.shape(0)[0])
        if use == 1:
            *tap, k, out = index
            c = self._channels_of(out)[k]
            shared = [axis.shared(i) for axis, i in zip(self.window, tap)]
            moves = list(product(*(range(s.stop)[s] for s, _places in shared)))
            looked = list(product(*(range(s.stop)[s] for _positions, s in shared)))
            places = [((n, *y, c), (n, *m, out)) for n in examples for m, y in zip(moves, looked)]
            return products(places, at.x(0), dz, lambda: at.whole(0), lambda: at.whole_gradient(0))
        everywhere = product(examples, *(range(axis.positions) for axis in self.window))
        return numbers([(*m, index[0]) for m in everywhere], dz, lambda: at.whole_gradient(0))

    def _channels_of(self, out: int) -> range:
        """The channels of x that output channel ``out`` sees."""
        W = self.inputs[1].shape
        group = out // (W[-1] // self.groups)
        return range(group * W[-2], (group + 1) * W[-2])

    def _outputs_of(self, group: int) -> range:
        each = self.inputs[1].shape[-1] // self.groups
        return range(group * each, (group + 1) * each)
