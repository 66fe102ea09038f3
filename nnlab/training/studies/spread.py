"""How numbers of a layer were spread at moments of the past: histograms over common edges, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
MOMENTS = 10
BINS = 48


@dataclass(frozen=True)
class Ridge:
    """One value over time: ``counts`` (moments, bins) over ``edges`` (bins + 1,); the outer bins hold what is
    beyond them too."""

    name: str
    edges: Array
    counts: Array

    @property
    def spreads(self) -> tuple[tuple[float, float], ...]:
        """Mean and deviation at every moment, read off the bins."""
        middle = (self.edges[:-1] + self.edges[1:]) / 2
        found = []
        for row in self.counts:
            weight = row / max(1, row.sum())
            mean = float(weight @ middle)
            found.append((mean, float(np.sqrt(weight @ (middle - mean) ** 2))))
        return tuple(found)


@dataclass(frozen=True)
class Spread:
    """Weights, gradients and answers of ``layer`` after each of ``steps``."""

    layer: str
    steps: tuple[int, ...]
    ridges: tuple[Ridge, ...]


def moments(last: int, most: int = MOMENTS) -> tuple[int, ...]:
    """Steps from 1 to ``last``, closer together at the start, where most happens."""
    return tuple(sorted({round(step) for step in np.geomspace(1, last, min(most, last))}))


def spread(run: Run, layer: str, most: int = MOMENTS) -> Spread:
    """The layer at up to ``most`` steps of the run's past, computed again on a twin.

    Raises NnlabError where no step was taken yet, or the network has no such layer.
    """
    if not run.step_count:
        raise NnlabError(_("no step has been taken yet"))
    names = names_of(run, layer)
    steps = moments(run.step_count, most)
    found: dict[str, list[Array]] = {name: [] for name in names}
    twin = run.branch()
    for step in steps:
        twin.seek(step)
        for name in names:
            value, dot, _part = name.partition(".grad")
            array = np.asarray(twin.array(value, "grad" if dot else ""), np.float64)
            found[name].append(array.reshape(-1).copy())
    return Spread(layer, steps, tuple(_ridge(name, arrays) for name, arrays in found.items()))


def names_of(run: Run, layer: str) -> tuple[str, ...]:
    """The largest parameter of the layer, its gradient, and what the layer answers."""
    owned = [name for name in run.store.slices if name.rsplit(".", 1)[0].split(".")[0] == layer]
    operations = [o for o in run.program.graph.operations if o.layer == layer]
    if not operations:
        known = ", ".join(row.name for row in run.network.ledger())
        raise NnlabError(_("there is no layer “{layer}”; there are: {known}", layer=layer, known=known))
    answer = operations[-1].outputs[0].name
    if not owned:
        return (answer,)
    largest = max(owned, key=lambda name: run.store.slices[name][1] - run.store.slices[name][0])
    return (largest, f"{largest}.grad", answer)


def _ridge(name: str, arrays: list[Array]) -> Ridge:
    """Edges that hold all but one in 2000 of the numbers of any moment; what is beyond counts at the edge."""
    known = [array[np.isfinite(array)] for array in arrays]
    size = (
        max((float(np.quantile(np.abs(array), 0.9995)) for array in known if len(array)), default=0.0) or 1.0
    )
    low = 0.0 if all(array.min(initial=0.0) >= 0 for array in known) else -size
    edges = np.linspace(low, size, BINS + 1)
    counts = np.stack([np.histogram(np.clip(array, low, size), edges)[0] for array in known])
    return Ridge(name, edges, counts)
