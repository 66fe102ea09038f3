"""What the peers of engine_step.py train: a network in nnlab's notation, its data, and its twin in PyTorch.

A network of dense layers and relu is one entry of :data:`DENSE`.  Any other is a subclass that says how
PyTorch writes it, in a module of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

LR = 1e-5  # small: a peer that overfits drifts into denormal numbers and measures something else
SEED = 1


@dataclass(frozen=True)
class Workload:
    """``text`` over inputs of ``shape`` with ``classes``, ``rows`` examples in batches of ``batch``."""

    text: str
    shape: tuple[int, ...]
    batch: int
    rows: int
    flop: float  # multiply and add of the matrix products of a step
    classes: int = 10

    def data(self) -> tuple[Any, Any]:
        """x (rows, *shape) float32 and class ids (rows,)."""
        from nnlab.engine import rng

        x = rng.uniform(SEED, "x", 0, (self.rows, *self.shape))
        return x, (rng.uniform(SEED, "y", 0, self.rows) * self.classes).astype(np.int64)

    def dataset(self) -> Any:
        x, y = self.data()
        names = tuple(map(str, range(self.classes)))
        return self.made(task="multiclass", x=x, y=y, class_names=names)

    def made(self, **fields: Any) -> Any:
        """A dataset all of whose rows are for training."""
        from nnlab.data import Dataset
        from nnlab.data.split import Split

        none = np.arange(0)
        split = Split(np.arange(self.rows), none, none)
        return Dataset(name="benchmark", split=split, input_shape=self.shape, **fields)

    def run(self, kernels: str = "numpy", device: str = "cpu") -> Any:
        from nnlab.engine.device import choose
        from nnlab.network import Network
        from nnlab.training import Run

        network = Network.parse(self.text, input_shape=self.shape)
        table = choose(device, kernels=kernels).kernels
        rule = f"adam lr={LR}"
        return Run(network, self.dataset(), optimizer=rule, batch_size=self.batch, seed=SEED, kernels=table)

    def parameters(self) -> dict[str, Any]:
        """Name → array, as nnlab draws them."""
        store = self.run().store
        return {name: store[name].copy() for name in store}

    def weights(self) -> list[tuple[Any, Any]]:
        """(W (in, out), b (out,)) of every dense layer, in order."""
        found = self.parameters()
        layers = sorted({name.split(".")[0] for name in found})
        return [(found[f"{layer}.W"], found[f"{layer}.b"]) for layer in layers]

    def torch_module(self) -> Any:
        """The same network as a module that takes x and gives logits, with nnlab's weights."""
        import torch

        modules: list[Any] = []
        for W, b in self.weights():
            layer = torch.nn.Linear(*W.shape)
            layer.load_state_dict({"weight": torch.from_numpy(W.T.copy()), "bias": torch.from_numpy(b)})
            modules += [layer, torch.nn.ReLU()]
        return torch.nn.Sequential(*modules[:-1])

    def torch_input(self, x: Any, channels_last: bool = False) -> Any:
        """The rows of x as a tensor, as PyTorch's networks read them."""
        import torch

        if channels_last:
            raise SystemExit("no images")
        return torch.from_numpy(x)

    def orders(self) -> Iterator[Any]:
        """The rows of every epoch in the order nnlab takes them."""
        from nnlab.engine import rng

        epoch = 0
        while True:
            epoch += 1
            yield rng.permutation(SEED, "shuffle", epoch, self.rows)

    @property
    def steps_per_epoch(self) -> int:
        return self.rows // self.batch


# Many rows: an epoch ends rarely, and what happens there is no part of a step.
DENSE = {
    "digits": Workload("dense 10 relu | dense 8 relu | dense 10", (64,), 32, 28672, 0.11e6),
    "mnist": Workload("dense 128 relu | dense 64 relu | dense 10", (784,), 64, 16384, 29.1e6),
}
