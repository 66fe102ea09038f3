"""What stands behind a hit of a breakpoint: where it was, why it held, and what could be tried next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.i18n import _
from nnlab.session.bench import Bench, Hit
from nnlab.session.vocabulary import stop_conditions
from nnlab.session.words import number_text

if TYPE_CHECKING:
    from nnlab.engine.explain import Explanation
    from nnlab.training import Run
    from nnlab.training.conditions import Condition

BACK = 10
"""Steps to go back to look at what led here."""
FACTOR = 10.0
"""By how much a learning rate that is too high, or too low, is changed."""


@dataclass(frozen=True)
class Experiment:
    """Something to try: an action, and what it would show."""

    line: str
    why: str


@dataclass(frozen=True)
class Stopped:
    """What stands behind a hit.

    ``measured`` is the quantity of the condition there, ``address`` the number that weighs most in it, with
    its ``explanation``; None where no single number does, or the run has gone on since.
    """

    hit: Hit
    measured: float
    address: Address | None
    explanation: Explanation | None
    experiments: tuple[Experiment, ...]


def stopped(bench: Bench) -> Stopped | None:
    """What stands behind the last hit; None before the first."""
    if not bench.hits:
        return None
    hit = bench.hits[-1]
    condition, run = stop_conditions((hit.condition,), "")[0], bench.runs.get(hit.run)
    if run is None or run.step_count != hit.step or not run.pending:
        return Stopped(hit, float("nan"), None, None, ())
    address = _weightiest(run, condition)
    explanation = run.explain(address) if address is not None and run.tape.known(address) else None
    trials = tuple(experiments(bench, run, condition, hit))
    return Stopped(hit, condition.measure(run), address, explanation, trials)


def _weightiest(run: Run, condition: Condition) -> Address | None:
    """The number that makes most of what the condition measures."""
    kind = condition.quantity
    if kind == "loss":
        found = _broken(run) if condition.sign == "is nan" else None
        return found or Address("loss", ())
    if kind in ("grad", "update"):
        part = "grad" if kind == "grad" else "step"
        names = [name for name in run.store if not condition.layer or name.startswith(f"{condition.layer}.")]
        return _largest({name: run.array(name, part) for name in names}, part)
    if kind == "dead":
        return _dead(run, condition.layer)
    return None


def _broken(run: Run) -> Address | None:
    from nnlab.engine.health import first_breakdown

    found = first_breakdown(run.program)
    return None if found is None else found.address


def _largest(arrays: dict[str, Any], part: str) -> Address | None:
    best, found = -1.0, None
    for name, array in arrays.items():
        sizes = np.nan_to_num(np.abs(np.asarray(array, float)), nan=np.inf)
        if sizes.size and float(sizes.max()) > best:
            best = float(sizes.max())
            found = Address(name, tuple(map(int, np.unravel_index(int(sizes.argmax()), sizes.shape))), part)
    return found


def _dead(run: Run, layer: str) -> Address | None:
    """What the first unit that is dead answers for the first example."""
    from nnlab.training.diagnostics import dead_units, rectifier

    dead = np.flatnonzero(dead_units(run, layer))
    if not len(dead):
        return None
    name = rectifier(run, layer)
    shape = run.program.values[name].shape
    return Address(name, (*(0,) * (len(shape) - 1), int(dead[0])))


# -- what to try ----------------------------------------------------------------------------------------


def experiments(bench: Bench, run: Run, condition: Condition, hit: Hit) -> list[Experiment]:
    """Three actions that fit what happened, each a twin to be seen beside this run or a way to look."""
    kind, above = condition.quantity, condition.sign in (">", ">=")
    back = max(0, hit.step - BACK)
    if condition.sign in ("rises", "stalls"):
        return _overfitting(bench, run, hit)
    if condition.sign == "is nan" or (above and kind in ("loss", "val_loss", "train_loss", "grad", "update")):
        return _exploding(bench, run, back)
    if kind == "dead" or (not above and kind in ("grad", "update")):
        return _dying(bench, run, condition.layer, kind)
    if kind in ("step", "epoch"):
        return _at_a_step(bench, run, back)
    return _reached(bench, run)


def _name(bench: Bench, word: str) -> str:
    """``word`` as a name for a new run."""
    number, name = 1, word
    while name in bench.runs:
        number += 1
        name = f"{word}{number}"
    return name


def _rate(run: Run, factor: float) -> str:
    return number_text(float(f"{run.lr * factor:.3g}"))


def _exploding(bench: Bench, run: Run, back: int) -> list[Experiment]:
    rate, slow, clipped = _rate(run, 1 / FACTOR), _name(bench, "gentle"), _name(bench, "clipped")
    return [
        Experiment(
            f"twin {slow} lr={rate} from={back}", _("a tenth of the learning rate, from step {n}", n=back)
        ),
        Experiment(
            f'twin {clipped} clip="norm 1" from={back}', _("the same steps with gradients no longer than 1")
        ),
        Experiment(f"seek {back}", _("back to where it was well, to go on step by step")),
    ]


def _dying(bench: Bench, run: Run, layer: str, kind: str) -> list[Experiment]:
    other = "adam" if "adam" not in run.config.optimizer else "rmsprop"
    factor = 1 / FACTOR if kind == "dead" else FACTOR
    told = (
        _("a tenth of the learning rate from the start: do as many units die?")
        if kind == "dead"
        else _("ten times the learning rate from the start: does it move again?")
    )
    return [
        Experiment(f"twin {_name(bench, 'rate')} lr={_rate(run, factor)} from=0", told),
        Experiment(
            f'twin {_name(bench, other)} optimizer="{other}" from=0', _("another optimiser from the start")
        ),
        Experiment("show diagnostics", _("which layers learn, and which do not")),
    ]


def _overfitting(bench: Bench, run: Run, hit: Hit) -> list[Experiment]:
    best = run.best_step() if np.isfinite([row.val_loss for row in run.history.epochs]).any() else 0
    return [
        Experiment("seek best", _("back to the epoch with the least validation loss, step {n}", n=best)),
        Experiment(
            f"twin {_name(bench, 'decay')} l2=0.01 from=0", _("the same with a penalty on large weights")
        ),
        Experiment(
            f"twin {_name(bench, 'slow')} lr={_rate(run, 1 / FACTOR)} from={best}",
            _("a tenth of the learning rate from the best epoch on"),
        ),
    ]


def _at_a_step(bench: Bench, run: Run, back: int) -> list[Experiment]:
    return [
        Experiment(
            f"twin {_name(bench, 'fast')} lr={_rate(run, 3)} from={back}",
            _("three times the learning rate from step {n}", n=back),
        ),
        Experiment(
            f"twin {_name(bench, 'slow')} lr={_rate(run, 1 / 3)} from={back}",
            _("a third of the learning rate from step {n}", n=back),
        ),
        Experiment(f"seek {back}", _("back, to see what led here")),
    ]


def _reached(bench: Bench, run: Run) -> list[Experiment]:
    seed = bench.setup.seed + 1
    return [
        Experiment(
            "evaluate test" if len(run.data.split.test) else "evaluate train", _("does it hold there too?")
        ),
        Experiment(f"twin {_name(bench, 'luck')} seed={seed}", _("another seed: was it luck?")),
        Experiment(
            f"twin {_name(bench, 'fast')} lr={_rate(run, 3)} from=0",
            _("three times the learning rate from the start: sooner?"),
        ),
    ]


def render_experiments(bench: Bench) -> list[str]:
    """Where the last hit was, and what could be tried."""
    found, run = stopped(bench), bench.run
    if found is None or run is None or not found.experiments or found.hit.step != run.step_count:
        return []
    lines = []
    if found.explanation is not None:
        lines.append(_("look at: explain {address}", address=found.address))
    width = max(len(e.line) for e in found.experiments)
    return [*lines, _("try:"), *(f"  {e.line:<{width}}  {e.why}" for e in found.experiments)]
