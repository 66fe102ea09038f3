"""Data that answer back: batches that depend on the network that learns from them.

Most data are there before a run.  Where an agent learns from what it does, or a network from labels it gives
itself, the batch of a step is a function of (parameters at the step's start, seed, step), so a replay makes
the same one again and nothing has to be recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

from nnlab.engine.address import Address
from nnlab.engine.expression import Expression

Array = NDArray[Any]
Columns = Mapping[str, Array]
"""A batch by the names of the values it is for, ``input``, ``target`` and further inputs: (B, …) each."""
Ask = Callable[[], Array]
"""() → what the network answers to the batch as it is filled so far, (B, …); of classes probabilities."""
Draw = Callable[[Array], Array]
"""Fills an array with uniforms of [0, 1) that belong to the seed and the step."""


class Told(NamedTuple):
    """Why a number of a batch is what it is: the rule, the arithmetic where there is any, a sentence."""

    formula: str
    expression: Expression | None
    note: str


class Story(NamedTuple):
    """An example that was made, as a table of texts; ``right`` has an ``r`` for each column of numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: str


class Live(Protocol):
    """What makes batches out of the answers of a network.

    ``loss`` is the usual one for such data and ``metric`` what an evaluation measures, "" for those of the
    task.  ``rule`` says in short how a batch is made, ``writes`` which of its columns are.  ``ahead`` says
    that the network may look at all of an example; where it is False an answer must not depend on what comes
    later, since that is not there yet when it is given.
    """

    @property
    def loss(self) -> str: ...
    @property
    def metric(self) -> str: ...
    @property
    def ahead(self) -> bool: ...
    @property
    def rule(self) -> str: ...
    @property
    def writes(self) -> tuple[str, ...]: ...

    def fill(self, batch: Columns, ask: Ask, draw: Draw, step: int) -> None:
        """Write a batch of step ``step`` in place; the columns hold the rows of the data that are due."""
        ...

    def score(self, batch: Columns) -> float:
        """The metric of a filled batch."""
        ...

    def story(self, values: Columns, n: int) -> Story:
        """Example ``n`` of the current batch, moment by moment, from the values of the last pass."""
        ...

    def explain(self, batch: Columns, address: Address) -> Told | None:
        """Why the number at ``address`` of a filled batch is what it is; None where the data gave it."""
        ...
