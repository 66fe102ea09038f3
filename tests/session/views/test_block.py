"""The view of a Transformer block: its parts in order, what goes past them, and the way into each."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.engine.address import Address
from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.scene import Flow, Grid, Scene, Sheet
from nnlab.session.scene_text import render_scene

PRE = ("data reverse n=60", "net embed 8 | block 2 causal | dense 10", "batch 4", "step")
POST = ("data reverse n=60", "net embed 8 | block 2 post=yes dropout=0.2 | dense 10", "batch 4", "step")
DECODER = (
    "data reverse n=60 decoder=yes",
    "net embed 8 | as source | from previous | embed 8 | block 2 causal from=source mask=input | dense 11",
    "batch 4",
    "step",
)


def flow(scene: Scene) -> Flow:
    found = scene.blocks[0]
    assert isinstance(found, Flow)
    return found


@pytest.mark.parametrize("actions", [PRE, POST, DECODER])
@pytest.mark.parametrize("backward", [False, True])
def test_every_number_of_the_picture_stands_in_the_text(actions: tuple[str, ...], backward: bool) -> None:
    _moment, scene = scene_at(made(*actions), "block1", backward)
    assert_facts(scene)


@pytest.mark.parametrize(
    ("actions", "parts"),
    [
        (PRE, ["through", "leaves layernorm", "beside attention 2 causal", "joins sum", "leaves layernorm",
               "beside dense 32 gelu", "beside dense 8", "joins sum"]),
        (POST, ["through", "leaves attention 2", "beside dropout", "joins sum", "through layernorm",
                "leaves dense 32 gelu", "beside dense 8", "beside dropout", "joins sum",
                "through layernorm"]),
        (DECODER, ["through", "leaves layernorm", "beside attention 2 causal", "joins sum",
                   "leaves layernorm", "beside attention 2 from=embed1", "joins sum", "leaves layernorm",
                   "beside dense 32 gelu", "beside dense 8", "joins sum"]),
    ],
)  # fmt: skip
def test_parts_stand_in_order_beside_what_goes_past_them(actions: tuple[str, ...], parts: list[str]) -> None:
    _moment, scene = scene_at(made(*actions), "block1")
    stops = flow(scene).stops
    assert [f"{stops[0].way}", *(f"{stop.way} {stop.label}" for stop in stops[1:])] == parts


def test_bars_are_the_lengths_of_the_vectors_at_each_position() -> None:
    moment, scene = scene_at(made(*PRE), "block1")
    shown = flow(scene)
    answers = [
        moment.run.array(name)[0] for name in ("embed1.a", "block1.ln1.a", "block1.z", "block1.add1.a")
    ]
    for stop, array in zip(shown.stops, answers):
        assert stop.lengths is not None
        np.testing.assert_allclose(stop.lengths, np.sqrt((array**2).sum(1)), rtol=1e-5)


def test_the_numbers_below_are_those_of_the_chosen_line() -> None:
    moment, scene = scene_at(made(*PRE), "block1.add1.a[0,3,1]")
    grid = scene.blocks[1]
    assert isinstance(grid, Grid)
    assert flow(scene).chosen == 3
    np.testing.assert_array_equal(grid.values, moment.run.array("block1.add1.a")[0])
    assert grid.places is not None
    assert grid.places.at(3, 1) == Address("block1.add1.a", (0, 3, 1))


def test_a_line_names_the_way_into_its_part_and_a_sum_is_explained() -> None:
    _moment, scene = scene_at(made(*DECODER), "block1")
    doors = {stop.label: str(stop.target) for stop in flow(scene).stops}
    assert doors["attention 2 causal"] == "view block1.attention"
    assert doors["attention 2 from=embed1"] == "view block1.cross"
    assert doors["sum"] == "explain block1.add3.a[0,0,0]"


@pytest.mark.parametrize(
    ("text", "value"), [("block1.attention", "block1.weights"), ("block1.cross", "block1.cross.weights")]
)
def test_a_part_is_seen_through_its_own_view(text: str, value: str) -> None:
    session = made(*DECODER)
    moment, scene = scene_at(session, text)
    grid = scene.blocks[0]
    assert isinstance(grid, Grid)
    np.testing.assert_array_equal(grid.values, moment.run.array(value)[0, 0])
    assert any(isinstance(block, Sheet) for block in scene.blocks)
    assert session.execute(f"view {text}").lines == render_scene(scene, session.look, scene.home)


def test_a_number_inside_a_part_opens_the_part() -> None:
    moment = Moment.of(made(*DECODER))
    for text, name in (
        ("block1.weights[0,0,1,0]", "block1.attention"),
        ("block1.cross.scores[0,1,2,3]", "block1.cross"),
        ("block1.add2.a[0,0,0]", "block1"),
        ("block1.z[0,0,0]", "block1"),
    ):
        column = views.column_at(moment, moment.run.address(text))
        assert column is not None
        assert column.name == name


def test_the_overview_is_the_attention_of_all_heads() -> None:
    moment = Moment.of(made(*DECODER))
    column = moment.column("block1")
    assert column is not None
    shown = views.overview_of(moment, column, views.first_at(moment, column))
    weights = moment.run.array("block1.cross.weights")[0]
    np.testing.assert_array_equal(shown.grids[1].values, weights[1])  # type: ignore[union-attr]


def test_before_the_first_step_nothing_is_known_and_nothing_breaks() -> None:
    _moment, scene = scene_at(made(*PRE[:-1]), "block1")
    assert flow(scene).stops[-1].lengths is None
    assert_facts(scene)


@pytest.mark.parametrize("actions", [PRE, POST, DECODER])
@pytest.mark.parametrize("backward", [False, True])
def test_every_part_opens_and_its_picture_stands_in_its_text(
    actions: tuple[str, ...], backward: bool
) -> None:
    session = made(*actions)
    _moment, whole = scene_at(session, "block1", backward)
    names = [str(stop.target).split()[1] for stop in flow(whole).stops if str(stop.target).startswith("view")]
    assert len(names) >= 3
    for name in names:
        _moment, scene = scene_at(session, name, backward)
        assert_facts(scene)
