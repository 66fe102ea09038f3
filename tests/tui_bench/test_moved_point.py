"""The code of an autoencoder under the learner's hand: keys, arrows and the mouse move it."""

from __future__ import annotations

import pytest
from bench_app import BenchApp
from conftest import made
from test_page_flows import asked
from textual.pilot import Pilot

from nnlab.session.insight.codes import codes
from nnlab.session.scene import Deed
from nnlab.session.session import Session
from nnlab.tui.bench.spots import Area

CODES = ("data digits target=image scale=unit", "net dense 2 | dense 64 sigmoid", "run 1 epochs", "code 0 0")
POINT = Deed("code map ")


async def settle(pilot: Pilot[None], app: BenchApp) -> None:
    for _turn in range(60):
        await pilot.pause(0.05)
        if not app.busy and app.bench._asked is None:
            break
    await pilot.pause(0.1)


async def opened(pilot: Pilot[None], app: BenchApp) -> None:
    await pilot.pause(0.2)
    await asked(pilot, app, "view codes")


def at(session: Session) -> tuple[float, float]:
    x, y = codes(session).point.at
    return float(x), float(y)


async def test_plus_and_minus_move_the_number_under_the_cursor() -> None:
    session = made(*CODES)
    app = BenchApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        step = codes(session).point.step
        await pilot.press("plus")
        await settle(pilot, app)
        await pilot.press("plus")
        await settle(pilot, app)
        assert codes(session).point.code[0] == pytest.approx(2 * step[0])
        await pilot.press("down", "minus")
        await settle(pilot, app)
        assert codes(session).point.code[1] == pytest.approx(-step[1])
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert app.typed == ["code 1="]


async def test_arrows_take_the_point_along_until_escape_lets_go() -> None:
    session = made(*CODES)
    app = BenchApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, app)
        view = app.bench.gauges
        view.stand(POINT)
        await settle(pilot, app)
        before = at(session)
        await pilot.press("enter")
        await pilot.press("right")
        await settle(pilot, app)
        x, y = at(session)
        assert x > before[0]
        assert y == pytest.approx(before[1], abs=1e-3)
        await pilot.press("escape")
        assert app.bench.zoomed
        await pilot.press("left")
        await settle(pilot, app)
        assert at(session) == (x, y)


async def test_the_mouse_drags_the_point_over_the_map() -> None:
    session = made(*CODES)
    app = BenchApp(session)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, app)
        view = app.bench.gauges
        assert view.shown is not None
        (area,) = view.shown.areas
        await pilot.mouse_down(view, offset=(area.x + 2, area.y + 2))
        await pilot.hover(view, offset=(area.x + area.width - 3, area.y + 1))
        await pilot.mouse_up(view, offset=(area.x + area.width - 3, area.y + 1))
        await settle(pilot, app)
        wide = (area.x_range[1] - area.x_range[0]) / area.width
        x, y = at(session)
        assert x == pytest.approx(area.x_range[1] - 2.5 * wide, rel=0.01)
        assert y > 0


def test_an_area_answers_the_middle_of_a_cell() -> None:
    area = Area(2, 10, 4, 8, "code map {x} {y}", (0.0, 8.0), (-2.0, 2.0))
    assert area.line_at(2, 10) == "code map 0.5 1.5"
    assert area.line_at(99, 99) == "code map 7.5 -1.5"
    assert area.moved(1, 1).holds(3, 11)
    assert not area.holds(1, 10)
