"""Attention in three operations: scores of queries with keys, weights, and the weighted sum of the values.

Letters: x (batch, length, C) in ``heads`` groups of D = C/heads numbers; number c belongs to head c // D.
Scores and weights are (batch, heads, queries, keys).  They lie key-major in memory, see
:mod:`nnlab.engine.kernels.attention`.

A causal query sees no key behind it.  A key is padding where its id is 0.  Scores of hidden keys are held
down, those of padding to −10⁹ and those of the future to −2·10⁹, so that their weights are exactly 0.  Where
all that a query may see is padding, its weights are equal instead of undefined.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, extreme, total
from nnlab.engine.kernels import EXP_FLOOR
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.activations import shifted_exp
from nnlab.engine.values import Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _

PADDING = -1e9
FUTURE = -2e9
SEEN = 1e38
KEY_MAJOR = (0, 1, 3, 2)


def by_head(x: Array, heads: int) -> Array:
    """x (batch, length, C) as (batch, heads, length, D) over the same memory."""
    batch, length, width = x.shape
    return x.reshape(batch, length, heads, width // heads).transpose(0, 2, 1, 3)


def turned(x: Array) -> Array:
    """Scores (batch, heads, queries, keys) as they lie in memory, or rows as columns."""
    return x.transpose(*KEY_MAJOR)


def group(width: int, heads: int, head: int) -> range:
    """The numbers that belong to a head."""
    size = width // heads
    return range(head * size, head * size + size)


def head_of(width: int, heads: int, c: int) -> int:
    return c // (width // heads)


@dataclass(eq=False)
class Masked(Operation):
    """Which keys a query may see.  Behind the ``given`` inputs may stand the keys' ids (batch, keys)."""

    causal: bool = False

    given: ClassVar[int] = 1

    @property
    def differentiable(self) -> tuple[Value, ...]:
        return self.inputs[: self.given]

    @property
    def padded(self) -> bool:
        return len(self.inputs) > self.given

    def check_masks(self, queries: int, keys: int) -> None:
        if self.causal and queries != keys:
            raise NnlabError(
                _(
                    "{layer}: a causal mask needs as many keys as queries, not {keys} and {queries}",
                    layer=self.path,
                    keys=keys,
                    queries=queries,
                )
            )
        if self.padded and self.inputs[self.given].shape[1:] != (keys,):
            raise NnlabError(
                _(
                    "{layer}: the mask has shape {shape}, but there are {keys} keys; give their ids",
                    layer=self.path,
                    shape=shape_text(self.inputs[self.given].shape[1:]),
                    keys=keys,
                )
            )

    def hidden(self, at: View, n: int, query: int, key: int) -> float | None:
        """What the score of a hidden key is held down to; None where the key is seen."""
        if self.causal and key > query:
            return FUTURE
        return PADDING if self.padded and at.x(self.given)(n, key).value == 0 else None

    def bounds(self, at: Buffers, keys: int, queries: int, seen: float) -> tuple[list[Call], Array | None]:
        """Calls that write, and an array that then holds, ``seen`` where a query sees a key, else its lowest.

        It spreads over (batch, heads, keys, queries); None where nothing is hidden.
        """
        xp, future = at.kernels.xp, None
        if self.causal:
            future = xp.asarray(np.where(np.tri(keys, k=-1, dtype=bool), FUTURE, seen).astype(at.dtype))
        if not self.padded:
            return [], future
        ids = at.ins[self.given].reshape(-1, 1, keys, 1)
        pads, pad = at.scratch(*ids.shape), at.scratch(*ids.shape, dtype=bool)
        none, high, low = xp.asarray(0, ids.dtype), at.scalar(seen), at.scalar(PADDING)
        calls: list[Call] = [partial(at.kernels.padding, ids, none, pad, high, low, pads)]
        if future is None:
            return calls, pads
        both = at.scratch(ids.shape[0], 1, keys, queries)
        return [*calls, partial(at.kernels.limit, pads, future, both)], both


