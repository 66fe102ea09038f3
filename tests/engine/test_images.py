"""What is particular to the operations on images."""

from __future__ import annotations

import numpy as np
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
