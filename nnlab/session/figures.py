"""Figures that stand under each other: one scale for a column of numbers, signs always written.

A column of gradients is printed as −1.24 +0.31 with ×10⁻³ in its head instead of -1.2e-03 in each row.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WIDTH = 6


class Signs(Protocol):
    """Whatever knows which signs can be written: a terminal, or the look of a text."""

    @property
    def unicode(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _AllSigns:
    unicode: bool = True


UNICODE: Signs = _AllSigns()


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers are divided by 10^exponent and written with ``decimals`` places."""

    exponent: int = 0
    decimals: int = 2

    @classmethod
    def of(cls, *arrays: NDArray[np.floating] | None) -> Scale:
        """The scale at which the largest of ``arrays`` takes :data:`WIDTH` columns or fewer."""
        largest = 0.0
        for array in arrays:
            if array is not None and array.size:
                size = np.abs(array)
                largest = max(largest, float(np.max(size, initial=0.0, where=np.isfinite(size))))
        if not largest or 0.02 <= largest < 1000:
            exponent = 0
        else:
            exponent = 3 * math.floor(
                math.log10(largest * 1.0005) / 3
            )  # 999.9 is written as 1.00 of the next
        shown = largest / 10.0**exponent
        return cls(exponent, 2 if shown < 99.5 else 1 if shown < 999.5 else 0)

    def text(self, value: float | None, caps: Signs = UNICODE) -> str:
        """``+0.50`` in :data:`WIDTH` columns, right-aligned; ``?`` for what is not known."""
        return self.bare(value, caps).rjust(WIDTH)

    def bare(self, value: float | None, caps: Signs = UNICODE) -> str:
        if value is None:
            return "?"
        if math.isnan(value):
            return "nan"
        if math.isinf(value):
            sign = "+" if value > 0 else "-"
            return sign + ("∞" if caps.unicode else "inf")
        shown = value / 10.0**self.exponent
        text = f"{shown:+.{self.decimals}f}" if value else f"{0:.{self.decimals}f}"
        if len(text) > WIDTH:
            text = f"{value:+.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
        return minus(text, caps)

    def head(self, caps: Signs = UNICODE) -> str:
        """``×10⁻³`` for the head of the column, empty where numbers are written as they are."""
        if not self.exponent:
            return ""
        if caps.unicode:
            return "×10" + str(self.exponent).translate(_SUPERSCRIPTS)
        return f"x1e{self.exponent}"


def minus(text: str, caps: Signs = UNICODE) -> str:
    """A true minus where the terminal has one."""
    return text.replace("-", "−") if caps.unicode else text


def plain(text: str, caps: Signs = UNICODE) -> str:
    """``text`` in the signs the terminal has."""
    if caps.unicode:
        return text
    from nnlab.session.look import to_ascii

    return to_ascii(text)


def full(value: float, caps: Signs = UNICODE) -> str:
    """A number with all the digits a float32 holds."""
    from nnlab.engine.expression import number

    return plain(number(value, 9), caps)


def aligned(values: Iterable[float | None], digits: int = 6, caps: Signs = UNICODE) -> list[str]:
    """Numbers of ``digits`` significant digits with their points under each other; None is not known yet."""
    from nnlab.engine.expression import number

    texts = ["?" if value is None else plain(number(value, digits), caps) for value in values]
    heads = [text.partition(".")[0] if "e" not in text.partition(".")[0] else text for text in texts]
    before = max((len(head) for head in heads), default=0)
    padded = [" " * (before - len(head)) + text for head, text in zip(heads, texts)]
    after = max((len(text) for text in padded), default=0)
    return [text.ljust(after) for text in padded]
