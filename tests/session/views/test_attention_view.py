"""The view of attention: its numbers are the run's, its words are the texts', hidden keys have no number."""

from __future__ import annotations

import numpy as np
import pytest
from facts import SIGHTS, assert_facts
from making import made, scene_at

from nnlab.engine.address import Address
from nnlab.errors import NnlabError
from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.scene import Entry, Grid, Scene, Sheet, Wall
from nnlab.session.scene_text import render_scene, sheet_words, words_of
from nnlab.session.session import Session
from nnlab.session.viewed import viewed
from nnlab.tui.bench.blocks import shades
from nnlab.tui.themes import Role

SELF = ("data reverse n=60", "net embed 8 | positions | attention 2 causal | dense 10", "batch 4", "step")
PADDED = ("data reviews n=80", "net embed 8 | attention 2 mask=input | meantime | dense 2", "batch 4", "step")
CROSS = (
    "data reverse n=60 decoder=yes",
    "net embed 8 | gru 8 all | as source | from previous | embed 8 | gru 8 all | "
    "attention 2 from=source mask=input | dense 11",
    "batch 4",
    "step",
)
ADDITIVE = ("data reverse n=60", "net embed 8 | attention 2 score=additive | dense 10", "batch 4", "step")
HARD = ("data reverse n=60", "net embed 8 | attention 2 choice=hard | dense 10", "batch 4", "step")
DROPPED = ("data reverse n=60", "net embed 8 | attention 2 dropout=0.4 | dense 10", "batch 4", "step")
FACTS = (
    "data facts n=80",
    "net embed 8 | conv1d 8 2 stride=2 pad=same | attention 1 | last | dense 5",
    "batch 4",
    "step",
)


def block(scene: Scene, kind: type, title: str = "") -> object:
    return next(b for b in scene.blocks if isinstance(b, kind) and title in b.title)  # type: ignore[attr-defined]


def sheet(scene: Scene) -> Sheet:
    found = block(scene, Sheet)
    assert isinstance(found, Sheet)
    return found


def matrix(scene: Scene, title: str = "weights") -> Grid:
    found = block(scene, Grid, title)
    assert isinstance(found, Grid)
    return found


def entry(scene: Scene, name: str) -> Entry:
    return next(e for e in sheet(scene).entries if name in e.name)


@pytest.mark.parametrize("actions", [SELF, PADDED, CROSS, ADDITIVE, HARD, DROPPED, FACTS])
@pytest.mark.parametrize("backward", [False, True])
def test_every_number_of_the_picture_stands_in_the_text(actions: tuple[str, ...], backward: bool) -> None:
    _moment, scene = scene_at(made(*actions), "attention1", backward)
    assert_facts(scene)


def test_the_weights_are_those_of_the_head_and_every_cell_knows_its_number() -> None:
    moment, scene = scene_at(made(*SELF), "attention1.weights[0,1,5,2]")
    shown, held = matrix(scene), moment.run.array("attention1.weights")
    np.testing.assert_array_equal(shown.values, held[0, 1])
    assert shown.places is not None
    assert shown.places.at(5, 2) == Address("attention1.weights", (0, 1, 5, 2))
    assert shown.frames[0].row == 5


def test_rows_add_up_to_100_and_what_is_hidden_is_no_zero() -> None:
    _moment, scene = scene_at(made(*SELF), "attention1")
    shown = matrix(scene)
    assert shown.values is not None
    words = words_of(shown)
    for query, row in enumerate(words):
        assert [word == "//" for word in row] == [key > query for key in range(len(row))]
        assert sum(int(word) for word in row if word != "//") == 100


def test_padding_is_hidden_from_every_query() -> None:
    moment, scene = scene_at(made(*PADDED), "attention1")
    ids = moment.input
    assert (ids == 0).any()
    np.testing.assert_array_equal(matrix(scene).marks["masked"], np.tile(ids == 0, (len(ids), 1)))


