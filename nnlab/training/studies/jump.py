"""What made the loss jump at a step: its batch, the costliest examples, and the weights that moved most."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.probes import Probe
from nnlab.training.studies.duels import require_one_loss

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
SHOWN = 6
WINDOW = 20
"""Steps whose median says what the loss was used to be."""


@dataclass(frozen=True)
class Jump:
    """Step ``step`` had loss ``loss`` where ``usual`` was expected.

    ``examples`` are (row of the data, loss) of the batch, the costliest first, empty where the loss is not
    one of single examples.  ``moved`` are the weights that the update *before* it changed most, in units of
    the typical change: (address, before, change, times).  ``same_batch`` is the loss of the very same batch
    at the weights before that update: if it is high too, the batch is to blame, else the update.
    """

    step: int
    loss: float
    usual: float
    examples: tuple[tuple[int, float], ...]
    moved: tuple[tuple[Address, float, float, float], ...]
    same_batch: float
    gradient_norm: float

    @property
    def blame(self) -> str:
        """``batch`` or ``update``: what the greater part of the jump comes from."""
        return "batch" if self.same_batch - self.usual >= self.loss - self.same_batch else "update"


def largest_jump(losses: Array) -> int:
    """The step (from 1 on) whose loss rises most above the median of those before it; 0 where there are
    fewer than two."""
    if len(losses) < 2:
        return 0
    known = np.where(np.isfinite(losses), losses, np.nan)
    before = np.lib.stride_tricks.sliding_window_view(np.append(np.full(WINDOW, np.nan), known[:-1]), WINDOW)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing is usual before the first step
        usual = np.nanmedian(before, axis=1)
        rise = (known - usual) / (abs(usual) + 1e-12)
    rise[~np.isfinite(rise)] = -np.inf
    best = int(rise.argmax())
    return best + 1 if np.isfinite(rise[best]) else 0


def jump(run: Run, step: int = 0) -> Jump:
    """What happened at ``step``, or at the largest jump of the run.

    Raises NnlabError where there are too few steps, or there is no such step, and for duels.
    """
    require_one_loss(run)
    losses = run.history.losses
    at = step or largest_jump(losses)
    if not 2 <= at <= len(losses):
        raise NnlabError(_("a jump can be looked into from step 2 on; this run has {n} steps", n=len(losses)))
    twin = run.branch(at)  # it may lie ahead of where the run was taken back to
    twin.seek(at - 1)
    before = host(twin.pending_update().parts[""]).copy()
    change = host(twin.pending_update().parts["step"]).copy()
    twin.seek(at)
    rows, each = np.asarray(twin.batch_indices).copy(), _each(twin)
    norm = float(np.sqrt((host(twin.store.grad).astype(np.float64) ** 2).sum()))
    examples: tuple[tuple[int, float], ...] = ()
    if each is not None:
        costliest = np.argsort(-each, kind="stable")[:SHOWN]
        examples = tuple((int(rows[k]), float(each[k])) for k in costliest)
    typical = float(np.sqrt((change.astype(np.float64) ** 2).mean())) or 1.0
    most = np.argsort(-np.abs(change), kind="stable")[:SHOWN]
    moved = tuple(
        (
            Address(*run.store.locate(int(i))),
            float(before[i]),
            float(change[i]),
            abs(float(change[i])) / typical,
        )
        for i in most
    )
    usual = float(np.nanmedian(losses[max(0, at - 1 - WINDOW) : at - 1]))
    same_batch = Probe(twin).loss_at(before)
    return Jump(at, float(losses[at - 1]), usual, examples, moved, same_batch, norm)


def _each(run: Run) -> Array | None:
    """The loss of every example of the batch, (B,); None where the loss has no such number."""
    if "loss.each" not in run.program.values:
        return None
    each = np.asarray(run.array("loss.each"), np.float64)
    return each.reshape(len(each), -1).sum(axis=1) if each.ndim else None
