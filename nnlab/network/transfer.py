"""Transfer: a network begins with what another one has learned, wherever name and shape are the same, or in
the layers that are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.network.layers import shape_text
from nnlab.network.network import Network


def everything(network: Network) -> dict[str, Any]:
    """Parameters and states of ``network`` by name, settled, on the host."""
    return {**network.parameters, **{name: host(state) for name, state in network.now.states.items()}}


def taken_over(network: Network, learned: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What ``network`` begins with, its own draws replaced by what was ``learned``, and the replaced names.

    Raises NnlabError where nothing fits.
    """
    own = everything(network)
    fitting = {
        name: array for name, array in learned.items() if name in own and own[name].shape == array.shape
    }
    if not fitting:
        raise NnlabError(
            _(
                "nothing can be taken over: no part of {text} has the name and shape of one that was trained",
                text=network.text,
            )
        )
    return {**own, **fitting}, list(fitting)


def layers_from(
    network: Network, arrays: Mapping[str, Any], layers: Sequence[str], file: str
) -> tuple[dict[str, Any], list[str]]:
    """What ``network`` begins with where the numbers of ``layers`` come from ``arrays``, and their names.

    Raises NnlabError that names the first layer or array that does not fit, and why.
    """
    own, taken = everything(network), {}
    for layer in layers:
        mine = [name for name in own if name.partition(".")[0] == layer]
        if layer not in network.names:
            known = ", ".join(network.names)
            raise NnlabError(
                _("there is no layer “{where}”; there are: {names}", where=layer, names=known)
                + did_you_mean(layer, network.names)
            )
        if not mine:
            raise NnlabError(_("{layer} has nothing to load: it has no weights", layer=layer))
        for name in mine:
            _check_fits(network, name, own[name].shape, arrays, file)
            taken[name] = arrays[name]
    return {**own, **taken}, list(taken)


def _check_fits(
    network: Network, name: str, wanted: tuple[int, ...], arrays: Mapping[str, Any], file: str
) -> None:
    layer = name.partition(".")[0]
    if name not in arrays:
        there = ", ".join(dict.fromkeys(key.partition(".")[0] for key in arrays)) or "–"
        raise NnlabError(
            _("{file} has no {name}; its layers are: {layers}", file=file, name=name, layers=there)
        )
    if arrays[name].shape != wanted:
        raise NnlabError(
            _(
                "{name} has shape {has} in {file} and {wants} in the network on the bench; leave {layer} out",
                name=name,
                has=shape_text(arrays[name].shape),
                file=file,
                wants=shape_text(wanted),
                layer=layer,
            )
        )