@dataclass(eq=False)
class Scores(Masked):
    """What all ways to score have in common: queries and keys (batch, length, C), the shape, the masks."""

    heads: int = 1

    given: ClassVar[int] = 2

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        q, k = inputs[0].shape, inputs[1].shape
        if len(q) != 3 or len(k) != 3 or q[2] != k[2] or q[2] % self.heads:
            raise NnlabError(
                _(
                    "{layer} compares queries {first} with keys {second} in {heads} heads; "
                    "their last axes must be the same, and the heads a divisor of them",
                    layer=self.path,
                    first=shape_text(q[1:]),
                    second=shape_text(k[1:]),
                    heads=self.heads,
                )
            )
        self.check_masks(q[1], k[1])
        return [("scores", (q[0], self.heads, q[1], k[1]), Role.INTERMEDIATE)]

    def axes(self, output: int) -> tuple[int, ...]:
        return KEY_MAJOR

    def held(self, at: Buffers) -> list[Call]:
        """The calls that hold hidden scores down."""
        z = turned(at.outs[0])
        calls, ceiling = self.bounds(at, z.shape[2], z.shape[3], SEEN)
        return calls if ceiling is None else [*calls, partial(at.kernels.limit, z, ceiling, z)]

    def passed(self, at: Buffers) -> tuple[list[Call], Array]:
        """dL/d(score), key-major, and the calls that make it 0 where a score was held down.

        In the future of a causal query it is 0 already, since the weight is; not so where all is padding.
        """
        dz = turned(at.gouts[0])
        if not self.padded:
            return [], dz
        ids = at.ins[self.given].reshape(-1, 1, dz.shape[2], 1)
        seen, kept = at.scratch(*ids.shape, dtype=bool), at.scratch(*dz.shape)
        none = at.kernels.xp.asarray(0, ids.dtype)
        return [partial(at.kernels.zeroed_padding, dz, ids, none, seen, kept)], kept

    def limited(self, at: View, index: tuple[int, ...], score: Expression) -> Expression:
        n, _head, query, key = index
        bottom = self.hidden(at, n, query, key)
        return score if bottom is None else extreme("min", [score, const(bottom)])


