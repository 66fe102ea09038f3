"""What growth.py varies: for each series, the workload at every size."""

from __future__ import annotations

from collections.abc import Callable

from engine_cnn import cnn
from engine_gpt import gpt
from engine_lstm import lstm
from engine_workloads import Workload


def mlp(width: int = 128, depth: int = 3, batch: int = 64, inside: int = 64) -> Workload:
    layers = [f"dense {width} relu"] * depth + ["dense 10"]
    products = 2 * inside * width + 3 * (depth - 1) * width * width + 3 * width * 10
    return Workload(" | ".join(layers), (inside,), batch, 128 * batch, 2.0 * batch * products)


SERIES: dict[str, dict[int, Workload]] = {}
"""``model size``, such as ``mlp batch``, and there the workload for every number."""


def vary(model: Callable[..., Workload], **sizes: tuple[int, ...]) -> None:
    """One series for each named size of ``model``."""
    for size, numbers in sizes.items():
        SERIES[f"{model.__name__} {size}"] = {number: model(**{size: number}) for number in numbers}


vary(mlp, batch=(16, 64, 256, 1024), width=(32, 64, 128, 256, 512, 1024), depth=(1, 2, 4, 8))
vary(lstm, batch=(8, 32, 128, 512), units=(16, 32, 64, 128, 256), depth=(1, 2, 4), time=(8, 16, 32, 64, 128))
vary(cnn, batch=(8, 32, 128), width=(8, 16, 32, 64), depth=(1, 2, 4, 8), side=(8, 16, 32))
vary(gpt, batch=(4, 16, 64), width=(32, 64, 128, 256), depth=(1, 2, 4, 8), length=(16, 32, 64, 128, 256))

GROWTH = {f"{series} {size}": work for series, sizes in SERIES.items() for size, work in sizes.items()}
"""All of them by one name: ``mlp batch 64``."""
