"""Pages of scenes among the gauges: asked for by name, alone on the screen; a mouse that paints."""

from __future__ import annotations

from bench_app import BenchApp
from conftest import made
from textual.pilot import Pilot

from nnlab.engine.address import Address
from nnlab.session.insight import sketch
from nnlab.session.scene import Deed
from nnlab.session.session import Session
from nnlab.tui.bench import gauges
from nnlab.tui.bench.gauges import PAGES
from nnlab.tui.cells import rows_of

IRIS = ("data iris", "net dense 6 tanh | dense 3", "run 2 epochs")
DIGITS = ("data digits", "net dense 12 relu | dense 10", "run 1 epochs")


async def asked(pilot: Pilot[None], app: BenchApp, line: str) -> None:
    """Do an action and wait until the bench has drawn what it brought."""
    app.bench.act(line)
    for _turn in range(100):
        await pilot.pause(0.05)
        if not app.busy and line in app.done + app.said and app.bench._asked is None:
            break
    await pilot.pause(0.1)


def text(app: BenchApp) -> str:
    shown = app.bench.gauges.shown
    return "" if shown is None else "\n".join(rows_of(shown.cells))


async def test_a_page_that_is_asked_for_has_the_screen_and_the_keyboard() -> None:
    app = BenchApp(made(*IRIS))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.2)
        await asked(pilot, app, "view optimisers")
        assert app.focused is app.bench.gauges
        assert app.bench.zoomed
        assert "one weight, one gradient" in text(app)
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert not app.bench.zoomed
        assert app.focused is app.bench.stage


async def test_a_page_with_nothing_to_show_yet_says_how_to_begin() -> None:
    app = BenchApp(made(*IRIS))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.2)
        await asked(pilot, app, "view race")
        assert "sgd, momentum, adam" in text(app)
        await pilot.press("down")
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "race" in app.done or app.busy


async def test_dear_pages_and_trials_are_never_beside_others_unasked() -> None:
    session = made(*IRIS)
    app = BenchApp(session)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause(0.3)
        for name in gauges.pages_for(app.bench.readings):
            beside = gauges.shown((name,), app.bench.readings, 50, 200)[0][1:]
            assert all(PAGES[other].light for other in beside)
        assert not PAGES["worth"].light
        assert not PAGES["race"].light
        assert PAGES["calibration"].light


async def test_a_layer_can_be_asked_for_by_name() -> None:
    app = BenchApp(made("data digits shape=8x8x1", "net conv 4 3x3 relu | flatten | dense 10", "step"))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.2)
        await asked(pilot, app, "view conv1")
        assert app.bench.stage.form == "layer"
        assert app.bench.stage.closeup.layer == "conv1"


async def test_the_mouse_paints_a_stroke_and_a_click_is_one_pixel() -> None:
    session = made(*DIGITS)
    app = BenchApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.2)
        await asked(pilot, app, "view sketch")
        await _press(pilot, app, "sketch 1 2", "sketch 4 2")
        pixels = sketch.drawn(session)
        assert pixels[1:5, 2].tolist() == [1, 1, 1, 1]
        assert pixels.sum() == 4
        await _press(pilot, app, "sketch 6 6", "sketch 6 6")
        assert sketch.drawn(session)[6, 6] == 1


async def _press(pilot: Pilot[None], app: BenchApp, first: str, last: str) -> None:
    """The mouse down on one pixel, along to another, and up."""
    view = app.bench.gauges
    places = []
    for line in (first, last):
        spot = None if view.shown is None else view.shown.spot_of(Deed(line))
        assert spot is not None
        places.append((spot.x, spot.y))
    await pilot.mouse_down(view, offset=places[0])
    await pilot.hover(view, offset=places[1])
    await pilot.mouse_up(view, offset=places[1])
    for _turn in range(60):
        await pilot.pause(0.05)
        if not app.busy:
            break


async def test_enter_paints_and_the_answer_follows() -> None:
    session: Session = made(*DIGITS)
    app = BenchApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        await asked(pilot, app, "view sketch")
        for key in ("down", "down", "right", "enter"):
            await pilot.press(key)
            await pilot.pause(0.1)
        for _turn in range(60):
            await pilot.pause(0.05)
            if not app.busy and "the network says" in text(app):
                break
        assert sketch.drawn(session).sum() == 1
        assert "the network says" in text(app)


async def test_a_page_that_gets_the_keyboard_has_its_cursor_on_a_number() -> None:
    app = BenchApp(made(*IRIS))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.2)
        await asked(pilot, app, "view Optimisers")
        assert app.bench.gauges.target == Address("dense1.W", (0, 0), "step")
        await pilot.press("g")
        await pilot.pause(0.2)
        assert app.bench.gauges.order == ("race",)
        assert app.bench.gauges.target == Deed("race")


async def test_after_an_edit_the_network_shows_what_it_answers_now() -> None:
    app = BenchApp(made(*IRIS))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(0.2)
        await asked(pilot, app, "edit dense1.W[0,0] 2")
        shown = app.bench.stage.shown
        assert app.bench.stage.form == "network"
        assert shown is not None
        assert "?" not in "\n".join(rows_of(shown.cells)).replace("why?", "")


async def test_the_key_that_pauses_training_stops_a_study() -> None:
    session = made(*IRIS)
    app = BenchApp(session)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.2)
        app.bench.act("race sgd momentum adam steps=1000")
        for _turn in range(200):
            await pilot.pause(0.02)
            if session.errands.now is not None and session.errands.now.done:
                break
        await pilot.press("r")
        for _turn in range(200):
            await pilot.pause(0.02)
            if app.said:
                break
        assert app.said[0].startswith("stopped after ")
        assert not session.trainer.running
