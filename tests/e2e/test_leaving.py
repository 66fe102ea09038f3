"""However it ends, the terminal is as it was and nothing is lost."""

from __future__ import annotations

import signal

import pytest

from nnlab.session import Session

DATA = "data moons n=60"
NET = "net dense 3 tanh | dense 1"


def working(start):
    """A bench that trains flat out."""
    app = start()
    app.open_bench()
    app.act(DATA, "moons: ")
    app.act(NET, "dense 3 tanh")
    app.keys("r")
    app.until("r pause")
    app.until("epoch")
    return app


def kept(home):
    session = Session.resume(home / "nnlab" / "data" / "sessions" / "lab-1.nnl")
    session.close()
    assert session.history[:2] == [DATA, NET]
    assert session.history[-1].startswith("run to step ")
    assert session.run.step_count > 0
    return session


@pytest.mark.parametrize("way", ["ctrl+c", "Q", "SIGHUP", "SIGTERM", "SIGINT"])
def test_every_way_out_restores_the_terminal_and_keeps_everything(start, home, way):
    app = working(start)
    if way.startswith("SIG"):
        app.send_signal(getattr(signal, way))
    else:
        app.keys(way)
    assert app.ended() == 0
    assert app.restored() == []
    assert app.cooked()
    kept(home)
    assert not list((home / "nnlab" / "data" / "sessions").glob("*.open"))


def test_a_closed_window_loses_nothing(start, home):
    app = working(start)
    app.hang_up()
    assert app.ended() == 0
    kept(home)
    again = start()
    again.until("Continue", "dense 3 tanh | dense 1")
    assert not again.shows("cut off")
