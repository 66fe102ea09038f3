"""``nnlab sweep``: every combination of settings, side by side, and a table of how they went."""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from nnlab.cli.train import finite, script
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.look import Look, table

if TYPE_CHECKING:
    from nnlab.session.sweep import Trial


def main(arguments: argparse.Namespace) -> int:
    from nnlab.engine.device import choose
    from nnlab.session.actions.knobs import KNOBS
    from nnlab.session.sweep import combinations, ranked, run_all

    choose(arguments.device)
    vary = {}
    for text in arguments.vary:
        name, equals, values = text.partition("=")
        if not equals or not name:
            raise NnlabError(_("--vary {text} is not of the form lr=0.1,0.01", text=text))
        vary[name.strip()] = [value.strip() for value in values.split(arguments.separator) if value.strip()]
    trials = combinations(script(arguments), vary, f"{arguments.epochs} epochs", KNOBS)
    done: list[Trial] = []
    try:
        for trial in run_all(trials, arguments.jobs, arguments.seed, arguments.device):
            done.append(trial)
            _tell(trial, len(done), len(trials), arguments.json)
    except KeyboardInterrupt:
        print(_("stopped after {n} of {all} trials", n=len(done), all=len(trials)), file=sys.stderr)
    if not arguments.json:
        print("\n".join([*_table(ranked(done)), *_spans(done)]))
    return 0 if len(done) == len(trials) else 130


def _tell(trial: Trial, count: int, of: int, as_json: bool) -> None:
    """One trial has finished: a line for programs, progress for people."""
    if as_json:
        numbers = {k: finite(v) if isinstance(v, float) else v for k, v in asdict(trial).items()}
        print(json.dumps({**numbers, "settings": dict(trial.settings)}), flush=True)
    elif sys.stderr.isatty():
        sys.stderr.write(f"\r{count}/{of}" + ("\n" if count == of else ""))
        sys.stderr.flush()


def _spans(trials: list[Trial]) -> list[str]:
    """How far the seeds of each setting lie apart, where seeds are among what was varied."""
    from nnlab.session.seeds import span_text

    groups: dict[str, list[float]] = {}
    for trial in trials:
        rest = ", ".join(f"{name} {value}" for name, value in trial.settings if name != "seed")
        groups.setdefault(rest, []).append(trial.metric)
    percent = any(trial.metric_name == "accuracy" for trial in trials)
    spans = [(rest, span_text(values, percent)) for rest, values in groups.items() if len(values) > 1]
    if not spans:
        return []
    return [
        "",
        _("the best epochs, seeds together:"),
        *(f"  {rest}: {t}" if rest else f"  {t}" for rest, t in spans),
    ]


def _table(trials: list[Trial]) -> list[str]:
    if not trials:
        return [_("no trial has finished")]
    names = [name for name, _value in trials[0].settings]
    metric = next((_(t.metric_name) for t in trials if t.metric_name), _("metric"))
    heads = [*names, metric, _("loss"), _("epoch"), _("parameters"), _("seconds"), ""]
    rows = [
        [
            *(value for _name, value in t.settings),
            "–" if math.isnan(t.metric) else f"{t.metric:.4f}",
            "–" if math.isnan(t.loss) else f"{t.loss:.4f}",
            str(t.epoch or "–"),
            f"{t.parameters:,}" if t.parameters else "–",
            f"{t.seconds:.1f}",
            t.trouble,
        ]
        for t in trials
    ]
    lines = table(Look(), heads, rows, "r" * (len(heads) - 1))
    best = trials[0]
    if not math.isnan(best.metric):
        lines += ["", _("the best, to type again:"), *(f"  {line}" for line in best.script)]
    return lines
