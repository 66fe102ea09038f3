"""A layer made of parts, on screen: enter goes into a part, escape comes out again."""

from __future__ import annotations

from typing import Any

import pytest
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


async def test_a_text_is_typed_and_read_at_every_key(until: Any) -> None:
    from nnlab.tui.bench.typing_line import TypingLine

    session = made("data reviews n=80", "net embed 8 | meantime mask=input | dense 2", "batch 4", "step")
    async with BenchApp(session).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("w")
        await until(pilot, lambda: bool(app.query(TypingLine)) and app.query_one(TypingLine).display)
        line = app.query_one(TypingLine)
        for key in ("t", "h", "e"):
            await pilot.press(key)
        assert line.input.value == "the"  # the text that stood there was selected
        line.input.value = "the film was good"
        await until(pilot, lambda: "your text: the film was good" in shown(app, "stage"))
        assert "read the film was good" not in session.history
        line.input.value = "the film was bad"
        await pilot.press("escape")
        await until(pilot, lambda: "truth" in shown(app, "stage"))
        assert not session.bench.own
        await pilot.press("w")
        await until(pilot, lambda: line.display)
        line.input.value = "the film was bad"
        await pilot.press("enter")
        await until(pilot, lambda: session.history[-1] == "read the film was bad")


async def test_plus_and_minus_move_the_temperature_of_candidates(until: Any) -> None:
    session = made("data grammar n=60", "net embed 8 | dense 21", "batch 4", "step")
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        assert app.bench.stage.open("dense1")
        app.bench.show_place("stage")
        await until(pilot, lambda: "candidates" in shown(app, "stage"))
        for left in (0.9, 0.8):
            await pilot.press("-")
            await until(pilot, lambda left=left: session.bench.sampling[0] == left)
        await until(pilot, lambda: "drawn with" in shown(app, "stage"))


@pytest.mark.parametrize("what", ["block1.attention", "block1.weights[0,1,3,2]"])
async def test_view_opens_a_part_on_the_stage(what: str, until: Any) -> None:
    async with BenchApp(made(*BLOCK)).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        app.bench.act(f"view {what}")
        await until(pilot, lambda: "block1.attention" in shown(app, "stage"))
        if "[" in what:
            await until(pilot, lambda: str(app.bench.stage.target) == what)
            assert "head 2 of 2" in shown(app, "stage")


async def test_view_turns_to_gradients_and_back_as_it_is_told(until: Any) -> None:
    session = made("data sequence x=0.5,-0.2 y=1", "net rnn 1", "step")
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        app.bench.act("view rnn1 backward")
        await until(pilot, lambda: "gradients through time" in shown(app, "stage"))
        app.bench.act("view rnn1 forward")
        await until(pilot, lambda: "unit 0 through time" in shown(app, "stage"))
