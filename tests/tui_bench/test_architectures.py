"""Every kind of network opens on the bench and is walked through at three sizes without a fault."""

from __future__ import annotations

from typing import Any

import pytest
from bench_app import BenchApp
from conftest import made

NETWORKS = {
    "images": (
        "data digits28",
        "net conv 4 3x3 relu pad=same | maxpool 2 | conv 4 3x3 relu | batchnorm | flatten | dense 10",
        "batch 8",
    ),
    "sequence": ("data waves n=40", "net lstm 4 | dense 3", "batch 8"),
    "text": (
        "data grammar",
        "net embed 8 | positions | block 2 causal ff=16 | layernorm | dense 21",
        "batch 4",
    ),
    "duel": (
        "data moons n=40",
        "net noise 2 | dense 4 relu | dense 2 | versus | dense 4 relu | dense 1",
        "batch 8",
    ),
    "skip": ("data moons n=40", "net dense 4 tanh | as skip | dense 4 tanh | add skip | dense 1", "batch 8"),
    "code": (
        "data digits target=image",
        "net dense 8 relu | as body | dense 2 | as mean | from body | dense 2 | sample mean | dense 64",
        "loss mse",
        "batch 8",
    ),
}
WALK = (
    "right", "down", "enter", "enter", "escape", "escape", "tab", "tab", "d", "down", "right", "down",
    "enter", "escape", "escape", "f", "space", "g", "g", "g", "x", "left", "up", "v", "2", "3", "4", "1",
)  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("kind", NETWORKS)
async def test_a_network_is_walked_through(kind: str, size: tuple[int, int], until: Any) -> None:
    session = made(*NETWORKS[kind], "step")
    app = BenchApp(session)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.bench.moment is not None or bool(app.bench.trouble))
        assert not app.bench.trouble
        for key in WALK:
            await pilot.press(key)
        await until(pilot, lambda: not app.busy)
        session.execute("run 3 steps")
        await until(pilot, lambda: not session.trainer.running)
        await pilot.press(*WALK)
        assert app.bench.moment is not None
