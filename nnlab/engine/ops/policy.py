"""REINFORCE (Williams 1992, Machine Learning 8:229): what actions brought, and the loss of a policy.

Letters: r rewards, G what is still to come, b what is usual, A = G − b, π(a|s) the softmax of the logits z.
All are (batch, time), an example being an episode; an action below 0 says that the episode was over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, extreme, power, total
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.losses import Loss, arriving, explain_softmax, explain_surprise, times_arriving
from nnlab.engine.ops.tokens import surprise
from nnlab.engine.values import BATCH, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


def _asked(at: View, k: int) -> list[tuple[int, ...]]:
    """The moments of input ``k`` at which something was done."""
    return [n for n in np.ndindex(at.shape(k)) if at.x(k)(*n).value >= 0]


def _mask(at: Buffers, actions: Array) -> tuple[Call, Array]:
    """The call that writes 1 where something was done, 0 elsewhere, and the array (n, 1) it writes."""
    ids = actions.reshape(-1, 1)
    mask = at.kept("asked", len(ids), 1)
    zero = at.kernels.xp.zeros((), ids.dtype)
    return partial(at.kernels.asked, ids, zero, at.scratch(*ids.shape, dtype=bool), mask), mask


@dataclass(eq=False)
class Returns(Operation):
    """G (batch, time) = rₜ + γ·rₜ₊₁ + γ²·rₜ₊₂ + … to the end of the episode, from rewards r (batch, time)."""

    gamma: float = 0.9

    kind: ClassVar[str] = "returns"
    formula: ClassVar[str] = "Gₜ = Σₖ γᵏ·rₜ₊ₖ"
    backward_formula: ClassVar[str] = "drₜ = Σₖ γᵏ·dGₜ₋ₖ"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        (rewards,) = inputs
        if len(rewards.shape) != 2:
            raise NnlabError(
                _(
                    "returns are summed over the moments of an episode (time,), not over shape {shape}",
                    shape=rewards.shape[1:],
                )
            )
        return [("G", rewards.shape, Role.INTERMEDIATE)]

    def _weights(self, at: Buffers) -> Array:
        """(time, time): γ^(s − t) in row s, column t, for what comes at s ≥ t."""
        later = np.arange(self.inputs[0].shape[1])
        apart = later[:, None] - later
        weights = np.where(apart >= 0, self.gamma ** np.maximum(apart, 0), 0.0)
        return at.kernels.xp.asarray(weights, at.dtype)

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.matmul, at.ins[0], self._weights(at), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        weights = at.kernels.xp.ascontiguousarray(self._weights(at).T)
        return [partial(at.kernels.matmul, at.gouts[0], weights, at.gins[0])]

    def _discounted(self, x: Expression, k: int) -> Expression:
        gamma = const(self.gamma, "γ")
        return x if k == 0 else (gamma if k == 1 else power(gamma, k)) * x

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        n, t = index
        rewards = [at.x(0)(n, s) for s in range(t, self.inputs[0].shape[1])]
        while len(rewards) > 1 and rewards[-1].value == 0:  # behind the end of an episode there are none
            rewards.pop()
        return total([self._discounted(reward, k) for k, reward in enumerate(rewards)])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        n, t = index
        return total([self._discounted(at.gout()(n, t - k), k) for k in range(t + 1)])


@dataclass(eq=False)
class Advantage(Operation):
    """A (batch, time) = G − b from returns G and actions (batch, time); b = share·the mean return.

    The baseline b is the mean over all moments of the batch at which something was done, times ``share``:
    with 0 there is none.  It changes how far the gradients of episodes scatter, and not where they point on
    average.  Stages: ``b``, and ``count``, how many moments there were.
    """

    share: float = 1.0

    kind: ClassVar[str] = "advantage"
    formula: ClassVar[str] = "A = G − b,  b = share·mean G"
    backward_formula: ClassVar[str] = "dG = dA − share·mean dA"
    _formulas: ClassVar[tuple[str, ...]] = (
        "A = G − b",
        "b = share·Σ G/count",
        "count = Σ [action ≥ 0]",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        returns, actions = inputs
        if len(returns.shape) != 2 or returns.shape[1:] != actions.shape[1:] or not actions.discrete:
            raise NnlabError(
                _(
                    "an advantage is of a return and an action at every moment; it is given shapes {returns} "
                    "and {actions}",
                    returns=returns.shape[1:],
                    actions=actions.shape[1:],
                )
            )
        return [
            ("A", returns.shape, Role.INTERMEDIATE),
            ("b", (), Role.INTERMEDIATE),
            ("count", (), Role.INTERMEDIATE),
        ]

    def formula_of(self, output: int) -> str:
        return self._formulas[output]

    def forward(self, at: Buffers) -> list[Call]:
        (G, actions), (A, b, count) = at.ins, at.outs
        asked, mask = _mask(at, actions)
        flat, rows, n = mask.reshape(-1), at.scratch(G.size), G.size
        return [
            asked,
            partial(at.kernels.copy, G.reshape(n), rows),
            partial(at.kernels.masked_mean, rows, flat, at.ones(n), at.scalar(1.0), count, b),
            partial(at.kernels.multiply, b, at.scalar(self.share), b),
            partial(at.kernels.advantage, G.reshape(n), b, flat, A.reshape(n)),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        (dG, *_none), (dA, *_stages), n = at.gins, at.gouts, at.ins[0].size
        assert dG is not None
        assert dA is not None
        mask, count = at.kept("asked", n, 1).reshape(n), at.outs[2]
        share = at.scalar(self.share)
        work = at.kernels.advantage_backward
        return [partial(work, dA.reshape(n), mask, share, count, at.scratch(), dG.reshape(n))]

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 0:
            if at.x(1)(*index).value < 0:
                return const(0.0)
            return at.x(0)(*index) - at.out(1)()
        if output == 1:
            mean = total([at.x(0)(*n) for n in _asked(at, 1)] or [const(0.0)]) / at.out(2)()
            return const(self.share, "share") * mean
        counted = total([call("[≥ 0]", at.x(1)(*n)) for n in np.ndindex(at.shape(1))])
        return extreme("max", [counted, const(1.0)])

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        if at.x(1)(*index).value < 0:
            return const(0.0)
        mean = total([at.gout()(*n) for n in _asked(at, 1)]) / at.out(2)()
        return at.gout()(*index) - const(self.share, "share") * mean


class PolicyLoss(Loss):
    """loss = −Σ ln π(action)·A/B from logits z (batch, time, actions), actions and A (batch, time).

    The sum is over the moments of an episode, the mean over the B episodes.  ``each`` (batch, time) is what a
    moment adds, ``nll`` its −ln π(action), ``p`` the policy π; where nothing was done all is 0.  Its slope is
    an estimate of that of the expected return, and no matter how large it is: only where it leads counts.
    """

    kind: ClassVar[str] = "reinforce"
    formula: ClassVar[str] = "L = −Σ ln π(action)·A / B,  π = softmax(z)"
    backward_formula: ClassVar[str] = "dz = (π − [k = action])·A/B"
    formulas: ClassVar[tuple[str, ...]] = (
        "L = Σ each / B",
        "each = nll·A",
        "πₖ = exp(zₖ − max)/sum",
        "max = maxⱼ zⱼ",
        "sum = Σⱼ exp(zⱼ − max)",
        "nll = ln(sum) + max − z[action] = −ln π(action)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        logits, actions, advantage = inputs
        if len(logits.shape) != 3 or not logits.shape[1:2] == actions.shape[1:] == advantage.shape[1:]:
            raise NnlabError(
                _(
                    "the loss of a policy takes scores (time, actions), and an action and an advantage at "
                    "every moment (time,); it is given shapes {scores}, {actions} and {advantage}",
                    scores=logits.shape[1:],
                    actions=actions.shape[1:],
                    advantage=advantage.shape[1:],
                )
            )
        moments = (BATCH, *actions.shape[1:])
        return [
            ("", (), Role.LOSS),
            ("each", moments, Role.LOSS),
            ("p", logits.shape, Role.INTERMEDIATE),
            ("max", (*moments, 1), Role.INTERMEDIATE),
            ("sum", (*moments, 1), Role.INTERMEDIATE),
            ("nll", moments, Role.INTERMEDIATE),
        ]

    def forward(self, at: Buffers) -> list[Call]:
        (z, actions, A), (loss, each, p, m, s, nll) = at.ins, at.outs
        n = each.size
        asked, mask = _mask(at, actions)
        return [
            asked,
            *surprise(at, z, actions, p, m, s, nll),
            partial(at.kernels.multiply, nll.reshape(n, 1), mask, nll.reshape(n, 1)),
            partial(at.kernels.multiply, nll, A, each),
            partial(at.kernels.weighted_sum, each.reshape(n), at.ones(n, value=1 / at.batch), loss),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        (dz, _none, dA), p, nll, A = at.gins, at.outs[2], at.outs[5], at.ins[2]
        calls, share = times_arriving(at, 1 / at.batch)
        if dz is not None:
            flat = p.reshape(-1, p.shape[-1])
            hot, mask = at.kept("hot", *flat.shape), at.kept("asked", len(flat), 1)
            w, u = at.scratch(*A.shape), at.scratch(*flat.shape)
            calls += [
                partial(at.kernels.multiply, A, share, w),
                partial(
                    at.kernels.policy_backward, flat, hot, mask, w.reshape(-1, 1), u, dz.reshape(flat.shape)
                ),
            ]
        if dA is not None:
            calls.append(partial(at.kernels.multiply, nll, share, dA))
        return calls

    def backward_formula_of(self, use: int) -> str:
        return "dA = −ln π(action)/B" if use == 2 else self.backward_formula

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 0:
            terms: list[Expression] = [at.out(1)(*n) for n in _asked(at, 1)]
            return total(terms or [const(0.0)]) / const(at.batch, "B")
        return self.explain_stage(at, output, index)

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 1:
            return at.out(5)(*index) * at.x(2)(*index)
        return explain_surprise(at, index) if output == 5 else explain_softmax(at, output, index)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        batch = const(at.batch, "B")
        if use == 2:
            return arriving(at, at.out(5)(*index) / batch)
        *place, k = index
        action = int(at.x(1)(*place).value)
        if action < 0:
            return const(0.0)
        p: Expression = at.out(2)(*index)
        return arriving(at, (p - const(1.0) if k == action else p) * at.x(2)(*place) / batch)