def test_a_row_is_followed_from_score_to_value() -> None:
    moment, scene = scene_at(made(*SELF), "attention1.weights[0,1,5,2]")
    run, c = moment.run, 4  # the first number of the second of two heads of 4
    q, k = (run.array(f"attention1.{name}")[0, :, 4:] for name in "qk")
    np.testing.assert_allclose(entry(scene, "q·k").values, k @ q[5], rtol=1e-5, atol=1e-8)
    scores = run.array("attention1.scores")[0, 1, 5]
    np.testing.assert_array_equal(entry(scene, "÷√").values, scores)
    np.testing.assert_allclose(entry(scene, "exp").values, np.exp(scores - scores[:6].max()), rtol=1e-5)
    weights, values = run.array("attention1.weights")[0, 1, 5], run.array("attention1.v")[0, :, c]
    product = entry(scene, "product")
    assert product.values is not None
    np.testing.assert_allclose(product.values, weights * values, rtol=1e-5)
    assert product.total == pytest.approx(float(run.array("attention1.context")[0, 5, c]), rel=1e-5)
    assert product.total_at == Address("attention1.context", (0, 5, c))
    assert np.nansum(product.values) == pytest.approx(product.total, rel=1e-5)


def test_hidden_keys_have_a_product_and_are_crossed_out_from_the_mask_on() -> None:
    _moment, scene = scene_at(made(*SELF), "attention1.weights[0,0,3,1]")
    shown = sheet(scene)
    raw, scaled = sheet_words(shown, 0)[1], sheet_words(shown, 1)[1]
    assert "//" not in raw
    assert [word == "//" for word in scaled] == [key > 3 for key in range(8)]


def test_query_and_key_are_compared_number_by_number() -> None:
    moment, scene = scene_at(made(*SELF), "attention1.weights[0,1,5,2]")
    pair, run = matrix(scene, "asks"), moment.run
    q, k = run.array("attention1.q")[0, 5, 4:], run.array("attention1.k")[0, 2, 4:]
    np.testing.assert_allclose(pair.values, np.stack([q, k, q * k]), rtol=1e-6)
    assert pair.places is not None
    assert pair.places.at(1, 3) == Address("attention1.k", (0, 2, 7))


def test_rows_are_what_is_written_and_columns_what_is_read() -> None:
    moment, scene = scene_at(made(*CROSS), "attention1")
    data, shown = moment.data, matrix(scene)
    row = moment.dataset_row
    assert shown.columns == tuple(data.vocabulary[i] or "·" for i in data.x[row])
    written = [data.target_vocabulary[i] or "·" for i in data.inputs["previous"][row]]
    assert shown.rows == ("<s>", *written[1:])


def test_positions_that_a_convolution_has_joined_carry_both_words() -> None:
    moment, scene = scene_at(made(*FACTS), "attention1")
    data = moment.data
    words = [data.vocabulary[i] or "·" for i in moment.input]
    assert matrix(scene).rows[0] == " ".join(words[:2])


def test_additive_scores_show_their_tanh() -> None:
    moment, scene = scene_at(made(*ADDITIVE), "attention1.weights[0,1,5,2]")
    pair, run = matrix(scene, "asks"), moment.run
    u, w = run.array("attention1.u")[0, 5, 2, 4:], run.array("attention1.w")[4:]
    assert pair.values is not None
    np.testing.assert_allclose(pair.values[2:], np.stack([u, w, u * w]), rtol=1e-6)
    np.testing.assert_array_equal(entry(scene, "w·tanh").values, run.array("attention1.scores")[0, 1, 5])


def test_what_hard_attention_drew_is_marked() -> None:
    moment, scene = scene_at(made(*HARD), "attention1")
    choice = moment.run.array("attention1.choice")[0, 0]
    np.testing.assert_array_equal(matrix(scene).marks["winner"], choice > 0)
    assert entry(scene, "drawn").values is not None
    assert sheet(scene).note


def test_heads_stand_side_by_side_and_choosing_one_keeps_the_position() -> None:
    moment, scene = scene_at(made(*SELF), "attention1.weights[0,1,5,2]")
    heads = block(scene, Wall)
    assert isinstance(heads, Wall)
    assert heads.chosen == 1
    assert heads.picks[0] == Address("attention1.weights", (0, 0, 5, 2))
    np.testing.assert_array_equal(heads.grids[0].values, moment.run.array("attention1.weights")[0, 0])


def test_backward_shows_how_the_loss_hangs_on_scores_and_weights() -> None:
    moment, scene = scene_at(made(*SELF), "attention1.scores[0,1,5,2].grad", backward=True)
    run = moment.run
    np.testing.assert_array_equal(
        matrix(scene, "scores").values, run.array("attention1.scores", "grad")[0, 1]
    )
    np.testing.assert_array_equal(
        matrix(scene, "weights").values, run.array("attention1.weights", "grad")[0, 1]
    )
    shares = entry(scene, "product")
    weights, d = run.array("attention1.weights")[0, 1, 5], run.array("attention1.weights", "grad")[0, 1, 5]
    np.testing.assert_allclose(shares.values, weights * d, rtol=1e-5, atol=1e-12)
    assert shares.total == pytest.approx(float((weights * d).sum()), rel=1e-5)
    to_query = entry(scene, "dq")
    assert to_query.total == pytest.approx(float(run.array("attention1.q", "grad")[0, 5, 4]), rel=1e-5)
    assert to_query.values is not None
    assert np.nansum(to_query.values) == pytest.approx(to_query.total, rel=1e-4)


