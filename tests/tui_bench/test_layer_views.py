"""Looking into a layer on the bench: a kernel is edited, a window slides, a map fills up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bench_app import BenchApp
from conftest import made

from nnlab.engine.address import Address
from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.scene import Grid, Wall, flat
from nnlab.session.session import Session
from nnlab.tui.bench.arriving import at_progress, filling, written

NETWORK = (
    "data digits shape=8x8x1",
    "net conv 3 3x3 relu | maxpool 2 | dropout 0.2 | flatten | dense 10",
    "batch 8",
    "step",
)


@pytest.fixture
def session() -> Session:
    return made(*NETWORK)


async def looking_into_conv1(pilot: Any, app: BenchApp, until: Any) -> None:
    await until(pilot, lambda: app.bench.moment is not None)
    app.bench.stage.focus()
    await pilot.press("x")
    await until(pilot, lambda: isinstance(app.bench.stage.target, Address))


async def test_raising_a_weight_of_a_kernel_changes_the_map_at_once(session: Session, until: Any) -> None:
    app = BenchApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await looking_into_conv1(pilot, app, until)
        weight = Address("conv1.W", (1, 1, 0, 0))
        app.bench.stage.stand(weight)
        before = session.need_run().value("conv1.W[1,1,0,0]")
        largest = float(np.abs(session.need_run().array("conv1.W")).max())
        await pilot.press("plus")
        await until(pilot, lambda: session.need_run().value("conv1.W[1,1,0,0]") > before)
        raised = session.need_run().value("conv1.W[1,1,0,0]") - before
        assert raised == pytest.approx(10.0 ** round(np.log10(largest)) / 10, rel=1e-4)
        await until(pilot, lambda: app.bench.moment is not None and app.bench.moment.trial is not None)
        moment = app.bench.moment
        assert moment is not None
        image, run = moment.input.reshape(8, 8), session.need_run()
        kernel, bias = run.array("conv1.W")[:, :, 0, 0], run.array("conv1.b")[0]
        found = moment.array("conv1.z")
        assert found is not None
        expected = (image[2:5, 3:6] * kernel).sum() + bias
        assert found[0, 2, 3, 0] == pytest.approx(float(expected), abs=1e-4)
        await until(pilot, lambda: app.bench.question.address == weight)
        await pilot.press("minus")
        await until(pilot, lambda: abs(session.need_run().value("conv1.W[1,1,0,0]") - before) < 1e-5)


async def test_elsewhere_raising_is_a_nudge_on_trial(session: Session, until: Any) -> None:
    app = BenchApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await looking_into_conv1(pilot, app, until)
        await pilot.press("f")  # backward: gradients are no weights
        await until(pilot, lambda: app.bench.moment is not None and app.bench.moment.backward)
        app.bench.stage.stand(Address("conv1.W", (1, 1, 0, 0), "grad"))
        assert app.bench.edited() is None
        kept = session.need_run().value("conv1.W[1,1,0,0]")
        await pilot.press("plus")
        await until(pilot, lambda: bool(app.bench.question.nudges))
        assert session.need_run().value("conv1.W[1,1,0,0]") == kept


async def test_the_window_goes_on_by_itself_and_stops_at_the_key(session: Session, until: Any) -> None:
    app = BenchApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        app.animation_level = "full"
        await looking_into_conv1(pilot, app, until)
        app.bench.stage.stand(Address("conv1.a", (0, 0, 4, 1)))
        await pilot.press("s")
        await until(pilot, lambda: app.bench.stage.target == Address("conv1.a", (0, 1, 0, 1)))
        assert app.bench.sliding
        await pilot.press("s")
        assert not app.bench.sliding


async def test_with_motion_reduced_the_key_moves_the_window_by_one(session: Session, until: Any) -> None:
    app = BenchApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        app.animation_level = "none"
        await looking_into_conv1(pilot, app, until)
        app.bench.stage.stand(Address("conv1.a", (0, 0, 4, 1)))
        await pilot.press("s")
        await pilot.pause(0.5)
        assert app.bench.stage.target == Address("conv1.a", (0, 0, 5, 1))
        app.bench.stage.stand(Address("conv1.a", (0, 5, 5, 1)))
        await pilot.press("s")
        assert app.bench.stage.target == Address("conv1.a", (0, 0, 0, 1))


def test_a_map_fills_row_by_row_while_its_numbers_travel(session: Session) -> None:
    session.execute("back batch")
    session.execute("step operation")  # conv1.z
    moment = Moment.of(session)
    assert written(moment) == {"conv1.z"}
    column = moment.column("conv1")
    assert column is not None
    at = at_progress(moment, Address("conv1.z", (0, 0, 0, 2)), 0.5)
    assert at == Address("conv1.z", (0, 3, 0, 2))
    scene = views.scene_of(moment, column, at)
    assert scene is not None
    half = filling(scene, {"conv1.a"}, 0.5)
    maps = [b for b in flat(half.blocks) if isinstance(b, Grid) and "later" in b.marks]
    assert [grid.title for grid in maps] == ["conv1.a map 2"] or not maps  # a is not known yet
    session.execute("step operation")  # conv1.a
    moment = Moment.of(session)
    scene = views.scene_of(moment, column, at)
    assert scene is not None
    half = filling(scene, written(moment), 0.5)
    (grid,) = (b for b in flat(half.blocks) if isinstance(b, Grid) and "later" in b.marks)
    assert grid.title == "conv1.a map 2"
    assert grid.marks["later"].sum(axis=1).tolist() == [0, 0, 0, 6, 6, 6]
    wall = next(b for b in half.blocks if isinstance(b, Wall) and "maps" in b.title)
    assert wall.grids[0].values is not None
    assert np.isnan(wall.grids[0].values[3:]).all()
    assert np.isfinite(wall.grids[0].values[:3]).all()


def test_before_an_edit_and_after_a_step_nothing_is_on_trial(session: Session) -> None:
    assert Moment.of(session, trying=True).trial is None
    session.execute("edit conv1.W[0,0,0,0] 1")
    assert Moment.of(session).trial is None
    tried = Moment.of(session, trying=True)
    assert tried.trial is not None
    number = tried.number(Address("dense1.z", (0, 3)))
    explanation = tried.explain(Address("dense1.z", (0, 3)))
    assert explanation is not None
    assert explanation.value == number
    assert explanation.evaluate() == pytest.approx(number, abs=1e-5)
    assert Moment.of(session, trying=True).trial is tried.trial
    session.execute("edit conv1.W[0,0,0,0] 2")
    assert Moment.of(session, trying=True).number(Address("dense1.z", (0, 3))) != number
    session.execute("step")
    assert Moment.of(session, trying=True).trial is None
