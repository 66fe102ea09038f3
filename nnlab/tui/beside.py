"""A prediction and the truth side by side: it is kept and never marked down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Static

from nnlab.i18n import _
from nnlab.tui.ink import GOOD, MUTED

if TYPE_CHECKING:
    from nnlab.lesson.state import Verdict

Pair = tuple[tuple[str, str], tuple[str, str]]


class Beside(Grid):
    """Two rows: what the learner said, and what it is."""

    DEFAULT_CSS = """
    Beside {
        grid-size: 2 2; grid-columns: auto 1fr; grid-rows: auto; grid-gutter: 0 2; height: auto;
        Static { width: auto; height: auto; }
        .value { width: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        for _row in range(2):
            yield Static()
            yield Static(classes="value")

    def show(self, pair: Pair) -> None:
        statics = list(self.query(Static))
        for (name, value), style, at in zip(pair, ("$accent", GOOD), (0, 2)):
            statics[at].update(Content.styled(name, MUTED))
            statics[at + 1].update(Content.styled(value, f"bold {style}"))


def pair_of(verdict: Verdict, answer_form: str = "") -> Pair | None:
    """What the learner said and what it is, each with its name; None where there is no prediction.

    A bet stands beside what was measured.
    """
    if verdict.bet:
        return (_("you said"), verdict.bet), (_("came out"), verdict.measured)
    if verdict.predicted and answer_form == "curve":
        return (_("you drew"), verdict.given), (_("measured"), verdict.reveal)
    if verdict.predicted and "\n" not in verdict.reveal + verdict.given:
        return (_("you said"), verdict.given), (_("it is"), verdict.reveal)
    return None
