"""The LSTM of engine_step.py, and its twin in PyTorch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine_workloads import Workload

TIME, INSIDE, UNITS, BATCH, CLASSES = 32, 32, 64, 32, 10


@dataclass(frozen=True)
class Lstm(Workload):
    """The last state of one LSTM, and a dense layer; one bias, as here, so PyTorch's second one is 0."""

    def torch_module(self) -> Any:
        import torch
        from torch import nn

        ours = {name: torch.from_numpy(array) for name, array in self.parameters().items()}
        W, U, b = (torch.cat([ours[f"lstm1.{kind}{gate}"] for gate in "ifgo"], -1) for kind in "WUb")

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.lstm = nn.LSTM(*W.shape[:1], len(U), batch_first=True)
                self.dense = nn.Linear(*ours["dense1.W"].shape)
                mine = {"weight_ih_l0": W.T, "weight_hh_l0": U.T, "bias_ih_l0": b, "bias_hh_l0": 0 * b}
                self.lstm.load_state_dict(mine)
                self.lstm.bias_hh_l0.requires_grad_(False)
                self.dense.load_state_dict({"weight": ours["dense1.W"].T, "bias": ours["dense1.b"]})

            def forward(self, x: Any) -> Any:
                return self.dense(self.lstm(x)[0][:, -1])

        return Model()


def work() -> float:
    """Multiply and add of the matrix products of a step; nothing asks for the gradient of the inputs."""
    steps, gates = BATCH * TIME, 4 * UNITS
    return 2.0 * steps * gates * (2 * INSIDE + 3 * UNITS)


LSTM = Lstm(f"lstm {UNITS} | dense {CLASSES}", (TIME, INSIDE), BATCH, 4096, work())
