"""One process of memory.py: MB that a run adds at most to what is resident after the imports.

Kernels are in memory before the count begins, on both sides: a step of a tiny network has used them.  The
weights that PyTorch begins with are there too, so that the run they are read from does not count.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path

import engine_peers
from engine_workloads import Workload


def resident(what: str) -> int:
    """kB of this process: VmRSS now, VmHWM at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


def main() -> None:
    peer, workload, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
    work = engine_peers.WORKLOADS[workload]
    small = Workload("dense 4 relu | dense 4", (8,), 4, 16, 0.0, classes=4)
    small.run("numba" if "Numba" in peer else "numpy").step(2)
    weights = work.parameters()
    if peer.startswith("PyTorch"):
        import torch

        torch.set_num_threads(1)
        warm = torch.nn.Linear(4, 4)
        warm(torch.zeros(2, 4)).sum().backward()
        torch.optim.Adam(warm.parameters(), fused=True).step()
        Workload.parameters = lambda work: weights  # type: ignore[method-assign]
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed does not count as free room for the run
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark starts anew
    before = resident("VmRSS")
    loops, _losses = engine_peers.PEERS[peer](work)
    next(iter(loops.values()))(steps)
    print((resident("VmHWM") - before) / 1000)


if __name__ == "__main__":
    main()
