"""Units, channels and heads taken out: what they are made from becomes zero, so that they answer nothing.

A unit of a dense or recurrent layer, a channel of a convolution, a number of a normalisation goes with its
column of every weight and its bias; it then answers what zero answers, which is 0, or ½ behind a sigmoid.  Of
attention and of a Transformer block the heads are taken out, with their columns of the values.
"""

from __future__ import annotations

from collections.abc import Sequence

from nnlab.engine.program import host
from nnlab.engine.store import ParameterStore
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.layers import Layer
from nnlab.network.network import Network

VALUES = (".Wv", ".bv")
"""Ends of the names of what the values of attention are made from."""


def unit_count(network: Network, layer: str) -> int:
    """How many units, channels or heads ``layer`` has.

    Raises NnlabError where there is no such layer, or it has no weights to take units out of.
    """
    found, names = _layer(network, layer), _parameters(network.store, layer)
    if not names:
        raise NnlabError(_("{layer} has no weights to take units out of", layer=layer))
    heads = getattr(found, "heads", 0)
    return int(heads) if heads else int(network.store[names[0]].shape[-1])


def has_heads(network: Network, layer: str) -> bool:
    """Whether what is taken out of ``layer`` are heads of attention."""
    return bool(getattr(_layer(network, layer), "heads", 0))


def silence(network: Network, store: ParameterStore, layer: str, units: Sequence[int]) -> None:
    """Set what ``units`` of ``layer`` are made from to zero in ``store``.

    Raises NnlabError as :func:`unit_count` does, and where there is no such unit.
    """
    for name, columns in made_from(network, store, layer, units):
        store[name][..., columns] = 0


def made_from(
    network: Network, store: ParameterStore, layer: str, units: Sequence[int]
) -> list[tuple[str, list[int]]]:
    """The parameters that ``units`` of ``layer`` are made from, each with its columns."""
    count = unit_count(network, layer)
    if not all(0 <= unit < count for unit in units):
        raise NnlabError(
            _("{layer} has units 0 to {last}, not {units}", layer=layer, last=count - 1, units=list(units))
        )
    names = _parameters(store, layer)
    if not has_heads(network, layer):
        return [(name, list(units)) for name in names]
    names = [name for name in names if name.endswith(VALUES)]
    width = host(store[names[0]]).shape[-1] // count
    columns = [unit * width + k for unit in units for k in range(width)]
    return [(name, columns) for name in names]


def ablated(network: Network, layer: str, units: Sequence[int]) -> Network:
    """A copy in which ``units`` of ``layer`` are taken out; raises NnlabError as :func:`silence` does."""
    twin = network.copy()
    silence(twin, twin.store, layer, units)
    return twin


def _layer(network: Network, name: str) -> Layer:
    if name not in network.names:
        raise NnlabError(
            _("there is no layer “{where}”; there are: {names}", where=name, names=", ".join(network.names))
        )
    return network.layers[network.names.index(name)]


def _parameters(store: ParameterStore, layer: str) -> list[str]:
    return [name for name in store if name.partition(".")[0] == layer]
