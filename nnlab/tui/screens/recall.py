"""Questions that come back after days, one after the other, with fresh numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from nnlab.i18n import _
from nnlab.tui.answers import Answered, Choices, Ordering
from nnlab.tui.chrome import app_of, is_ascii
from nnlab.tui.guide import Guide
from nnlab.tui.ink import justified
from nnlab.tui.keys import bindings
from nnlab.tui.prose import inline
from nnlab.tui.screens.base import NnlabScreen
from nnlab.tui.signposts import dots

if TYPE_CHECKING:
    from nnlab.lesson.recall import RecallRun
    from nnlab.lesson.state import StepView, Verdict
    from nnlab.tui.app import NnlabApp


def due_runs(app: NnlabApp) -> list[RecallRun]:
    """Every question that is due, on a bench of its own; runs in the hands."""
    from nnlab.lesson.find import load_lesson
    from nnlab.lesson.recall import RecallRun, due_recalls

    progress = app.progress
    if progress is None:
        return []
    return [
        RecallRun(load_lesson(name, app.lesson_dirs), step, len(progress.answers(name, step)), progress)
        for name, step in due_recalls(progress)
    ]


def known_run(app: NnlabApp, name: str) -> RecallRun:
    """A question of a lesson that somebody knows already; runs in the hands."""
    from nnlab.errors import NnlabError
    from nnlab.lesson.find import load_lesson
    from nnlab.lesson.known import KnowRun

    if app.progress is None:
        raise NnlabError(_("one moment: the course is being read"))
    return KnowRun.drawn(load_lesson(name, app.lesson_dirs), app.progress)


class RecallScreen(NnlabScreen):
    """One question at a time; the truth is shown either way, and when it comes again."""

    DEFAULT_CSS = """
    RecallScreen { align-horizontal: center; }
    RecallScreen #bar { height: 2; padding: 0 2; }
    RecallScreen Guide { width: 100%; max-width: 84; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("check", "next", "enter", "out")]

    def __init__(self, runs: list[RecallRun], *, known: bool = False) -> None:
        """``known``: one question asked beforehand, which waives its lesson."""
        super().__init__()
        self._title = _("I know this") if known else _("Questions that come back")
        self.runs = runs
        self.index = 0
        self._verdicts: dict[int, Verdict] = {}

    def body(self) -> ComposeResult:
        yield Static(id="bar")
        yield Guide()

    def settle(self) -> None:
        super().settle()
        self._show(fresh=True)

    @property
    def guide(self) -> Guide:
        return self.query_one(Guide)

    def _view(self) -> StepView:
        from nnlab.lesson.state import StepView

        run, verdict = self.runs[self.index], self._verdicts.get(self.index)
        return StepView(
            lesson=run.lesson.name,
            index=self.index,
            count=len(self.runs),
            kind="quiz",
            id=run.step.id,
            title=_("from lesson {id}", id=run.lesson.id.upper()),
            prose="",
            question=run.question,
            answer_form=run.recall.ask.answer_form,
            options=run.options,
            status="passed" if verdict is not None else "open",
            given=verdict.given if verdict is not None else "",
            draft="",
            hints=(),
        )

    def _show(self, *, fresh: bool) -> None:
        self.run_worker(self._put(fresh), group="show", exclusive=True)

    async def _put(self, fresh: bool) -> None:
        await self.guide.show(self._view(), self._verdicts.get(self.index), fresh=fresh)
        statuses = [(str(n), "passed" if n in self._verdicts else "open") for n in range(len(self.runs))]
        title = inline(f"**{self._title}**")
        ascii_only = is_ascii(self)
        line = justified(title, dots(statuses, self.index, ascii_only, " "), self.size.width - 4, ascii_only)
        self.query_one("#bar", Static).update(line)
        if fresh and self.guide.field is not None:
            self.guide.field.focus(scroll_visible=False)
        self.show_keys()

    def keys_here(self) -> tuple[str, ...]:
        return ("move", "enter", "check", "next", "out")

    def keys_first(self) -> tuple[str, ...]:
        return ("next",) if self.index in self._verdicts else ()

    def key_labels(self) -> dict[str, str]:
        return {"enter": _("answer")}

    def help_title(self) -> str:
        return _("Questions that come back")

    def help_text(self) -> str:
        return _(
            "What was learned days ago is asked again, with other numbers. A right answer brings the "
            "question back later, a wrong one tomorrow; nothing is marked down."
        )

    def action_check(self) -> None:
        field = self.guide.field
        if isinstance(field, Choices | Ordering):
            field.commit()
        else:
            self.action_enter()

    def action_enter(self) -> None:
        if self.guide.field is not None:
            self.guide.field.focus()

    def action_out(self) -> None:
        self.action_leave()

    def action_next(self) -> None:
        if self.index + 1 >= len(self.runs):
            app_of(self).go_home()
            return
        self.index += 1
        self.say("")
        self._show(fresh=True)

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        message.stop()
        run, index = self.runs[self.index], self.index

        def show(verdict: Verdict) -> None:
            self._verdicts[index] = verdict
            last = index + 1 >= len(self.runs)
            self.say(_("kept; n goes home") if last else _("kept; n goes on"), "good")
            self._show(fresh=False)
            self.guide.to_end()

        if index not in self._verdicts:
            app_of(self).do(
                lambda: run.submit(message.text), show, lambda error: self.guide.complain(str(error))
            )
