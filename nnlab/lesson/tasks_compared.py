"""The task of comparing values of one knob, each from several seeds: one run alone may be luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.bench import Bench, Found
from nnlab.lesson.tasks import Attempt, Context, Judgement

if TYPE_CHECKING:
    from nnlab.session.bench import Setup
    from nnlab.session.seeds import Group

Spans = Mapping[str, "Group"]
"""The group of each value that was compared, by the value as the script writes it."""
KEYS = {"lr": "optimizer", "batch": "batch_size"}
"""The settings that knobs turn, where they are called otherwise."""
Check = Callable[[Spans], Found | bool]


@dataclass(frozen=True, slots=True)
class Compared:
    """Groups of ``seeds`` runs (:mod:`nnlab.session.seeds`) that differ in ``knob`` alone, for ``least`` of
    ``values``, or of any values where ``free``, each trained for ``length``; ``check`` may ask for more.
    """

    knob: str
    values: tuple[str, ...]
    length: str
    seeds: int
    least: int
    check: Check | None
    mistakes: Mapping[str, tuple[str, ...]]
    free: bool = False

    def line(self, values: Sequence[str], seeds: int) -> str:
        """The action that compares ``values``."""
        from nnlab.session.words import options_text

        return f"seeds {seeds} {options_text([(self.knob, ','.join(values))])} run {self.length}"

    def reference_lines(self) -> tuple[str, ...]:
        return (self.line(self.values, self.seeds),)

    @property
    def answer_form(self) -> str:
        return "bench"

    def prepare(self, bench: Bench) -> Any:
        return None

    def judge(self, answer: str, context: Context) -> Judgement:
        """The spans that were found where enough has been compared, else what is still missing."""
        from nnlab.session.seeds import told

        spans, few = self.found(context.bench)
        if len(spans) < self.least:
            return Judgement(False, False, detail=self._missing(spans, few), given=answer)
        outcome = self.check(spans) if self.check else True
        if isinstance(outcome, bool):
            outcome = Found(outcome)
        detail = "; ".join(f"{self.knob} {value}: {told(group)}" for value, group in spans.items())
        return Judgement(
            outcome.ok, outcome.ok, outcome.misconception, detail, outcome.say, outcome.values, answer
        )

    def found(self, bench: Any) -> tuple[dict[str, Group], bool]:
        """The group of each value that was compared, and whether others were begun with too few seeds.

        Every other knob is as it is on the bench, and each run has trained for the length that is asked for.
        """
        from nnlab.session.seeds import groups_of

        spans, few = {}, False
        for group in groups_of(bench.bench):
            value = self._value(group, bench.bench.setup)
            if value and len(group.names) < self.seeds:
                few = True
            elif value:
                spans[value] = group
        return spans, few

    def _value(self, group: Group, setup: Setup) -> str:
        """Which value of the knob ``group`` has trained with; "" where it counts for none."""
        from nnlab.session.actions.knobs import settings
        from nnlab.session.runtable import setting_text
        from nnlab.session.seeds import same_setting

        count, unit = self.length.split()
        if (group.epochs if unit.startswith("epoch") else group.steps) != int(count):
            return ""
        told = {value: settings(((self.knob, value),)) for value in self.values}
        for value, changes in told.items():
            if same_setting(group.setup, setup.changed(**changes)):
                return value
        key = KEYS.get(self.knob, self.knob)
        own = getattr(group.setup, key)
        alike = same_setting(group.setup, setup.changed(**{key: own}))
        return setting_text(group.setup, key) if self.free and alike else ""

    def _missing(self, spans: Spans, few: bool) -> str:
        """What is still to be done, in one sentence."""
        if few:
            return _("too few seeds: train each value from {n} of them or more", n=self.seeds)
        left = ", ".join(value for value in self.values if value not in spans)
        named = {"knob": self.knob, "left": left, "n": self.seeds, "length": self.length}
        if self.free:
            n = self.least - len(spans)
            return _(
                "still to compare: {more} more {knob}, each from {n} seeds and for {length}", more=n, **named
            )
        if spans:
            return _("{knob} {done} done; still to compare: {left}", done=", ".join(spans), **named)
        return _(
            "still to compare: {knob} {left}, each from {n} seeds and for {length}, all else as on the bench",
            **named,
        )

    def reveal(self, context: Context) -> str:
        return self.reference_lines()[0]

    def solutions(self, context: Context) -> list[Attempt]:
        """All values at once, and one after the other."""
        return [
            Attempt(actions=self.reference_lines()),
            Attempt(actions=tuple(self.line([value], self.seeds) for value in self.values[: self.least])),
        ]

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        """Nothing done, one value alone, two runs of each; and what the author names."""
        return [
            ("", Attempt()),
            ("", Attempt(actions=(self.line(self.values[:1], self.seeds),))),
            *([("", Attempt(actions=(self.line(self.values, 2),)))] if self.seeds > 2 else []),
            *((name, Attempt(actions=lines)) for name, lines in self.mistakes.items()),
        ]

    def texts(self) -> set[tuple[str, str]]:
        return {("mistake", name) for name in self.mistakes}


def compared(
    knob: str,
    values: Sequence[str],
    length: str,
    *,
    seeds: int = 3,
    least: int | None = None,
    check: Check | None = None,
    mistakes: Mapping[str, Sequence[str]] | None = None,
    free: bool = False,
) -> Compared:
    """``compared("batch", ["8", "128"], "5 epochs")``: the learner trains each value from ``seeds`` seeds.

    ``least`` values are enough (all, unless given), with ``free`` any others too.  ``check(spans)`` gets the
    group of each value by its text, with ``values``, ``median`` and ``setup``, and gives True, False or
    :func:`found`; ``mistakes`` are action lines that must fail with the misconception they are named by.
    """
    count, _space, unit = length.partition(" ")
    if not count.isdigit() or unit not in ("epoch", "epochs", "step", "steps"):
        raise NnlabError(_("'{length}' is no length to train for; write such as '5 epochs'", length=length))
    if len(values) < 2 or len(set(values)) < len(values):
        raise NnlabError(_("a comparison needs at least two values, each once"))
    lines = {name: tuple(each) for name, each in (mistakes or {}).items()}
    return Compared(knob, tuple(values), length, seeds, least or len(values), check, lines, free)


def seeded(session: Any) -> list[Group]:
    """The groups of runs from several seeds on the bench; the last one is the newest."""
    from nnlab.session.seeds import groups_of

    return groups_of(session.bench)
