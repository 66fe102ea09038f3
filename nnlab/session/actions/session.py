"""Actions about the session itself: undo, redo, save, help."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session import saving
from nnlab.session.action import ACTIONS, Action, Result, find, register
from nnlab.session.words import Words, quoted

if TYPE_CHECKING:
    from nnlab.session.session import Session


@register
@dataclass(frozen=True)
class Undo(Action):
    """The last change of the bench taken back; itself an action in the log."""

    name = "undo"
    syntax = "undo"
    help = N_("take the last change back")
    example = "undo"
    category = "session"
    aliases = ("u",)
    undoable = False

    def apply(self, session: Session) -> Result:
        text = session.undo()
        return Result([_("undone: {action}", action=text)], payload={"undone": text})


@register
@dataclass(frozen=True)
class Redo(Action):
    """What was undone done again."""

    name = "redo"
    syntax = "redo"
    help = N_("do again what was undone")
    example = "redo"
    category = "session"
    undoable = False

    def apply(self, session: Session) -> Result:
        text = session.redo()
        return Result([_("done again: {action}", action=text)], payload={"redone": text})


@register
@dataclass(frozen=True)
class Save(Action):
    """The log as a file to keep or hand in."""

    name = "save"
    syntax = "save FILE [force]"
    help = N_("write the session to a file that can be replayed or handed in")
    example = "save work.nnl"
    category = "session"
    arguments = ("file", "force")
    undoable = False
    logged = False
    live = True

    path: str
    force: bool = False

    @classmethod
    def parse(cls, words: Words) -> Save:
        return cls(words.take(_("the name of a file")), _force(words))

    def __str__(self) -> str:
        return f"save {quoted(self.path)}" + " force" * self.force

    def apply(self, session: Session) -> Result:
        saving.save(session, Path(self.path).expanduser(), self.force)
        return Result([_("session saved to {path}", path=self.path)], payload={"path": self.path})


def _force(words: Words) -> bool:
    """Whether the word behind a file says to replace what has that name."""
    return words.more and bool(words.choice(["force"], _("the word “force”")))


@register
@dataclass(frozen=True)
class Export(Action):
    """The weights as arrays in one file."""

    name = "export"
    syntax = "export FILE.npz [force] | export FILE.safetensors [force] | export runs FILE.csv [force]"
    help = N_(
        "write the trained weights: .npz for NumPy, .safetensors to load them again; or the runs as a table"
    )
    example = "export digits.safetensors"
    category = "session"
    arguments = ("exported*",)
    undoable = False
    logged = False

    path: str
    force: bool = False
    runs: bool = False

    @classmethod
    def parse(cls, words: Words) -> Export:
        if words.peek() == "runs":
            words.take("")
            path = words.take(_("the name of a .csv file"))
            if not path.endswith(".csv"):
                problem = _("“{path}” must end in .csv", path=path)
                raise words.fail(problem, back=1, suggestion=f"{path}.csv")
            return cls(path, _force(words), True)
        path = words.take(_("the name of an .npz or .safetensors file"))
        if not path.endswith((".npz", ".safetensors")):
            problem = _("“{path}” must end in .npz or .safetensors", path=path)
            raise words.fail(problem, back=1, suggestion=f"{path}.safetensors")
        return cls(path, _force(words))

    def __str__(self) -> str:
        return "export " + "runs " * self.runs + quoted(self.path) + " force" * self.force

    def apply(self, session: Session) -> Result:
        if self.runs:
            count = saving.export_runs(session, Path(self.path).expanduser(), self.force)
            line = _("{n} runs written to {path}", n=count, path=self.path)
            return Result([line], payload={"path": self.path, "runs": list(session.runs)})
        names = saving.export(session, Path(self.path).expanduser(), self.force)
        line = _(
            "{n} arrays written to {path}: {names}", n=len(names), path=self.path, names=", ".join(names)
        )
        return Result([line], payload={"path": self.path, "names": names})


@register
@dataclass(frozen=True)
class Help(Action):
    """What can be done here."""

    name = "help"
    syntax = "help [ACTION|LAYER]"
    help = N_("list the actions, or explain one, or a kind of layer: its formula, shapes and source")
    example = "help run"
    category = "session"
    arguments = ("topic",)
    aliases = ("?", "h")
    undoable = False
    logged = False
    live = True

    topic: str = ""

    @classmethod
    def parse(cls, words: Words) -> Help:
        return cls(words.take("")) if words.more else cls()

    def __str__(self) -> str:
        return f"help {self.topic}".strip()

    def apply(self, session: Session) -> Result:
        registry = {**ACTIONS, **session.extensions}
        if not self.topic:
            return session.answer("help", list(registry.values()))
        from nnlab.network.layers import LAYERS

        found, layer = find(self.topic, registry), LAYERS.get(self.topic.lower())
        if found is None and layer is None:
            words = Words(str(self))
            words.index = 2
            raise words.unknown(self.topic, _("an action or a kind of layer"), [*registry, *LAYERS])
        if layer is None:
            return session.answer("action", found)
        about = session.answer("layer", layer)
        action = [*session.answer("action", found).lines, ""] if found is not None else []
        return Result([*action, *about.lines], about.action, about.payload)


@register
@dataclass(frozen=True)
class Quit(Action):
    """The end of this sitting; everything is kept."""

    name = "quit"
    syntax = "quit"
    help = N_("leave; the session is kept")
    example = "quit"
    category = "session"
    aliases = ("exit", "q")
    undoable = False
    logged = False

    def apply(self, session: Session) -> Result:
        session.ended = True
        return Result([], payload=None)
