"""Nodes and edges."""

from __future__ import annotations

from nnlab.data.registry.options import SEED, made, noise, split
from nnlab.data.spec import Option
from nnlab.i18n import N_

GROUP = N_("graphs")

SPECS = (
    made(
        "two-villages",
        "tokens",
        N_("who lives in which village? 40 people, their acquaintances, and one known person in each"),
        "generated.graphs:two_villages",
        Option("nodes", "int", 40, N_("people, half in each village"), 6, 1000),
        Option("inside", "float", 0.25, N_("probability that two of one village know each other"), 0, 1),
        Option("across", "float", 0.03, N_("probability that two of different villages do"), 0, 1),
        SEED,
        shape=(40, 40),
        outputs=2,
        group=GROUP,
    ),
    made(
        "tastes",
        "regression",
        N_("how 40 people rate 30 things; most ratings are to be guessed"),
        "generated.graphs:tastes",
        noise(0.3, N_("standard deviation of the noise in a rating")),
        split("40/10/50"),
        SEED,
        shape=(1,),
        group=GROUP,
    ),
)
