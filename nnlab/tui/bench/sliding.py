"""A window that slides by itself: in a layer's view the cursor goes on from number to number."""

from __future__ import annotations

from nnlab.i18n import _
from nnlab.tui.bench.deeds import Deeds
from nnlab.tui.bench.stage import StageView
from nnlab.tui.messages import Say

STAY = 0.3
"""Seconds at each number."""


class Sliding(Deeds):
    """The bench with a window that can be let go."""

    stage: StageView
    sliding = False

    def action_slide(self) -> None:
        """Let the window go, or stop it; where nothing is to move by itself it goes on by one number."""
        if self.sliding:
            self.sliding = False
        elif not self.stage.onward(again=True):
            self.post_message(Say(_("open a layer that has a window, with x; then it slides")))
        elif not self.still:
            self.sliding = True
            self.set_timer(STAY, self._slide)

    def _slide(self) -> None:
        if self.is_mounted and self.sliding:
            self.sliding = self.stage.onward()
            self.set_timer(STAY, self._slide)
