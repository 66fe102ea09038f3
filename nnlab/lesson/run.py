"""A learner's way through a lesson: one bench, one step at a time, everything written at once.

:class:`LessonRun` has no screen.  A skin shows :meth:`LessonRun.view`, sends what is typed to
:meth:`LessonRun.submit`, and lets the learner act on the same session; what the actions show is
noticed through ``session.subscribe``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.lesson.bench import Bench, perform, read_probe
from nnlab.lesson.prose import HINTS, LANGUAGES, LessonProse, StepProse, fill, prose_path, read_prose
from nnlab.lesson.step import Lesson, Step
from nnlab.lesson.tasks import Context, Judgement, Task
from nnlab.lesson.tasks_bench import Sight

if TYPE_CHECKING:
    from nnlab.store import Progress

IDLE_SECONDS = 300.0  # a longer pause is not counted as time spent

OPEN, PASSED, SKIPPED = "open", "passed", "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to an answer.

    ``ok``: right (so far); ``passed``: the step is passed, which a prediction is even when it is wrong;
    ``text``: what to read; ``misconception``: its id, or ""; ``detail``: what exactly was found;
    ``reveal``: the truth beside a prediction.
    """

    ok: bool
    passed: bool
    text: str
    misconception: str = ""
    detail: str = ""
    reveal: str = ""
    given: str = ""


