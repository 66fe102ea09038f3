"""``nnlab train``: one network, one data set, a progress bar and a table."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.cli import opening
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training import EpochRow


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
        ("l1", arguments.l1),
        ("l2", arguments.l2),
    ):
        if value is not None:
            lines.append(f"{word} {value}")
    return lines


def main(arguments: argparse.Namespace) -> int:
    from nnlab.session.text import render_history

    if arguments.epochs < 1:
        raise NnlabError(_("--epochs {n} must be 1 or more", n=arguments.epochs))
    session = opening.begin(arguments, Path(arguments.session) if arguments.session else None)
    bar = _Bar(arguments.epochs, arguments.json)
    session.on_progress(bar.show)
    try:
        for line in script(arguments):
            session.execute(line)
        if arguments.until:
            session.execute(f"break {arguments.until}")
        session.execute(f"run {arguments.epochs} epochs")
        bar.close()
        run = session.run
        assert run is not None
        part = next((p for p in ("test", "validation") if len(run.data.split.part(p))), "train")
        scores = run.evaluate(part)
        if arguments.json:
            last = run.history.epochs[-1] if run.history.epochs else None
            print(
                json.dumps(
                    {
                        "steps": run.step_count,
                        "epochs": len(run.history.epochs),
                        "parameters": run.network.parameter_count,
                        "val_metric": last.val_metric
                        if last and last.val_metric == last.val_metric
                        else None,
                        part: {"loss": scores.loss, scores.metric_name: scores.metric, "n": scores.n},
                    }
                )
            )
            return 0
        print("\n".join(render_history(run.history, session.look)))
        print(
            _(
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
        )
        return 0
    finally:
        session.close()


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
                numbers = {k: v if v == v else None for k, v in asdict(row).items()}
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
