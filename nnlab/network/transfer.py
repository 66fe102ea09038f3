"""Transfer: a network begins with what another one has learned, wherever name and shape are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.network import Network


def everything(network: Network) -> dict[str, Any]:
    """Parameters and states of ``network`` by name, settled."""
    return {**network.parameters, **network.now.states}


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
