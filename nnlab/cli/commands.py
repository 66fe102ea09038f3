"""The commands and their options."""

from __future__ import annotations

import argparse
from typing import Any

from nnlab.cli.command import Parser, command, json_option
from nnlab.cli.lesson_commands import lesson, recall
from nnlab.i18n import _


def _run(commands: Any) -> None:
    parser = command(
        commands, "run", _("execute a file of actions, - reads them from standard input"), "main"
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--until", metavar="COND", help=_('train on until this holds, e.g. "val_loss rises 5"')
    )
    parser.add_argument("--session", metavar="FILE", help=_("keep what was done in this session file"))
    json_option(parser)


def _train(commands: Any) -> None:
    parser = command(commands, "train", _("train a network and print how it went"), "main")
    _settings_of_training(parser)
    parser.add_argument("--until", metavar="COND", help=_("stop as soon as this holds"))
    parser.add_argument("--session", metavar="FILE", help=_("keep the run in this session file"))
    json_option(parser)


def _settings_of_training(parser: argparse.ArgumentParser) -> None:
    """What a run is told: network, data and knobs."""
    parser.add_argument("network", metavar="NOTATION", help=_('e.g. "dense 32 relu | dense 10"'))
    parser.add_argument("--data", required=True, metavar="SPEC", help=_('e.g. digits or "moons noise=0.2"'))
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, help=_("examples in a batch (32)"))
    parser.add_argument("--optimizer", help=_('e.g. "adam lr=0.01"'))
    parser.add_argument("--lr", type=float, help=_("learning rate of the optimiser"))
    parser.add_argument("--loss", help=_('e.g. mse or "huber delta=0.5"; by the task unless given'))
    parser.add_argument("--schedule", help=_('e.g. "cosine 1000"'))
    parser.add_argument("--clip", help=_('e.g. "norm 1"'))
    parser.add_argument("--augment", help=_('e.g. "shift:1 noise:0.1"'))
    parser.add_argument("--l1", type=float)
    parser.add_argument("--l2", type=float)
    parser.add_argument(
        "--maxnorm", type=float, metavar="LENGTH", help=_("the longest a unit’s weights may be together")
    )
    parser.add_argument(
        "--patience",
        type=int,
        metavar="EPOCHS",
        help=_("stop after so many epochs without a better one, and go back to the best"),
    )


def _sweep(commands: Any) -> None:
    parser = command(
        commands, "sweep", _("train every combination of settings and compare how they went"), "main"
    )
    _settings_of_training(parser)
    parser.add_argument(
        "--vary",
        action="append",
        required=True,
        metavar="NAME=V1,V2",
        help=_("a knob, or a name that stands in braces in the notation: units=8,16 for dense {units}"),
    )
    parser.add_argument("--separator", default=",", help=_("what stands between two values (,)"))
    parser.add_argument("--jobs", type=int, default=1, help=_("trainings at a time, each in a process (1)"))
    json_option(parser)


def _explain(commands: Any) -> None:
    parser = command(commands, "explain", _("print the arithmetic behind one number of a session"), "main")
    parser.add_argument("address", metavar="ADDRESS", help=_('e.g. "dense1.W[0,1].grad"'))
    parser.add_argument("--session", required=True, metavar="FILE")
    parser.add_argument("--step", type=int, help=_("as it was after this step"))
    json_option(parser)


def _shrink(commands: Any) -> None:
    parser = command(commands, "shrink", _("show accuracy against size of a network in a file"), "main")
    parser.add_argument("file", metavar="FILE.safetensors")
    parser.add_argument("--data", required=True, metavar="SPEC", help=_('e.g. digits or "moons noise=0.2"'))
    parser.add_argument("--way", choices=("prune", "quantise"), help=_("one way alone; both unless given"))
    parser.add_argument("--part", choices=("train", "validation", "test"), default="validation")
    json_option(parser)


def _data(commands: Any) -> None:
    parser = command(
        commands, "data", _("data sets: list them, look at one, bring your own"), "list_", "data"
    )
    verbs = parser.add_subparsers(metavar="VERB", parser_class=Parser)
    listing = command(verbs, "list", _("all data sets with their options"), "list_", "data")
    json_option(listing)
    show = command(verbs, "show", _("what is in a data set"), "show", "data")
    show.add_argument("spec", nargs="+", metavar="SPEC", help=_('e.g. digits or "moons noise=0.2"'))
    show.add_argument(
        "--augment", metavar="CHANGES", help=_('show a row changed, e.g. "shift:1 rotate:10 noise:0.1"')
    )
    json_option(show)
    own = command(
        verbs, "import", _("check a table, a text or a NumPy file and keep a copy"), "import_", "data"
    )
    own.add_argument("file", metavar="FILE")
    own.add_argument("options", nargs="*", metavar="option=value", help=_("e.g. ignore=id missing=drop"))
    own.add_argument("--replace", action="store_true", help=_("in place of the one that has this name"))
    own.add_argument("--target", help=_("the column to predict (the last one)"))
    own.add_argument("--name", help=_("what to call it (the file's name)"))
    json_option(own)


def _zoo(commands: Any) -> None:
    parser = command(commands, "zoo", _("models that work: list them, look at one, train it"), "list_", "zoo")
    verbs = parser.add_subparsers(metavar="VERB", parser_class=Parser)
    json_option(command(verbs, "list", _("all models, with the seconds they take"), "list_", "zoo"))
    show = command(verbs, "show", _("the script of a model, its source and its goal"), "show", "zoo")
    show.add_argument("name", metavar="MODEL")
    json_option(show)
    train = command(verbs, "train", _("train models and measure their goals"), "train", "zoo")
    train.add_argument("names", nargs="*", metavar="MODEL")
    train.add_argument("--all", action="store_true", help=_("every model"))
    train.add_argument("--check", action="store_true", help=_("exit with 1 where a goal is missed"))
    train.add_argument(
        "--steps", type=int, metavar="N", help=_("the first N steps of a learner without gradients")
    )
    hidden = argparse.SUPPRESS  # what --seed was called here once
    train.add_argument("--with-seed", dest="seed", type=int, default=hidden, help=hidden)
    json_option(train)


def _doctor(commands: Any) -> None:
    parser = command(commands, "doctor", _("versions, device and why, terminal, folders, threads"), "main")
    parser.add_argument("--color", default=argparse.SUPPRESS)
    parser.set_defaults(says_why=True)
    json_option(parser)


def _demo(commands: Any) -> None:
    parser = command(commands, "demo", _("ten seconds without a keyboard"), "main")
    parser.add_argument("--fast", action="store_true", help=_("without pauses"))


COMMANDS = (_run, _train, _sweep, _shrink, _explain, _data, _zoo, lesson, recall, _doctor, _demo)
"""What adds each of them, in the order of the help."""
