"""``nnlab recall``: a question that has come back, asked and answered in the shell in fifteen seconds."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.lesson.recall import RecallRun
    from nnlab.lesson.state import Verdict

WIDTH = 80
LEAVE = ("q", "quit", "exit")


def main(arguments: argparse.Namespace) -> int:
    """0 answered, or nothing is due; 1 left unanswered (with ``--count``: nothing is due)."""
    if arguments.count:
        from nnlab.store.glance import count_due

        waiting = count_due()
        print(waiting)
        return 0 if waiting else 1
    if arguments.most < 1:
        raise NnlabError(_("--most {n}: ask for one question or more", n=arguments.most))
    return _ask(arguments)


def _ask(arguments: argparse.Namespace) -> int:
    from nnlab.cli import opening
    from nnlab.lesson.recall import due_recalls, next_recall, nothing_due

    with opening.progress() as progress:
        for number in range(arguments.most):
            run, lesson = next_recall(progress, arguments.lessons)
            if run is None:
                if not number:
                    print(nothing_due(progress))
                return 0
            if ask(run, lesson) is None:
                return 1
        left = len(due_recalls(progress))
        if left:
            print(_("Still waiting: {n}. “nnlab recall --most {n}” asks them.", n=left))
        return 0


def ask(run: RecallRun, lesson: str) -> Verdict | None:
    """Ask one question; None where it was left unanswered."""
    from nnlab.lesson.render import asked_lines, verdict_lines

    print("\n".join(asked_lines(run.question, run.options, lesson, WIDTH)), flush=True)
    verdict: Verdict | None = None
    while verdict is None:
        try:
            typed = input("> ").strip()
        except EOFError:
            print()
            return None
        if typed.lower() in LEAVE:
            return None
        try:
            verdict = run.submit(typed)
        except NnlabError as error:  # a slip of the pen is no answer
            print(error)
    print("\n".join(verdict_lines(verdict, WIDTH)))
    return verdict
