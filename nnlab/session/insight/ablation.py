"""What the network is worth without each unit, channel or head of a layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import _
from nnlab.session.insight.rows import ENOUGH
from nnlab.session.look import Look, bar, table, wrap
from nnlab.session.text import number

if TYPE_CHECKING:
    from nnlab.session.workbench import Workbench

SHOWN = 20
"""Units that are listed."""


@dataclass(frozen=True)
class Without:
    """Loss and metric where ``unit`` is taken out."""

    unit: int
    loss: float
    metric: float


@dataclass(frozen=True)
class Ablation:
    """Loss and metric of the whole network on ``n`` rows of ``part``, and without each unit of ``layer``.

    ``heads`` says that the units are heads of attention.
    """

    layer: str
    part: str
    heads: bool
    metric_name: str
    loss: float
    metric: float
    units: tuple[Without, ...]
    n: int = 0

    def ranked(self) -> list[Without]:
        """The units that are missed most first."""
        return sorted(self.units, key=lambda unit: -unit.loss)

    def costs(self, unit: Without) -> float:
        """How much the loss rises without ``unit``."""
        return unit.loss - self.loss


def ablation(session: Workbench, layer: str, part: str = "validation") -> Ablation:
    """What every unit of ``layer`` is worth on a part of the data; the run stays as it is.

    Raises NnlabError where there is no such layer, or it has no weights.
    """
    from nnlab.engine.store import Settled
    from nnlab.network.ablation import ablated, has_heads, unit_count
    from nnlab.training.metrics import evaluate

    run = session.need_run()
    network, machine = run.network, run.machine
    count = unit_count(network, layer)
    whole = evaluate(machine, run.settled(), part, confusion=False, most=ENOUGH)
    found = []
    for unit in range(count):
        store = ablated(network, layer, [unit]).store
        settled = Settled(store.theta, store.states)
        scores = evaluate(machine, settled, part, confusion=False, most=ENOUGH)
        found.append(Without(unit, scores.loss, scores.metric))
    heads = has_heads(network, layer)
    return Ablation(layer, part, heads, whole.metric_name, whole.loss, whole.metric, tuple(found), whole.n)


def render_ablation(found: Ablation, look: Look) -> list[str]:
    """The units that are missed most first, with a bar for what their loss costs."""
    said = _(
        "{part}, {n} rows: loss {loss}, {metric} {value} with all of {layer}; without one of them:",
        part=_(found.part),
        n=found.n,
        loss=number(found.loss, 4),
        metric=_(found.metric_name),
        value=number(found.metric, 4),
        layer=found.layer,
    )
    lines = wrap(said, look.width)
    ranked = found.ranked()
    most = max(abs(found.costs(unit)) for unit in ranked) or 1.0
    rows = [
        [
            str(unit.unit),
            number(unit.loss, 4),
            number(unit.metric, 4),
            "" if look.accessible else bar(max(0.0, found.costs(unit)) / most, 20).rstrip("-"),
        ]
        for unit in ranked[:SHOWN]
    ]
    heads = [_("head") if found.heads else _("unit"), _("loss"), _(found.metric_name), ""]
    left = len(ranked) - SHOWN
    more = [_("… and {n} more, which are missed less", n=left)] if left > 0 else []
    return [*lines, *table(look, heads, rows, "rrr"), *more]
