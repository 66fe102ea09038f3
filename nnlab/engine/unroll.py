"""The calls of a program written out as one function of array operations, with nothing between them.

A kernel is a Python function of a few array operations.  Calling it costs as much as a third of an operation
on a small array, and so does looking up each operation in ``xp``.  So the reference kernels are run once with
a recorder in the place of ``xp``, and what they would have done becomes the body of one function whose
operands are bound already.  For dense 10 relu | dense 8 relu | dense 10 with 32 examples that takes a tenth
off a step.  A kernel that another backend overrides, or that does more than array operations, stays one call,
unless it says itself what it does (``prepared``, of the arguments).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from operator import setitem
from types import FunctionType
from typing import Any

import numpy as np

from nnlab.engine.kernels import OPAQUE, REFERENCE, Kernels

Made = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]
"""One operation: the function, its arguments and its named arguments."""


def unroll(calls: Iterable[Callable[[], object]], kernels: Kernels) -> Callable[[], None]:
    """A function that does what ``calls`` do, one after the other."""
    return written([made for call in calls for made in operations(call, kernels)])


def operations(call: Callable[[], object], kernels: Kernels) -> list[Made]:
    """The array operations of a call of a reference kernel; the call itself where it is anything else."""
    if not isinstance(call, partial):
        return [(call, (), {})]
    prepared: Callable[..., list[Made]] | None = getattr(call.func, "prepared", None)
    if prepared is not None:
        return prepared(*call.args)
    name = call.func.__name__
    plain = REFERENCE.get(name)
    is_reference = plain is not None and getattr(call.func, "__code__", None) is plain.__code__
    if plain is None or not is_reference or name in OPAQUE:
        return [(call.func, call.args, call.keywords)]
    recorder = Recorder(kernels.xp)
    FunctionType(plain.__code__, {"xp": recorder}, name)(*call.args, **call.keywords)
    return recorder.made


class Recorder:
    """Stands for ``xp``: keeps what is asked of it instead of doing it."""

    def __init__(self, xp: Any):
        self.xp = xp
        self.made: list[Made] = []

    def dot(self, x: Any, y: Any, out: Any) -> None:
        # The method of NumPy's arrays takes half the time of numpy.dot.
        function = x.dot if isinstance(x, np.ndarray) else partial(self.xp.dot, x)
        self.made.append((function, (y, out), {}))

    def copyto(self, out: Any, x: Any, where: Any = True) -> None:
        # Assignment copies the same numbers in half the time of numpy.copyto.
        plain = where is True and isinstance(out, np.ndarray)
        made: Made = (setitem, (out, ..., x), {}) if plain else (self.xp.copyto, (out, x), {"where": where})
        self.made.append(made)

    def __getattr__(self, name: str) -> Recorded:
        return Recorded(self, getattr(self.xp, name))


class Recorded:
    """A function of ``xp``, or one of its methods such as ``reduceat``."""

    def __init__(self, recorder: Recorder, function: Any):
        self.recorder, self.function = recorder, function

    def __call__(self, *args: Any, **named: Any) -> None:
        self.recorder.made.append((self.function, args, named))

    def __getattr__(self, name: str) -> Recorded:
        return Recorded(self.recorder, getattr(self.function, name))


def written(made: list[Made]) -> Callable[[], None]:
    """``def run(): f0(v0, v1); f1(v1, v2); …`` with every name bound to its object."""
    bound: dict[int, tuple[str, object]] = {}

    def name(thing: object) -> str:
        return bound.setdefault(id(thing), (f"v{len(bound)}", thing))[0]

    lines = []
    for function, args, named in made:
        if function is setitem:
            out, _whole, x = args
            lines.append(f"        {name(out)}[...] = {name(x)}")
            continue
        words = [name(a) for a in args] + [f"{key}={name(value)}" for key, value in named.items()]
        lines.append(f"        {name(function)}({', '.join(words)})")
    names = ", ".join(word for word, _thing in bound.values())
    source = (
        f"def bind({names}):\n    def run():\n" + "\n".join(lines or ["        pass"]) + "\n    return run"
    )
    scope: dict[str, Any] = {}
    exec(compile(source, "<unrolled program>", "exec"), scope)
    run: Callable[[], None] = scope["bind"](*(thing for _word, thing in bound.values()))
    return run
