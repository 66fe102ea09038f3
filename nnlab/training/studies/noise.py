"""How much the gradient of a mini-batch is chance: many batches at the same weights, beside their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.engine.program import host
from nnlab.training.studies.duels import require_one_loss

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
BATCHES = 24


@dataclass(frozen=True)
class LayerNoise:
    """Of one layer: the length of the mean gradient, the mean length of what single batches add to it, and
    the mean cosine between a batch's gradient and the mean of the others."""

    layer: str
    signal: float
    noise: float
    cosine: float

    @property
    def ratio(self) -> float:
        """Signal to noise; above 1 most of a batch's gradient is what all batches agree on."""
        return self.signal / self.noise if self.noise else float("inf")


@dataclass(frozen=True)
class Noise:
    """Gradients of ``batches`` batches of ``batch`` examples at the same weights.

    ``losses`` (batches,) and ``norms`` (batches,) are those of each; ``scale`` is the simple noise scale
    tr(Σ)/|G|² (McCandlish et al. 2018, arXiv 1812.06162): batches much smaller than it are mostly noise.
    """

    batch: int
    losses: Array
    norms: Array
    layers: tuple[LayerNoise, ...]
    scale: float

    @property
    def batches(self) -> int:
        return len(self.losses)


def noise(run: Run, batches: int = BATCHES) -> Noise:
    """The next ``batches`` whole batches of the run, each at the weights of now.

    The run stays as it is.  Raises NnlabError for duels, and where gradients are not finite.
    """
    require_one_loss(run)
    twin = run.branch()
    twin.settle()
    gradients: list[Array] = []
    losses: list[float] = []
    batch = twin.order.segment(twin.step_count + 1).size
    while len(losses) < batches:
        twin.stretch(twin.step_count + 1)
        if twin.program.batch == batch:  # not the rest of an epoch
            gradients.append(host(twin.store.grad).astype(np.float64))
            losses.append(twin.loss)
        twin.pending = False  # the update is never made: all batches meet the same weights
    matrix = np.stack(gradients)
    require_finite(matrix)
    mean = matrix.mean(axis=0)
    variance = float(((matrix - mean) ** 2).sum() / max(1, len(matrix) - 1))
    signal = max(float(mean @ mean) - variance / len(matrix), 1e-300)
    layers = tuple(
        _layer(name, matrix[:, spans].reshape(len(matrix), -1)) for name, spans in _spans(run).items()
    )
    norms = np.sqrt((matrix**2).sum(axis=1))
    return Noise(batch, np.array(losses), norms, layers, batch * variance / signal)


def _spans(run: Run) -> dict[str, Array]:
    """Places in the flat vector by layer."""
    found: dict[str, list[Array]] = {}
    for name, (start, end, _shape) in run.store.slices.items():
        found.setdefault(name.rsplit(".", 1)[0], []).append(np.arange(start, end))
    return {layer: np.concatenate(places) for layer, places in found.items()}


def _layer(name: str, matrix: Array) -> LayerNoise:
    mean = matrix.mean(axis=0)
    others = (matrix.sum(axis=0) - matrix) / max(1, len(matrix) - 1)
    lengths = np.sqrt((matrix**2).sum(axis=1) * (others**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = (matrix * others).sum(axis=1) / lengths
    known = cosines[np.isfinite(cosines)]
    return LayerNoise(
        name,
        float(np.sqrt(mean @ mean)),
        float(np.sqrt(((matrix - mean) ** 2).sum(axis=1)).mean()),
        float(known.mean()) if len(known) else float("nan"),
    )
