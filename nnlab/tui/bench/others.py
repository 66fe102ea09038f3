"""The curves of the other runs, which the current one is seen beside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nnlab.session.seeds import Group
    from nnlab.training import Run
    from nnlab.training.history import History

Array = np.ndarray[Any, Any]
MOST = 3
"""Other runs that are drawn, the newest ones, and groups of several seeds: more lines in a small chart tell
nobody anything."""


@dataclass(frozen=True)
class Curve:
    """What another run came to: ``loss`` (n,) and ``metric`` (m,) against ``steps`` (n,) and ``ends`` (m,).

    Of the validation part where ``held``, else of training; step by step before its first epoch is over.
    A run of several seeds has the number of its ``group``; all but the one in the middle are ``thin``.
    """

    name: str
    steps: Array
    loss: Array
    ends: Array
    metric: Array
    held: bool
    group: int | None = None
    thin: bool = False


class Others:
    """Curves of the runs that stand still, made once for as far as each has come."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[int, int, int], Curve]] = {}

    def __call__(
        self,
        runs: Mapping[str, Run],
        current: str,
        kept: Collection[str] = (),
        groups: Sequence[Group] = (),
    ) -> tuple[Curve, ...]:
        """The curves of the newest runs, those of ``kept`` before all others, and of the newest groups."""
        seeded = {name for group in groups for name in group.names}
        names = [name for name, run in runs.items() if name not in (current, *seeded) and run.history.count]
        names = sorted(names, key=lambda name: name in kept)[-MOST:]
        newest = list(enumerate(groups))[-MOST:]
        drawn = [name for _k, group in newest for name in group.names if name != current]
        made = {}
        for name in (*names, *drawn):
            history = runs[name].history
            mark = (id(history), history.count, len(history.epochs))
            known = self._made.get(name)
            made[name] = known if known and known[0] == mark else (mark, curve_of(name, history))
        self._made = made
        middles: list[Curve] = []
        others: list[Curve] = []
        for k, group in newest:
            for name in group.names:
                if name == current:
                    continue
                middle = name == group.middle
                curve = replace(made[name][1], name=group.told, group=k % MOST, thin=not middle)
                (middles if middle else others).append(curve)
        return (*(made[name][1] for name in names), *middles, *others)


def curve_of(name: str, history: History) -> Curve:
    """The curve of a run with at least one step."""
    epochs = list(history.epochs)
    ends = np.array([row.step for row in epochs], float)
    held = np.array([row.val_loss for row in epochs])
    if not epochs:
        losses = history.losses.copy()  # it may be growing while it is read
        return Curve(name, np.arange(1.0, len(losses) + 1), losses, ends, held, False)
    if np.isfinite(held).any():
        return Curve(name, ends, held, ends, np.array([row.val_metric for row in epochs]), True)
    loss = np.array([row.train_loss for row in epochs])
    return Curve(name, ends, loss, ends, np.array([row.train_metric for row in epochs]), False)
