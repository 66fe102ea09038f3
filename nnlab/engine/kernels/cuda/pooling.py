"""The largest number of each window and the tap that saw it: a thread for each window and channel."""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device

launch: Launch = on_device
plain: Any = None
"""The reference: it takes windows that hang over the edge, and those of more taps than a byte counts."""
Array = Any
Moves = tuple[int, ...]
Taps = tuple[tuple[Array, ...], ...]

SOURCE = r"""
extern "C" __global__ void max_pool(
    const real* x, real* a, unsigned char* winner, whole n, whole height, whole width, whole channels,
    whole rows, whole cols, whole taps_down, whole taps_right, whole down, whole right
) {
    whole i = place();
    if (i >= n) return;
    whole c = i % channels, col = i / channels % cols, row = i / channels / cols % rows;
    whole corner = ((i / channels / cols / rows * height + row * down) * width + col * right) * channels + c;
    real most = x[corner];
    whole won = 0;
    for (whole tap = 1; tap < taps_down * taps_right; tap++) {
        real seen = x[corner + (tap / taps_right * width + tap % taps_right) * channels];
        if (seen > most || seen != seen) {
            most = seen;
            won = tap;
        }
    }
    a[i] = most;
    winner[i] = won;
}

extern "C" __global__ void max_pool_backward(
    const real* da, real* dx, const unsigned char* winner, whole n, whole height, whole width,
    whole channels, whole rows, whole cols, whole taps_down, whole taps_right, whole down, whole right
) {
    whole i = place();
    if (i >= n) return;
    whole c = i % channels, col = i / channels % cols, row = i / channels / cols % rows;
    whole corner = ((i / channels / cols / rows * height + row * down) * width + col * right) * channels + c;
    for (whole tap = 0; tap < taps_down * taps_right; tap++)
        dx[corner + (tap / taps_right * width + tap % taps_right) * channels] =
            winner[i] == tap ? da[i] : 0;
}
"""


def max_pool(x: Array, moves: Moves, a: Array, winner: Array, begin: Taps, pair: Taps, taps: Taps) -> None:
    if not moves or winner.itemsize > 1:
        plain.max_pool(x, moves, a, winner, begin, pair, taps)
        return
    launch(
        SOURCE, "max_pool", blocks_of(a.size), THREADS,
        x, a, winner, a.size, *x.shape[1:], *a.shape[1:3], *moves,
    )  # fmt: skip


def max_pool_backward(dx: Array, moves: Moves, da: Array, winner: Array, taps: Taps) -> None:
    if not moves or winner.itemsize > 1:
        plain.max_pool_backward(dx, moves, da, winner, taps)
        return
    launch(
        SOURCE, "max_pool_backward", blocks_of(da.size), THREADS,
        da, dx, winner, da.size, *dx.shape[1:], *da.shape[1:3], *moves,
    )  # fmt: skip
