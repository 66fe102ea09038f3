"""Accuracy against size: the network of a run pruned and rounded more and more, the run itself untouched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.insight.rows import ENOUGH
from nnlab.session.look import Look, table, wrap
from nnlab.session.text import number

if TYPE_CHECKING:
    from nnlab.network import Network
    from nnlab.session.workbench import Workbench

PRUNE, QUANTISE = "prune", "quantise"
SHARES = (0.25, 0.5, 0.75, 0.9, 0.95, 0.98)
BITS = (16, 8, 6, 5, 4, 3, 2)
WAYS = {
    PRUNE: N_("the smallest weights set to zero; a file keeps the others and a bit for each place"),
    QUANTISE: N_("weights as whole numbers of so many bits, with a scale for every column"),
}
FLOAT = 4
"""Bytes of a weight as it is."""


@dataclass(frozen=True)
class Shrunk:
    """The network after ``amount`` (a share that is zero, or bits): bytes of its weights, loss and metric.

    An amount of 0 is the network as it is.
    """

    amount: float
    nbytes: int
    loss: float
    metric: float


@dataclass(frozen=True)
class ShrinkCurve:
    """Loss and metric on ``n`` rows of ``part`` against size; the first row is the network as it is."""

    way: str
    part: str
    metric_name: str
    rows: tuple[Shrunk, ...]
    n: int = 0

    def shrinks_to(self, row: Shrunk) -> float:
        """The size of ``row`` as a share of the whole."""
        return row.nbytes / self.rows[0].nbytes if self.rows[0].nbytes else 1.0


def shrink_curve(
    session: Workbench, way: str = PRUNE, part: str = "validation", amounts: tuple[float, ...] = ()
) -> ShrinkCurve:
    """The curve of one way of shrinking, at ``amounts`` or the usual ones."""
    from nnlab.engine.store import Settled
    from nnlab.training.metrics import evaluate

    run = session.need_run()
    rows = []
    for amount in (0, *(amounts or (SHARES if way == PRUNE else BITS))):
        twin, nbytes = _shrunk(run.network, way, amount)
        settled = Settled(twin.store.theta, twin.store.states)
        scores = evaluate(run.machine, settled, part, confusion=False, most=ENOUGH)
        rows.append(Shrunk(float(amount), nbytes, scores.loss, scores.metric))
    return ShrinkCurve(way, part, scores.metric_name, tuple(rows), scores.n)


def _shrunk(network: Network, way: str, amount: float) -> tuple[Network, int]:
    """A copy of the network, and the bytes of its weights in a file."""
    from nnlab.network import shrink

    names = shrink.weights_of(network.store)
    count = sum(network.store[name].size for name in names)
    if not amount:
        return network.copy(), count * FLOAT
    if way == PRUNE:
        twin = shrink.pruned(network, amount)
        left = round((1 - shrink.sparsity(twin)) * count)
        return twin, left * FLOAT + -(-count // 8)
    twin, codes = shrink.quantised(network, int(amount))
    return twin, sum(code.nbytes for code in codes.values())


def render_curve(found: ShrinkCurve, look: Look) -> list[str]:
    """A row for every size."""
    head = _("pruned") if found.way == PRUNE else _("bits")
    rows = [
        [
            _("as it is") if not row.amount else _amount(found.way, row.amount),
            f"{row.nbytes:,}",
            f"{found.shrinks_to(row):.0%}",
            number(row.loss, 4),
            number(row.metric, 4),
        ]
        for row in found.rows
    ]
    heads = [head, _("bytes"), _("size"), _("loss"), _(found.metric_name)]
    said = _("{part}, {n} rows; {way}", part=_(found.part), n=found.n, way=_(WAYS[found.way]))
    return [*wrap(said, look.width), *table(look, heads, rows, "rrrrr")]


def _amount(way: str, amount: float) -> str:
    return f"{amount:.0%}" if way == PRUNE else f"{amount:g}"
