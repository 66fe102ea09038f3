"""Smaller networks: small weights set to zero, weights rounded to 8 bits, units taken out.

Pruning by magnitude follows Han et al. 2015 (arXiv 1506.02626), rounding to integers with one scale for each
column Jacob et al. 2018 (arXiv 1712.05877).  Everything answers a copy; the network given stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.network import Network

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Quantised:
    """A weight array as whole numbers: weight ≈ ``codes`` · ``scale``, codes within ±(2^(bits−1) − 1).

    ``scale`` has one number for each index of the last axis, and 1 elsewhere.
    """

    codes: Array
    scale: Array
    bits: int

    @property
    def nbytes(self) -> int:
        """Bytes in a file that packs the codes, the scales in float32."""
        return -(-self.codes.size * self.bits // 8) + 4 * self.scale.size

    def restored(self) -> Array:
        return np.asarray(self.codes * self.scale, np.float32)


def weights_of(network: Network) -> list[str]:
    """The parameters that are weights, not biases or scales: those with more than one axis."""
    return [name for name in network.store if len(network.store.slices[name][2]) > 1]


def pruned(network: Network, share: float) -> Network:
    """A copy in which the smallest ``share`` of all weights is zero.

    Raises NnlabError for shares outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise NnlabError(_("the share to prune must be between 0 and 1, not {share}", share=share))
    twin = network.copy()
    names = weights_of(twin)
    sizes = np.concatenate([np.abs(host(twin.store[name])).reshape(-1) for name in names])
    zeros = np.zeros(len(sizes), bool)
    zeros[np.argsort(sizes, kind="stable")[: round(share * len(sizes))]] = True
    start = 0
    for name in names:
        weight = twin.store[name]
        weight[...] = weight * ~zeros[start : start + weight.size].reshape(weight.shape)
        start += weight.size
    return twin


def sparsity(network: Network) -> float:
    """The share of weights that are zero."""
    arrays = [host(network.store[name]) for name in weights_of(network)]
    return sum(int((a == 0).sum()) for a in arrays) / max(1, sum(a.size for a in arrays))


def quantise(weight: Array, bits: int = 8) -> Quantised:
    """``weight`` (…, out) rounded to ``bits`` bits with a scale for every output.

    Raises NnlabError for fewer than 2 or more than 16 bits.
    """
    if not 2 <= bits <= 16:
        raise NnlabError(_("weights can be rounded to 2 to 16 bits, not {bits}", bits=bits))
    most = 2 ** (bits - 1) - 1
    largest = np.abs(weight).max(axis=tuple(range(weight.ndim - 1)), keepdims=True)
    # A column of almost nothing counts as zeros: its scale would be a denormal number, which rounds badly.
    scale = np.where(largest > most * np.finfo(np.float32).tiny, largest / most, 1.0).astype(np.float32)
    codes = np.clip(np.rint(weight / scale), -most, most).astype(np.int16 if bits > 8 else np.int8)
    return Quantised(codes, scale, bits)


def quantised(network: Network, bits: int = 8) -> tuple[Network, dict[str, Quantised]]:
    """A copy that computes with rounded weights, and the whole numbers behind them."""
    twin, codes = network.copy(), {}
    for name in weights_of(twin):
        codes[name] = quantise(host(twin.store[name]), bits)
        twin.store[name][...] = twin.store.xp.asarray(codes[name].restored())
    return twin, codes


def ablated(network: Network, layer: str, units: list[int]) -> Network:
    """A copy in which ``units`` of a layer answer what zero weights answer: rows, channels or gates left out.

    Raises NnlabError where the layer has no weights or not so many units.
    """
    twin = network.copy()
    names = [name for name in twin.store if name.partition(".")[0] == layer]
    if not names:
        raise NnlabError(_("{layer} has no weights to take units out of", layer=layer))
    for name in names:
        weight = twin.store[name]
        if not all(0 <= unit < weight.shape[-1] for unit in units):
            raise NnlabError(
                _(
                    "{layer} has units 0 to {last}, not {units}",
                    layer=layer,
                    last=weight.shape[-1] - 1,
                    units=units,
                )
            )
        weight[..., units] = 0
    return twin


def soft_targets(network: Network, x: Any, temperature: float = 2.0) -> Array:
    """What a teacher says of examples x, softened: (n, classes) probabilities that a student can learn from.

    Distillation of Hinton, Vinyals and Dean 2015 (arXiv 1503.02531).  Raises NnlabError for temperatures that
    are not above 0.
    """
    if not temperature > 0:
        raise NnlabError(_("the temperature must be above 0, not {t}", t=temperature))
    logits = network.predict(x).astype(np.float64) / temperature
    soft = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(soft / soft.sum(axis=-1, keepdims=True), np.float32)
