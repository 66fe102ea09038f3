"""What a lesson script declares: a Lesson of Steps, each of one kind, with at most one task.

One step, one question, one action, one thing to see.  ``setup`` lines prepare the bench when the
step is entered (``None`` keeps the bench as the step before left it); ``look`` lines are run on a
scratch copy of that bench so that numbers can be read which the learner has not seen yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypedDict, Unpack
from zlib import crc32

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.lesson.bench import Probe
from nnlab.lesson.tasks import Task


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of step is passed.

    ``committed``: any answer passes (a prediction is never marked down); ``right``: only a right
    one; ``seen``: nothing to answer, moving on passes.
    """

    name: str
    passes: str
    help: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind(N_("read"), "seen", N_("a short text beside the bench")),
        Kind(N_("predict"), "committed", N_("say what will come out, then see it")),
        Kind(N_("build"), "right", N_("make a network or set its numbers")),
        Kind(N_("watch"), "right", N_("see something happen on the tape")),
        Kind(N_("train"), "right", N_("train until a goal is reached")),
        Kind(N_("tune"), "right", N_("change one thing and see what follows")),
        Kind(N_("explain"), "right", N_("open numbers and see what they are made of")),
        Kind(N_("code"), "right", N_("write a few lines of Python")),
        Kind(N_("debug"), "right", N_("find and mend what is wrong")),
        Kind(N_("order"), "right", N_("put lines in order")),
        Kind(N_("be"), "right", N_("be the network: type the next values on the tape")),
        Kind(N_("quiz"), "right", N_("answer a question")),
    )
}


@dataclass(frozen=True, slots=True)
class Number:
    """A placeholder ``{name}`` of the prose and where its value comes from."""

    name: str
    probe: Probe
    digits: int = 3
    expect: float | None = None
    after: bool = False


def number(
    name: str, probe: Probe, digits: int = 3, *, expect: float | None = None, after: bool = False
) -> Number:
    """``{name}`` shows ``probe`` with ``digits`` decimals.

    ``expect`` is what the author believes it to be; ``nnlab lesson check`` compares.  With
    ``after=True`` the value is read when the step is answered (a loss that training reached).
    """
    return Number(name, probe, digits, expect, after)


QUICK = ("number", "numbers", "shape", "choice", "choices", "order")
"""Forms of answers that a question which comes back may have."""


@dataclass(frozen=True, slots=True)
class Recall:
    """A question that comes back days later with fresh numbers; its text is ``### recall``."""

    ask: Task
    setup: tuple[str, ...]
    draw: Callable[[Random], Mapping[str, float]]


