"""What is done to all of a network's weights at once, as a text that a run can record and do again.

``prune 0.5``         the smallest half of all weights becomes zero
``quantise 8``        all weights are rounded to 8 bits
``ablate dense1 3``   units, channels or heads of a layer are taken out

Each is a function of the weights alone, so a replay comes to the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from nnlab.engine.store import ParameterStore
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.ablation import silence
from nnlab.network.network import Network
from nnlab.network.shrink import prune, round_weights

Act: TypeAlias = Callable[[Network, ParameterStore], object]
PRUNE, QUANTISE, ABLATE = "prune", "quantise", "ablate"
EXAMPLES = {PRUNE: "prune 0.5", QUANTISE: "quantise 8", ABLATE: "ablate dense1 3"}


def operate(network: Network, store: ParameterStore, text: str) -> None:
    """Do what ``text`` says to the parameters in ``store``, which is laid out as ``network`` is.

    Raises NnlabError where that cannot be done; nothing is changed then.
    """
    read(text)(network, store)


def read(text: str) -> Act:
    """What ``text`` does to the parameters of a network; raises NnlabError where it cannot be read."""
    word, *rest = text.split() or ("",)
    if word not in SURGERY:
        raise NnlabError(
            _("“{text}” is nothing that is done to weights; there are: {known}", text=text,
              known=", ".join(SURGERY))
        )  # fmt: skip
    try:
        return SURGERY[word](rest)
    except ValueError:
        raise NnlabError(
            _("“{text}” cannot be read; write it as “{example}”", text=text, example=EXAMPLES[word])
        ) from None


def units_of(words: Sequence[str]) -> tuple[str, list[int]]:
    """The layer and the units, at least one, that ``dense1 3 5`` names."""
    layer, _first, *_others = words
    units = words[1:]
    return layer, [int(unit) for unit in units]


def _prune(words: Sequence[str]) -> Act:
    (share,) = map(float, words)
    return lambda network, store: prune(store, share)


def _quantise(words: Sequence[str]) -> Act:
    (bits,) = map(int, words)
    return lambda network, store: round_weights(store, bits)


def _ablate(words: Sequence[str]) -> Act:
    layer, units = units_of(words)
    return lambda network, store: silence(network, store, layer, units)


SURGERY: dict[str, Callable[[Sequence[str]], Act]] = {
    PRUNE: _prune,
    QUANTISE: _quantise,
    ABLATE: _ablate,
}
