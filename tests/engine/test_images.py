"""What is particular to the operations on images."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import CASES, Size, compiled

from nnlab.engine.program import Program


def pooled(kind: str, numbers: float) -> Program:
    """A pooling of an image in which every number is the same."""
    program = compiled(CASES[kind], Size(1, 1))
    program.store["x"][...] = numbers
    program.run()
    return program


def test_of_equal_numbers_the_first_wins_row_by_row() -> None:
    program = pooled("maxpool", 0.5)
    assert not program.values["layer1.winner"].any()
    gradient = program.gradients["x"][0, :, :, 0]
    assert np.flatnonzero(gradient.any(1)).tolist() == [0, 2]
    assert np.flatnonzero(gradient.any(0)).tolist() == [0, 2]
    assert program.explain("x[0,0,1,0].grad").numbers().endswith("[0 − 1 = 0]")
    program.store["x"][0, :2, :2, 0] = [[0, 7], [7, 0]]
    program.run()
    assert program.values["layer1.winner"][0, 0, 0, 0] == 1


def test_the_winner_is_explained_by_what_the_window_sees() -> None:
    program = pooled("maxpool", 0.0)
    program.store["x"][0, 1, 0, 1] = 3
    program.run()
    explained = program.explain("layer1.winner[0,0,0,1]")
    assert (explained.value, explained.numbers()) == (2.0, "argmax(0, 0, 3, 0)")


def test_a_window_that_hangs_over_the_edge_sees_only_the_image() -> None:
    program = compiled(CASES["maxpool:same"], Size(2, 2))
    program.store["x"][...] = -5 - np.arange(program.store.size).reshape(program.store["x"].shape)
    program.run()
    assert program.values["layer1.a"].max() == -5
    assert "−∞" in program.explain("layer1.winner[0,0,0,0]").numbers()
    mean = pooled("avgpool:same", 3.0).values["layer1.a"]
    assert np.allclose(mean, 3.0)


def test_winners_take_a_byte_each_where_they_fit() -> None:
    assert pooled("maxpool", 1.0).values["layer1.winner"].dtype == np.uint8
    assert pooled("maxpool:large", 1.0).values["layer1.winner"].dtype == np.intp


def test_a_global_winner_is_the_first_place() -> None:
    program = pooled("globalmaxpool", 2.0)
    assert program.values["layer1.winner"].tolist() == [[0, 0]]
    assert np.flatnonzero(program.gradients["x"][0, :, :, 0]).tolist() == [0]


def test_padding_is_left_out_of_the_sum() -> None:
    program = compiled(CASES["conv:same"], Size(1, 3))
    program.run()
    corner, middle = (program.explain(f"layer1.z[0,{i},{i},0]") for i in (0, 1))
    assert len(corner.terms) == 2 * 2 * 2 + 1
    assert len(middle.terms) == 3 * 3 * 2 + 1


def test_the_gradient_of_a_kernel_is_one_long_sum_of_products() -> None:
    program = compiled(CASES["conv:same"], Size(64, 6), dtype=np.float32)
    program.run()
    explained = program.explain("layer1.W[1,1,0,2].grad")
    assert len(explained.terms) == 64 * 5 * 8
    assert explained.terms[0].symbols.startswith("x[")
    assert abs(explained.evaluate(program.read) - explained.value) <= explained.tolerance(1.2e-7)


def test_every_channel_gets_mean_0_and_variance_1_over_the_batch():
    program = compiled(CASES["batchnorm:2-D"], Size(4, 3))
    program.run()
    normalised = program.values["layer1.normalised"].reshape(-1, 3)
    assert normalised.mean(0) == pytest.approx(0, abs=1e-12)
    assert normalised.var(0) == pytest.approx(1, abs=1e-3)


def test_running_statistics_move_a_tenth_of_the_way_with_the_unbiased_variance():
    program = compiled(CASES["batchnorm"], Size(3, 1))
    program.store["x"][...] = [[1], [2], [4]]
    program.run()
    values = program.values
    assert values["layer1.next_mean"][0] == pytest.approx(0.9 * 0.3 + 0.1 * 7 / 3)
    assert values["layer1.next_variance"][0] == pytest.approx(0.9 * 1.7 + 0.1 * 7 / 3)
    assert values["layer1.variance"][0] == pytest.approx(14 / 9)


def test_evaluation_uses_the_running_statistics():
    program = compiled(CASES["batchnorm"], Size(3, 2), training=False)
    program.run()
    expected = (program.store["x"] - 0.3) / np.sqrt(1.7 + 1e-5)
    assert program.values["layer1.normalised"] == pytest.approx(expected)
    assert program.explain("layer1.mean[1]").symbols() == "layer1.running_mean[1]"


def test_an_image_has_enough_to_compare_by_itself():
    program = compiled(CASES["batchnorm:2-D"], Size(1, 3))
    program.run()
    assert program.values["layer1.next_mean"] != pytest.approx(0.3)
    assert program.explain("layer1.mean[0]").formula == "mean = Σ x/n over the batch"
