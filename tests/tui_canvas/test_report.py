"""Report charts: right width, numbers whole, plain where asked."""

from __future__ import annotations

import numpy as np
import pytest
from rich.cells import cell_len

from nnlab.tui import report
from nnlab.tui.capabilities import Capabilities, GlyphSet

ASCII = Capabilities(glyphs=GlyphSet.ASCII)


def test_a_histogram() -> None:
    lines = report.histogram(
        np.random.default_rng(0).normal(size=500), 60, 12, title="dense1.W", color=(9, 9, 9)
    )
    text = report.plain(lines)
    assert "dense1.W" in text[0]
    assert {"-2", "0", "2"} <= set(text[-1].split())
    assert {strip.cell_length for strip in report.strips(lines, 60)} == {60}


@pytest.mark.parametrize("values", [np.zeros(0), np.full(4, np.nan), np.ones(1), np.array([1, np.inf])])
def test_a_histogram_of_little(values: np.ndarray) -> None:
    assert len(report.histogram(values, 40, 8)) >= 7


def test_finished_runs_over_each_other() -> None:
    x = np.arange(20_000.0)
    runs = {"adam": (x, np.exp(-x / 4000)), "动量": (x, np.exp(-x / 9000)), "empty": (x[:0], x[:0])}
    text = report.plain(report.comparison(runs, 60, 14, x_name="step"))
    joined = "\n".join(text)
    assert "adam" in joined
    assert "动量" in joined
    assert "10k" in joined
    assert max(map(cell_len, text)) <= 60
    plain = "\n".join(report.plain(report.comparison({"adam": runs["adam"]}, 60, 14, caps=ASCII)))
    assert plain.isascii()


def test_thinning_keeps_every_peak() -> None:
    y = np.zeros(10_000)
    y[[17, 9_999]] = 5.0, -5.0
    kept = report.extremes(y, 100)
    assert {17, 9_999} <= set(kept.tolist())
    assert len(kept) <= 110
    assert (np.diff(kept) > 0).all()


def test_a_confusion_matrix() -> None:
    assert report.confusion(np.array([[12, 0], [3, 9]]), ["a", "b"]) == [
        "     a   b",
        "a   12   0",
        "b    3   9",
    ]
    assert "12" in report.confusion(np.array([[12, 0], [3, 9]]), ["a", "b"])[1]
