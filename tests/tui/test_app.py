"""The app as a whole: starting, loading, leaving, breaking, sizes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nnlab.errors import NnlabError
from nnlab.settings import Settings
from nnlab.tui import shelf
from nnlab.tui.app import THEME_NAMES, NnlabApp
from nnlab.tui.breakdown import record
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.chrome import MessageLine
from nnlab.tui.command_line import CommandLine
from nnlab.tui.keys import KEYS
from nnlab.tui.launch import run
from nnlab.tui.screens.answer import AnswerScreen
from nnlab.tui.screens.home import HomeScreen
from nnlab.tui.screens.lab import LabScreen
from nnlab.tui.screens.lesson import LessonScreen


def test_the_first_paint_imports_neither_numpy_nor_the_session_nor_the_store() -> None:
    script = """
import os, sys
from nnlab.tui.app import NnlabApp
from nnlab.tui.capabilities import FULL
class First(NnlabApp):
    def _begin_loading(self):
        heavy = {"numpy", "sqlalchemy", "nnlab.session.session", "nnlab.engine", "plotext"} & set(sys.modules)
        print("heavy:", sorted(heavy), file=sys.__stdout__, flush=True)
        os._exit(0)
First(capabilities=FULL).run(headless=True, size=(120, 36))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert "heavy: []" in done.stdout, done.stdout + done.stderr


async def test_home_comes_first_and_the_engine_after_it(start) -> None:
    async with start() as driver:
        assert isinstance(driver.app.screen, HomeScreen)
        await driver.loaded()
        assert driver.app.progress is not None


async def test_no_key_of_the_table_means_two_things() -> None:
    used: dict[str, str] = {}
    for key in KEYS.values():
        for name in key.keys:
            assert name not in used, f"{name}: {used.get(name)} and {key.id}"
            used[name] = key.id
        assert any(not name.startswith(("ctrl+", "f1")) for name in key.keys), f"{key.id} has no plain key"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_the_key_bar_fits_and_truncates_nothing(start, size) -> None:
    async with start(size=size) as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        await driver.pilot.pause()
        last = driver.text.splitlines()[-1]
        assert "…" not in last
        assert last.endswith("back")
        assert "? help" in last


async def test_a_terminal_that_is_too_small_is_told_so_until_it_grows(start) -> None:
    async with start(size=(60, 20)) as driver:
        await driver.shows("this terminal is 60x20")
        assert "80x24" in driver.text
        assert "press p to go on in the plain form" in driver.text.replace("\n", " ").replace("  ", " ")
        await driver.pilot.resize_terminal(80, 24)
        await driver.shows("Foundations")
        assert "this terminal is" not in driver.text


async def test_keys_do_nothing_on_a_screen_that_is_covered(start) -> None:
    async with start(size=(60, 20)) as driver:
        await driver.shows("this terminal is 60x20")
        shown = driver.text
        await driver.press(*":?,t")
        await driver.pilot.pause()
        assert driver.text == shown
        await driver.pilot.resize_terminal(80, 24)
        await driver.shows("Foundations")
        assert not driver.app.query("CommandLine"), "the keys are forgotten, not kept for later"


async def test_p_goes_on_in_the_plain_form_with_what_is_in_front(start, pack) -> None:
    async with start(lesson_dirs=[pack], lesson="t1") as driver:
        await driver.until(lambda: isinstance(driver.app.screen, LessonScreen))
        await driver.pilot.resize_terminal(60, 20)
        await driver.shows("this terminal is 60x20")
        await driver.press("p")
        assert driver.app.goes_on is not None
        assert driver.app.goes_on.lesson == "t1_forms"


async def test_without_a_terminal_the_app_refuses_with_one_sentence() -> None:
    with pytest.raises(NnlabError, match="--plain"):
        run()


