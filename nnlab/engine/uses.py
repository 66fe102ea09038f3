"""Where values are used: every use sends back its own share of a gradient.

A use is (operation, k): input k of the operation, or, from ``len(inputs)`` on, one of its own outputs, which
it reads again at the next moment of a loop over time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

from nnlab.engine.address import Address
from nnlab.engine.operation import Operation
from nnlab.engine.values import Value

Use: TypeAlias = tuple[Operation, int]


def used(operation: Operation, k: int) -> Value:
    """The value that use (operation, k) reads."""
    inputs = operation.inputs
    return inputs[k] if k < len(inputs) else operation.outputs[k - len(inputs)]


def _reached(plan: Sequence[Operation], root: str | None) -> set[str | None]:
    """The names of the values that a gradient of ``root`` flows back to."""
    reached = {root}
    for operation in reversed(plan):
        if any(out.name in reached for out in operation.outputs):
            reached |= {value.name for value in operation.differentiable}
    return reached


class Uses(dict[str, list[Use]]):
    """The uses of every value that a gradient is asked for, by the value's name."""

    @staticmethod
    def of(plan: Sequence[Operation], trained: Collection[str], root: str | None) -> Uses:
        """Those through which a gradient of ``root`` flows: what only leads to a detach has none."""
        found, reached = Uses(), _reached(plan, root)
        for operation in plan:
            if not any(out.name in reached for out in operation.outputs):
                continue
            for k, value in enumerate(operation.inputs):
                if value.name in trained and value in operation.differentiable:
                    found.setdefault(value.name, []).append((operation, k))
            for position in operation.own_uses:
                name = operation.outputs[position].name
                if name in trained:
                    found.setdefault(name, []).append((operation, len(operation.inputs) + position))
        return found

    def own(self, name: str) -> Use | None:
        """The use of the value by the operation that makes it, if there is one."""
        return next(((op, k) for op, k in self.get(name, []) if k >= len(op.inputs)), None)

    def others(self, name: str) -> list[Use]:
        """Its uses by other operations."""
        return [(op, k) for op, k in self.get(name, []) if k < len(op.inputs)]

    def label(self, operation: Operation, k: int) -> str:
        """The layer that uses the value, ``dense2``; where that is not enough, ``dense2.z`` or ``mul1.1``.

        A layer inside another is named by its path, ``block1.ff1``.

        An operation is named by its first output where its layer uses the value in several operations, and
        the number of the input is added where one operation reads the value twice.
        """
        name = used(operation, k).name
        users = {user for user, _k in self[name] if user.path == operation.path}
        label = operation.path if len(users) == 1 else operation.name
        twice = sum(v.name == name for v in operation.inputs) > 1
        return f"{label}.{k}" if twice else label

    def share_name(self, operation: Operation, k: int) -> str:
        """``NAME.grad``, or ``NAME.grad@USE`` where that is not the only use."""
        name = used(operation, k).name
        return f"{name}.grad" if len(self[name]) == 1 else f"{name}.grad@{self.label(operation, k)}"

    def find(self, address: Address) -> Use | None:
        """The use that an address ``NAME.grad@USE`` names; None for other parts."""
        for operation, k in self.get(address.value, []):
            if address.part == f"grad@{self.label(operation, k)}":
                return operation, k
        return None

    def shares(self, address: Address) -> list[Address]:
        """The addresses of dL/d(value) for every use of the value."""
        return [address.of(f"grad@{self.label(op, k)}") for op, k in self.get(address.value, [])]
