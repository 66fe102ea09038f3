"""Pooling over images and sequences: the largest or the mean of what a window sees, or of everything."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any, ClassVar

from nnlab.engine.expression import Expression, call, const, extreme, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.columns import image, in_plane
from nnlab.engine.ops.sums import numbers
from nnlab.engine.ops.window import Axes, axes, looks, positions, seen, tap_views, taps
from nnlab.engine.values import Role, Value


@dataclass(eq=False)
class Pool(Operation):
    """a (B, H', W', C) from x (B, H, W, C), or (B, T', C) from (B, T, C), each channel for itself.

    What is left of an axis behind the last whole window is dropped; with ``pad`` = same the windows hang over
    the edges instead and see less there.
    """

    size: tuple[int, ...] = (2, 2)
    stride: tuple[int, ...] = (2, 2)
    pad: str = "valid"

    by_example: ClassVar[bool] = True

    @property
    def window(self) -> Axes:
        shape = self.inputs[0].shape[1:-1]
        return axes(shape, self.size, self.stride, (1,) * len(shape), self.pad)

    @property
    def apart(self) -> bool:
        """Whether no two windows share a place."""
        return all(axis.stride >= axis.reach for axis in self.window)

    @property
    def padded(self) -> bool:
        return any(axis.before or axis.after for axis in self.window)

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x = inputs[0].shape
        return [("a", (x[0], *positions(self.window), x[-1]), Role.INTERMEDIATE)]

    def at_taps(self, per_place: list[Array], per_position: list[Array]) -> list[tuple[Array, ...]]:
        """Views of arrays in the shape of x and in that of a, a tuple of one for each tap."""
        return tap_views(in_plane(self.window), [*map(image, per_place)], [*map(image, per_position)])

    def cleared(self, at: Buffers, dx: Array) -> list[Call]:
        """Zeroes dx where not every place gets a gradient exactly once."""
        whole = all(axis.stride == axis.reach and axis.length % axis.stride == 0 for axis in self.window)
        return [] if whole else [partial(at.kernels.fill, at.scalar(0.0), dx)]


class MaxPool(Pool):
    """The largest number that the window sees, and which tap saw it (``winner``, counted row by row).

    Where several are the largest, the first of them wins, as in torch and JAX.
    """

    kind: ClassVar[str] = "maxpool"
    formula: ClassVar[str] = "a = max x over the window"
    backward_formula: ClassVar[str] = "dx = Σ da·[x has won] over the windows that see x"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        [(_suffix, shape, role)] = super().infer(inputs)
        return [("a", shape, role), ("winner", shape, role)]

    def levels(self, output: int) -> int:
        return prod(self.size) if output == 1 else 0

    def formula_of(self, output: int) -> str:
        return self.formula if output == 0 else "winner = the first tap that sees max x"

    def forward(self, at: Buffers) -> list[Call]:
        (x,), (a, winner) = at.ins, at.outs
        beats = at.mask(0)
        in_bytes = winner.dtype.itemsize == 1
        beaten = beats.view(winner.dtype) if in_bytes else beats
        marks = beaten if in_bytes else at.scratch(*a.shape, dtype=winner.dtype)
        xs, most, beat, was, mark, won = self.at_taps([x], [a, beats, beaten, marks, winner])
        codes = self._codes(at)
        begin: tuple[tuple[Array, ...], ...] = ((codes[0],), (winner,))
        pair: tuple[tuple[Array, ...], ...] = ()
        if self.padded:
            first, begin = 0, ((codes[0], at.scalar(-float("inf"))), (winner, a))
        elif in_bytes and len(xs) > 1:
            first, begin, pair = 2, (), (xs[:1], xs[1:2], most[:1], (won[0].view(bool),))
        else:
            first, begin = 1, ((codes[0], xs[0]), (winner, most[0]))
        others = tuple(views[first:] for views in (xs, most, beat, was, codes, mark, won))
        images = image(x), self.moves, image(a), image(winner)
        return [partial(at.kernels.max_pool, *images, begin, pair, others)]

    def backward(self, at: Buffers) -> list[Call]:
        kernels, winner = at.kernels, at.outs[1]
        da: Array = at.gouts[0]
        dx: Array = at.gins[0]
        places, won, hit, slopes = self.at_taps([dx], [winner, at.mask(0), da])
        calls = self.cleared(at, dx)
        if self.apart:
            images = image(dx), self.moves, image(da), image(winner)
            taps = won, self._codes(at), hit, slopes, places
            return [*calls, partial(kernels.max_pool_backward, *images, taps)]
        (parts,) = self.at_taps([], [at.scratch(*da.shape)])
        return [*calls, partial(kernels.max_pool_scatter, (won, self._codes(at), hit, slopes, parts, places))]

    @property
    def moves(self) -> tuple[int, ...]:
        """(window height, width, stride down, right), for kernels with loops of their own; () if padded."""
        window = in_plane(self.window)
        sizes = (*(axis.size for axis in window), *(axis.stride for axis in window))
        return () if self.padded else sizes

    def _codes(self, at: Buffers) -> tuple[Array, ...]:
        """The numbers of the taps, as 0-d arrays."""
        return tuple(at.kernels.xp.asarray(k, at.outs[1].dtype) for k in range(prod(self.size)))

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, *position, c = index
        sees = {tap: at.x(0)(n, *place, c) for tap, place in looks(self.window, position)}
        if output == 0:
            return extreme("max", list(sees.values()))
        outside = const(-float("inf"))
        return extreme("argmax", [sees.get(tap, outside) for tap in taps(self.window)])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, *place, c = index
        numbered = {tap: k for k, tap in enumerate(taps(self.window))}
        terms = [
            at.gout()(n, *position, c) * has_won(at.out(1)(n, *position, c), numbered[tap])
            for position, tap in seen(self.window, place)
        ]
        return total(terms) if terms else const(0.0)


def has_won(winner: Expression, number: int) -> Expression:
    """[winner = number], written as a difference where the number is not 0."""
    return call("[= 0]", winner - number if number else winner)


class AveragePool(Pool):
    """The mean of the numbers that the window sees; what hangs over the edge is not counted."""

    kind: ClassVar[str] = "avgpool"
    formula: ClassVar[str] = "a = Σ x/n over the window"
    backward_formula: ClassVar[str] = "dx = Σ da/n over the windows that see x"

    def forward(self, at: Buffers) -> list[Call]:
        kernels, (x,), (a,) = at.kernels, at.ins, at.outs
        xs, sums = self.at_taps([x], [a])
        first = 0 if self.padded else 1
        begin = (
            partial(kernels.fill, at.scalar(0.0), a) if self.padded else partial(kernels.copy, xs[0], sums[0])
        )
        return [
            begin,
            partial(kernels.add_taps, xs[first:], sums[first:]),
            partial(kernels.multiply, a, self._share(at), a),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        kernels = at.kernels
        da: Array = at.gouts[0]
        dx: Array = at.gins[0]
        part = at.scratch(*da.shape)
        places, parts = self.at_taps([dx], [part])
        work: Any = kernels.spread if self.apart else kernels.add_taps
        return [
            *self.cleared(at, dx),
            partial(kernels.multiply, da, self._share(at), part),
            partial(work, parts, places),
        ]

    def _counts(self, position: tuple[int, ...]) -> int:
        return prod(len(axis.looks(o)) for axis, o in zip(self.window, position))

    def _share(self, at: Buffers) -> Array:
        """1/n for each position."""
        if not self.padded:
            return at.scalar(1 / prod(self.size))
        share = at.kernels.xp.ones((*positions(self.window), at.outs[0].shape[-1]), at.dtype)
        for k, axis in enumerate(self.window):
            lengths = [1 / len(axis.looks(o)) for o in range(axis.positions)]
            shape = [-1 if i == k else 1 for i in range(share.ndim)]
            share = share * at.kernels.xp.asarray(lengths, at.dtype).reshape(shape)
        return share

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, *position, c = index
        sees = [(n, *place, c) for _tap, place in looks(self.window, position)]
        return numbers(sees, at.x(0), lambda: at.whole(0)) / len(sees)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, *place, c = index
        terms = [
            at.gout()(n, *position, c) / const(self._counts(position))
            for position, _tap in seen(self.window, place)
        ]
        return total(terms) if terms else const(0.0)


class Global(Operation):
    """a (B, C) from everything a channel of x (B, …, C) holds."""

    by_example: ClassVar[bool] = True

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x = inputs[0].shape
        return [("a", (x[0], x[-1]), Role.INTERMEDIATE)]

    @property
    def places(self) -> list[tuple[int, ...]]:
        """The index of every place, row by row."""
        shape = self.inputs[0].shape[1:-1]
        return list(taps(axes(shape, shape, shape, (1,) * len(shape), "valid")))

    @staticmethod
    def flat(array: Array) -> Array:
        """x (B, …, C) as (B, places, C)."""
        return array.reshape(len(array), -1, array.shape[-1])


class GlobalMaxPool(Global):
    """The largest number of each channel, and the first place that has it (``winner``)."""

    kind: ClassVar[str] = "globalmaxpool"
    formula: ClassVar[str] = "a = max x"
    backward_formula: ClassVar[str] = "dx = da·[x has won]"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        [(_suffix, shape, role)] = super().infer(inputs)
        return [("a", shape, role), ("winner", shape, role)]

    def levels(self, output: int) -> int:
        # More than fit into a byte: argmax writes whole indices.
        return max(257, prod(self.inputs[0].shape[1:-1])) if output == 1 else 0

    def formula_of(self, output: int) -> str:
        return self.formula if output == 0 else "winner = the first place that has max x"

    def forward(self, at: Buffers) -> list[Call]:
        a, winner = at.outs
        return [partial(at.kernels.global_max, self.flat(at.ins[0]), winner, a)]

    def backward(self, at: Buffers) -> list[Call]:
        dx, winner = self.flat(at.gins[0]), at.outs[1]
        da: Array = at.gouts[0]
        places = at.kernels.xp.arange(dx.shape[1])[:, None]
        hit = at.scratch(*dx.shape, dtype=bool)
        return [partial(at.kernels.global_max_backward, winner[:, None], places, hit, da[:, None], dx)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, c = index
        return extreme("argmax" if output else "max", [at.x(0)(n, *place, c) for place in self.places])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, *place, c = index
        return at.gout()(n, c) * has_won(at.out(1)(n, c), self.places.index(tuple(place)))


class GlobalAveragePool(Global):
    """The mean of each channel."""

    kind: ClassVar[str] = "globalavgpool"
    formula: ClassVar[str] = "a = Σ x/n"
    backward_formula: ClassVar[str] = "dx = da/n"

    def forward(self, at: Buffers) -> list[Call]:
        x = self.flat(at.ins[0])
        share = at.scalar(1 / x.shape[1])
        return [partial(at.kernels.global_mean, at.ones(1, x.shape[1]), x, share, at.outs[0][:, None])]

    def backward(self, at: Buffers) -> list[Call]:
        dx = self.flat(at.gins[0])
        da: Array = at.gouts[0]
        return [partial(at.kernels.global_mean_backward, da[:, None], at.scalar(1 / dx.shape[1]), dx)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, c = index
        everywhere = [(n, *place, c) for place in self.places]
        return numbers(everywhere, at.x(0), lambda: at.whole(0)) / len(everywhere)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        return at.gout()(index[0], index[-1]) / const(len(self.places))
