"""A curve drawn before it is measured: what it does is compared, never how nicely it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.answers import parse_numbers, written
from nnlab.lesson.bench import Bench
from nnlab.lesson.tasks import Attempt, Context, Judgement, right, wrong
from nnlab.lesson.trend import FORMS, apart, form_named, resampled, trend
from nnlab.session.sparks import thinned

Values = Sequence[float] | Callable[[Any], Sequence[float]]
"""The measured curve, at even places: the values, or a function of the session that gives them."""

KEPT = 48
"""Points of a measured curve that are kept."""
FEWEST = 3
"""Heights that make a curve when they are typed."""
END, TURN, HALF = 0.15, 0.2, 0.25
"""How far the end (of the height), the turn and the halfway mark (of the width) may lie apart."""
LIKE = 0.12
"""Mean distance at which a drawn curve counts as a known wrong one."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve over ``across`` in a picture that is ``up`` high; either may be left to the measured one."""

    truth: Values
    across: tuple[float, float] | None
    up: tuple[float, float] | None
    expect: str
    mistakes: Mapping[str, str | tuple[float, ...]]

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "curve"

    def prepare(self, bench: Bench) -> Any:
        values = list(map(float, self.truth(bench) if callable(self.truth) else self.truth))
        if len(values) < FEWEST:
            raise NnlabError(
                _("the measured curve has {n} values; a curve needs {fewest}", n=len(values), fewest=FEWEST)
            )
        low, high = self.up or _room(values)
        values = [min(max(v, low), high) if isfinite(v) else high for v in values]
        return {
            "truth": list(thinned(values, KEPT)),
            "across": list(self.across or (1.0, float(len(values)))),
            "up": [low, high],
        }

    def judge(self, answer: str, context: Context) -> Judgement:
        made = context.prepared
        drawn = self._read(answer, *made["up"])
        context.memory["drawn"] = drawn
        shown = told(drawn, made)
        yours, truth = _heights(drawn, made), _heights(made["truth"], made)
        amiss = _amiss(yours, truth)
        if not amiss:
            return right(shown)
        return wrong(self._misconception(yours, made), amiss, shown)

    def _read(self, answer: str, low: float, high: float) -> list[float]:
        drawn = parse_numbers(answer)
        if len(drawn) < FEWEST:
            raise NnlabError(
                _("a curve needs at least {fewest} heights; '{text}' holds {n}",
                  fewest=FEWEST, text=answer.strip(), n=len(drawn))
            )  # fmt: skip
        for value in drawn:
            if not low - 1e-9 <= value <= high + 1e-9:
                raise NnlabError(
                    _("{value} is outside the picture, which goes from {low} to {high}",
                      value=written(value), low=written(low), high=written(high))
                )  # fmt: skip
        return drawn

    def _misconception(self, yours: list[float], made: Any) -> str:
        """The nearest of the known wrong curves, else the one of the known wrong forms."""
        drawn = {name: known for name, known in self.mistakes.items() if not isinstance(known, str)}
        near = [(apart(yours, _heights(known, made)), name) for name, known in drawn.items()]
        if near and min(near)[0] < LIKE:
            return min(near)[1]
        form = trend(yours).form
        return next((name for name, known in self.mistakes.items() if known == form), "")

    def reveal(self, context: Context) -> str:
        return told(context.prepared["truth"], context.prepared)

    def solutions(self, context: Context) -> list[Attempt]:
        made = context.prepared
        attempts = [_typed(resampled(made["truth"], 24), made["up"])]
        if self.expect and trend(_heights(made["truth"], made)).form != self.expect:
            attempts.append(_example(self.expect, made["up"]))  # fails, which says what was expected
        return attempts

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        made = context.prepared
        known = [
            (name, _example(shape, made["up"]) if isinstance(shape, str) else _typed(shape, made["up"]))
            for name, shape in self.mistakes.items()
        ]
        form = trend(_heights(made["truth"], made)).form
        return [*known, ("", _example("rises" if form == "falls" else "falls", made["up"]))]

    def texts(self) -> set[tuple[str, str]]:
        return {("axis", "across"), ("axis", "up")} | {("mistake", name) for name in self.mistakes}


