"""Terminals of other kinds: no colour, no Unicode, another language, none at all."""

from __future__ import annotations

import re

import pytest

from tests.e2e.terminal import plain

COLOR = re.compile(rb"\x1b\[[0-9;]*?\b(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)[;0-9]*m")


def bench(app):
    app.act("data moons n=60", "moons: ")
    app.act("net dense 3 tanh | dense 1", "dense 3 tanh")
    app.keys("space")
    app.until("step 1")
    app.quiet()


@pytest.mark.parametrize(("args", "env"), [((), {"NO_COLOR": "1"}), (("--color", "none"), {})])
def test_without_colour_nothing_is_coloured(start, args, env):
    app = start(*args, env=env)
    app.open_bench()
    bench(app)
    assert COLOR.findall(bytes(app.received)) == []
    app.keys("Q")
    assert app.ended() == 0


def test_ascii_means_ascii(start):
    app = start("--glyphs", "ascii")
    app.open_bench()
    bench(app)
    app.keys("m")
    app.quiet()
    app.keys("?")
    app.quiet()
    foreign = {
        sign for sign in bytes(app.received).decode(errors="replace") if ord(sign) > 126 and sign != "\x7f"
    }
    assert foreign <= set("中文"), sorted(foreign)


def test_in_chinese(start):
    app = start("--language", "zh")
    app.until("A1", "神经元")
    app.keys("enter")
    app.until("1/10")
    app.keys("q")
    app.until("A8")
    app.act("data moons", "x1 ")
    app.keys("Q")
    assert app.ended() == 0


def test_a_linux_console_gets_pictures_it_can_show(start):
    app = start(env={"TERM": "linux", "COLORTERM": ""})
    app.open_bench()
    bench(app)
    assert b"38;2" not in app.received
    app.keys("Q")
    assert app.ended() == 0
    assert app.restored() == []


def test_a_dumb_terminal_is_told_so_or_gets_the_plain_form(start):
    app = start(env={"TERM": "dumb"}, size=(80, 24))
    app.wait(lambda: app.shows("nnlab"), "a sentence or a prompt")
    app.quiet()
    assert b"\x1b[?1049h" not in app.received


def test_with_stderr_redirected_the_plain_form_says_why(start, home):
    app = start(stderr=home / "errors")
    app.until("standard error is redirected")
    app.keys("data moons n=60\n")
    app.until("60 rows")
    app.keys("\x04")
    assert app.ended() == 0


def test_without_a_terminal_lines_are_actions(home):
    answer = plain([], "data moons n=60\nnet dense 2 | dense 1\nstep\n", home=home)
    assert answer.returncode == 0
    assert "step 1" in answer.stdout


@pytest.mark.parametrize(
    ("args", "options", "reason"),
    [
        ((), {"env": {"TERM": "dumb"}}, "a terminal of the kind “dumb” cannot show the app"),
        ((), {"size": (70, 30)}, "this terminal is 70x30, and the app needs 80x24"),
        (("lesson", "run", "a1"), {"size": (90, 20)}, "this terminal is 90x20, and the app needs 80x24"),
    ],
)
def test_where_the_app_cannot_be_shown_the_plain_form_goes_on(start, args, options, reason):
    app = start(*args, **options)
    app.until(reason, "this is the plain form")
    app.until("nnlab>")
    app.keys("quit", "enter")
    assert app.ended() == 0


def test_a_terminal_that_shrinks_goes_on_in_the_plain_form(start, home):
    app = start()
    app.open_bench()
    bench(app)
    app.resize(60, 20)
    app.until("this terminal is 60x20", "press p")
    app.keys("r", ":")
    app.quiet()
    app.keys("p")
    app.until("the plain form", "step 1 · epoch 1", "nnlab>")
    app.keys("explain loss", "enter")
    app.until("loss.each[3,0]")
    app.keys("quit", "enter")
    assert app.ended() == 0
    assert (home / "nnlab/data/sessions/lab-1.nnl").read_text().splitlines()[-1] == "explain loss"
