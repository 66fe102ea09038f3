"""Attention.

Scores and weights lie key-major, (batch, heads, keys, queries), so that what runs over the keys of a query
works on whole rows: the largest takes a third of the time of a reduction along the last axis.
"""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def limit(x: Array, ceiling: Array, out: Array) -> None:
    """out = min(x, ceiling)."""
    xp.minimum(x, ceiling, out=out)


def padding(ids: Array, none: Array, pad: Array, high: Array, low: Array, out: Array) -> None:
    """out = low where an id is 0, else high; ``pad`` is bool scratch."""
    xp.equal(ids, none, pad)
    xp.copyto(out, high)
    xp.copyto(out, low, where=pad)


def zeroed_padding(x: Array, ids: Array, none: Array, seen: Array, out: Array) -> None:
    """out = x where an id stands, 0 where it is 0; ``seen`` is bool scratch."""
    xp.not_equal(ids, none, seen)
    xp.multiply(x, seen, out)


def key_maximum(z: Array, halves: tuple[tuple[Array, Array, Array], ...], m: Array) -> None:
    """m (batch, heads, 1, queries) = the largest over the keys, halving their number until one is left.

    ``halves`` are the views (first half, second half, where the larger go), the last one into m.
    """
    for first, second, out in halves:
        xp.maximum(first, second, out=out)


def attention_softmax(
    z: Array, m: Array, floor: Array, starts: Array, ones: Array, s: Array, p: Array
) -> None:
    """p = exp(z − m)/Σ over the keys; an exponent below ``floor`` counts as it, leaves the sum in s.

    z and p are (batch, heads, keys, queries), m and s (batch, heads, 1, queries), ``ones`` (1, keys).
    ``starts`` (keys,) is the first query that may see each key: those before it have the weight 0, which
    saves a backend their exponentials.
    """
    xp.subtract(z, m, p)
    xp.maximum(p, floor, out=p)
    xp.exp(p, p)
    xp.matmul(ones, p, s)
    xp.divide(p, s, p)


def attention_softmax_backward(
    p: Array, dp: Array, starts: Array, ones: Array, u: Array, r: Array, dz: Array
) -> None:
    """dz = p·(dp − Σ dp·p) over the keys; the scratch u is as p, r as the sum of a query."""
    xp.multiply(dp, p, u)
    xp.matmul(ones, u, r)
    xp.subtract(dp, r, dz)
    xp.multiply(dz, p, dz)


def additive_features(q: Array, k: Array, u: Array) -> None:
    """u = tanh(q + k) for every pair: q (batch, 1, queries, C), k (batch, keys, 1, C)."""
    xp.add(q, k, u)
    xp.tanh(u, u)


def draw_uniform(stream: Any, clock: list[int], shift: Array, scale: Array, out: Array) -> None:
    """out = uniforms of [0, 1) with 24 bits, the same in every precision; made on the host, carried over."""
    bits = xp.asarray(stream.bits32(clock[0], out.size)).reshape(out.shape)
    xp.copyto(out, xp.right_shift(bits, shift))
    xp.multiply(out, scale, out)


def sampled_position(p: Array, draw: Array, cumulative: Array, last: Array, mark: Array) -> None:
    """cumulative = the running sum of p over the keys; mark = draw·its end, ``last`` is the view of that."""
    xp.cumsum(p, -2, None, cumulative)
    xp.multiply(draw, last, mark)


def largest_position(p: Array, m: Array, at: Array, cumulative: Array) -> None:
    """cumulative = the running count of keys with the largest p; ``at`` is bool scratch."""
    xp.max(p, -2, m, True)
    xp.equal(p, m, at)
    xp.copyto(cumulative, at)
    xp.cumsum(cumulative, -2, None, cumulative)


def first_above(
    cumulative: Array, mark: Array, above: Array, steps: Array, before: Array, behind: Array,
    first: Array, start: Array, choice: Array,
) -> None:  # fmt: skip
    """choice = 1 at the first key whose running sum is above the mark, else 0.

    ``before`` and ``behind`` are the views steps[:-1] and steps[1:], ``first`` and ``start`` the places of
    the first key in choice and steps; ``choice`` is the rest.
    """
    xp.greater(cumulative, mark, above)
    xp.copyto(steps, above)
    xp.copyto(first, start)
    xp.subtract(behind, before, choice)


OPAQUE = frozenset({"draw_uniform"})
"""Kernels that do more than call array operations, see :mod:`nnlab.engine.unroll`."""