def _room(values: Sequence[float]) -> tuple[float, float]:
    """Round ends with the finite values between them; from 0 where none is negative."""
    finite = [v for v in values if isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    unit = 10.0 ** floor(log10(max(abs(low), abs(high)) or 1.0)) / 2
    top = unit * max(ceil(high * 1.05 / unit), 0 if low < 0 else 1)
    return (0.0 if low >= 0 else unit * floor(low * 1.05 / unit)), top


def _heights(values: Sequence[float], made: Any) -> list[float]:
    """Values as shares of the picture's height."""
    low, high = made["up"]
    return [(v - low) / ((high - low) or 1.0) for v in values]


def _typed(values: Sequence[float], up: Sequence[float]) -> Attempt:
    return Attempt(answers=(" ".join(f"{min(max(v, up[0]), up[1]):.6g}" for v in values),))


def _example(form: str, up: Sequence[float]) -> Attempt:
    low, high = up
    return _typed([low + (high - low) * h for h in resampled(FORMS[form], 24)], up)


def _amiss(yours: Sequence[float], truth: Sequence[float]) -> str:
    """How the drawn curve differs in form, end, turn or pace; "" where it does not."""
    drawn, measured = trend(yours), trend(truth)
    if drawn.form != measured.form:
        return _("the measured curve has another form")
    if abs(yours[-1] - truth[-1]) > END:
        return (
            _("it ends higher than you drew it")
            if truth[-1] > yours[-1]
            else _("it ends lower than you drew it")
        )
    if len(measured.turns) == 1 and abs(drawn.turns[0] - measured.turns[0]) > TURN:
        sooner = measured.turns[0] < drawn.turns[0]
        return _("it turns sooner than you drew it") if sooner else _("it turns later than you drew it")
    if measured.form in ("falls", "rises") and abs(drawn.half - measured.half) > HALF:
        sooner = measured.half < drawn.half
        return _("most of it happens sooner") if sooner else _("most of it happens later")
    return ""


def told(values: Sequence[float], made: Any) -> str:
    """A curve in words: ``falls to 0.3 at 8, then rises to 0.6``."""
    found = trend(_heights(values, made))
    left, right_end = made["across"]

    def place(share: float) -> str:
        return f"{left + (right_end - left) * share:.3g}"

    start, end = written(values[0], 2), written(values[-1], 2)
    match found.form:
        case "level":
            return _("stays level at about {end}", end=end)
        case "falls":
            half = place(found.half)
            return _("falls from {start} to {end}, half of it by {half}", start=start, end=end, half=half)
        case "rises":
            half = place(found.half)
            return _("rises from {start} to {end}, half of it by {half}", start=start, end=end, half=half)
        case "waves":
            return _("goes up and down, turns {n} times, ends at {end}", n=len(found.turns), end=end)
    at = place(found.turns[0])
    turn = written(values[round(found.turns[0] * (len(values) - 1))], 2)
    if found.form == "falls-rises":
        return _("falls to {turn} at {place}, then rises to {end}", turn=turn, place=at, end=end)
    return _("rises to {turn} at {place}, then falls to {end}", turn=turn, place=at, end=end)


def curve(
    truth: Values,
    *,
    across: tuple[float, float] | None = None,
    up: tuple[float, float] | None = None,
    expect: str = "",
    mistakes: Mapping[str, str | Sequence[float]] | None = None,
) -> Curve:
    """The learner draws what ``truth`` will be over epochs or steps; the measured curve comes over it.

    ``across`` is what the first and the last value stand at (1 and their number), ``up`` the height of the
    picture.  ``expect`` and the values of ``mistakes`` are forms (``falls``, ``rises``, ``level``,
    ``falls-rises``, ``rises-falls``, ``waves``); a mistake may also be the heights of a typical wrong curve.
    The prose names the axes: ``### axis across`` and ``### axis up``.
    """
    known = {
        name: form_named(shape) if isinstance(shape, str) else tuple(map(float, shape))
        for name, shape in (mistakes or {}).items()
    }
    return Curve(truth, across, up, form_named(expect) if expect else "", known)


def over_epochs(what: str) -> Callable[[Any], list[float]]:
    """The values of ``train_loss``, ``val_loss``, ``train_metric`` or ``val_metric``, one an epoch."""
    return lambda session: [float(getattr(row, what)) for row in session.run.history.epochs]


def over_steps(session: Any) -> list[float]:
    """The loss of every step."""
    return [float(loss) for loss in session.run.history.losses]
