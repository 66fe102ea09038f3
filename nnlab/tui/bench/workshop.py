"""The builder on screen: the picture of a draft, and its notation in a field; two views of one thing."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import parse_layers
from nnlab.tui.bench import builder
from nnlab.tui.bench.draft import Draft, kinds
from nnlab.tui.bench.spots import Picture, Sight
from nnlab.tui.bench.view import View
from nnlab.tui.glyphs import columns
from nnlab.tui.messages import KeysChanged
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.tui.bench.bench import Bench


class BuilderView(View):
    """Arrows choose a layer and change its size; i goes to the palette; Enter uses the network."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up,K", "shift(-1)", show=False),
        Binding("shift+down,J", "shift(1)", show=False),
        Binding("right,plus,equals_sign", "resize(1)", show=False),
        Binding("left,minus", "resize(-1)", show=False),
        Binding("greater_than_sign", "resize(8)", show=False),
        Binding("less_than_sign", "resize(-8)", show=False),
        Binding("a", "activate(1)", show=False),
        Binding("A", "activate(-1)", show=False),
        Binding("i", "palette", show=False),
        Binding("d,delete,backspace", "remove", show=False),
        Binding("x", "fix", show=False),
        Binding("e", "notation", show=False),
        Binding("u", "undo", show=False),
        Binding("U", "redo", show=False),
    ]
    number = "1"
    sought = ""

    @property
    def workshop(self) -> Workshop:
        return self.bench.workshop

    @property
    def in_palette(self) -> bool:
        return isinstance(self.target, tuple) and self.target[0] == "insert"

    def heading(self) -> tuple[str, str, int]:
        keys = _("←→ size  a activation  i insert  d remove  shift+↑↓ move  e text")
        if not self.capabilities.unicode:
            keys = _("left/right size  a activation  i insert  d remove  J/K move  e text")
        room = self.size.width - columns(_("build")) - 6
        words = keys.split("  ")
        while len(words) > 1 and columns("  ".join(words)) > room:
            words.pop()
        return _("build"), "  ".join(words), Role.MUTED

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        shop = self.workshop
        if self.target is None or (isinstance(self.target, tuple) and self.target[0] == "layer"):
            self.target = ("layer", shop.draft.at)
        data = self.bench.session.data
        return builder.draw(shop.draft, data, self.target, height, width, sight, shop.spoken, self.sought)

    def on_key(self, event: events.Key) -> None:
        """In the palette letters are letters: they find a layer."""
        letter = event.character or ""
        if not self.in_palette or not (letter.isalnum() or letter == "_" or event.key == "backspace"):
            return
        event.stop()
        event.prevent_default()
        wanted = self.sought[:-1] if event.key == "backspace" else self.sought + letter.lower()
        found = kinds(wanted)
        if found:
            self.sought = wanted
            self.stand(("insert", found[0]))
        else:
            self.app.bell()

    def action_go(self, direction: str) -> None:
        if self.in_palette:
            if direction == "left":
                self.stand(("layer", self.workshop.draft.at))
            elif direction in ("up", "down"):
                super().action_go(direction)
        elif direction in ("up", "down"):
            step = -1 if direction == "up" else 1
            draft = self.workshop.draft.move_to(self.workshop.draft.at + step)
            self.target = ("layer", draft.at)
            self.workshop.take(draft)

    def stand(self, target: Hashable) -> None:
        """Standing on a layer chooses it; the palette has keys of its own."""
        inside = self.in_palette
        if isinstance(target, tuple) and target[0] == "layer":
            self.sought = ""
            self.workshop.draft = self.workshop.draft.move_to(int(target[1]))
        super().stand(target)
        if self.in_palette != inside:
            self.bench.post_message(KeysChanged())

    def action_resize(self, step: int) -> None:
        if self.in_palette:
            self.action_go("left" if step < 0 else "right")
        else:
            self.workshop.take(self.workshop.draft.resize(step))

    def action_activate(self, step: int) -> None:
        self.workshop.take(self.workshop.draft.activate(step))

    def action_shift(self, step: int) -> None:
        self.workshop.take(self.workshop.draft.shift(step))

    def action_remove(self) -> None:
        self.workshop.take(self.workshop.draft.remove())

    def action_palette(self) -> None:
        self.sought = ""
        self.stand(("insert", kinds()[0]))

    def action_fix(self) -> None:
        self.workshop.fix()

    def action_undo(self) -> None:
        self.workshop.undo()

    def action_redo(self) -> None:
        self.workshop.redo()

    def action_notation(self) -> None:
        self.workshop.query_one(Input).focus()


