"""What a policy would do now in every state of its world, and one walk that was made with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.data.walks import Walks
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
OF_A_MOMENT = ("rewards", "returns.G", "baseline.A", "loss.nll", "loss.each")


@dataclass(frozen=True, eq=False)
class PolicyNow:
    """``now`` (states, actions) is π with every update applied, asked as at the beginning of a walk.

    ``states``, ``actions`` and ``chances`` (moments,) are of row ``row`` of the batch of ``step``, made with
    the weights before its update; ``numbers`` (moments,) of that walk by the names of their values.
    """

    walks: Walks
    now: Array
    step: int
    row: int
    states: Array
    actions: Array
    chances: Array
    numbers: dict[str, Array]


def policy_now(run: Run, row: int) -> PolicyNow:
    """The policy of ``run`` and the walk in row ``row`` of its batch.

    Raises NnlabError where the data are no walks, or no step was taken yet.
    """
    walks = run.data.live
    if not isinstance(walks, Walks):
        raise NnlabError(_("{data} are no walks; choose grid4-walks, for example", data=run.data.name))
    seen = run.rest.seen()
    values = seen.program.graph.values
    action = seen.array("target")[row]
    moments = np.arange(int((action >= 0).sum()))
    numbers = {name: seen.array(name)[row, moments].copy() for name in OF_A_MOMENT if name in values}
    done = action[moments]
    chances = seen.array("loss.p")[row, moments, done] if "loss.p" in values else np.array([])
    states = seen.array("input")[row, moments].argmax(1)
    return PolicyNow(walks, _asked(run, walks), seen.step_count, row, states, done, chances, numbers)


def _asked(run: Run, walks: Walks) -> Array:
    states, moments = walks.world.states, run.data.input_shape[0]
    x = np.zeros((states, moments, states), np.float32)
    x[np.arange(states), 0, np.arange(states)] = 1
    further = {name: np.zeros((states, *shape), np.float32) for name, shape in run.network.inputs.items()}
    output = run.network.predict(x, **further)[:, 0]
    return np.asarray(run.config.loss_rule.kind.answers(output))
