"""Recurrent layers: a state goes from moment to moment of a sequence, through the same weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from nnlab.engine import ops
from nnlab.engine.ops.recurrent import Recurrent as Operation
from nnlab.engine.values import BATCH, Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument
from nnlab.network.layers.layer import Composed, LayerKind

UNITS = Argument("units", "count", N_("numbers in the state"), required=True)
OPTIONS = (
    Argument("all", "switch", N_("give every state, not the last alone"), default=False),
    Argument("bi", "switch", N_("read from both ends, with weights of their own"), default=False),
    Argument("mask", "name", N_("the input whose ids are 0 at padding"), "", keyword=True),
    Argument("start", "name", N_("the mark of the state to begin with, else 0"), "", keyword=True),
    Argument("stateful", "switch", N_("begin where the batch before ended"), default=False),
    Argument("truncate", "count", N_("moments the gradient flows back at most"), 0, keyword=True),
    Argument("init", "init", N_("how weights of the input begin"), "glorot", keyword=True),
)


@dataclass(frozen=True)
class Recurrent(Composed):
    """(time, in) → the last state (units,), or with ``all`` every state (time, units).

    ``bi`` reads the sequence from its end too and gives both states side by side, 2·units numbers.
    With ``stateful`` an example begins with the state that the same place of the batch before ended with:
    truncated backpropagation through time, where the batches are the chunks of a long sequence.
    """

    units: int
    all: bool = False
    bi: bool = False
    mask: str = ""
    start: str = ""
    stateful: bool = False
    truncate: int = 0
    init: str = "glorot"

    arguments: ClassVar[tuple[Argument, ...]] = (UNITS, *OPTIONS)
    has_cell: ClassVar[bool] = False

    @property
    def text(self) -> str:
        switches = [name for name in ("all", "bi", "stateful") if getattr(self, name)]
        words = [self.kind, str(self.units), *switches]
        return " ".join([*words, *self._options()])

    def _options(self) -> list[str]:
        written = {"mask": self.mask, "start": self.start, "truncate": self.truncate}
        written["init"] = self.init if self.init != "glorot" else ""
        return [f"{name}={value}" for name, value in written.items() if value]

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(name for name in (self.mask, self.start) if name)

    def operation(self, name: str, **options: Any) -> Operation:
        raise NotImplementedError

    def begins(self, parameter: str) -> str:
        """The initialiser of a parameter by its name."""
        return {"W": self.init, "U": "orthogonal"}.get(parameter[0], "zeros")

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        if self.bi and self.start:
            raise NnlabError(
                _("a layer that reads from both ends has two beginnings; leave out bi or start={start}",
                  start=self.start)
            )  # fmt: skip
        if self.stateful and (self.bi or self.start):
            raise NnlabError(
                _("a stateful layer begins where the batch before ended; leave out {other}",
                  other="bi" if self.bi else f"start={self.start}")
            )  # fmt: skip
        forward = self._direction(graph, x, name, others, reverse=False)
        if not self.bi:
            return forward
        backward = self._direction(graph, x, f"{name}.back", others, reverse=True)
        return graph.apply(ops.Concat(f"{name}.both"), forward, backward)[0]

    def _direction(
        self, graph: Graph, x: Value, name: str, others: tuple[Value, ...], reverse: bool
    ) -> Value:
        operation = self.operation(
            name, every=self.all, reverse=reverse, truncate=self.truncate,
            masked=bool(self.mask), started=bool(self.start) or self.stateful,
            celled=self.stateful and self.has_cell,
        )  # fmt: skip
        parameters = [
            graph.value(f"{name}.{letter}", shape, Role.PARAMETER, name, self.begins(letter))
            for letter, shape in operation.parameters(x.shape[-1], self.units).items()
        ]
        kept = {state: f"{name}.{state}0" for state in self.kept}
        begins = [
            graph.value(called, (BATCH, self.units), Role.STATE, name, "zeros") for called in kept.values()
        ]
        outputs = graph.apply(operation, x, *parameters, *others, *begins)
        for state, begin in zip(kept, begins):
            graph.carry(outputs[operation.suffixes.index(state)], begin, moment=operation.moments.last)
        return outputs[0]

    @property
    def kept(self) -> tuple[str, ...]:
        """The stages that the next batch begins with."""
        if not self.stateful:
            return ()
        return ("h", "c") if self.has_cell else ("h",)


@dataclass(frozen=True)
class RNN(Recurrent):
    """h = tanh(x·W + h₋₁·U + b)."""

    kind: ClassVar[str] = "rnn"
    help: ClassVar[str] = N_("reads a sequence; a state goes from moment to moment")

    def operation(self, name: str, **options: Any) -> Operation:
        return ops.SimpleRNN(name, self.units, **options)


@dataclass(frozen=True)
class LSTM(Recurrent):
    """Gates decide what a cell keeps, takes in and shows; ``forget`` is the first bias of the forget gate."""

    forget: float = 1.0

    kind: ClassVar[str] = "lstm"
    has_cell: ClassVar[bool] = True
    help: ClassVar[str] = N_("reads a sequence; gates keep, take and show what is in a cell")
    arguments: ClassVar[tuple[Argument, ...]] = (
        UNITS,
        *OPTIONS,
        Argument("forget", "number", N_("where the bias of the forget gate begins"), 1.0, keyword=True),
    )

    def _options(self) -> list[str]:
        return [*super()._options(), *([f"forget={self.forget:g}"] if self.forget != 1 else [])]

    def operation(self, name: str, **options: Any) -> Operation:
        return ops.LSTM(name, self.units, **options)

    def begins(self, parameter: str) -> str:
        return f"constant:{self.forget:g}" if parameter == "bf" else super().begins(parameter)


@dataclass(frozen=True)
class GRU(Recurrent):
    """Gates decide what of the state is renewed; ``reset`` is before or after the product with it."""

    reset: str = "after"

    kind: ClassVar[str] = "gru"
    help: ClassVar[str] = N_("reads a sequence; gates decide what of the state is renewed")
    arguments: ClassVar[tuple[Argument, ...]] = (
        UNITS,
        *OPTIONS,
        Argument(
            "reset",
            "choice",
            N_("reset after the product with the state, as PyTorch and Keras, or before it"),
            "after",
            keyword=True,
            choices=("after", "before"),
        ),
    )

    def _options(self) -> list[str]:
        return [*super()._options(), *(["reset=before"] if self.reset == "before" else [])]

    def operation(self, name: str, **options: Any) -> Operation:
        make = ops.GRU if self.reset == "after" else ops.GRUResetBefore
        return make(name, self.units, **options)


KINDS = (
    LayerKind("rnn", RNN.help, RNN.arguments, RNN, "rnn 16"),
    LayerKind("lstm", LSTM.help, LSTM.arguments, LSTM, "lstm 16"),
    LayerKind("gru", GRU.help, GRU.arguments, GRU, "gru 16"),
)
