"""How the time of a training step grows with the work, beside PyTorch: the slope on two logarithmic scales.

    python benchmarks/growth.py [mlp] [cnn] [lstm] [gpt] [--rounds 5] [--seconds 0.1] [--write growth.md]

One size at a time is varied, everything else stays.  A slope of 1 says that twice the size takes twice the
time; the work of products grows with the square of the width.  Small sizes cost calls and not arithmetic, so
the slope of the last step, from the second largest to the largest, is given too.
"""

from __future__ import annotations

import argparse
import math
import statistics
from pathlib import Path

from engine_growth import SERIES
from engine_step import machine, measure, versions

PEERS = {"nnlab": "nnlab", "PyTorch fused": "PyTorch"}
Curve = list[tuple[int, float]]
"""(size, µs a step)."""


def slope(curve: Curve) -> float:
    """Of the straight line through the logarithms, by least squares."""
    x, y = [math.log(size) for size, _time in curve], [math.log(time) for _size, time in curve]
    return statistics.linear_regression(x, y).slope


def curves(series: str, rounds: int, seconds: float) -> dict[str, Curve]:
    """The median time of every peer at every size."""
    found: dict[str, Curve] = {name: [] for name in PEERS.values()}
    for size in SERIES[series]:
        times = measure(f"{series} {size}", list(PEERS), rounds, seconds)
        for peer, name in PEERS.items():
            if peer in times:
                found[name].append((size, statistics.median(times[peer])))
    return {name: curve for name, curve in found.items() if len(curve) > 1}


def table(series: str, found: dict[str, Curve]) -> list[str]:
    sizes = [size for size, _time in next(iter(found.values()))]
    lines = [
        "| " + " | ".join([series, *map(str, sizes), "slope", "last slope"]) + " |",
        "|" + "---|" * (len(sizes) + 3),
    ]
    for name, curve in found.items():
        cells = [f"{time:,.0f} µs" for _size, time in curve]
        lines.append(
            "| " + " | ".join([name, *cells, f"{slope(curve):.2f}", f"{slope(curve[-2:]):.2f}"]) + " |"
        )
    return lines


def plot(found: dict[str, Curve]) -> list[str]:
    """Both axes logarithmic; where the curves meet, the first one's mark is seen."""
    width, height = 60, 14
    sizes, times = ([point[axis] for curve in found.values() for point in curve] for axis in (0, 1))

    def place(value: float, values: list[float], cells: int) -> int:
        low, high = math.log(min(values)), math.log(max(values))
        return round((math.log(value) - low) / max(high - low, 1e-9) * (cells - 1))

    grid = [[" "] * width for _row in range(height)]
    for mark, curve in reversed(list(zip("●○", found.values()))):
        for size, time in curve:
            grid[height - 1 - place(time, times, height)][place(size, sizes, width)] = mark
    heads = [f"{max(times):,.0f} µs", *[""] * (height - 2), f"{min(times):,.0f} µs"]
    rows = [f"{head:>11s} │{''.join(row).rstrip()}" for head, row in zip(heads, grid)]
    legend = "   ".join(f"{mark} {name}" for mark, name in zip("●○", found))
    ends = f"{min(sizes)}{max(sizes):>{width - len(str(min(sizes)))}}"
    return ["```text", *rows, " " * 12 + "└" + "─" * width, " " * 13 + ends, " " * 13 + legend, "```"]


def main() -> None:
    models = sorted({name.split()[0] for name in SERIES})
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="|".join(models))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.1, help="CPU time of a block")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the report as Markdown")
    given = parser.parse_args()
    lines = [
        "# How the time of a training step grows",
        "",
        f"{machine()}; {versions()}; one thread, CPU time.",
        "",
    ]
    for series in SERIES:
        if series.split()[0] in (given.models or models):
            found = curves(series, given.rounds, given.seconds)
            part = [f"## {series}", "", *table(series, found), "", *plot(found), ""]
            print("\n".join(part), flush=True)
            lines += part
    if given.write:
        given.write.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
