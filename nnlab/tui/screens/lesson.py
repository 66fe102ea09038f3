"""A lesson: the guide beside the bench; at 80 columns one of the two at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static, TextArea

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.tui.answers import Answered, Choices, CodeField, NumberField, Ordering
from nnlab.tui.chrome import app_of, is_ascii
from nnlab.tui.curve_field import CurveField
from nnlab.tui.guide import Guide, See
from nnlab.tui.hands import WINDOWED
from nnlab.tui.keys import KEYS, bindings
from nnlab.tui.lookout import Lookout
from nnlab.tui.messages import Acted, Opened, Viewed
from nnlab.tui.screens.base import NnlabScreen
from nnlab.tui.shelf import put_away
from nnlab.tui.signposts import lesson_line, reminder, told

if TYPE_CHECKING:
    from nnlab.lesson.run import LessonRun
    from nnlab.lesson.state import StepView, Verdict
    from nnlab.session.session import Session
    from nnlab.tui.app import NnlabApp
    from nnlab.tui.bench import Bench

WIDE, VERY_WIDE = 112, 170
DRAFT_SECONDS = 0.5
HINTS = 3
ON_BENCH = ("bench", "see")
"""Forms of answers that are given by acting on the bench."""
MOVES = ("go", "anew", "next", "previous", "answer", "hint", "solution")
"""Actions that go through the lesson, as keys do."""
OWN = ("check", "see", "hint", "next", "previous", "anew", "again", "out", "guide", "next_place", "enter")
BENCH = tuple(
    key.id
    for key in KEYS.values()
    if key.group in ("tape", "cursor", "build", "places") and key.id not in (*OWN, "move", "remove")
)
"""Keys that go to the bench when the guide has the focus."""


class BenchActed(Message):
    """Something was done on the bench of the lesson; ``only_seen``: it was only looked at."""

    def __init__(self, only_seen: bool = False) -> None:
        self.only_seen = only_seen
        super().__init__()


def begin_lesson(app: NnlabApp, name: str) -> tuple[LessonRun, str]:
    """The lesson where the learner left it, and a sentence where its bench is not; runs in the hands."""
    from nnlab.lesson import load_lesson
    from nnlab.lesson.actions import install_steps
    from nnlab.lesson.resume import open_lesson

    assert app.progress is not None, "lessons are opened when the store has been"
    lesson = load_lesson(name, app.lesson_dirs)
    run, notice = open_lesson(lesson, app.progress, device=app.settings.device)
    app.prepare(run.session)  # type: ignore[arg-type]
    install_steps(run.session, run, app.lesson_dirs, app.progress)  # type: ignore[arg-type]
    return run, notice


class LessonScreen(NnlabScreen):
    """One learner in one lesson."""

    CSS_PATH = "lesson.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(*OWN),
        *(replace(key, action=f"bench('{key.action}')") for key in bindings(*BENCH)),
    ]

    def __init__(self, run: LessonRun) -> None:
        super().__init__()
        self.run = run
        self.session: Session = run.session  # type: ignore[assignment]
        self._verdicts: dict[str, Verdict] = {}
        self._asked_twice = ""  # "next", "hint" or "anew": pressed once where it needs a second press
        self._outdated = False  # the bench has changed since it was judged
        self._draft_timer: Any = None
        self._draft = ("", "")  # (step, typing) that is not on the disk yet
        self._shown = ""
        self._lookout = Lookout(self, run, self._looked)
        self._unsubscribe: Any = None
        self._finished = False

    def body(self) -> ComposeResult:
        from nnlab.tui.bench import Bench

        yield Static(id="bar")
        with Horizontal(id="desk"):
            yield Guide()
            yield Bench(self.session, compact=True)
        yield Static(id="reminder")

    def on_mount(self) -> None:
        self._unsubscribe = self.session.subscribe(self._on_action)

    def settle(self) -> None:
        super().settle()
        self._shown = ""
        self.run.language = current_language()
        self._show(self.run.view(), self.run.last_verdict)

    def _on_action(self, line: str, result: object) -> None:
        from nnlab.session.action import ACTIONS, find

        action = find(line.partition(" ")[0], ACTIONS)
        looked = action is not None and action.category == "looking"
        self.post_message(BenchActed(only_seen=looked))  # from any thread

    def on_unmount(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._write_draft()
        self.run.close()
        put_away(self.session)

    @property
    def bench(self) -> Bench:
        from nnlab.tui.bench import Bench

        return self.query_one(Bench)

    @property
    def guide(self) -> Guide:
        return self.query_one(Guide)

    # -- sizes ----------------------------------------------------------------------------------

    def fit(self, width: int, height: int) -> None:
        super().fit(width, height)
        self.set_class(width < WIDE, "-narrow")
        self.set_class(width >= VERY_WIDE, "-very-wide")
        self._show_bar()
        self.show_keys()

    @property
    def narrow(self) -> bool:
        return self.has_class("-narrow")

    def _look_at(self, bench: bool) -> None:
        """At 80 columns: the bench in place of the guide, or the guide."""
        self.set_class(bench, "-bench")
        self.show_keys()

    # -- showing --------------------------------------------------------------------------------

    def _show(self, view: StepView, verdict: Verdict | None) -> None:
        self._put(view, verdict)

    @work(group="show", exclusive=True)
    async def _put(self, view: StepView, verdict: Verdict | None) -> None:
        fresh = view.id != self._shown
        self.set_class(view.answer_form == "code", "-code")
        self._shown = view.id
        if verdict is not None:
            self._verdicts[view.id] = verdict
            self._outdated = False
        await self.guide.show(view, self._verdicts.get(view.id), fresh=fresh)
        self._show_bar()
        if fresh:
            self._asked_twice = ""
            self.bench.begin_anew(view.gauge)
            self._look_at(bench=False)
            field = self.guide.field
            if field is not None and not isinstance(field, CodeField):
                field.focus(scroll_visible=False)
            else:
                self.set_focus(None)
        elif verdict is not None:
            self.guide.to_end()
        self.show_keys()

    def _show_bar(self) -> None:
        view = self.guide.view
        if view is None:
            return
        run, ascii_only = self.run, is_ascii(self)
        width, title = self.size.width, run.lesson_prose.title
        line = lesson_line(run.lesson.id, title, run.statuses(), view.index, width - 4, ascii_only)
        self.query_one("#bar", Static).update(line)
        self.query_one("#reminder", Static).update(
            reminder(view, self._verdicts.get(view.id), width - 8, ascii_only)
        )

    # -- keys -----------------------------------------------------------------------------------

    def keys_here(self) -> tuple[str, ...]:
        view = self.guide.view if self.is_mounted else None
        ids = ["next", "previous"]
        if self._typed:
            ids.append("command")
        if view is not None and view.answer_form and view.status != "passed":
            ids.append("hint")
            if view.answer_form not in ("number", "numbers", "shape", "tape", "choice"):
                ids.append("check")
        if view is not None and view.sight:
            ids.append("see")
        if view is not None and self.guide.field is not None:
            ids += ["move", "enter"]
        if not self._in_guide:
            ids.append("guide")
        return (*ids, "again", "anew", "next_place", "out", *self._bench_keys())

    def _bench_keys(self) -> tuple[str, ...]:
        """Keys of the table that the bench implements."""
        if not self.is_mounted:
            return ()
        return tuple(id for id in self.bench.keys_here() if id in BENCH)

    @property
    def _typed(self) -> bool:
        """Whether the step is answered on the bench, where its words may name actions to be typed."""
        view = self.guide.view if self.is_mounted else None
        return view is not None and view.answer_form in ON_BENCH and view.status != "passed"

    def keys_first(self) -> tuple[str, ...]:
        if self.is_mounted and not self._in_guide and (wanted := self.bench.keys_first()):
            return wanted
        view = self.guide.view if self.is_mounted else None
        typed = ("command",) if self._typed else ()
        if view is not None and view.sight and self._in_guide:
            return ("see", *typed, "next" if view.status == "passed" else "hint")
        other = ("next_place" if self._in_guide else "guide",) if self.narrow else ()  # the half out of sight
        if view is None or view.status == "passed" or not view.answer_form:
            return ("next", *other)
        return (*typed, "hint", "check", *other) if other else typed

    def key_labels(self) -> dict[str, str]:
        view = self.guide.view if self.is_mounted else None
        labels = {"enter": _("answer"), "next_place": _("bench") if self._in_guide else _("next place")}
        labels["command"] = _("type")
        if view is not None and view.answer_form == "code":
            labels["check"] = _("run tests")
            labels["enter"] = _("edit")
        if self.is_mounted:
            theirs = self.bench.key_labels()
            labels |= {"run": theirs["run"]} if self._in_guide else theirs
        return labels

    def help_title(self) -> str:
        return _("Lesson")

    def help_text(self) -> str:
        return _(
            "The **guide** asks one thing at a time; the **bench** beside it is a real network that you "
            "can step, "
            "open and change. Space steps the bench, Tab goes from the guide to the bench and back.\n\n"
            "What the text shows `like this` is typed behind a colon: `:` opens the line for it.\n\n"
            "A prediction is never marked down: it is kept beside the truth. `h` shows up to three "
            "hints, then the "
            "solution. `n` goes on, also past a question you want to leave for later."
        )

    @property
    def _in_guide(self) -> bool:
        focused = self.focused
        if self.narrow:
            return not self.has_class("-bench")
        return focused is None or self.guide in focused.ancestors_with_self

    async def action_bench(self, id: str) -> None:
        """A key of the bench, pressed while the guide has the focus."""
        if id in self._bench_keys():
            if self.narrow and self._in_guide:
                self.action_next_place()  # the bench comes in place of the guide, with its arrows and Enter
            with contextlib.suppress(SkipAction):
                await self.bench.run_action(id)

    def action_guide(self) -> None:
        self._look_at(bench=False)
        field = self.guide.field
        if field is not None:
            field.focus()
        else:
            self.set_focus(None)

    def action_next_place(self) -> None:
        if self._in_guide:
            self._look_at(bench=True)
            self.call_after_refresh(self.bench.focus)
        else:
            self.action_guide()

    def action_enter(self) -> None:
        field = self.guide.field
        if field is not None:
            field.focus()

    def action_out(self) -> None:
        if self.narrow and self.has_class("-bench"):
            self.action_guide()
        else:
            self.set_focus(None)
            self.show_keys()

    # -- answering ------------------------------------------------------------------------------

    def action_check(self) -> None:
        field = self.guide.field
        if isinstance(field, Choices | Ordering | CodeField):
            field.commit()
        elif isinstance(field, CurveField):
            field.action_answer()
        elif self.guide.view is not None and self.guide.view.answer_form in ON_BENCH:
            self._submit("")
        else:
            self.action_enter()

    @on(Answered)
    def _answered(self, message: Answered) -> None:
        message.stop()
        self._submit(message.text)

    def _submit(self, text: str) -> None:
        run = self.run
        if isinstance(self.guide.field, CodeField):
            self.say(_("running the tests"), "busy")

        def judge() -> tuple[StepView, Verdict]:
            verdict = run.submit(text)
            return run.view(), verdict

        def show(found: tuple[StepView, Verdict]) -> None:
            view, verdict = found
            field = self.guide.field
            if view.answer_form == "tape" and verdict.ok and isinstance(field, NumberField):
                field.clear_answered()
            self._tell(view, verdict)
            self._show(view, verdict)

        app_of(self).do(judge, show, lambda error: self.guide.complain(str(error)))

    def _tell(self, view: StepView, verdict: Verdict) -> None:
        if verdict.passed:
            self.say(told(verdict, last=view.index + 1 >= view.count), "good")
        elif verdict.ok:
            self.say(verdict.detail, "good")
        else:
            self.say(_("not yet; h shows a hint"))

    @on(Opened)
    def _opened(self, message: Opened) -> None:
        message.stop()
        address = str(message.address)
        self._note(lambda: self.run.opened(address))

    @on(Viewed)
    def _viewed(self, message: Viewed) -> None:
        message.stop()
        self._note(lambda: self.run.viewed(message.layer))

    def _note(self, seen: Callable[[], None]) -> None:
        """Have the lesson know what a key has brought to the screen, and look whether the step is done."""

        def look(_none: None) -> None:
            self.post_message(BenchActed())

        app_of(self).do(seen, look)

    @on(BenchActed)
    def _bench_acted(self, message: BenchActed) -> None:
        self._outdated = self._outdated or not message.only_seen
        self._lookout.look()

    @on(Acted)
    def _acted(self, message: Acted) -> None:
        """An action was typed: it has gone on in the lesson, or at 80 columns the bench comes forward."""
        message.stop()
        word = message.result.action.partition(" ")[0]
        if word in MOVES:
            solution = "\n".join(message.result.lines) if word == "solution" else ""
            if word == "anew":
                self._verdicts.clear()
                self._shown = ""
            app_of(self).do(self.run.view, lambda view: self._walked(view, solution))
        elif self.narrow and self._in_guide and word not in WINDOWED:
            self.action_next_place()

    def _walked(self, view: StepView, solution: str) -> None:
        """What was typed in place of a key of the lesson has been done."""
        if view.id != self._shown:
            self._arrived(view)
            return
        self._show(view, self.run.last_verdict)
        if solution:
            self.call_after_refresh(self.guide.show_solution, solution)

    def _looked(self, view: StepView, verdict: Verdict | None) -> None:
        """The bench has been looked at: cross off what has been seen, or say that the step is passed."""
        if view.id != self._shown:
            return
        if verdict is not None:
            self._tell(view, verdict)
            self._show(view, verdict)
        elif view != self.guide.view or view.id in self._verdicts:
            if view.answer_form in ON_BENCH and self._outdated:
                self._verdicts.pop(view.id, None)  # what was missing then
            self._show(view, None)

    @on(TextArea.Changed)
    def _code_changed(self, message: TextArea.Changed) -> None:
        self._keep_draft(message.text_area.text)

    @on(CurveField.Drawn)
    def _curve_changed(self, message: CurveField.Drawn) -> None:
        self._keep_draft(message.draft)

    def _keep_draft(self, text: str) -> None:
        """Keep what is unfinished half a second after the last key."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
        self._draft = (self._shown, text)
        self._draft_timer = self.set_timer(DRAFT_SECONDS, lambda: app_of(self).do(self._write_draft))

    def _write_draft(self) -> None:
        """Put the newest unfinished typing on the disk; nothing happens where it is there already."""
        step, text = self._draft
        self._draft = ("", "")
        if step and self.run.step.id == step:
            self.run.draft(text)

    # -- seeing what was wrong ------------------------------------------------------------------

    def action_see(self) -> None:
        """Show the misconception of the last answer on the bench."""
        line = self.guide.view.sight if self.guide.view is not None else ""
        if line:
            app_of(self).act(line, how=self.run.see)

    @on(See)
    def _see_clicked(self, message: See) -> None:
        message.stop()
        self.action_see()

    # -- hints and moving -----------------------------------------------------------------------

    def action_hint(self) -> None:
        view = self.guide.view
        if view is None:
            return
        run = self.run
        if len(view.hints) < HINTS:
            app_of(self).do(lambda: (run.hint(), run.view())[1], self._show_hint)
        elif self._asked_twice != "hint":
            self._asked_twice = "hint"
            self.say(_("all three hints are shown; press h once more for the solution"))
        else:
            self._asked_twice = ""
            app_of(self).do(run.solution, self.guide.show_solution)

    def _show_hint(self, view: StepView) -> None:
        self._show(view, None)
        self.call_after_refresh(self.guide.to_end)

    def action_next(self) -> None:
        run = self.run
        skip = self._asked_twice == "next"
        self._asked_twice = ""
        if self._finished:
            app_of(self).go_home()
            return

        def on_refused(error: NnlabError) -> None:
            self._asked_twice = "next"
            self.say(_("not answered yet; n once more leaves it for later"))

        def go() -> StepView | None:
            self._write_draft()
            return run.view() if run.advance(skip) is not None else None

        app_of(self).do(go, self._arrived, on_refused)

    def _arrived(self, view: StepView | None) -> None:
        if view is None:
            self._finish()
            return
        self.say("")
        self._show(view, None)

    def _finish(self) -> None:
        statuses = [status for _id, status in self.run.statuses()]
        passed, count = statuses.count("passed"), len(statuses)
        self._finished = True
        if passed == count:
            self.say(_("the lesson is done, all {count} steps; n goes home", count=count), "good")
        else:
            self.say(
                _(
                    "{passed} of {count} steps are done; the others wait. n goes home",
                    passed=passed,
                    count=count,
                )
            )
        self._show_bar()

    def action_previous(self) -> None:
        run = self.run
        self._finished = False
        self._asked_twice = ""

        def go() -> StepView:
            self._write_draft()
            run.back()
            return run.view()

        app_of(self).do(go, self._arrived)

    def action_anew(self) -> None:
        """The lesson from its first step, at the second press."""
        run = self.run
        if self._asked_twice != "anew":
            self._asked_twice = "anew"
            self.say(_("N once more begins this lesson anew; what you did stays on record"))
            return
        self._asked_twice = ""
        self._finished = False
        self._draft = ("", "")

        def begin() -> StepView:
            run.begin_anew()
            return run.view()

        def begun(view: StepView) -> None:
            self._verdicts.clear()
            self._shown = ""
            self._arrived(view)

        app_of(self).do(begin, begun)

    def action_again(self) -> None:
        run = self.run

        def done(view: StepView) -> None:
            self.say(_("the bench is as it was at the start of this step"))
            self._show(view, None)

        def reset() -> StepView:
            run.reset_bench()
            return run.view()

        app_of(self).do(reset, done)
