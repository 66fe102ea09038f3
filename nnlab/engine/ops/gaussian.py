"""The Gaussian code of a variational autoencoder (Kingma and Welling 2014): its sample and its cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from nnlab.engine.expression import Expression, call, const, extreme, power, total
from nnlab.engine.kernels import LOG_VARIANCE_LIMIT
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.ops.losses import Loss, arriving, times_arriving
from nnlab.engine.rng import Stream
from nnlab.engine.values import Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _


def require_pair(inputs: tuple[Value, ...]) -> None:
    mean, logvar = inputs
    if len(mean.shape) != 2 or mean.shape != logvar.shape:
        raise NnlabError(
            _(
                "a Gaussian needs as many log-variances as means, in a row; it is given shapes {mean} and "
                "{logvar}",
                mean=mean.shape[1:],
                logvar=logvar.shape[1:],
            )
        )


def bounded(x: Expression) -> Expression:
    """A log-variance as the kernels take it: at most 60 from zero."""
    limit = LOG_VARIANCE_LIMIT
    if abs(x.evaluate()) <= limit:
        return x
    return extreme("max", [const(-limit), extreme("min", [x, const(limit)])])


def exponential(at: Buffers, logvar: Array, factor: float, out: Array) -> Call:
    """The call that writes exp(factor·lnσ²)."""
    low, high = (at.ones(*logvar.shape, value=v) for v in (-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT))
    return partial(at.kernels.bounded_exp, logvar, low, high, at.scalar(factor), out)


class GaussianSample(Operation):
    """a = μ + σ·ε from inputs μ and lnσ², both (batch, k): the reparameterisation trick.

    ε is drawn anew for every step from (seed, name, step); the draw stands beside the path from μ and σ to
    a, so the gradient flows through both.  In evaluation ε = 0 and a is the mean.  lnσ² beyond ±60 counts as
    ±60, and its gradient is that at the bound, so that a variance which ran away is still pulled back.
    """

    kind: ClassVar[str] = "gaussian_sample"
    formula: ClassVar[str] = "a = μ + σ·ε,  σ = exp(½·lnσ²)"
    backward_formula: ClassVar[str] = "dμ = da   dlnσ² = da·ε·σ/2"
    _formulas: ClassVar[tuple[str, ...]] = (
        "a = μ + σ·ε",
        "σ = exp(½·lnσ²)",
        "ε drawn from N(0, 1) by (seed, name, step)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        require_pair(inputs)
        shape = inputs[0].shape
        return [
            ("a", shape, Role.INTERMEDIATE),
            ("std", shape, Role.INTERMEDIATE),
            ("eps", shape, Role.RANDOM),
        ]

    def formula_of(self, output: int) -> str:
        return self._formulas[output]

    def forward(self, at: Buffers) -> list[Call]:
        (mean, logvar), (a, std, eps) = at.ins, at.outs
        calls: list[Call] = [
            exponential(at, logvar, 0.5, std),
            partial(at.kernels.gaussian_sample, mean, std, eps, a),
        ]
        if not at.training:
            eps[...] = 0
            return calls
        stream = Stream(at.seed, self.outputs[2].name)
        return [partial(at.kernels.gaussian_noise, stream, at.clock, eps), *calls]

    def backward(self, at: Buffers) -> list[Call]:
        (dmean, dlogvar), (_a, std, eps) = at.gins, at.outs
        (da, *_rest), half = at.gouts, at.scalar(0.5)
        calls: list[Call] = []
        if dmean is not None:
            calls.append(partial(at.kernels.copy, da, dmean))
        if dlogvar is not None:
            calls.append(partial(at.kernels.gaussian_sample_backward, da, std, eps, half, dlogvar))
        return calls

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 1:
            return call("exp", const(0.5) * bounded(at.x(1)(*index)))
        return at.x(0)(*index) + at.out(1)(*index) * at.out(2)(*index)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        da = at.gout()(*index)
        return da if use == 0 else da * at.out(2)(*index) * at.out(1)(*index) / const(2.0)


@dataclass(eq=False)
class GaussianKL(Loss):
    """How far N(μ, σ²) is from N(0, 1): each = ½·Σ (μ² + σ² − 1 − lnσ²), from μ and lnσ², both (batch, k).

    ``var`` is σ².  For lnσ² beyond ±60 see :class:`GaussianSample`.
    """

    kind: ClassVar[str] = "kl"
    formula: ClassVar[str] = "KL = mean ½·Σ (μ² + σ² − 1 − lnσ²)"
    backward_formula: ClassVar[str] = "dμ = μ/B   dlnσ² = (σ² − 1)/(2·B)"
    formulas: ClassVar[tuple[str, ...]] = (
        "KL = Σ eachₙ / B",
        "each = Σₖ (μₖ² + σₖ² − 1 − lnσₖ²) / 2",
        "σ² = exp(lnσ²)",
    )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        require_pair(inputs)
        return [*self.losses(), ("var", inputs[0].shape, Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        (mean, logvar), (_loss, each, var) = at.ins, at.outs
        halves, u = at.ones(mean.shape[1], 1, value=0.5), at.scratch(*mean.shape)
        return [
            exponential(at, logvar, 1.0, var),
            partial(at.kernels.gaussian_kl, mean, logvar, var, at.scalar(1.0), halves, u, each),
            self.mean(at),
        ]

    def backward(self, at: Buffers) -> list[Call]:
        (dmean, dlogvar), mean, var = at.gins, at.ins[0], at.outs[2]
        calls: list[Call] = []
        if dmean is not None:
            made, scale = times_arriving(at, 1 / at.batch)
            calls += [*made, partial(at.kernels.multiply, mean, scale, dmean)]
        if dlogvar is not None:
            made, scale = times_arriving(at, 0.5 / at.batch)
            calls += [*made, partial(at.kernels.difference_scaled, var, at.scalar(1.0), scale, dlogvar)]
        return calls

    def explain_stage(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        if output == 2:
            return call("exp", bounded(at.x(1)(*index)))
        n, terms = index[0], []
        for k in range(self.inputs[0].shape[1]):
            terms += [power(at.x(0)(n, k), 2), at.out(2)(n, k), -const(1.0), -at.x(1)(n, k)]
        return total(terms) / const(2.0)

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        if use == 0:
            return arriving(at, at.x(0)(*index) / const(at.batch, "B"))
        return arriving(at, (at.out(2)(*index) - const(1.0)) / (const(2.0) * const(at.batch, "B")))
