"""Made-up tables."""

from __future__ import annotations

from nnlab.data.registry.options import SCALE, SEED, made, rows, split
from nnlab.i18n import N_

GROUP = N_("tables")

SPECS = (
    made(
        "clinic8",
        "binary",
        N_("an invented clinic: eight columns, well or ill"),
        "generated.tables:clinic8",
        rows(1536),
        split("40/10/50"),
        SEED,
        SCALE,
        shape=(8,),
        group=GROUP,
    ),
)
