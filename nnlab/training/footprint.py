"""How much memory runs take: what is allocated, each buffer and keyframe once however many share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.engine.program import Program
    from nnlab.training.track import Track


def memory_of(runs: Iterable[Track]) -> int:
    """Bytes of parameters, gradients, optimiser state, the values of programs, curves and keyframes.

    What kernels work in is not counted, nor are the data, which all runs share.
    """
    seen: dict[int, int] = {}
    for run in runs:
        for array in _arrays(run):
            whole = array if getattr(array, "base", None) is None else array.base
            seen[id(whole)] = int(getattr(whole, "nbytes", 0))
        for frame in (*run.timeline.frames.values(), *run.timeline.ring.values()):
            seen[id(frame)] = frame.nbytes
    return sum(seen.values())


def _arrays(run: Track) -> Iterator[Any]:
    machine = run.machine
    yield from (run.store.theta, run.store.grad, machine.used, *machine.state.values(), run.history.losses)
    for program in (*machine.programs.values(), *machine.evaluators.values()):
        yield from _buffers(program)


def _buffers(program: Program) -> Iterator[Any]:
    yield from program.values.arrays.values()
    yield from program.gradients.arrays.values()
    yield from program.edges.arrays.values()
