"""The Python face: names on demand, and ``watch`` on a network of one's own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import nnlab
from nnlab.errors import NnlabError
from nnlab.tui.screens.lab import LabScreen
from nnlab.tui.watch import bench


def test_importing_nnlab_costs_nothing() -> None:
    script = "import sys, nnlab; print(sorted({'numpy', 'textual', 'nnlab.network'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_every_public_name_is_there() -> None:
    for name in nnlab.__all__:
        assert getattr(nnlab, name) is not None
        assert name in dir(nnlab)
    with pytest.raises(AttributeError, match="nothing"):
        _missing = nnlab.nothing  # type: ignore[attr-defined]


def test_explain_is_the_run_s_own_answer() -> None:
    network = nnlab.Network.parse("dense 3 tanh | dense 1", input_shape=(2,))
    run = nnlab.Run(network, nnlab.datasets.load("xor"))
    run.step()
    assert nnlab.explain(run, "dense1.z[0,0]").value == run.value("dense1.z[0,0]")


def test_watch_keeps_the_weights_of_the_network_it_is_given() -> None:
    network = nnlab.Network.parse("dense 3 tanh | dense 1", input_shape=(2,))
    weights = network.parameters["dense1.W"].copy()
    session = bench(network, "moons")
    assert session.network is network
    assert np.array_equal(session.need_run().array("dense1.W"), weights)


def test_watch_takes_notation_runs_and_arrays() -> None:
    assert bench("dense 2 | dense 1", "xor").network.text == "dense 2 | dense 1"
    x, y = np.random.default_rng(1).normal(size=(30, 4)), np.arange(30) % 3
    assert bench("dense 3", (x, y)).data.input_shape == (4,)
    network = nnlab.Network.parse("dense 1", input_shape=(2,))
    run = nnlab.Run(network, nnlab.datasets.load("and"))
    run.train(steps=3)
    assert bench(run).run is run


def test_watch_says_what_does_not_fit() -> None:
    network = nnlab.Network.parse("dense 1", input_shape=(5,))
    with pytest.raises(NnlabError, match="input_shape"):
        bench(network, "moons")
    with pytest.raises(NnlabError, match="data"):
        bench(network)


async def test_the_app_opens_on_the_session_it_is_given(start) -> None:
    session = bench("dense 2 tanh | dense 1", "xor")
    async with start(session=session) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        assert driver.app.session is session
        driver.app.act("run 2 epochs")
        await driver.until(lambda: session.run is not None and session.run.step_count > 0)
        await driver.press("q")
        await driver.shows("Continue")
