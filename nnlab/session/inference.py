"""What the network answers for one row of the data or for numbers of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.text import target_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nnlab.session.workbench import Workbench


@dataclass(frozen=True)
class Answer:
    """The last layer's numbers with their labels, the class they stand for, and the truth where known."""

    inputs: tuple[float, ...]
    labels: tuple[str, ...]
    outputs: tuple[float, ...]
    answer: str = ""
    truth: str = ""


def classify(session: Workbench, row: int, numbers: tuple[float, ...]) -> Answer:
    """``row`` of the whole data set, or ``numbers`` as one input where ``row`` is negative."""
    import numpy as np

    data, run = session.need_data(), session.need_run()
    if row >= len(data.x):
        raise NnlabError(
            _("there is no row {row}; the data have rows 0 to {last}", row=row, last=len(data.x) - 1)
        )
    wanted = int(np.prod(data.input_shape))
    if row < 0 and len(numbers) != wanted:
        raise NnlabError(
            _("the network takes {wanted} numbers, not {given}", wanted=wanted, given=len(numbers))
        )
    x = data.x[row : row + 1] if row >= 0 else np.array([numbers], np.float32).reshape(1, *data.input_shape)
    outputs = np.asarray(run.predict(x), np.float64).reshape(-1)
    names = tuple(map(str, data.class_names))
    truth = ""
    if row >= 0:
        truth = target_text(data, row)
    answer = names[_chosen(outputs)] if names else ""
    labels = names if len(names) == len(outputs) else tuple(_("output {n}", n=i) for i in range(len(outputs)))
    if len(names) == 2 and len(outputs) == 1:
        labels = (f"P({names[1]})",)
    return Answer(tuple(map(float, x.reshape(-1))), labels, tuple(map(float, outputs)), answer, truth)


def _chosen(outputs: NDArray[np.float64]) -> int:
    """The class that answers (units,) stand for: the largest, or above one half for a single one."""
    return int(outputs.argmax()) if len(outputs) > 1 else int(outputs[0] > 0.5)
