"""What an answer hangs on: gradients with respect to the input, and what covering parts of it does.

Gradients and gradient × input follow Simonyan, Vedaldi and Zisserman 2014 (arXiv 1312.6034), occlusion Zeiler
and Fergus 2014 (arXiv 1311.2901).  Everything is computed by the network as it is, dropout off.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from nnlab.engine import ops
from nnlab.engine.program import Program, host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.layers import shape_text
from nnlab.network.network import Network
from nnlab.network.wiring import INPUT

Array = np.ndarray[Any, Any]
Output: TypeAlias = int | tuple[int, ...]
"""One number of what the network answers; where it answers at positions, a number k alone is all of them."""


def input_gradients(network: Network, x: Array, outputs: Sequence[Output], **inputs: Array) -> Array:
    """d(output k)/dx for each example: (n, *input_shape), where ``outputs`` (n,) names the k of each.

    ``inputs`` are further inputs by name.  Raises NnlabError where x has another shape, an output does not
    exist, or the input is made of ids.
    """
    return _gradients(network, x, outputs, INPUT, inputs)[INPUT]


def times_input(network: Network, x: Array, outputs: Sequence[Output], **inputs: Array) -> Array:
    """Gradient × input, (n, *input_shape): what each number adds to the output, to first order."""
    return input_gradients(network, x, outputs, **inputs) * np.asarray(x, np.float32)


def through_embedding(
    network: Network, x: Array, outputs: Sequence[Output], **inputs: Array
) -> tuple[Array, Array]:
    """Of ids ``x`` (n, T): d(output k)/d(embedded x), and what they are embedded as, each (n, T, size).

    Raises NnlabError where no embedding reads the input.
    """
    found = [
        operation.outputs[0].name
        for operation in network.graph.operations
        if isinstance(operation, ops.Embedding) and operation.inputs[0].name == INPUT
    ]
    if not found:
        raise NnlabError(
            _("no embedding reads the input, so there is nothing that a gradient could lead back to")
        )
    gradients = _gradients(network, x, outputs, found[0], inputs)
    return gradients[found[0]], network.values(found[0], x, **inputs)


def occlusion(
    network: Network,
    x: Array,
    output: Output,
    patch: tuple[int, ...] = (1, 1),
    fill: Any = 0.0,
    **inputs: Array,
) -> Array:
    """How much an output falls when a patch of one example is covered by ``fill``.

    ``x`` is the example with as many axes in front as ``patch`` has, such as (height, width) or (height,
    width, channels) for a patch of two, whatever shape the network takes it in; ``fill`` is a number or has
    the shape of ``x``.  The answer has the shape of those axes, each number the mean over the patches that
    cover the place.  ``inputs`` are the further inputs of this example, by name.

    Raises NnlabError where the patch is larger than the example.
    """
    example = np.asarray(x, np.float32)
    sides = example.shape[: len(patch)]
    if any(small > side for small, side in zip(patch, sides)):
        raise NnlabError(
            _(
                "a patch of {patch} does not fit into a picture of {size}",
                patch=shape_text(patch),
                size=shape_text(sides),
            )
        )
    corners = list(product(*(range(side - small + 1) for side, small in zip(sides, patch))))
    patches = [tuple(slice(at, at + small) for at, small in zip(corner, patch)) for corner in corners]
    covered = np.repeat(example[None], len(patches) + 1, axis=0)
    filled = np.broadcast_to(np.asarray(fill, np.float32), example.shape)
    for copy, place in zip(covered[1:], patches):
        copy[place] = filled[place]
    columns = {name: np.repeat(column[None], len(covered), axis=0) for name, column in inputs.items()}
    rows = covered.reshape(-1, *network.input_shape)
    answers = network.predict(rows, **columns)[(slice(None), *index_of(network, output))]
    answers = answers.reshape(len(covered), -1).sum(axis=1)
    falls, count = np.zeros(sides), np.zeros(sides)
    for fall, place in zip(answers[0] - answers[1:], patches):
        falls[place] += fall
        count[place] += 1
    return np.asarray(falls / count)


def index_of(network: Network, output: Output) -> tuple[Any, ...]:
    """The index of ``output`` in one answer; raises NnlabError where there is no such number."""
    index = (output,) if isinstance(output, int) else tuple(output)
    shape = network.output_shape
    sizes = shape if len(index) == len(shape) else shape[-1:]
    fits = len(index) in (1, len(shape)) and all(0 <= k < size for k, size in zip(index, sizes))
    if not fits and len(index) == 1:
        raise NnlabError(
            _("the network has outputs from 0 to {last}, not {output}", last=shape[-1] - 1, output=index[0])
        )
    if not fits:
        raise NnlabError(
            _(
                "the network has no output {output}; it answers with shape {shape}, counted from 0",
                output=",".join(map(str, index)),
                shape=shape_text(shape),
            )
        )
    return index if len(index) == len(shape) else (Ellipsis, *index)


def _gradients(
    network: Network, x: Array, outputs: Sequence[Output], wanted: str, inputs: dict[str, Array]
) -> dict[str, Array]:
    """d(output)/d(``wanted``), by its name, for each example."""
    program = reader(network, x, network.output, wanted, inputs)
    if len(outputs) != len(x):
        raise NnlabError(
            _(
                "one output is needed for each of {n} examples, not {given}",
                n=len(x),
                given=len(outputs),
            )
        )
    counts = program.gradients[network.output]
    counts[...] = 0
    for row, output in enumerate(outputs):
        counts[(row, *index_of(network, output))] = 1
    with np.errstate(all="ignore"):  # a diverged network is told by its numbers
        program.run()
    return {wanted: host(program.gradients[wanted]).copy()}


def reader(
    network: Network, x: Array, root: str, wanted: str = INPUT, inputs: dict[str, Array] | None = None
) -> Program:
    """A program for the gradient of ``root`` with respect to ``wanted``, filled with ``x`` and ``inputs``.

    Raises NnlabError where the gradient is asked for ids, or no gradient leads there.
    """
    if wanted in network.id_inputs:
        raise NnlabError(
            _("the input is made of ids, and ids have no gradient; look at the embedding behind them")
        )
    columns = {INPUT: network.checked(x)}
    columns |= {name: network.checked(column, name) for name, column in (inputs or {}).items()}
    program = Program(
        network.graph, network.on_host(), len(columns[INPUT]), loss=root, wrt={wanted}, training=False
    )
    for name, column in columns.items():
        program.values[name][...] = column
    if wanted not in program.gradients:
        raise NnlabError(_("no gradient leads from {unit} to the input", unit=root))
    return program
