"""Pages about several runs and about breakpoints: what is drawn stands in words too."""

from __future__ import annotations

import pytest
from facts import assert_facts, pictures

from nnlab.session.pages import fitting, page_scene
from nnlab.session.scene import Deed, Line, Scene, Table
from nnlab.session.session import Session
from nnlab.tui.cells import rows_of

BENCH = ("data moons n=80", "net dense 4 relu | dense 1")
CASES = {
    "begun": ("twin fast lr=0.3",),
    "apart": ('twin fast lr=0.3 clip="norm 1"', "run 3 epochs", "pin main", "branch third", "step"),
    "broken": ("loss mse", "twin wild optimizer=sgd lr=1e30", "run 40 steps", "run 5 steps"),
    "stopped": ("twin fast lr=0.3", "break loss < 9", "break |grad| > 100", "run 3 epochs"),
    "gone on": ("twin fast lr=0.3", "break loss < 9", "run 3 epochs", "unbreak all", "step"),
    "in the past": ("twin fast lr=0.3", "run 3 epochs", "seek 2", "step operation"),
}  # fmt: skip


def session(*lines: str) -> Session:
    made = Session()
    for line in (*BENCH, *lines):
        made.execute(line)
    return made


def deeds(scene: Scene) -> list[str]:
    tables = [block for block in scene.blocks if isinstance(block, Table)]
    lines: list[Line] = [line for table in tables for line in table.lines]
    return [line.at.line for line in lines if isinstance(line.at, Deed)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("page", ["twin", "runs", "breaks"])
def test_what_is_drawn_stands_in_words(case: str, page: str) -> None:
    made = session(*CASES[case])
    assert page in fitting(made)
    assert_facts(page_scene(made, page))


def test_every_run_can_be_gone_to_and_every_breakpoint_taken_away() -> None:
    made = session(*CASES["apart"], "break loss < 9", "break epoch = 9")
    assert {"switch main", "switch fast"} <= set(deeds(page_scene(made, "runs")))
    assert {"break 1 ", "break 2 ", "break "} <= set(deeds(page_scene(made, "breaks")))
    for line in deeds(page_scene(made, "runs")):
        if not line.endswith(" "):
            made.parse(line)


def test_the_experiments_of_a_hit_are_there_to_be_entered() -> None:
    made = session(*CASES["stopped"])
    tried = [line for line in deeds(page_scene(made, "breaks")) if line.startswith(("twin", "evaluate"))]
    assert len(tried) == 3
    for line in tried:
        made.execute(line)


def test_without_other_runs_only_breakpoints_have_a_page() -> None:
    found = fitting(session("step"))
    assert "breaks" in found
    assert not {"twin", "runs"} & set(found)


def test_a_small_curve_stands_beside_each_run() -> None:
    scene = page_scene(session(*CASES["apart"]), "runs")
    for name, picture in pictures(scene, None):
        rows = [row for row in rows_of(picture.cells) if "step 6" in row]
        signs = "_.-:=+*#" if "ASCII" in name else "▁▂▃▄▅▆▇█"
        assert any(sum(c in signs for c in row) >= 6 for row in rows), name
