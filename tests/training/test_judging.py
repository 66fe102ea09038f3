"""What runs are judged by: each measure on answers that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.network import Network
from nnlab.training import Run
from nnlab.training.judging import SPECIAL, overlaps
from nnlab.training.measures import measure
from nnlab.training.worth import WORTH

DUEL = "noise 2 | dense 8 relu | dense {n} | versus | dense 8 relu | dense 1"


def generator(data: Dataset, make) -> Run:  # type: ignore[no-untyped-def]
    """A run whose generator makes the rows ``make(n)``."""
    run = Run(Network.parse(DUEL.format(n=data.input_shape[0]), data.input_shape), data)
    run.samples = make  # type: ignore[method-assign]
    return run


def test_overlap_is_intersection_over_union() -> None:
    square = np.array([[0.5, 0.5, 0.2]])
    assert overlaps(square, square) == pytest.approx([1])
    assert overlaps(square, square + np.array([0.1, 0, 0])) == pytest.approx([1 / 3])
    assert overlaps(square, square + np.array([0.3, 0, 0])) == pytest.approx([0])
    assert overlaps(square, np.array([[0.5, 0.5, 0.4]])) == pytest.approx([1 / 4])


def test_boxes_are_judged_on_the_test_part() -> None:
    data = load("squares12 n=40")
    run = Run(Network.parse("flatten | dense 3", data.input_shape), data)
    x, y = data.part("test")
    run.network.predict = lambda given: y if np.array_equal(given, x) else None  # type: ignore[method-assign]
    assert measure(run, "box_iou") == pytest.approx(1)
    assert measure(run, "boxes_found") == 1
    aside = y.copy()
    aside[0, 0] += 1  # one of ten is missed
    run.network.predict = lambda given: aside  # type: ignore[method-assign]
    assert measure(run, "boxes_found") == pytest.approx(0.9)
    assert measure(run, "box_iou") == pytest.approx(0.9)


def test_a_class_of_pixels_is_judged_by_its_overlap() -> None:
    data = load("masks12 n=40")
    run = Run(Network.parse("conv 3 1x1", data.input_shape), data)
    truth = data.part("test")[1]
    run.answers = lambda _part: truth  # type: ignore[method-assign]
    assert measure(run, "mean_iou") == 1
    blind = np.zeros_like(truth)
    run.answers = lambda _part: blind  # type: ignore[method-assign]
    assert measure(run, "mean_iou") == pytest.approx((truth == 0).mean() / 3)


def test_changed_examples_are_compared_with_the_clean_ones() -> None:
    data = load("digits target=image scale=unit")
    run = Run(Network.parse("identity", (64,)), data, augment="noise:0.3")
    assert measure(run, "changed_mse") == pytest.approx(0.09, rel=0.02)
    assert measure(run, "test_loss") == pytest.approx(0)


def test_the_divergence_of_a_code_is_that_of_its_gaussians() -> None:
    data = load("iris")
    run = Run(Network.parse("dense 2 | as mean | dense 2 | sample mean | dense 3", 4), data)
    x, _y = data.part("test")
    mean, logvar = (run.network.values(name, x) for name in ("dense1.z", "dense2.z"))
    each = (mean**2 + np.exp(logvar) - 1 - logvar).sum(axis=1) / 2
    assert measure(run, "divergence") == pytest.approx(each.mean(), rel=1e-5)
    plain = Run(Network.parse("dense 3", 4), data)
    assert np.isnan(measure(plain, "divergence"))


def test_mean_and_deviation_are_those_of_what_is_made() -> None:
    run = generator(load("bell n=100"), lambda n: np.linspace(0, 2, n).reshape(n, 1))
    assert measure(run, "sample_mean") == pytest.approx(1)
    assert measure(run, "sample_std") == pytest.approx(1 / np.sqrt(3), rel=1e-3)


def test_real_points_are_of_all_clouds_and_near_and_collapse_is_seen() -> None:
    data, fresh = load("ring"), load("ring seed=2")
    run = generator(data, lambda n: fresh.x[:n])
    assert measure(run, "sample_classes") == 8
    assert measure(run, "on_mode") > 0.97
    assert measure(run, "sample_distance") == pytest.approx(1, abs=0.15)
    collapsed = generator(data, lambda n: np.repeat(fresh.x[fresh.y < 2][:20], n // 20, axis=0))
    assert measure(collapsed, "sample_classes") == 2
    astray = generator(data, lambda n: fresh.x[:n] * 1.5)
    assert measure(astray, "on_mode") < 0.05
    assert measure(astray, "sample_distance") > 5


def test_every_special_measure_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "zoo.md").read_text()
    for name in (*SPECIAL, *WORTH, "test_exact", "best_val_loss"):
        assert f"`{name}`" in text
