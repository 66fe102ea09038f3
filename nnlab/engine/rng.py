"""Random numbers as a function of (seed, purpose, step, row, element).

Nothing is drawn "next": the number of element ``i`` at ``step`` for ``purpose`` (``"dense1.W"``,
``"shuffle"``, ``"dropout1.mask"``) is always the same, so a replay at step t needs no history, and any
element may be asked for alone.  The bits are Philox 4x64-10 (Salmon et al., SC 2011); NumPy supplies them
through ``random_raw``, whose stream NumPy guarantees, while the conversion to floats, normals and
permutations is ours and stays fixed.

Layout, for anybody who produces the same bits elsewhere (a CUDA kernel does):

- key: ``blake2b(f"{seed}\\0{purpose}".encode(), digest_size=16)`` read as two little-endian 64-bit words.
- counter: the four words ``(1 + block, step, row, 0)``, least significant first; a block is four 64-bit
  words.  ``row`` is 0 unless every row of the data has numbers of its own (augmentation).
- ``bits``: element i is word ``i % 4`` of block ``i // 4``.
- ``bits32``: element i is half of word ``i // 2``: the low 32 bits for even i, the high 32 bits for odd i.
- ``uniform`` float32: ``(bits32 >> 8) · 2⁻²⁴``; float64: ``(bits >> 11) · 2⁻⁵³``.
- ``normal``: Box-Muller in float64 on the float64 uniforms u of words 2k and 2k+1:
  ``r = √(−2 ln(1 − u₂ₖ))``, elements 2k and 2k+1 are ``r·cos(2π·u₂ₖ₊₁)`` and ``r·sin(2π·u₂ₖ₊₁)``.
- ``permutation``: the stable argsort of ``bits``.
"""

from __future__ import annotations

import math
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

Shape: TypeAlias = int | tuple[int, ...]

_WORD = (1 << 64) - 1


@lru_cache(maxsize=1024)
def key(seed: int, purpose: str) -> tuple[int, int]:
    """The two 64-bit words of the Philox key."""
    digest = blake2b(f"{seed}\0{purpose}".encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


class Stream:
    """All numbers of one (seed, purpose); cheap to ask again at every step of a training loop.

    Setting the counter of a living generator costs 0.7 µs, building a new one 7 µs.  A stream belongs to
    one thread.
    """

    __slots__ = ("_counter", "_generator", "_state", "purpose", "seed")

    def __init__(self, seed: int, purpose: str) -> None:
        self.seed, self.purpose = seed, purpose
        # As an array: NumPy would round the words of a list to float64.
        self._generator = np.random.Philox(key=np.array(key(seed, purpose), np.uint64))
        self._state: Any = self._generator.state
        self._counter: NDArray[np.uint64] = self._state["state"]["counter"]

    def bits(self, step: int, n: int, row: int = 0) -> NDArray[np.uint64]:
        """``n`` 64-bit words, shape (n,)."""
        # NumPy counts up before it makes a block, so the first block has counter word 0 equal to 1;
        # buffer_pos is 4 in the saved state: nothing is left over from an earlier call.
        self._counter[1] = step & _WORD
        self._counter[2] = row & _WORD
        self._generator.state = self._state
        return self._generator.random_raw(n)

    def bits32(self, step: int, n: int) -> NDArray[np.uint32]:
        """``n`` 32-bit words, shape (n,): both halves of each 64-bit word, the low one first.

        A dropout mask that compares these with ``round(p · 2³²)`` is the same in every precision.
        """
        words = self.bits(step, (n + 1) // 2).astype("<u8", copy=False)
        return words.view("<u4")[:n]

    def uniform_into(self, step: int, out: NDArray[Any]) -> NDArray[Any]:
        """Fill ``out`` (float32 or float64, any shape) with uniforms of [0, 1)."""
        raw: NDArray[Any]
        if out.dtype == np.float32:
            raw = self.bits32(step, out.size)
            np.right_shift(raw, np.uint32(8), out=raw)
            scale = 2.0**-24
        else:
            raw = self.bits(step, out.size)
            np.right_shift(raw, np.uint64(11), out=raw)
            scale = 2.0**-53
        # Exact: the integers have no more bits than the mantissa, and the factor is a power of two.
        np.copyto(out, raw.reshape(out.shape), casting="unsafe")
        np.multiply(out, out.dtype.type(scale), out=out)
        return out

    def normal(self, step: int, n: int, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """``n`` standard normals, shape (n,), computed in float64 whatever ``dtype`` is."""
        pairs = self.uniform_into(step, np.empty((n + 1) // 2 * 2, np.float64)).reshape(-1, 2)
        radius = np.sqrt(-2.0 * np.log1p(-pairs[:, 0]))
        angle = 2.0 * np.pi * pairs[:, 1]
        drawn = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return drawn.reshape(-1)[:n].astype(dtype)


def bits(seed: int, purpose: str, step: int, n: int) -> NDArray[np.uint64]:
    """``n`` 64-bit words, shape (n,)."""
    return Stream(seed, purpose).bits(step, n)


def uniform(seed: int, purpose: str, step: int, shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Uniforms of [0, 1) with the 24 (float32) or 53 (float64) bits that fill the mantissa."""
    return Stream(seed, purpose).uniform_into(step, np.empty(shape, dtype))


def normal(seed: int, purpose: str, step: int, shape: Shape, dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Standard normals, computed in float64 whatever ``dtype`` is."""
    n = math.prod(shape) if isinstance(shape, tuple) else shape
    return Stream(seed, purpose).normal(step, n, dtype).reshape(shape)


def permutation(seed: int, purpose: str, step: int, n: int) -> NDArray[np.int64]:
    """A permutation of 0 … n−1, shape (n,): the order that sorts ``n`` random keys."""
    return np.argsort(bits(seed, purpose, step, n), kind="stable").astype(np.int64, copy=False)
