"""The kernel table: all arithmetic that differs between NumPy, Numba and CuPy, and nothing else.

The functions in the modules beside this one are the NumPy reference.  They write into buffers that exist
already, allocate nothing, and return nothing to the host.  They name the array module ``xp``; :func:`table`
gives copies bound to another module, and a backend replaces the slow ones by functions of the same name and
signature.  A kernel may loop over its arguments, and nothing else: when a program is written out
(:mod:`nnlab.engine.unroll`) the loop is run once, and what it calls is kept.

Letters: ``x`` (batch, in), ``W`` (in, out), ``z`` and ``a`` (batch, out), ``t`` targets, ``d…`` gradients.

Measured on 320 elements: an operation between two arrays of one shape costs 0.2 µs, with one of them
broadcast 1.0 to 1.4 µs.  So a row or column is first copied into a whole array (0.35 µs), and constants of
``maximum`` are whole arrays too: with a 0-d one it is not vectorised.  0-d constants of ``add`` and
``multiply`` are fast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from nnlab.engine.kernels import (
    activations,
    arithmetic,
    attention,
    basic,
    batchnorm,
    depthwise,
    gaussian,
    losses,
    more_losses,
    normalise,
    policy,
    pooling,
    recurrent,
    tokens,
    update,
    windows,
)

MODULES = (
    basic,
    arithmetic,
    activations,
    attention,
    losses,
    more_losses,
    gaussian,
    normalise,
    update,
    windows,
    pooling,
    depthwise,
    batchnorm,
    tokens,
    policy,
    recurrent,
)
"""Where reference kernels stand; every public function in them is one."""


class Kernels:
    """The functions of the table by name, bound to one array module.

    ``kernels.dense(x, W, b, z)``; ``kernels.xp`` is the module they compute with.  ``fused`` are kernels
    that a backend has in the place of several of the table; who can use one looks whether it is there.
    """

    def __init__(
        self,
        functions: Mapping[str, Callable[..., None]],
        module: ModuleType | Any,
        name: str,
        fused: Mapping[str, Callable[..., None]] | None = None,
    ):
        self.xp = module
        self.name = name
        self.functions = dict(functions)
        self.fused = dict(fused or {})
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the kernel table has no {name}")

    def override(
        self,
        functions: Mapping[str, Callable[..., None]],
        name: str,
        fused: Mapping[str, Callable[..., None]] | None = None,
    ) -> Kernels:
        """A table in which ``functions`` replace the reference ones; unknown names are refused."""
        unknown = set(functions) - set(self.functions)
        if unknown:
            raise KeyError(f"no reference kernel is called {', '.join(sorted(unknown))}")
        return Kernels({**self.functions, **functions}, self.xp, name, fused)


def kernels_of(module: ModuleType) -> dict[str, Callable[..., None]]:
    """The kernels that a module of the reference holds; no two modules may have one of the same name."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if isinstance(thing, FunctionType) and thing.__module__ == module.__name__ and name[0] != "_"
    }


REFERENCE: dict[str, Callable[..., None]] = {
    name: function for module in MODULES for name, function in kernels_of(module).items()
}

OPAQUE: frozenset[str] = frozenset().union(*(getattr(module, "OPAQUE", ()) for module in MODULES))
"""Kernels that do more than call array operations, see :mod:`nnlab.engine.unroll`."""


def table(module: ModuleType | Any = np, name: str = "numpy") -> Kernels:
    """The reference kernels computing with ``module`` (numpy, cupy or a test double)."""
    if module is np:
        return Kernels(REFERENCE, np, name)
    scope = {"xp": module}
    bound = {k: FunctionType(f.__code__, scope, k, f.__defaults__) for k, f in REFERENCE.items()}
    return Kernels(bound, module, name)
