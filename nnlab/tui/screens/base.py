"""What all screens share: the foot (message line, key bar), the command line, and the common keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from nnlab.i18n import _
from nnlab.tui.capabilities import GlyphSet
from nnlab.tui.chrome import KeyBar, MessageLine, TooSmall, app_of
from nnlab.tui.keys import KEYS, Hint, bindings, hints
from nnlab.tui.messages import KeysChanged, Say, TypeAction

COMMON = ("command", "palette", "theme", "settings", "help", "leave", "quit")


class NnlabScreen(Screen[None]):
    """A screen with a foot.  Subclasses give a body, the keys that work, and the words of ``?``."""

    DEFAULT_CSS = """
    NnlabScreen { layers: base over cover; background: $background; overflow: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*COMMON),
        Binding("ctrl+c", "interrupt", show=False),
    ]
    AUTO_FOCUS = ""

    # -- for subclasses -------------------------------------------------------------------------

    def body(self) -> ComposeResult:
        """The widgets above the foot."""
        yield from ()

    def keys_here(self) -> tuple[str, ...]:
        """Ids of the keys that do something here now, besides the common ones."""
        return ()

    def keys_first(self) -> tuple[str, ...]:
        """Ids of the keys that the learner most likely wants now."""
        return ()

    def key_labels(self) -> dict[str, str]:
        """The word that fits now, for keys whose label changes."""
        return {}

    def help_title(self) -> str:
        return "nnlab"

    def help_text(self) -> str:
        """What this screen is for, in a few sentences; paragraphs are separated by blank lines."""
        return ""

    # -- the foot -------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield from self.body()
        yield MessageLine()
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        self.settle()

    def settle(self) -> None:
        """Fill the widgets that were just composed; also after :meth:`speak`."""
        self.show_keys()

    def fit(self, width: int, height: int) -> None:
        """Take this size."""
        self.query_one(TooSmall).judge(width, height)

    async def speak(self) -> None:
        """Everything again, in the language and signs now chosen."""
        await self.recompose()
        self.settle()
        self.fit(*self.size)

    def on_screen_resume(self) -> None:
        self.show_keys()

    def on_resize(self, event: events.Resize) -> None:
        self.fit(*event.size)

    def say(self, text: str, kind: str = "info") -> None:
        """Show a sentence in the message line; an empty one clears it."""
        for line in self.query(MessageLine):
            line.say(text, kind)

    @on(Say)
    def _say(self, message: Say) -> None:
        message.stop()
        self.say(message.text, message.kind)

    @property
    def typing(self) -> bool:
        """Whether a text field has the focus: letters are letters then."""
        focused = self.focused
        return focused is not None and _is_text(focused) and not getattr(focused, "letters_pass", False)

    def show_keys(self) -> None:
        """Read again which keys work, for the key bar."""
        for bar in self.query(KeyBar):
            bar.show(*self._hints())

    def _hints(self) -> tuple[list[Hint], list[Hint]]:
        ascii_only = app_of(self).capabilities.glyphs is GlyphSet.ASCII
        if self.typing:
            labels = {"enter": _("done"), "out": _("leave the field")}
            ids = ("out",) if _in_lines(self.focused) else ("enter", "out")
            return hints(ids, labels, ascii_only=ascii_only), []
        labels = self.key_labels()
        first = self.keys_first()
        wanted = dict.fromkeys(id for id in self.keys_here() if id in first or KEYS[id].rank)
        ranked = sorted(wanted, key=lambda id: first.index(id) if id in first else len(first) + KEYS[id].rank)
        left = hints(dict.fromkeys([*ranked, "command", "palette"]), labels, ascii_only=ascii_only)
        return left, hints(("help", "leave"), labels, ascii_only=ascii_only)

    @on(KeysChanged)
    def _keys_changed(self, message: KeysChanged) -> None:
        message.stop()
        self.show_keys()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.show_keys()
        app_of(self).focus_moved()

    # -- the common keys ------------------------------------------------------------------------

    @on(TypeAction)
    async def _type_action(self, message: TypeAction) -> None:
        """Waited for like :meth:`action_command`."""
        message.stop()
        await self._command_line(message.text)

    async def action_command(self) -> None:
        """Waited for, so that keys typed at once behind the colon are in the line and not on the bench."""
        await self._command_line("")

    async def _command_line(self, text: str) -> None:
        """Open the action line; it is made when it is first wanted."""
        from nnlab.tui.command_line import CommandLine

        lines = self.query(CommandLine)
        if not lines:
            await self.mount(CommandLine())
        self.query_one(CommandLine).open(text)

    def action_palette(self) -> None:
        app_of(self).action_command_palette()

    def action_theme(self) -> None:
        app_of(self).next_theme()

    def action_settings(self) -> None:
        app_of(self).open_settings()

    def action_help(self) -> None:
        app_of(self).open_help(self)

    def action_leave(self) -> None:
        app_of(self).go_back()

    def action_quit(self) -> None:
        app_of(self).leave()

    def action_interrupt(self) -> None:
        """Ctrl-C: copy what the mouse has selected; with nothing selected, leave."""
        selected = self.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
            self.clear_selection()
            self.say(_("copied"), "good")
        else:
            self.action_quit()

    def all_keys(self) -> Iterable[str]:
        return (*self.keys_here(), *COMMON)


def _is_text(widget: Widget, kinds: tuple[str, ...] = ("Input", "TextArea")) -> bool:
    """By name: importing the fields would take a tenth of the time to the first paint."""
    return any(kind.__name__ in kinds for kind in type(widget).__mro__)


def _in_lines(widget: Widget | None) -> bool:
    """Whether Enter begins a new line in ``widget``."""
    return widget is not None and _is_text(widget, ("TextArea",))
