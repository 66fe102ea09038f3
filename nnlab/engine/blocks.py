"""Operations that run for a few examples at a time, so that what one makes is in the cache for the next.

A convolution looks at a number many times, and what it makes is larger than a cache.  So a convolution and
the operations behind it that work example by example, such as relu and pooling, are a *stretch*: block by
block all of them run for some examples, and backward likewise.  Every number is the same as without blocks
but for the order in which gradients of parameters are added up over the examples.

A convolution with relu and a max pooling behind it is one part, see :mod:`nnlab.engine.pooled`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from nnlab.engine import pooled
from nnlab.engine.asked import Asked
from nnlab.engine.operation import Array, Buffers, Call, Folded, Operation, Scratch
from nnlab.engine.ops.conv import Convolution
from nnlab.engine.ops.pool import MaxPool
from nnlab.engine.values import BATCH, Value

Work: TypeAlias = Callable[[Buffers], list[Call]]
BUDGET = 1 << 20
"""Bytes that a block may touch: about what a core's own cache holds (measured: half and twice are slower)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Operations one behind the other, and the slices of the batch they run for, one of them or more."""

    operations: tuple[Operation, ...]
    blocks: tuple[slice, ...]

    @property
    def leaves_out(self) -> bool:
        """Whether some values are not made until a reader asks."""
        return pooled.fits(self.operations)

    def forward(self, buffers: Sequence[Buffers], values: Asked[str]) -> list[Call]:
        """The calls of all operations, ``buffers`` being those of the whole batch, one for each operation."""
        parts = self._parts(buffers)
        return [call for block in self.blocks for part in parts for call in part.forward(block, values)]

    def backward(self, buffers: Sequence[Buffers], values: Asked[str], gradients: Asked[str]) -> list[Call]:
        """The same backward; operations that no gradient is asked of are left out."""
        asked = [part for part in reversed(self._parts(buffers)) if part.asked]
        return [
            call
            for block in self.blocks
            for part in asked
            for call in part.backward(block, values, gradients)
        ]

    def _parts(self, buffers: Sequence[Buffers]) -> Sequence[Part | PooledConvolution]:
        parts = [Part(operation, at) for operation, at in zip(self.operations, buffers)]
        if not self.leaves_out:
            return parts
        first, second, third, *more = parts
        shown = (Part(part.operation, replace(part.whole, rooms={})) for part in (first, second, third))
        return [PooledConvolution(first, second, third, tuple(shown)), *more]


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

    @property
    def asked(self) -> bool:
        """Whether a gradient is asked of it."""
        return any(gradient is not None for gradient in self.whole.gins)

    def forward(self, block: slice, values: Asked[str]) -> list[Call]:
        return self.ahead(block, self.operation.forward)

    def backward(self, block: slice, values: Asked[str], gradients: Asked[str]) -> list[Call]:
        return self.back(block, self.operation.backward)

    def ahead(self, block: slice, work: Work) -> list[Call]:
        """The calls of ``work`` on the buffers of ``block``, with those to be made once in front."""
        at = self.cut(block)
        calls = work(at)
        return [*at.first, *calls] if block.start == 0 else calls

    def back(self, block: slice, work: Work) -> list[Call]:
        """The same; gradients of parameters are made by the first block, those of others added to them."""
        if block.start == 0:
            return self.ahead(block, work)
        at, whole = self.cut(block), self.whole
        at.gins, at.folded, more = self._apart(at)
        calls = work(at)
        return [*calls, *(partial(whole.kernels.accumulate, part, total) for part, total in more)]

    def cut(self, block: slice) -> Buffers:
        """Its buffers for the examples of ``block``."""
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


@dataclass(frozen=True, slots=True)
class PooledConvolution:
    """A convolution, relu and a pooling as one part; z, relu's a and their gradients are left out.

    ``shown`` are the three with scratch of their own, for what a reader asks for.
    """

    convolution: Part
    relu: Part
    pool: Part
    shown: tuple[Part, ...]

    @property
    def asked(self) -> bool:
        return self.convolution.asked

    def forward(self, block: slice, values: Asked[str]) -> list[Call]:
        pair, last, (z, a) = self._pair, self.pool.cut(block), self._names
        convolution, relu, _pool = self.shown
        values.leave_out(z, convolution.ahead(block, lambda at: pooled.shown(*pair, at)))
        needs = [partial(values.__getitem__, z)] if block.start == 0 else []
        values.leave_out(a, [*needs, *relu.forward(block, values)])
        return self.convolution.ahead(block, lambda at: pooled.forward(*pair, at, last))

    def backward(self, block: slice, values: Asked[str], gradients: Asked[str]) -> list[Call]:
        pair, last, (z, a) = self._pair, self.pool.cut(block), self._names
        _convolution, relu, pool = self.shown
        gradients.leave_out(a, pool.backward(block, values, gradients))
        needs = [partial(values.__getitem__, a), partial(gradients.__getitem__, a)]
        needs = needs if block.start == 0 else []
        gradients.leave_out(z, [*needs, *relu.backward(block, values, gradients)])
        whole = self.convolution.whole
        if pooled.takes_winners(*pair, whole):
            end = block.stop == whole.batch
            return self.convolution.ahead(block, lambda at: pooled.from_winners(*pair, at, last, end))
        return self.convolution.back(block, lambda at: pooled.backward(*pair, at, last))

    @property
    def _pair(self) -> tuple[Convolution, MaxPool]:
        convolution, pool = self.convolution.operation, self.pool.operation
        assert isinstance(convolution, Convolution)
        assert isinstance(pool, MaxPool)
        return convolution, pool

    @property
    def _names(self) -> tuple[str, str]:
        """Of z and of relu's a."""
        return self.convolution.operation.outputs[0].name, self.relu.operation.outputs[0].name


def _rows(array: Array | None, value: Value, block: slice) -> Array | None:
    """Some examples of an array whose first axis they are; anything else as it is."""
    return array if array is None or value.shape[:1] != (BATCH,) else array[block]
