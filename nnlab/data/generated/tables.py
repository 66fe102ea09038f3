"""Made-up tables: a clinic that never was."""

from __future__ import annotations

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Array, Draws, Options
from nnlab.i18n import _

COLUMNS = ("visits", "sugar", "pressure", "fold", "insulin", "bmi", "family", "age")


def clinic8(name: str, options: Options) -> Raw:
    """Eight invented columns, x (n, 8); y, ill or not, drawn with a probability that depends on six of them.

    One column matters only together with another: sugar counts more for the old.
    """
    draw = Draws(options)
    visits = _poisson(draw.uniform("visits"), 2.0)
    sugar, pressure = 120 + 30 * draw.normal("sugar"), 72 + 12 * draw.normal("pressure")
    fold, insulin = 27 + 9 * draw.normal("fold"), np.abs(90 + 60 * draw.normal("insulin"))
    bmi = 31 + 6 * draw.normal("bmi")
    # Gamma with the whole-numbered shape 2: the sum of two exponentials.
    family = -0.24 * np.log1p(-draw.uniform("family", 2)).sum(axis=1)
    age = 18.0 + draw.pick("age", 62)
    z, b, a = (sugar - 120) / 30, (bmi - 31) / 6, (age - 45) / 18
    logit = -1 + 1.6 * z + 0.8 * b + 0.5 * (family - 0.48) / 0.34 + 1.2 * np.maximum(0, a) * z
    logit += -0.9 * ((a > 0.5) & (b < 0)) + 0.3 * (visits - 2) / 1.4
    ill = draw.uniform("ill") < 1 / (1 + np.exp(-logit))
    x = np.stack([visits, sugar, pressure, fold, insulin, bmi, family, age], axis=1)
    note = _("invented by a formula; nothing here is medical knowledge")
    return Raw(x, ill.astype(np.int64), "binary", COLUMNS, ("well", "ill"), ("diagnosis",), (note,))


def _poisson(shares: Array, mean: float) -> Array:
    """Counts with the Poisson distribution, each where its uniform falls in the cumulative one."""
    counts = np.arange(40)
    steps = np.concatenate([[1.0], np.cumprod(mean / counts[1:])])
    return np.searchsorted(np.cumsum(steps * np.exp(-mean)), shares).astype(np.float64)
