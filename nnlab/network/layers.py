"""The kinds of layer a network is built from.

A layer only composes operations: it knows its notation, its output shape, its parameter count and how to
add itself to a graph.  :data:`LAYERS` is read by the notation, the builder's palette, the documentation
and the tests; a new kind of layer is one class and one line there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, TypeAlias

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _

Shape: TypeAlias = tuple[int, ...]

ACTIVATIONS: dict[str, Callable[[str], ops.Operation]] = {
    "relu": ops.ReLU,
    "sigmoid": ops.Sigmoid,
    "tanh": ops.Tanh,
    "leaky_relu": ops.LeakyReLU,
    "gelu": ops.GELU,
    "softmax": ops.Softmax,
    "step": ops.StepFunction,
    "identity": ops.Identity,
}

RECTIFIERS = ("relu", "leaky_relu", "gelu")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a layer in the notation: positional, or ``name=value`` where ``keyword`` is set."""

    name: str
    kind: str  # "count", "rate", "number", "activation", "init", "flag"
    help: str
    default: Any = None
    required: bool = False
    keyword: bool = False


def shape_text(shape: Shape) -> str:
    return "×".join(map(str, shape)) if shape else "1"


@dataclass(frozen=True)
class Layer:
    """Base of all layers.  ``text`` is the layer in normal notation."""

    kind: ClassVar[str] = ""
    help: ClassVar[str] = ""
    arguments: ClassVar[tuple[Argument, ...]] = ()

    @property
    def text(self) -> str:
        return self.kind

    def output_shape(self, shape: Shape) -> Shape:
        """The shape of one example behind this layer; raises NnlabError where ``shape`` does not fit."""
        return shape

    def parameter_count(self, shape: Shape) -> int:
        return 0

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        """Add the layer to ``graph`` behind ``x`` and return its output."""
        raise NotImplementedError


@dataclass(frozen=True)
class Dense(Layer):
    """units weighted sums of all inputs, with an activation: a = f(x·W + b), W (in, units)."""

    units: int
    activation: str = ""
    init: str = ""
    bias: bool = True

    kind: ClassVar[str] = "dense"
    help: ClassVar[str] = N_("fully connected: every unit sees every input")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("units", "count", N_("number of units"), required=True),
        Argument("activation", "activation", N_("what bends the sum"), default=""),
        Argument("init", "init", N_("how weights begin"), default="", keyword=True),
        Argument("bias", "flag", N_("add a bias to each unit"), default=True, keyword=True),
    )

    @property
    def text(self) -> str:
        parts = [f"dense {self.units}", self.activation]
        parts += [f"init={self.init}" if self.init else "", "" if self.bias else "bias=no"]
        return " ".join(p for p in parts if p)

    @property
    def initializer(self) -> str:
        """He for the rectifiers, Glorot for everything else, unless ``init`` says otherwise."""
        return self.init or ("he" if self.activation in RECTIFIERS else "glorot")

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise NnlabError(
                _(
                    "a dense layer takes a row of numbers, but shape {shape} arrives; put flatten before it",
                    shape=shape_text(shape),
                )
            )
        return (self.units,)

    def parameter_count(self, shape: Shape) -> int:
        return prod(shape) * self.units + (self.units if self.bias else 0)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        inside = x.shape[1]
        W = graph.value(f"{name}.W", (inside, self.units), Role.PARAMETER, name, self.initializer)
        parameters = [W]
        if self.bias:
            parameters.append(graph.value(f"{name}.b", (self.units,), Role.PARAMETER, name, "zeros"))
        (z,) = graph.apply(ops.Dense(name), x, *parameters)
        return graph.apply(ACTIVATIONS[self.activation](name), z)[0] if self.activation else z


@dataclass(frozen=True)
class Bias(Layer):
    """Adds one learned number to each unit."""

    kind: ClassVar[str] = "bias"
    help: ClassVar[str] = N_("adds a learned number to each input")

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1:
            raise NnlabError(
                _("bias adds to a row of numbers, but shape {shape} arrives", shape=shape_text(shape))
            )
        return shape

    def parameter_count(self, shape: Shape) -> int:
        return prod(shape)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        b = graph.value(f"{name}.b", x.shape[1:], Role.PARAMETER, name, "zeros")
        return graph.apply(ops.Bias(name), x, b)[0]


