"""What one step does, in the order in which it is told: an event for every operation of every pass."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nnlab.engine.operation import Operation
from nnlab.engine.uses import Use, Uses
from nnlab.engine.values import Value


@dataclass(frozen=True, slots=True)
class Event:
    """One operation of one pass: what ran, what it read and what it wrote (addresses of whole values)."""

    index: int
    phase: str  # forward, loss, backward, update
    layer: str
    operation: str
    formula: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


class Manifest(list[Event]):
    """The events of a program; ``uses`` name the shares of gradients that they read and write."""

    def __init__(self, uses: Uses) -> None:
        super().__init__()
        self.uses = uses

    def forward(self, operation: Operation) -> None:
        reads, writes = ([v.name for v in side] for side in (operation.inputs, operation.outputs))
        self._add(operation.phase, operation.layer, operation.kind, operation.formula, reads, writes)

    def backward(
        self, operation: Operation, edges: Collection[tuple[str, int]], gradients: Collection[str]
    ) -> None:
        """The backward pass of ``operation``; ``edges`` and ``gradients`` say what is asked for."""
        reads, writes = [], []
        for position, value in enumerate(operation.outputs):
            k = len(operation.inputs) + position
            if (operation.name, k) in edges:
                others = [self.uses.share_name(*use) for use in self.uses.others(value.name)]
                reads += others
                writes += [self.uses.share_name(operation, k), *([f"{value.name}.grad"] if others else [])]
            elif value.name in gradients:
                reads.append(f"{value.name}.grad")
        inputs = [k for k in range(len(operation.inputs)) if (operation.name, k) in edges]
        writes = [self.uses.share_name(operation, k) for k in inputs] + writes
        formula = operation.backward_formula
        self._add("backward", operation.layer, operation.kind, formula, reads, writes)

    def total(self, value: Value, uses: list[Use]) -> None:
        """A gradient that is the sum over several uses."""
        formula = f"d{value.name} = Σ over its {len(uses)} uses"
        reads = [self.uses.share_name(*use) for use in uses]
        self._add("backward", value.layer, "sum", formula, reads, [f"{value.name}.grad"])

    def _add(
        self, phase: str, layer: str, operation: str, formula: str, reads: list[str], writes: list[str]
    ) -> None:
        self.append(Event(len(self), phase, layer, operation, formula, tuple(reads), tuple(writes)))
