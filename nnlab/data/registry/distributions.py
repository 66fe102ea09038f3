"""Distributions that a generator is to imitate."""

from __future__ import annotations

from nnlab.data.registry.options import SCALE, SEED, made, noise, rows, split
from nnlab.data.spec import Option
from nnlab.i18n import N_

GROUP = N_("distributions")
_MOST = split("80/10/10")

SPECS = (
    made(
        "bell",
        "regression",
        N_("normal numbers around 3: what a first generator learns to imitate"),
        "generated.distributions:bell",
        rows(4000),
        Option("mean", "float", 3.0, N_("mean of the numbers"), -100, 100),
        Option("std", "float", 0.5, N_("standard deviation of the numbers"), 0.001, 100),
        _MOST,
        SEED,
        SCALE,
        shape=(1,),
        group=GROUP,
    ),
    made(
        "ring",
        "multiclass",
        N_("eight small clouds on a circle: a generator that makes only some of them has collapsed"),
        "generated.distributions:ring",
        rows(4000),
        Option("modes", "int", 8, N_("how many clouds"), 3, 50),
        noise(0.1, N_("standard deviation of the noise added to every point")),
        _MOST,
        SEED,
        SCALE,
        shape=(2,),
        outputs=8,
        group=GROUP,
    ),
)
