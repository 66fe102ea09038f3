"""The sampled code in the middle of a variational autoencoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class Sample(Layer):
    """Draws from Gaussians: what arrives are their log-variances (k,), the mark ``mean`` their means (k,).

    Beside its sample it adds β times the divergence from N(0, 1) to the loss; with β = 0 nothing is added.
    """

    mean: str = ""
    beta: float = 1.0

    kind: ClassVar[str] = "sample"
    help: ClassVar[str] = N_("draws from Gaussians with the marked means and the log-variances that arrive")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("mean", "name", N_("the mark of the means"), required=True),
        Argument("beta", "number", N_("weight of the divergence in the loss"), default=1.0, keyword=True),
    )

    @property
    def text(self) -> str:
        return f"sample {self.mean}" + (f" beta={self.beta:g}" if self.beta != 1 else "")

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.mean,)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if self.beta < 0:
            raise NnlabError(_("sample: beta {beta} must be 0 or a positive number", beta=f"{self.beta:g}"))
        if len(shape) != 1 or others[0] != shape:
            raise NnlabError(
                _(
                    "sample needs a row of log-variances and as many means: shape {shape} arrives, and "
                    "“{mean}” marks shape {other}",
                    shape=shape_text(shape),
                    mean=self.mean,
                    other=shape_text(others[0]),
                )
            )
        return shape

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        (mean,) = others
        if self.beta:
            (cost, *_stages) = graph.apply(ops.GaussianKL(f"{name}.kl"), mean, x)
            graph.costs.append((cost, self.beta))
        return graph.apply(ops.GaussianSample(name), mean, x)[0]


KINDS = (LayerKind("sample", Sample.help, Sample.arguments, Sample, "sample mean"),)
