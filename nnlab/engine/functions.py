"""The functions that formulas name, with the slope that carries rounding in an operand to the result.

In Python floats, for one number at a time: the kernels have their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def sigmoid(x: float) -> float:
    small = exp(-abs(x))
    return (1.0 if x >= 0 else small) / (1.0 + small)


def exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def log(x: float) -> float:
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


def power_of(base: float, exponent: int) -> float:
    """baseⁿ; what is too large for a float is infinite."""
    try:
        return float(base**exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 else math.inf
    except ZeroDivisionError:
        return math.inf


# name -> (function, slope)
FUNCTIONS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "σ": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "exp": (exp, exp),
    "ln": (log, lambda x: 1 / x if x else math.inf),
    "√": (lambda x: math.sqrt(x) if x >= 0 else math.nan, lambda x: 0.5 / math.sqrt(x) if x > 0 else 0.0),
    "sin": (math.sin, math.cos),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "abs": (abs, lambda x: 1.0),
    "sign": (lambda x: math.copysign(1.0, x) if x else 0.0, lambda x: 0.0),
    "[> 0]": (lambda x: 1.0 if x > 0 else 0.0, lambda x: 0.0),
    "[= 0]": (lambda x: 1.0 if x == 0 else 0.0, lambda x: 0.0),
    "[≠ 0]": (lambda x: 1.0 if x else 0.0, lambda x: 0.0),
    "[≥ 0]": (lambda x: 1.0 if x >= 0 else 0.0, lambda x: 0.0),
}
