"""The picture of a curve step in signs: what was drawn, and the measured curve over it."""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.i18n import _
from nnlab.lesson.answers import written
from nnlab.lesson.state import Plot
from nnlab.lesson.trend import resampled
from nnlab.width import columns

ROWS, COLUMNS = 9, 48
DRAWN, MEASURED, BOTH = "o", "*", "@"


def plot_lines(plot: Plot, *, accessible: bool = False) -> list[str]:
    """The axes in a sentence, and a picture below where something is drawn, but not for a screen reader."""
    lines = [
        _("Across: {name}, {first} to {last}. Up: {up}, {low} to {high}.",
          name=plot.across_name, first=f"{plot.across[0]:g}", last=f"{plot.across[1]:g}",
          up=plot.up_name, low=written(plot.up[0]), high=written(plot.up[1]))
    ]  # fmt: skip
    if accessible or not plot.drawn:
        return lines
    return [*lines, "", *_picture(plot)]


def _picture(plot: Plot) -> list[str]:
    signs = [[" "] * COLUMNS for _row in range(ROWS)]
    yours, measured = _rows(plot.drawn, plot.up), _rows(plot.measured, plot.up)
    for at, row in enumerate(yours):
        signs[row][at] = DRAWN
    for at, row in enumerate(measured):
        signs[row][at] = BOTH if signs[row][at] == DRAWN else MEASURED
    ends = {0: written(plot.up[1]), ROWS - 1: written(plot.up[0])}
    room = max(map(columns, ends.values()))
    lines = [f"  {ends.get(y, ''):>{room}} |{''.join(row)}".rstrip() for y, row in enumerate(signs)]
    first, last = f"{plot.across[0]:g}", f"{plot.across[1]:g}"
    lines.append(f"  {'':>{room}} +{'-' * COLUMNS}")
    lines.append(f"  {'':>{room}}  {first}{last:>{COLUMNS - len(first)}}")
    legend = _("{sign} drawn", sign=DRAWN)
    if plot.measured:
        legend += "  " + _("{sign} measured, {both} both", sign=MEASURED, both=BOTH)
    return [*lines, f"  {'':>{room}}  {legend}"]


def _rows(values: Sequence[float], up: tuple[float, float]) -> list[int]:
    """The row of each column; none where there is no curve."""
    if not values:
        return []
    low, high = up
    shares = ((v - low) / ((high - low) or 1.0) for v in resampled(values, COLUMNS))
    return [round((1 - min(max(share, 0.0), 1.0)) * (ROWS - 1)) for share in shares]
