"""What holds weights after an update: pruned ones stay 0, and no unit grows longer than it may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from nnlab.engine import ops
from nnlab.engine.kernels import Kernels
from nnlab.engine.maxnorm import MaxNorm
from nnlab.engine.sparsity import Sparse
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph

if TYPE_CHECKING:
    from nnlab.training.config import RunConfig

Call: TypeAlias = Callable[[], None]
UNITS = ("W", "U")
"""Letters that weights with a column for each unit begin with."""


@dataclass(frozen=True)
class Bounds:
    """``sparse`` and ``max_norm`` of one turn, each None where it is off; zeros come back first."""

    sparse: Sparse | None
    max_norm: MaxNorm | None

    @classmethod
    def of(cls, graph: Graph, store: ParameterStore, config: RunConfig, wrt: frozenset[str] | None) -> Bounds:
        """The bounds that ``config`` asks for on the weights among ``wrt``, all unless given.

        Tables of embeddings have a row, not a column, for each word, so max-norm leaves them alone.
        """
        weights = {p.name for p in graph.parameters if len(p.shape) > 1 and (wrt is None or p.name in wrt)}
        tables = {op.inputs[1].name for op in graph.operations if isinstance(op, ops.Embedding)}
        columns = {name for name in weights - tables if name.rpartition(".")[2][0] in UNITS}
        return cls(
            Sparse(store, weights) if config.sparse else None,
            MaxNorm(config.maxnorm, store, columns) if config.maxnorm else None,
        )

    @property
    def shortened(self) -> tuple[str, ...]:
        """The parameters whose columns may be shortened."""
        return self.max_norm.names if self.max_norm is not None else ()

    def bind(self, theta: Any, kernels: Kernels) -> tuple[Call | None, Call] | None:
        """What is called before and after each update of ``theta``; None where nothing is."""
        note, put_back = self.sparse.bind(theta, kernels) if self.sparse is not None else (None, None)
        shorten = self.max_norm.bind(theta, kernels) if self.max_norm is not None else None
        after = [work for work in (put_back, shorten) if work is not None]
        if not after:
            return None

        def behind() -> None:
            for work in after:
                work()

        return note, behind
