"""Operations that make images larger: transposed convolution, and repeating every pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product
from math import prod
from typing import ClassVar

from nnlab.engine.expression import Expression
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.columns import columns, image, in_plane, scattered
from nnlab.engine.ops.dense import rows
from nnlab.engine.ops.sums import numbers, products
from nnlab.engine.ops.window import Axes, axes, looks, positions, seen, tap_views
from nnlab.engine.values import Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _


@dataclass(eq=False)
class ConvolutionTranspose(Operation):
    """z (B, H', W', out): every number of x (B, H, W, in) lays a window W (h, w, in, out) of it into z; + b.

    The way back of a convolution that makes (H, W) of (H', W'): what its window at a position sees is where
    that position lays its numbers.  With ``pad`` = same H' = H·stride, else the windows just fit.  A sequence
    (B, T, in) has a window (t, in, out).
    """

    stride: tuple[int, ...] = (1, 1)
    dilation: tuple[int, ...] = (1, 1)
    pad: str = "valid"

    kind: ClassVar[str] = "conv_transpose"
    formula: ClassVar[str] = "z = Σ x·W + b over the windows laid there"
    backward_formula: ClassVar[str] = (
        "dx = Σ dz·W over its window   dW = Σ x·dz over all positions   db = Σ dz"
    )
    by_example: ClassVar[bool] = True
    heads_stretch: ClassVar[bool] = True

    @property
    def window(self) -> Axes:
        """The window over z; its positions are the places of x."""
        x, size = self.inputs[0].shape[1:-1], self.inputs[1].shape[:-2]
        if self.pad == "same":
            shape = [n * step for n, step in zip(x, self.stride, strict=True)]
        else:
            each = zip(x, size, self.stride, self.dilation, strict=True)
            shape = [(n - 1) * step + (taps - 1) * spread + 1 for n, taps, step, spread in each]
        return axes(shape, size, self.stride, self.dilation, self.pad)

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x, W = inputs[0], inputs[1]
        if len(x.shape) != len(W.shape) or x.shape[-1] != W.shape[-2]:
            raise NnlabError(
                _(
                    "{layer} lays windows over {axes} axes for {inside} channels, but {before} gives shape "
                    "{shape}",
                    layer=self.path,
                    axes=len(W.shape) - 2,
                    inside=W.shape[-2],
                    before=x.name,
                    shape=shape_text(x.shape[1:]),
                )
            )
        return [("z", (x.shape[0], *(axis.length for axis in self.window), W.shape[-1]), Role.INTERMEDIATE)]

    def footprint(self) -> int:
        W = self.inputs[1].shape
        return super().footprint() + prod(self.inputs[0].shape[1:-1]) * prod(W[:-2]) * W[-1]

    # ------------------------------------------------------------------ running

    def forward(self, at: Buffers) -> list[Call]:
        x, _W, *b = at.ins
        window, z = in_plane(self.window), at.outs[0]
        turned = self._turned(at)
        parts = at.scratch(x.size // x.shape[-1], turned.shape[1])
        laid = parts.reshape(len(x), *positions(window), *(axis.size for axis in window), -1)
        calls: list[Call] = [
            partial(at.kernels.matmul, rows(x), turned, parts),
            *scattered(at, laid, image(z), window),
        ]
        return [*calls, partial(at.kernels.add, rows(z), b[0], rows(z))] if b else calls

    def backward(self, at: Buffers) -> list[Call]:
        x, W, *_b = at.ins
        dx, dW, *db = at.gins
        dz: Array = at.gouts[0]
        calls: list[Call] = []
        if dx is not None or dW is not None:
            found = columns(at, image(dz), in_plane(self.window))
            calls += found.load
            if dx is not None:
                calls.append(partial(at.kernels.matmul, found.matrix, self._turned(at).T, rows(dx)))
            if dW is not None:
                inside, out = W.shape[-2:]
                flat = at.scratch(inside, prod(W.shape[:-2]) * out)
                laid = flat.reshape(inside, -1, out).transpose(1, 0, 2)
                calls.append(partial(at.kernels.matmul, rows(x).T, found.matrix, flat))
                calls.append(partial(at.kernels.copy, laid, dW.reshape(-1, inside, out)))
        if db and db[0] is not None:
            flat = rows(dz)
            calls.append(partial(at.kernels.sum_rows, flat, at.ones(len(flat)), db[0]))
        return calls

    def _turned(self, at: Buffers) -> Array:
        """W as a matrix (in, taps·out), copied once for a pass."""
        W = at.ins[1]
        inside, out = W.shape[-2:]
        turned = at.scratch(inside, prod(W.shape[:-2]) * out)
        laid = turned.reshape(inside, -1, out).transpose(1, 0, 2)
        at.once(partial(at.kernels.copy, W.reshape(-1, inside, out), laid))
        return turned

    # ------------------------------------------------------------------ explaining

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, *place, out = index
        places = [
            ((n, *position, c), (*tap, c, out))
            for position, tap in seen(self.window, place)
            for c in range(self.inputs[0].shape[-1])
        ]
        rest = [at.x(2)(out)] if len(self.inputs) == 3 else []
        return products(places, at.x(0), at.x(1), lambda: at.whole(0), lambda: at.whole(1), rest)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        dz, window = at.gout(), self.window
        if use == 0:
            n, *position, c = index
            outs = range(self.inputs[1].shape[-1])
            places = [
                ((n, *place, out), (*tap, c, out)) for tap, place in looks(window, position) for out in outs
            ]
            return products(places, dz, at.x(1), lambda: at.whole_gradient(0), lambda: at.whole(1))
        examples = range(at.shape(0)[0])
        if use == 1:
            *tap, c, out = index
            shared = [axis.shared(i) for axis, i in zip(window, tap)]
            moves = list(product(*(range(s.stop)[s] for s, _places in shared)))
            laid = list(product(*(range(s.stop)[s] for _positions, s in shared)))
            places = [((n, *m, c), (n, *y, out)) for n in examples for m, y in zip(moves, laid)]
            return products(places, at.x(0), dz, lambda: at.whole(0), lambda: at.whole_gradient(0))
        everywhere = product(examples, *(range(axis.length) for axis in window))
        return numbers([(*y, index[0]) for y in everywhere], dz, lambda: at.whole_gradient(0))


@dataclass(eq=False)
class Upsample(Operation):
    """a (B, H·h, W·w, C): every pixel of x (B, H, W, C) h × w times; of a sequence every moment t times."""

    size: tuple[int, ...] = (2, 2)

    kind: ClassVar[str] = "upsample"
    formula: ClassVar[str] = "a = x, every pixel repeated"
    backward_formula: ClassVar[str] = "dx = Σ da over what x became"
    by_example: ClassVar[bool] = True

    @property
    def window(self) -> Axes:
        shape = [n * k for n, k in zip(self.inputs[0].shape[1:-1], self.size, strict=True)]
        return axes(shape, self.size, self.size, (1,) * len(shape), "valid")

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x = inputs[0].shape
        return [("a", (x[0], *(axis.length for axis in self.window), x[-1]), Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        places, sources = tap_views(in_plane(self.window), [image(at.outs[0])], [image(at.ins[0])])
        return [partial(at.kernels.spread, sources, places)]

    def backward(self, at: Buffers) -> list[Call]:
        places, sums = tap_views(in_plane(self.window), [image(at.gouts[0])], [image(at.gins[0])])
        calls: list[Call] = [partial(at.kernels.copy, places[0], sums[0])]
        return [*calls, partial(at.kernels.add_taps, places[1:], sums[1:])]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, *place, c = index
        return at.x(0)(n, *(i // k for i, k in zip(place, self.size)), c)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, *position, c = index
        became = [(n, *place, c) for _tap, place in looks(self.window, position)]
        return numbers(became, at.gout(), lambda: at.whole_gradient(0))
