"""Points on the plane and on a line: truth tables, clouds, rings, moons, spirals, curves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Array, Draws, Options

# Outputs for the inputs (0,0) (0,1) (1,0) (1,1).
TRUTH = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}
_CORNERS = np.array([(0, 0), (0, 1), (1, 0), (1, 1)], np.float64)


def _noise(options: Options, width: int) -> Array:
    """Normal noise of the option's deviation, (n, width)."""
    return float(options["noise"]) * Draws(options).normal("noise", width)


def _classed(x: Array, y: NDArray[np.int64], classes: int) -> Raw:
    names = tuple(str(k) for k in range(classes))
    return Raw(x, y, "binary" if classes == 2 else "multiclass", ("x1", "x2"), names, ("class",))


def _places(n: int, classes: int) -> tuple[NDArray[np.int64], Array]:
    """Class of every row, (n,), and its place along the class's curve, (n,) evenly from 0 to 1."""
    rows = np.arange(n)
    y = rows % classes
    size = (n - y + classes - 1) // classes  # rows of the row's own class
    return y, rows // classes / np.maximum(size - 1, 1)


def boolean(name: str, options: Options) -> Raw:
    """The truth table of two inputs, (n, 2); row i is corner i mod 4."""
    rows = np.arange(int(options["n"])) % 4
    x = _CORNERS[rows] + _noise(options, 2)
    return _classed(x, np.array(TRUTH[name])[rows], 2)


def blobs(name: str, options: Options) -> Raw:
    """Normal clouds around points evenly spaced on a circle of radius 2."""
    n, classes = int(options["n"]), int(options["classes"])
    y = np.arange(n) % classes
    angle = np.pi / 4 + 2 * np.pi * y / classes
    x = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classed(x + _noise(options, 2), y, classes)


def circles(name: str, options: Options) -> Raw:
    """Class 0 on a ring of radius 1, class 1 on a ring of radius ``factor``."""
    n = int(options["n"])
    y = np.arange(n) % 2
    # Angles by row, not by place: a ring is closed, so its end must not fall on its beginning.
    angle = 2 * np.pi * (np.arange(n) // 2) / max(1, (n + 1) // 2)
    radius = np.where(y == 0, 1.0, float(options["factor"]))
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classed(x + _noise(options, 2), y, 2)


def moons(name: str, options: Options) -> Raw:
    """Class 0: the upper half circle around (0, 0). Class 1: the lower one around (1, ½). Radius 1."""
    n = int(options["n"])
    y, place = _places(n, 2)
    upper = np.stack([np.cos(np.pi * place), np.sin(np.pi * place)], axis=1)
    x = np.where(y[:, None] == 0, upper, np.array([1.0, 0.5]) - upper)
    return _classed(x + _noise(options, 2), y, 2)


def spiral(name: str, options: Options) -> Raw:
    """Arms of an Archimedean spiral: radius t / t_max at angle t, t from ¼ to 2π · turns."""
    n, classes = int(options["n"]), int(options["classes"])
    end = 2 * np.pi * float(options["turns"])
    y, place = _places(n, classes)
    t = 0.25 + (end - 0.25) * place
    angle = t + 2 * np.pi * y / classes
    x = (t / end)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classed(x + _noise(options, 2), y, classes)


def sine(name: str, options: Options) -> Raw:
    """x drawn evenly from −range … range, target sin x plus noise; shapes (n, 1) and (n, 1)."""
    reach = float(options["range"])
    x = reach * (2 * Draws(options).uniform("x", 1) - 1)
    return Raw(x, np.sin(x) + _noise(options, 1), "regression", ("x",), target_names=("sin x",))


def line3(name: str, options: Options) -> Raw:
    """(0, 1), (1, 3), (2, 5)."""
    x = np.arange(3.0).reshape(3, 1)
    return Raw(x, 1 + 2 * x, "regression", ("x",), target_names=("y",))
