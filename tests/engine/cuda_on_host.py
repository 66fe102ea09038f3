"""Runs the CUDA sources on the CPU: the same text, compiled by g++ behind a few definitions.

The blocks of a launch run one after the other.  The threads of a block are fibres: each runs until it waits
at ``__syncthreads`` or ends, then the next one does, and round again.  So a thread that reads what another
has not yet written gets the old number here too, and a kernel whose threads do not all arrive is an error.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from guard_array import GuardArray

from nnlab.engine.kernels.cuda import FAMILIES
from nnlab.engine.kernels.cuda.launch import REALS, text

COMPILER = shutil.which("g++") if sys.platform == "linux" else None
REASON = "g++ is not installed, or this is not Linux"
OPTIONS = ("-O2", "-fPIC", "-shared", "-ffp-contract=off", "-w", "-std=c++14", "-U_FORTIFY_SOURCE")
"""As NVRTC is told, products and sums stay apart; the last lets fibres jump."""

SHIM = (Path(__file__).parent / "cuda_shim.hpp").read_text()


@cache
def library(dtype: str) -> ctypes.CDLL:
    """All families in one library for float32 or float64, each in a namespace of its own."""
    parts = [f"namespace family{k} {{{family.SOURCE}}}" for k, family in enumerate(FAMILIES)]
    return built("\n".join([SHIM, text("", dtype), *parts]))


def built(source: str) -> ctypes.CDLL:
    """The library of a C++ source; kept in the temporary folder for the next run of the tests."""
    name = f"nnlab-cuda-{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    path = Path(tempfile.gettempdir()) / f"{name}.so"
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "all.cpp"
            written.write_text(source)
            made = path.with_suffix(f".{Path(folder).name}")
            subprocess.run([str(COMPILER), *OPTIONS, str(written), "-o", str(made)], check=True)
            made.rename(path)  # at once, whoever else builds it
    return ctypes.CDLL(str(path))


@cache
def parameters(source: str, kernel: str) -> list[str]:
    """The types of a kernel's arguments as its text declares them."""
    found = re.search(rf"__global__ void {kernel}\(([^)]*)\)", source)
    assert found, f"no kernel {kernel}"
    return [" ".join(part.split()[:-1]).removeprefix("const ") for part in found[1].split(",")]


class HostLaunch:
    """The launcher for tests: arrays of NumPy or of the guard module, whose launch it counts.

    ``backwards`` runs the threads of a block in the other order, which must not make a difference.
    """

    def __init__(self) -> None:
        self.backwards = False
        self.seen: set[str] = set()

    def __call__(self, source: str, kernel: str, blocks: int, threads: int, *args: Any) -> None:
        given = [getattr(a, "held", a) for a in args]
        guarded = [a for a in args if isinstance(a, GuardArray)]
        if guarded:
            guarded[0].module.launches += 1
        real = given[0].dtype.name
        assert real in REALS
        assert threads & (threads - 1) == 0, "a power of two"
        words = [word(*pair, real) for pair in zip(given, parameters(source, kernel), strict=True)]
        self.seen.add(kernel)
        if not blocks:
            return
        loaded = library(real)
        numbers = (ctypes.c_longlong * len(words))(*words)
        function = ctypes.cast(getattr(loaded, kernel), ctypes.c_void_p)
        went = loaded.launch(function, blocks, threads, self.backwards, numbers, len(words))
        assert went == 0, f"{kernel}: a thread waits for others that have ended"

    def made(self, *args: Any) -> Any:
        return self, args, {}


def word(given: Any, declared: str, real: str) -> int:
    """An argument as 64 bits: an array of the declared kind by its address, or a whole number."""
    if not isinstance(given, np.ndarray):
        assert isinstance(given, int), given
        assert declared in ("whole", "word")
        return given
    kinds = {"real*": real, "unsigned*": "uint32", "unsigned char*": "uint8", "void*": given.dtype.name}
    assert kinds[declared] == given.dtype.name, (declared, given.dtype)
    return given.ctypes.data
