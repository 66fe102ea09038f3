"""The screen of breakpoints: everything about them by key."""

from __future__ import annotations

from bench_app import BenchApp
from conftest import made
from test_moved_point import settle
from test_page_flows import text

BENCH = ("data moons n=80", "net dense 4 relu | dense 1", "break step = 3", "break loss < 0.1", "step")


async def test_its_key_opens_it_and_begins_a_new_one_there() -> None:
    app = BenchApp(made(*BENCH))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        await pilot.press("exclamation_mark")
        await settle(pilot, app)
        assert app.bench.zoomed
        assert "2  loss < 0.1" in text(app)
        await pilot.press("exclamation_mark")
        await pilot.pause(0.1)
        assert app.typed == ["break "]


async def test_keys_turn_off_change_and_take_away() -> None:
    session = made(*BENCH)
    app = BenchApp(session)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        await pilot.press("exclamation_mark")
        await settle(pilot, app)
        await pilot.press("minus")
        await settle(pilot, app)
        assert session.bench.acting == ("loss < 0.1",)
        assert "off; not yet" in text(app)
        await pilot.press("plus")
        await settle(pilot, app)
        assert session.bench.acting == ("step = 3", "loss < 0.1")
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert app.typed == ["break 1 step = 3"]
        assert "remove" in app.bench.keys_here()
        await pilot.press("down", "d")
        await settle(pilot, app)
        assert session.bench.breaks == ("step = 3",)


async def test_after_a_hit_the_key_shows_where_why_and_what_to_try() -> None:
    app = BenchApp(made(*BENCH, "run 9 steps"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        await pilot.press("exclamation_mark")
        await settle(pilot, app)
        shown = text(app)
        assert "last stop: step = 3, at step 3 of main" in shown
        assert shown.count("twin ") == 2
        await pilot.press("enter")
        await settle(pilot, app)
        assert app.session.bench.twin == "fast"
