"""Models without gradients, each a few small functions whose every step can be watched."""

from nnlab.classic import (
    episodes,
    forest,
    kmeans,
    neighbours,
    pca,
    qlearning,
    svm,
    tree,
    worlds,
)

__all__ = [
    "episodes",
    "forest",
    "kmeans",
    "neighbours",
    "pca",
    "qlearning",
    "svm",
    "tree",
    "worlds",
]
