"""Axis numbers: round steps, written in full."""

from __future__ import annotations

import math
from collections.abc import Sequence


def nice_step(span: float, most: int) -> float:
    """The smallest 1, 2 or 5 times a power of ten that cuts ``span`` into at most ``most`` parts."""
    if not math.isfinite(span) or span <= 0:
        return 1.0
    rough = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers within low..high, about ``most`` of them."""
    step = nice_step(high - low, most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)][: max(1, most + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Powers of ten within low..high (as logarithms), every k-th when many; the ends when none."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if last < first:
        return [low, high]
    every = max(1, math.ceil((last - first + 1) / max(1, most)))
    return [float(p) for p in range(-(-first // every) * every, last + 1, every)]


def labels(values: Sequence[float], step: float) -> list[str]:
    """``values`` with the decimals that ``step`` needs; large ones as k, M, G; tiny ones as powers of ten."""
    largest = max((abs(value) for value in values), default=0.0)
    for letter, unit, enough in (("G", 1e9, 1e9), ("M", 1e6, 1e6), ("k", 1e3, 1e4)):
        if largest >= enough:
            return [_fixed(value / unit, step / unit) + letter if value else "0" for value in values]
    if 0 < abs(step) < 1e-4:
        return [_powers(value) for value in values]
    return [_fixed(value, step) for value in values]


def _powers(value: float) -> str:
    mantissa, _, exponent = f"{value:.3g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def _fixed(value: float, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(abs(step)) + 1e-9)) if step else 0
    return f"{value + 0.0:.{decimals}f}"


def power_label(exponent: float) -> str:
    """10**exponent as a short number."""
    value = 10.0**exponent
    if exponent != round(exponent):
        return f"{value:.3g}"
    return f"{value:g}" if 1e-3 <= value < 1e5 else f"1e{exponent:g}"
