"""A curve in one line of text: blocks of rising height, heavier signs where only 7-bit ones are had."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING

from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.session.look import Look

LEVELS = "▁▂▃▄▅▆▇█"
PLAIN = "_.-:=+*#"


def spark(values: Sequence[float], ascii: bool = False) -> str:
    """A sign for each value, the lowest and the highest of the scale for the least and the largest; ``!``
    for what is not a finite number."""
    signs = PLAIN if ascii else LEVELS
    finite = [y for y in values if isfinite(y)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    scale = (len(signs) - 1) / ((high - low) or 1.0)
    return "".join(signs[round((y - low) * scale)] if isfinite(y) else "!" for y in values)


def thinned(values: Sequence[float], most: int) -> tuple[float, ...]:
    """At most ``most`` of ``values``, each the mean of its share of them."""
    n = len(values)
    if n <= most:
        return tuple(values)
    ends = [k * n // most for k in range(most + 1)]
    return tuple(float(sum(values[a:b])) / (b - a) for a, b in pairwise(ends))


def curve_text(curve: Sequence[float], look: Look) -> str:
    """A small curve; for a screen reader its ends in words."""
    if not curve:
        return ""
    if look.accessible:
        return _("from {first} to {last}", first=f"{curve[0]:.3g}", last=f"{curve[-1]:.3g}")
    return spark(curve, look.ascii)
