"""Write optimizers.json: five steps of every optimiser as PyTorch makes them, in float64.

Run once with PyTorch installed: ``python tests/reference/make_optimizers.py``.  The tests read the file, so
they need no PyTorch.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

HERE = Path(__file__).parent
STEPS = 5

# our text -> PyTorch's optimiser; the state is read under PyTorch's names
CASES = {
    "gd lr=0.1": (lambda p: torch.optim.SGD(p, 0.1), {}),
    "sgd lr=0.05": (lambda p: torch.optim.SGD(p, 0.05), {}),
    "momentum lr=0.01": (lambda p: torch.optim.SGD(p, 0.01, momentum=0.9), {"velocity": "momentum_buffer"}),
    "momentum lr=0.2 mu=0.5": (
        lambda p: torch.optim.SGD(p, 0.2, momentum=0.5),
        {"velocity": "momentum_buffer"},
    ),
    "nesterov lr=0.01": (
        lambda p: torch.optim.SGD(p, 0.01, momentum=0.9, nesterov=True),
        {"velocity": "momentum_buffer"},
    ),
    "adagrad lr=0.01": (lambda p: torch.optim.Adagrad(p, 0.01), {"accumulator": "sum"}),
    "adagrad lr=0.5 eps=0.001": (lambda p: torch.optim.Adagrad(p, 0.5, eps=1e-3), {"accumulator": "sum"}),
    "rmsprop lr=0.01": (lambda p: torch.optim.RMSprop(p, 0.01), {"v": "square_avg"}),
    "rmsprop lr=0.02 alpha=0.9 eps=0.01": (
        lambda p: torch.optim.RMSprop(p, 0.02, alpha=0.9, eps=0.01),
        {"v": "square_avg"},
    ),
    "adam lr=0.001": (lambda p: torch.optim.Adam(p, 0.001), {"m": "exp_avg", "v": "exp_avg_sq"}),
    "adam lr=0.03 beta1=0.8 beta2=0.95 eps=0.1": (
        lambda p: torch.optim.Adam(p, 0.03, betas=(0.8, 0.95), eps=0.1),
        {"m": "exp_avg", "v": "exp_avg_sq"},
    ),
    "adamw lr=0.001": (lambda p: torch.optim.AdamW(p, 0.001), {"m": "exp_avg", "v": "exp_avg_sq"}),
    "adamw lr=0.1 weight_decay=0.5": (
        lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.5),
        {"m": "exp_avg", "v": "exp_avg_sq"},
    ),
}

SCHEDULES = {
    "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, 1.0),
    "step 4 factor=0.5": lambda o: torch.optim.lr_scheduler.StepLR(o, 4, 0.5),
    "exponential 0.9": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
    "cosine 20 floor=0.01": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20, 0.01),
    "linear 16": lambda o: torch.optim.lr_scheduler.PolynomialLR(o, 16, 1.0),
    "linear 12 floor=0.05": lambda o: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.25, 12),
    "warmup 5 cosine 15": lambda o: torch.optim.lr_scheduler.SequentialLR(
        o,
        [
            torch.optim.lr_scheduler.LinearLR(o, 1 / 5, 1.0, 4),
            torch.optim.lr_scheduler.CosineAnnealingLR(o, 15),
        ],
        [5],
    ),
}


def optimizer_case(text: str, theta: list[float], gradients: list[list[float]]) -> dict[str, object]:
    build, names = CASES[text]
    parameter = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    optimizer = build([parameter])
    steps = []
    for gradient in gradients:
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        state = {ours: optimizer.state[parameter][theirs].tolist() for ours, theirs in names.items()}
        steps.append({"theta": parameter.detach().tolist(), "state": state})
    return {"text": text, "steps": steps}


def schedule_case(text: str) -> dict[str, object]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.2)
    scheduler = SCHEDULES[text](optimizer)
    rates = []
    for _step in range(20):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return {"text": text, "base": 0.2, "rates": rates}


def main() -> None:
    generator = torch.Generator().manual_seed(4)
    theta = torch.randn(6, generator=generator, dtype=torch.float64).tolist()
    gradients = torch.randn(STEPS, 6, generator=generator, dtype=torch.float64)
    gradients[:, 0] *= 1e-3
    gradients[1, 1] = 0.0
    gradients[:, 2] = 0.0
    written = {
        "torch": torch.__version__,
        "theta": theta,
        "gradients": gradients.tolist(),
        "optimizers": [optimizer_case(text, theta, gradients.tolist()) for text in CASES],
        "schedules": [schedule_case(text) for text in SCHEDULES],
    }
    (HERE / "optimizers.json").write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
