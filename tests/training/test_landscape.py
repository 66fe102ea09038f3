"""The landscape of the loss: its ground is the engine's loss, its walk is where the run has been."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import load, points
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run
from nnlab.training import terrain as terrain_module
from nnlab.training.landscape import LEVELS, Axis
from nnlab.training.survey import Survey
from nnlab.training.terrain import Terrain
from nnlab.training.walk import LEGS, MOST

LINE = (Axis("dense1.W[0,0]"), Axis("dense1.b[0]"))


def line(lr=0.05, **options):
    run = Run(Network.parse("dense 1", 1), load("line3"), optimizer=f"gd lr={lr}", **options)
    run.edit("dense1.W[0,0]", 0)
    return run


def look(run, axes=LINE, survey=None, **how):
    survey = survey or Survey()
    return survey.draw(survey.visit(run, axes, **how))


def settled(run):
    return np.array(run.settled_theta(), np.float64)


def been(run, steps):
    """θ after each of ``steps``, from going back there."""
    found = []
    for step in steps:
        run.seek(step)
        found.append(settled(run))
    return np.array(found)


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_the_ground_is_the_loss_of_the_training_data_with_its_penalty(l2):
    run = line(l2=l2)
    land = look(run)
    rows, columns = land.losses.shape
    for i, j in ((0, 0), (rows - 1, 7), (11, columns - 1)):
        (left, right), (low, high) = land.ranges
        run.edit("dense1.W[0,0]", np.linspace(left, right, columns)[j])
        run.edit("dense1.b[0]", np.linspace(high, low, rows)[i])
        run.step()
        assert land.losses[i, j] == pytest.approx(run.loss, rel=1e-5)


def test_the_start_and_the_bottom_beneath_it_are_in_sight():
    land = look(line())
    assert land.inside(np.array([0.0, 0.0]))
    assert land.inside(np.array([2.0, 1.0]))
    place, loss = land.lowest()
    assert place == pytest.approx([2, 1], abs=0.1)
    assert loss < 0.01


def test_the_bottom_of_a_bowl_is_known_from_its_shape():
    run = line()
    ground = Terrain(run, [run.address(axis.address) for axis in LINE])
    assert ground.bottom(np.zeros(2)) == pytest.approx([2, 1], abs=1e-6)


def test_the_walk_is_where_the_run_has_been():
    run = line()
    run.step(30)
    land = look(run)
    assert land.step == 30
    assert land.here == pytest.approx(settled(line_at(run, 29)))
    run.seek(30)
    assert land.next == pytest.approx(settled(run))
    assert land.walks[-1][:30] == pytest.approx(been(run, range(30)))


def line_at(run, step):
    twin = run.branch()
    twin.seek(step)
    return twin


def test_the_gradient_is_that_of_the_step_and_leads_to_the_next_place():
    run = line()
    run.step()
    land = look(run)
    assert land.gradient == pytest.approx([-26 / 3, -6])
    assert land.next == pytest.approx(land.here - 0.05 * land.gradient)
    run.settle()
    assert look(run).gradient is None


def test_the_walk_goes_on_from_where_it_was_last_seen(monkeypatch):
    run, survey = line(), Survey()
    run.step(20)
    look(run, survey=survey)
    branched = []
    monkeypatch.setattr(Run, "branch", lambda *args, **options: branched.append(1))
    run.step(5)
    assert len(look(run, survey=survey).walks[-1]) == 26
    assert not branched


def test_a_changed_rate_bends_the_walk_where_it_was_changed():
    run, survey = line(), Survey()
    run.step(10)
    look(run, survey=survey)
    run.set(lr=0.3)
    run.step(10)
    walk = look(run, survey=survey).walks[-1]
    assert walk[:20] == pytest.approx(been(run, range(20)), rel=1e-5)


def test_a_past_that_was_changed_is_walked_again():
    run, survey = line(), Survey()
    run.step(20)
    before = look(run, survey=survey).walks[-1]
    run.seek(10)
    run.set(lr=0.2)
    run.step(10)
    walk = look(run, survey=survey).walks[-1]
    assert walk[:11] == pytest.approx(before[:11])
    assert walk[:20] == pytest.approx(been(run, range(20)), rel=1e-5)
    assert not np.allclose(walk[12], before[12])


def test_weights_set_by_hand_begin_another_leg():
    run = line()
    run.step(8)
    ended = settled(run)
    run.edit("dense1.W[0,0]", 3)
    run.edit("dense1.b[0]", -1)
    run.step(4)
    land = look(run)
    assert len(land.walks) == 2
    assert land.walks[0][-1] == pytest.approx(ended)
    assert land.walks[1][0] == pytest.approx([3, -1])
    for _leg in range(LEGS + 2):
        run.edit("dense1.b[0]", -1)
        run.step()
    assert len(look(run).walks) == LEGS


def test_going_back_in_time_shows_the_walk_up_to_there():
    run, survey = line(), Survey()
    run.step(30)
    whole = look(run, survey=survey).walks[-1]
    run.seek(12)
    part = look(run, survey=survey)
    assert part.step == 12
    assert part.walks[-1][:12] == pytest.approx(whole[:12])
    assert len(part.walks[-1]) == 13


def test_a_long_walk_is_bounded():
    run = line(lr=0.001)
    run.step(20 * MOST)
    land = look(run)
    assert len(land.walks[-1]) < 2 * MOST
    assert land.walks[-1][-1] == pytest.approx(land.here)


def test_looking_leaves_the_run_as_it_is():
    run, other = line(), line()
    for _each in range(5):
        run.step(3)
        other.step(3)
        look(run)
    assert settled(run).tolist() == settled(other).tolist()
    assert run.history.losses.tolist() == other.history.losses.tolist()


def test_the_ground_of_a_range_is_computed_once(monkeypatch):
    run, survey, computed = line(), Survey(), []
    plain = terrain_module.Terrain.losses
    monkeypatch.setattr(
        terrain_module.Terrain, "losses", lambda self, ranges: computed.append(ranges) or plain(self, ranges)
    )
    for _each in range(4):
        look(run, survey=survey)
        run.step()
    assert len(computed) == 1
    other = [Axis(axis.address, (-3.0, 3.0)) for axis in LINE]
    look(run, other, survey)
    look(run, LINE, survey)
    assert len(computed) == 2


def test_two_parameters_of_a_larger_network_are_seen_with_the_others_as_they_stand():
    run = Run(Network.parse("dense 2 tanh | dense 1", 2), load("xor"), optimizer="gd lr=1")
    axes = (Axis("dense1.W[0,1]", (-2.0, 2.0)), Axis("dense2.W[1,0]", (-1.0, 1.0)))
    survey = Survey()
    before = look(run, axes, survey)
    assert before.ranges == ((-2.0, 2.0), (-1.0, 1.0))
    run.step(20)
    after = look(run, axes, survey)
    assert not np.allclose(before.losses, after.losses)
    assert after.loss == pytest.approx(run.loss, rel=1e-5)


def test_the_ground_of_a_dear_network_is_coarser():
    run = Run(Network.parse("dense 10 relu | dense 10", 64), load("digits scale=unit"))
    axes = (Axis("dense1.W[20,0]", (-1.0, 1.0)), Axis("dense2.b[0]", (-1.0, 1.0)))
    assert look(run, axes).losses.size < look(line()).losses.size / 2


def test_while_the_others_train_a_dear_ground_may_lag():
    run = Run(Network.parse("dense 2 tanh | dense 1", 2), load("xor"), optimizer="gd lr=1")
    axes = (Axis("dense1.W[0,1]", (-2.0, 2.0)), Axis("dense2.W[1,0]", (-1.0, 1.0)))
    survey = Survey()
    first = look(run, axes, survey, moving=True)
    run.step(2)
    assert look(run, axes, survey, moving=True).losses is first.losses
    assert look(run, axes, survey).losses is not first.losses


def test_one_parameter_gives_a_line_with_both_valleys():
    data = points([(1.0, 1.0), (-1.0, 0.5)])
    run = Run(Network.parse("dense 1 relu bias=no", 1), data, optimizer="gd lr=0.5")
    run.edit("dense1.W[0,0]", 0.2)
    run.step(30)
    land = look(run, [Axis("dense1.W[0,0]", (-1.5, 2.0))])
    xs = np.linspace(-1.5, 2, len(land.losses))
    left, right = land.losses[xs < 0], land.losses[xs > 0]
    assert xs[xs < 0][left.argmin()] == pytest.approx(-0.5, abs=0.02)
    assert xs[xs > 0][right.argmin()] == pytest.approx(1, abs=0.02)
    assert land.height_at(land.here) == pytest.approx(land.loss, abs=1e-3)


def test_a_run_that_flies_out_keeps_the_bowl_in_sight():
    run = line(lr=0.45)
    run.step(300)
    land = look(run)
    assert not land.inside(land.here)
    assert land.inside(np.array([2.0, 1.0]))
    assert max(high - low for low, high in land.ranges) < 30


def test_lines_of_equal_loss_lie_between_levels():
    land = look(line())
    level = land.levels(20, 60)
    assert level.min() == 0
    assert level.max() == LEVELS - 1
    lines = land.contour(20, 60)
    assert set(np.unique(lines)) <= {-1, *range(LEVELS - 1)}
    assert 0.1 < (lines >= 0).mean() < 0.6


@pytest.mark.parametrize(
    ("axis", "words"), [("dense1.z[0,0]", "not a parameter"), ("dense1.W[0,0].grad", "not a parameter")]
)
def test_only_parameters_have_a_landscape(axis, words):
    run = line()
    run.step()
    with pytest.raises(NnlabError, match=words):
        look(run, [Axis(axis)])


def test_a_large_network_is_refused_in_a_sentence():
    run = Run(Network.parse("dense 256 | dense 10", 64), load("digits"))
    with pytest.raises(NnlabError, match="too many"):
        look(run, [Axis("dense1.W[0,0]"), Axis("dense1.W[0,1]")])
