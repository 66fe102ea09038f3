"""One setting from several seeds: how far results lie apart that differ by chance alone.

``seeds 3 batch=1,32 run 5 epochs`` trains the network on the bench from its first step on, three times for
each batch size.  The runs of one setting are a *group*: the bench remembers their names, and everything that
is said about them is read off the runs.
"""

from __future__ import annotations

import math
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nnlab.engine.expression import number
from nnlab.engine.memory import require
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session import grounds
from nnlab.session.bench import Bench, Setup
from nnlab.session.goal import Goal
from nnlab.session.runtable import setting_text

if TYPE_CHECKING:
    from nnlab.session.workbench import Workbench
    from nnlab.training import EpochRow, Run
    from nnlab.training.studies.errand import Errand

MOST = 20
"""Seeds of one group,"""
MOST_RUNS = 40
"""and runs of one study: each of them stays on the bench."""
AT_ONCE = 0.02
"""Seconds of training between two looks at whether it was stopped."""
LONGEST = 12
"""Signs of a setting in the name of a run."""
COUNTS = (
    "", "", N_("two seeds"), N_("three seeds"), N_("four seeds"), N_("five seeds"), N_("six seeds"),
    N_("seven seeds"), N_("eight seeds"), N_("nine seeds"), N_("ten seeds"),
)  # fmt: skip


