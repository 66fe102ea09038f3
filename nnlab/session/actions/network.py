"""Actions that build the network: as text, or layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.nearest import nearest
from nnlab.session import learned
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words, number_text

if TYPE_CHECKING:
    from nnlab.session.session import Session


def layer_texts(session: Session) -> list[str]:
    """The notation of each layer, in order."""
    return [t.strip() for t in session.bench.network_text.split("|") if t.strip()]


def find_layer(session: Session, where: str) -> int:
    """The place (from 0) of the layer called ``where``: a name such as ``dense2`` or a number from 1."""
    texts = layer_texts(session)
    if not texts:
        raise NnlabError(_("there is no network yet; “net dense 8 relu | dense 1” builds one"))
    if where.lstrip("-").isdigit():
        if not 1 <= int(where) <= len(texts):
            raise NnlabError(
                _("there is no layer {where}; the layers are numbered 1 to {n}", where=where, n=len(texts))
            )
        return int(where) - 1
    names = session.layer_names()
    if where not in names:
        close = nearest(where, names)
        hint = _("; did you mean “{close}”?", close=close) if close else ""
        raise NnlabError(
            _("there is no layer “{where}”; there are: {names}", where=where, names=", ".join(names)) + hint
        )
    return names.index(where)


def _build(session: Session, texts: list[str]) -> Result:
    session.use_network(" | ".join(texts))
    return session.answer("network", session.network)


def _notation(words: Words, expected: str) -> str:
    text = words.rest()
    if not text:
        raise words.missing(expected)
    return text


@register
@dataclass(frozen=True)
class Net(Action):
    """The whole network in its notation."""

    name = "net"
    syntax = "net LAYER | LAYER | …"
    help = N_("build the network from its notation; training starts afresh")
    example = "net dense 8 tanh | dense 1"
    category = "network"
    arguments = ("layer*",)
    aliases = ("network",)

    notation: str

    @classmethod
    def parse(cls, words: Words) -> Net:
        texts = [
            t.strip() for t in _notation(words, _("a network such as dense 8 tanh | dense 1")).split("|")
        ]
        if not all(texts):
            raise words.fail(
                _("a layer is empty between two “|”; write for example: net dense 8 tanh | dense 1"), back=1
            )
        return cls(" | ".join(texts))

    def __str__(self) -> str:
        return f"net {self.notation}"

    def apply(self, session: Session) -> Result:
        session.use_network(self.notation)
        return session.answer("network", session.network)


@register
@dataclass(frozen=True)
class Transfer(Action):
    """Another network that begins with the trained weights of the one before it."""

    name = "transfer"
    syntax = "transfer [LAYER | LAYER | …]"
    help = N_("build another network, or the same, with the trained weights of all parts that stay the same")
    example = "transfer dense 8 tanh | dense 3"
    category = "network"
    arguments = ("layer*",)

    notation: str = ""

    @classmethod
    def parse(cls, words: Words) -> Transfer:
        return cls(Net.parse(words).notation if words.more else "")

    def __str__(self) -> str:
        return f"transfer {self.notation}".strip()

    def apply(self, session: Session) -> Result:
        names = learned.transfer(session, self.notation)
        told = session.answer("network", session.network)
        line = _("taken over: {names}", names=", ".join(names))
        return Result([*told.lines, line], payload=told.payload)


@register
@dataclass(frozen=True)
class Distil(Action):
    """Another network that learns from the trained one."""

    name = "distil"
    syntax = "distil [temperature=4] [weight=0.9] [LAYER | LAYER | …]"
    help = N_(
        "make the trained network the teacher of another one: the student learns the classes and, by weight, "
        "what the teacher says, softened by a temperature"
    )
    example = "distil temperature=4 dense 8 relu | dense 10"
    category = "network"
    arguments = ("student*",)
    aliases = ("distill",)

    temperature: float = 4.0
    weight: float = 0.9
    notation: str = ""

    @classmethod
    def parse(cls, words: Words) -> Distil:
        numbers = {}
        while (name := words.peek().partition("=")[0]) in ("temperature", "weight") and "=" in words.peek():
            if name in numbers:
                raise words.fail(_("the option “{key}” is given twice", key=name))
            value = Words(words.take("").partition("=")[2])
            numbers[name] = (
                value.number(_("the temperature"), above=0)
                if name == "temperature"
                else (value.number(_("the weight of what the teacher says"), low=0))
            )
        if numbers.get("weight", 0) > 1:
            raise words.fail(_("the weight of what the teacher says lies between 0 and 1"), back=1)
        return cls(**numbers, notation=Net.parse(words).notation if words.more else "")

    def __str__(self) -> str:
        options = f"temperature={number_text(self.temperature)} weight={number_text(self.weight)}"
        return f"distil {options} {self.notation}".strip()

    @property
    def loss(self) -> str:
        """The loss of the student in its notation."""
        from nnlab.training.losses import LossRule

        options = f"temperature={number_text(self.temperature)} weight={number_text(self.weight)}"
        return LossRule.parse(f"distillation {options}").text

    def apply(self, session: Session) -> Result:
        before = session.need_network().text
        learned.distil(session, self.notation, self.loss)
        told = session.answer("network", session.network)
        line = _("teacher: {text}; loss {loss}", text=before, loss=self.loss)
        student = _(
            "an untrained student lies here now, as the network below; “undo” brings the trained one back"
        )
        return Result([student, line, *told.lines], payload=told.payload)


@register
@dataclass(frozen=True)
class Insert(Action):
    """A new layer in front of another, or at the end."""

    name = "insert"
    syntax = "insert BEFORE|end LAYER"
    help = N_("insert a layer before another one (by name or number), or at the end")
    example = "insert 2 dropout 0.5"
    category = "network"
    arguments = ("layer_name_or_end", "layer*")

    before: str
    notation: str

    @classmethod
    def parse(cls, words: Words) -> Insert:
        before = words.take(_("the layer to insert before, or “end”"))
        return cls(before, _notation(words, _("the layer to insert, such as dense 8 relu")))

    def __str__(self) -> str:
        return f"insert {self.before} {self.notation}"

    def apply(self, session: Session) -> Result:
        texts = layer_texts(session)
        at = len(texts) if self.before == "end" else find_layer(session, self.before)
        return _build(session, [*texts[:at], self.notation, *texts[at:]])


@register
@dataclass(frozen=True)
class Remove(Action):
    """One layer less."""

    name = "remove"
    syntax = "remove LAYER"
    help = N_("remove a layer (by name or number)")
    example = "remove dense1"
    category = "network"
    arguments = ("layer_name",)

    layer: str

    @classmethod
    def parse(cls, words: Words) -> Remove:
        return cls(words.take(_("the layer to remove")))

    def __str__(self) -> str:
        return f"remove {self.layer}"

    def apply(self, session: Session) -> Result:
        texts = layer_texts(session)
        at = find_layer(session, self.layer)
        if len(texts) == 1:
            raise NnlabError(_("the only layer cannot be removed; replace it instead"))
        return _build(session, texts[:at] + texts[at + 1 :])


@register
@dataclass(frozen=True)
class Move(Action):
    """A layer to another place."""

    name = "move"
    syntax = "move LAYER PLACE"
    help = N_("move a layer (by name or number) to a place, counted from 1")
    example = "move dense1 2"
    category = "network"
    arguments = ("layer_name", "place")

    layer: str
    place: int

    @classmethod
    def parse(cls, words: Words) -> Move:
        return cls(words.take(_("the layer to move")), words.integer(_("the place to move it to"), low=1))

    def __str__(self) -> str:
        return f"move {self.layer} {self.place}"

    def apply(self, session: Session) -> Result:
        texts = layer_texts(session)
        at = find_layer(session, self.layer)
        if self.place > len(texts):
            raise NnlabError(
                _("there is no place {place}; the places are 1 to {n}", place=self.place, n=len(texts))
            )
        text = texts.pop(at)
        texts.insert(self.place - 1, text)
        return _build(session, texts)


@register
@dataclass(frozen=True)
class Resize(Action):
    """The first number of a layer: units, or the rate of a dropout."""

    name = "resize"
    syntax = "resize LAYER SIZE"
    help = N_("give a layer another size: the number of units of a dense layer")
    example = "resize dense1 16"
    category = "network"
    arguments = ("layer_name",)

    layer: str
    size: str

    @classmethod
    def parse(cls, words: Words) -> Resize:
        layer = words.take(_("the layer to resize"))
        words.number(_("the new size"), above=0)
        return cls(layer, words.words[words.index - 1].bare)

    def __str__(self) -> str:
        return f"resize {self.layer} {self.size}"

    def apply(self, session: Session) -> Result:
        texts = layer_texts(session)
        at = find_layer(session, self.layer)
        words = texts[at].split()
        if len(words) < 2 or not words[1].replace(".", "", 1).isdigit():
            raise NnlabError(_("the layer “{text}” has no size to change", text=texts[at]))
        words[1] = self.size
        texts[at] = " ".join(words)
        return _build(session, texts)


@register
@dataclass(frozen=True)
class Replace(Action):
    """Another layer in the place of one."""

    name = "replace"
    syntax = "replace LAYER NEW"
    help = N_("put another layer in the place of one")
    example = "replace dense1 dense 16 relu"
    category = "network"
    arguments = ("layer_name", "layer*")

    layer: str
    notation: str

    @classmethod
    def parse(cls, words: Words) -> Replace:
        layer = words.take(_("the layer to replace"))
        return cls(layer, _notation(words, _("the new layer, such as dense 8 relu")))

    def __str__(self) -> str:
        return f"replace {self.layer} {self.notation}"

    def apply(self, session: Session) -> Result:
        texts = layer_texts(session)
        texts[find_layer(session, self.layer)] = self.notation
        return _build(session, texts)


@register
@dataclass(frozen=True)
class Init(Action):
    """How weights begin, for every dense layer or for one."""

    name = "init"
    syntax = "init KIND [LAYER]"
    help = N_("choose how weights begin, in all layers that have weights or in one; training starts afresh")
    example = "init he"
    category = "network"
    arguments = ("init", "layer_name")

    kind: str
    layer: str = ""

    @classmethod
    def parse(cls, words: Words) -> Init:
        from nnlab.engine.initializers import INITIALIZERS, Initializer

        kind = words.take(_("an initialiser ({valid})", valid=", ".join(INITIALIZERS)))
        try:
            kind = Initializer.parse(kind).text
        except NnlabError as error:
            raise words.fail(str(error), back=1, suggestion=nearest(kind, INITIALIZERS)) from None
        return cls(kind, words.take("") if words.more else "")

    def __str__(self) -> str:
        return f"init {self.kind}" + (f" {self.layer}" if self.layer else "")

    def apply(self, session: Session) -> Result:
        texts = layer_texts(session)
        chosen = [find_layer(session, self.layer)] if self.layer else range(len(texts))
        changed = 0
        for at in chosen:
            words = [w for w in texts[at].split() if not w.startswith("init=")]
            if words[0] == "dense":
                texts[at] = " ".join([*words, f"init={self.kind}"])
                changed += 1
        if not changed:
            raise NnlabError(_("no layer here has weights to begin with; “init” works on dense layers"))
        return _build(session, texts)
