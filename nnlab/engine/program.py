"""A graph bound to memory: preallocated buffers and one flat list of calls.

Compile once per batch size; after that a training step is ``for call in program.calls: call()`` and
nothing else: no allocation, no lookups, no branches (:mod:`nnlab.engine.unroll`).  Everything a reader may
ask is answered from the buffers afterwards: they keep every value and every gradient of the last pass, one
gradient buffer for each use of a value, so that each summand of the chain rule can be seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from math import prod
from typing import Any

import numpy as np

from nnlab.engine import aligned, folding
from nnlab.engine.address import Address, check_index, split_address
from nnlab.engine.answer import explain
from nnlab.engine.asked import Asked, Made
from nnlab.engine.blocks import Stretch, stretches
from nnlab.engine.explain import Explanation
from nnlab.engine.kernels import Kernels, table
from nnlab.engine.manifest import Manifest
from nnlab.engine.memory import allocating, require
from nnlab.engine.operation import Buffers, Call, Folded, Laid, Operation
from nnlab.engine.store import ParameterStore
from nnlab.engine.unroll import unroll
from nnlab.engine.uses import Uses, used
from nnlab.engine.values import Graph, Role, Value, unknown_name
from nnlab.errors import NnlabError
from nnlab.i18n import _

Array = Any


class Program:
    """Buffers and calls for one batch size.

    ``loss`` names the value whose gradient is taken; without it the program only runs forward.  Where it is
    no single number, ``gradients[loss]`` says how much each of its numbers counts, 1 unless changed.  ``wrt``
    names the parameters, or inputs, that the gradient is asked for, all parameters unless given: nothing is
    computed for others.
    ``training`` decides what dropout does.  ``values[name]`` and ``gradients[name]`` are the arrays.
    ``clock[0]`` is the number of the step, which random draws depend on.  ``calls`` is the whole pass;
    ``forward_calls`` and ``backward_calls`` are the same work, one call for each kernel.  With ``whole``
    every operation runs for all of the batch before the next does (:mod:`nnlab.engine.blocks`).
    """

    def __init__(
        self,
        graph: Graph,
        store: ParameterStore,
        batch: int,
        *,
        loss: str | None = None,
        wrt: Collection[str] | None = None,
        training: bool = True,
        seed: int = 0,
        kernels: Kernels | None = None,
        clock: list[int] | None = None,
        whole: bool = False,
    ):
        self.graph, self.store, self.batch = graph, store, batch
        self.loss, self.training, self.seed, self.whole = loss, training, seed, whole
        self.kernels = kernels or table()
        self.clock = clock if clock is not None else [1]
        self.dtype = store.dtype
        self._values: dict[str, Array] = {}
        self._gradients: dict[str, Array] = {}
        self._edges: dict[tuple[str, int], Array] = {}  # (operation, input) -> gradient of this use
        self._made_since = Made()
        self.values = Asked(self._values, self._made_since)
        self.gradients = Asked(self._gradients, self._made_since)
        self.edges = Asked(self._edges, self._made_since)
        self.arriving: dict[str, Array] = {}  # of values that their own maker uses: the gradient from others
        self.plan = self._reachable() if loss else list(graph.operations)
        self.wrt = frozenset(v.name for v in graph.parameters) if wrt is None else frozenset(wrt)
        self.trained = self._trained() if loss else set()
        self.carries = [c for c in graph.carries if graph.producers[c.following.name][0] in self.plan]
        self.uses = Uses.of(self.plan if loss else (), self.trained, loss)
        self._require_memory()
        with allocating(self.kernels.xp):
            self.laid = self._laid_out()
            self._allocate_values()
            self._allocate_gradients()
            self._bind()

    # ------------------------------------------------------------------ building

    def _require_memory(self) -> None:
        """Refuse what cannot fit before the first buffer is made."""
        values = [v for v in self.graph.values.values() if v.role is not Role.PARAMETER]
        used = [v for op in self.plan for v in op.inputs if v.name in self.trained]
        used += [op.outputs[k] for op in self.plan for k in op.own_uses if op.outputs[k].name in self.trained]
        # A value, the gradient of every use of it, and about one scratch buffer for each operation.
        count = sum(prod(v.concrete(self.batch)) for v in values + used)
        count += sum(prod(op.outputs[0].concrete(self.batch)) for op in self.plan)
        require(
            count * self.dtype.itemsize,
            _("the values and gradients of a batch of {batch:,} examples", batch=self.batch),
            xp=self.kernels.xp,
        )

    def _allocate_values(self) -> None:
        xp, own = self.kernels.xp, self._own_values()
        extended = folding.with_ones(self.graph, self.store)
        self.with_ones: dict[str, Array] = {}
        """Values with a column of ones behind them: of inputs the memory itself, of others a copy."""
        for value in self.graph.values.values():
            shape = value.concrete(self.batch)
            if value.name in extended:
                self.with_ones[value.name] = wide = aligned.zeros(
                    xp, (*shape[:-1], shape[-1] + 1), self.dtype
                )
                wide[..., -1] = 1
            if value.role is Role.PARAMETER:
                self._values[value.name] = self.store[value.name]
            elif value.role is Role.STATE:
                self._values[value.name] = (
                    self.store.stream(value.name, self.batch)
                    if value.by_row
                    else self.store.states[value.name]
                )
            elif value.name in extended and value.role is Role.INPUT:
                self._values[value.name] = self.with_ones[value.name][..., :-1]
            elif value.name in own:
                self._values[value.name] = own[value.name]
            elif (same := self._in_place(value)) is not None:
                self._values[value.name] = same
            else:
                self._values[value.name] = self._zeros(value, self._stored_as(value))

    def _in_place(self, value: Value) -> Array | None:
        """The memory of an input, where ``value`` is that input read row by row and no more."""
        operation, _output = self.graph.producers.get(value.name, (None, 0))
        if operation is None or not operation.reads_in_order:
            return None
        x = self._values[operation.inputs[0].name]
        return x.reshape(value.concrete(self.batch)) if x.flags.c_contiguous else None

    def _stored_as(self, value: Value) -> Any:
        """Whole numbers that fit are kept in a byte: eight times less to move than an index."""
        if not value.discrete:
            return self.dtype
        return np.uint8 if 0 < value.levels <= 256 else np.intp

    def _laid_out(self) -> dict[str, Laid]:
        """What operations lay out themselves, by the operation's name."""

        def zeros(*shape: int) -> Array:
            return aligned.zeros(self.kernels.xp, shape, self.dtype)

        operations = self.graph.operations
        made = {op.name: op.lay_out(self.batch, zeros, self.loss is not None) for op in operations}
        return {name: laid for name, laid in made.items() if laid is not None}

    def _own_values(self) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for operation in self.graph.operations:
            if operation.name in self.laid:
                views = self.laid[operation.name].values
                found |= {operation.outputs[position].name: view for position, view in views.items()}
        return found

    def _zeros(self, value: Value, dtype: Any) -> Array:
        """A buffer in the shape of ``value``, with the axes in memory as the operation that makes it asks."""
        shape, made = value.concrete(self.batch), self.graph.producers.get(value.name)
        axes = made[0].axes(made[1]) if made else ()
        if not axes:
            return aligned.zeros(self.kernels.xp, shape, dtype)
        back = [axes.index(axis) for axis in range(len(axes))]
        laid = aligned.zeros(self.kernels.xp, tuple(shape[axis] for axis in axes), dtype)
        return laid.transpose(back)

    def _copies_with_ones(self, operation: Operation) -> list[Call]:
        """What ``operation`` has made, copied beside its ones."""
        made = [out.name for out in operation.outputs if out.name in self.with_ones]
        return [
            partial(self.kernels.copy, self._values[name], self.with_ones[name][..., :-1]) for name in made
        ]

    def _folded(self, operation: Operation) -> Folded | None:
        x = self.with_ones.get(operation.inputs[0].name) if operation.inputs else None
        return folding.folded(operation, x, self.store, self.uses)

    def _reachable(self) -> list[Operation]:
        """The operations that lead to the loss, in order."""
        wanted = {self.loss}
        for operation in reversed(self.graph.operations):
            if any(out.name in wanted for out in operation.outputs):
                wanted |= {v.name for v in operation.inputs}
        return [op for op in self.graph.operations if any(out.name in wanted for out in op.outputs)]

    def _trained(self) -> set[str]:
        """Names of the values that depend on a parameter: only these have gradients."""
        names = set(self.wrt)
        for operation in self.plan:
            if any(v.name in names for v in operation.differentiable):
                names |= {o.name for o in operation.outputs if o.role is not Role.RANDOM and not o.discrete}
        return names

    def _allocate_gradients(self) -> None:
        if self.loss is None:
            return
        for name, uses in self.uses.items():
            value = self.graph.values[name]
            if self.uses.own(name) is not None:
                self._allocate_through_time(value)
                continue
            if value.role is Role.PARAMETER:
                gradient = self.store.view(name, self.store.grad)
            else:
                gradient = self._zeros(value, self.dtype)
            self._gradients[name] = gradient
            single = len(uses) == 1
            for operation, k in uses:
                self._edges[operation.name, k] = gradient if single else self._zeros(value, self.dtype)
        self._flow_in_place()
        root = self.kernels.xp.ones(self.graph.values[self.loss].concrete(self.batch), self.dtype)
        if (own := self.uses.own(self.loss)) is None:
            self._gradients[self.loss] = root
        else:
            self._end_in_loop(*own, root)

    def _flow_in_place(self) -> None:
        """What flows back through an operation that only reads row by row is the same memory, too."""
        for operation in reversed(self.plan):
            if not operation.reads_in_order or (operation.name, 0) not in self._edges:
                continue
            x, da = operation.inputs[0], self._gradients.get(operation.outputs[0].name)
            if da is None or not da.flags.c_contiguous or x.role is Role.PARAMETER or self.uses.own(x.name):
                continue
            self._edges[operation.name, 0] = same = da.reshape(x.concrete(self.batch))
            if len(self.uses[x.name]) == 1:
                self._gradients[x.name] = same

    def _allocate_through_time(self, value: Value) -> None:
        """Gradients of a value that its own maker uses: it adds its share to what arrives from others."""
        own = self.uses.own(value.name)
        assert own is not None
        operation, k = own
        laid, position = self.laid[operation.name], k - len(operation.inputs)
        others = self.uses.others(value.name)
        self._edges[operation.name, k] = laid.shares[position]
        self._gradients[value.name] = laid.totals[position] if others else laid.shares[position]
        for user, j in others:
            self._edges[user.name, j] = self._zeros(value, self.dtype)
        if others:
            single = len(others) == 1
            first = self._edges[others[0][0].name, others[0][1]]
            self.arriving[value.name] = first if single else self._zeros(value, self.dtype)

    def _end_in_loop(self, operation: Operation, k: int, root: Array) -> None:
        """The gradient is taken of every state of a loop: each begins with 1, and more comes through time."""
        name, position = used(operation, k).name, k - len(operation.inputs)
        totals = self.laid[operation.name].totals
        if position not in totals:
            raise NnlabError(
                _(
                    "{name} is used again inside {layer}, so it is no end to take the gradient of; "
                    "choose what the layer answers",
                    name=name,
                    layer=operation.layer,
                )
            )
        self.arriving[name], self._gradients[name] = root, totals[position]

    def _buffers(self, operation: Operation) -> Buffers:
        return Buffers(
            ins=tuple(self._values[v.name] for v in operation.inputs),
            outs=tuple(self._values[v.name] for v in operation.outputs),
            gouts=tuple(self._arriving(v.name) for v in operation.outputs),
            gins=tuple(self._edges.get((operation.name, k)) for k in range(len(operation.inputs))),
            kernels=self.kernels,
            batch=self.batch,
            dtype=self.dtype,
            training=self.training,
            seed=self.seed,
            clock=self.clock,
            folded=self._folded(operation),
            root=operation.name == self.loss,
            laid=self.laid.get(operation.name),
        )

    def _arriving(self, name: str) -> Array | None:
        """dL/d(value) as far as operations behind its maker know it."""
        return self._gradients.get(name) if self.uses.own(name) is None else self.arriving.get(name)

    def _bind(self) -> None:
        """Fill ``forward_calls``, ``backward_calls`` and the manifest of events."""
        self.events = Manifest(self.uses)
        self.forward_calls: list[Call] = []
        self.backward_calls: list[Call] = []
        self.produced_at: dict[str, int] = {}  # value -> how many forward calls it takes to have it
        whole = self.whole or self.kernels.xp is not np  # a device would only launch more
        cut = stretches(self.plan, self.batch, self.dtype.itemsize, whole)
        bound = [(stretch, [self._buffers(operation) for operation in stretch.operations]) for stretch in cut]
        again = [self._made_since.keys.clear] if any(stretch.leaves_out for stretch in cut) else []
        for stretch, buffers in bound:
            self._bind_forward(stretch, buffers)
        self.forward_calls += again
        if self.loss is None:
            self.calls = self.forward_calls
            return
        for stretch, buffers in reversed(bound):
            self._bind_backward(stretch, buffers)
        self._sum_uses(v for v in self.graph.values.values() if v.name not in self.graph.producers)
        self._clear_what_is_not_asked()
        self.backward_calls += again
        for name, calls in self.gradients.late.items():
            for operation, k in self.uses[name]:
                self.edges.leave_out((operation.name, k), calls)
        self.calls = [unroll(self.forward_calls + self.backward_calls, self.kernels)]

    def _bind_forward(self, stretch: Stretch, buffers: list[Buffers]) -> None:
        self.forward_calls += stretch.forward(buffers, self.values)
        for operation in stretch.operations:
            self.produced_at |= {out.name: len(self.forward_calls) for out in operation.outputs}
            self.events.forward(operation)
        for operation in stretch.operations:
            self.forward_calls += self._copies_with_ones(operation)

    def _bind_backward(self, stretch: Stretch, buffers: list[Buffers]) -> None:
        asked = [op for op, at in zip(stretch.operations, buffers) if any(g is not None for g in at.gins)]
        if not asked:
            return
        self._sum_uses(asked[-1].outputs)
        self.backward_calls += stretch.backward(buffers, self.values, self.gradients)
        for operation in reversed(asked):
            self.events.backward(operation, self.edges, self.gradients)

    def carry(self) -> None:
        """Let every state take what this pass made of it; done where the pending update is applied."""
        for carry in self.carries:
            self.kernels.copy(carry.taken(self.values), self.values[carry.state.name])

    def _clear_what_is_not_asked(self) -> None:
        """Parameters outside ``wrt`` have gradient 0, whatever another program on this store left there."""
        zero = self.kernels.xp.zeros((), self.dtype)
        for value in self.graph.parameters:
            if value.name not in self.uses:
                gradient = self.store.view(value.name, self.store.grad)
                self.backward_calls.append(partial(self.kernels.fill, zero, gradient))

    def _sum_uses(self, values: Iterable[Value]) -> None:
        """Where a value is used more than once, its gradient is the sum over the uses: a call of its own.

        A value that its own maker uses too is summed there, step by step, with the sum over the others.
        """
        for value in values:
            uses, through_time = self.uses.others(value.name), self.uses.own(value.name) is not None
            if len(uses) < 2:
                continue
            first, second, *more = [self._edges[op.name, k] for op, k in uses]
            out = (self.arriving if through_time else self._gradients)[value.name]
            self.backward_calls.append(partial(self.kernels.sum_edges, first, second, out))
            self.backward_calls += [partial(self.kernels.accumulate, edge, out) for edge in more]
            if not through_time:
                self.events.total(value, uses)

    # ------------------------------------------------------------------ running

    def forward(self) -> None:
        for call in self.forward_calls:
            call()

    def run(self) -> None:
        """Forward and backward."""
        for call in self.calls:
            call()

    # ------------------------------------------------------------------ reading

    def address(self, text: str | Address) -> Address:
        """Parse and check an address of a value or a gradient.

        Raises NnlabError for unknown names (nearest suggested), parts, and indices out of range.
        """
        if isinstance(text, Address):
            found = text
        else:
            head, index, tail = split_address(text)
            name, part = self.split_name(head)
            found = Address(name, index, ".".join(p for p in (part, tail) if p))
        value = self.graph.find(found.value)
        check_index(found, value.concrete(self.batch))
        if found.part:
            self._gradient_array(found)
        return found

    def split_name(self, head: str) -> tuple[str, str]:
        """Cut ``dense1.W.grad`` into the longest value name there is, and the part behind it."""
        pieces = head.split(".")
        for cut in range(len(pieces), 0, -1):
            name = ".".join(pieces[:cut])
            if name in self.graph.values:
                return name, ".".join(pieces[cut:])
        raise unknown_name(head, self.graph.values)

    def array(self, name: str, part: str = "") -> Array:
        """A whole value, its gradient (``grad``) or the share of one use (``grad@OP``)."""
        self.graph.find(name)
        return self.values[name] if not part else self._gradient_array(Address(name, (), part))

    def read(self, address: Address) -> float:
        array = self.array(address.value, address.part)
        return float(array[address.index])

    def _gradient_array(self, address: Address) -> Array:
        name, part = address.value, address.part
        if part == "grad" and name in self.gradients:
            return self.gradients[name]
        if (use := self.uses.find(address)) is not None:
            operation, k = use
            return self.edges[operation.name, k]
        if part == "grad":
            raise NnlabError(
                _(
                    "{name} has no gradient here: no parameter stands before it, or no loss behind it",
                    name=name,
                )
            )
        raise NnlabError(_("{name} has no part “{part}”; try grad", name=name, part=part))

    # ------------------------------------------------------------------ explaining

    def explain(self, text: str | Address, step: int | None = None) -> Explanation:
        """The arithmetic behind a value or a gradient of the last pass."""
        return explain(self, self.address(text), self.clock[0] if step is None else step)


def host(array: Array) -> np.ndarray[Any, Any]:
    """A NumPy array of what ``array`` holds, wherever it lives."""
    get = getattr(array, "get", None)
    return np.asarray(get() if get is not None else array)
