"""The one table of keys: the same key means the same thing on every screen.

Footer, ``?`` help, command palette and bindings all read :data:`KEYS`.  A key's ``id`` is the name of the
Textual action that a screen or widget implements (``action_step`` for ``step``), so that a binding is
``*bindings("step", "back", "run")``.  Every action has a plain key: no Ctrl, Alt or function key alone.
No NumPy here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.binding import Binding

from nnlab.i18n import N_, _


@dataclass(frozen=True, slots=True)
class Key:
    """One action and the keys that do it; ``label`` for the footer, ``help`` for ``?``.

    ``group`` is the heading in ``?``.  ``rank`` decides what stands in the footer when there is little room:
    small numbers first, 0 never.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    rank: int = 0

    @property
    def shown(self) -> str:
        """The first key as people know it."""
        return key_name(self.keys[0])

    @property
    def all_shown(self) -> str:
        return " ".join(key_name(key) for key in self.told)

    @property
    def told(self) -> tuple[str, ...]:
        """The keys that are named; what a Chinese input method sends for one of them is not."""
        return tuple(key for key in self.keys if not key.startswith("fullwidth_"))


GROUPS = {
    "tape": N_("Time"),
    "cursor": N_("Cursor and numbers"),
    "build": N_("Building"),
    "places": N_("Places"),
    "lesson": N_("Lesson"),
    "app": N_("Everywhere"),
}

_NAMES = {
    "space": "space", "enter": "enter", "escape": "esc", "tab": "tab", "shift+tab": "shift+tab",
    "colon": ":", "question_mark": "?", "slash": "/", "comma": ",", "full_stop": ".", "plus": "+",
    "minus": "-", "left_square_bracket": "[", "right_square_bracket": "]", "less_than_sign": "<",
    "greater_than_sign": ">", "equals_sign": "=",
    "exclamation_mark": "!", "up": "↑", "down": "↓", "left": "←", "right": "→",
    "shift+up": "shift+↑", "shift+down": "shift+↓", "delete": "del", "backspace": "⌫",
    "pageup": "pgup", "pagedown": "pgdn",
}  # fmt: skip
_ASCII_NAMES = {"up": "up", "down": "down", "left": "left", "right": "right", "backspace": "bksp"}


def key_name(key: str, *, ascii_only: bool = False) -> str:
    """A Textual key name as it is written on screen."""
    if ascii_only and key in _ASCII_NAMES:
        return _ASCII_NAMES[key]
    if key in _NAMES:
        name = _NAMES[key]
        return name if not ascii_only else name.replace("↑", "up").replace("↓", "down")
    return key.replace("ctrl+", "^") if key.startswith("ctrl+") else key


