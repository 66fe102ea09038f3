"""What stands at each step of a sequence, as people read it: a word, a sign, a few numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.conv import Convolution
from nnlab.engine.values import Role
from nnlab.session.figures import Scale

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.engine.values import Graph, Value
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
NOTHING = "·"
"""Stands where a row is filled up."""
BEGINNING = "<s>"
"""Stands where nothing was written yet."""
SPOKEN = {"": NOTHING, "\n": "⏎", " ": "␣"}


@dataclass(frozen=True, eq=False)
class Steps:
    """``names`` say what stands at each of T steps.  ``value`` is the input they are read from.

    ``numbers`` (T, C) is what goes in where that are numbers, None for words; ``padding`` (T,) marks the
    steps that only fill the row up.
    """

    value: str
    names: tuple[str, ...]
    numbers: Array | None
    padding: Array

    def place(self, row: int, step: int, number: int = 0) -> Address:
        """The address of what goes in at ``step``."""
        return Address(self.value, (row, step) if self.numbers is None else (row, step, number))


def words(ids: Array, vocabulary: tuple[str, ...]) -> tuple[str, ...]:
    """Each of ``ids`` (T,) as its token; numbers where there is no vocabulary, ``·`` where nothing is."""
    known = range(len(vocabulary))
    tokens = [vocabulary[k] if k in known else str(k) if k >= 0 else "" for k in ids.astype(int).tolist()]
    return tuple(SPOKEN.get(token, token) for token in tokens)


def source(graph: Graph, name: str) -> Value | None:
    """The input that the steps of value ``name`` (batch, T, …) come from: the first with as many steps on the
    way back through first operands; None where there is none.
    """
    value = graph.values.get(name)
    steps = None if value is None else value.shape[1:2]
    makers = _makers(graph)
    while value is not None:
        if value.shape[1:2] != steps:
            return None
        if value.role is Role.INPUT:
            return value
        operands = makers.get(value.name)
        value = operands[0] if operands else None
    return None


def _makers(graph: Graph) -> dict[str, tuple[Value, ...]]:
    """What every value is made from, by its name."""
    return {value.name: o.inputs for o in graph.operations for value in o.outputs}


def steps_of(moment: Moment, name: str) -> Steps | None:
    """What stands at the steps of value ``name`` (batch, T, …) of the example shown."""
    found = source(moment.run.program.graph, name)
    if found is None or len(found.shape) < 2:
        return None
    array = np.asarray(read(moment, found.name))
    return steps_in(moment.data, found.name, array)


def read(moment: Moment, name: str) -> Array:
    """The row of input ``name`` that is shown."""
    if name == "input":
        return moment.input
    batch = moment.array(name)
    return np.asarray(moment.data.inputs[name][moment.dataset_row] if batch is None else batch[moment.row])


def steps_in(data: Dataset, name: str, array: Array) -> Steps | None:
    """The steps of one row (T,) of ids or (T, …) of numbers of input ``name``; None for pictures and rows of
    features.  Ids of nothing behind the last word are padding; one in front begins the row.
    """
    vocabulary = data.vocabulary if name == "input" else data.vocabulary_of(name)
    if vocabulary and array.ndim == 1:
        padding = np.zeros(len(array), bool)
        if vocabulary[0] == "" and array.any():
            padding[np.flatnonzero(array)[-1] + 1 :] = True
        return Steps(name, words(array, vocabulary), None, padding)
    if name != "input" or data.axes[:1] not in (("step",), ("sample",)):
        return None
    numbers = array.reshape(len(array), -1)
    scale = Scale.of(numbers)
    if numbers.shape[1] == 1:
        names = tuple(scale.bare(float(value)) for value in numbers[:, 0])
    else:
        names = tuple(map(str, range(len(numbers))))
    return Steps(name, names, numbers, np.zeros(len(numbers), bool))


def names_at(moment: Moment, name: str) -> tuple[str, ...]:
    """One name for every step of value ``name`` (batch, T, …): its word, those that a convolution has joined,
    or numbers from 0 where nothing is known.  What was written so far begins with ``<s>``.
    """
    length = moment.shape(name)[1]
    found = _named(moment, name)
    return found if len(found) == length else tuple(map(str, range(length)))


def _named(moment: Moment, name: str) -> tuple[str, ...]:
    """The names of steps; none where they are not known."""
    steps = steps_of(moment, name)
    if steps is not None:
        if moment.own and steps.value == "input":
            steps = replace(steps, names=tuple(_read(moment, steps.names)))
        begins = steps.value == "previous" and steps.names[:1] == (NOTHING,)
        return (BEGINNING, *steps.names[1:]) if begins else steps.names
    window = _window(moment.run.program.graph, name)
    before = _named(moment, window.inputs[0].name) if window is not None else ()
    if window is None or len(before) != window.window[0].length:
        return ()
    axis = window.window[0]
    return tuple(" ".join(before[at] for _tap, at in axis.looks(o)) for o in range(axis.positions))


def _read(moment: Moment, names: tuple[str, ...]) -> Iterator[str]:
    """Behind the end of a text of one's own there is nothing, whatever id fills the row."""
    for k, name in enumerate(names):
        yield name if k < moment.length else NOTHING


def _window(graph: Graph, name: str) -> Convolution | None:
    """The convolution along a sequence that value ``name`` comes from through first operands."""
    value = graph.values.get(name)
    while value is not None:
        operation = next((o for o in graph.operations if value in o.outputs), None)
        if isinstance(operation, Convolution) and len(operation.window) == 1:
            return operation
        value = operation.inputs[0] if operation is not None and operation.inputs else None
    return None
