"""Positions: attention sees a set, so where a word stands has to be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.i18n import N_
from nnlab.network.layers.argument import Argument
from nnlab.network.layers.layer import Composed, LayerKind

START = "normal:0.1"


@dataclass(frozen=True)
class Positions(Composed):
    """x (T, C) + p (T, C): waves of many lengths, or a learned row for each of ``longest`` places."""

    form: str = "waves"
    longest: int = 0
    init: str = START

    kind: ClassVar[str] = "positions"
    help: ClassVar[str] = N_("adds where in the sequence a row stands")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("form", "choice", N_("fixed waves, or learned"), "waves", choices=("waves", "learned")),
        Argument("longest", "count", N_("how many places are learned; those of the data unless given"), 0,
                 keyword=True),
        Argument("init", "init", N_("how learned ones begin"), START, keyword=True),
    )  # fmt: skip

    @property
    def text(self) -> str:
        if self.form == "waves":
            return "positions"
        parts = ["positions learned", f"longest={self.longest}" if self.longest else ""]
        return " ".join(p for p in [*parts, f"init={self.init}" if self.init != START else ""] if p)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        if self.form == "waves":
            return graph.apply(ops.Waves(name), x)[0]
        ops.check_sequence(name, x.shape)
        shape = (self.longest or x.shape[1], x.shape[2])
        P = graph.value(f"{name}.P", shape, Role.PARAMETER, name, self.init)
        return graph.apply(ops.LearnedPositions(name), x, P)[0]


KINDS = (LayerKind("positions", Positions.help, Positions.arguments, Positions, "positions"),)
