"""One moment of a recurrent layer, forward and backward; the loop over time stands in the operations.

B examples, H units, G gates.  ``z`` (G, B, H) holds what the inputs gave and takes what the state before
adds, ``recurrent`` (G, B, H); ``gates`` (G, B, H) are their activations, one gate behind the other so that
each is one piece of memory.  ``dz`` is a view (G, B, H) of rows (B, G·H), which products want; it is copied
to, since arithmetic on such a view takes three times as long.

σ(z) is computed as ½ + ½·tanh(½z): one call of tanh for all gates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def rnn_step(z: Array, recurrent: Array, h: Array) -> None:
    """h = tanh(z)."""
    xp.add(z, recurrent, z)
    xp.tanh(z, h)


def rnn_step_backward(dh: Array, h: Array, one: Array, u: Array, dz: Array) -> None:
    """dz = dh·(1 − h²)."""
    xp.multiply(h, h, u)
    xp.subtract(one, u, u)
    xp.multiply(dh, u, dz)


def lstm_step(
    z: Array, recurrent: Array, slopes: Array, half: Array, gates: Array, sigmoids: Array,
    before: Array, u: Array, c: Array, tanh_c: Array, h: Array,
) -> None:  # fmt: skip
    """c = f·before + i·g, h = o·tanh(c); gates are i, f, o, g, of which ``sigmoids`` are the first three.

    ``slopes`` (G, B, H) is ½ for those and 1 for g.
    """
    i, f, o, g = gates
    xp.add(z, recurrent, z)
    xp.multiply(z, slopes, gates)
    xp.tanh(gates, gates)
    xp.multiply(sigmoids, half, sigmoids)
    xp.add(sigmoids, half, sigmoids)
    xp.multiply(f, before, c)
    xp.multiply(i, g, u)
    xp.add(c, u, c)
    xp.tanh(c, tanh_c)
    xp.multiply(o, tanh_c, h)


def lstm_step_backward(
    dh: Array, dc: Array, gates: Array, sigmoids: Array, before: Array, tanh_c: Array, one: Array,
    u: Array, slopes: Array, rising: Array, dgates: Array, dz: Array, dbefore: Array,
) -> None:  # fmt: skip
    """From dh and the dc that the next moment left: the whole dc, dgates, dz, and dc of the moment before.

    ``slopes`` (G, B, H) is scratch for the slopes of the gates, ``rising`` its first three.
    """
    i, f, o, g = gates
    di, df, do, dg = dgates
    *_others, slope_g = slopes
    xp.multiply(dh, tanh_c, do)
    xp.multiply(tanh_c, tanh_c, u)
    xp.subtract(one, u, u)
    xp.multiply(u, o, u)
    xp.multiply(u, dh, u)
    xp.add(dc, u, dc)
    xp.multiply(dc, g, di)
    xp.multiply(dc, before, df)
    xp.multiply(dc, i, dg)
    xp.multiply(dc, f, dbefore)
    xp.subtract(one, sigmoids, rising)
    xp.multiply(rising, sigmoids, rising)
    xp.multiply(g, g, slope_g)
    xp.subtract(one, slope_g, slope_g)
    xp.multiply(dgates, slopes, slopes)
    xp.copyto(dz, slopes)


def real_moments(ids: Array, zero: Array, is_real: Array, real: Array, one: Array, pad: Array) -> None:
    """real = 1 where an id is not 0, pad = 1 where it is; (time, batch, 1) each, ``is_real`` bool scratch."""
    xp.not_equal(ids, zero, is_real)
    xp.copyto(real, is_real)
    xp.subtract(one, real, pad)


def time_shares(
    ids: Array, zero: Array, is_real: Array, real: Array, ones: Array, one: Array, count: Array,
    share: Array,
) -> None:  # fmt: skip
    """count (B, 1) = how many ids are not 0, at least 1; share (B, time) = 1/count there, else 0."""
    xp.not_equal(ids, zero, is_real)
    xp.copyto(real, is_real)
    xp.dot(real, ones, count)
    xp.maximum(count, one, out=count)
    xp.divide(real, count, share)


def hold(real: Array, pad: Array, before: Array, u: Array, now: Array) -> None:
    """now = before at padding: the state is carried over unchanged.  real and pad are (B, 1)."""
    xp.multiply(now, real, now)
    xp.multiply(before, pad, u)
    xp.add(now, u, now)


def gru_step(
    z: Array, risen: Array, recurrent: Array, added: Array, bias: Array, half: Array, gates: Array,
    sigmoids: Array, before: Array, q: Array, s: Array, h: Array,
) -> None:  # fmt: skip
    """s = before·Un + bias, n = tanh(zn + r·s), h = (1 − u)·n + u·before; gates are n, r, u.

    ``risen`` are the last two of z, ``added`` and ``sigmoids`` those of ``recurrent`` and ``gates``.
    """
    n, r, u = gates
    zn, *_others = z
    from_state, *_rest = recurrent
    xp.add(from_state, bias, s)
    xp.add(risen, added, risen)
    xp.multiply(risen, half, sigmoids)
    xp.tanh(sigmoids, sigmoids)
    xp.multiply(sigmoids, half, sigmoids)
    xp.add(sigmoids, half, sigmoids)
    xp.multiply(r, s, q)
    xp.add(zn, q, zn)
    xp.tanh(zn, n)
    xp.subtract(before, n, q)
    xp.multiply(u, q, q)
    xp.add(n, q, h)


def gru_step_backward(
    dh: Array, gates: Array, before: Array, s: Array, one: Array, q: Array, dgates: Array, parts: Array,
    dz: Array,
) -> None:  # fmt: skip
    """From dh: dgates, and dz of n, r, u and s, which ``parts`` (4, B, H) holds before it is copied."""
    n, r, u = gates
    dn, dr, du = dgates
    dzn, dzr, dzu, ds = parts
    xp.subtract(one, u, q)
    xp.multiply(dh, q, dn)
    xp.subtract(before, n, du)
    xp.multiply(du, dh, du)
    xp.multiply(q, u, q)
    xp.multiply(du, q, dzu)
    xp.multiply(n, n, q)
    xp.subtract(one, q, q)
    xp.multiply(dn, q, dzn)
    xp.multiply(dzn, s, dr)
    xp.multiply(dzn, r, ds)
    xp.subtract(one, r, q)
    xp.multiply(q, r, q)
    xp.multiply(dr, q, dzr)
    xp.copyto(dz, parts)


def gru_reset(
    risen: Array, added: Array, half: Array, sigmoids: Array, r: Array, before: Array, reset: Array
) -> None:
    """The gates r and u, and reset = r·before, for the layer that resets before its product."""
    xp.add(risen, added, risen)
    xp.multiply(risen, half, sigmoids)
    xp.tanh(sigmoids, sigmoids)
    xp.multiply(sigmoids, half, sigmoids)
    xp.add(sigmoids, half, sigmoids)
    xp.multiply(r, before, reset)


def gru_renew(zn: Array, added: Array, n: Array, u: Array, before: Array, q: Array, h: Array) -> None:
    """n = tanh(zn + added), h = (1 − u)·n + u·before."""
    xp.add(zn, added, zn)
    xp.tanh(zn, n)
    xp.subtract(before, n, q)
    xp.multiply(u, q, q)
    xp.add(n, q, h)


def gru_renew_backward(
    dh: Array, n: Array, u: Array, before: Array, one: Array, q: Array, dn: Array, du: Array,
    dzn: Array, dzu: Array,
) -> None:  # fmt: skip
    """The part of :func:`gru_step_backward` that does not need what flows back through the product."""
    xp.subtract(one, u, q)
    xp.multiply(dh, q, dn)
    xp.subtract(before, n, du)
    xp.multiply(du, dh, du)
    xp.multiply(q, u, q)
    xp.multiply(du, q, dzu)
    xp.multiply(n, n, q)
    xp.subtract(one, q, q)
    xp.multiply(dn, q, dzn)


def gru_reset_backward(
    dreset: Array, r: Array, before: Array, one: Array, q: Array, dr: Array, dzr: Array, parts: Array,
    dz: Array,
) -> None:  # fmt: skip
    """The rest of it; ``parts`` (3, B, H) holds dz of n, r and u before it is copied."""
    xp.multiply(dreset, before, dr)
    xp.subtract(one, r, q)
    xp.multiply(q, r, q)
    xp.multiply(dr, q, dzr)
    xp.copyto(dz, parts)
