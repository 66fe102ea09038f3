"""Fused kernels for a GPU: one CUDA launch where the reference takes one for every array operation.

A family is a file: its CUDA text (``SOURCE``) and Python functions of the names and signatures of the
reference.  They say ``launch``, and ``plain`` for the reference; :func:`fused` binds both.  They take arrays
of one piece; ``STRIDED`` names the arguments that may lie apart.  What does not fit goes to the reference.

A call in a program has the same arguments at every step.  So what it launches is worked out once, when the
program is written out (``prepared``, see :mod:`nnlab.engine.unroll`): 4 µs less for each launch.  Kernels in
``EACH_TIME`` are asked at every step.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from inspect import signature
from threading import Lock
from types import FunctionType, ModuleType
from typing import Any

from nnlab.engine.kernels.cuda import (
    activations,
    basic,
    embedding,
    losses,
    normalise,
    philox,
    pooling,
    recurrent,
    softmax,
    update,
    windows,
)
from nnlab.engine.kernels.cuda.launch import Launch, Made, on_device
from nnlab.engine.kernels.table import REFERENCE, Kernels

FAMILIES: tuple[ModuleType, ...] = (
    basic,
    activations,
    softmax,
    losses,
    normalise,
    update,
    recurrent,
    windows,
    pooling,
    embedding,
    philox,
)

Kernel = Callable[..., None]


def fused(plain: Kernels, launch: Launch = on_device) -> Kernels:
    """``plain``, the reference bound to CuPy, with every kernel replaced that has a fused one."""
    found: dict[str, Kernel] = {}
    for family in FAMILIES:
        recorder = Recorder(launch, plain)
        running, recorded = (_bound(family, *pair) for pair in ((launch, plain), (recorder, recorder)))
        for name in running.keys() - getattr(family, "EACH_TIME", frozenset()):
            running[name].prepared = partial(recorder.made_by, recorded[name])  # type: ignore[attr-defined]
        found |= running
    return plain.override(found, "cupy")


class Recorder:
    """Stands for ``launch`` and for ``plain``: keeps what is asked of them instead of doing it."""

    def __init__(self, launch: Launch, plain: Kernels):
        self.launch, self.plain = launch, plain
        self.made: list[Made] = []
        self.lock = Lock()  # programs are made in several threads

    def made_by(self, kernel: Kernel, *args: Any) -> list[Made]:
        """What ``kernel`` does with these arguments, each a function with its own."""
        with self.lock:
            self.made = []
            kernel(*args)
            return self.made

    def __call__(self, source: str, kernel: str, blocks: int, threads: int, *args: Any) -> None:
        if blocks:
            self.made.append(self.launch.made(source, kernel, blocks, threads, *args))

    def __getattr__(self, name: str) -> Kernel:
        function = self.plain.functions[name]
        return lambda *args: self.made.append((function, args, {}))


def _bound(family: ModuleType, launch: Any, plain: Any) -> dict[str, Kernel]:
    """The kernels of a family with its ``launch`` and its ``plain``."""
    scope = {**vars(family), "launch": launch, "plain": plain}
    loose: frozenset[str] = getattr(family, "STRIDED", frozenset())
    found: dict[str, Kernel] = {}
    for name, thing in vars(family).items():
        if isinstance(thing, FunctionType) and thing.__module__ == family.__name__ and name in REFERENCE:
            scope[name] = kernel = FunctionType(thing.__code__, scope, name)
            found[name] = _where_it_fits(wraps(thing)(kernel), getattr(plain, name), loose)
    return found


def _where_it_fits(kernel: Kernel, plain: Kernel, loose: frozenset[str]) -> Kernel:
    """``kernel`` for arrays that are one piece of memory each, ``plain`` for others."""
    tight = [place for place, name in enumerate(signature(kernel).parameters) if name not in loose]

    @wraps(kernel)
    def run(*args: Any) -> None:
        arrays = (args[place] for place in tight)
        fits = all(array.flags.c_contiguous for array in arrays if hasattr(array, "strides"))
        (kernel if fits else plain)(*args)

    return run
