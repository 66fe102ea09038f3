"""The data of a run in its precision and where its programs compute: made once, shared by its branches.

A session branches at every knob that is turned and keeps the runs before it for undo, so none of them may
have a copy of the data of its own.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from nnlab.data import Dataset
from nnlab.engine.kernels import Kernels
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network
from nnlab.network.wiring import INPUT
from nnlab.training.config import RunConfig
from nnlab.training.distillation import TEACHER, distils, soft_targets
from nnlab.training.targets import targets

Array = Any
Columns: TypeAlias = dict[str, Array]
TARGET = "target"


class Feeds:
    """``data`` as ``network`` reads them and the loss of ``config`` asks for them; nothing in it changes.

    ``inputs`` and ``targets`` are all rows, on the host.  Raises NnlabError where the data lack a column, or
    do not fit the loss.
    """

    def __init__(self, network: Network, data: Dataset, config: RunConfig, dtype: Any, kernels: Kernels):
        self.data, self.kernels, self.dtype, self.loss = data, kernels, dtype, config.loss
        shape = network.output_shape
        self.targets = targets(data, config.loss, shape, dtype)
        self.inputs: Columns = {INPUT: self._as_read(network, INPUT, data.x)}
        for name in network.inputs:
            self.inputs[name] = self._as_read(network, name, self._further(name))
        if distils(config.loss_rule):
            self.inputs[TEACHER] = soft_targets(data, config.loss_rule, shape[-1], dtype)
        self._parts: dict[str, Columns] = {}
        self._wide: Columns = {}

    def serve(self, config: RunConfig, dtype: Any, kernels: Kernels) -> bool:
        """Whether a run on the same data and network with ``config`` is fed the same."""
        return (self.loss, self.dtype, self.kernels) == (config.loss, dtype, kernels)

    def part(self, name: str) -> Columns:
        """A part of the data by the names of the values it is for, where the programs compute."""
        if name not in self._parts:
            rows = self.data.split.part(name)
            columns = {**self.inputs, TARGET: self.targets}
            self._parts[name] = {key: self._place(column[rows]) for key, column in columns.items()}
        return self._parts[name]

    def widened(self, name: str) -> Array:
        """A column of the training part with a one behind every row: a gather into rows with gaps takes four
        times as long.
        """
        train = self.part("train")
        if name not in self._wide:
            column = train[name]
            wide = self.kernels.xp.ones((*column.shape[:-1], column.shape[-1] + 1), column.dtype)
            wide[..., :-1] = column
            self._wide[name], train[name] = wide, wide[..., :-1]
        return self._wide[name]

    def _further(self, name: str) -> Array:
        """The column of the data for another input of the network."""
        if name not in self.data.inputs:
            raise NnlabError(
                _(
                    "the network reads “{name}”, and {data} has {known}",
                    name=name,
                    data=self.data.name,
                    known=", ".join((INPUT, *self.data.inputs)),
                )
            )
        return self.data.inputs[name]

    def _as_read(self, network: Network, name: str, column: Array) -> Array:
        """``column`` in the kind of number that the network's input ``name`` has."""
        network.check_ids(name, column)
        dtype = np.intp if name in network.id_inputs else self.dtype
        return np.ascontiguousarray(column, dtype)

    def _place(self, array: Array) -> Array:
        return self.kernels.xp.asarray(np.ascontiguousarray(array))
