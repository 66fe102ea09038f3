"""The page of calibration: what the engine measured, nothing else."""

from __future__ import annotations

from facts import assert_facts

from nnlab.session.insight.scores import Bin, Calibration
from nnlab.session.pages import PAGES, fitting, page_scene
from nnlab.session.scene import Table
from nnlab.session.session import Session

FOUND = Calibration("validation", (Bin(0.4, 0.5, 10, 0.44, 0.5), Bin(0.9, 1.0, 5, 0.97, 0.8)), 0.1)


def test_the_page_tells_every_bin() -> None:
    scene = PAGES["calibration"].scene(FOUND)
    table = next(block for block in scene.blocks if isinstance(block, Table))
    assert [line.value for line in table.lines] == [0.5, 0.8]
    assert_facts(scene)


def test_the_page_is_there_for_classes_alone() -> None:
    session = Session()
    for line in ("data iris", "net dense 8 tanh | dense 3", "run 2 epochs"):
        session.execute(line)
    assert "calibration" in fitting(session)
    assert page_scene(session, "calibration").title
    session = Session()
    for line in ("data sine n=40", "net dense 4 tanh | dense 1", "step"):
        session.execute(line)
    assert "calibration" not in fitting(session)
