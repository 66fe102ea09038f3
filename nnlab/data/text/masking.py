"""Masked language modelling: hide some tokens of a sentence and ask for them (Devlin et al., 2019)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.data.dataset import NO_TARGET
from nnlab.engine import rng


def mask_tokens(
    ids: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    *,
    mask: int,
    ordinary: NDArray[np.int64],
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sentences with the ``hidden`` positions spoilt, and the tokens asked for there; each (n, T).

    Of the hidden positions 80 % become ``mask``, 10 % a random one of the ``ordinary`` ids, and 10 % stay as
    they are, so that the network cannot trust what it sees.  Elsewhere y is −1: nothing is asked.
    """
    choice = rng.uniform(seed, "data.mask.how", 0, ids.shape, np.float64)
    other = ordinary[
        (rng.uniform(seed, "data.mask.other", 0, ids.shape, np.float64) * len(ordinary)).astype(int)
    ]
    spoilt = np.where(choice < 0.8, mask, np.where(choice < 0.9, other, ids))
    return np.where(hidden, spoilt, ids), np.where(hidden, ids, NO_TARGET)


def choose_hidden(allowed: NDArray[np.bool_], share: float, seed: int) -> NDArray[np.bool_]:
    """Which of the ``allowed`` positions (n, T) are hidden: each with probability ``share``, one at least."""
    drawn = np.where(allowed, rng.uniform(seed, "data.mask.where", 0, allowed.shape, np.float64), 2.0)
    least = drawn == drawn.min(axis=1, keepdims=True)
    hidden: NDArray[np.bool_] = ((drawn < share) | least) & allowed
    return hidden
