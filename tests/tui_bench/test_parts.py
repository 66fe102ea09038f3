"""A layer made of parts, on screen: enter goes into a part, escape comes out again."""

from __future__ import annotations

from typing import Any

from bench_app import BenchApp
from conftest import made
from test_flows import settled, shown

from nnlab.session.scene import Deed

BLOCK = ("data reverse n=60", "net embed 8 | block 2 causal | dense 10", "batch 4", "step")


async def test_enter_goes_into_the_attention_of_a_block_and_escape_out_of_it(until: Any) -> None:
    async with BenchApp(made(*BLOCK)).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        stage = app.bench.stage
        await until(pilot, lambda: settled(app))
        assert stage.open("block1")
        app.bench.show_place("stage")
        await until(pilot, lambda: "what goes through" in shown(app, "stage"))
        while not (isinstance(stage.target, Deed) and "attention" in stage.target.line):
            await pilot.press("up")
        assert str(stage.address(app.bench.moment)) == "block1.z[0,0,0]"
        await pilot.press("enter")
        await until(pilot, lambda: "block1.weights" in shown(app, "stage"))
        await pilot.press("down")
        assert "block1.weights" in shown(app, "stage")
        await pilot.press("escape")
        await until(pilot, lambda: "what goes through" in shown(app, "stage"))
        await pilot.press("escape")
        await until(pilot, lambda: stage.form == "network")
