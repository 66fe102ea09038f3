"""Dense layers that answer at every step: all steps, one number as a sum; the last one in words too."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.scene import Grid, Table
from nnlab.session.views import attention, each_step, said

LAYERS = {
    "names-rnn": "dense1", "name-or-place": "dense1", "echo-rnn": "dense1", "which-way": "dense1",
    "reverse-gru": "dense1",
}  # fmt: skip


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(("name", "layer"), LAYERS.items())
def test_every_number_is_that_of_the_run_and_stands_in_the_text(
    name: str, layer: str, backward: bool
) -> None:
    session = made(f"zoo {name}", "step")
    moment, scene = scene_at(session, layer, backward)
    column, run = moment.column(layer), session.need_run()
    grid = next(block for block in scene.blocks if isinstance(block, Grid))
    part = "grad" if backward else ""
    assert np.array_equal(grid.values, run.array(column.post, part)[moment.row].astype(float))
    tables = [block for block in scene.blocks if isinstance(block, Table)]
    total = next(line for line in tables[-1].lines if line.role == "total")
    summed = tables[-1].lines[: tables[-1].lines.index(total)]
    assert sum(line.value for line in summed) == pytest.approx(total.value, rel=1e-3, abs=1e-6)
    assert_facts(scene)


def test_an_attention_layer_keeps_its_own_view_though_it_begins_with_a_dense_one() -> None:
    moment = Moment.of(made("zoo reverse-gru", "step"))
    assert views.view_of(moment, moment.column("attention1")) is attention
    assert views.view_of(moment, moment.column("dense1")) is said
    numbers = Moment.of(made("zoo echo-rnn", "step"))
    assert views.view_of(numbers, numbers.column("dense1")) is each_step
    plain = Moment.of(made("data xor", "net dense 2 | dense 1", "step"))
    assert views.view_of(plain, plain.columns[1]) is None
