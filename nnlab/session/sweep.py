"""Sweeps: one training for every combination of settings, in processes of their own.

A trial is a script like any other, so that the best one can be typed, replayed and explained afterwards.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeAlias

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.goal import heed_pause
from nnlab.session.processes import processes

Settings: TypeAlias = "tuple[tuple[str, str], ...]"
"""Names, each with the value that was chosen for it."""

MOST = 1000
"""Trials of one sweep: more would take days, and is a slip of the keyboard."""


@dataclass(frozen=True)
class Trial:
    """One combination: what was chosen, the script of it, and how it went once it has run.

    ``metric`` and ``loss`` are the best of all epochs on the validation part; ``trouble`` says why a trial
    has none, or why it ended early.
    """

    settings: Settings
    script: tuple[str, ...]
    metric_name: str = ""
    metric: float = math.nan
    loss: float = math.nan
    epoch: int = 0
    parameters: int = 0
    seconds: float = 0.0
    trouble: str = ""


def combinations(
    script: Sequence[str], vary: Mapping[str, Sequence[str]], length: str, knobs: Sequence[str]
) -> list[Trial]:
    """Every combination of ``vary``: settings by name, each with its values.

    A name that stands in braces in the script, such as ``{units}`` in the network, is put in there; any other
    has to be a knob and becomes an action of its own.  Raises NnlabError for other names and for too many.
    """
    text = "\n".join(script)
    for name in vary:
        if "{" + name + "}" not in text and name not in knobs:
            raise NnlabError(
                _(
                    "{name} can't be varied: it is no knob, and {braces} does not stand in the network; "
                    "knobs are {knobs}",
                    name=name,
                    braces="{" + name + "}",
                    knobs=", ".join(knobs),
                )
            )
    return [_trial(script, chosen, length) for chosen in each_with_each(vary)]


def each_with_each(vary: Mapping[str, Sequence[str]], most: int = MOST) -> list[Settings]:
    """Every combination of the values of each name.  Raises NnlabError for more than ``most``, and none."""
    for name, values in vary.items():
        if not values:
            raise NnlabError(_("{name} needs values, such as {name}=0.1,0.01", name=name))
    count = math.prod(len(values) for values in vary.values())
    if count > most:
        raise NnlabError(_("{n} combinations are too many; at most {most}", n=count, most=most))
    return [tuple(zip(vary, chosen)) for chosen in product(*vary.values())]


def _trial(script: Sequence[str], settings: Settings, length: str) -> Trial:
    lines = list(script)
    for name, value in settings:
        place = "{" + name + "}"
        if any(place in line for line in lines):
            lines = [line.replace(place, value) for line in lines]
        else:
            lines.append(f"{name} {value}")
    return Trial(settings, (*lines, f"run {length}"))


def run_all(trials: Sequence[Trial], jobs: int = 1, seed: int = 1, device: str = "auto") -> Iterator[Trial]:
    """The trials as they finish, ``jobs`` at a time; what runs is ended when nobody wants more."""
    if jobs < 1:
        raise NnlabError(_("jobs {n} must be 1 or more", n=jobs))
    if jobs == 1 or len(trials) == 1:
        yield from (run_one(trial, seed, device) for trial in trials)
        return
    with processes(min(jobs, len(trials))) as pool:
        for done in as_completed([pool.submit(run_one, trial, seed, device) for trial in trials]):
            yield done.result()


def run_one(trial: Trial, seed: int = 1, device: str = "auto") -> Trial:
    """``trial`` with how it went; bad settings are its trouble, not an error.  Raises KeyboardInterrupt."""
    from nnlab.session.session import Session

    session = Session(seed=seed, device=device)
    session.quiet = True
    began = time.perf_counter()
    trouble = ""
    try:
        for line in trial.script:
            ending = session.execute(line).payload
            heed_pause(ending)
        if getattr(ending, "reason", "reached") not in ("reached", "patience"):
            trouble = str(getattr(ending, "text", ""))
    except NnlabError as error:
        return replace(trial, trouble=str(error))
    run = session.need_run()
    rows = [row for row in run.history.epochs if not math.isnan(row.val_metric)]
    found = replace(
        trial,
        metric_name=run.history.metric,
        parameters=run.network.parameter_count,
        seconds=time.perf_counter() - began,
        trouble=trouble,
    )
    if not rows:
        return replace(found, trouble=trouble or _("there is no validation part to judge by"))
    best = max(rows, key=lambda row: row.val_metric)
    return replace(found, metric=best.val_metric, loss=min(row.val_loss for row in rows), epoch=best.epoch)


def ranked(trials: Sequence[Trial]) -> list[Trial]:
    """The best first; those without a metric last."""
    return sorted(
        trials, key=lambda t: (math.isnan(t.metric), -t.metric if not math.isnan(t.metric) else 0.0, t.loss)
    )
