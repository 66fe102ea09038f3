"""The LSTM of engine_step.py, and its twin in PyTorch; growth.py varies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine_workloads import Workload


@dataclass(frozen=True)
class Lstm(Workload):
    """The last state of ``depth`` LSTMs, and a dense layer.

    There is one bias, as in nnlab; PyTorch's second one is 0 and stays so.
    """

    depth: int = 1

    def torch_module(self) -> Any:
        import torch
        from torch import nn

        ours = {name: torch.from_numpy(array) for name, array in self.parameters().items()}
        mine = {}
        for n in range(self.depth):
            W, U, b = (
                torch.cat([ours[f"lstm{n + 1}.{kind}{gate}"] for gate in "ifgo"], -1) for kind in "WUb"
            )
            mine |= {f"weight_ih_l{n}": W.T, f"weight_hh_l{n}": U.T}
            mine |= {f"bias_ih_l{n}": b, f"bias_hh_l{n}": 0 * b}
        inside, units, depth = self.shape[1], len(ours["lstm1.Ui"]), self.depth

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.lstm = nn.LSTM(inside, units, depth, batch_first=True)
                self.lstm.load_state_dict(mine)
                for n in range(depth):
                    getattr(self.lstm, f"bias_hh_l{n}").requires_grad_(False)
                self.dense = nn.Linear(*ours["dense1.W"].shape)
                self.dense.load_state_dict({"weight": ours["dense1.W"].T, "bias": ours["dense1.b"]})

            def forward(self, x: Any) -> Any:
                return self.dense(self.lstm(x)[0][:, -1])

        return Model()


def lstm(units: int = 64, time: int = 32, batch: int = 32, depth: int = 1, inside: int = 32) -> Lstm:
    """FLOP are those of the matrix products; nothing asks for the gradient of the data."""
    layers = [f"lstm {units} all"] * (depth - 1) + [f"lstm {units}", "dense 10"]
    products = 2 * inside + 3 * units + (depth - 1) * 6 * units
    flop = 2.0 * batch * time * 4 * units * products
    return Lstm(" | ".join(layers), (time, inside), batch, 128 * batch, flop, depth=depth)


LSTM = lstm()
