"""``nnlab train``: one network, one data set, a progress bar and a table."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

from nnlab.cli import opening
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.look import finish
from nnlab.session.text import render_history

if TYPE_CHECKING:
    from nnlab.session import Ending, Session
    from nnlab.training import EpochRow, Run
    from nnlab.training.metrics import Scores


def script(arguments: argparse.Namespace) -> list[str]:
    """The same run as actions: what the command line does is what a session would."""
    lines = [f"data {arguments.data}", f"net {arguments.network}"]
    for word, value in (
        ("optimizer", arguments.optimizer),
        ("loss", arguments.loss),
        ("lr", arguments.lr),
        ("batch", arguments.batch),
        ("schedule", arguments.schedule),
        ("clip", arguments.clip),
        ("augment", arguments.augment),
        ("l1", arguments.l1),
        ("l2", arguments.l2),
        ("maxnorm", arguments.maxnorm),
        ("patience", arguments.patience),
    ):
        if value is not None:
            lines.append(f"{word} {value}")
    return lines


def main(arguments: argparse.Namespace) -> int:
    if arguments.epochs < 1:
        raise NnlabError(_("--epochs {n} must be 1 or more", n=arguments.epochs))
    session = opening.begin(arguments, Path(arguments.session) if arguments.session else None)
    bar = _Bar(arguments.epochs, arguments.json)
    session.on_progress(bar.show)
    with opening.closing(session):
        for line in script(arguments):
            session.execute(line)
        if arguments.until:
            session.execute(f"break {arguments.until}")
        ending = cast("Ending", session.execute(f"run {arguments.epochs} epochs").payload)
        bar.close()
        run = session.need_run()
        part = next((p for p in ("test", "validation") if len(run.data.split.part(p))), "train")
        scores = run.evaluate(part)
        if arguments.json:
            print(json.dumps(_summary(run, ending, part, scores)))
        else:
            print("\n".join(finish(_report(session, ending, part, scores), session.look)))
        if session.log.trouble:
            print(_("nnlab: {error}", error=session.log.trouble), file=sys.stderr)
        if ending.reason == "paused":
            opening.say_kept(session)
            return 130
        return opening.kept(session, 1 if ending.reason in ("nan", "error") else 0)


def _summary(run: Run, ending: Ending, part: str, scores: Scores) -> dict[str, object]:
    """How it went, for programs; JSON has no NaN."""
    done = [row for row in run.history.epochs if row.step <= run.step_count]
    last = done[-1] if done else None
    return {
        "steps": run.step_count,
        "epochs": len(run.history.epochs),
        "parameters": run.network.parameter_count,
        "val_metric": finite(last.val_metric) if last else None,
        "ended": ending.reason,
        "text": ending.text,
        part: {"loss": finite(scores.loss), scores.metric_name: finite(scores.metric), "n": scores.n},
    }


def finite(value: float) -> float | None:
    """``value`` for JSON, which has no NaN and no infinity."""
    return value if math.isfinite(value) else None


def _report(session: Session, ending: Ending, part: str, scores: Scores) -> list[str]:
    """How it went, for people: where, the epochs, why it ended before the last, and the scores."""
    run = session.need_run()
    why = [] if ending.reason == "reached" else [ending.text]
    scored = _(
        "{part}: loss {loss:.4f}, {metric} {value:.4f} on {n} examples; "
        "{steps} steps, {parameters} parameters",
        part=_(part),
        loss=scores.loss,
        metric=_(scores.metric_name),
        value=scores.metric,
        n=scores.n,
        steps=run.step_count,
        parameters=run.network.parameter_count,
    )
    return [*session.measured, *render_history(run.history, session.look), *why, scored]


class _Bar:
    """Progress on standard error where somebody sees it; with ``--json`` a line for every epoch."""

    def __init__(self, epochs: int, as_json: bool):
        self.epochs, self.as_json = epochs, as_json
        self.live = sys.stderr.isatty() and not as_json
        self.began = time.monotonic()

    def show(self, rows: list[EpochRow]) -> None:
        """Called for the epochs finished since the last call."""
        if self.as_json:
            for row in rows:
                numbers = {name: finite(value) for name, value in asdict(row).items()}
                print(json.dumps(numbers), flush=True)
        elif self.live and rows:
            row = rows[-1]
            done = min(1.0, row.epoch / self.epochs)
            spent = time.monotonic() - self.began
            filled = round(24 * done)
            sys.stderr.write(
                "\r"
                + _(
                    "[{bar}] epoch {epoch}/{epochs}  loss {loss:.4f}  {left:.0f} s left ",
                    bar="#" * filled + "." * (24 - filled),
                    epoch=row.epoch,
                    epochs=self.epochs,
                    loss=row.train_loss,
                    left=spent / done * (1 - done),
                )
            )
            sys.stderr.flush()

    def close(self) -> None:
        if self.live:
            sys.stderr.write("\r" + " " * 78 + "\r")
