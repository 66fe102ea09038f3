"""Write maxnorm.json: columns that are longer than a bound, shortened by PyTorch's ``renorm``.

Run once with PyTorch installed: ``python tests/reference/make_maxnorm.py``; the tests read the file.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

CASES = {
    "some columns": (4, 6, 1.5),
    "every column": (7, 3, 0.1),
    "none": (2, 5, 50.0),
    "one row": (1, 4, 0.5),
}


def main() -> None:
    torch.manual_seed(7)
    cases = {}
    for name, (rows, units, limit) in CASES.items():
        weight = torch.randn(rows, units, dtype=torch.float64)
        after = torch.renorm(weight, p=2, dim=1, maxnorm=limit)
        cases[name] = {"limit": limit, "weight": weight.tolist(), "after": after.tolist()}
    text = json.dumps({"torch": torch.__version__, "cases": cases}, indent=1)
    Path(__file__).with_name("maxnorm.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
