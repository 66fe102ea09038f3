"""The form of a curve in words: falls, turns up, stays level; where it turns, and where it ends.

Heights are shares of the picture, 0 its lower edge and 1 its upper; places are shares of its width.  A
movement of less than :data:`LEAST` of the height is no movement, so that the noise of training is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

LEAST = 0.1
"""The smallest rise or fall that counts, as a share of the picture's height."""

FORMS = {
    "falls": (0.9, 0.1),
    "rises": (0.1, 0.9),
    "level": (0.5, 0.5),
    "falls-rises": (0.9, 0.1, 0.7),
    "rises-falls": (0.1, 0.9, 0.3),
    "waves": (0.7, 0.3, 0.7, 0.3, 0.7),
}
"""The forms there are, each with heights that have it."""


@dataclass(frozen=True, slots=True)
class Trend:
    """``turns``: where it turns; ``half``: where half of the way from first to last height is done."""

    form: str
    turns: tuple[float, ...]
    half: float


def form_named(name: str) -> str:
    """``name`` if it is a form; NnlabError names the nearest otherwise."""
    if name not in FORMS:
        raise NnlabError(
            _("'{name}' is no form of a curve; there are {forms}", name=name, forms=", ".join(FORMS))
            + did_you_mean(name, FORMS)
        )
    return name


def resampled(values: Sequence[float], count: int) -> list[float]:
    """``count`` values at even places along the line through ``values``."""
    last = len(values) - 1
    found = []
    for k in range(count):
        at = k * last / (count - 1)
        left = min(int(at), max(0, last - 1))
        found.append(values[left] + (values[min(left + 1, last)] - values[left]) * (at - left))
    return found


def trend(heights: Sequence[float]) -> Trend:
    """What ``heights`` (two or more, evenly spread) do."""
    first, turns = _legs(heights)
    last = len(heights) - 1
    if not first:
        form = "level"
    elif len(turns) > 1:
        form = "waves"
    elif turns:
        form = "falls-rises" if first < 0 else "rises-falls"
    else:
        form = "falls" if first < 0 else "rises"
    return Trend(form, tuple(t / last for t in turns), _half(heights) / last)


def _legs(heights: Sequence[float]) -> tuple[int, list[int]]:
    """(the first direction, 0 for none; the places where it changes)."""
    first = direction = low = high = 0
    turns: list[int] = []
    for at, height in enumerate(heights):
        high = at if direction >= 0 and height > heights[high] else high
        low = at if direction <= 0 and height < heights[low] else low
        down = direction >= 0 and heights[high] - height > LEAST
        up = direction <= 0 and height - heights[low] > LEAST
        if not (down or up):
            continue
        if direction:
            turns.append(high if down else low)
        direction = -1 if down else 1
        first = first or direction
        low = high = at
    return first, turns


def _half(heights: Sequence[float]) -> int:
    middle = (heights[0] + heights[-1]) / 2
    falling = heights[-1] < heights[0]
    return next(
        at for at, height in enumerate(heights) if (height <= middle if falling else height >= middle)
    )


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """The mean distance of two curves, resampled to the same places."""
    count = 32
    pairs = zip(resampled(one, count), resampled(other, count))
    return sum(abs(a - b) for a, b in pairs) / count
