"""A learner's way through a lesson: one bench, one step at a time, everything written at once.

:class:`LessonRun` has no screen.  A skin shows :meth:`LessonRun.view`, sends what is typed to
:meth:`LessonRun.submit`, and lets the learner act on the same session; what the actions show is
noticed through ``session.subscribe``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.lesson.bench import Bench, afresh, between_steps, perform, prepared, read_probe, training_step
from nnlab.lesson.find import written_in
from nnlab.lesson.prose import HINTS, LessonProse, StepProse
from nnlab.lesson.schedule import first
from nnlab.lesson.seeing import show, sight_of
from nnlab.lesson.state import PASSED, SKIPPED, StepState, StepView, Verdict
from nnlab.lesson.step import Lesson, Step
from nnlab.lesson.tasks import Context, Judgement
from nnlab.lesson.words import Words

if TYPE_CHECKING:
    from nnlab.store import Progress

IDLE_SECONDS = 300.0  # a longer pause is not counted as time spent
ON_BENCH = ("bench", "see")
"""Forms of answers that are given by acting on the bench."""


def new_session() -> Bench:
    from nnlab.session import Session

    session: Bench = Session()
    return session


def prepare_step(
    lesson: Lesson, step: Step, bench: Bench, scratch: Callable[[], Bench]
) -> tuple[Any, dict[str, float]]:
    """(the task's truth, the numbers of the prose), from the bench or a scratch copy that looks ahead."""
    if step.look:
        bench = scratch()
        perform(bench, [*lesson.bench_lines(lesson.index(step.id)), *step.look])
    prepared = step.task.prepare(bench) if step.task else None
    return prepared, {n.name: read_probe(n.probe, bench) for n in step.numbers if not n.after}


class LessonRun:
    """One learner in one lesson.  ``progress`` None keeps nothing.

    ``bench="kept"`` says that ``session`` was resumed where the learner left it; otherwise the bench of
    the step is set up again.
    """

    def __init__(
        self,
        lesson: Lesson,
        session: Bench,
        progress: Progress | None = None,
        *,
        language: str | None = None,
        bench: str = "fresh",
        scratch: Callable[[], Bench] = new_session,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lesson = lesson
        self.session = session
        self.progress = progress
        self._scratch = scratch
        self._clock = clock
        self._states = {step.id: StepState() for step in lesson.steps}
        self._words = Words(lesson, language or current_language(), self._states)
        self._setting_up = False
        self._moved = False  # by showing a misconception: the next step gets its bench afresh
        self.index = 0
        self._touched = clock()
        if progress is not None:
            self._restore(progress)
        unsubscribe = session.subscribe(self._on_action)
        self._unsubscribe = unsubscribe if callable(unsubscribe) else None
        self._enter(self.index, cold=True, keep=bench == "kept")

    def _restore(self, progress: Progress) -> None:
        known = [step.id for step in self.lesson.steps]
        for step_id, data in progress.steps(self.lesson.name).items():
            if step_id in known:
                task = self.lesson.signature(known.index(step_id))
                self._states[step_id] = StepState.from_dict(data, task)
        at = progress.position(self.lesson.name)
        self.index = known.index(at) if at in known else 0

    def close(self) -> None:
        """Stop listening to the session; what was done is already kept."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    # ------------------------------------------------------------------ where we are

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.index]

    @property
    def state(self) -> StepState:
        return self._states[self.step.id]

    @property
    def passed(self) -> bool:
        return self.state.status == PASSED

    @property
    def done(self) -> bool:
        """Every step is passed."""
        return all(state.status == PASSED for state in self._states.values())

    def statuses(self) -> list[tuple[str, str]]:
        """(step id, open | passed | skipped) for a progress bar."""
        return [(step_id, state.status) for step_id, state in self._states.items()]

    def _enter(self, index: int, *, cold: bool, keep: bool = False) -> None:
        self.index = index
        step = self.step
        state = self.state
        if not (keep and state.entered):
            state.entered = False
            self._save()  # killed from here on, the bench of this step is set up again
            self._set_up(step, state, step.setup is not None or cold or self._moved)
            self._moved = False
            state.entered, state.task = True, self.lesson.signature(index)
        if self.session.run is not None:
            from nnlab.session.trial import withhold

            withhold(self.session.run)
        state.bench = _log_name(self.session)
        self._touched = self._clock()
        self._save()

    def _set_up(self, step: Step, state: StepState, fresh: bool) -> None:
        trainer = getattr(self.session, "trainer", None)
        if trainer is not None and trainer.running:
            trainer.pause()
        self._setting_up = True
        try:
            with prepared(self.session), written_in(self.lesson.path):
                self._lay_out(step, state, fresh or getattr(step.task, "forgets", False))
                if getattr(step.task, "forgets", False):
                    state.seen = []
        finally:
            self._setting_up = False

    def _lay_out(self, step: Step, state: StepState, fresh: bool) -> None:
        if fresh:
            perform(self.session, [*afresh(self.session), *self.lesson.bench_lines(self.index)])
        try:
            state.prepared, state.numbers = prepare_step(self.lesson, step, self.session, self._scratch)
        except NnlabError:
            if fresh:
                raise
            # the learner took the shared bench somewhere else: put it back, then read again
            perform(self.session, [*afresh(self.session), *self.lesson.bench_lines(self.index)])
            state.prepared, state.numbers = prepare_step(self.lesson, step, self.session, self._scratch)

    def reset_bench(self) -> None:
        """Set the bench of this step up again; answers and hints stay."""
        self._set_up(self.step, self.state, True)
        self._save()

    # ------------------------------------------------------------------ moving

    def advance(self, skip: bool = False) -> Step | None:
        """The next step, or None behind the last.  ``skip`` leaves an unpassed step open for later."""
        step, state = self.step, self.state
        if step.passes == "seen" and state.status != PASSED:
            self._pass(step, state, right=True)
        if state.status != PASSED:
            if not skip:
                raise NnlabError(
                    _(
                        "'{title}' is not answered yet; answer it, or skip it and come back later",
                        title=self.prose.title,
                    )
                )
            state.status = SKIPPED
        self._spend()
        self._save()
        if self.index + 1 >= len(self.lesson.steps):
            return None
        self._enter(self.index + 1, cold=False)
        return self.step

    def back(self) -> Step:
        """The step before, on its own bench; at the first step nothing happens."""
        if self.index > 0:
            self.go(self.lesson.steps[self.index - 1].id)
        return self.step

    def go(self, step_id: str) -> Step:
        """Any step: nothing is locked."""
        self._spend()
        self._enter(self.lesson.index(step_id), cold=True)
        return self.step

    def begin_anew(self) -> Step:
        """The first step of a lesson that nothing has been done in yet.

        Answers, time, the day it was finished and the questions that come back stay on record.
        """
        self._spend()
        for index in reversed(range(len(self.lesson.steps))):  # the first is where we are in the end
            self.index = index
            self._states[self.step.id] = self.state.anew()
            self._save()
        self._enter(0, cold=True)
        return self.step

    # ------------------------------------------------------------------ answering

    def submit(self, answer: str = "") -> Verdict:
        """Judge an answer (empty for steps that are done on the bench) and keep it."""
        step = self.step
        if step.task is None:
            return Verdict(True, True, "")
        context = self._context()
        judgement, at = self._judge(answer, context)
        return self._keep(answer, judgement, context, at)

    def glance(self) -> Verdict | None:
        """Pass a step that is done on the bench if the bench is there; else None, and nothing is kept.

        May be called while training goes on: the bench is looked at between two steps.
        """
        step = self.step
        if step.task is None or self.passed or step.task.answer_form not in ON_BENCH:
            return None
        context = self._context()
        try:
            judgement, at = self._judge("", context)
        except NnlabError:  # nothing to judge yet, or a broken check: an answer that is given is told so
            return None
        return self._keep("", judgement, context, at) if judgement.done else None

    def _context(self) -> Context:
        state = self.state
        return Context(self.session, state.prepared, set(state.seen), dict(state.memory))

    def _judge(self, answer: str, context: Context) -> tuple[Judgement, int]:
        """What the task says, and the step of training that goes on (0 where none does).

        What is judged by the bench is judged, and its numbers are read, where no step is half taken.
        """
        step, state = self.step, self.state
        assert step.task is not None

        def judge() -> tuple[Judgement, int]:
            assert step.task is not None
            look = getattr(step.task, "look", None)
            if look is not None:
                context.seen |= look(self.session, "")
            judgement = step.task.judge(answer, context)
            if judgement.done or step.passes == "committed":
                for n in step.numbers:
                    if n.after:
                        state.numbers[n.name] = read_probe(n.probe, self.session)
            return judgement, training_step(self.session)

        with written_in(self.lesson.path):
            return between_steps(self.session, judge) if step.task.answer_form in ON_BENCH else judge()

    def _keep(self, answer: str, judgement: Judgement, context: Context, at: int) -> Verdict:
        """Keep an answer with what is said of it, and pass the step where it does."""
        step, state = self.step, self.state
        assert step.task is not None
        state.tries += 1
        state.given = judgement.given or answer.strip()
        state.memory = context.memory
        state.seen = [*state.seen, *sorted(context.seen - set(state.seen))]
        if step.task.answer_form == "code":
            state.draft = answer
        passes = judgement.done or step.passes == "committed"
        verdict = self._words.verdict(step, judgement, context, passes, at)
        self._spend()
        if self.progress is not None:
            self.progress.answer(
                self.lesson.name,
                step.id,
                answer,
                verdict.ok,
                judgement.misconception,
                kind=step.kind,
                hints=state.hints,
            )
        if passes and state.status != PASSED:
            self._pass(step, state, right=judgement.ok)
        state.verdict = asdict(verdict)
        self._save()
        return verdict

    @property
    def last_verdict(self) -> Verdict | None:
        """What was said of the last answer to this step, also after a restart; None before the first."""
        kept = self.state.verdict
        return Verdict(**kept) if kept else None

    def draft(self, text: str) -> None:
        """Keep unfinished typing, so that it is there after a crash."""
        self.state.draft = text
        self._save()

    def see(self) -> Any:
        """What shows the misconception of the last answer, done on the bench (an answer of the session)."""
        line = sight_of(self.step, self.state)
        if not line:
            raise NnlabError(_("there is nothing to see here; “hint” says where to look"))
        self._setting_up = True  # what is shown to somebody is nothing that was found
        try:
            shown, moved = show(self.step, line, self.session, self.passed)
        finally:
            self._setting_up = False
        self._moved = self._moved or moved
        return shown

    def hint(self) -> str:
        """The next of three hints."""
        if self.step.task is None:
            raise NnlabError(_("this step asks nothing, so it has no hints; go on to the next"))
        if self.state.hints >= HINTS:
            raise NnlabError(_("all three hints are shown; the solution is next"))
        self.state.hints += 1
        self._save()
        return self._words.say(self.step, "hint", str(self.state.hints))

    def solution(self) -> str:
        """The answer itself, after the third hint."""
        if self.step.task is None:
            raise NnlabError(_("this step asks nothing; go on to the next"))
        if self.state.hints < HINTS:
            raise NnlabError(
                _("the solution comes after the third hint; {n} hints are left", n=HINTS - self.state.hints)
            )
        return self._words.reveal(self.step, Context(self.session, self.state.prepared))

    def _pass(self, step: Step, state: StepState, *, right: bool) -> None:
        state.status = PASSED
        if self.progress is not None and step.recall is not None and not state.passed_before:
            due, card = first(self._clock(), clean=right and state.tries <= 1 and not state.hints)
            self.progress.schedule(self.lesson.name, step.id, due, card=card)
        if self.progress is not None and self.done:
            self.progress.finish(self.lesson.name)

    def _on_action(self, line: str, result: Any) -> None:
        look = getattr(self.step.task, "look", None)
        if self._setting_up or look is None:
            return
        state = self.state
        try:
            new = look(self.session, line) - set(state.seen)
        except Exception:  # a predicate of the author's breaks: the answer to the step tells which
            return
        if new:
            state.seen = [*state.seen, *sorted(new)]
            self._save()

    def opened(self, address: str) -> None:
        """A number was opened with the cursor: as good as ``explain ADDRESS`` once it has been computed."""
        run = self.session.run
        if run is not None and (not run.pending or run.tape.known(run.address(address))):
            self._on_action(f"explain {address}", None)

    def viewed(self, layer: str) -> None:
        """A layer's view was opened with a key: as good as ``view LAYER``."""
        self._on_action(f"view {layer}", None)

    @property
    def ready(self) -> bool:
        """Everything a watch or explain step lists has been seen: submitting passes it."""
        missing = getattr(self.step.task, "missing", None)
        return missing is not None and not missing(set(self.state.seen))

    # ------------------------------------------------------------------ words

    @property
    def language(self) -> str:
        """The language of what is said; it may be changed on the way."""
        return self._words.language

    @language.setter
    def language(self, language: str) -> None:
        self._words.language = language

    @property
    def lesson_prose(self) -> LessonProse:
        return self._words.prose

    @property
    def prose(self) -> StepProse:
        return self._words.of(self.step)

    def view(self) -> StepView:
        """The step as it stands now, in words and numbers."""
        return self._words.view(self.index)

    # ------------------------------------------------------------------ keeping

    def _spend(self) -> None:
        now = self._clock()
        self.state.seconds += min(max(0.0, now - self._touched), IDLE_SECONDS)
        self._touched = now

    def _save(self) -> None:
        if self.progress is not None:
            self.progress.save_step(self.lesson.name, self.step.id, self.state.as_dict())


def _log_name(session: Bench) -> str:
    """The file that the session is kept in; "" in memory."""
    path = getattr(getattr(session, "log", None), "path", None)
    return path.name if path is not None else ""
