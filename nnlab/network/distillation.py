"""A teacher's answers as targets: what a trained network says of examples, softened by a temperature.

Hinton, Vinyals and Dean 2015 (Distilling the Knowledge in a Neural Network, arXiv 1503.02531).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.network import Network

Array = np.ndarray[Any, Any]


def taught(network: Network, x: Any, **inputs: Any) -> Array:
    """The logits (n, classes) of ``network`` for examples x; a single output z stands for the pair 0 and z.

    Raises NnlabError where the network does not answer with a row of numbers.
    """
    logits = network.predict(x, **inputs)
    if logits.ndim != 2:
        raise NnlabError(
            _("a teacher answers with a number for every class; {text} does not", text=network.text)
        )
    return logits if logits.shape[1] > 1 else np.concatenate((np.zeros_like(logits), logits), axis=1)


def softened(logits: Array, temperature: float) -> Array:
    """softmax(logits / temperature), (n, classes) float64; raises NnlabError where that is not above 0."""
    if not temperature > 0:
        raise NnlabError(_("the temperature must be above 0, not {t}", t=temperature))
    cooled = logits.astype(np.float64) / temperature
    soft = np.exp(cooled - cooled.max(axis=-1, keepdims=True))
    return np.asarray(soft / soft.sum(axis=-1, keepdims=True))
