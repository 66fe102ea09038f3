"""What sliding windows see as a matrix (im2col), and back (col2im): a thread for each number written.

Both read and write by strides: a window is a view of the image in which neighbours overlap, and the columns
may stand beside a column of ones.
"""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device
from nnlab.engine.kernels.cuda.recurrent import steps

launch: Launch = on_device
plain: Any = None
"""The reference: it takes arrays of more numbers than 32 bits count."""
Array = Any

STRIDED = frozenset({"windows", "out", "pieces", "places", "parts"})

MOST = 1 << 32

AXES = 7
"""Of the largest view: groups, examples, two axes of positions, two of taps, channels."""

SOURCE = r"""
extern "C" __global__ void columns(
    real* out, const real* windows, whole n,
    whole size1, whole size2, whole size3, whole size4, whole size5, whole size6,
    whole to0, whole to1, whole to2, whole to3, whole to4, whole to5, whole to6,
    whole at0, whole at1, whole at2, whole at3, whole at4, whole at5, whole at6
) {
    whole i = place();
    if (i >= n) return;
    unsigned rest = i;  // divisions of 32 bits are several times faster
    whole to = 0, at = 0;
#define AXIS(k) { \
    unsigned j = rest % (unsigned)size##k; \
    rest /= (unsigned)size##k; \
    to += j * to##k; \
    at += j * at##k; \
}
    AXIS(6) AXIS(5) AXIS(4) AXIS(3) AXIS(2) AXIS(1)
#undef AXIS
    out[to + rest * to0] = windows[at + rest * at0];
}

// Place y of an axis is seen by tap i of position (y + before − i·dilation)/stride, where that is whole.
extern "C" __global__ void scatter(
    real* out, const real* parts, whole n,
    whole height, whole width, whole channels, whole rows, whole cols, whole taps_down, whole taps_right,
    whole stride_down, whole dilation_down, whole before_down,
    whole stride_right, whole dilation_right, whole before_right,
    whole to0, whole to1, whole to2, whole to3,
    whole at0, whole at1, whole at2, whole at3, whole at4, whole at5
) {
    whole number = place();
    if (number >= n) return;
    unsigned rest = number;
    int c = rest % (unsigned)channels;
    rest /= (unsigned)channels;
    int x = rest % (unsigned)width;
    rest /= (unsigned)width;
    int y = rest % (unsigned)height;
    whole example = rest / (unsigned)height;
    real sum = 0;
    for (int i = 0; i < taps_down; i++) {
        int down = y + (int)before_down - i * (int)dilation_down, row = down / (int)stride_down;
        if (down < 0 || row >= rows || down % (int)stride_down) continue;
        for (int j = 0; j < taps_right; j++) {
            int right = x + (int)before_right - j * (int)dilation_right, col = right / (int)stride_right;
            if (right < 0 || col >= cols || right % (int)stride_right) continue;
            sum += parts[example * at0 + row * at1 + col * at2 + i * at3 + j * at4 + c * at5];
        }
    }
    out[example * to0 + y * to1 + x * to2 + c * to3] = sum;
}
"""


def columns(windows: Array, out: Array) -> None:
    if out.size >= MOST:
        plain.columns(windows, out)
        return
    ahead = AXES - out.ndim
    sizes, to, at = ((fill,) * ahead + tuple(of) for fill, of in (
        (1, out.shape), (0, steps(out)), (0, steps(windows)),
    ))  # fmt: skip
    launch(SOURCE, "columns", blocks_of(out.size), THREADS, out, windows, out.size, *sizes[1:], *to, *at)


def scatter(
    zero: Array, pieces: tuple[Array, ...], places: tuple[Array, ...], parts: Array,
    moves: tuple[int, ...], out: Array,
) -> None:  # fmt: skip
    if out.size >= MOST:
        plain.scatter(zero, pieces, places, parts, moves, out)
        return
    launch(
        SOURCE, "scatter", blocks_of(out.size), THREADS, out, parts, out.size,
        *out.shape[1:], *parts.shape[1:5], *moves, *steps(out), *steps(parts),
    )  # fmt: skip
