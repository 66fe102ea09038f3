"""A network: layers in order, their shapes, and the parameters once there are any."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import Any

import numpy as np

from nnlab.engine.program import Program, host
from nnlab.engine.store import ParameterStore, Settled
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.given import shown, whole_number, written
from nnlab.i18n import _
from nnlab.network.layers import Layer, Shape, shape_text
from nnlab.network.notation import format_layers, parse_layers
from nnlab.network.wiring import (
    INPUT,
    VERSUS,
    Duel,
    LedgerRow,
    layer_names,
    ledger,
    read_as_ids,
    vocabulary_sizes,
    wire,
    wire_duel,
    with_vocabularies,
)

Array = Any
PREDICT_ROWS = 256
"""Examples predicted at once: enough to fill the caches, few enough for a small machine."""
PREDICT_PROGRAMS = 4
"""Batch sizes kept ready: the full one, a rest, one example, and one more."""


def shape_of(given: Shape | int) -> Shape:
    """The shape of one example; a number stands for a row of so many.  Raises NnlabError where it is none."""
    try:
        numbers = tuple(given) if hasattr(given, "__iter__") else (given,)
        shape = tuple(whole_number(_("input shape"), n) for n in numbers)
    except NnlabError:
        shape = (0,)
    if isinstance(given, str) or min(shape, default=1) < 1:
        raise NnlabError(
            _(
                "the input shape {shape} must be of whole numbers from 1, such as 64 or (8, 8, 1)",
                shape=shown(given),
            )
        )
    return shape


class Network:
    """Layers one behind the other.

    >>> network = Network.parse("dense 10 relu | dense 8 relu | dense 10", input_shape=(64,))
    >>> network.parameter_count
    828
    >>> {name: array.shape for name, array in network.parameters.items()}["dense2.W"]
    (10, 8)
    >>> network.predict(np.zeros((5, 64))).shape
    (5, 10)

    Parameters are drawn from their initialisers and ``seed`` when they are first asked for.  The first
    :class:`nnlab.training.Run` trains a network in place; each further one trains a network of its own.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: Shape | int,
        seed: int = 1,
        inputs: Mapping[str, Shape] | None = None,
        vocabularies: Mapping[str, int] | None = None,
    ):
        self.layers = with_vocabularies(layers, vocabularies or {})
        self.input_shape = shape_of(input_shape)
        self.inputs = {name: shape_of(shape) for name, shape in (inputs or {}).items()}
        self.seed = whole_number(_("seed"), seed)
        self._store: ParameterStore | None = None
        self._graph: Graph | None = None
        self._output = ""
        self._programs: dict[int, Program] = {}  # batch size → program, for predict
        self._own = RLock()  # predict may be asked from two threads at once
        self.settled: Callable[[], Settled] | None = None
        """Set by a run: θ and states with every update taken so far applied."""
        self._check()

    @classmethod
    def parse(
        cls,
        text: str,
        input_shape: Shape | int,
        seed: int = 1,
        inputs: Mapping[str, Shape] | None = None,
        vocabularies: Mapping[str, int] | None = None,
    ) -> Network:
        """A network from its notation; ``input_shape`` is the shape of one example.

        ``inputs`` are the shapes of further inputs by name, which layers read with ``from NAME``.
        ``vocabularies`` tell how many ids there are in ``input`` and in others, where the notation does not.

        Raises NnlabError for unknown words and for layers whose shapes do not fit.
        """
        layers = parse_layers(written(_("the notation of a network"), text, "dense 8 relu | dense 1"))
        return cls(layers, input_shape, seed, inputs, vocabularies)

    @property
    def text(self) -> str:
        """The notation in normal form; ``Network.parse(network.text, …)`` gives the same network."""
        return format_layers(self.layers)

    @property
    def names(self) -> tuple[str, ...]:
        return layer_names(self.layers)

    def ledger(self) -> list[LedgerRow]:
        return ledger(self.layers, self.input_shape, self.inputs)

    @property
    def output_shape(self) -> Shape:
        shape = self.ledger()[-1].output_shape
        assert shape is not None
        return shape

    @property
    def parameter_count(self) -> int:
        return sum(row.parameters or 0 for row in self.ledger())

    def _check(self) -> None:
        for row in self.ledger():
            if row.error:
                raise NnlabError(row.error)

    # ------------------------------------------------------------------ graph and parameters

    def build(self, graph: Graph) -> Value:
        """Add the network to ``graph`` and return its output; the input value is called ``input``."""
        return wire(graph, self.layers, self.input_shape, self.inputs)

    @property
    def duel(self) -> bool:
        """Whether two networks play against each other, a generator and a discriminator."""
        return any(layer.kind == VERSUS for layer in self.layers)

    def build_duel(self, graph: Graph) -> Duel:
        """Add both networks to ``graph``."""
        return wire_duel(graph, self.layers, self.input_shape, self.inputs)

    @property
    def id_inputs(self) -> frozenset[str]:
        """The inputs that are whole numbers, such as the ids of words."""
        return frozenset(read_as_ids(self.layers))

    def check_ids(self, name: str, column: Array) -> None:
        """Raise NnlabError where input ``name`` is read as ids and ``column`` has others than there are."""
        count = vocabulary_sizes(self.layers).get(name)
        if count is None or not np.size(column):
            return
        ids = np.asarray(column)
        wrong = ids[(ids < 0) | (ids >= count) | (ids != np.floor(ids))]
        if len(wrong):
            raise NnlabError(
                _(
                    "{id} is no id of {name}: the network knows the whole numbers 0 to {last}",
                    id=f"{wrong[0]:g}",
                    name=name,
                    last=count - 1,
                )
            )

    @property
    def output(self) -> str:
        """The name of the value that the network answers with."""
        _ = self.graph
        return self._output

    @property
    def graph(self) -> Graph:
        """The forward graph, without a loss."""
        if self._graph is None:
            self._graph = Graph()
            self._output = self.build(self._graph).name
        return self._graph

    @property
    def store(self) -> ParameterStore:
        if self._store is None:
            self._store = ParameterStore(self.graph)
            self._store.initialize(self.seed)
        return self._store

    @property
    def drawn(self) -> bool:
        """Whether the parameters exist yet."""
        return self._store is not None

    def use_store(self, store: ParameterStore) -> None:
        """Let ``store`` hold the parameters from now on."""
        self._store = store
        self._programs.clear()

    @property
    def now(self) -> Settled:
        """Parameters and states with every update applied; copies where one is pending."""
        return self.settled() if self.settled is not None else Settled(self.store.theta, self.store.states)

    @property
    def theta(self) -> Array:
        """The flat parameter vector with every update applied; a copy where one is pending."""
        return self.now.theta

    @property
    def parameters(self) -> Mapping[str, np.ndarray[Any, Any]]:
        """Name → array, settled and read-only; change a parameter with ``Run.edit`` or :meth:`set`."""
        theta, arrays = self.theta, {}
        for name in self.store:
            array = host(self.store.view(name, theta)).copy()
            array.flags.writeable = False
            arrays[name] = array
        return arrays

    def set(self, name: str, values: Any) -> None:
        """Replace parameter ``name`` by ``values`` of the same shape, before any run exists.

        Raises NnlabError where the shape differs or a run already trains this network.
        """
        if self.settled is not None:
            raise NnlabError(
                _("a run trains this network; change {name} with run.edit so that it is recorded", name=name)
            )
        target = self.store[name]
        try:
            array = np.asarray(values, dtype=self.store.dtype)
        except (TypeError, ValueError):
            raise NnlabError(_("{name} takes numbers, not {given}", name=name, given=shown(values))) from None
        if array.shape != target.shape:
            raise NnlabError(
                _(
                    "{name} has shape {has}, not {given}",
                    name=name,
                    has=shape_text(target.shape),
                    given=shape_text(array.shape),
                )
            )
        target[...] = self.store.xp.asarray(array)

    def predict(self, x: Any, **inputs: Any) -> np.ndarray[Any, Any]:
        """The network's output (n, *output_shape) for examples x (n, *input_shape), dropout off.

        It is what the last layer computes: of a classifier the numbers before softmax or sigmoid (logits);
        :meth:`nnlab.Run.predict` makes probabilities of them, as its loss does.
        ``inputs`` are the examples' further inputs by name, each (n, …).  Raises NnlabError where one is
        missing or has another shape.
        """
        return self.values(self.output, x, **inputs)

    def values(self, name: str, x: Any, **inputs: Any) -> np.ndarray[Any, Any]:
        """Any value of the network for examples x, (n, …), such as the feature maps ``conv1.a``.

        Raises NnlabError as :meth:`predict` does, and where there is no value called ``name``, or it is none
        of an example, as a weight is.
        """
        value = self.graph.find(name)
        if not value.by_row:
            raise NnlabError(_("{name} is no value of an example; “show {name}” prints it", name=name))
        columns = {key: self.checked(array, key) for key, array in {INPUT: x, **inputs}.items()}
        if missing := sorted(set(self.inputs) - set(inputs)):
            raise NnlabError(_("the network reads “{name}” too; give it by its name", name=missing[0]))
        n = len(columns[INPUT])
        found = np.empty((n, *value.concrete(1)[1:]), self.store.dtype)
        with self._own, np.errstate(all="ignore"):  # a diverged network is told by its numbers
            for start in range(0, n, PREDICT_ROWS):
                rows = slice(start, start + PREDICT_ROWS)
                program = self._program(len(columns[INPUT][rows]))
                if not start:  # all programs share one store
                    self._put_settled(program.store)
                for key, array in columns.items():
                    program.values[key][...] = array[rows]
                program.forward()
                found[rows] = program.values[name]
        return found

    def checked(self, x: Any, name: str = INPUT) -> np.ndarray[Any, Any]:
        """``x`` (n, …) as the network's input ``name`` takes it; raises NnlabError where it does not fit."""
        if name != INPUT and name not in self.inputs:
            known = ", ".join((INPUT, *self.inputs))
            raise NnlabError(_("the network has no input “{name}”; it reads {known}", name=name, known=known))
        wants = self.input_shape if name == INPUT else self.inputs[name]
        try:
            rows = np.asarray(x, dtype=self.store.dtype)
        except (TypeError, ValueError):
            raise NnlabError(
                _(
                    "predict takes rows of numbers of shape {wants}; what was given are not numbers in even "
                    "rows",
                    wants=shape_text(wants),
                )
            ) from None
        if rows.shape[1:] != wants or not rows.ndim:
            raise NnlabError(
                _(
                    "predict takes examples of shape {wants} behind a batch axis, not {given}",
                    wants=shape_text(wants),
                    given=shape_text(rows.shape),
                )
            )
        self.check_ids(name, rows)
        return rows

    def _program(self, batch: int) -> Program:
        """The forward program for ``batch`` examples, on a copy of the parameters; the last few are kept."""
        found = self._programs.pop(batch, None)
        if found is None:
            found = Program(self.graph, self._spare(), batch, training=False)
        self._programs[batch] = found  # the one used last stands last
        while len(self._programs) > PREDICT_PROGRAMS:
            del self._programs[next(iter(self._programs))]
        return found

    def _spare(self) -> ParameterStore:
        """The copy of the parameters that all programs of :meth:`predict` share."""
        return next((p.store for p in self._programs.values()), None) or self.on_host()

    def on_host(self) -> ParameterStore:
        """A copy of the settled parameters and states where NumPy can compute with them: a network is asked
        on the CPU, wherever it is trained.
        """
        store = ParameterStore(self.graph, self.store.dtype)
        self._put_settled(store)
        return store

    def _put_settled(self, store: ParameterStore) -> None:
        now = self.now
        store.theta[...] = host(now.theta)
        store.put_states({name: host(state) for name, state in now.states.items()})

    def blank(self) -> Network:
        """The same layers, without parameters yet."""
        return Network(self.layers, self.input_shape, self.seed, self.inputs)

    def on(self, input_shape: Shape | int, inputs: Mapping[str, Shape] | None = None) -> Network:
        """The same layers with a copy of the settled parameters, for examples of another shape.

        A recurrent network trained on 8 moments answers about 50.  Raises NnlabError where a parameter would
        have another shape.
        """
        shape = (input_shape,) if isinstance(input_shape, int) else tuple(input_shape)
        twin = Network(self.layers, shape, self.seed, self.inputs if inputs is None else inputs)
        mine, store = self.parameters, twin.store
        for name in store:
            if name not in mine or store[name].shape != mine[name].shape:
                raise NnlabError(
                    _(
                        "{name} would have another shape on examples of shape {shape}; "
                        "there the network would have to be trained anew",
                        name=name,
                        shape=shape_text(shape),
                    )
                )
            store[name][...] = mine[name]
        store.put_states({name: host(state) for name, state in self.now.states.items()})
        return twin

    def copy(self) -> Network:
        """The same layers with a copy of the settled parameters, which no run trains yet."""
        twin = self.blank()
        store = ParameterStore(twin.graph, self.store.dtype, self.store.xp)
        store.theta[...] = self.theta
        store.put_states(self.now.states)
        twin.use_store(store)
        return twin

    def __repr__(self) -> str:
        return f"Network({self.text!r}, input_shape={self.input_shape})"
