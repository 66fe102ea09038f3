"""What holds weights after an update runs on a device without making the host wait."""

from __future__ import annotations

import numpy as np
from guard_array import GuardModule

from nnlab.engine.kernels import table
from nnlab.engine.maxnorm import MaxNorm
from nnlab.engine.sparsity import Sparse
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role


def test_what_holds_weights_never_makes_a_device_wait():
    guard, graph = GuardModule(), Graph()
    graph.value("dense1.W", (4, 3), Role.PARAMETER, "dense1", "he")
    graph.value("dense1.b", (3,), Role.PARAMETER, "dense1", "constant:1")
    store, kernels = ParameterStore(graph, np.float32, guard), table(guard, "guard")
    store.initialize(1)
    note, put_back = Sparse(store, {"dense1.W"}).bind(store.theta, kernels)
    shorten = MaxNorm(0.5, store, {"dense1.W"}).bind(store.theta, kernels)
    guard.reset()
    for work in (note, put_back, shorten):
        work()
    assert (guard.syncs, guard.uploads) == (0, 0)
    assert guard.launches == 1 + 1 + 6
    weight = store["dense1.W"].held
    assert (np.sqrt((weight**2).sum(axis=0)) <= 0.5 * (1 + 1e-6)).all()
    assert (store["dense1.b"].held == 1).all()
