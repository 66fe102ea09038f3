"""Fused kernels for a GPU: one CUDA launch where the reference takes one for every array operation.

A family is a file: its CUDA text (``SOURCE``) and Python functions of the names and signatures of the
reference.  They say ``launch``, which :func:`overrides` binds to what shall run the text, and they take
arrays of one piece; ``STRIDED`` names the arguments that may lie apart.  What does not fit goes to the
reference.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from types import FunctionType, ModuleType
from typing import Any

from nnlab.engine.kernels.cuda import (
    activations,
    basic,
    embedding,
    normalise,
    philox,
    pooling,
    recurrent,
    softmax,
    update,
    windows,
)
from nnlab.engine.kernels.cuda.launch import Launch, on_device
from nnlab.engine.kernels.table import REFERENCE, Kernels

FAMILIES: tuple[ModuleType, ...] = (
    basic,
    activations,
    softmax,
    normalise,
    update,
    recurrent,
    windows,
    pooling,
    embedding,
    philox,
)


def fused(plain: Kernels, launch: Launch = on_device) -> Kernels:
    """``plain``, the reference bound to CuPy, with every kernel replaced that has a fused one."""
    found: dict[str, Callable[..., None]] = {}
    for family in FAMILIES:
        scope = {**vars(family), "launch": launch, "plain": plain}
        loose: frozenset[str] = getattr(family, "STRIDED", frozenset())
        for name, thing in vars(family).items():
            if isinstance(thing, FunctionType) and thing.__module__ == family.__name__ and name in REFERENCE:
                kernel = FunctionType(thing.__code__, scope, name)
                scope[name] = kernel
                found[name] = _where_it_fits(wraps(thing)(kernel), plain.functions[name], loose)
    return plain.override(found, "cupy")


def _where_it_fits(
    kernel: Callable[..., None], plain: Callable[..., None], loose: frozenset[str]
) -> Callable[..., None]:
    """``kernel`` for arrays that are one piece of memory each, ``plain`` for others."""
    tight = [place for place, name in enumerate(signature(kernel).parameters) if name not in loose]

    @wraps(kernel)
    def run(*args: Any) -> None:
        arrays = (args[place] for place in tight)
        fits = all(array.flags.c_contiguous for array in arrays if hasattr(array, "strides"))
        (kernel if fits else plain)(*args)

    return run
