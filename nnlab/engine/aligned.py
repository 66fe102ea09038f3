"""Arrays that begin where a cache line does.

NumPy aligns to 16 bytes, so that every load of a whole AVX-512 register may touch two lines: kernels over
short rows then take a quarter longer (measured).
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

Array = Any
LINE = 64
SMALL = 512
"""Bytes below which it does not matter."""


def filled(xp: Any, shape: tuple[int, ...], value: float, dtype: Any) -> Array:
    """``xp.full(shape, value, dtype)``; memory that is 0 and never written takes no room."""
    made = zeros(xp, shape, dtype)
    if value:
        made[...] = value
    return made


def zeros(xp: Any, shape: tuple[int, ...], dtype: Any) -> Array:
    kind = np.dtype(dtype)
    count = prod(shape) * kind.itemsize
    if xp is not np or count < SMALL:
        return xp.zeros(shape, dtype)
    room = np.zeros(count + LINE, np.uint8)
    start = -room.ctypes.data % LINE
    return room[start : start + count].view(kind).reshape(shape)
