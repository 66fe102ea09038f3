"""Time travel over 100,000 steps of the digits network: first seek, then steps back, bit for bit.

python benchmarks/seek.py [--steps 100000]
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import time
from typing import Any

from nnlab.engine.device import set_threads

set_threads()

import numpy as np  # noqa: E402 - after the number of threads is fixed

from nnlab.data import load  # noqa: E402
from nnlab.network import Network  # noqa: E402
from nnlab.training import Run  # noqa: E402

VARIANTS: dict[str, dict[str, Any]] = {
    "adam": {"optimizer": "adam lr=0.001"},
    "momentum, cosine, clip": {
        "optimizer": "momentum lr=0.01",
        "schedule": "cosine 100000",
        "clip": "norm 1",
    },
    "adam, dropout, l2": {"optimizer": "adam lr=0.001", "l2": 1e-4, "dropout": True},
}


def make(settings: dict[str, Any]) -> Run:
    settings = dict(settings)
    drop = " | dropout 0.2" if settings.pop("dropout", False) else ""
    network = Network.parse(f"dense 10 relu{drop} | dense 8 relu | dense 10", 64)
    return Run(network, load("digits"), **settings)


def bits(run: Run) -> bytes:
    return b"".join(a.tobytes() for a in (run.settled_theta(), *run.program.values.values()))


def measure(name: str, settings: dict[str, Any], steps: int) -> bool:
    """One variant; answers whether everything was bit-exact and in time."""
    run = make(settings)
    marks: dict[int, bytes] = {}
    chosen = random.Random(1)
    targets = sorted(chosen.sample(range(1, steps), 12))
    edit = steps // 3
    for stop in sorted([*targets, edit, steps]):
        run.run_to(stop)
        marks[stop] = bits(run)
        if stop == edit:
            run.edit("dense1.W[20,3]", 0.5)
    firsts, backs = [], []
    exact = True
    for target in chosen.sample(targets, len(targets)):
        run.seek(steps)
        exact &= bits(run) == marks[steps]
        run.timeline.ring.clear()
        began = time.perf_counter()
        run.seek(target)
        firsts.append(time.perf_counter() - began)
        exact &= bits(run) == marks[target]
        for _ in range(10):
            began = time.perf_counter()
            if run.step_count > 1:
                run.back("batch")
            backs.append(time.perf_counter() - began)
    kept = run.timeline.nbytes
    ok = exact and max(firsts) <= 0.4 and max(backs) <= 0.05
    print(
        f"{name:<24} exact {exact}   first seek max {max(firsts) * 1e3:6.1f} ms (≤ 400)   back median "
        f"{statistics.median(backs) * 1e3:5.1f}, max {max(backs) * 1e3:5.1f} ms (≤ 50)   "
        f"keyframes {len(run.timeline.frames)}, {kept / 1e6:.1f} MB (≤ 256)   {'ok' if ok else 'MISSED'}"
    )
    return ok


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    steps = parser.parse_args().steps
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}"
    )
    results = [measure(name, settings, steps) for name, settings in VARIANTS.items()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
