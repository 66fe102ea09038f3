"""Any layer that answers once for every step of a sequence: its steps as lines of shades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.session.scene import COLUMNS, ROWS, Lattice, Strip
from nnlab.session.steps import steps_of

if TYPE_CHECKING:
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment


def strip(moment: Moment, column: Column) -> Strip | None:
    """What ``column`` answers, (steps, units); None where its first axis does not go along with the steps."""
    if len(column.shape) != 2 or column.name == "input" or steps_of(moment, column.post) is None:
        return None
    part = moment.part_of(column.post)
    array = moment.array(column.post, part)
    values = None if array is None else np.asarray(array[min(moment.row, len(array) - 1)], float)
    places = Lattice(column.post, (moment.row, ROWS, COLUMNS), moment.shape(column.post), part)
    return Strip(values, (column.shape[0], column.shape[1]), places)
