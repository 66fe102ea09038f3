"""How long a training step takes on a GPU, beside PyTorch on the same one, and from which size on it pays.

    python benchmarks/engine_gpu.py [mnist] [cnn28] [lstm] … [--rounds 5] [--seconds 0.5]

Figures are wall time of a step, the median of rounds in which everybody takes turns; the device is waited for
before a clock is read.  The crossover is the smallest size of a series at which nnlab's step on the GPU takes
less than its step on the CPU with one thread.  Without a GPU it says why in one sentence and measures
nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from engine_growth import SERIES
from engine_peers import WORKLOADS
from engine_step import ONE_THREAD
from engine_workloads import LR, Workload

from nnlab.engine.device import choose
from nnlab.errors import NnlabError

Steps = Callable[[int], None]
"""Takes n steps and waits for the last of them."""
CROSSOVERS = ("mlp width", "mlp batch", "lstm units", "lstm batch")
"""Series of growth.py that are taken on both devices."""


def ours(work: Workload, device: str) -> Steps:
    run = work.run(device=device)

    def steps(n: int) -> None:
        run.step(n)  # every loss is read, which waits

    return steps


def theirs(work: Workload, compiled: bool = False) -> Steps:
    """PyTorch with everything on the GPU and its fused Adam."""
    import torch
    from torch.nn import functional as F

    model = work.torch_module().to("cuda")
    rule = torch.optim.Adam(model.parameters(), lr=LR, fused=True)
    numbers, ids = work.data()
    x, y = work.torch_input(numbers).to("cuda"), torch.from_numpy(ids).to("cuda")

    def forward(rows: Any) -> Any:
        return F.cross_entropy(model(x[rows]).flatten(0, -2), y[rows].flatten())

    loss_of = torch.compile(forward) if compiled else forward
    batches = (
        batch for order in work.orders() for batch in torch.from_numpy(order).to("cuda").split(work.batch)
    )

    def steps(n: int) -> None:
        for _ in range(n):
            rule.zero_grad(set_to_none=True)
            loss = loss_of(next(batches))
            loss.backward()
            rule.step()
            loss.item()  # nnlab reads every loss too

    return steps


def peers(work: Workload) -> dict[str, Steps]:
    """Everybody who trains ``work``; PyTorch where it is installed for this GPU."""
    found = {"nnlab CPU": ours(work, "cpu"), "nnlab GPU": ours(work, "gpu")}
    try:
        import torch
    except ImportError:
        return found
    if torch.cuda.is_available():
        found["PyTorch GPU"] = theirs(work)
        found["PyTorch GPU compiled"] = theirs(work, compiled=True)
    return found


def measured(loops: dict[str, Steps], rounds: int, seconds: float) -> dict[str, float]:
    """Seconds of a step: each takes turns of about ``seconds``, the median of them counts."""
    counts = {}
    for name, steps in loops.items():
        steps(20)
        counts[name] = max(1, int(seconds / max(timed(steps, 5) / 5, 1e-6)))
    spent: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(rounds):
        for name, steps in loops.items():
            spent[name].append(timed(steps, counts[name]) / counts[name])
    return {name: statistics.median(times) for name, times in spent.items()}


def timed(steps: Steps, n: int) -> float:
    began = time.perf_counter()
    steps(n)
    return time.perf_counter() - began


def show(name: str, found: dict[str, float]) -> None:
    best = min((t for who, t in found.items() if who.startswith("PyTorch")), default=None)
    print(f"\n{name}")
    for who, spent in found.items():
        ratio = "" if best is None else f"{spent / best:8.2f} × the best PyTorch"
        print(f"  {who:22} {spent * 1e6:10.0f} µs{ratio}")


def crossover(series: str, rounds: int, seconds: float) -> None:
    print(f"\n{series}: CPU and GPU, µs a step")
    first = None
    for size, work in SERIES[series].items():
        loops = {"cpu": ours(work, "cpu"), "gpu": ours(work, "gpu")}
        found = measured(loops, rounds, seconds)
        if first is None and found["gpu"] < found["cpu"]:
            first = size
        print(f"  {size:6} {found['cpu'] * 1e6:10.0f} {found['gpu'] * 1e6:10.0f}")
    print(
        f"  the GPU is the faster one from {first} on" if first else "  the CPU is the faster one throughout"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    asked = parser.parse_args()
    if unknown := set(asked.workloads) - set(WORKLOADS):
        parser.error(f"no workload is called {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    try:
        device = choose("gpu")
    except NnlabError as error:
        print(f"nothing is measured: {error}")
        return 0
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):  # too late here
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    print(f"{device.name}; {' '.join(device.reasons)}")
    for name in asked.workloads:
        show(name, measured(peers(WORKLOADS[name]), asked.rounds, asked.seconds))
    for series in CROSSOVERS:
        crossover(series, asked.rounds, asked.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
