"""The same script gives the same bits through the Python face, a session, the command line and the app."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nnlab
from nnlab.session import Session
from nnlab.settings import Settings
from nnlab.tui.app import NnlabApp
from nnlab.tui.capabilities import FULL
from nnlab.tui.screens.lab import LabScreen

NETWORK = "dense 10 relu | dense 8 relu | dense 10"
DATA = "digits split=80/20/0 seed=1"


def test_the_seed_network_scores_the_same_everywhere() -> None:
    data = nnlab.datasets.load(DATA)
    run = nnlab.Run(
        nnlab.Network.parse(NETWORK, input_shape=(64,)), data, batch_size=32, optimizer="adam", seed=1
    )
    run.train(epochs=10)
    face = run.history.epochs[-1].val_metric

    session = Session(seed=1)
    for line in (f"data {DATA}", f"net {NETWORK}", "optimizer adam", "batch 32", "run 10 epochs"):
        session.execute(line)
    assert session.run is not None
    assert session.run.history.epochs[-1].val_metric == face
    assert session.run.settled_theta().tobytes() == run.settled_theta().tobytes()

    words = [
        "train",
        NETWORK,
        "--data",
        DATA,
        "--epochs",
        "10",
        "--batch",
        "32",
        "--optimizer",
        "adam",
        "--json",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "nnlab", *words],
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert json.loads(done.stdout.splitlines()[-1])["val_metric"] == face


async def test_the_app_trains_to_the_same_bits() -> None:
    """Typed at the action line and trained in its own thread, watched by every place of the bench."""
    script = (f"data {DATA}", f"net {NETWORK}", "optimizer adam", "batch 32", "run 10 epochs")
    alone = Session(seed=1)
    for line in script:
        alone.execute(line)
    app = NnlabApp(Settings(), session=Session(seed=1), capabilities=FULL)
    async with app.run_test(size=(120, 36)) as pilot:
        while not app.loaded or not isinstance(app.screen, LabScreen):
            await pilot.pause(0.02)
        assert app.session is not None
        for line in script:
            await pilot.press(":")
            await pilot.press(*line, "enter")
            while not app.session.history or app.session.history[-1].split()[0] not in (
                line.split()[0],
                "run",
            ):
                await pilot.pause(0.02)
        while app.session.trainer.running or app.session.run is None or not app.session.run.history.epochs:
            await pilot.pause(0.02)
        run = app.session.run
        assert run.history.epochs[-1].val_metric == alone.need_run().history.epochs[-1].val_metric
        assert run.settled_theta().tobytes() == alone.need_run().settled_theta().tobytes()
