"""Operations that run for a few examples at a time, so that what one makes is in the cache for the next.

A convolution looks at a number many times, and what it makes is larger than a cache.  So a convolution and
the operations behind it that work example by example, such as relu and pooling, are a *stretch*: block by
block all of them run for some examples, and backward likewise.  Every number is the same as without blocks
but for the order in which gradients of parameters are added up over the examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from nnlab.engine.operation import Array, Buffers, Call, Folded, Operation, Scratch
from nnlab.engine.values import BATCH, Value

BUDGET = 1 << 20
"""Bytes that a block may touch: about what a core's own cache holds (measured: half and twice are slower)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Operations one behind the other, and the slices of the batch they run for, one of them or more."""

    operations: tuple[Operation, ...]
    blocks: tuple[slice, ...]

    def forward(self, buffers: Sequence[Buffers]) -> list[Call]:
        """The calls of all operations, ``buffers`` being those of the whole batch, one for each operation."""
        parts = [Part(operation, at) for operation, at in zip(self.operations, buffers)]
        return [call for block in self.blocks for part in parts for call in part.forward(block)]

    def backward(self, buffers: Sequence[Buffers]) -> list[Call]:
        """The same backward; operations that no gradient is asked of are left out."""
        parts = [Part(operation, at) for operation, at in zip(self.operations, buffers)]
        asked = [part for part in reversed(parts) if any(g is not None for g in part.whole.gins)]
        return [call for block in self.blocks for part in asked for call in part.backward(block)]


def stretches(plan: Sequence[Operation], batch: int, itemsize: int, whole: bool) -> list[Stretch]:
    """``plan`` cut into stretches; with ``whole`` each operation by itself, for all of the batch."""
    everything = (slice(0, batch),)
    if whole:
        return [Stretch((operation,), everything) for operation in plan]
    readers = _readers(plan)
    found: list[list[Operation]] = []
    for operation in plan:
        if found and _joins(operation, found[-1], readers):
            found[-1].append(operation)
        else:
            found.append([operation])
    return [Stretch(tuple(run), _blocks(run, batch, itemsize)) for run in found]


def _readers(plan: Sequence[Operation]) -> dict[str, int]:
    """How many times each value is read."""
    count: dict[str, int] = {}
    for operation in plan:
        for value in operation.inputs:
            count[value.name] = count.get(value.name, 0) + 1
    return count


def _joins(operation: Operation, run: list[Operation], readers: dict[str, int]) -> bool:
    """Whether ``operation`` can go on where ``run`` stops: it alone reads what comes out there."""
    if not (run[0].heads_stretch and operation.by_example) or operation.heads_stretch:
        return False
    made = {value.name for value in run[-1].outputs}
    read = [value.name for value in operation.inputs if value.name in made]
    return bool(read) and sum(readers.get(name, 0) for name in made) == len(read)


def _blocks(run: list[Operation], batch: int, itemsize: int) -> tuple[slice, ...]:
    """As many examples at once as keep to the budget, the blocks as even as they can be."""
    if not (run[0].heads_stretch and run[0].inputs[0].shape[0] == BATCH):
        return (slice(0, batch),)
    bytes_ = itemsize * sum(operation.footprint() for operation in run)
    count = -(-batch // max(1, BUDGET // bytes_))
    rows = -(-batch // count)
    return tuple(slice(start, min(start + rows, batch)) for start in range(0, batch, rows))


class Part:
    """One operation of a stretch: its buffers for block after block, with scratch that all blocks share."""

    def __init__(self, operation: Operation, whole: Buffers):
        self.operation, self.whole = operation, whole
        self.scratch = Scratch(whole.kernels.xp)
        self.sums = Scratch(whole.kernels.xp)

    def forward(self, block: slice) -> list[Call]:
        at = self._cut(block)
        calls = self.operation.forward(at)
        return [*at.first, *calls] if block.start == 0 else calls

    def backward(self, block: slice) -> list[Call]:
        """Gradients of parameters are made by the first block; those of others are added to them."""
        at = self._cut(block)
        if block.start == 0:
            calls = self.operation.backward(at)
            return [*at.first, *calls]
        whole = self.whole
        at.gins, at.folded, more = self._apart(at)
        calls = self.operation.backward(at)
        return [*calls, *(partial(whole.kernels.accumulate, part, total) for part, total in more)]

    def _cut(self, block: slice) -> Buffers:
        whole, operation = self.whole, self.operation
        self.scratch.rewind()
        if block.stop - block.start == whole.batch:
            return replace(whole, memory=self.scratch, first=[])
        inputs, outputs = operation.inputs, operation.outputs
        return replace(
            whole,
            ins=tuple(_rows(a, value, block) for a, value in zip(whole.ins, inputs)),
            outs=tuple(_rows(a, value, block) for a, value in zip(whole.outs, outputs)),
            gouts=tuple(_rows(a, value, block) for a, value in zip(whole.gouts, outputs)),
            gins=tuple(_rows(a, value, block) for a, value in zip(whole.gins, inputs)),
            batch=block.stop - block.start,
            memory=self.scratch,
            first=[],
            block=block.start,
        )

    def _apart(
        self, at: Buffers
    ) -> tuple[tuple[Array | None, ...], Folded | None, list[tuple[Array, Array]]]:
        """Buffers of their own for the gradients of parameters, and the pairs to be added afterwards."""
        self.sums.rewind()
        gins, folded = list(at.gins), at.folded
        more: list[tuple[Array, Array]] = []
        if folded is not None and folded.dW is not None:
            both = self.sums.zeros(folded.dW.shape, at.dtype)
            gins[1], gins[2] = both[:-1].reshape(at.ins[1].shape), both[-1]
            more.append((both, folded.dW))
            folded = replace(folded, dW=both)
        for k, value in enumerate(self.operation.inputs):
            gradient = gins[k]
            if value.shape[:1] != (BATCH,) and gradient is not None and (folded is None or folded.dW is None):
                gins[k] = self.sums.zeros(gradient.shape, at.dtype)
                more.append((gins[k], gradient))
        return tuple(gins), folded, more


def _rows(array: Array | None, value: Value, block: slice) -> Array | None:
    """Some examples of an array whose first axis they are; anything else as it is."""
    return array if array is None or value.shape[:1] != (BATCH,) else array[block]
