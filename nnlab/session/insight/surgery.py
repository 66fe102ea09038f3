"""What pruning, rounding or taking units out did to a run: loss and metric before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import _
from nnlab.session.insight.rows import ENOUGH
from nnlab.session.look import Look, wrap
from nnlab.session.text import number

if TYPE_CHECKING:
    from nnlab.session.workbench import Workbench
    from nnlab.training import Run
    from nnlab.training.metrics import Scores


@dataclass(frozen=True)
class Operated:
    """What was done, the scores before and after it, and the share of weights that are zero now."""

    what: str
    before: Scores
    after: Scores
    zeros: float


def operated(session: Workbench, what: str, act: Callable[[], object]) -> Operated:
    """``act`` done to the run of ``session``, with the scores on the validation part where there is one."""
    from nnlab.network.shrink import sparsity

    split = session.need_data().split
    part = "validation" if len(split.validation) else "train"
    before = _scores(session.need_run(), part)
    act()
    run = session.need_run()
    return Operated(what, before, _scores(run, part), sparsity(run.network))


def _scores(run: Run, part: str) -> Scores:
    """On as many rows as are enough to compare."""
    from nnlab.training.metrics import evaluate

    return evaluate(run.machine, run.settled(), part, confusion=False, most=ENOUGH)


def render_operated(found: Operated, look: Look) -> list[str]:
    """Loss and metric, before → after."""
    before, after = found.before, found.after
    text = _(
        "{what}: {part} loss {loss} → {new_loss}, {metric} {value} → {new_value}; "
        "{zeros} of the weights are 0",
        what=found.what,
        part=_(after.part),
        loss=number(before.loss, 4),
        new_loss=number(after.loss, 4),
        metric=_(after.metric_name),
        value=number(before.metric, 4),
        new_value=number(after.metric, 4),
        zeros=f"{found.zeros:.1%}",
    )
    return wrap(text, look.width)
