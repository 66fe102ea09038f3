"""Named values and the graph that connects them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import nearby

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation

BATCH = -1
"""Stands in a shape for the batch axis, whose length a program decides."""


def shape_text(shape: Sequence[int]) -> str:
    """A shape as people write it: 28×28×1."""
    return "×".join(map(str, shape)) if shape else "1"


class Role(StrEnum):
    INPUT = "input"
    TARGET = "target"
    PARAMETER = "parameter"
    STATE = "state"
    RANDOM = "random"
    INTERMEDIATE = "intermediate"
    LOSS = "loss"


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A named array of the graph, without memory: programs allocate it per batch size.

    ``shape`` may hold :data:`BATCH`.  ``init`` names the initialiser of a parameter or a state
    (:mod:`nnlab.engine.initializers`), ``layer`` the layer it is shown under.  A ``discrete`` value holds
    whole numbers, such as the ids of words; it has no gradient.  ``levels`` is how many different ones there
    are, from 0 on, where that is known.
    """

    name: str
    shape: tuple[int, ...]
    role: Role
    layer: str
    init: str = ""
    discrete: bool = False
    levels: int = 0

    @property
    def by_row(self) -> bool:
        """Whether it has a row for each example of the batch."""
        return self.shape[:1] == (BATCH,)

    def concrete(self, batch: int) -> tuple[int, ...]:
        return tuple(batch if n == BATCH else n for n in self.shape)

    @property
    def size(self) -> int:
        """Number of elements for one example."""
        count = 1
        for n in self.shape:
            count *= 1 if n == BATCH else n
        return count


@dataclass(frozen=True, slots=True)
class Carry:
    """``state`` takes the numbers of ``following`` when the step is over.

    Of a sequence (batch, time, …) it takes those of one ``moment``.
    """

    following: Value
    state: Value
    moment: int | None = None

    def taken(self, values: Mapping[str, Any]) -> Any:
        """What the state will be, from the arrays of a pass by name."""
        array = values[self.following.name]
        return array if self.moment is None else array[:, self.moment]


@dataclass(slots=True)
class Graph:
    """Values and the operations between them, in the order they run.

    >>> from nnlab.engine.ops import Dense
    >>> graph = Graph()
    >>> x = graph.value("input", (BATCH, 2), Role.INPUT)
    >>> W = graph.value("dense1.W", (2, 3), Role.PARAMETER, "dense1", init="glorot")
    >>> (z,) = graph.apply(Dense("dense1"), x, W)
    >>> z.name, z.shape
    ('dense1.z', (-1, 3))
    """

    values: dict[str, Value] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    producers: dict[str, tuple[Operation, int]] = field(default_factory=dict)
    carries: list[Carry] = field(default_factory=list)
    costs: list[tuple[Value, float]] = field(default_factory=list)
    """Numbers (no axes) that layers add to the loss, each with its weight in it."""
    _prefix: str = ""

    def value(
        self,
        name: str,
        shape: Sequence[int],
        role: Role,
        layer: str | None = None,
        init: str = "",
        discrete: bool = False,
        levels: int = 0,
    ) -> Value:
        if self._prefix:
            if role in (Role.PARAMETER, Role.STATE):
                return self.find(name)
            name = self._prefix + name
        if name in self.values:
            raise NnlabError(_("two values are both called {name}; give each layer its own name", name=name))
        shown_under = (layer if layer is not None else name).partition(".")[0]
        made = Value(name, tuple(shape), role, shown_under, init, discrete, levels)
        self.values[name] = made
        return made

    def apply(self, operation: Operation, *inputs: Value) -> tuple[Value, ...]:
        """Add ``operation`` behind ``inputs`` and return its outputs, shapes inferred."""
        operation.inputs = inputs
        outputs = []
        for position, (suffix, shape, role) in enumerate(operation.infer(inputs)):
            name = operation.output_name(suffix)
            levels = operation.levels(position)
            made = self.value(name, shape, role, operation.layer, discrete=levels > 0, levels=levels)
            self.producers[made.name] = (operation, position)
            outputs.append(made)
        operation.outputs = tuple(outputs)
        self.operations.append(operation)
        return operation.outputs

    @contextmanager
    def again(self, prefix: str) -> Iterator[None]:
        """Layers built inside use the parameters that are there; what they compute is called ``prefix.…``.

        So a discriminator judges real examples and made ones with one set of weights.
        """
        before, self._prefix = self._prefix, f"{prefix}."
        try:
            yield
        finally:
            self._prefix = before

    def carry(self, following: Value, state: Value, moment: int | None = None) -> None:
        """Let ``state`` take the numbers of ``following`` when the step is over, with the pending update.

        So a state, like a parameter, is the same all through the step that reads it.  Where ``following`` is
        a sequence, ``moment`` says which one of it.
        """
        self.carries.append(Carry(following, state, moment))

    @property
    def parameters(self) -> list[Value]:
        return [v for v in self.values.values() if v.role is Role.PARAMETER]

    @property
    def states(self) -> list[Value]:
        """The states that belong to the network, the same for every example."""
        return [v for v in self.values.values() if v.role is Role.STATE and not v.by_row]

    @property
    def streams(self) -> list[Value]:
        """The states with a row for each example, which go on from batch to batch."""
        return [v for v in self.values.values() if v.role is Role.STATE and v.by_row]

    def find(self, name: str) -> Value:
        try:
            return self.values[name]
        except KeyError:
            raise unknown_name(name, self.values) from None


def unknown_name(name: str, known: Any) -> NnlabError:
    """The error for a name nobody knows, with the nearest ones that exist."""
    near = nearby(name, known) or sorted(known)[:6]
    return NnlabError(
        _("there is no value called “{name}”; nearest: {near}", name=name, near=", ".join(near))
    )