# -- what they came to ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Runs of one setting.  ``told`` is that in which this group differs from the others; ``values`` (one a
    run) are all of the same ``measure``: ``val_metric``, ``val_loss`` or ``loss``, where the runs stand, NaN
    where the numbers of a run broke down.  ``metric`` is what ``val_metric`` is called; ``epochs`` and
    ``steps`` say how far the furthest of them has come.
    """

    told: str
    setup: Setup
    names: tuple[str, ...]
    seeds: tuple[int, ...]
    values: tuple[float, ...]
    measure: str
    metric: str
    epochs: int
    steps: int

    @property
    def median(self) -> float | None:
        """Of the values that there are; None where all runs broke down."""
        known = [value for value in self.values if math.isfinite(value)]
        return statistics.median(known) if known else None

    @property
    def middle(self) -> str:
        """The run whose value is the median, of an even number the lower of the two in the middle; "" where
        there is no value.
        """
        known = sorted((value, name) for value, name in zip(self.values, self.names) if math.isfinite(value))
        return known[(len(known) - 1) // 2][1] if known else ""


def groups_of(bench: Bench) -> list[Group]:
    """The groups of the bench as their runs stand now; a run that was changed since is no longer counted."""
    found = [names for names in (_alike(bench, group) for group in bench.seeded) if len(names) > 1]
    runs = [bench.runs[name] for names in found for name in names if _finite(bench.runs[name])]
    scored = bool(runs) and runs[0].history.metric == "accuracy"
    measures = ("val_metric", "val_loss") if scored else ("val_loss",)  # numbers are known by loss, not by R²
    measure = next((each for each in measures if all(_has(run, each) for run in runs)), "loss")
    setups = [bench.setups[names[0]] for names in found]
    return [_group(bench, names, told, measure) for names, told in zip(found, told_apart(setups))]


def _group(bench: Bench, names: tuple[str, ...], told: str, measure: str) -> Group:
    runs = [bench.runs[name] for name in names]
    return Group(
        told,
        bench.setups[names[0]],
        names,
        tuple(bench.setups[name].seed for name in names),
        tuple(_value(run, measure) for run in runs),
        measure,
        runs[0].history.metric,
        max(len(_epochs(run)) for run in runs),
        max(run.step_count for run in runs),
    )


def _alike(bench: Bench, names: Sequence[str]) -> tuple[str, ...]:
    """Those of ``names`` that are still runs with the setting of the first of them, and nothing else done."""
    here = [name for name in names if name in bench.runs and not bench.runs[name].changes]
    return tuple(name for name in here if same_setting(bench.setups[name], bench.setups[here[0]]))


def same_setting(one: Setup, other: Setup) -> bool:
    """Whether two runs differ in their seeds at most."""
    return replace(one, seed=other.seed) == other


def _finite(run: Run) -> bool:
    return not run.step_count or math.isfinite(run.history.losses[run.step_count - 1])


def _epochs(run: Run) -> list[EpochRow]:
    """The epochs that are over where ``run`` stands."""
    return [row for row in run.history.epochs if row.step <= run.step_count]


def _has(run: Run, measure: str) -> bool:
    return any(not math.isnan(getattr(row, measure)) for row in _epochs(run))


def _value(run: Run, measure: str) -> float:
    """That of the last epoch where ``run`` stands; as ``loss`` that of the last batch before the first."""
    rows = _epochs(run)
    if not _finite(run):
        return math.nan
    if rows:
        return float(getattr(rows[-1], "train_loss" if measure == "loss" else measure))
    return float(run.history.losses[run.step_count - 1]) if run.step_count else math.nan


def told_apart(setups: Sequence[Setup]) -> list[str]:
    """What each setup was told that not all were: ``batch 32``; the optimiser where nothing differs."""
    keys = [key for key in Setup().to_json() if key != "seed"]
    telling = [key for key in keys if len({str(setup.to_json()[key]) for setup in setups}) > 1]
    return [", ".join(setting_text(setup, key) for key in telling or ["optimizer"]) for setup in setups]


def span_text(values: Sequence[float], percent: bool) -> str:
    """In words how far values lie apart: “ten seeds: 86–91 %, median 89”; those that broke down are told."""
    known = [value for value in values if math.isfinite(value)]
    count = len(values)
    counted = _(COUNTS[count]) if 1 < count < len(COUNTS) else _("{n} seeds", n=count)
    if not known:
        return _("{seeds}: all broke down", seeds=counted)
    ends = min(known), statistics.median(known), max(known)
    low, middle, high = _figures(ends, percent)
    if low == high:
        text = _("{seeds}: each {value}", seeds=counted, value=low + " %" * percent)
    elif percent:
        text = _("{seeds}: {low}–{high} %, median {median}", seeds=counted, low=low, high=high, median=middle)
    else:
        text = _(
            "{seeds}: {low} to {high}, median {median}", seeds=counted, low=low, high=high, median=middle
        )
    broke = len(values) - len(known)
    return text + (_("; {n} broke down", n=broke) if broke else "")


def _figures(values: Sequence[float], percent: bool) -> list[str]:
    """Whole per cent, with a decimal where the ends would look the same; else three figures."""
    if not percent:
        return [number(value, 3) for value in values]
    whole = [f"{100 * value:.0f}" for value in values]
    fine = [f"{100 * value:.1f}" for value in values]
    return fine if whole[0] == whole[-1] and fine[0] != fine[-1] else whole


def told(group: Group) -> str:
    """The span of a group in words."""
    return span_text(group.values, group.measure == "val_metric" and group.metric == "accuracy")


# -- training them --------------------------------------------------------------------------------------


def train(
    work: Workbench, count: int, changes: Sequence[Mapping[str, Any]], goal: Goal | None, errand: Errand
) -> list[tuple[Setup, list[Run]]]:
    """Train what lies on the bench from its start with seeds 1 to ``count`` for each of ``changes`` of its
    knobs; without a ``goal`` as far as the current run has come.  The bench stays as it is.

    Raises NnlabError where knobs do not fit, memory is short, or ``errand`` is stopped.
    """
    with errand.lock:
        run = work.need_run()
        goal = goal or Goal("to", work.bench.reach.get(work.current, 0) or run.step_count)
        if goal == Goal("to", 0):
            raise NnlabError(_("say how long each of them trains, for example: seeds 3 run 5 epochs"))
        setups = [replace(work.bench.setup.changed(**each), seed=1) for each in changes]
        makers_of = [[_maker(work, replace(setup, seed=k + 1)) for k in range(count)] for setup in setups]
        found = [(setup, [makers[0]()]) for setup, makers in zip(setups, makers_of)]
        targets = [goal.last_step(runs[0]) or 0 for _setup, runs in found]
    errand.expects(sum(targets) * count)
    for (setup, runs), makers, target in zip(found, makers_of, targets):
        runs[0].history.require(target)
        for make in makers:
            if make is not makers[0]:
                with errand.lock:
                    runs.append(make())
            _train(runs[-1], goal, target, setup.patience, errand)
            if errand.done <= target:
                _require_room(runs[0], count * len(setups) - 1)
    return found


def _maker(work: Workbench, setup: Setup) -> Callable[[], Run]:
    """What makes a run of ``setup`` at step 0 of what lies on the bench now."""
    bench = work.bench
    own = Bench(bench.data_text, bench.data, bench.network_text, bench.network, bench.weights)
    own.setups = {"main": setup}
    return grounds.scratch_of(work, own).need_run


def _require_room(run: Run, more: int) -> None:
    from nnlab.training.footprint import memory_of

    require(memory_of([run]) * more, _("{n} more runs like the first", n=more), _("take fewer seeds"))


def _train(run: Run, goal: Goal, target: int, patience: int, errand: Errand) -> None:
    """To ``target`` in chunks of a few milliseconds, or to where patience or the numbers end."""
    chunk = 1
    while run.step_count < target:
        before, began = run.step_count, time.perf_counter()
        ending = goal.advance(run, min(chunk, target - before), (), patience)
        chunk = chunk * 2 if time.perf_counter() - began < AT_ONCE / 2 else max(1, chunk // 2)
        errand.step(run.step_count - before)
        if ending is not None:
            if ending.reason == "patience":
                run.seek(run.best_step())
            return


# -- laying them on the bench ---------------------------------------------------------------------------


def lay(bench: Bench, trained: Sequence[tuple[Setup, Sequence[Run]]]) -> None:
    """Put the runs on the bench as groups; those of the same setting take the places of earlier ones."""
    for setup, _runs in trained:
        _take_away(bench, setup)
    present = [bench.setups[names[0]] for names in bench.seeded]
    setups = [setup for setup, _runs in trained]
    labels = told_apart([*present, *setups])[len(present) :]
    for (setup, runs), label in zip(trained, labels):
        head = _head(label) if len(present) + len(setups) > 1 else ""
        names = []
        for run in runs:
            name = _free(bench, f"{head}s{run.config.seed}")
            grounds.share(bench, name)
            bench.runs[name], bench.setups[name] = run, replace(setup, seed=run.config.seed)
            bench.reach[name] = run.last_step
            names.append(name)
        bench.seeded = (*bench.seeded, tuple(names))


def _take_away(bench: Bench, setup: Setup) -> None:
    """Earlier runs of this setting, unless somebody works on them or has pinned them."""
    kept = {bench.current, bench.twin, *bench.pins}
    left = []
    for names in bench.seeded:
        if not same_setting(bench.setups[names[0]], setup):
            left.append(names)
            continue
        for name in set(names) - kept:
            for table in (bench.runs, bench.setups, bench.reach, bench.grounds):
                table.pop(name, None)
    bench.seeded = tuple(left)


def _head(label: str) -> str:
    """``batch32-`` of “batch 32”: letters and digits, as the name of a run may have."""
    short = re.sub(r"[^\w-]", "", label.partition(",")[0])[:LONGEST]
    return f"{short}-" if short and not short[0].isdigit() else ""


def _free(bench: Bench, name: str) -> str:
    taken, number_ = name, 2
    while taken in bench.runs or taken in bench.setups:
        taken, number_ = f"{name}-{number_}", number_ + 1
    return taken
