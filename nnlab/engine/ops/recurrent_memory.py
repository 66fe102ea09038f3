"""How the numbers of a recurrent layer lie in memory: time first, gates of a moment one behind the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nnlab.engine.operation import Array, Laid

if TYPE_CHECKING:
    from nnlab.engine.ops.recurrent import Recurrent

Zeros = Callable[..., Array]


@dataclass(slots=True)
class Memory:
    """The arrays of a layer in one program, in the order of the loop; a step of each is one piece of memory.

    ``x`` (T, B, C + 1) ends in a column of ones for the biases, ``h`` (T + 1, B, H) begins with the initial
    state, ``z`` and ``gates`` (T, G, B, H) are pre-activations and activations.  Of the gradients, ``dz``
    (T, B, G·H) is laid out for products; ``through`` (T, B, H) is dL/dh as far as it flows through the layer
    itself, ``dh`` all of it.  ``more`` is what one kind of layer has beyond that.
    """

    x: Array
    h: Array
    z: Array
    gates: Array
    dz: Array = None
    dgates: Array = None
    through: Array = None
    dh: Array = None
    more: dict[str, Array] = field(default_factory=dict)


def laid_out(op: Recurrent, batch: int, zeros: Zeros, gradients: bool) -> Laid:
    """The outputs of ``op``, and what flows back to them where ``gradients`` are asked for."""
    T, H, G = op.moments.time, op.units, len(op.gates)
    memory = Memory(
        x=zeros(T, batch, op.inputs[0].shape[2] + 1),
        h=zeros(T + 1, batch, H),
        z=zeros(T, G, batch, H),
        gates=zeros(T, G, batch, H),
    )
    memory.x[..., -1] = 1
    if gradients:
        memory.dz = zeros(T, batch, G * H)
        memory.dgates = zeros(T, G, batch, H)
        memory.through = zeros(T, batch, H)
        memory.dh = zeros(T, batch, H) if op.every else memory.through
    op.lay_out_more(memory, zeros, gradients)
    view = op.moments.view
    values = {op.suffixes.index(s): view(array) for s, array in op.shown(memory).items()}
    if op.every:
        del values[0]  # others read h, so it lies as they expect
    if not gradients:
        return Laid(values, {}, {}, memory)
    flows = op.shown_gradients(memory)
    shares = {op.suffixes.index(s): view(array) for s, array in flows.items()}
    return Laid(values, shares, {0: view(memory.dh)} if op.every else {}, memory)
