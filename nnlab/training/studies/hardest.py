"""The examples that a network does worst on: those of the largest loss in a part of the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.engine.program import host
from nnlab.engine.rng import Stream
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.living import Batch

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
LOOKED = 512
"""Rows of a part that are looked through."""


@dataclass(frozen=True)
class Hardest:
    """Of ``n`` rows of ``part``, whose mean loss is ``mean``, the worst ``rows`` (k,), the first the worst.

    ``losses`` (k,) are their own, the mean over what is asked of each, and ``share`` is how much of all loss
    they make, NaN where losses can be negative.  ``answers`` (k, …) are what the network says, as its loss
    reads it, ``chosen`` (k, …) the classes that stands for.  ``made`` holds the columns of live data, a row
    for each.
    """

    part: str
    n: int
    mean: float
    rows: Array
    losses: Array
    share: float
    answers: Array
    chosen: Array
    made: dict[str, Array] = field(default_factory=dict)


def hardest(run: Run, part: str, most: int = 12) -> Hardest:
    """At most ``most`` examples of ``part``, with every update applied.

    Raises NnlabError where the part is empty, the network generates, or its numbers are not finite.
    """
    if run.network.duel:
        raise NnlabError(_("a generator is asked nothing that could be wrong; see: view duel"))
    rows = run.data.rows_of(part)[:LOOKED]
    with np.errstate(all="ignore"):  # a diverged network is told by its numbers
        if run.data.live is not None:
            output, each, targets, made = _living(run, rows)
        else:
            output, each = run.machine.forward_all(run.settled(), part, run.machine.output, LOOKED)
            targets, made = run.data.y[rows], {}
    require_finite(output)
    losses = _by_row(each, targets)
    worst = np.argsort(-losses, kind="stable")[:most]
    rule = run.config.loss_rule.kind
    whole = float(losses.sum())
    share = float(losses[worst].sum()) / whole if whole > 0 and losses.min() >= 0 else float("nan")
    return Hardest(
        part,
        len(rows),
        float(losses.mean()),
        rows[worst],
        losses[worst],
        share,
        np.asarray(rule.answers(output), np.float64)[worst],
        np.asarray(rule.chosen(output))[worst],
        {name: column[worst] for name, column in made.items()},
    )


def _by_row(each: Array, targets: Array) -> Array:
    """The mean loss of what is asked of every row, (n,); 0 where nothing is."""
    flat = each.reshape(len(each), -1).astype(np.float64)
    if targets.dtype.kind != "i" or targets.ndim < 2:
        return np.asarray(flat.mean(axis=1))
    asked = (targets.reshape(len(targets), -1) >= 0).sum(axis=1)
    return np.asarray(flat.sum(axis=1) / np.maximum(asked, 1))


def _living(run: Run, rows: Array) -> tuple[Array, Array, Array, dict[str, Array]]:
    """Answers, losses, targets and all columns of examples made for ``rows``, the draws always alike."""
    machine = run.machine
    machine.settle_evaluators(run.settled())
    batch = Batch(machine, len(rows))
    batch.fill(rows, Stream(machine.config.seed, "walks.judged"), 0)
    batch.put(batch.program)
    batch.program.forward()
    values = batch.program.values
    output, each = host(values[machine.output]).copy(), host(values["loss.each"]).copy()
    return output, each, batch.columns["target"], batch.columns
