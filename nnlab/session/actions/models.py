"""Actions that bring a whole network: from a file, or from the zoo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.nearest import nearby
from nnlab.session import learned
from nnlab.session.action import Action, Result, parse, register
from nnlab.session.actions.data import checksum
from nnlab.session.look import wrap
from nnlab.session.words import ActionError, Words, quoted

if TYPE_CHECKING:
    from nnlab.session.session import Session


@register
@dataclass(frozen=True)
class Load(Action):
    """The network of a file in the place of the one on the bench, or some layers of it into that."""

    name = "load"
    syntax = "load FILE.safetensors [layers=NAME,NAME…]"
    help = N_(
        "take a network with its weights from a file that “export” wrote, or the weights of some layers into "
        "the network on the bench; training starts afresh"
    )
    example = "load digits.safetensors layers=conv1,dense1"
    category = "network"
    arguments = ("file", "loaded")

    path: str
    layers: tuple[str, ...] = ()

    @classmethod
    def parse(cls, words: Words) -> Load:
        path = words.take(_("the name of a .safetensors file"))
        if not path.endswith(".safetensors"):
            problem = _("“{path}” must end in .safetensors", path=path)
            raise words.fail(problem, back=1, suggestion=f"{path}.safetensors")
        chosen = dict(words.options(("layers",))).get("layers", "")
        return cls(path, tuple(dict.fromkeys(filter(None, chosen.split(",")))))

    def __str__(self) -> str:
        chosen = f" layers={','.join(self.layers)}" if self.layers else ""
        return f"load {quoted(self.path)}{chosen}"

    def file(self) -> Path:
        return Path(self.path).expanduser()

    def apply(self, session: Session) -> Result:
        if not self.layers:
            learned.load_network(session, self.file())
            return session.answer("network", session.network)
        names = learned.load_layers(session, self.file(), self.layers)
        told = session.answer("network", session.network)
        line = _("taken over: {names}", names=", ".join(names))
        return Result([*told.lines, *wrap(line, session.look.width)], payload=told.payload)

    def note(self, session: Session) -> str:
        return f"sha256 {checksum(self.file())}" if self.file().is_file() else ""


@register
@dataclass(frozen=True)
class Zoo(Action):
    """A model of the zoo laid out, ready to train."""

    name = "zoo"
    syntax = "zoo MODEL"
    help = N_("lay out a model of the zoo with its data and knobs; run it with the length it names")
    example = "zoo digits-mlp"
    category = "network"
    arguments = ("model",)

    model: str

    @classmethod
    def parse(cls, words: Words) -> Zoo:
        from nnlab.network.zoo import LEARNERS, ZOO

        if (name := words.peek().lower()) in LEARNERS:
            raise words.fail(
                _(
                    "{name} learns without gradients and is no network to lay out; “nnlab zoo train {name} "
                    "--steps 20” shows it learn, step by step",
                    name=name,
                )
            )
        if not words.more:
            raise words.missing(_("a model of the zoo (Tab lists them, so does nnlab zoo list)"))
        if name not in ZOO:
            raise _no_model(words)
        words.take("")
        return cls(name)

    def __str__(self) -> str:
        return f"zoo {self.model}"

    def apply(self, session: Session) -> Result:
        from nnlab.network.zoo import ZOO

        model = ZOO[self.model]
        session.clear()  # a model is its script and nothing that was set before
        for line in (f"seed {model.seed}", *model.actions):
            parse(line).apply(session)
        told = session.answer("network", session.network)
        goal = _(
            "{title}; goal {goals}: run {length}",
            title=_(model.title),
            goals=", ".join(model.goals),
            length=model.length,
        )
        later = [_("then: {actions}", actions="; ".join(model.then))] if model.then else []
        return Result([*told.lines, goal, *later], payload=told.payload)


def _no_model(words: Words) -> ActionError:
    """The error for the next word, with the nearest names: the zoo is too big to be listed in a sentence."""
    from nnlab.network.zoo import LEARNERS, ZOO

    name = words.peek()
    near = nearby(name, [*ZOO, *LEARNERS])
    how = (
        _("nearest: {names}; Tab lists all, so does nnlab zoo list", names=", ".join(near))
        if near
        else _("Tab lists them, so does nnlab zoo list")
    )
    told = _("there is no model “{name}” in the zoo; {near}", name=name, near=how)
    return words.fail(told, suggestion=near[0] if near else "")