class Workshop(Vertical):
    """The builder: :class:`BuilderView` and the notation field; ``draft`` is what both show."""

    DEFAULT_CSS = """
    Workshop { width: 1fr; height: 1fr; display: none; }
    Workshop.-open { display: block; }
    Workshop Input { height: 1; border: none; padding: 0 1; background: $panel; }
    Workshop Input:focus { border: none; background: $surface; }
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(id="workshop")
        self.bench = bench
        self.draft = Draft(())
        self.spoken = ""
        self._past: list[Draft] = []
        self._future: list[Draft] = []
        self._typing = False

    def compose(self) -> ComposeResult:
        yield BuilderView(self.bench, "builder")
        yield Input(
            placeholder=_("the network as text: dense 8 tanh | dense 1"), id="notation", select_on_focus=False
        )

    @property
    def view(self) -> BuilderView:
        return self.query_one(BuilderView)

    def open(self) -> None:
        """Begin with the network on the bench."""
        self.draft = Draft.of(self.bench.session.bench.network_text, 0)
        self.spoken = ""
        self._past, self._future = [], []
        self._write()
        self.add_class("-open")
        self.view.target = ("layer", self.draft.at)
        self.view.focus()
        self.view.redraw()

    def shut(self) -> None:
        self.remove_class("-open")

    def take(self, draft: Draft) -> None:
        """Another draft, by key or mouse: the notation follows."""
        if draft.layers != self.draft.layers:
            self._past.append(self.draft)
            self._future.clear()
        self._show(draft)

    def _show(self, draft: Draft) -> None:
        self.draft, self.spoken = draft, ""
        self._write()
        self.view.redraw()

    def undo(self) -> None:
        """The draft before its last change."""
        if self._past:
            self._future.append(self.draft)
            self._show(self._past.pop())

    def redo(self) -> None:
        if self._future:
            self._past.append(self.draft)
            self._show(self._future.pop())

    def _write(self) -> None:
        field = self.query_one(Input)
        if field.value != self.draft.text:
            self._typing = True
            field.value = self.draft.text

    @on(Input.Changed, "#notation")
    def _typed(self, event: Input.Changed) -> None:
        """Another notation: the picture follows, or says what cannot be read."""
        event.stop()
        if self._typing:
            self._typing = False
            return
        self._past.append(self.draft)
        self._future.clear()
        self.draft = Draft.of(event.value, self.draft.at)
        self.spoken = ""
        if event.value.strip():
            try:
                parse_layers(event.value)
            except NnlabError as error:
                self.spoken = str(error)
        self.view.redraw()

    @on(Input.Submitted, "#notation")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.use()

    @on(View.Entered)
    def _entered(self, message: View.Entered) -> None:
        message.stop()
        self.press(message.target)

    @on(View.Moved)
    def _moved(self, message: View.Moved) -> None:
        message.stop()
        target = message.target
        if isinstance(target, tuple) and target[0] in ("button", "fix", "use"):
            self.press(target)
            self.view.target = ("layer", self.draft.at)
            self.view.redraw()

    def press(self, target: Hashable) -> None:
        """Enter or a click on something of the picture."""
        kind = target[0] if isinstance(target, tuple) else ""
        if kind == "insert":
            self.take(self.draft.insert(str(target[1])))  # type: ignore[index]
            self.view.stand(("layer", self.draft.at))
        elif kind == "fix":
            self.fix()
        elif kind == "button":
            edits = {
                "-": lambda: self.draft.resize(-1),
                "+": lambda: self.draft.resize(1),
                "up": lambda: self.draft.shift(-1),
                "down": lambda: self.draft.shift(1),
                "x": self.draft.remove,
            }
            self.take(edits[str(target[1])]())  # type: ignore[index]
        else:
            self.use()

    def _shape(self) -> tuple[int, ...]:
        data = self.bench.session.data
        return data.input_shape if data is not None else (64,)

    def fix(self) -> None:
        fixed = self.draft.fix(self._shape(), self.bench.session.data)
        if fixed is not None:
            self.take(fixed)

    def use(self) -> None:
        """Put the draft on the bench, if it is a network."""
        if self.draft.trouble(self._shape(), self.bench.session.data):
            self.bench.app.bell()
            return
        if self.draft.text != self.bench.session.bench.network_text:
            self.bench.act(f"net {self.draft.text}")
        self.bench.action_build()
