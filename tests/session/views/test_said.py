"""What the network says: words and probabilities are the run's, candidates are drawn as a writer draws."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.engine.address import Address
from nnlab.network.generate import Sampling
from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.scene import Grid, Scene, Sheet, Table

WRITER = ("data grammar n=60", "net embed 8 | block 1 causal | dense 21", "batch 4", "step 3")
HIDDEN = ("data habitat n=80", "net embed 8 | block 1 | dense 33", "batch 4", "step 3")
TAGS = ("data name-or-place n=80", "net embed 8 | rnn 8 all | dense 3", "batch 4", "step 3")
DECODER = (
    "data reverse n=60 decoder=yes",
    "net embed 8 | gru 8 all | as source | from previous | embed 8 | gru 8 all | attention 1 from=source | "
    "dense 11",
    "batch 4",
    "step",
)


def sheet(scene: Scene) -> Sheet:
    found = scene.blocks[1]
    assert isinstance(found, Sheet)
    return found


def table(scene: Scene) -> Table:
    found = scene.blocks[0]
    assert isinstance(found, Table)
    return found


@pytest.mark.parametrize("actions", [WRITER, HIDDEN, TAGS, DECODER])
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("drawing", ["sampling", "sampling temperature=0.7 top_k=3"])
def test_every_number_of_the_picture_stands_in_the_text(
    actions: tuple[str, ...], backward: bool, drawing: str
) -> None:
    _moment, scene = scene_at(made(*actions, drawing), "dense1", backward)
    assert_facts(scene)


def test_each_position_tells_the_likeliest_word_and_what_would_be_right() -> None:
    moment, scene = scene_at(made(*WRITER), "loss.p[0,3,0]")
    p, data = moment.run.array("loss.p")[0], moment.data
    for k, line in enumerate(table(scene).lines):
        best = int(p[k].argmax())
        assert line.value == pytest.approx(float(p[k, best]))
        assert line.at == Address("loss.p", (0, k, best))
        asked = int(data.y[moment.dataset_row][k])
        assert (line.note == "✓") == (asked == best)
    assert [line.role for line in table(scene).lines][3] == "chosen"


def test_candidates_are_the_likeliest_with_logit_and_probability() -> None:
    moment, scene = scene_at(made(*WRITER), "loss.p[0,3,0]")
    p, z = moment.run.array("loss.p")[0, 3], moment.run.array("dense1.z")[0, 3]
    order = np.argsort(-p, kind="stable")[:10]
    logits, share = sheet(scene).entries
    np.testing.assert_array_equal(logits.values, z[order])
    np.testing.assert_array_equal(share.values, p[order])
    assert share.places[0] == Address("loss.p", (0, 3, int(order[0])))


def test_temperature_and_cuts_are_those_of_the_writer_and_what_is_cut_has_no_number() -> None:
    session = made(*WRITER, "sampling temperature=0.5 top_k=3")
    moment, scene = scene_at(session, "loss.p[0,3,0]")
    z = moment.run.array("dense1.z")[0, 3]
    expected = Sampling(0.5, 3).probabilities(z)
    drawn = sheet(scene).entries[2]
    np.testing.assert_allclose(drawn.values, expected[np.argsort(-z, kind="stable")[:10]])
    cut = [sheet(scene).crossed(k, 2) for k in range(10)]
    assert cut == [k >= 3 for k in range(10)]
    session.execute("sampling")
    assert len(sheet(scene_at(session, "loss.p[0,3,0]")[1]).entries) == 2


def test_a_hidden_word_is_what_is_looked_at_first() -> None:
    moment, scene = scene_at(made(*HIDDEN), "dense1")
    masks = np.flatnonzero(moment.input == moment.data.vocabulary.index("[mask]"))
    assert scene.home is not None
    assert scene.home.index[1] == masks[0]  # type: ignore[union-attr]
    assert "[mask]" in sheet(scene).title


def test_backward_shows_the_gradient_of_every_word() -> None:
    moment, scene = scene_at(made(*WRITER), "dense1", backward=True)
    grid = scene.blocks[0]
    assert isinstance(grid, Grid)
    np.testing.assert_array_equal(grid.values, moment.run.array("dense1.z", "grad")[0])


def test_other_last_layers_have_their_usual_picture() -> None:
    moment = Moment.of(made("data reviews n=80", "net embed 8 | meantime | dense 2", "batch 4", "step"))
    assert views.view_of(moment, moment.output) is None


def test_before_the_first_step_nothing_is_known_and_nothing_breaks() -> None:
    _moment, scene = scene_at(made(*WRITER[:-1]), "dense1")
    assert table(scene).lines[0].value is None
    assert_facts(scene)
