"""Smaller networks: small weights set to zero, weights rounded to 8 bits.

Pruning by magnitude follows Han et al. 2015 (arXiv 1506.02626), rounding to integers with one scale for each
column Jacob et al. 2018 (arXiv 1712.05877).  :func:`pruned` and :func:`quantised` answer a copy, the network
given stays as it is; :func:`prune` and :func:`round_weights` change parameters where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.engine.program import host
from nnlab.engine.store import ParameterStore
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


def weights_of(store: ParameterStore) -> list[str]:
    """The parameters that are weights, not biases or scales: those with more than one axis."""
    return [name for name in store if len(store.slices[name][2]) > 1]


def prune(store: ParameterStore, share: float) -> None:
    """Set the smallest ``share`` of all weights to zero; of equal ones the first.

    Raises NnlabError for shares outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise NnlabError(_("the share to prune must be between 0 and 1, not {share}", share=share))
    names = weights_of(store)
    if not names:
        return
    sizes = np.concatenate([np.abs(host(store[name])).reshape(-1) for name in names])
    gone = np.zeros(len(sizes), bool)
    gone[np.argsort(sizes, kind="stable")[: round(share * len(sizes))]] = True
    start = 0
    for name in names:
        weight = store[name]
        weight[store.xp.asarray(gone[start : start + weight.size].reshape(weight.shape))] = 0
        start += weight.size


def pruned(network: Network, share: float) -> Network:
    """A copy in which the smallest ``share`` of all weights is zero; raises NnlabError as :func:`prune`."""
    twin = network.copy()
    prune(twin.store, share)
    return twin


def sparsity(network: Network) -> float:
    """The share of weights that are zero."""
    arrays = [host(network.store[name]) for name in weights_of(network.store)]
    return sum(int((a == 0).sum()) for a in arrays) / max(1, sum(a.size for a in arrays))


def quantise(weight: Array, bits: int = 8) -> Quantised:
    """``weight`` (…, out) rounded to ``bits`` bits with a scale for every output.

    Raises NnlabError for fewer than 2 or more than 16 bits, and for weights that are not finite.
    """
    require_finite(weight)
    if not 2 <= bits <= 16:
        raise NnlabError(_("weights can be rounded to 2 to 16 bits, not {bits}", bits=bits))
    most = 2 ** (bits - 1) - 1
    largest = np.abs(weight).max(axis=tuple(range(weight.ndim - 1)), keepdims=True)
    # A column of almost nothing counts as zeros: its scale would be a denormal number, which rounds badly.
    scale = np.where(largest > most * np.finfo(np.float32).tiny, largest / most, 1.0).astype(np.float32)
    codes = np.clip(np.rint(weight / scale), -most, most).astype(np.int16 if bits > 8 else np.int8)
    return Quantised(codes, scale, bits)


def round_weights(store: ParameterStore, bits: int = 8) -> dict[str, Quantised]:
    """Round all weights to ``bits`` bits; answers the whole numbers behind them.

    Raises NnlabError as :func:`quantise` does.
    """
    codes = {name: quantise(host(store[name]), bits) for name in weights_of(store)}
    for name, rounded in codes.items():
        store[name][...] = store.xp.asarray(rounded.restored())
    return codes


def quantised(network: Network, bits: int = 8) -> tuple[Network, dict[str, Quantised]]:
    """A copy that computes with rounded weights, and the whole numbers behind them."""
    twin = network.copy()
    return twin, round_weights(twin.store, bits)