@dataclass(slots=True)
class StepState:
    """What is kept of one step (plain data)."""

    status: str = OPEN
    hints: int = 0
    tries: int = 0
    given: str = ""
    draft: str = ""
    seconds: float = 0.0
    entered: bool = False
    bench: str = ""
    prepared: Any = None
    numbers: dict[str, float] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    verdict: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> StepState:
        return cls(**{name: value for name, value in data.items() if name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class StepView:
    """All a skin needs to show a step."""

    lesson: str
    index: int
    count: int
    kind: str
    id: str
    title: str
    prose: str
    question: str
    answer_form: str
    options: Sequence[tuple[str, str]]
    status: str
    given: str
    draft: str
    hints: Sequence[str]
    missing: Sequence[str] = ()
    blanks: Sequence[tuple[str, str]] = ()


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
        self.language = language or current_language()
        self._scratch = scratch
        self._clock = clock
        self._prose: dict[str, LessonProse] = {}
        self._states: dict[str, StepState] = {}
        self._setting_up = False
        self.index = 0
        self._touched = clock()
        if progress is not None:
            self._restore(progress)
        unsubscribe = session.subscribe(self._on_action)
        self._unsubscribe = unsubscribe if callable(unsubscribe) else None
        self._enter(self.index, cold=True, keep=bench == "kept")

    def _restore(self, progress: Progress) -> None:
        for step_id, data in progress.steps(self.lesson.name).items():
            self._states[step_id] = StepState.from_dict(data)
        at = progress.position(self.lesson.name)
        known = [step.id for step in self.lesson.steps]
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
        return self._state(self.step)

    def _state(self, step: Step) -> StepState:
        return self._states.setdefault(step.id, StepState())

    @property
    def passed(self) -> bool:
        return self.state.status == PASSED

    @property
    def done(self) -> bool:
        """Every step is passed."""
        return all(self._state(step).status == PASSED for step in self.lesson.steps)

    def statuses(self) -> list[tuple[str, str]]:
        """(step id, open | passed | skipped) for a progress bar."""
        return [(step.id, self._state(step).status) for step in self.lesson.steps]

    def _enter(self, index: int, *, cold: bool, keep: bool = False) -> None:
        self.index = index
        step = self.step
        state = self._state(step)
        if not (keep and state.entered):
            state.entered = False
            self._save()  # killed from here on, the bench of this step is set up again
            self._set_up(step, state, step.setup is not None or cold)
            state.entered = True
        state.bench = _log_name(self.session)
        self._touched = self._clock()
        self._save()

    def _set_up(self, step: Step, state: StepState, fresh: bool) -> None:
        trainer = getattr(self.session, "trainer", None)
        if trainer is not None and trainer.running:
            trainer.pause()
        self._setting_up = self.session.quiet = True
        try:
            if fresh:
                perform(self.session, self.lesson.bench_lines(self.index))
            try:
                state.prepared, state.numbers = prepare_step(self.lesson, step, self.session, self._scratch)
            except NnlabError:
                if fresh:
                    raise
                # the learner took the shared bench somewhere else: put it back, then read again
                perform(self.session, self.lesson.bench_lines(self.index))
                state.prepared, state.numbers = prepare_step(self.lesson, step, self.session, self._scratch)
        finally:
            self._setting_up = self.session.quiet = False

    def reset_bench(self) -> None:
        """Set the bench of this step up again; answers and hints stay."""
        self._set_up(self.step, self.state, True)
        self._save()

    # ------------------------------------------------------------------ moving

    def advance(self, skip: bool = False) -> Step | None:
        """The next step, or None behind the last.  ``skip`` leaves an unpassed step open for later."""
        step, state = self.step, self.state
        if step.passes == "seen" and state.status != PASSED:
            self._pass(step, state)
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

    # ------------------------------------------------------------------ answering

    def submit(self, answer: str = "") -> Verdict:
        """Judge an answer (empty for steps that are done on the bench) and keep it."""
        step, state = self.step, self.state
        if step.task is None:
            return Verdict(True, True, "")
        context = Context(self.session, state.prepared, set(state.seen), state.memory)
        judgement = step.task.judge(answer, context)
        state.tries += 1
        state.given = judgement.given or answer.strip()
        if step.task.answer_form == "code":
            state.draft = answer
        passes = judgement.done or step.passes == "committed"
        if passes:
            for n in step.numbers:
                if n.after:
                    state.numbers[n.name] = read_probe(n.probe, self.session)
        verdict = self._verdict(step, state, judgement, context, passes)
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
            self._pass(step, state)
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

    def hint(self) -> str:
        """The next of three hints."""
        if self.step.task is None:
            raise NnlabError(_("this step asks nothing, so it has no hints; go on to the next"))
        if self.state.hints >= HINTS:
            raise NnlabError(_("all three hints are shown; the solution is next"))
        self.state.hints += 1
        self._save()
        return self._fill(self.prose.text("hint", str(self.state.hints)))

    def solution(self) -> str:
        """The answer itself, after the third hint."""
        task = self.step.task
        if task is None:
            raise NnlabError(_("this step asks nothing; go on to the next"))
        if self.state.hints < HINTS:
            raise NnlabError(
                _("the solution comes after the third hint; {n} hints are left", n=HINTS - self.state.hints)
            )
        return self._reveal(task, Context(self.session, self.state.prepared))

    def _pass(self, step: Step, state: StepState) -> None:
        state.status = PASSED
        if self.progress is not None and step.recall is not None:
            due = self._clock() + timedelta(days=step.recall.days[0]).total_seconds()
            self.progress.schedule(self.lesson.name, step.id, due)
        if self.progress is not None and self.done:
            self.progress.finish(self.lesson.name)

    def _on_action(self, line: str, result: Any) -> None:
        look = getattr(self.step.task, "look", None)
        if self._setting_up or look is None:
            return
        state = self.state
        new = look(self.session, line) - set(state.seen)
        if new:
            state.seen = [*state.seen, *sorted(new)]
            self._save()

    def opened(self, address: str) -> None:
        """A number was opened with the cursor: as good as ``explain ADDRESS`` once it has been computed."""
        run = self.session.run
        if run is not None and (not run.pending or run.tape.known(run.address(address))):
            self._on_action(f"explain {address}", None)

    @property
    def ready(self) -> bool:
        """Everything a watch or explain step lists has been seen: submitting passes it."""
        missing = getattr(self.step.task, "missing", None)
        return missing is not None and not missing(set(self.state.seen))

    # ------------------------------------------------------------------ words

    @property
    def lesson_prose(self) -> LessonProse:
        """The texts in the chosen language; English where a translation is missing."""
        if self.language not in self._prose:
            wanted = prose_path(self.lesson.path, self.language if self.language in LANGUAGES else "en")
            if not wanted.exists():
                wanted = prose_path(self.lesson.path, "en")
            self._prose[self.language] = read_prose(wanted)
        return self._prose[self.language]

    @property
    def prose(self) -> StepProse:
        return self.lesson_prose.step(self.step.id)

    def view(self) -> StepView:
        """The step as it stands now, in words and numbers."""
        step, state, prose = self.step, self.state, self.prose
        task = step.task
        names: Sequence[str] = getattr(task, "options", ()) or getattr(task, "lines", ())
        missing: Callable[[set[str]], list[Sight]] | None = getattr(task, "missing", None)
        starter = getattr(task, "starter", "")
        return StepView(
            lesson=self.lesson.name,
            index=self.index,
            count=len(self.lesson.steps),
            kind=step.kind,
            id=step.id,
            title=self._fill(prose.title),
            prose=self._fill(prose.text("prose")),
            question=self._fill(prose.text("question")),
            answer_form=task.answer_form if task else "",
            options=[(name, self._fill(prose.text("option", name))) for name in names],
            status=state.status,
            given=state.given,
            draft=state.draft or starter,
            hints=[self._fill(prose.text("hint", str(n + 1))) for n in range(state.hints)],
            missing=[
                self._fill(prose.text("see", s.name)) if s.labelled else s.name
                for s in missing(set(state.seen))
            ]
            if missing
            else (),
            blanks=self._blanks(task, state),
        )

    def _blanks(self, task: Task | None, state: StepState) -> list[tuple[str, str]]:
        addresses: Sequence[str] = getattr(task, "addresses", ())
        filled = int(state.memory.get("at", 0))
        truth: Sequence[float] = state.prepared["truth"] if addresses else ()
        return [
            (address, self._fill("{x}", x=value) if at < filled else "?")
            for at, (address, value) in enumerate(zip(addresses, truth))
        ]

    def _fill(self, text: str, /, **more: object) -> str:
        step, state = self.step, self.state
        digits = {n.name: n.digits for n in step.numbers}
        unknown = {n.name: "?" for n in step.numbers}
        return fill(text, {**unknown, "answer": "?", "given": state.given, **state.numbers, **more}, digits)

    def _reveal(self, task: Task, context: Context) -> str:
        names: Sequence[str] = ()
        if task.answer_form in ("choice", "choices"):
            names = context.prepared["truth"]
        elif task.answer_form == "order":
            names = task.solutions(context)[0].answers[0].split()
        if names:
            return "\n".join(self._fill(self.prose.text("option", name)) for name in names)
        return task.reveal(context)

    def _verdict(
        self, step: Step, state: StepState, judgement: Judgement, context: Context, passes: bool
    ) -> Verdict:
        assert step.task is not None
        reveal = self._reveal(step.task, context) if passes else ""
        given = self._given_text(step.task, judgement.given) or state.given
        values = {**judgement.values, "given": given, "answer": reveal.replace("\n", "; ")}
        parts: list[str] = []
        mistake = self.prose.text("mistake", judgement.misconception) if judgement.misconception else ""
        if step.kind == "predict" and step.task.answer_form in ("choice", "choices", "order"):
            parts.append(
                _("You said: {given}", given=given) + "\n" + _("It is: {truth}", truth=values["answer"])
            )
        elif getattr(step.task, "open", False):
            parts.append(_("You said {given}.", given=given))
        elif step.kind == "predict" and judgement.ok:
            parts.append(_("You said {given}, and it is.", given=given))
        elif step.kind == "predict":
            parts.append(_("You said {given}; it is {truth}.", given=given, truth=values["answer"]))
        if not judgement.ok:
            field_name, _space, name = judgement.say.partition(" ")
            say = self.prose.text(field_name, name) if name else self.prose.text("say", judgement.say)
            if name and say:
                say = _("Still to see: {what}", what=say)
            words = [self._fill(text, **values) for text in (mistake, say) if text]
            parts += words or [_sentence(judgement.detail or _("not yet"))]
        elif not judgement.done:
            parts.append(_sentence(judgement.detail))
        if passes:
            parts.append(self._fill(self.prose.text("after"), **values))
            parts += self._settled(step)
        return Verdict(
            judgement.ok,
            passes,
            "\n\n".join(part for part in parts if part),
            judgement.misconception,
            judgement.detail,
            reveal if step.kind == "predict" else "",
            given,
        )

    def _given_text(self, task: Task, given: str) -> str:
        """An answer that was picked or ordered, in the words of its options."""
        if task.answer_form in ("choice", "choices"):
            names = given.split(", ")
        elif task.answer_form == "order":
            lines: Sequence[str] = getattr(task, "lines", ())
            names = [lines[int(number) - 1] for number in given.split()]
        else:
            return ""
        return "; ".join(self._fill(self.prose.text("option", name)) for name in names)

    def _settled(self, step: Step) -> list[str]:
        """The bet that this step settles, shown beside its outcome."""
        bet = self._states.get(step.settles)
        if bet is None or not bet.given:
            return []
        # a choice is kept by its name; what the learner picked is its text
        text = self.lesson_prose.step(step.settles).text("option", bet.given)
        return [_("Your prediction was: {given}", given=self._fill(text) if text else bet.given)]

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


def _sentence(text: str) -> str:
    """``text`` with a capital, unless it begins with a name such as dense1.z, and a full stop."""
    first = text.split(" ", 1)[0].rstrip(",:")
    begun = text[:1].upper() + text[1:] if first.isalpha() else text
    if not text or text.endswith((".", "。", "?", "？", "!", "！", ":", "：")):
        return begun
    return begun + ("。" if current_language() == "zh" else ".")
