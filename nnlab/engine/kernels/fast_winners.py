"""The gradients of a convolution before a max pooling, from the winners alone, with Numba.

Of the numbers of dz at most one in a window is not 0, one in four or fewer.  A matrix product multiplies all
of them.  Here every winner is looked up and multiplied by what it saw, eight of them in one pass over a row
of the window: half the time of the two products and of the columns they need (measured: 32 channels of
14 × 14 under 3 × 3 × 64 and a pooling of 2 × 2, AVX-512).
"""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.machine_code import FUSED, compiled

Array = Any
Moves = tuple[int, ...]
AT_ONCE = 8
"""Winners taken together.  A list of them ends with as many of the value 0, so that none is left over."""


def winner_gradients(
    x: Array, W: Array, a: Array, winner: Array, da: Array, moves: Moves, which: Array, slope: Array,
    count: Array, place: Array, sent: Array, seen: Array, row: Array, dx: Array, dW: Array, db: Array,
) -> None:  # fmt: skip
    """dx = Σ da·W, dW += Σ da·x, db += Σ da over the winners of windows whose largest number is above 0.

    x and dx (examples, height, width, in) have the padding of the convolution around them; W and dW are
    (out, height of the window, width · in), the rest (examples, rows, columns, out).  ``moves`` are (height,
    width, stride down, stride right) of the pooling.  Scratch: ``which`` and ``slope`` (taps, out + 8) and
    ``count`` (taps,) for the winners of one window by tap, ``place`` and ``sent`` (out, windows + 8) and
    ``seen`` (out,) for those of all windows by output, ``row`` as large as W[0].
    """
    none = a.dtype.type(0)
    height, width, down, right = moves
    outs, channels, line = W.shape[0], x.shape[3], x.shape[2] * x.shape[3]
    size, run = W.shape[1] * W.shape[2], W.shape[2]
    weights, flat = W.reshape(outs, size), x.reshape(-1)
    for i in range(dx.shape[0]):
        dx[i] = none
    for o in range(outs):
        seen[o] = 0
    for n in range(a.shape[0]):
        for i in range(a.shape[1]):
            for j in range(a.shape[2]):
                most, won, back = a[n, i, j], winner[n, i, j], da[n, i, j]
                start = (n * x.shape[1] + i * down) * line + j * right * channels
                for tap in range(height * width):
                    count[tap] = 0
                for o in range(outs):
                    tap = won[o]
                    k, m, alive = count[tap], seen[o], most[o] > none
                    which[tap, k] = o
                    slope[tap, k] = back[o]
                    count[tap] = k + alive
                    place[o, m] = start + (tap // width) * line + (tap % width) * channels
                    sent[o, m] = back[o]
                    seen[o] = m + alive
                for tap in range(height * width):
                    found = count[tap]
                    if found == 0:
                        continue
                    of, by = which[tap], slope[tap]
                    for k in range(found, found + AT_ONCE):
                        of[k] = 0
                        by[k] = none
                    for q in range(size):
                        row[q] = none
                    for k in range(0, found, AT_ONCE):
                        v0, v1, v2, v3 = by[k], by[k + 1], by[k + 2], by[k + 3]
                        v4, v5, v6, v7 = by[k + 4], by[k + 5], by[k + 6], by[k + 7]
                        w0, w1 = weights[of[k]], weights[of[k + 1]]
                        w2, w3 = weights[of[k + 2]], weights[of[k + 3]]
                        w4, w5 = weights[of[k + 4]], weights[of[k + 5]]
                        w6, w7 = weights[of[k + 6]], weights[of[k + 7]]
                        for q in range(size):
                            row[q] += (v0 * w0[q] + v1 * w1[q] + v2 * w2[q] + v3 * w3[q]) + (
                                v4 * w4[q] + v5 * w5[q] + v6 * w6[q] + v7 * w7[q]
                            )
                    top, left = i * down + tap // width, (j * right + tap % width) * channels
                    for t in range(W.shape[1]):
                        out = dx[n, top + t].reshape(-1)[left : left + run]
                        part = row[t * run : t * run + run]
                        for q in range(run):
                            out[q] += part[q]
    for o in range(outs):
        at, by, found = place[o], sent[o], seen[o]
        for k in range(found):
            db[o] += by[k]
        for k in range(found, found + AT_ONCE):
            at[k] = 0
            by[k] = none
        for t in range(W.shape[1]):
            total, under = dW[o, t], flat[t * line :]
            for k in range(0, found, AT_ONCE):
                v0, v1, v2, v3 = by[k], by[k + 1], by[k + 2], by[k + 3]
                v4, v5, v6, v7 = by[k + 4], by[k + 5], by[k + 6], by[k + 7]
                x0, x1 = under[at[k] :][:run], under[at[k + 1] :][:run]
                x2, x3 = under[at[k + 2] :][:run], under[at[k + 3] :][:run]
                x4, x5 = under[at[k + 4] :][:run], under[at[k + 5] :][:run]
                x6, x7 = under[at[k + 6] :][:run], under[at[k + 7] :][:run]
                for q in range(run):
                    total[q] += (v0 * x0[q] + v1 * x1[q] + v2 * x2[q] + v3 * x3[q]) + (
                        v4 * x4[q] + v5 * x5[q] + v6 * x6[q] + v7 * x7[q]
                    )


WINNER_GRADIENTS = compiled(winner_gradients, FUSED)
