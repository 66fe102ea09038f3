"""What is done to all of a network's weights at once, as a text that a run can record and do again.

``prune 0.5``         the smallest half of all weights becomes zero
``quantise 8``        all weights are rounded to 8 bits
``ablate dense1 3``   units, channels or heads of a layer are taken out

Each is a function of the weights alone, so a replay comes to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnlab.engine.store import ParameterStore
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.ablation import silence
from nnlab.network.network import Network
from nnlab.network.shrink import prune, round_weights

PRUNE, QUANTISE, ABLATE = "prune", "quantise", "ablate"


def operate(network: Network, store: ParameterStore, text: str) -> None:
    """Do what ``text`` says to the parameters in ``store``, which is laid out as ``network`` is.

    Raises NnlabError where that cannot be done; nothing is changed then.
    """
    word, *rest = text.split()
    if word not in SURGERY:
        raise NnlabError(
            _("“{text}” is nothing that is done to weights; there are: {known}", text=text,
              known=", ".join(SURGERY))
        )  # fmt: skip
    SURGERY[word](network, store, rest)


def units_of(words: Sequence[str]) -> tuple[str, list[int]]:
    """The layer and the units that ``dense1 3 5`` names."""
    layer, *units = words
    return layer, [int(unit) for unit in units]


def _prune(network: Network, store: ParameterStore, words: Sequence[str]) -> None:
    prune(store, float(words[0]))


def _quantise(network: Network, store: ParameterStore, words: Sequence[str]) -> None:
    round_weights(store, int(words[0]))


def _ablate(network: Network, store: ParameterStore, words: Sequence[str]) -> None:
    silence(network, store, *units_of(words))


SURGERY: dict[str, Callable[[Network, ParameterStore, Sequence[str]], None]] = {
    PRUNE: _prune,
    QUANTISE: _quantise,
    ABLATE: _ablate,
}
