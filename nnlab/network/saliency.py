"""What an answer hangs on: gradients with respect to the input, occlusion, inputs that excite a unit most.

Gradients and gradient × input follow Simonyan, Vedaldi and Zisserman 2014 (arXiv 1312.6034), occlusion Zeiler
and Fergus 2014 (arXiv 1311.2901).  Everything is computed by the network as it is, dropout off.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.program import Program, check_index, host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.network import Network
from nnlab.network.wiring import INPUT

Array = np.ndarray[Any, Any]


def input_gradients(network: Network, x: Array, outputs: Sequence[int]) -> Array:
    """d(output k)/dx for each example: (n, *input_shape), where ``outputs`` (n,) names the k of each.

    Raises NnlabError where x has another shape, an output does not exist, or the input is made of ids.
    """
    program = _reader(network, x, _output(network))
    counts = program.gradients[_output(network)]
    if len(outputs) != len(x) or not all(0 <= k < network.output_shape[-1] for k in outputs):
        raise NnlabError(
            _(
                "one output from 0 to {last} is needed for each of {n} examples, not {given}",
                last=network.output_shape[-1] - 1,
                n=len(x),
                given=list(outputs)[:8],
            )
        )
    counts[...] = 0
    for row, k in enumerate(outputs):
        counts[row, ..., k] = 1
    program.run()
    return host(program.gradients[INPUT]).copy()


def times_input(network: Network, x: Array, outputs: Sequence[int]) -> Array:
    """Gradient × input, (n, *input_shape): what each number adds to the output, to first order."""
    return input_gradients(network, x, outputs) * np.asarray(x, np.float32)


def occlusion(
    network: Network, x: Array, output: int, patch: tuple[int, int] = (1, 1), fill: float = 0.0
) -> Array:
    """How much output ``output`` falls when a patch of one example is covered by ``fill``.

    ``x`` (height, width) or (height, width, channels) is the example as a picture, whatever shape the network
    takes it in; the answer is (height, width), each number the mean over the patches that cover the place.

    Raises NnlabError where the patch is larger than the picture.
    """
    picture = np.asarray(x, np.float32)
    height, width = picture.shape[:2]
    if patch[0] > height or patch[1] > width:
        raise NnlabError(
            _(
                "a patch of {patch} does not fit into a picture of {size}",
                patch="×".join(map(str, patch)),
                size=f"{height}×{width}",
            )
        )
    places = list(product(range(height - patch[0] + 1), range(width - patch[1] + 1)))
    covered = np.repeat(picture[None], len(places) + 1, axis=0)
    for copy, (row, column) in zip(covered[1:], places):
        copy[row : row + patch[0], column : column + patch[1]] = fill
    answers = network.predict(covered.reshape(-1, *network.input_shape)).reshape(len(covered), -1)[:, output]
    falls, count = np.zeros((height, width)), np.zeros((height, width))
    for fall, (row, column) in zip(answers[0] - answers[1:], places):
        falls[row : row + patch[0], column : column + patch[1]] += fall
        count[row : row + patch[0], column : column + patch[1]] += 1
    return np.asarray(falls / count)


def maximise(
    network: Network,
    unit: str,
    steps: int = 100,
    rate: float = 0.1,
    decay: float = 0.01,
    start: Array | None = None,
) -> tuple[Array, list[float]]:
    """An input that excites one number most, and how excited it was after each step.

    ``unit`` is an address without the example, such as ``conv1.a[2,3,0]`` or ``dense2.z[7]``.  Each step goes
    ``rate`` along the gradient's direction and shrinks the input by ``decay``; ``start`` (*input_shape) is
    zeros unless given.

    Raises NnlabError where there is no such number, or no gradient leads from it to the input.
    """
    from nnlab.engine.address import split_address

    name, index, _part = split_address(unit)
    value = network.graph.find(name)
    x = (
        np.zeros((1, *network.input_shape), np.float32)
        if start is None
        else np.asarray(start, np.float32)[None]
    )
    program = _reader(network, x, name)
    address = Address(name, (0, *index))
    check_index(address, value.concrete(1))
    counts = program.gradients[name]
    counts[...] = 0
    counts[address.index] = 1
    if INPUT not in program.gradients:
        raise NnlabError(_("no gradient leads from {unit} to the input", unit=unit))
    excited = []
    for _step in range(steps):
        program.run()
        gradient = program.gradients[INPUT]
        length = float(np.sqrt((gradient**2).sum()))
        program.values[INPUT][...] *= 1 - decay
        program.values[INPUT][...] += rate * gradient / (length or 1.0)
        program.forward()
        excited.append(program.read(address))
    return host(program.values[INPUT])[0].copy(), excited


def strongest(network: Network, x: Array, unit: str, most: int = 8) -> list[tuple[int, float]]:
    """The rows of ``x`` that excite ``unit`` most, each with how much, the strongest first."""
    from nnlab.engine.address import split_address

    name, index, _part = split_address(unit)
    found: Array = network.values(name, x)[(slice(None), *index)]  # type: ignore[arg-type]
    if found.ndim != 1:
        raise NnlabError(_("{unit} is not one number of an example; give the whole index", unit=unit))
    order = np.argsort(-found, kind="stable")[:most]
    return [(int(row), float(found[row])) for row in order]


def _output(network: Network) -> str:
    return network.graph.operations[-1].outputs[0].name


def _reader(network: Network, x: Array, root: str) -> Program:
    """A program for the gradient of ``root`` with respect to the input, filled with ``x``."""
    if INPUT in network.id_inputs:
        raise NnlabError(
            _("the input is made of ids, and ids have no gradient; look at the embedding behind them")
        )
    rows = network.checked(x)
    store = network.store.twin()
    store.theta[...] = network.now.theta
    store.put_states(network.now.states)
    program = Program(network.graph, store, len(rows), loss=root, wrt={INPUT}, training=False)
    program.values[INPUT][...] = store.xp.asarray(rows)
    return program
