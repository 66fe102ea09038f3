"""Memory of a training run above what its imports take, beside PyTorch.

    python benchmarks/memory.py [digits] [mnist] [cnn28] [cnn32] [lstm] [gpt] [--steps 60] [--write FILE]

Every peer runs in a process of its own.  It imports what it needs, reads how much of its memory is resident,
then builds network, data and optimiser, trains, and reads how much was resident at most: the difference is
its row.  Data count on both sides: they are the same arrays.  Exits with 1 where nnlab takes more than 1.2
times as much as PyTorch.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from engine_step import HELD_BACK, HERE, ONE_THREAD, machine, versions

WORKLOADS = ("digits", "mnist", "cnn28", "cnn32", "lstm", "gpt")
PEERS = ("nnlab", "nnlab with Numba kernels", "PyTorch fused")
MUST = 1.2
ROUNDS = 3


def taken(peer: str, workload: str, steps: int) -> float:
    """MB above the imports, the median of a few runs."""
    free = {name: value for name, value in os.environ.items() if name not in HELD_BACK}
    path = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-W", "ignore", str(HERE / "memory_peer.py"), peer, workload, str(steps)]
    found = [
        float(subprocess.check_output(command, env={**free, **ONE_THREAD, "PYTHONPATH": path}, text=True))
        for _round in range(ROUNDS)
    ]
    return sorted(found)[ROUNDS // 2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="|".join(WORKLOADS))
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--write", type=Path, metavar="FILE")
    given = parser.parse_args()
    lines = [
        f"{machine()}; {versions()}; {given.steps} steps; MB above the imports, the median of {ROUNDS} runs.",
        "",
        "| workload | " + " | ".join(PEERS) + " | nnlab / PyTorch | with Numba |",
        "|---|" + "---|" * (len(PEERS) + 2),
    ]
    good = True
    for workload in given.workloads or WORKLOADS:
        plain, fast, torch = (taken(peer, workload, given.steps) for peer in PEERS)
        good &= max(plain, fast) <= MUST * torch
        cells = [workload, *(f"{mb:.1f}" for mb in (plain, fast, torch))]
        lines.append("| " + " | ".join([*cells, f"{plain / torch:.2f}", f"{fast / torch:.2f}"]) + " |")
        print(lines[-1], flush=True)
    if given.write:
        given.write.write_text("\n".join([*lines, ""]))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
