"""A learner's ways over the bench, key by key: build, step, explain, descend, back, seek, branch, train."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from bench_app import BenchApp
from conftest import MOONS, XOR, made

from nnlab.session.moment import Place
from nnlab.session.session import Session
from nnlab.tui.bench.gauges import PAGES
from nnlab.tui.cells import rows_of

SIZES = [(80, 24), (120, 36), (200, 50)]


def shown(app: BenchApp, id: str) -> str:
    """The text of a place on screen."""
    view: Any = app.query_one(f"#{id}")
    return "\n".join(rows_of(view.cells)) if view.cells is not None else ""


def settled(app: BenchApp) -> bool:
    return app.busy == 0 and app.bench.moment is not None


@pytest.mark.parametrize("size", SIZES)
async def test_the_network_is_there_at_every_size(xor: Session, size: tuple[int, int], until: Any) -> None:
    async with BenchApp(xor).run_test(size=size) as pilot:
        app = pilot.app
        await until(pilot, lambda: "dense1" in shown(app, "stage"))
        assert any(name in shown(app, "tape") for name in ("z1", "dense1.z"))
        assert "sgd" in shown(app, "status")


async def test_step_explain_descend_and_climb(xor: Session, until: Any) -> None:
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        bench = app.bench
        await until(pilot, lambda: settled(app))
        await pilot.press("space")
        await until(pilot, lambda: settled(app) and xor.run.step_count == 1)
        await pilot.press("f")
        await until(pilot, lambda: bench.moment.backward)
        await pilot.press("f")
        await until(pilot, lambda: not bench.moment.backward)
        bench.stage.stand(Place("dense2.z", (0,)))
        await until(pilot, lambda: str(bench.question.address).startswith("dense2.z"))
        await pilot.press("enter")
        assert bench.inspector.has_focus
        first = bench.question.address
        await pilot.press("enter")
        await until(pilot, lambda: bench.question.trail == (first,))
        assert str(bench.question.address).startswith("dense1.a")
        await pilot.press("enter")
        await until(pilot, lambda: len(bench.question.trail) == 2)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: bench.question.address == first and not bench.question.trail)
        await pilot.press("escape")
        assert bench.stage.has_focus


async def test_values_after_the_cursor_are_not_known(xor: Session, until: Any) -> None:
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until(pilot, lambda: xor.grain == "operation" and settled(app))
        await pilot.press("space")
        await until(pilot, lambda: settled(app) and xor.run.tape.position == 1)
        await until(pilot, lambda: app.bench.track.position == 1)
        moment = app.bench.moment
        assert moment.array("dense1.z") is not None
        assert moment.array("dense1.a") is None
        assert moment.array("dense1.W", "grad") is None
        assert "?" in shown(app, "stage")
        await pilot.press("b")
        await until(pilot, lambda: settled(app) and xor.run.tape.position == 0)


async def test_seek_and_branch_on_the_scrubber(xor: Session, until: Any) -> None:
    xor.execute("run 60 steps")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("3", "down", "home")
        await until(pilot, lambda: settled(app) and xor.run.step_count == 0)
        await pilot.press("right")
        await until(pilot, lambda: settled(app) and xor.run.step_count > 0)
        here = xor.run.step_count
        await pilot.press("B")
        await until(pilot, lambda: settled(app) and xor.current == "branch1")
        await until(pilot, lambda: app.bench.track.run == "branch1")
        assert xor.run.step_count == here
        await pilot.press("space")
        await until(pilot, lambda: settled(app) and xor.run.step_count == here + 1)
        assert xor.runs["main"].last_step == 60


async def test_the_scrubber_is_dragged_with_the_mouse(xor: Session, until: Any) -> None:
    xor.execute("run 60 steps")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app) and app.bench.tape.shown is not None)
        row = [s for s in app.bench.tape.shown.spots if s.target[0] == "seek"]
        await pilot.mouse_down("#tape", offset=(row[len(row) // 2].x, row[0].y))
        for x in (row[len(row) // 4].x, row[0].x, 1):
            await pilot.hover("#tape", offset=(x, 0))  # the mouse need not keep to the line
        await until(pilot, lambda: settled(app) and xor.run.step_count == 0)
        await pilot.mouse_up("#tape", offset=(1, row[0].y))
        await pilot.hover("#tape", offset=(row[-1].x, row[0].y))
        await pilot.pause()
        assert xor.run.step_count == 0


async def test_the_sum_is_reached_where_a_unit_has_one_row(digits: Session, until: Any) -> None:
    digits.execute("step")
    async with BenchApp(digits).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        stage = app.bench.stage
        await until(pilot, lambda: settled(app) and stage.shown is not None)
        answer, total = Place("dense2.a", (3,)), Place("dense2.z", (3,))
        stage.stand(answer)
        await until(pilot, lambda: stage.shown.spot_of(answer) is not None)
        await pilot.press("left")
        await until(pilot, lambda: str(app.bench.question.address).startswith("dense2.z["))
        assert stage.place == total
        await until(pilot, lambda: "dense2.z[" in shown(app, "stage"))
        assert (
            "z"
            in shown(app, "stage").splitlines()[stage.shown.spot_of(total).y][
                : stage.shown.spot_of(total).x + 2
            ]
        )
        await pilot.press("right")
        await until(pilot, lambda: stage.place == answer)
        spot = stage.shown.spot_of(Place("dense2.z", (1,)))
        await pilot.click("#stage", offset=(spot.x, spot.y))
        await until(pilot, lambda: stage.place == Place("dense2.z", (1,)))


async def test_every_unit_of_a_histogram_is_reached_by_arrows(until: Any) -> None:
    session = made("data moons n=40", "net dense 2 tanh | dense 500 relu | dense 1", "step")
    async with BenchApp(session).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("tab")
        await until(pilot, lambda: app.bench.stage.place.value.startswith("dense2"))
        await pilot.press("down", "down", "up", "down")
        assert app.bench.stage.place == Place("dense2.a", (2,))
        await until(pilot, lambda: " 2: " in shown(app, "stage"))
        await pilot.press(*["up"] * 4)
        assert app.bench.stage.place == Place("dense2.a", (0,))
        await pilot.press("left")
        assert app.bench.stage.place.value.startswith("dense1")


async def test_a_click_on_an_event_goes_there(xor: Session, until: Any) -> None:
    xor.execute("step")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app) and app.bench.tape.shown is not None)
        spot = app.bench.tape.shown.spot_of(("event", 3))
        await pilot.click("#tape", offset=(spot.x, spot.y))
        await until(pilot, lambda: settled(app) and xor.run.tape.position == 3)


async def test_a_click_on_a_number_explains_it(xor: Session, until: Any) -> None:
    xor.execute("step")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app) and app.bench.stage.shown is not None)
        target = Place("dense1.a", (1,))
        spot = app.bench.stage.shown.spot_of(target)
        await pilot.click("#stage", offset=(spot.x + 1, spot.y))
        name = str(app.bench.moment.address(target))
        assert name.startswith("dense1.a[")
        assert name.endswith(",1]")
        await until(pilot, lambda: str(app.bench.question.address) == name)
        assert name in shown(app, "inspector")


async def test_check_and_nudge_stand_beside_the_number(xor: Session, until: Any) -> None:
    xor.execute("step")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        bench = app.bench
        await until(pilot, lambda: settled(app))
        bench.stage.stand(Place("dense1.W", (0, 1)))
        await until(pilot, lambda: str(bench.question.address) == "dense1.W[0,1]")
        await pilot.press("v")
        await until(pilot, lambda: bench.question.check is not None)
        assert bench.question.check.agrees
        await pilot.press("plus", "plus")
        await until(pilot, lambda: bool(bench.question.nudges))
        assert bench.question.chosen > 0
        small = min(bench.question.nudges, key=lambda n: abs(n.delta))
        assert small.true == pytest.approx(small.predicted, rel=0.2)
        assert bench.question.ledger


async def test_a_selected_number_is_under_the_cursor(xor: Session, until: Any) -> None:
    xor.execute("step")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        app.bench.act("select dense1.W[1,0]")
        await until(pilot, lambda: app.bench.stage.place == Place("dense1.W", (1, 0)))
        assert str(app.bench.question.address) == "dense1.W[1,0]"
        row = app.bench.moment.row
        app.bench.act(f"select dense1.z[{row},1].grad")
        await until(pilot, lambda: app.bench.stage.place == Place("dense1.z", (1,)))
        await until(pilot, lambda: app.bench.moment.backward)
        app.bench.act("select dense1.W[0,1].step")  # which the stage does not show
        await until(pilot, lambda: app.bench.inspector.has_focus)
        assert str(app.bench.question.address) == "dense1.W[0,1].step"


async def test_build_with_the_keyboard(moons: Session, until: Any) -> None:
    async with BenchApp(moons).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("m")
        await until(pilot, lambda: app.bench.building)
        await pilot.press("right", "right", "a")
        assert app.bench.workshop.draft.text == "dense 5 sigmoid | dense 1"
        assert app.bench.workshop.query_one("#notation").value == "dense 5 sigmoid | dense 1"  # type: ignore[attr-defined]
        await pilot.press("i", *"sof", "escape")
        assert app.bench.building  # out of the palette only
        await pilot.press("i", *"rel")
        assert "rel" in shown(app, "builder")
        await pilot.press("enter")
        assert app.bench.workshop.draft.text == "dense 5 sigmoid | relu | dense 1"
        await pilot.press("enter")
        await until(pilot, lambda: settled(app) and not app.bench.building)
        assert moons.network is not None
        assert moons.network.text == "dense 5 sigmoid | relu | dense 1"


async def test_edits_of_the_draft_are_undone_before_they_are_used(moons: Session, until: Any) -> None:
    async with BenchApp(moons).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        network, count = moons.bench.network_text, len(moons.history)
        await pilot.press("m", "right", "d")
        shop = app.bench.workshop
        assert shop.draft.text == "dense 1"
        await pilot.press("u")
        assert shop.draft.text == "dense 4 tanh | dense 1"
        await pilot.press("u", "u")
        assert shop.draft.text == network
        await pilot.press("U")
        assert shop.draft.text == "dense 4 tanh | dense 1"
        assert len(moons.history) == count  # the session has heard nothing of it


async def test_build_in_the_notation(moons: Session, until: Any) -> None:
    async with BenchApp(moons).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("m", "e", "end", *" | rleu")
        await pilot.pause()
        assert "relu" in app.bench.workshop.spoken
        assert "relu" in shown(app, "builder")
        await pilot.press(*["backspace"] * 7, "enter")
        await until(pilot, lambda: not app.bench.building)


async def test_build_with_the_mouse(moons: Session, until: Any) -> None:
    async with BenchApp(moons).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("m")
        await until(pilot, lambda: app.bench.building and app.bench.workshop.view.shown is not None)
        view = app.bench.workshop.view
        spot = view.shown.spot_of(("button", "+", 0))
        await pilot.click("#builder", offset=(spot.x + 1, spot.y))
        await pilot.pause()
        assert app.bench.workshop.draft.text.startswith("dense 4 tanh")


async def test_training_is_shown_while_it_runs_and_a_knob_turns(moons: Session, until: Any) -> None:
    async with BenchApp(moons).run_test(size=(200, 50)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("r")
        await until(pilot, lambda: moons.trainer.running and app.bench.dials.running)
        await until(pilot, lambda: app.bench.readings.plane is not None)
        await pilot.press("k", "up")
        await until(pilot, lambda: "lr 0.002" in app.done)
        assert moons.trainer.running
        await pilot.press("escape", "r")
        await until(pilot, lambda: not moons.trainer.running and not app.bench.dials.running)
        await until(pilot, lambda: app.bench.track.step == moons.run.step_count)
        assert "train" in shown(app, "gauges")


async def test_points_are_drawn_with_keys_and_mouse(until: Any) -> None:
    session = Session()
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await pilot.press("w")
        await pilot.pause()
        await pilot.press("left", "left", "up", "space", "1", "right", "space")
        await until(pilot, lambda: app.busy == 0 and len(session.bench.points) == 2)
        assert session.data is not None
        assert session.data.name == "points"
        await pilot.click("#easel", offset=(20, 10))
        await until(pilot, lambda: app.busy == 0 and len(session.bench.points) == 3)
        await pilot.press("backspace")
        await until(pilot, lambda: app.busy == 0 and len(session.bench.points) == 2)
        await pilot.press("escape")
        await pilot.pause()
        assert not app.bench.drawing


async def test_a_finished_run_has_a_report(xor: Session, until: Any) -> None:
    xor.execute("run 20 steps")
    async with BenchApp(xor).run_test(size=(200, 50)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        for _page in range(len(PAGES) + 1):
            if app.bench.reporting:
                break
            await pilot.press("g")
            await pilot.pause()
        assert app.bench.reporting
        await pilot.press("g")
        await pilot.pause()
        assert not app.bench.reporting
        assert app.bench.gauges.display
        assert "curves" in shown(app, "gauges").split("\n")[0] + shown(app, "gauges").split("\n")[1]
        app.bench.report.open()
        app.bench.show_place("gauges")
        await pilot.press("escape")
        assert not app.bench.reporting


async def test_a_step_is_played_operation_by_operation(xor: Session, until: Any) -> None:
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("o")
        await until(pilot, lambda: app.done.count("step operation") >= 3)
        await pilot.press("o")
        assert not app.bench.playing


async def test_one_example_is_followed(moons: Session, until: Any) -> None:
    async with BenchApp(moons).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("e")
        await until(pilot, lambda: moons.example == 1 and app.bench.moment.example == 1)
        await pilot.press("E", "E")
        await until(pilot, lambda: moons.example == len(moons.data.split.train) - 1)


async def test_an_example_outside_the_batch_is_met_in_its_step(moons: Session, until: Any) -> None:
    moons.execute("run 5 steps")
    async with BenchApp(moons).run_test(size=(200, 50)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        row = next(k for k in range(36) if moons.data.split.train[k] not in moons.run.batch_indices)
        moons.execute(f"example {row}")
        await until(pilot, lambda: not app.bench.moment.followed)
        assert f"F: to example {row}" in shown(app, "stage")
        await pilot.press("F")
        await until(pilot, lambda: settled(app) and app.bench.moment.followed)
        assert moons.data.split.train[row] in moons.run.batch_indices
        assert 5 <= moons.run.step_count <= 8  # the same epoch, the second one


async def test_breakpoints_are_offered_from_where_the_tape_stands_and_marked(
    xor: Session, until: Any
) -> None:
    xor.execute("run 60 steps")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "step = 61" in shown(app, "gauges"))
        await pilot.press("enter")
        await until(pilot, lambda: app.typed == ["break step = 61"])
        assert "!" not in shown(app, "tape")
        xor.execute("break step = 30")
        xor.execute("break loss < 0.001")
        await until(pilot, lambda: app.bench.track.stops == (30,))
        assert shown(app, "tape").count("!") == 2  # on the scrubber, and how many there are
        assert "!2" in shown(app, "tape")


async def test_a_number_is_copied_with_its_arithmetic(xor: Session, until: Any) -> None:
    xor.execute("step")
    async with BenchApp(xor).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        app.bench.stage.stand(Place("dense2.z", (0,)))
        await until(
            pilot,
            lambda: str(app.bench.question.address).startswith("dense2.z") and app.bench.question.explanation,
        )
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard.startswith("dense2.z["))
        assert "x·W + b" in app.clipboard
        assert any("copied" in said for said in app.said)


async def test_tabs_at_80_columns(xor: Session, until: Any) -> None:
    async with BenchApp(xor).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        bench = app.bench
        await until(pilot, lambda: settled(app))
        for key, id in (("2", "inspector"), ("4", "gauges"), ("1", "stage")):
            await pilot.press(key)
            await pilot.pause()
            assert app.query_one(f"#{id}").display
            assert app.query_one("#tape").display
            assert bench.layout_name == "small"
        await pilot.press("z")
        await pilot.pause()
        assert bench.layout_name == "single"


async def test_the_inspector_follows_the_cursor_where_another_size_has_moved_it(
    moons: Session, until: Any
) -> None:
    async with BenchApp(moons).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("r")
        await until(pilot, lambda: app.bench.question.explanation is not None)
        for value in ("dense1.a", "dense1.z"):
            app.bench.stage.place = app.bench.stage.target = Place(value, (1,))
            await until(pilot, lambda value=value: str(app.bench.question.address).startswith(value))
        await pilot.press("r")
        await until(pilot, lambda: not moons.trainer.running)


async def test_resizing_while_training(moons: Session, until: Any) -> None:
    async with BenchApp(moons).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app))
        await pilot.press("r")
        for size in ((200, 50), (60, 12), (120, 36), (20, 5), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.05)
        await pilot.press("r")
        await until(pilot, lambda: not moons.trainer.running)


async def test_without_data_the_bench_says_what_to_do(until: Any) -> None:
    async with BenchApp(Session()).run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await until(pilot, lambda: "data moons" in shown(app, "stage"))
        await pilot.press("space")
        await until(pilot, lambda: bool(app.said))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.bench.moment is not None and "dense2" in shown(app, "stage"))
        assert app.session.data is not None
        assert app.session.data.name == "moons"


async def test_a_large_network_is_laid_out_beside_the_keys(monkeypatch: Any, until: Any) -> None:
    session = made("data moons n=40", "net dense 900 relu | dense 900 relu | dense 1")
    makers = []
    make = session.need_run

    def need_run() -> Any:
        if session.run is None:
            makers.append(threading.current_thread().name)
        return make()

    monkeypatch.setattr(session, "need_run", need_run)
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await until(pilot, lambda: settled(app) and "dense3" in shown(app, "stage"))
        assert makers
        assert all(name.startswith("gauges") for name in makers)


async def test_compact_hands_tab_on_to_the_lesson() -> None:
    session = made(*MOONS)
    async with BenchApp(session, compact=True).run_test(size=(100, 24)) as pilot:
        bench = pilot.app.bench
        await pilot.pause(0.2)
        assert bench.layout_name == "pair"
        bench.action_tape()
        await pilot.pause()
        await pilot.press("tab")
        assert bench.tape.has_focus or pilot.app.focused is not None


async def test_a_broken_pair_of_data_and_network_is_told(until: Any) -> None:
    session = made(*XOR)
    session.execute("data iris")
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        await pilot.pause(0.3)
        await until(pilot, lambda: app.bench.moment is not None or bool(app.bench.trouble))


async def test_a_weight_is_changed_from_its_place_before_any_step(xor: Session, until: Any) -> None:
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app
        bench = app.bench
        await until(pilot, lambda: settled(app))
        bench.stage.stand(Place("dense1.W", (0, 0)))
        await until(pilot, lambda: "enter: another value" in shown(app, "inspector"))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.typed == ["edit dense1.W[0,0] "])
