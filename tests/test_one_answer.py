"""The same script gives the same bits through the Python face, a session and the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nnlab
from nnlab.session import Session

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
