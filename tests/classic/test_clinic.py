"""B8: simple models on the table of an invented clinic, where a network has to beat them."""

from __future__ import annotations

from nnlab.classic import forest, svm, tree
from nnlab.data import load


def test_a_tree_a_forest_and_a_plane_beat_always_saying_no() -> None:
    clinic = load("clinic8")
    (x, y), (other, truth) = clinic.part("train"), clinic.part("test")
    always_no = (truth == 0).mean()
    *_steps, grown = tree.grow(x, y, 2, depth=3)
    *_trees, many = forest.grow_forest(x, y, 2, trees=50)
    mean, spread = x.mean(0), x.std(0)
    *_steps, plane = svm.fit((x - mean) / spread, y)
    few = (grown.tree.classify(other) == truth).mean()
    bagged = (many.classify(other) == truth).mean()
    straight = (plane.classify((other - mean) / spread) == truth).mean()
    assert always_no + 0.07 < few < bagged < straight
    assert straight > 0.8
    assert abs(many.out_of_bag(y) - bagged) < 0.05
