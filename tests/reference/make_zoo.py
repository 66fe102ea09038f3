"""Write zoo.json: the losses of the first five steps of every model of the zoo, as PyTorch makes them.

Run once with PyTorch installed: ``python tests/reference/make_zoo.py [NAME …]``; named models are replaced,
the others stay.  Batches, initial weights and draws are ours, forward pass, gradients and updates PyTorch's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "network"), str(HERE.parents[1])]

import in_torch  # noqa: E402
import zoo_steps  # noqa: E402

from nnlab.network.zoo import ZOO  # noqa: E402

FILE = HERE / "zoo.json"


def main(names: list[str]) -> None:
    found = json.loads(FILE.read_text()) if names and FILE.exists() else {}
    for name in names or ZOO:
        run, start, steps, _end = zoo_steps.ours(ZOO[name])
        losses, parameters = in_torch.train(run, start, steps)
        watched = {key: [_short(v) for v in row] for key, row in zoo_steps.watched(parameters).items()}
        found[name] = {"losses": [_short(v) for v in losses], "parameters": watched}
    found = {"torch": torch.__version__, **{name: found[name] for name in ZOO if name in found}}
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found.items())
    FILE.write_text("{\n" + lines + "\n}\n")


def _short(number: float) -> float:
    return float(f"{number:.7g}")


if __name__ == "__main__":
    main(sys.argv[1:])
