"""How sequences stand in the picture of a network: lines for their steps, and how wide a line is."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from nnlab.session.steps import Steps
from nnlab.tui.glyphs import columns as width_of

if TYPE_CHECKING:
    from nnlab.session.moment import Moment

TILE = 2
"""Columns of a shade that has a sign."""
SMALL = 28
"""Columns of a layer's own view in small."""
LEAST = 6
"""Columns of a line of few units, so that the name above has room."""
SHARE, ANSWERED = 4, 8
"""Columns of a probability with the space before it, and of a word of the answer at most."""
STRIPS = (SMALL, 20, 14)
"""Columns of a line of shades at most, the first that leaves room for the answer."""
WORD = (5, 12)
"""Columns of the words of the input, at least and at most."""
FIGURE, BAR = 6, 7
"""Columns of a number of the input, and of its bar where it is the only one."""
NUMBERS = 3
"""Numbers of a step that are written out, at most."""


def written(steps: Steps, per: int) -> bool:
    """Whether the input is written out; else it is shades like a layer."""
    return steps.numbers is None or (per == 1 and steps.numbers.shape[1] <= NUMBERS)


def input_width(steps: Steps, body: int) -> int:
    per = lines_of(len(steps.names), body)[1]
    if not written(steps, per):
        assert steps.numbers is not None
        return max(4, width_of_line(steps.numbers.shape[1]))
    if steps.numbers is not None:
        count = steps.numbers.shape[1]
        return FIGURE + 1 + BAR if count == 1 else count * (FIGURE + 1) - 1
    widest = max(map(width_of, words(steps, per)), default=1)
    return min(max(widest, WORD[0]), WORD[1])


def lines_of(steps: int, body: int) -> tuple[int, int]:
    """Lines of a column, and steps in a line."""
    per = max(1, ceil(steps / max(1, body)))
    return ceil(steps / per), per


def width_of_line(units: int, most: int = SMALL) -> int:
    """Columns of a line of ``units`` shades: two or more each, one each, or several together."""
    if TILE * units <= most:
        return max(TILE, LEAST // units) * units
    return ceil(units / ceil(units / most))


def words(steps: Steps, per: int) -> list[str]:
    """The words of every line."""
    groups = [steps.names[k : k + per] for k in range(0, len(steps.names), per)]
    between = "" if all(len(name) == 1 for name in steps.names) else " "
    return [between.join(group) for group in groups]


def answer_width(moment: Moment) -> int:
    """Columns of what is said at every step beside what would be right; 0 where no tokens are asked for."""
    data = moment.data
    return 1 + 2 * longest(data.target_vocabulary) + 3 + SHARE if data.task == "tokens" else 0


def longest(vocabulary: tuple[str, ...]) -> int:
    """Columns of the longest word, :data:`ANSWERED` at most."""
    return min(ANSWERED, max(map(width_of, vocabulary), default=1))
