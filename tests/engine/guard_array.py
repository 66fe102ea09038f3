"""A stand-in for CuPy that computes on the CPU and refuses what a GPU would punish.

An array module whose arrays never mix with NumPy's, whose functions are those CuPy has and no others, and
that counts *launches* (each call of a function is one kernel on a device), *uploads* (host to device) and
*syncs* (anything that makes the host wait for a number).
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

CUPY = json.loads((Path(__file__).parent.parent / "reference" / "cupy_names.json").read_text())
SCALARS = (int, float, bool, np.generic)


class GuardModule:
    """``xp`` for one test: ``launches``, ``uploads`` and ``syncs`` count what was done with it."""

    __name__ = "guard"
    __version__ = "0"

    def __init__(self) -> None:
        self.launches = self.uploads = self.syncs = 0

    def reset(self) -> None:
        self.launches = self.uploads = self.syncs = 0

    def asarray(self, source: Any, dtype: Any = None) -> GuardArray:
        if isinstance(source, GuardArray):
            return source if dtype in (None, source.dtype) else self._call(np.array, source, dtype)
        self.uploads += 1
        return GuardArray(self, np.array(source, dtype))

    array = asarray

    @property
    def lib(self) -> Any:
        """``lib.stride_tricks.as_strided`` makes a view, as it does in CuPy."""

        def as_strided(x: GuardArray, shape: Any, strides: Any) -> GuardArray:
            return GuardArray(self, np.lib.stride_tricks.as_strided(x.held, shape, strides))

        return SimpleNamespace(stride_tricks=SimpleNamespace(as_strided=as_strided))

    def __getattr__(self, name: str) -> Any:
        if name not in CUPY["module"]:
            raise AttributeError(f"CuPy has no {name}")
        function = getattr(np, name)
        if not callable(function) or isinstance(function, type):
            return function

        def launch(*args: Any, **named: Any) -> Any:
            return self._call(function, *args, **named)

        return launch

    def _call(self, function: Any, *args: Any, **named: Any) -> Any:
        self.launches += 1
        made = function(*map(self.inside, args), **{k: self.inside(v) for k, v in named.items()})
        for given in (*args, *named.values()):
            if isinstance(given, GuardArray) and given.held is made:
                return given
        return GuardArray(self, made) if isinstance(made, np.ndarray | np.generic) else made

    def inside(self, given: Any) -> Any:
        if isinstance(given, GuardArray):
            return given.held
        if isinstance(given, np.ndarray):
            raise TypeError("Unsupported type <class 'numpy.ndarray'>")
        return given

    def sync(self) -> None:
        self.syncs += 1


class GuardArray:
    """An array of the guard module: views are free, work is a launch, numbers for the host are a sync."""

    def __init__(self, module: GuardModule, held: Any):
        self.module, self.held = module, np.asarray(held)

    __array_ufunc__ = None  # NumPy's operators give up and ask this class

    def __array__(self, *args: Any, **named: Any) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __getattr__(self, name: str) -> Any:
        if name not in CUPY["ndarray"]:
            raise AttributeError(f"CuPy's arrays have no {name}")
        if name in ("shape", "size", "dtype", "ndim", "nbytes", "strides", "itemsize", "flags"):
            return getattr(self.held, name)
        if name in ("T", "real"):
            return GuardArray(self.module, getattr(self.held, name))
        if name == "scatter_add":
            return lambda places, added: self.module._call(np.add.at, self, places, added)
        method = getattr(type(self.held), name)
        if name in ("item", "tolist", "nonzero"):
            self.module.sync()
            return lambda *args: method(self.held, *args)
        if name in ("reshape", "ravel", "view", "transpose"):
            return lambda *args: GuardArray(self.module, method(self.held, *args))
        return lambda *args, **named: self.module._call(method, self, *args, **named)

    def get(self) -> Any:
        self.module.sync()
        return self.held.copy()

    def __getitem__(self, index: Any) -> GuardArray:
        if isinstance(index, GuardArray) and index.dtype == bool:
            self.module.sync()
        steps = index if isinstance(index, tuple) else (index,)
        basic = all(i is None or i is Ellipsis or isinstance(i, (*SCALARS, slice)) for i in steps)
        if not basic:
            self.module.launches += 1
        return GuardArray(self.module, self.held[self.module.inside(index)])

    def __setitem__(self, index: Any, given: Any) -> None:
        if isinstance(index, GuardArray) and index.dtype == bool:
            self.module.sync()
        self.module.launches += 1
        self.held[self.module.inside(index)] = self.module.inside(given)

    def __len__(self) -> int:
        return len(self.held)

    def _host(self, kind: Any) -> Any:
        self.module.sync()
        return kind(self.held)

    def __float__(self) -> float:
        return self._host(float)

    def __int__(self) -> int:
        return self._host(int)

    def __bool__(self) -> bool:
        return self._host(bool)

    def _operator(function: Any) -> Any:  # type: ignore[misc]
        def operate(self: GuardArray, other: Any) -> Any:
            return self.module._call(function, self, other)

        return operate

    __add__ = __radd__ = _operator(np.add)
    __sub__ = _operator(np.subtract)
    __mul__ = __rmul__ = _operator(np.multiply)
    __truediv__ = _operator(np.divide)
    __gt__ = _operator(np.greater)
    __lt__ = _operator(np.less)
    __matmul__ = _operator(np.matmul)
