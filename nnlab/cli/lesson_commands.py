"""``nnlab lesson`` and ``nnlab recall``: their verbs and options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from nnlab.cli.command import Parser, command, json_option
from nnlab.i18n import N_, _


def lesson(commands: Any) -> None:
    parser = command(
        commands, "lesson", _("the course: list, run, check and write lessons"), "list_", "lesson"
    )
    verbs = parser.add_subparsers(metavar="VERB", parser_class=Parser)
    for verb, help_, function, add in VERBS:
        sub = command(verbs, verb, _(help_), function, "lesson")
        _lessons(sub)
        add(sub)


def recall(commands: Any) -> None:
    parser = command(
        commands, "recall", _("a question that has come back from a lesson, in fifteen seconds"), "main"
    )
    parser.add_argument("--count", action="store_true", help=_("print how many are due, for a shell prompt"))
    parser.add_argument("--most", type=int, default=1, metavar="N", help=_("ask up to N questions (1)"))
    _lessons(parser)


def _lessons(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lessons", action="append", default=argparse.SUPPRESS, metavar="DIR")


def _run(parser: argparse.ArgumentParser) -> None:
    _one_lesson(parser)
    parser.add_argument("--plain", action="store_true", default=argparse.SUPPRESS)
    parser.add_argument("--anew", action="store_true", help=_("from the first step; what was done stays"))


def _path(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="PATH", nargs="?", default="", help=_("one of them, in full"))
    parser.add_argument("--follow", action="store_true", help=_("make it the path that Home shows"))


def _summary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", default="", metavar="NAME", help=_("the name to put on it"))


def _one_lesson(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="LESSON")


def _one_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="LESSON", help=_("all of them unless named"))
    parser.add_argument("--all", action="store_true", help=_("slow training too"))
    parser.add_argument("--fast", action="store_true", help=_("without slow training, also with --all"))
    parser.add_argument("--seeds", type=int, metavar="N", help=_("only training goals, with N other seeds"))
    parser.add_argument("--jobs", type=int, metavar="N", help=_("lessons at a time (one for each CPU)"))
    json_option(parser)


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=_("e.g. z1_my_lesson"))
    parser.add_argument("--to", default=".", metavar="DIR", help=_("the folder to write to (here)"))


def _nothing(parser: argparse.ArgumentParser) -> None:
    """A verb that takes no more."""


VERBS: tuple[tuple[str, str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("list", N_("all lessons and how far you are"), "list_", json_option),
    ("run", N_("take a lesson, e.g. a7 or backprop"), "run", _run),
    ("recall", N_("answer the questions that have come back from lessons taken before"), "recall", _nothing),
    ("path", N_("ready-made ways through the course, and how far you are"), "path", _path),
    ("summary", N_("what you have done, as a text"), "summary", _summary),
    ("know", N_("answer one question of a lesson, and it counts as known"), "know", _one_lesson),
    ("check", N_("prove lessons: solutions pass, mistakes fail, numbers are true"), "check", _check),
    ("coverage", N_("which step or card makes each concept of the course real"), "coverage", json_option),
    ("new", N_("begin a lesson of your own in a folder"), "new", _new),
    ("export", N_("write all progress to one file"), "export", _one_file),
    ("import", N_("merge progress from such a file; nothing here is lost"), "import_", _one_file),
)
"""(verb, what it does, the function of ``nnlab.cli.lesson``, what adds its options)."""
