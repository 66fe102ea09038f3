"""Write streams.json: five steps of truncated backpropagation through time, as PyTorch makes them in float32.

Run once with PyTorch installed: ``python tests/reference/make_streams.py``.  The tests read the file, so they
need no PyTorch; where it is installed they compare with it directly as well.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "training"), str(HERE.parents[1])]

import stream_steps as steps  # noqa: E402

GATES = {"rnn": [""], "lstm": list("ifgo"), "gru": list("run")}
MODULES = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def layer_of(kind: str, begin: dict[str, Any]) -> Any:
    """PyTorch's own layer with the weights that ours begins with; a bias that ours has not is not trained."""
    layer = MODULES[kind](1, steps.UNITS, batch_first=True)

    def stacked(letter: str) -> Any:
        names = [f"{kind}1.{letter}{gate}" for gate in GATES[kind]]
        return torch.cat([torch.from_numpy(begin[name].copy()) for name in names], -1)

    with torch.no_grad():
        layer.weight_ih_l0.copy_(stacked("W").T)
        layer.weight_hh_l0.copy_(stacked("U").T)
        layer.bias_ih_l0.copy_(stacked("b"))
        layer.bias_hh_l0.copy_(stacked("c") if kind == "gru" else torch.zeros_like(layer.bias_hh_l0))
    layer.bias_hh_l0.requires_grad_(kind == "gru")
    return layer


def named(kind: str, layer: Any, out: Any) -> dict[str, Any]:
    """Our names for PyTorch's weights."""
    found = {"dense1.W": out.weight.T, "dense1.b": out.bias}
    for letter, whole in {
        "W": layer.weight_ih_l0.T,
        "U": layer.weight_hh_l0.T,
        "b": layer.bias_ih_l0,
    }.items():
        for gate, part in zip(GATES[kind], whole.split(steps.UNITS, -1)):
            found[f"{kind}1.{letter}{gate}"] = part
    if kind == "gru":
        for gate, part in zip(GATES[kind], layer.bias_hh_l0.split(steps.UNITS)):
            found[f"gru1.c{gate}"] = part
    return {name: array.detach().numpy() for name, array in found.items()}


def theirs(kind: str) -> tuple[list[float], dict[str, Any]]:
    """What ``stream_steps.ours`` gives, from PyTorch: the rows of a batch are places in one long series."""
    begin = steps.run_of(kind).network.parameters
    layer, out = layer_of(kind, begin), torch.nn.Linear(steps.UNITS, 1)
    with torch.no_grad():
        out.weight.copy_(torch.from_numpy(begin["dense1.W"].copy()).T)
        out.bias.copy_(torch.from_numpy(begin["dense1.b"].copy()))
    data = steps.series()
    # (batch, chunks, time, 1): three stretches of the series, each in chunks one after the other.
    x, y = (torch.from_numpy(a.copy()).reshape(steps.BATCH, -1, steps.TIME, 1) for a in (data.x, data.y))
    trained = [p for p in (*layer.parameters(), *out.parameters()) if p.requires_grad]
    rule, state, losses = torch.optim.SGD(trained, steps.RATE), None, []
    for chunk in range(steps.STEPS):
        rule.zero_grad()
        h, state = layer(x[:, chunk], state)
        state = tuple(s.detach() for s in state) if kind == "lstm" else state.detach()
        loss = torch.nn.functional.mse_loss(out(h), y[:, chunk])
        loss.backward()
        losses.append(loss.item())
        rule.step()
    return losses, named(kind, layer, out)


def main() -> None:
    found: dict[str, Any] = {"torch": torch.__version__}
    for kind in steps.KINDS:
        losses, weights = theirs(kind)
        numbers = {name: [float(f"{v:.8g}") for v in w.ravel().tolist()] for name, w in weights.items()}
        found[kind] = {"losses": [float(f"{v:.8g}") for v in losses], "weights": numbers}
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found.items())
    (HERE / "streams.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
