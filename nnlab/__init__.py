"""nnlab: a glass-box laboratory for neural networks that lives in a terminal.

>>> import nnlab
>>> network = nnlab.Network.parse("dense 10 relu | dense 8 relu | dense 10", input_shape=(64,))
>>> run = nnlab.Run(network, nnlab.datasets.load("digits"), optimizer="adam", batch_size=32)
>>> run.step()                                                          # doctest: +SKIP
>>> data = nnlab.datasets.from_arrays(x, y)  # your own NumPy arrays     # doctest: +SKIP
>>> nnlab.explain(run, "dense1.W[0,1].grad").formula                     # doctest: +SKIP
>>> nnlab.watch(network, "digits")                                      # doctest: +SKIP

Names are handed on when they are first used, so that ``import nnlab`` is free.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from nnlab import data as datasets
    from nnlab.data import Dataset
    from nnlab.engine.address import Address
    from nnlab.engine.explain import Explanation
    from nnlab.errors import NnlabError
    from nnlab.network import layers
    from nnlab.network.network import Network
    from nnlab.session.session import Session
    from nnlab.training import Condition, Run
    from nnlab.tui.watch import watch

__all__ = [
    "Address",
    "Condition",
    "Dataset",
    "Explanation",
    "Network",
    "NnlabError",
    "Run",
    "Session",
    "__version__",
    "datasets",
    "explain",
    "layers",
    "watch",
]

_MODULES = {"datasets": "nnlab.data", "layers": "nnlab.network.layers"}
_NAMES = {
    "Address": "nnlab.engine.address",
    "Condition": "nnlab.training",
    "Dataset": "nnlab.data",
    "Explanation": "nnlab.engine.explain",
    "Network": "nnlab.network.network",
    "NnlabError": "nnlab.errors",
    "Run": "nnlab.training",
    "Session": "nnlab.session.session",
    "watch": "nnlab.tui.watch",
}


def explain(run: Run, address: Address | str) -> Explanation:
    """The arithmetic behind one number of ``run``, such as ``"dense1.W[0,1].grad"``."""
    return run.explain(address)


def __getattr__(name: str) -> object:
    if name in _MODULES:
        found: object = import_module(_MODULES[name])
    elif name in _NAMES:
        found = getattr(import_module(_NAMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