def recall(
    ask: Task,
    setup: Sequence[str],
    draw: Callable[[Random], Mapping[str, float]] = lambda random: {},
) -> Recall:
    """``draw(random)`` gives numbers that ``setup`` and the text use as ``{name}``, like ``{seed}``.

    ``ask`` is typed or picked: what is done on a bench, drawn or programmed takes longer than a recall may.
    """
    if ask.answer_form not in QUICK:
        raise NnlabError(
            _("a recall question is typed or picked ({forms}), not '{form}'",
              forms=", ".join(QUICK), form=ask.answer_form)
        )  # fmt: skip
    return Recall(ask, tuple(setup), draw)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: kind, id (the ``## id`` of the prose), its task and the bench it stands on.

    ``settles`` names the predict step whose guess is shown beside what this one measures; ``gauge`` the
    page of the gauges that shows what this step is about, which then comes forward.  ``covers`` names the
    concepts and errata of the course (``lessons/concepts.toml``) that become real here; ``shows`` maps a
    misconception to the action line (``explain …``, ``view …``) that lets the learner see it.  ``slow``:
    its training takes longer than a lesson may ask for, so it is optional, and proved only on request.
    """

    kind: str
    id: str
    task: Task | None = None
    setup: tuple[str, ...] | None = None
    look: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    recall: Recall | None = None
    settles: str = ""
    gauge: str = ""
    covers: tuple[str, ...] = ()
    shows: Mapping[str, str] = field(default_factory=dict)
    slow: bool = False

    @property
    def passes(self) -> str:
        return KINDS[self.kind].passes


class Common(TypedDict, total=False):
    """What every declaration of a step takes."""

    setup: Sequence[str] | None
    look: Sequence[str]
    numbers: Sequence[Number]
    recall: Recall | None
    settles: str
    gauge: str
    covers: Sequence[str]
    shows: Mapping[str, str]
    slow: bool


def _step(kind: str, id: str, task: Task | None, common: Common) -> Step:
    setup = common.get("setup")
    return Step(
        kind,
        id,
        task,
        None if setup is None else tuple(setup),
        tuple(common.get("look", ())),
        tuple(common.get("numbers", ())),
        common.get("recall"),
        common.get("settles", ""),
        common.get("gauge", ""),
        tuple(common.get("covers", ())),
        dict(common.get("shows", {})),
        common.get("slow", False),
    )


def read(id: str, **common: Unpack[Common]) -> Step:
    """A text to read beside the bench."""
    return _step("read", id, None, common)


def predict(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Commit to an answer before it is shown; any answer passes, the misconception is still named."""
    return _step("predict", id, task, common)


def build(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Make a network, or set its numbers, until the goal holds."""
    return _step("build", id, task, common)


def watch(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Step the tape until the listed things have been on screen."""
    return _step("watch", id, task, common)


def train(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Train until the goal holds, which is judged while training goes on."""
    return _step("train", id, task, common)


def tune(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Change one thing and compare."""
    return _step("tune", id, task, common)


def explain(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Open the listed numbers."""
    return _step("explain", id, task, common)


def code(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Write a few lines that pass the tests."""
    return _step("code", id, task, common)


def debug(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Mend one planted bug: in code, on the bench, or by naming its cause."""
    return _step("debug", id, task, common)


def order(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Put lines in order (a Parsons problem)."""
    return _step("order", id, task, common)


def be(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """Be the network: type the values of the tape one after the other."""
    return _step("be", id, task, common)


def quiz(id: str, task: Task, **common: Unpack[Common]) -> Step:
    """A question with a right answer."""
    return _step("quiz", id, task, common)


@dataclass(slots=True)
class Lesson:
    """A lesson: id, slug, steps.  Title, promise and all texts are in the prose files beside it."""

    id: str
    slug: str
    steps: Sequence[Step]
    minutes: int = 15
    needs: Sequence[str] = ()
    setup: Sequence[str] = ()
    path: Path = field(default_factory=Path)

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for step in self.steps:
            if step.id in seen:
                raise NnlabError(
                    _(
                        "lesson {lesson} has two steps named '{step}'; every step needs a name of its own",
                        lesson=self.name,
                        step=step.id,
                    )
                )
            seen.add(step.id)
            if (step.task is None) != (step.passes == "seen"):
                wrong = (
                    N_("step '{step}' of lesson {lesson}: a {kind} step takes no task")
                    if step.passes == "seen"
                    else N_("step '{step}' of lesson {lesson}: a {kind} step takes one task")
                )
                raise NnlabError(_(wrong, step=step.id, lesson=self.name, kind=step.kind))

    @property
    def name(self) -> str:
        return f"{self.id}_{self.slug}"

    def index(self, step_id: str) -> int:
        for index, step in enumerate(self.steps):
            if step.id == step_id:
                return index
        raise NnlabError(_("lesson {lesson} has no step '{step}'", lesson=self.name, step=step_id))

    def signature(self, index: int) -> str:
        """What changes with what step ``index`` asks or stands on, but not with its words: the form of its
        answer, and a sum over the rest.
        """
        step = self.steps[index]
        task = step.task
        asked = [getattr(task, name, None) for name in ("options", "lines", "addresses")]
        stands = (step.kind, asked, self.bench_lines(index), step.look)
        form = task.answer_form if task is not None else step.kind
        return f"{form} {crc32(repr(stands).encode()):08x}"

    def bench_lines(self, index: int) -> list[str]:
        """The lines that put a fresh session where step ``index`` begins.

        Where steps share a bench, the ones between are done as their reference does them.
        """
        start = index
        while start > 0 and self.steps[start].setup is None:
            start -= 1
        lines = [*self.setup, *(self.steps[start].setup or ())]
        for step in self.steps[start:index]:
            lines += step.task.reference_lines() if step.task else ()
        return lines
