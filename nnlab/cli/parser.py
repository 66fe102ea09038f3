"""The words of the command line.  Nothing heavy is imported here: ``nnlab --help`` answers at once."""

from __future__ import annotations

import argparse
import gettext
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from nnlab import __version__
from nnlab.errors import NnlabError
from nnlab.i18n import CATALOGUES, LANGUAGES, N_, _, current_language, set_language
from nnlab.nearest import did_you_mean

if TYPE_CHECKING:
    from nnlab.settings import Settings

EXAMPLES = N_("""\
examples:
  nnlab                                   open the app (a text form where there is no terminal)
  nnlab demo                              ten seconds without a keyboard: train, look inside, explain
  nnlab lesson run neuron                 the first lesson
  nnlab train "dense 32 relu | dense 10" --data digits --epochs 10
  nnlab run script.nnl                    execute actions from a file, one on each line
  nnlab explain "dense1.W[0,1].grad" --session script.nnl
""")

# What argparse itself says, see _argparse_in().
ARGPARSE = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("ignored explicit argument %r"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
)


class _Parser(argparse.ArgumentParser):
    """Refuses with one sentence, as everything in nnlab does."""

    def error(self, message: str) -> NoReturn:
        raise NnlabError(_("{message} (see {help})", message=message, help=self.prog + " --help"))

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        found, left = self.parse_known_args(args, namespace)
        if left:
            message = gettext.gettext("unrecognized arguments: %s") % " ".join(left)
            self.error(message + did_you_mean(left[0], set(self._flags())))
        return found

    def _flags(self) -> Iterator[str]:
        """Every option there is, of commands too: a misspelt one is told by the parser at the top."""
        for action in self._actions:
            yield from action.option_strings
            for parser in (action.choices or {}).values() if isinstance(action.choices, dict) else ():
                yield from parser._flags()

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            error.message += did_you_mean(str(value), map(str, action.choices or ()))
            raise


def _later(module: str, function: str = "main") -> Callable[[argparse.Namespace], int]:
    """A command whose module is imported when it runs."""

    def command(arguments: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"nnlab.cli.{module}"), function)(arguments))

    return command


def parse(argv: list[str]) -> argparse.Namespace:
    """Arguments of one command; settings that hold everywhere are applied. Raises NnlabError."""
    from nnlab import settings
    from nnlab.engine.device import KERNELS_VARIABLE, THREAD_VARIABLES, set_kernels, set_threads

    asked = asked_language(argv)
    set_language(asked or "auto")
    kept, complaints = settings.load()
    if not _writable(set_language(asked or kept.language)):
        set_language("en")
    with _argparse_in(current_language()):
        arguments = build().parse_args(argv)
    arguments.settings, arguments.complaints = kept, complaints
    arguments.device = _device(arguments, kept, complaints)
    set_kernels(arguments.kernels or "auto")
    if arguments.kernels is None and KERNELS_VARIABLE not in os.environ:
        try:
            set_kernels(kept.kernels)
        except NnlabError as error:  # a setting may have been made where Numba was
            complaints.append(str(error))
    threads = arguments.threads
    if threads is None and arguments.settings.threads > 1:
        threads = arguments.settings.threads
    arguments.threads_asked = threads is not None or any(name in os.environ for name in THREAD_VARIABLES)
    arguments.threads = set_threads(threads)
    return arguments


def _device(arguments: argparse.Namespace, kept: Settings, complaints: list[str]) -> str:
    """The device that was asked for, else that of the settings, perhaps made where there was a GPU.

    Raises NnlabError where a GPU was asked for that cannot be there, unless the command itself ``says_why``.
    """
    from nnlab.engine.device import choose, has_cupy

    if arguments.device:
        if arguments.device == "gpu" and not has_cupy() and not getattr(arguments, "says_why", False):
            choose("gpu")
        return str(arguments.device)
    if kept.device == "gpu" and not has_cupy():
        complaints.append(_("the setting device gpu is not used: CuPy is not installed here"))
        return "auto"
    return kept.device


def asked_language(argv: list[str]) -> str:
    """What ``--language`` says, or nothing: the help itself is written in it, so it is read first."""
    for word, following in zip(argv, [*argv[1:], ""]):
        flag, given, value = word.partition("=")
        if len(flag) > 3 and "--language".startswith(flag):
            return value if given else following
    return ""


def _writable(language: str) -> bool:
    """Whether the encoding of standard output has the signs of ``language``."""
    try:
        LANGUAGES[language].encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _argparse_in(language: str) -> Iterator[None]:
    """argparse asks gettext's default domain in the language of the environment: both are lent to it."""
    before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain("nnlab", str(CATALOGUES))
    gettext.textdomain("nnlab")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(before[0])
        if before[1] is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before[1]