@dataclass(frozen=True)
class Activation(Layer):
    """An activation function as a layer of its own."""

    function: str = "identity"

    kind: ClassVar[str] = "activation"
    help: ClassVar[str] = N_("an activation alone")

    @property
    def text(self) -> str:
        return self.function

    def output_shape(self, shape: Shape) -> Shape:
        if self.function == "softmax" and len(shape) != 1:
            raise NnlabError(
                _("softmax takes a row of scores, but shape {shape} arrives", shape=shape_text(shape))
            )
        return shape

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        return graph.apply(ACTIVATIONS[self.function](name), x)[0]


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """max(z, slope·z)."""

    function: str = "leaky_relu"
    slope: float = 0.01

    kind: ClassVar[str] = "leaky_relu"
    help: ClassVar[str] = N_("relu that lets a little through below 0")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("slope", "rate", N_("slope below 0"), default=0.01),
    )

    @property
    def text(self) -> str:
        return f"leaky_relu {self.slope:g}"

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        return graph.apply(ops.LeakyReLU(name, self.slope), x)[0]


@dataclass(frozen=True)
class Dropout(Layer):
    """Zeroes each input with probability ``rate`` while training."""

    rate: float = 0.5

    kind: ClassVar[str] = "dropout"
    help: ClassVar[str] = N_("while training, drops each input with this probability")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("rate", "rate", N_("share of inputs dropped"), default=0.5),
    )

    @property
    def text(self) -> str:
        return f"dropout {self.rate:g}"

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        return graph.apply(ops.Dropout(name, self.rate), x)[0]


@dataclass(frozen=True)
class Flatten(Layer):
    """Reads an image row by row into one row of numbers."""

    kind: ClassVar[str] = "flatten"
    help: ClassVar[str] = N_("an image becomes one row of numbers")

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)

    def build(self, graph: Graph, x: Value, name: str) -> Value:
        return graph.apply(ops.Flatten(name), x)[0]


@dataclass(frozen=True, slots=True)
class LayerKind:
    """A word of the notation: how it is written, what it takes, what it makes."""

    word: str
    help: str
    arguments: tuple[Argument, ...]
    make: Callable[..., Layer]

    @property
    def syntax(self) -> str:
        written = []
        for a in self.arguments:
            shown = f"{a.name}=…" if a.keyword else a.name.upper()
            written.append(shown if a.required else f"[{shown}]")
        return " ".join([self.word, *written])


_ACTIVATION_HELP = {
    "relu": N_("max(z, 0)"),
    "sigmoid": N_("squeezes into 0 … 1"),
    "tanh": N_("squeezes into −1 … 1"),
    "gelu": N_("a smooth relu"),
    "softmax": N_("scores become probabilities that add up to 1"),
    "step": N_("1 where z ≥ 0, else 0: the perceptron's decision"),
    "identity": N_("leaves numbers as they are"),
}


def _activation_kind(function: str) -> LayerKind:
    return LayerKind(function, _ACTIVATION_HELP[function], (), lambda: Activation(function))


LAYERS: dict[str, LayerKind] = {
    kind.word: kind
    for kind in (
        LayerKind("dense", Dense.help, Dense.arguments, Dense),
        *(_activation_kind(f) for f in ("relu", "sigmoid", "tanh")),
        LayerKind(
            "leaky_relu", LeakyReLU.help, LeakyReLU.arguments, lambda slope=0.01: LeakyReLU(slope=slope)
        ),
        *(_activation_kind(f) for f in ("gelu", "softmax", "step", "identity")),
        LayerKind("dropout", Dropout.help, Dropout.arguments, Dropout),
        LayerKind("flatten", Flatten.help, (), Flatten),
        LayerKind("bias", Bias.help, (), Bias),
    )
}
