"""Write training.json: five steps of every operation with every optimiser, as PyTorch makes them in float32.

Run once with PyTorch installed: ``python tests/reference/make_training.py``.  The tests read the file, so
they need no PyTorch; where it is installed they compare with it directly as well.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "engine"), str(HERE.parents[1])]

import training_cases as cases  # noqa: E402

OPTIMIZERS = {
    "gd": torch.optim.SGD,
    "sgd": torch.optim.SGD,
    "momentum": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9),
    "nesterov": lambda p, lr: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True),
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}
HIDDEN = {
    "identity": lambda z: z,
    "step": lambda z: (z >= 0).float(),
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "leaky_relu": lambda z: F.leaky_relu(z, cases.SLOPE),
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "softmax": lambda z: torch.softmax(z, 1),
}
LOSSES = {"bce": F.binary_cross_entropy_with_logits, "cross_entropy": F.cross_entropy}


def loss_of(kind: str, p: dict[str, Any], x: Any, t: Any, step: int) -> Any:
    h = x.flatten(1) @ p["dense1.W"] + p["dense1.b"]
    if kind == "bias":
        h = h + p["bias1.b"]
    if kind == "dropout":
        h = h * torch.from_numpy(cases.mask(step))
    elif kind != "dense":
        h = HIDDEN.get(kind, torch.tanh)(h)
    loss = LOSSES.get(kind, F.mse_loss)(h @ p["dense2.W"] + p["dense2.b"], t)
    for name in ("dense1.W", "dense2.W") if kind in ("penalty", "total") else ():
        loss = loss + cases.L2 / 2 * p[name].square().sum()
        if kind == "penalty":
            loss = loss + cases.L1 * p[name].abs().sum()
    return loss


def theirs(kind: str, optimizer: str) -> tuple[list[float], dict[str, Any]]:
    """What ``training_cases.ours`` gives, from PyTorch."""
    p = {name: torch.from_numpy(w.copy()).requires_grad_() for name, w in cases.weights(kind).items()}
    x, t = map(torch.from_numpy, cases.batch(kind))
    name, rate = optimizer.split(" lr=")
    rule = OPTIMIZERS[name](list(p.values()), lr=float(rate))
    losses = []
    for step in range(1, cases.STEPS + 1):
        for parameter in p.values():
            # Ours has a gradient of 0 where PyTorch has none: a weight decay then acts on it all the same.
            parameter.grad = torch.zeros_like(parameter)
        loss = loss_of(kind, p, x, t, step)
        loss.backward()
        losses.append(loss.item())
        rule.step()
    return losses, {name: w.detach().numpy() for name, w in p.items()}


def main() -> None:
    found: dict[str, Any] = {"torch": torch.__version__}
    for kind in cases.KINDS:
        for optimizer in cases.OPTIMIZERS:
            losses, weights = theirs(kind, optimizer)
            numbers = {name: [float(f"{v:.8g}") for v in w.ravel().tolist()] for name, w in weights.items()}
            found[f"{kind} | {optimizer}"] = {"losses": [float(f"{v:.8g}") for v in losses], **numbers}
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found.items())
    (HERE / "training.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