@dataclass(eq=False)
class DotScores(Scores):
    """scores = q·k/√D for every query and key, head by head (Vaswani et al. 2017, arXiv 1706.03762)."""

    kind: ClassVar[str] = "scores"
    formula: ClassVar[str] = "scores = Σ_d q·k/√D, hidden ones held down"
    backward_formula: ClassVar[str] = "dq = Σ_key dscores·k/√D   dk = Σ_query dscores·q/√D"

    @property
    def root(self) -> float:
        return sqrt(self.inputs[0].shape[2] // self.heads)

    def forward(self, at: Buffers) -> list[Call]:
        q, k = (by_head(x, self.heads) for x in at.ins[:2])
        # One pass scales and turns the queries: the product is then of two matrices as they lie, up to three
        # times as fast as of one and the other's transpose.
        columns = at.scratch(*turned(q).shape)
        return [
            partial(at.kernels.multiply, turned(q), at.scalar(1 / self.root), columns),
            partial(at.kernels.products, k, columns, turned(at.outs[0])),
            *self.held(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        (q, k), (dq, dk) = at.ins[:2], at.gins[:2]
        scale = at.scalar(1 / self.root)
        calls, dz = self.passed(at)
        if dq is not None:
            calls.append(
                partial(at.kernels.products, turned(dz), by_head(k, self.heads), by_head(dq, self.heads))
            )
            calls.append(partial(at.kernels.multiply, dq, scale, dq))
        if dk is not None:
            calls.append(partial(at.kernels.products, dz, by_head(q, self.heads), by_head(dk, self.heads)))
            calls.append(partial(at.kernels.multiply, dk, scale, dk))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, head, query, key = index
        terms = [at.x(0)(n, query, c) * at.x(1)(n, key, c) for c in group(at.shape(0)[2], self.heads, head)]
        return self.limited(at, index, total(terms) / const(self.root, "√D"))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, position, c = index
        head, length = head_of(at.shape(0)[2], self.heads, c), at.shape(1 - use)[1]
        if use == 0:
            pairs = [(position, key) for key in range(length)]
        else:
            pairs = [(query, position) for query in range(length)]
        other = at.x(1 - use)
        terms = [
            at.gout()(n, head, query, key) * other(n, query if use else key, c)
            for query, key in pairs
            if self.hidden(at, n, query, key) is None
        ]
        return total(terms) / const(self.root, "√D")


@dataclass(eq=False)
class AttentionWeights(Masked):
    """weights = softmax of the scores over the keys; ``max`` and ``sum`` of each query are values too."""

    kind: ClassVar[str] = "attention"
    formula: ClassVar[str] = "weights = exp(scores − max)/sum over the keys"
    backward_formula: ClassVar[str] = "dscores = weights·(dweights − Σ_key dweights·weights)"
    _formulas: ClassVar[tuple[str, ...]] = (
        "weights = exp(scores − max)/sum",
        "max = max_key scores",
        "sum = Σ_key exp(scores − max)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        self.check_masks(*shape[2:])
        return [
            ("weights", shape, Role.INTERMEDIATE),
            ("max", (*shape[:3], 1), Role.INTERMEDIATE),
            ("sum", (*shape[:3], 1), Role.INTERMEDIATE),
        ]

    def axes(self, output: int) -> tuple[int, ...]:
        return KEY_MAJOR

    def formula_of(self, output: int) -> str:
        return self._formulas[output]

    def starts(self, at: Buffers, keys: int) -> Array:
        """The first query that may see each key."""
        return at.kernels.xp.asarray(np.arange(keys) if self.causal else np.zeros(keys, np.intp))

    def forward(self, at: Buffers) -> list[Call]:
        z = turned(at.ins[0])
        p, m, s = map(turned, at.outs)
        keys, queries = z.shape[2:]
        calls, floor = self.bounds(at, keys, queries, EXP_FLOOR)
        if floor is None:
            floor = at.ones(keys, queries, value=EXP_FLOOR)
        ones = at.ones(1, keys)
        return [
            *calls,
            partial(at.kernels.key_maximum, z, halves(at, z, m), m),
            partial(at.kernels.attention_softmax, z, m, floor, self.starts(at, keys), ones, s, p),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        p, dp, dz = turned(at.outs[0]), turned(at.gouts[0]), turned(at.gins[0])
        u, r, ones = at.scratch(*p.shape), at.scratch(*p.shape[:2], 1, p.shape[3]), at.ones(1, p.shape[2])
        starts = self.starts(at, p.shape[2])
        return [partial(at.kernels.attention_softmax_backward, p, dp, starts, ones, u, r, dz)]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, head, query, key = index
        z, keys = at.x(0), range(at.shape(0)[3])
        if output == 1:
            return extreme("max", [z(n, head, query, j) for j in keys])
        if output == 2:
            return total([self._exp(at, n, head, query, j) for j in keys])
        return self._exp(at, n, head, query, key) / at.out(2)(n, head, query, 0)

    def _exp(self, at: View, n: int, head: int, query: int, key: int) -> Expression:
        z, m = at.x(0)(n, head, query, key), at.out(1)(n, head, query, 0)
        return shifted_exp(z, m) if self.hidden(at, n, query, key) is None else call("exp", z - m)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, head, query, _key = index
        p, dp = at.out(0), at.gout(0)
        row = [(n, head, query, j) for j in range(at.shape(0)[3])]
        return p(*index) * (dp(*index) - total([dp(*place) * p(*place) for place in row]))


def halves(at: Buffers, z: Array, m: Array) -> tuple[tuple[Array, Array, Array], ...]:
    """The views with which ``key_maximum`` finds the largest over the keys of z in m."""
    length = z.shape[2]
    half = (length + 1) // 2
    held = m if length <= 2 else at.scratch(*z.shape[:2], half, z.shape[3])
    found = [(z[:, :, :half], z[:, :, length - half :], held)]
    while half > 1:
        length, half = half, half // 2
        out = m if length == 2 else held[:, :, :half]
        found.append((held[:, :, :half], held[:, :, length - half : length], out))
        half = length - half
    return tuple(found)


@dataclass(eq=False)
class Context(Operation):
    """context (batch, queries, C) = weights · v, head by head: what each query takes from the values."""

    kind: ClassVar[str] = "context"
    formula: ClassVar[str] = "context = Σ_key weights·v"
    backward_formula: ClassVar[str] = "dweights = Σ_d dcontext·v   dv = Σ_query weights·dcontext"

    @property
    def heads(self) -> int:
        return self.inputs[0].shape[1]

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        p, v = inputs[0].shape, inputs[1].shape
        if len(v) != 3 or v[1] != p[3] or v[2] % p[1]:
            raise NnlabError(
                _(
                    "{layer} weighs {keys} keys in {heads} heads, but the values are {shape}",
                    layer=self.path,
                    keys=p[3],
                    heads=p[1],
                    shape=shape_text(v[1:]),
                )
            )
        return [("context", (p[0], p[2], v[2]), Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        p, v = at.ins
        return [partial(at.kernels.products, p, by_head(v, self.heads), by_head(at.outs[0], self.heads))]

    def backward(self, at: Buffers) -> list[Call]:
        (p, v), (dp, dv) = at.ins, at.gins
        d = by_head(at.gouts[0], self.heads)
        calls: list[Call] = []
        if dp is not None:
            columns = at.scratch(*turned(d).shape)
            calls.append(partial(at.kernels.copy, turned(d), columns))
            calls.append(partial(at.kernels.products, by_head(v, self.heads), columns, turned(dp)))
        if dv is not None:
            calls.append(partial(at.kernels.products, turned(p), d, by_head(dv, self.heads)))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, query, c = index
        weights, v, head = at.x(0), at.x(1), head_of(at.shape(1)[2], self.heads, c)
        return total([weights(n, head, query, key) * v(n, key, c) for key in range(at.shape(1)[1])])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        d = at.gout()
        if use == 0:
            n, head, query, key = index
            own = group(at.shape(1)[2], self.heads, head)
            return total([d(n, query, c) * at.x(1)(n, key, c) for c in own])
        n, key, c = index
        weights, head = at.x(0), head_of(at.shape(1)[2], self.heads, c)
        return total([weights(n, head, query, key) * d(n, query, c) for query in range(at.shape(0)[2])])
