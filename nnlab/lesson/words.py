"""A step and its answers in words: the prose of the lesson with the numbers of the bench filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.lesson.cards import cards_of
from nnlab.lesson.concepts import load_concepts
from nnlab.lesson.prose import LANGUAGES, LessonProse, StepProse, fill, prose_path, read_prose
from nnlab.lesson.seeing import sight_of
from nnlab.lesson.state import PASSED, Plot, StepState, StepView, Verdict
from nnlab.lesson.step import Lesson, Step
from nnlab.lesson.tasks import Context, Judgement, Task
from nnlab.lesson.tasks_bench import Sight
from nnlab.lesson.tasks_sabotage import probes_used


class Words:
    """Speaks of the steps of ``lesson``, whose ``states`` by step id it only reads."""

    def __init__(self, lesson: Lesson, language: str, states: Mapping[str, StepState]) -> None:
        self.lesson = lesson
        self.language = language
        self._states = states
        self._prose: dict[str, LessonProse] = {}

    @property
    def prose(self) -> LessonProse:
        """The texts in the chosen language; English where a translation is missing."""
        if self.language not in self._prose:
            wanted = prose_path(self.lesson.path, self.language if self.language in LANGUAGES else "en")
            if not wanted.exists():
                wanted = prose_path(self.lesson.path, "en")
            self._prose[self.language] = read_prose(wanted)
        return self._prose[self.language]

    def of(self, step: Step) -> StepProse:
        return self.prose.step(step.id)

    def say(self, step: Step, field: str, name: str = "", /, **more: object) -> str:
        """One text of a step, its numbers filled in; ``?`` for those that are not known yet."""
        return self._fill(step, self.of(step).text(field, name), more)

    def _fill(self, step: Step, text: str, more: Mapping[str, object]) -> str:
        state = self._states[step.id]
        digits = {n.name: n.digits for n in step.numbers}
        unknown = {n.name: "?" for n in step.numbers}
        return fill(text, {**unknown, "answer": "?", "given": state.given, **state.numbers, **more}, digits)

    # ------------------------------------------------------------------ the step

    def view(self, index: int) -> StepView:
        """The step as it stands now."""
        step = self.lesson.steps[index]
        state, task = self._states[step.id], step.task
        names: Sequence[str] = getattr(task, "options", ()) or getattr(task, "lines", ())
        return StepView(
            lesson=self.lesson.name,
            index=index,
            count=len(self.lesson.steps),
            kind=step.kind,
            id=step.id,
            title=self._fill(step, self.of(step).title, {}),
            prose=self.say(step, "prose"),
            question=self.say(step, "question"),
            answer_form=task.answer_form if task else "",
            options=[(name, self.say(step, "option", name)) for name in names],
            status=state.status,
            given=state.given,
            draft=state.draft or getattr(task, "starter", ""),
            hints=[self.say(step, "hint", str(n + 1)) for n in range(state.hints)],
            missing=self._missing(step, state),
            blanks=self._blanks(task, state),
            gauge=step.gauge,
            plot=self._plot(step, state),
            probes=probes_used(task, state.seen),
            sight=sight_of(step, state),
            cards=self._cards(step),
        )

    def _plot(self, step: Step, state: StepState) -> Plot | None:
        if step.task is None or step.task.answer_form != "curve":
            return None
        made = state.prepared
        return Plot(
            across=tuple(made["across"]),
            up=tuple(made["up"]),
            across_name=self.say(step, "axis", "across"),
            up_name=self.say(step, "axis", "up"),
            drawn=tuple(state.memory.get("drawn", ())),
            measured=tuple(made["truth"]) if state.status == PASSED else (),
        )

    def _cards(self, step: Step) -> list[tuple[str, str]]:
        """The cards of the concepts that become real in this step."""
        with suppress(NnlabError):
            concepts = load_concepts().concepts
            names = [n for slug in step.covers if slug in concepts for n in concepts[slug].places("card")]
            return [(card.slug, card.title) for card in cards_of(names, language=self.language)]
        return []

    def _missing(self, step: Step, state: StepState) -> list[str]:
        missing: Callable[[set[str]], list[Sight]] | None = getattr(step.task, "missing", None)
        if missing is None:
            return []
        return [
            self.say(step, "see", sight.name) if sight.labelled else sight.name
            for sight in missing(set(state.seen))
        ]

    def _blanks(self, task: Task | None, state: StepState) -> list[tuple[str, str]]:
        addresses: Sequence[str] = getattr(task, "addresses", ())
        filled = int(state.memory.get("at", 0))
        truth: Sequence[float] = state.prepared["truth"] if addresses else ()
        return [
            (address, fill("{x}", {"x": value}) if at < filled else "?")
            for at, (address, value) in enumerate(zip(addresses, truth))
        ]

    # ------------------------------------------------------------------ the answer to an answer

    def reveal(self, step: Step, context: Context) -> str:
        """The right answer, as the learner reads it."""
        task = step.task
        assert task is not None
        names: Sequence[str] = ()
        if task.answer_form in ("choice", "choices"):
            names = context.prepared["truth"]
        elif task.answer_form == "order":
            names = task.solutions(context)[0].answers[0].split()
        if names:
            return "\n".join(self.say(step, "option", name) for name in names)
        return task.reveal(context)

    def verdict(
        self, step: Step, judgement: Judgement, context: Context, passes: bool, at: int = 0
    ) -> Verdict:
        """What is said of ``judgement``; ``passes`` where it passes the step."""
        assert step.task is not None
        predicted = step.kind == "predict"
        reveal = self.reveal(step, context) if passes else ""
        given = self._given(step, judgement.given) or self._states[step.id].given
        answer = reveal.replace("\n", "; ")
        values = {**judgement.values, "given": given, "answer": answer}
        bet, measured = self._settled(step, values) if passes else ("", "")
        parts = [_beside(given, answer, step.task, judgement.ok)] if predicted else []
        if bet:
            parts.append(
                _("You said: {given}", given=bet) + "\n" + _("Measured: {measured}", measured=measured)
            )
        if not judgement.ok:
            parts += self._amiss(step, judgement, values)
        elif not judgement.done:
            parts.append(_sentence(judgement.detail))
        if passes:
            parts.append(self.say(step, "after", **values))
        return Verdict(
            judgement.ok,
            passes,
            "\n\n".join(part for part in parts if part),
            judgement.misconception,
            judgement.detail,
            reveal if predicted else "",
            given,
            predicted,
            bet,
            measured,
            at,
        )

    def _amiss(self, step: Step, judgement: Judgement, values: Mapping[str, object]) -> list[str]:
        """What is wrong or still missing: the misconception, then what the check found."""
        mistake = self.say(step, "mistake", judgement.misconception, **values)
        field_name, _space, name = judgement.say.partition(" ")
        said = (field_name, name) if name else ("say", judgement.say)
        say = self.say(step, *said, **values)
        if name and say:
            say = _("Still to see: {what}", what=say)
        return [text for text in (mistake, say) if text] or [_sentence(judgement.detail or _("not yet"))]

    def _given(self, step: Step, given: str) -> str:
        """An answer that was picked or ordered, in the words of its options."""
        form = step.task.answer_form if step.task else ""
        if form in ("choice", "choices"):
            names = given.split(", ")
        elif form == "order":
            lines: Sequence[str] = getattr(step.task, "lines", ())
            names = [lines[int(number) - 1] for number in given.split()]
        else:
            return ""
        return "; ".join(self.say(step, "option", name) for name in names)

    def _settled(self, step: Step, values: Mapping[str, object]) -> tuple[str, str]:
        """The bet that this step settles and what was measured, in the words of both steps; else two ""."""
        bet = self._states.get(step.settles)
        if bet is None or not bet.given:
            return "", ""
        placed = self.lesson.steps[self.lesson.index(step.settles)]
        return self._given(placed, bet.given) or bet.given, self.say(step, "measured", **values)


def _beside(given: str, truth: str, task: Task, ok: bool) -> str:
    """A prediction and the truth in one sentence."""
    if task.answer_form in ("choice", "choices", "order"):
        return _("You said: {given}", given=given) + "\n" + _("It is: {truth}", truth=truth)
    if task.answer_form == "curve":
        return _("You drew: {given}", given=given) + "\n" + _("Measured: {measured}", measured=truth)
    if getattr(task, "open", False):
        return _("You said {given}.", given=given)
    if ok:
        return _("You said {given}, and it is.", given=given)
    return _("You said {given}; it is {truth}.", given=given, truth=truth)


def _sentence(text: str) -> str:
    """``text`` with a capital, unless it begins with a name such as dense1.z, and a full stop."""
    first = text.split(" ", 1)[0].rstrip(",:")
    begun = text[:1].upper() + text[1:] if first.isalpha() else text
    if not text or text.endswith((".", "。", "?", "？", "!", "！", ":", "：")):
        return begun
    return begun + ("。" if current_language() == "zh" else ".")
