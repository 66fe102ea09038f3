"""The second half of a network by itself: what it makes of a value that is given instead of computed."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.engine.program import Program
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.network import Network

Array = np.ndarray[Any, Any]


def decode(network: Network, name: str, codes: Array) -> Array:
    """The output (n, *output_shape) where value ``name`` is ``codes`` (n, …), everything behind it computed.

    What stands beside the value's way to the output and reads the input reads zeros.  Raises NnlabError where
    there is no such value, or codes have another shape.
    """
    value = network.graph.find(name)
    given = np.asarray(codes, np.float32)
    if given.shape[1:] != value.concrete(1)[1:]:
        raise NnlabError(
            _(
                "{name} takes {expected} numbers, not {given}",
                name=name,
                expected=value.size,
                given=int(np.prod(given.shape[1:])),
            )
        )
    program = Program(network.graph, network.on_host(), len(given), training=False, whole=True)
    with np.errstate(all="ignore"):
        program.forward()
        done = program.produced_at.get(name, 0)
        program.values[name][...] = given
        for call in program.forward_calls[done:]:
            call()
    return np.array(program.values[network.output], np.float64)


def narrowest(network: Network) -> str:
    """The value all information goes through that has fewest numbers: the code of an autoencoder.

    Of a sampled code the means.  Empty where no hidden layer is narrower than both input and output.
    """
    ends = min(int(np.prod(network.input_shape)), int(np.prod(network.output_shape)))
    graph = network.graph
    drawn = next((op for op in graph.operations if op.kind == "gaussian_sample"), None)
    if drawn is not None:
        return drawn.inputs[0].name
    best, least = "", ends
    for operation in graph.operations:
        value = operation.outputs[0]
        if value.name != network.output and len(value.shape) == 2 and 1 < value.size < least:
            best, least = value.name, value.size
    return best