async def test_q_goes_back_and_from_home_leaves(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_settings()
        await driver.pilot.pause()
        await driver.press("q")
        assert isinstance(driver.app.screen, HomeScreen)
        await driver.press("q")
        await driver.until(lambda: not driver.app.is_running)


async def test_leaving_closes_the_session_in_order(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        path = driver.app.session.log.path
        assert shelf.marker(path).exists()
        driver.app.act("data xor")
        await driver.until(lambda: driver.app.session.history == ["data xor"])
        driver.app.leave()
        assert not shelf.marker(path).exists()
        assert "data xor" in path.read_text()


async def test_actions_happen_in_the_order_of_the_keys(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        for line in ("data xor", "net dense 3 tanh | dense 1", "step", "step", "back"):
            driver.app.act(line)
        await driver.until(lambda: len(driver.app.session.history) == 5)
        assert driver.app.session.history[0] == "data xor"
        assert driver.app.session.history[-1].startswith("back")


async def test_bad_input_is_answered_in_the_message_line(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        driver.app.act("lr -1")
        await driver.until(lambda: "-1" in driver.said)
        assert driver.app.is_running


async def test_a_long_action_is_told_at_once_and_keys_are_answered_meanwhile(start, monkeypatch) -> None:
    from nnlab.training import finder

    found, go_on = finder.find_rate, threading.Event()
    monkeypatch.setattr(finder, "find_rate", lambda *given, **how: go_on.wait(20) and found(*given, **how))
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        for line in ("data xor", "net dense 3 tanh | dense 1", "find_lr"):
            driver.app.act(line)
        await driver.until(lambda: driver.said.startswith("one moment: find_lr   step 0 of"))
        await driver.press(":")
        assert driver.app.screen.query_one(CommandLine).is_open
        await driver.press("escape")
        go_on.set()
        await driver.until(lambda: isinstance(driver.app.screen, AnswerScreen))
        lab = next(s for s in driver.app.screen_stack if isinstance(s, LabScreen))
        await driver.until(lambda: not lab.query_one(MessageLine).text)


async def test_a_long_answer_gets_a_window(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        driver.app.act("help")
        await driver.shows("esc closes")
        await driver.press("escape")
        assert isinstance(driver.app.screen, LabScreen)


@pytest.mark.parametrize("goal", ["1 step", "200 steps"])
async def test_the_end_of_training_is_told_and_the_keys_say_run_again(start, goal: str) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        for line in ("data moons", "net dense 3 tanh | dense 1", f"run {goal}"):
            driver.app.act(line)
        await driver.shows(f"step {goal.split()[0]} reached")
        await driver.shows("r run")
        assert "training …" not in driver.said


async def test_an_action_from_home_opens_the_lab(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.act("data moons")
        await driver.until(lambda: driver.app.session is not None and driver.app.session.data is not None)
        assert isinstance(driver.app.screen, LabScreen)


async def test_an_answer_with_an_empty_line_stays_in_the_message_line(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        driver.app.act("data moons")
        await driver.shows("moons: 800 rows")
        assert "" in driver.app.session.execute("data moons").lines


async def test_an_action_under_a_window_is_done_on_the_bench_below_it(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        lab = driver.app.screen
        await driver.press("question_mark")
        await driver.until(lambda: driver.app.screen is not lab)
        driver.app.act("data xor")
        await driver.until(lambda: lab.session.history == ["data xor"])
        assert lab in driver.app.screen_stack
        assert driver.app.screen is not lab


async def test_the_next_start_offers_a_session_that_was_cut_off(start, home: Path) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.act("data moons")
        await driver.until(lambda: driver.app.session is not None and driver.app.session.data is not None)
        path = driver.app.session.log.path
    shelf.marker(path).write_text("999999999")  # as a process that is gone leaves it
    async with start() as driver:
        await driver.loaded()
        await driver.shows("cut off, nothing lost")
        assert "continue" in driver.said
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        assert driver.app.session.history == ["data moons"]


async def test_a_session_that_is_open_in_another_nnlab_is_not_offered(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.act("data moons")
        await driver.until(lambda: driver.app.session is not None and driver.app.session.data is not None)
        path = driver.app.session.log.path
    assert shelf.newest().path == path
    shelf.marker(path).write_text(str(os.getppid()))
    assert shelf.newest() is None


async def test_a_bench_on_which_nothing_was_done_leaves_no_file(start, home: Path) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        driver.app.leave()
    assert list((home / "data" / "sessions").glob("lab-*")) == []


async def test_a_bug_leaves_one_sentence_and_a_log(home: Path) -> None:
    try:
        raise ZeroDivisionError("division by zero")
    except ZeroDivisionError as error:
        sentence = record(error)
    assert "ZeroDivisionError" in sentence
    assert "Traceback" not in sentence
    assert "Traceback" in (home / "state" / "nnlab.log").read_text()


async def test_a_bug_in_the_hands_ends_the_app_and_not_silently() -> None:
    app = NnlabApp(Settings(motion="reduced", language="en"), capabilities=Capabilities())

    async def divide() -> None:
        async with app.run_test() as pilot:
            app.do(lambda: 1 / 0)
            await pilot.pause(0.5)

    with pytest.raises(ZeroDivisionError):
        await divide()
    assert "ZeroDivisionError" in app.failure


async def test_themes_turn_with_t_and_are_kept(start, home: Path) -> None:
    async with start() as driver:
        await driver.loaded()
        await driver.press("t")
        assert driver.app.theme == THEME_NAMES["light"]
        assert '"light"' in (home / "config" / "settings.json").read_text()


async def test_no_colour_and_ascii_reach_the_screen(start) -> None:
    plain = Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII)
    async with start(capabilities=plain) as driver:
        await driver.loaded()
        await driver.shows("n n l a b")
        assert all(ord(char) < 128 for char in driver.text.replace("\n", "")), driver.text


async def test_the_foot_says_what_enter_does_in_the_palette_and_behind_it(start) -> None:
    async with start(size=(120, 36)) as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: driver.app.session is not None)
        for line in ("data digits", "net dense 10 relu | dense 10"):
            driver.app.act(line)
        await driver.shows("dense 10 relu")
        await driver.press("m")
        await driver.shows("enter use it")
        await driver.press("i")
        await driver.shows("enter insert it")
        await driver.press("enter")
        await driver.shows("enter use it")