def build() -> argparse.ArgumentParser:
    """All commands, with help in the language now in force."""
    parser = _Parser(
        prog="nnlab",
        description=_("A glass-box laboratory for neural networks in the terminal."),
        epilog=_(EXAMPLES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"nnlab {__version__}", help=_("show the version and leave")
    )
    _common(parser)
    parser.add_argument(
        "--plain", action="store_true", help=_("a scrolling text form that can do everything")
    )
    parser.add_argument(
        "--accessible", action="store_true", help=_("plain form in sentences, without tables")
    )
    parser.add_argument(
        "--session", metavar="FILE", help=_("keep the session in this file and go on from it")
    )
    parser.add_argument("--new", action="store_true", help=_("begin a new session"))
    parser.add_argument("--color", choices=("auto", "true", "256", "16", "none"), help=_("how many colours"))
    parser.add_argument(
        "--glyphs", choices=("auto", "ascii", "blocks", "braille"), help=_("signs of pictures")
    )
    parser.add_argument("--motion", choices=("full", "reduced"), help=_("moving pictures, or jumps"))
    parser.add_argument("--theme", help=_("dark, light, high-contrast or colour-blind"))
    parser.add_argument(
        "--link", choices=("auto", "slow", "fast"), default="auto", help=_("how to pace frames")
    )
    parser.add_argument(
        "--lessons", action="append", default=[], metavar="DIR", help=_("a folder of lessons")
    )
    parser.set_defaults(command=_later("start"))
    commands = parser.add_subparsers(metavar="COMMAND", title=_("commands"), parser_class=_Parser)
    for add in (_run, _train, _sweep, _shrink, _explain, _data, _zoo, _lesson, _recall, _doctor, _demo):
        add(commands)
    return parser


def _common(parser: argparse.ArgumentParser, *, top: bool = True) -> None:
    """Options every command takes; below the top they must not overwrite what stood before the command."""
    absent: Any = None if top else argparse.SUPPRESS
    parser.add_argument("--language", choices=("auto", "en", "zh"), default=absent, help=_("English or 中文"))
    parser.add_argument(
        "--device",
        type=lambda word: "gpu" if word == "cuda" else word,  # as others call it
        choices=("auto", "cpu", "gpu"),
        default=absent,
        help=_("where to compute"),
    )
    parser.add_argument(
        "--kernels",
        choices=("auto", "numpy", "numba"),
        default=absent,
        help=_("what computes on the CPU; numba is faster and gives other last digits"),
    )
    parser.add_argument("--threads", type=int, default=absent, help=_("threads of linear algebra (1)"))
    parser.add_argument("--seed", type=int, default=absent, help=_("seed of all random numbers (1)"))


def _command(
    commands: Any, name: str, help_: str, function: str, module: str = ""
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    _common(parser, top=False)
    parser.set_defaults(command=_later(module or name, function))
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("one JSON object on each line"))


def _run(commands: Any) -> None:
    parser = _command(
        commands, "run", _("execute a file of actions, - reads them from standard input"), "main"
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--until", metavar="COND", help=_('train on until this holds, e.g. "val_loss rises 5"')
    )
    parser.add_argument("--session", metavar="FILE", help=_("keep what was done in this session file"))
    _json(parser)


def _train(commands: Any) -> None:
    parser = _command(commands, "train", _("train a network and print how it went"), "main")
    _settings_of_training(parser)
    parser.add_argument("--until", metavar="COND", help=_("stop as soon as this holds"))
    parser.add_argument("--session", metavar="FILE", help=_("keep the run in this session file"))
    _json(parser)


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
    parser = _command(
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
    _json(parser)


def _explain(commands: Any) -> None:
    parser = _command(commands, "explain", _("print the arithmetic behind one number of a session"), "main")
    parser.add_argument("address", metavar="ADDRESS", help=_('e.g. "dense1.W[0,1].grad"'))
    parser.add_argument("--session", required=True, metavar="FILE")
    parser.add_argument("--step", type=int, help=_("as it was after this step"))
    _json(parser)


def _shrink(commands: Any) -> None:
    parser = _command(commands, "shrink", _("show accuracy against size of a network in a file"), "main")
    parser.add_argument("file", metavar="FILE.safetensors")
    parser.add_argument("--data", required=True, metavar="SPEC", help=_('e.g. digits or "moons noise=0.2"'))
    parser.add_argument("--way", choices=("prune", "quantise"), help=_("one way alone; both unless given"))
    parser.add_argument("--part", choices=("train", "validation", "test"), default="validation")
    _json(parser)


def _data(commands: Any) -> None:
    parser = _command(
        commands, "data", _("data sets: list them, look at one, bring your own"), "list_", "data"
    )
    verbs = parser.add_subparsers(metavar="VERB", parser_class=_Parser)
    listing = _command(verbs, "list", _("all data sets with their options"), "list_", "data")
    _json(listing)
    show = _command(verbs, "show", _("what is in a data set"), "show", "data")
    show.add_argument("spec", nargs="+", metavar="SPEC", help=_('e.g. digits or "moons noise=0.2"'))
    show.add_argument(
        "--augment", metavar="CHANGES", help=_('show a row changed, e.g. "shift:1 rotate:10 noise:0.1"')
    )
    _json(show)
    own = _command(
        verbs, "import", _("check a table, a text or a NumPy file and keep a copy"), "import_", "data"
    )
    own.add_argument("file", metavar="FILE")
    own.add_argument("options", nargs="*", metavar="option=value", help=_("e.g. ignore=id missing=drop"))
    own.add_argument("--replace", action="store_true", help=_("in place of the one that has this name"))
    own.add_argument("--target", help=_("the column to predict (the last one)"))
    own.add_argument("--name", help=_("what to call it (the file's name)"))
    _json(own)


def _zoo(commands: Any) -> None:
    parser = _command(
        commands, "zoo", _("models that work: list them, look at one, train it"), "list_", "zoo"
    )
    verbs = parser.add_subparsers(metavar="VERB", parser_class=_Parser)
    _json(_command(verbs, "list", _("all models, with the seconds they take"), "list_", "zoo"))
    show = _command(verbs, "show", _("the script of a model, its source and its goal"), "show", "zoo")
    show.add_argument("name", metavar="MODEL")
    _json(show)
    train = _command(verbs, "train", _("train models and measure their goals"), "train", "zoo")
    train.add_argument("names", nargs="*", metavar="MODEL")
    train.add_argument("--all", action="store_true", help=_("every model"))
    train.add_argument("--check", action="store_true", help=_("exit with 1 where a goal is missed"))
    train.add_argument(
        "--steps", type=int, metavar="N", help=_("the first N steps of a learner without gradients")
    )
    hidden = argparse.SUPPRESS  # what --seed was called here once
    train.add_argument("--with-seed", dest="seed", type=int, default=hidden, help=hidden)
    _json(train)


def _lesson(commands: Any) -> None:
    parser = _command(
        commands, "lesson", _("the course: list, run, check and write lessons"), "list_", "lesson"
    )
    verbs = parser.add_subparsers(metavar="VERB", parser_class=_Parser)
    for verb, help_, function in (
        ("list", _("all lessons and how far you are"), "list_"),
        ("run", _("take a lesson, e.g. a7 or backprop"), "run"),
        ("recall", _("answer the questions that have come back from lessons taken before"), "recall"),
        ("path", _("ready-made ways through the course, and how far you are"), "path"),
        ("summary", _("what you have done, as a text"), "summary"),
        ("know", _("answer one question of a lesson, and it counts as known"), "know"),
        ("check", _("prove lessons: solutions pass, mistakes fail, numbers are true"), "check"),
        ("coverage", _("which step or card makes each concept of the course real"), "coverage"),
        ("new", _("begin a lesson of your own in a folder"), "new"),
        ("export", _("write all progress to one file"), "export"),
        ("import", _("merge progress from such a file; nothing here is lost"), "import_"),
    ):
        sub = _command(verbs, verb, help_, function, "lesson")
        sub.add_argument("--lessons", action="append", default=argparse.SUPPRESS, metavar="DIR")
        if verb == "run":
            sub.add_argument("name", metavar="LESSON")
            sub.add_argument("--plain", action="store_true", default=argparse.SUPPRESS)
            sub.add_argument(
                "--anew", action="store_true", help=_("from the first step; what was done stays")
            )
        elif verb == "path":
            sub.add_argument("name", metavar="PATH", nargs="?", default="", help=_("one of them, in full"))
            sub.add_argument("--follow", action="store_true", help=_("make it the path that Home shows"))
        elif verb == "summary":
            sub.add_argument("--name", default="", metavar="NAME", help=_("the name to put on it"))
        elif verb == "know":
            sub.add_argument("name", metavar="LESSON")
        elif verb in ("export", "import"):
            sub.add_argument("file", metavar="FILE")
        elif verb == "check":
            sub.add_argument("names", nargs="*", metavar="LESSON", help=_("all of them unless named"))
            sub.add_argument("--all", action="store_true", help=_("slow training too"))
            sub.add_argument("--fast", action="store_true", help=_("without slow training, also with --all"))
            sub.add_argument(
                "--seeds", type=int, metavar="N", help=_("only training goals, with N other seeds")
            )
            sub.add_argument("--jobs", type=int, metavar="N", help=_("lessons at a time (one for each CPU)"))
        elif verb == "new":
            sub.add_argument("name", metavar="NAME", help=_("e.g. z1_my_lesson"))
            sub.add_argument("--to", default=".", metavar="DIR", help=_("the folder to write to (here)"))
        if verb in ("list", "check", "coverage"):
            _json(sub)


def _recall(commands: Any) -> None:
    parser = _command(
        commands, "recall", _("a question that has come back from a lesson, in fifteen seconds"), "main"
    )
    parser.add_argument("--count", action="store_true", help=_("print how many are due, for a shell prompt"))
    parser.add_argument("--most", type=int, default=1, metavar="N", help=_("ask up to N questions (1)"))
    parser.add_argument("--lessons", action="append", default=argparse.SUPPRESS, metavar="DIR")


def _doctor(commands: Any) -> None:
    parser = _command(commands, "doctor", _("versions, device and why, terminal, folders, threads"), "main")
    parser.add_argument("--color", default=argparse.SUPPRESS)
    parser.set_defaults(says_why=True)
    _json(parser)


def _demo(commands: Any) -> None:
    parser = _command(commands, "demo", _("ten seconds without a keyboard"), "main")
    parser.add_argument("--fast", action="store_true", help=_("without pauses"))
