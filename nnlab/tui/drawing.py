"""The app base that draws: themes, output differences, paced frames, capabilities in one class."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from nnlab.tui.canvas import CellCanvas
from nnlab.tui.capabilities import Capabilities, ColorDepth, detect
from nnlab.tui.output import OutputModel
from nnlab.tui.pacing import PacedFrames
from nnlab.tui.themes import DEFAULT_THEME, THEMES


def _ansi(capabilities: Capabilities) -> bool | None:
    """Without colour Textual is in ANSI mode, where it adds none of its own; else as the theme says."""
    return True if capabilities.color is ColorDepth.NONE else None


class DrawingApp(PacedFrames, OutputModel, App[None]):
    """Textual's ``App`` with nnlab's drawing.

    ``capabilities`` decide the colours and glyphs of every canvas and of Textual's own widgets.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "repaint", "repaint", show=False, id="app.repaint"),
    ]

    def __init__(
        self,
        *,
        capabilities: Capabilities | None = None,
        theme: str = DEFAULT_THEME,
        link: str = "auto",
        **kwargs: Any,
    ) -> None:
        self.capabilities = capabilities or detect()
        super().__init__(link=link, ansi_color=_ansi(self.capabilities), **kwargs)
        for ours in THEMES.values():
            self.register_theme(ours)
        self.theme = theme
        self.set_color_depth(self.capabilities.color)

    def set_capabilities(self, capabilities: Capabilities) -> None:
        """Other colours or glyphs while running; every canvas is drawn again."""
        self.capabilities = capabilities
        self.set_color_depth(capabilities.color)
        self.ansi_color = _ansi(capabilities)
        for screen in self.screen_stack:
            for canvas in screen.query(CellCanvas):
                canvas.colors_changed()
        self.refresh_css(animate=False)
        self.forget_screen()

    def action_repaint(self) -> None:
        """Paint the whole screen again, whatever is thought to be on it."""
        self.forget_screen()
