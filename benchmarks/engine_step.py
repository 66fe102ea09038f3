"""How long a training step takes beside PyTorch and JAX, and what it costs that anybody could watch.

    python benchmarks/engine_step.py [digits] [mnist] [--rounds 15] [--seconds 0.1] [--peers nnlab,"JAX jit"]

Peers run in processes of their own, pinned to one CPU, with one thread, and take turns in blocks; a figure
is CPU time.  A ratio is the median of the ratios within a round, so that a busy moment hits both sides.
Exits with 1 where a ratio misses what DESIGN.md section 8 asks.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from engine_peers import PEERS, WORKLOADS

HERE = Path(__file__).parent
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
}

HELD_BACK = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA")
"""Variables by which a shell may hold one library to older instructions, so that bits repeat from machine to
machine; peers are measured without them.  With AVX-512 left out OpenBLAS has half its speed."""

PRICE = "the bare call list: the price of being watchable, nobody watching"
TORCH = ("PyTorch eager", "PyTorch fused", "PyTorch compiled")
IMAGES = (*TORCH, "PyTorch channels last", "PyTorch channels last compiled")
FAST = "nnlab with Numba kernels"

# workload -> (who, peers compared with, the largest ratio that is good, what it is called)
MUST: dict[str, list[tuple[str, tuple[str, ...], float, str]]] = {
    "digits": [
        ("nnlab", ("PyTorch eager",), 0.08, "PyTorch eager"),
        ("nnlab", ("JAX jit",), 0.50, "JAX jit"),
        ("nnlab", ("bare call list",), 1.03, PRICE),
    ],
    "mnist": [
        ("nnlab", TORCH, 0.75, "the best PyTorch"),
        (FAST, TORCH, 0.50, "the best PyTorch"),
        (FAST, ("JAX jit",), 1.00, "JAX jit"),
        ("nnlab", ("bare call list",), 1.03, PRICE),
    ],
    "cnn28": [
        ("nnlab", IMAGES, 1.05, "the best PyTorch"),
        (FAST, IMAGES, 0.83, "the best PyTorch"),
    ],
    "cnn32": [
        ("nnlab", IMAGES, 1.25, "the best PyTorch"),
        (FAST, IMAGES, 1.00, "the best PyTorch"),
    ],
    "gpt": [
        ("nnlab", TORCH, 1.30, "the best PyTorch"),
        (FAST, TORCH, 1.00, "the best PyTorch"),
    ],
    "lstm": [
        ("nnlab", TORCH, 1.20, "the best PyTorch"),
        (FAST, TORCH, 1.00, "the best PyTorch"),
    ],
}


class Peer:
    """One peer in its own process."""

    def __init__(self, name: str, workload: str):
        free = {name: value for name, value in os.environ.items() if name not in HELD_BACK}
        path = os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(HERE / "engine_peers.py"), name, workload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**free, **ONE_THREAD, "PYTHONPATH": path},
        )
        self.losses: list[float] = []
        self.error = ""

    def ready(self) -> bool:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        if not line:
            self.error = (self.process.stderr.read().strip().splitlines() or ["no output"])[-1]
            return False
        self.losses = json.loads(line)
        return True

    def block(self, seconds: float) -> dict[str, float]:
        """µs of CPU time a step, of every loop in this process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return {name: float(time) for name, time in json.loads(self.process.stdout.readline()).items()}

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for name in ("numpy", "numba", "torch", "jax"):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].split(":")[1].strip() if lines else model
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    held = "".join(f", {name}={os.environ[name]} left out" for name in HELD_BACK if name in os.environ)
    return f"{model}, {os.cpu_count()} CPUs{load}{held}"


def measure(workload: str, names: list[str], rounds: int, seconds: float) -> dict[str, list[float]]:
    """µs a step of every loop in every round."""
    peers: dict[str, Peer] = {}
    for name in names:
        peer = Peer(name, workload)
        if peer.ready():
            peers[name] = peer
        else:
            print(f"  {name}: left out ({peer.error})")
    if not peers:
        return {}
    first = next(iter(peers.values())).losses
    for name, peer in peers.items():
        apart = max(abs(a - b) for a, b in zip(first, peer.losses))
        if apart > 1e-4:
            print(f"  {name}: its first losses differ by {apart:.1e}, it does not train the same network")
    times: dict[str, list[float]] = {}
    for _round in range(rounds):
        for peer in peers.values():
            for name, time in peer.block(seconds).items():
                times.setdefault(name, []).append(time)
    for peer in peers.values():
        peer.close()
    return times


def ratio(times: dict[str, list[float]], peer: str, who: str = "nnlab") -> float:
    return statistics.median(a / b for a, b in zip(times[who], times[peer]))


def report(workload: str, times: dict[str, list[float]]) -> bool:
    """Print the table and the verdicts; True where all that was measured is good."""
    work = WORKLOADS[workload]
    shape = "×".join(map(str, work.shape))
    print(f"\n{workload}: {work.text}, inputs {shape}, batch {work.batch}, Adam")
    print(f"  {'':26s}{'min µs':>10s}{'median µs':>11s}{'GFLOP/s':>9s}{'nnlab / it':>12s}")
    for name, found in times.items():
        of = f"{ratio(times, name):12.3f}" if "nnlab" in times else ""
        rate = work.flop / min(found) / 1e3
        print(f"  {name:26s}{min(found):10.1f}{statistics.median(found):11.1f}{rate:9.1f}{of}")
    good = True
    for who, peers, limit, label in MUST[workload]:
        ratios = [ratio(times, p, who) for p in peers if p in times and who in times]
        if ratios:
            worst = max(ratios)
            good &= worst <= limit
            print(
                f"  {'ok  ' if worst <= limit else 'MISS'} {who}: {worst:.3f} of {label} (must be ≤ {limit})"
            )
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="|".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.1, help="CPU time of a block")
    parser.add_argument(
        "--peers", default=",".join(PEERS), help="names, separated by commas (nnlab; JAX jit; …)"
    )
    given = parser.parse_args()
    names = [name.strip() for name in given.peers.split(",")]
    print(f"{machine()}\n{versions()}; one thread, pinned, CPU time, {given.rounds} rounds")
    good = True
    for workload in given.workloads or list(WORKLOADS):
        good &= report(workload, measure(workload, names, given.rounds, given.seconds))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
