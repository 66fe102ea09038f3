"""Pruned weights stay pruned: a weight that is 0 before an update is 0 after it.

So a network that was pruned can be trained on without growing its weights back (Han, Pool, Tran and Dally
2015, Learning both Weights and Connections for Efficient Neural Networks, arXiv 1506.02626).  No mask has to
be remembered: what the weights are says which are pruned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from nnlab.engine.kernels import Kernels, table
from nnlab.engine.store import ParameterStore

KEPT = "kept"
"""Whether a weight was not 0 before the update: 1 or 0, NaN where an element may always grow."""


class Sparse:
    """The zeros of the parameters ``names`` in ``store``."""

    def __init__(self, store: ParameterStore, names: Collection[str]) -> None:
        self.store = store
        self.spans = store.spans(names)

    def bind(
        self, theta: Any, kernels: Kernels | None = None
    ) -> tuple[Callable[[], None], Callable[[], None]]:
        """Two calls around an update of ``theta`` (n,): one notes where zeros are, one puts them back."""
        kernels = kernels or table()
        xp = kernels.xp
        zero = xp.zeros((), theta.dtype)
        bound = [(theta[span], xp.empty(theta[span].shape, bool)) for span in self.spans]

        def note() -> None:
            for weight, mask in bound:
                kernels.find_zeros(weight, zero, mask)

        def put_back() -> None:
            for weight, mask in bound:
                kernels.put_zeros(weight, zero, mask)

        return note, put_back

    def kept(self, theta: Any) -> Any:
        """(n,): 1 where a weight may move, 0 where it stays 0, NaN where nothing is held."""
        xp = self.store.xp
        found = xp.full_like(theta, xp.nan)
        for span in self.spans:
            found[span] = theta[span] != 0
        return found
