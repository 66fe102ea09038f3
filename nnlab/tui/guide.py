"""The guide: one step of a lesson in words, its question, and where it is answered.

It shows a :class:`~nnlab.lesson.StepView` and knows no lesson run; answers go up as
:class:`~nnlab.tui.answers.Answered`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from nnlab.i18n import N_, _
from nnlab.tui.answers import Choices, CodeField, NumberField, Ordering, ShapeField
from nnlab.tui.beside import Beside, pair_of
from nnlab.tui.chrome import is_ascii
from nnlab.tui.curve_field import CurveField
from nnlab.tui.ink import FAINT, GOOD, MUTED
from nnlab.tui.keys import KEYS
from nnlab.tui.prose import Prose

if TYPE_CHECKING:
    from nnlab.lesson.state import StepView, Verdict

KINDS = {
    "read": N_("read"),
    "predict": N_("predict"),
    "build": N_("build"),
    "watch": N_("watch"),
    "train": N_("train"),
    "tune": N_("tune"),
    "explain": N_("explain"),
    "code": N_("code"),
    "debug": N_("debug"),
    "order": N_("put in order"),
    "be": N_("be the network"),
    "quiz": N_("answer"),
}
PARAGRAPH = "\n\n"
ASKED = {
    "number": N_("Type a number, then Enter."),
    "numbers": N_("Type the numbers with commas or blanks between, then Enter."),
    "shape": N_("Type the axes in their order, such as 7x3, then Enter."),
    "curve": N_("Draw with the arrows or the mouse, then Enter."),
    "choice": N_("Choose with the arrows, then Enter."),
    "choices": N_("Mark all that apply with Enter, then c checks."),
    "order": N_("Enter takes a line up and puts it down, d leaves one out, c checks."),
    "bench": N_("Use the bench, or type actions behind a colon; it is checked as you go."),
    "see": N_("Use the bench, or type actions behind a colon, until all that is listed has been seen."),
    "code": N_("Enter goes into the code, Esc out of it, c runs the tests."),
    "tape": N_("Type the next value on the tape, then Enter."),
}


def outcome(verdict: Verdict, answer_form: str, ascii_only: bool = False) -> str:
    """Right, seen, reached or not yet, with its sign."""
    if not verdict.ok:
        return f"{'!' if ascii_only else '…'} {_('Not yet.')}"
    word = _("Seen.") if answer_form == "see" else _("Right.")
    if verdict.at:
        word = _("Reached at step {step}.", step=f"{verdict.at:,}")
    return f"{'*' if ascii_only else '✓'} {word}"


def _probes(probes: tuple[int, int], ascii_only: bool) -> Content:
    """A sign for every probe that is allowed, full where it is made, and the numbers."""
    made, allowed = probes
    full, empty = ("#", "-") if ascii_only else ("◆", "◇")
    style = "$warning" if made > allowed else "$accent"
    return Content.assemble(
        (full * min(made, allowed), style),
        (empty * max(0, allowed - made), MUTED),
        "  ",
        (_("Probes: {made} of {allowed}", made=made, allowed=allowed), MUTED),
    )


class See(Message):
    """What shows the misconception was clicked."""


class Guide(Vertical):
    """Prose, one question, one answer, its verdict and hints."""

    DEFAULT_CSS = """
    Guide {
        & > VerticalScroll { height: 1fr; padding: 0 1 0 2; }
        #title { height: auto; margin-bottom: 1; }
        #question { margin-top: 1; padding-left: 1; border-left: outer $accent; }
        #asked, #cards { margin-top: 1; }
        #answer { height: auto; margin-top: 1; }
        #verdict { margin-top: 1; }
        #verdict.-joined { margin-top: 0; }
        #list { margin-top: 1; height: auto; }
        #verdict, #beside { padding: 0 1; border-left: outer $primary; background: $surface; height: auto; }
        #beside { margin-top: 1; padding: 0 1 1 1; }
        #verdict.-good, #beside.-good { border-left: outer $success; }
        #verdict.-bad, #beside.-bad { border-left: outer $warning; }
        #sight { padding: 0 1; margin-top: 1; height: auto; &:hover { background: $panel; } }
        #hints { margin-top: 1; padding-left: 1; border-left: outer $primary; }
        #last { height: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="guide")
        self.view: StepView | None = None

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False, id="page"):
            yield Static(id="title")
            yield Prose(id="prose")
            yield Prose(id="question")
            yield Static(id="list")
            yield Vertical(id="answer")
            yield Static(id="asked")
            yield Static(id="cards")
            yield Beside(id="beside")
            yield Prose(id="verdict")
            yield Static(id="sight")
            yield Prose(id="hints")
            yield Static(id="last")

    # -- a step ---------------------------------------------------------------------------------

    async def show(self, view: StepView, verdict: Verdict | None, *, fresh: bool) -> None:
        """Show a step; ``fresh`` says that it is another step, so its answer field is made anew."""
        self.view = view
        ascii_only = is_ascii(self)
        self.query_one("#title", Static).update(
            Content.assemble((_(KINDS[view.kind]).upper(), "bold $accent"), "  ", (view.title, "bold"))
        )
        self._part("#prose", view.prose)
        self._part("#question", view.question)
        self._show_list(view, ascii_only)
        if fresh:
            answer = self.query_one("#answer", Vertical)
            await answer.remove_children()
            field = self._field(view)
            if field is not None:
                await answer.mount(field)
            answer.display = field is not None
        elif view.plot is not None and isinstance(self.field, CurveField):
            self.field.show(view.plot)
        asked = self.query_one("#asked", Static)
        asked.update(Content.styled(_(ASKED[view.answer_form]), MUTED) if view.answer_form else "")
        asked.display = bool(view.answer_form) and view.status != "passed"
        self._show_cards(view.cards)
        self.show_verdict(verdict)
        self._show_sight(view)
        self._show_hints(view.hints)
        if fresh:
            self.query_one("#page", VerticalScroll).scroll_home(animate=False)

    def _part(self, selector: str, text: str) -> None:
        part = self.query_one(selector, Prose)
        part.show(text)
        part.display = bool(text)

    def _field(self, view: StepView) -> Widget | None:
        form = view.answer_form
        if form in ("number", "numbers", "shape", "tape"):
            made = ShapeField if form == "shape" else NumberField
            field = made(value=view.given if form != "tape" and view.status == "passed" else "", id="field")
            field.cursor_blink = False
            field.several = form != "number"
            return field
        if form in ("choice", "choices"):
            return Choices(view.options, many=form == "choices", given=view.given)
        if form == "curve" and view.plot is not None:
            return CurveField(view.plot, view.draft)
        if form == "order":
            return Ordering(view.options, view.given)
        if form == "code":
            return CodeField(view.draft)
        return None

    @property
    def field(self) -> Widget | None:
        """The answer field of this step."""
        children = self.query_one("#answer", Vertical).children
        return children[0] if children else None

    def _show_list(self, view: StepView, ascii_only: bool) -> None:
        """The blanks of a tape, or what is still to be seen."""
        lines: list[Content] = []
        nexts = next((n for n, (_address, value) in enumerate(view.blanks) if value == "?"), -1)
        room = max((len(address) for address, _value in view.blanks), default=0)
        for n, (address, value) in enumerate(view.blanks):
            pointer = (">" if ascii_only else "▸") if n == nexts else " "
            style = "bold $accent" if n == nexts else FAINT if value == "?" else GOOD
            lines.append(
                Content.assemble(
                    (f" {pointer} ", "bold $accent"), (f"{address:<{room}}", style), " = ", (value, style)
                )
            )
        if view.probes is not None:
            lines.append(_probes(view.probes, ascii_only))
        box = "[ ]" if ascii_only else "□"
        for what in view.missing:
            lines.append(Content.assemble((f" {box} ", "$accent"), what))
        part = self.query_one("#list", Static)
        part.update(Content("\n").join(lines))
        part.display = bool(lines)

    def _show_cards(self, cards: Sequence[tuple[str, str]]) -> None:
        """What may be read beside the step, by the action that shows it."""
        lines = [
            Content.assemble((f":card {name}", "$accent"), "  ", (title, MUTED)) for name, title in cards
        ]
        part = self.query_one("#cards", Static)
        part.update(Content("\n").join(lines))
        part.display = bool(lines)

    # -- the answer to the answer ---------------------------------------------------------------

    def show_verdict(self, verdict: Verdict | None) -> None:
        part, beside = self.query_one("#verdict", Prose), self.query_one(Beside)
        part.display = beside.display = False
        if verdict is None:
            return
        for box in (part, beside):
            box.set_class(verdict.ok and not verdict.predicted, "-good")
            box.set_class(not (verdict.ok or verdict.predicted), "-bad")
        ascii_only, view_form = is_ascii(self), self.view.answer_form if self.view is not None else ""
        text = verdict.text
        pair = pair_of(verdict, view_form)
        if pair:
            beside.show(pair)
            # the first paragraph says both in a sentence; here they stand under each other
            text = text.partition(PARAGRAPH)[2]
        if not verdict.predicted:
            judged = outcome(verdict, view_form, ascii_only)
            text = f"**{judged}**{'' if judged.endswith('。') else ' '}{text}"
        beside.display = bool(pair)
        part.set_class(bool(pair), "-joined")
        part.display = bool(text)
        part.show(text)

    def _show_sight(self, view: StepView) -> None:
        """What shows the misconception, before any hint."""
        part = self.query_one("#sight", Static)
        part.display = bool(view.sight)
        if view.sight:
            key = KEYS["see"].shown
            part.update(
                Content.assemble(
                    (f"{key} ", "bold $accent"), (f"{_('see it')}  ", "$foreground"), (view.sight, MUTED)
                )
            )

    def on_click(self, event: events.Click) -> None:
        if event.widget is self.query_one("#sight"):
            self.post_message(See())

    def _show_hints(self, hints: Sequence[str]) -> None:
        self._part(
            "#hints", "\n\n".join(f"**{_('Hint {n}', n=n)}** {text}" for n, text in enumerate(hints, 1))
        )

    def show_solution(self, text: str) -> None:
        """The solution behind the hints."""
        hints = self.query_one("#hints", Prose)
        block = f"```\n{text.rstrip()}\n```" if "\n" in text else f"`{text}`"
        hints.show(f"{hints.text}\n\n**{_('Solution')}**\n\n{block}")
        hints.display = True
        self.to_end()

    def complain(self, text: str) -> None:
        """An answer that could not be read."""
        part = self.query_one("#verdict", Prose)
        part.remove_class("-good")
        part.add_class("-bad")
        part.show(text)
        part.display = True
        self.query_one(Beside).display = False
        self.to_end()

    def to_end(self) -> None:
        """Bring the newest words into sight."""
        self.call_after_refresh(self.query_one("#page", VerticalScroll).scroll_end, animate=False)
