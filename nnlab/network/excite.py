"""What excites a unit: the examples that do so most, and an input made for it.

A unit is one number of a value, ``dense1.a[5]`` or ``conv1.a[2,3,0]``; with one index alone where the value
has more axes it is a channel, ``conv1.a[3]``, which every place has a number of.  A layer's name stands for
what it gives on.  Inputs are made by activation maximisation (Erhan, Bengio, Courville and Vincent 2009,
Visualizing Higher-Layer Features of a Deep Network); everything is computed by the network as it is, dropout
off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.engine.address import Address, check_index, split_address
from nnlab.engine.health import require_finite
from nnlab.engine.program import host
from nnlab.engine.values import Role
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.network import PREDICT_ROWS, Network
from nnlab.network.saliency import reader
from nnlab.network.wiring import INPUT

Array = np.ndarray[Any, Any]
GIVEN_ON = ("a", "h", "z")
"""What a layer gives on is the last of its values with one of these names, the first one preferred."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One number of ``value`` where ``index`` is complete, else the channel that ``index`` alone names."""

    value: str
    index: tuple[int, ...]
    channel: bool

    def __str__(self) -> str:
        return str(Address(self.value, self.index))

    @property
    def places(self) -> tuple[Any, ...]:
        """The index of the unit's numbers in a batch of values (n, …)."""
        return (slice(None), *([Ellipsis] if self.channel else []), *self.index)


@dataclass(frozen=True, slots=True)
class Hit:
    """A row, how much it excites the unit, and where: the place of a channel that is excited most."""

    row: int
    value: float
    place: tuple[int, ...] = ()


def given_on(network: Network, layer: str) -> str:
    """The name of the value that ``layer`` gives on; ``layer`` itself where it is no layer's name."""
    names = [
        value.name
        for value in network.graph.values.values()
        if value.layer == layer and value.role is not Role.PARAMETER and not value.discrete
    ]
    for end in GIVEN_ON:
        if fitting := [name for name in names if name.rpartition(".")[2] == end]:
            return fitting[-1]
    return layer


def find_unit(network: Network, text: str) -> Unit:
    """The unit called ``text``; raises NnlabError where there is none such."""
    name, index, part = split_address(text)
    if part:
        raise NnlabError(_("{unit} is not a unit; write one like dense1.a[0] or conv1.a[3]", unit=text))
    value = network.graph.find(given_on(network, name))
    shape = value.concrete(1)[1:]
    channel = len(index) == 1 and len(shape) > 1
    if not index or (not channel and len(index) != len(shape)):
        raise NnlabError(_("{unit} is not one number of an example; give the whole index", unit=text))
    check_index(Address(value.name, (0, *index)), (1, shape[-1]) if channel else (1, *shape))
    return Unit(value.name, index, channel)


def strongest(network: Network, x: Array, unit: str, most: int = 8, **inputs: Array) -> list[Hit]:
    """The rows of ``x`` that excite ``unit`` most, the strongest first; a channel by its strongest place.

    Raises NnlabError where there is no such unit, or its numbers are not finite.
    """
    found = find_unit(network, unit)
    values, places = [], []
    for start in range(0, len(x), PREDICT_ROWS):  # maps of all rows at once may be larger than memory
        rows = slice(start, start + PREDICT_ROWS)
        chunk = {name: column[rows] for name, column in inputs.items()}
        numbers = network.values(found.value, x[rows], **chunk)[found.places]
        shape, flat = numbers.shape[1:], numbers.reshape(len(numbers), -1)
        best = flat.argmax(axis=1)
        values.append(flat[np.arange(len(flat)), best])
        places.append(np.stack(np.unravel_index(best, shape), axis=1) if shape else best[:, None][:, :0])
    excited, where = np.concatenate(values), np.concatenate(places)
    require_finite(excited)
    order = np.argsort(-excited, kind="stable")[:most]
    return [Hit(int(row), float(excited[row]), tuple(map(int, where[row]))) for row in order]


def maximise(
    network: Network,
    unit: str,
    steps: int = 100,
    rate: float = 0.1,
    decay: float = 0.01,
    start: Array | None = None,
) -> tuple[Array, list[float]]:
    """An input that excites a unit most, and how excited it was after each step; a channel by its mean.

    Each step goes ``rate`` along the gradient's direction and shrinks the input by ``decay``; ``start``
    (*input_shape) is zeros unless given.

    Raises NnlabError where there is no such unit, no gradient leads from it to the input, or the network's
    numbers are not finite.
    """
    found = find_unit(network, unit)
    blank = np.zeros(network.input_shape, np.float32)
    x = (blank if start is None else np.asarray(start, np.float32))[None]
    program = reader(network, x, found.value)
    counts, numbers = program.gradients[found.value], program.values[found.value]
    counts[...] = 0
    counts[found.places] = 1 / numbers[found.places].size
    excited = []
    for _step in range(steps):
        program.run()
        gradient = program.gradients[INPUT]
        length = float(np.sqrt((gradient**2).sum()))
        program.values[INPUT][...] *= 1 - decay
        program.values[INPUT][...] += rate * gradient / (length or 1.0)
        program.forward()
        excited.append(float(numbers[found.places].mean()))
    made = host(program.values[INPUT])[0].copy()
    require_finite(made)
    return made, excited