def test_the_cursor_on_a_value_chooses_the_number_that_is_mixed() -> None:
    session = made(*SELF)
    moment = Moment.of(session)
    column = moment.column("attention1")
    assert column is not None
    at = Address("attention1.weights", (0, 1, 5, 2))
    scene = views.scene_of(moment, column, at, Address("attention1.v", (0, 3, 6)))
    assert scene is not None
    assert entry(scene, "v[").name == "v[6]"
    assert not views.anchors(moment, column, Address("attention1.v", (0, 3, 6)))


def test_before_the_first_step_nothing_is_known_and_nothing_breaks() -> None:
    session = made(*SELF[:-1])
    _moment, scene = scene_at(session, "attention1")
    assert matrix(scene).values is None
    assert "?" in "\n".join(render_scene(scene))
    assert_facts(scene)


def test_between_two_operations_only_what_was_computed_is_shown() -> None:
    session = made(*SELF[:-1], "step 1 operation")
    for _operation in range(12):
        _moment, scene = scene_at(session, "attention1")
        assert_facts(scene)
        session.execute("step 1 operation")


def test_while_training_goes_on_the_opened_view_has_its_numbers() -> None:
    session: Session = made(*SELF)
    moment = Moment.of(session)
    column = moment.column("attention1")
    assert column is not None
    names = {"attention1.weights", "attention1.scores", "attention1.v", "attention1.context"}
    assert names <= moment.wanted("attention1")
    assert "attention1.scores" not in moment.wanted()
    assert "attention1.weights" in moment.wanted()


def test_in_the_smallest_pictures_too_what_is_hidden_is_told_from_a_zero() -> None:
    values, hidden = np.zeros((4, 4)), np.triu(np.ones((4, 4), bool), 1)
    grid = Grid("", values, kind="share", size=(4, 4), marks={"masked": hidden})
    colour, plain = SIGHTS[0].caps, SIGHTS[1].caps
    for made_of in (shades.pixels(grid, values, 4, plain), shades.strip([grid, grid], 4, plain)[1]):
        assert (made_of[..., 0] == ord("/") - 32).tolist() == hidden.tolist()
    small = shades.pixels(grid, values, 2, colour)
    # A cell holds two rows: the ink is the upper one, the ground the lower one.
    assert (small[..., 1] == Role.BACKGROUND).tolist() == hidden[::2].tolist()
    assert (small[..., 2] == Role.BACKGROUND).tolist() == hidden[1::2].tolist()


def test_scores_of_many_keys_are_told_too() -> None:
    moment, scene = scene_at(made("zoo grammar-gpt", "step"), "block1.attention")
    q, k = (moment.run.array(f"block1.{name}")[moment.row, :, :16] for name in "qk")
    sheet_rows = entry(scene, "q·k").values
    assert sheet_rows.shape == (32,)
    seen = ~np.isnan(sheet_rows)
    query = int(np.flatnonzero(seen)[-1])
    np.testing.assert_allclose(sheet_rows[seen], (k @ q[query])[seen], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("word", "title"),
    [("attention1", "block1.attention"), ("attention", "block1.attention"), ("ln2", "block1.ln2")],
)
def test_a_part_of_a_block_is_found_by_its_kind_and_number(word: str, title: str) -> None:
    session = made("zoo grammar-gpt", "step")
    assert viewed(session, word, "")[0].title.startswith(title)  # type: ignore[union-attr]
    with pytest.raises(NnlabError, match="no value called"):
        viewed(session, "attention2", "")


def test_pages_are_found_by_their_titles_and_actions_are_told_apart() -> None:
    session = made("data iris", "net dense 3", "step")
    assert viewed(session, "ROC", "")[0].title.startswith("ROC")  # type: ignore[union-attr]
    assert viewed(session, "Breakpoints", "")[0].title == "breakpoints"  # type: ignore[union-attr]
    with pytest.raises(NnlabError, match="“confusion” is an action of its own"):
        viewed(session, "confusion", "")
