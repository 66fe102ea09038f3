"""What an action is: one line of text with a typed object behind it.

Each action is a small frozen dataclass that registers itself.  The registry :data:`ACTIONS` is what the
parser, completion, the palette, the help, the documentation and the tests read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from nnlab.given import shown
from nnlab.i18n import N_, _
from nnlab.nearest import nearest
from nnlab.session.words import ActionError, Words

if TYPE_CHECKING:
    from nnlab.session.session import Session

CATEGORIES = (N_("data"), N_("network"), N_("training"), N_("time"), N_("looking"), N_("session"))


@dataclass(frozen=True, slots=True)
class Result:
    """What an action answers: text for people and ``payload``, the object behind the text."""

    lines: list[str]
    action: str = ""
    payload: object | None = None

    def to_json(self) -> dict[str, object]:
        """Plain containers, fit for ``json.dumps``."""
        return {"action": self.action, "lines": self.lines, "payload": plain(self.payload)}


@dataclass(frozen=True)
class Action:
    """The base of all actions; a subclass declares its words and says how it acts.

    ``undoable`` actions change the bench; ``logged`` ones go into the session file; ``live`` ones may be
    done at a step boundary while training goes on (others pause it first).  ``lengthy`` ones take many steps
    of a twin and hold no lock meanwhile: they only read, see :class:`~nnlab.session.errands.Errands`.
    ``arguments`` names the kinds of
    words that follow, for completion; a kind with a star repeats.  ``keywords`` are what may be written as
    name=value behind them, each with its help.
    """

    name: ClassVar[str]
    syntax: ClassVar[str]
    help: ClassVar[str]
    example: ClassVar[str]
    category: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]] = ()
    keywords: ClassVar[Mapping[str, str]] = {}
    aliases: ClassVar[tuple[str, ...]] = ()
    undoable: ClassVar[bool] = True
    logged: ClassVar[bool] = True
    live: ClassVar[bool] = False
    lengthy: ClassVar[bool] = False

    @classmethod
    def parse(cls, words: Words) -> Action:
        """Read the words after the name; the default takes none."""
        return cls()

    def apply(self, session: Session) -> Result:
        raise NotImplementedError

    def replay(self, session: Session) -> None:
        """Act again from the log; actions that only look have nothing to repeat."""
        self.apply(session)

    def takes_lines(self, session: Session) -> bool:
        """Whether lines follow that belong to this action, as the code of an answer does."""
        return False

    def with_lines(self, text: str) -> Action:
        """This action with the lines that followed it."""
        raise NotImplementedError

    def note(self, session: Session) -> str:
        """What the log should say behind the action, for example the checksum of a file that was read."""
        return ""

    def __str__(self) -> str:
        return self.name


ACTIONS: dict[str, type[Action]] = {}
A = TypeVar("A", bound=type[Action])


def register(cls: A) -> A:
    ACTIONS[cls.name] = cls
    return cls


def find(word: str, registry: Mapping[str, type[Action]]) -> type[Action] | None:
    """The action called ``word`` by name or alias."""
    folded = word.lower()
    for name, action in registry.items():
        if folded == name or folded in action.aliases:
            return action
    return None


def parse(text: str, extensions: Mapping[str, type[Action]] | None = None) -> Action:
    """One line of text as an action.  Raises :class:`ActionError`, and nothing else, where it is none."""
    if not isinstance(text, str):
        raise ActionError(_("an action is a text such as “step”, not {given}", given=shown(text)), text="")
    registry = {**ACTIONS, **(extensions or {})}
    words = Words(one_line(text))
    if not words.more:
        raise ActionError(_("an action is missing; “help” lists them"), text=text)
    word = words.take(_("an action"))
    found = find(word, registry)
    if found is None:
        close = nearest(word, [*registry, *(a for c in registry.values() for a in c.aliases)])
        if close:
            message = _("there is no action “{word}”; did you mean “{close}”?", word=word, close=close)
        else:
            message = _("there is no action “{word}”; “help” lists them", word=word)
        raise words.fail(message, back=1, suggestion=close)
    action = found.parse(words)
    words.end()
    return action


def one_line(text: str) -> str:
    """An action is one line: white space of every kind becomes blanks, lines of a network become layers."""
    lines = [" ".join(line.replace("\x00", " ").split()) for line in text.strip().splitlines()]
    joined = " | ".join(line.strip("| ") for line in lines if line.strip("| "))
    first = joined.split(" ", 1)[0].lower()
    return joined if first in ("net", "network") else " ".join(filter(None, lines))


def plain(value: object) -> object:
    """``value`` in dicts, lists, texts and numbers; NaN and infinities become texts, as JSON has none."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if hasattr(value, "to_json"):
        return plain(value.to_json())
    if hasattr(value, "symbols") and hasattr(value, "terms"):
        return plain(_explanation(value))
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in dataclasses.fields(value)]
        if {"value", "part", "index"} == set(names):  # an address is written, not taken apart
            return str(value)
        return {name: plain(getattr(value, name)) for name in names}
    return str(value)


def _explanation(e: Any) -> dict[str, object]:
    """An explanation in plain words: every term with its numbers and the addresses behind it."""
    return {
        "address": str(e.address),
        "value": e.value,
        "phase": e.phase,
        "layer": e.layer,
        "operation": e.operation,
        "step": e.step,
        "formula": e.formula,
        "symbols": e.symbols(),
        "numbers": e.numbers(),
        "terms": [
            {"value": t.value, "numbers": t.numbers, "addresses": [str(a) for a in t.addresses]}
            for t in e.terms
        ],
        "note": e.note,
    }
