"""What the losses say about their field: margins, outliers, games between two networks, Gaussian codes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from engine_cases import CASES, Size, compiled
from guard_array import GuardModule

from nnlab.engine import kernels, rng
from nnlab.engine.ops import DiscriminatorLoss, Dot, GaussianKL, GeneratorLoss, Triplet
from nnlab.engine.values import BATCH, Graph, Role
from nnlab.errors import NnlabError


def ran(kind, size, dtype=np.float64, **numbers):
    program = compiled(CASES[kind], size, dtype=dtype)
    for name, values in numbers.items():
        program.values[name][...] = values
    program.run()
    return program


def test_beyond_the_margin_a_hinge_costs_nothing_and_pulls_at_nothing():
    program = ran("hinge", Size(1, 4), x=[[2, 0.5, -2, -0.5]], target=[[1, 1, 0, 0]])
    assert program.values["loss.m"].tolist() == [[2, 0.5, 2, 0.5]]
    assert float(program.values["loss"]) == 0.25
    assert program.gradients["x"].tolist() == [[0, -0.25, 0, 0.25]]


def test_a_multi_class_hinge_counts_the_classes_that_come_too_near():
    program = ran("multi_hinge", Size(1, 4), x=[[3, 2.5, 0, 4]], target=[[1, 0, 0, 0]])
    assert program.values["loss.m"].tolist() == [[0, 0.5, 0, 2]]
    assert program.gradients["x"].tolist() == [[-0.5, 0.25, 0, 0.25]]


def test_an_outlier_pulls_no_harder_than_delta():
    program = ran("huber:small delta", Size(1, 3), x=[[0.1, 100, -100]], target=[[0, 0, 0]])
    assert program.gradients["x"].ravel().tolist() == pytest.approx([0.1 / 3, 0.1, -0.1])
    assert float(program.values["loss"]) == pytest.approx((0.005 + 2 * 0.3 * (100 - 0.15)) / 3)


def test_a_triplet_that_is_apart_is_left_alone():
    program = ran("triplet", Size(2, 2), a=[[0, 0], [0, 0]], p=[[1, 0], [1, 0]], n=[[2, 0], [1, 0]])
    assert program.values["loss.each"].ravel().tolist() == [0, pytest.approx(0.7)]
    assert not program.gradients["a"][0].any()
    assert program.gradients["n"].tolist() == [[0, 0], [-1, 0]]


@pytest.mark.parametrize("game", ["minimax", "non_saturating"])
def test_a_discriminator_that_cannot_tell_pays_twice_ln_2(game):
    program = ran(f"discriminator:{game}", Size(3, 1), real=np.zeros((3, 1)), generated=np.zeros((3, 1)))
    assert float(program.values["loss"]) == pytest.approx(2 * math.log(2))
    assert (program.values["loss.p_real"] == 0.5).all()


def test_a_generator_that_is_found_out_learns_from_the_non_saturating_game_only():
    slopes = {
        game: float(ran(f"generator:{game}", Size(1, 1), z=[[-20.0]]).gradients["z"][0, 0])
        for game in ("minimax", "non_saturating", "least_squares", "wasserstein")
    }
    assert abs(slopes["minimax"]) < 1e-8
    assert slopes["non_saturating"] == pytest.approx(-1)
    assert slopes["least_squares"] == -21
    assert slopes["wasserstein"] == -1


def test_certain_logits_cost_finite_numbers():
    for game in ("minimax", "non_saturating"):
        program = ran(f"discriminator:{game}", Size(1, 1), np.float32, real=[[-1000.0]], generated=[[1000.0]])
        assert float(program.values["loss"]) == 2000
        assert program.gradients["real"].tolist() == [[-1]]


def test_the_standard_gaussian_is_at_distance_zero_and_at_rest():
    program = ran("kl", Size(2, 3), x=np.zeros((2, 3)), logvar=np.zeros((2, 3)))
    assert float(program.values["kl"]) == 0
    assert not program.store.grad.any()


def test_a_variance_that_ran_away_is_finite_and_pulled_back():
    program = ran("total:code", Size(1, 1), np.float32, logvar=[[500.0]], x=[[0.0]])
    assert np.isfinite(program.values["total"])
    assert program.gradients["logvar"][0, 0] > 0


def test_noise_belongs_to_seed_layer_and_step():
    program = compiled(CASES["gaussian_sample"], Size(3, 4), dtype=np.float32, seed=7)
    program.run()
    eps = rng.normal(7, "layer1.eps", program.clock[0], (3, 4))
    assert np.array_equal(program.values["layer1.eps"], eps)
    program.clock[0] += 1
    program.run()
    assert not np.array_equal(program.values["layer1.eps"], eps)
    assert "random draw" in program.explain("layer1.eps[0,0]").note


def test_noise_costs_a_device_one_upload_and_no_wait():
    guard = GuardModule()
    program = compiled(CASES["gaussian_sample"], Size(3, 4), dtype=np.float32, kernels=kernels.table(guard))
    guard.reset()
    program.run()
    assert (guard.uploads, guard.syncs) == (1, 0)


def test_a_sample_is_its_mean_in_evaluation():
    program = compiled(CASES["gaussian_sample"], Size(3, 4), training=False)
    program.run()
    assert np.array_equal(program.values["layer1.a"], program.values["x"])


@pytest.mark.parametrize(
    ("operation", "shapes", "message"),
    [
        (Triplet("loss"), [(2,), (2,), (3,)], "three rows of equally many numbers"),
        (Dot("dot1"), [(2,), (3,)], "two rows of equally many numbers"),
        (GaussianKL("kl"), [(2,), (3,)], "as many log-variances as means"),
        (GeneratorLoss("loss"), [(2,)], "end the discriminator in dense 1"),
        (DiscriminatorLoss("loss", game="chess"), [(1,), (1,)], "no game “chess”; choose minimax, non_sat"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(operation, shapes, message):
    graph = Graph()
    values = [graph.value(f"x{i}", (BATCH, *shape), Role.INPUT) for i, shape in enumerate(shapes)]
    with pytest.raises(NnlabError, match=message):
        graph.apply(operation, *values)
