"""CUDA sources made whole, compiled by NVRTC at their first use, and launched in the current stream.

A source is text without includes, written for ``real``, which is float or double.  The first argument of a
kernel is an array that decides which.  Every argument is a pointer or a 64-bit whole number, so that whoever
has another way to run the same text (the tests run it on the CPU) needs to know nothing about it.

Sums are added in a fixed order and never by atomic operations, products are not contracted to fused ones: a
replay gives the same bits, and what needs no function but + − · / √ gives the bits of the reference.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

import numpy as np

THREADS = 256
"""Of a block, where nothing else asks for another number; a power of two."""

OPTIONS = ("--fmad=false",)

REALS = {"float32": "float", "float64": "double"}

PRELUDE = f"""
typedef long long whole;
#define THREADS {THREADS}
"""

COMMON = r"""
// The number of this thread among those of all blocks.
__device__ whole place() { return (whole)blockIdx.x * blockDim.x + threadIdx.x; }

// The larger of two; NaN where one of them is.
__device__ real larger(real a, real b) { return b > a || b != b ? b : a; }

// One number of every thread of the block, added in pairs: all threads get the sum.
__device__ real block_sum(real mine, real* shared) {
    shared[threadIdx.x] = mine;
    __syncthreads();
    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) shared[threadIdx.x] += shared[threadIdx.x + half];
        __syncthreads();
    }
    real sum = shared[0];
    __syncthreads();
    return sum;
}
"""


Made = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]
"""A function, its arguments and its named arguments."""


class Launch(Protocol):
    """Runs ``kernel`` of ``source`` with ``blocks`` of ``threads``; no blocks, nothing to do.

    ``made`` is what a call does with the same arguments, as little as can be, to be done at every step.
    """

    def __call__(self, source: str, kernel: str, blocks: int, threads: int, *args: Any) -> None: ...

    def made(self, source: str, kernel: str, blocks: int, threads: int, *args: Any) -> Made: ...


def text(source: str, dtype: str) -> str:
    """A source as a compiler takes it, for float32 or float64."""
    return f"typedef {REALS[dtype]} real;{PRELUDE}{COMMON}{source}"


def kernels_in(source: str) -> list[str]:
    """The names of the kernels that a source holds."""
    return re.findall(r"__global__ void (\w+)\(", source)


def blocks_of(count: int, threads: int = THREADS) -> int:
    """How many blocks give every one of ``count`` numbers a thread."""
    return -(-count // threads)


def row_threads(width: int) -> int:
    """Threads of a block that works on a row: a power of two from 32, one warp, to THREADS."""
    return min(THREADS, max(32, 1 << (width - 1).bit_length())) if width else 32


def signed(word: int) -> int:
    """A 64-bit word without sign as the number with a sign that has the same bits."""
    return word - (1 << 64) if word >> 63 else word


@cache
def _module(source: str, dtype: str) -> Any:
    cupy = importlib.import_module("cupy")
    return cupy.RawModule(code=text(source, dtype), options=OPTIONS, backend="nvrtc")


@cache
def _function(source: str, kernel: str, dtype: str) -> Any:
    return _module(source, dtype).get_function(kernel)


class OnDevice:
    """Launches with CuPy; returns at once, the device works on."""

    def __call__(self, source: str, kernel: str, blocks: int, threads: int, *args: Any) -> None:
        if blocks:
            function, given, _named = self.made(source, kernel, blocks, threads, *args)
            function(*given)

    def made(self, source: str, kernel: str, blocks: int, threads: int, *args: Any) -> Made:
        numbers = tuple(np.int64(a) if isinstance(a, int) else a for a in args)
        return _function(source, kernel, args[0].dtype.name), ((blocks,), (threads,), numbers), {}


on_device = OnDevice()
