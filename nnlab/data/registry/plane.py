"""Points on the plane and on a line."""

from __future__ import annotations

from nnlab.data.registry.options import OWN_CODE, OWN_LICENCE, SCALE, SEED, rows, split
from nnlab.data.spec import DatasetSpec, Option
from nnlab.i18n import N_

GROUP = N_("points")


def _n(default: int, low: int = 2, help_text: str = N_("points, all parts together")) -> Option:
    return rows(default, low, help_text)


def _noise(
    default: float, help_text: str = N_("standard deviation of the noise added to every point")
) -> Option:
    return Option("noise", "float", default, help_text, 0, 100)


def _boolean(name: str, help_text: str) -> DatasetSpec:
    corners = _n(4, 4, N_("rows; the four corners are repeated in turn"))
    options = (corners, _noise(0.0), split("all"), SEED, SCALE)
    return DatasetSpec(name, "binary", help_text, "generated.plane:boolean", options, OWN_CODE, OWN_LICENCE)


def _plane(name: str, task: str, help_text: str, builder: str, *options: Option) -> DatasetSpec:
    # 800 points halved: 400 to train, as many fresh ones to judge by.
    every = (_n(800), *options, split("50/25/25"), SEED, SCALE)
    return DatasetSpec(name, task, help_text, builder, every, OWN_CODE, OWN_LICENCE)


def _classes(default: int, high: int, help_text: str) -> Option:
    return Option("classes", "int", default, help_text, 2, high)


SPECS = (
    _boolean("and", N_("1 where both inputs are 1")),
    _boolean("or", N_("1 where at least one input is 1")),
    _boolean("nand", N_("0 where both inputs are 1")),
    _boolean("nor", N_("1 where both inputs are 0")),
    _boolean("xor", N_("1 where the inputs differ: no single neuron can")),
    _boolean("xnor", N_("1 where the inputs are equal: no single neuron can")),
    _plane(
        "blobs",
        "binary",
        N_("round clouds, one for each class"),
        "generated.plane:blobs",
        _noise(0.6),
        _classes(2, 10, N_("how many clouds; three or more make a multiclass task")),
    ),
    _plane(
        "circles",
        "binary",
        N_("a ring inside a ring"),
        "generated.plane:circles",
        _noise(0.1),
        Option("factor", "float", 0.5, N_("radius of the inner ring; the outer has 1"), 0.05, 0.95),
    ),
    _plane("moons", "binary", N_("two interleaving half circles"), "generated.plane:moons", _noise(0.2)),
    _plane(
        "spiral",
        "binary",
        N_("arms wound around each other"),
        "generated.plane:spiral",
        _noise(0.03),
        _classes(2, 6, N_("how many arms; three or more make a multiclass task")),
        Option("turns", "float", 1.5, N_("how often an arm goes around"), 0.25, 5),
    ),
    DatasetSpec(
        "sine",
        "regression",
        N_("one period of the sine, a curve to fit"),
        "generated.plane:sine",
        (
            _n(400),
            _noise(0.0, N_("standard deviation of the noise added to the target")),
            Option("range", "float", 3.141592653589793, N_("x is drawn from −range to range"), 0.1, 100),
            split("50/25/25"),
            SEED,
            SCALE,
        ),
        OWN_CODE,
        OWN_LICENCE,
        shape=(1,),
    ),
    DatasetSpec(
        "line3",
        "regression",
        N_("three points on the line y = 1 + 2x, to fit by hand"),
        "generated.plane:line3",
        (split("all"), SEED, SCALE),
        OWN_CODE,
        OWN_LICENCE,
        shape=(1,),
    ),
)
