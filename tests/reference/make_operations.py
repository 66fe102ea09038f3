"""Write operations/FAMILY.json: one pass of every case of every family, as PyTorch makes it in float32.

Run with PyTorch installed: ``python tests/reference/make_operations.py [FAMILY ...]``, all families unless
named.  The tests read the files, so they need no PyTorch; where it is installed they compare directly too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "engine"), str(HERE.parents[1])]

from families import MODULES  # noqa: E402
from operation_reference import ours, theirs  # noqa: E402


def digits(value: float) -> float:
    return float(f"{value:.8g}")


def main() -> None:
    for family in sys.argv[1:] or MODULES:
        found: dict[str, Any] = {}
        for name, case in MODULES[family].CASES.items():
            loss, gradients = theirs(case, ours(case)[2])
            numbers = {n: [digits(v) for v in g.ravel().tolist()] for n, g in gradients.items()}
            found[name] = {"loss": digits(loss), "gradients": numbers}
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found.items())
        (HERE / "operations" / f"{family}.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
