"""The lab: the whole bench, free building and training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from nnlab.i18n import _
from nnlab.tui.messages import Acted
from nnlab.tui.screens.base import NnlabScreen

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.tui.bench import Bench


class LabScreen(NnlabScreen):
    """The bench of ``session`` on the whole screen."""

    DEFAULT_CSS = """
    LabScreen Bench { width: 100%; height: 1fr; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def body(self) -> ComposeResult:
        from nnlab.tui.bench import Bench

        yield Bench(self.session)

    @property
    def bench(self) -> Bench:
        from nnlab.tui.bench import Bench

        return self.query_one(Bench)

    def settle(self) -> None:
        super().settle()
        self.bench.focus()

    def keys_here(self) -> tuple[str, ...]:
        return self.bench.keys_here() if self.is_mounted else ()

    def keys_first(self) -> tuple[str, ...]:
        return self.bench.keys_first() if self.is_mounted else ()

    def key_labels(self) -> dict[str, str]:
        return self.bench.key_labels() if self.is_mounted else {}

    @on(Acted)
    def _acted(self, message: Acted) -> None:
        message.stop()
        self.show_keys()

    def help_title(self) -> str:
        return _("The lab")

    def help_text(self) -> str:
        return _(
            "Four places always in the same spot. The **stage** shows the network with its live numbers; the "
            "**inspector** explains the number under the cursor; the **tape** says where in the step and the "
            "run you are; the **gauges** show curves, the decision surface, pictures, and the health of the "
            "layers.\n\n"
            "Space steps, b goes back, [ and ] choose how far. Arrows move the cursor, Enter goes into a "
            "number and Esc climbs out. f shows gradients in the places of values. m builds the network, r "
            "trains it, k turns the knobs. + and - nudge the weight under the cursor: predicted and true "
            "change of the loss."
        )
