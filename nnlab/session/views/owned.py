"""The operations that a layer, or a part of a layer such as the norm inside a block, is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.moment import Moment


def operations_of(moment: Moment, name: str) -> list[Operation]:
    """The operations of the layer, or of the part of a layer, called ``name``, in order."""
    operations = moment.run.program.graph.operations
    own = [o for o in operations if o.layer == name]
    return own or [o for o in operations if part_name(o) == name]


def part_name(operation: Operation) -> str:
    """The part of its layer that an operation belongs to: its path, or the layer's own ``attention``."""
    return operation.path if operation.path != operation.layer else f"{operation.layer}.attention"
