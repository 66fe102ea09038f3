"""The words of the command line.  Nothing heavy is imported here: ``nnlab --help`` answers at once."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from typing import Any, NoReturn

from nnlab import __version__
from nnlab.errors import NnlabError
from nnlab.i18n import _, set_language

EXAMPLES = """\
examples:
  nnlab                                   open the app (a text form where there is no terminal)
  nnlab demo                              ten seconds without a keyboard: train, look inside, explain
  nnlab lesson run neuron                 the first lesson
  nnlab train "dense 32 relu | dense 10" --data digits --epochs 10
  nnlab run script.nnl                    execute actions from a file, one on each line
  nnlab explain "dense1.W[0,1].grad" --session script.nnl
"""


class _Parser(argparse.ArgumentParser):
    """Refuses with one sentence, as everything in nnlab does."""

    def error(self, message: str) -> NoReturn:
        raise NnlabError(f"{message} ({_('see {help}', help=self.prog + ' --help')})")


def _later(module: str, function: str = "main") -> Callable[[argparse.Namespace], int]:
    """A command whose module is imported when it runs."""

    def command(arguments: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"nnlab.cli.{module}"), function)(arguments))

    return command


def parse(argv: list[str]) -> argparse.Namespace:
    """Arguments of one command; settings that hold everywhere are applied. Raises NnlabError."""
    arguments = build().parse_args(argv)
    from nnlab import settings
    from nnlab.engine.device import set_threads

    arguments.settings, arguments.complaints = settings.load()
    set_language(arguments.language or arguments.settings.language)
    arguments.device = arguments.device or arguments.settings.device
    threads = arguments.threads
    if threads is None and arguments.settings.threads > 1:
        threads = arguments.settings.threads
    arguments.threads = set_threads(threads)
    return arguments


def build() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="nnlab",
        description="A glass-box laboratory for neural networks in the terminal.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nnlab {__version__}")
    _common(parser)
    parser.add_argument("--plain", action="store_true", help="a scrolling text form that can do everything")
    parser.add_argument("--accessible", action="store_true", help="plain form in sentences, without tables")
    parser.add_argument("--session", metavar="FILE", help="keep the session in this file and go on from it")
    parser.add_argument("--new", action="store_true", help="begin a new session")
    parser.add_argument("--color", choices=("auto", "true", "256", "16", "none"), help="how many colours")
    parser.add_argument("--glyphs", choices=("auto", "ascii", "blocks", "braille"), help="signs of pictures")
    parser.add_argument("--motion", choices=("full", "reduced"), help="moving pictures, or jumps")
    parser.add_argument("--theme", help="dark, light, high-contrast or colour-blind")
    parser.add_argument("--link", choices=("auto", "slow", "fast"), default="auto", help="how to pace frames")
    parser.add_argument("--lessons", action="append", default=[], metavar="DIR", help="a folder of lessons")
    parser.set_defaults(command=_later("start"))
    commands = parser.add_subparsers(metavar="COMMAND", title="commands", parser_class=_Parser)
    for add in (_run, _train, _explain, _data, _lesson, _doctor, _demo):
        add(commands)
    return parser


def _common(parser: argparse.ArgumentParser, *, top: bool = True) -> None:
    """Options every command takes; below the top they must not overwrite what stood before the command."""
    absent: Any = None if top else argparse.SUPPRESS
    parser.add_argument("--language", choices=("auto", "en", "zh"), default=absent, help="English or 中文")
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"), default=absent, help="where to compute")
    parser.add_argument("--threads", type=int, default=absent, help="threads of linear algebra (1)")
    parser.add_argument(
        "--seed", type=int, default=1 if top else absent, help="seed of all random numbers (1)"
    )


def _command(
    commands: Any, name: str, help_: str, function: str, module: str = ""
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    _common(parser, top=False)
    parser.set_defaults(command=_later(module or name, function))
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on each line")


def _run(commands: Any) -> None:
    parser = _command(commands, "run", "execute a file of actions, - reads them from standard input", "main")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--until", metavar="COND", help='train on until this holds, e.g. "val_loss rises 5"')
    parser.add_argument("--session", metavar="FILE", help="keep what was done in this session file")
    _json(parser)


def _train(commands: Any) -> None:
    parser = _command(commands, "train", "train a network and print how it went", "main")
    parser.add_argument("network", metavar="NOTATION", help='e.g. "dense 32 relu | dense 10"')
    parser.add_argument("--data", required=True, metavar="SPEC", help='e.g. digits or "moons noise=0.2"')
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, help="examples in a batch (32)")
    parser.add_argument("--optimizer", help='e.g. "adam lr=0.01"')
    parser.add_argument("--lr", type=float, help="learning rate of the optimiser")
    parser.add_argument("--loss", help="cross_entropy, bce or mse")
    parser.add_argument("--schedule", help='e.g. "cosine 1000"')
    parser.add_argument("--clip", help='e.g. "norm 1"')
    parser.add_argument("--l1", type=float)
    parser.add_argument("--l2", type=float)
    parser.add_argument("--until", metavar="COND", help="stop as soon as this holds")
    parser.add_argument("--session", metavar="FILE", help="keep the run in this session file")
    _json(parser)


def _explain(commands: Any) -> None:
    parser = _command(commands, "explain", "print the arithmetic behind one number of a session", "main")
    parser.add_argument("address", metavar="ADDRESS", help='e.g. "dense1.W[0,1].grad"')
    parser.add_argument("--session", required=True, metavar="FILE")
    parser.add_argument("--step", type=int, help="as it was after this step")
    _json(parser)


def _data(commands: Any) -> None:
    parser = _command(commands, "data", "data sets: list them, look at one, bring your own", "list_", "data")
    verbs = parser.add_subparsers(metavar="VERB", parser_class=_Parser)
    listing = _command(verbs, "list", "all data sets with their options", "list_", "data")
    _json(listing)
    show = _command(verbs, "show", "what is in a data set", "show", "data")
    show.add_argument("spec", nargs="+", metavar="SPEC", help='e.g. digits or "moons noise=0.2"')
    _json(show)
    own = _command(verbs, "import", "check a CSV, .npz or .npy file and keep a copy", "import_", "data")
    own.add_argument("file", metavar="FILE")
    own.add_argument("--target", help="the column to predict (the last one)")
    own.add_argument("--name", help="what to call it (the file's name)")
    _json(own)


def _lesson(commands: Any) -> None:
    parser = _command(commands, "lesson", "the course: list, run, check and write lessons", "list_", "lesson")
    verbs = parser.add_subparsers(metavar="VERB", parser_class=_Parser)
    for verb, help_, function in (
        ("list", "all lessons and how far you are", "list_"),
        ("run", "take a lesson, e.g. a7 or backprop", "run"),
        ("check", "prove lessons: solutions pass, mistakes fail, numbers are true", "check"),
        ("new", "begin a lesson of your own in a folder", "new"),
    ):
        sub = _command(verbs, verb, help_, function, "lesson")
        sub.add_argument("--lessons", action="append", default=argparse.SUPPRESS, metavar="DIR")
        if verb == "run":
            sub.add_argument("name", metavar="LESSON")
            sub.add_argument("--plain", action="store_true", default=argparse.SUPPRESS)
        elif verb == "check":
            sub.add_argument("names", nargs="*", metavar="LESSON", help="all of them unless named")
        elif verb == "new":
            sub.add_argument("name", metavar="NAME", help="e.g. z1_my_lesson")
            sub.add_argument("--to", default=".", metavar="DIR", help="the folder to write to (here)")
        if verb in ("list", "check"):
            _json(sub)


def _doctor(commands: Any) -> None:
    parser = _command(commands, "doctor", "versions, device and why, terminal, folders, threads", "main")
    parser.add_argument("--color", default=argparse.SUPPRESS)
    _json(parser)


def _demo(commands: Any) -> None:
    parser = _command(commands, "demo", "ten seconds without a keyboard", "main")
    parser.add_argument("--fast", action="store_true", help="without pauses")