KEYS: dict[str, Key] = {
    key.id: key
    for key in (
        # time
        Key("step", ("space",), N_("step"), N_("do the next step of the tape, at the current grain"),
            "tape", 1),
        Key("back", ("b",), N_("back"), N_("go one step back in time, at the current grain"), "tape", 3),
        Key("run", ("r",), N_("run"), N_("train, or pause training"), "tape", 4),
        Key("finer", ("left_square_bracket",), N_("finer"),
            N_("smaller steps: epoch, batch, layer, operation"), "tape", 8),
        Key("coarser", ("right_square_bracket",), N_("coarser"),
            N_("larger steps: operation, layer, batch, epoch"), "tape", 9),
        Key("slower", ("less_than_sign",), N_("slower"), N_("fewer steps a second"), "tape"),
        Key("faster", ("greater_than_sign",), N_("faster"), N_("more steps a second"), "tape"),
        Key("breakpoint", ("exclamation_mark",), N_("breakpoints"),
            N_("to the breakpoints: what stops training, what stopped it last, and what to try"), "tape"),
        Key("branch", ("B",), N_("branch"), N_("begin a second run from this moment"), "tape"),
        # cursor
        Key("move", ("up", "down", "left", "right"), N_("move"), N_("move the cursor"), "cursor"),
        Key("enter", ("enter",), N_("explain"),
            N_("open what is under the cursor; on a number, its arithmetic"),
            "cursor", 5),
        Key("out", ("escape",), N_("out"), N_("one level out; leave a field"), "cursor", 14),
        Key("raise", ("plus", "equals_sign"), N_("nudge up"),
            N_("raise the weight under the cursor a little"),
            "cursor"),
        Key("lower", ("minus",), N_("nudge down"), N_("lower the weight under the cursor a little"),
            "cursor"),
        Key("verify", ("v",), N_("check number"),
            N_("put a central difference beside the gradient under the cursor"), "cursor"),
        Key("example", ("e",), N_("example"), N_("follow the next example of the data"), "cursor"),
        Key("previous_example", ("E",), N_("example back"), N_("follow the example before"), "cursor"),
        Key("meet", ("F",), N_("meet example"),
            N_("go to the step of this epoch that learns from the example you follow"), "cursor"),
        Key("copy", ("y",), N_("copy"), N_("copy the number under the cursor with its arithmetic"), "cursor"),
        Key("flip", ("f",), N_("flip"), N_("show gradients in the places of values, or values again"),
            "cursor", 4),
        Key("compare", ("D",), N_("twin"),
            N_("a twin of this run; then its numbers, the difference, and one's own again"), "cursor"),
        Key("detail", ("x",), N_("detail"), N_("one layer as a table of numbers, or the whole network"),
            "cursor", 7),
        Key("slide", ("s",), N_("slide"),
            N_("in a layer: let the window go on by itself from number to number, or stop"), "cursor", 11),
        Key("play", ("o",), N_("play"), N_("play the step operation by operation, or stop"), "tape"),
        # building
        Key("build", ("m",), N_("build"), N_("make the network: layers, shapes, parameter counts"),
            "build", 6),
        Key("draw", ("w",), N_("draw"),
            N_("paint a picture, draw points of your own, or type a text, for the network to read"), "build",
            14),
        Key("insert", ("i",), N_("insert"), N_("insert a layer behind the cursor, from a palette"),
            "build", 12),
        Key("remove", ("d", "delete"), N_("remove"), N_("remove the layer under the cursor"), "build"),
        Key("undo", ("u",), N_("undo"), N_("take the last change back"), "build", 13),
        Key("redo", ("U",), N_("redo"), N_("do it again"), "build"),
        # places
        Key("stage", ("1",), N_("stage"), N_("to the stage: the network"), "places"),
        Key("inspector", ("2",), N_("inspector"),
            N_("to the inspector: the number under the cursor, explained"),
            "places"),
        Key("tape", ("3",), N_("tape"), N_("to the tape: where in the pass, the epoch and the run we are"),
            "places"),
        Key("gauges", ("4",), N_("gauges"), N_("to the gauges: curves, decision surface, diagnostics"),
            "places"),
        Key("knobs", ("k",), N_("knobs"),
            N_("to the knobs: learning rate, batch, optimiser; up and down turn them"),
            "places"),
        Key("gauge", ("g",), N_("gauge"), N_("the next page of the gauges"), "places", 9),
        Key("guide", ("5",), N_("guide"), N_("to the guide of the lesson"), "places", 8),
        Key("next_place", ("tab",), N_("next place"), N_("to the next place"), "places", 6),
        Key("previous_place", ("shift+tab",), N_("place before"), N_("to the place before"), "places"),
        Key("zoom", ("z",), N_("zoom"), N_("give the current place the whole screen, or give it back"),
            "places", 13),
        # lesson
        Key("check", ("c",), N_("check"), N_("check the answer, the code or the bench"), "lesson", 5),
        Key("hint", ("h",), N_("hint"), N_("show the next hint; after three, the solution"), "lesson", 5),
        Key("see", ("l",), N_("see it"), N_("show on the bench what the last answer got wrong"), "lesson", 1),
        Key("next", ("n",), N_("next"), N_("go to the next step of the lesson"), "lesson", 2),
        Key("previous", ("p",), N_("previous"), N_("go to the step before"), "lesson", 9),
        Key("know", ("I",), N_("I know this"),
            N_("answer one question of the lesson, and it counts as known"), "lesson", 6),
        Key("anew", ("N",), N_("lesson anew"),
            N_("begin this lesson anew; what you did stays on record"), "lesson"),
        Key("again", ("R",), N_("bench again"), N_("set the bench of this step up again"), "lesson"),
        # everywhere
        Key("command", ("colon", "fullwidth_colon"), N_("action"), N_("type an action, with completion"),
            "app", 14),
        Key("palette", ("slash", "ctrl+p"), N_("find"),
            N_("find any action, screen, lesson, theme or setting by name"), "app", 15),
        Key("theme", ("t",), N_("theme"), N_("the next theme"), "app"),
        Key("settings", ("comma",), N_("settings"), N_("language, colours, motion and more"), "app"),
        Key("help", ("question_mark", "f1", "fullwidth_question_mark"), N_("help"),
            N_("what can be done here; Enter does it"), "app", 4),
        Key("leave", ("q",), N_("back"), N_("back to where you came from; from Home, leave nnlab"), "app", 5),
        Key("quit", ("Q", "ctrl+q"), N_("quit"), N_("leave nnlab; everything is kept"), "app"),
    )
}  # fmt: skip


def bindings(*ids: str, show: bool = False) -> list[Binding]:
    """Textual bindings for some keys of the table; the action is the key's id."""
    return [Binding(",".join(KEYS[id].keys), id, KEYS[id].label, show=show, id=f"nnlab.{id}") for id in ids]


@dataclass(frozen=True, slots=True)
class Hint:
    """One entry of the footer: what is pressed, what is shown of it, what it does."""

    id: str
    key: str
    shown: str
    label: str


def hints(
    ids: Iterable[str], labels: dict[str, str] | None = None, *, ascii_only: bool = False
) -> list[Hint]:
    """Footer entries for ``ids``; ``labels`` gives a key the word that fits now (``run`` → "pause")."""
    found = []
    for id in ids:
        key = KEYS[id]
        label = (labels or {}).get(id) or _(key.label)
        shown = _("arrows") if id == "move" else key_name(key.keys[0], ascii_only=ascii_only)
        found.append(Hint(id, key.keys[0], shown, label))
    return found


def grouped(ids: Sequence[str]) -> list[tuple[str, list[Key]]]:
    """(heading, keys) for ``?``, in the order of the table."""
    wanted = set(ids)
    return [
        (_(title), found)
        for group, title in GROUPS.items()
        if (found := [key for key in KEYS.values() if key.group == group and key.id in wanted])
    ]
