"""The words of the command line.  Nothing heavy is imported here: ``nnlab --help`` answers at once."""

from __future__ import annotations

import argparse
import gettext
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nnlab import __version__
from nnlab.cli.command import Parser, common, later
from nnlab.cli.commands import COMMANDS
from nnlab.errors import NnlabError
from nnlab.i18n import CATALOGUES, LANGUAGES, N_, _, current_language, set_language

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
    parser = Parser(
        prog="nnlab",
        description=_("A glass-box laboratory for neural networks in the terminal."),
        epilog=_(EXAMPLES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"nnlab {__version__}", help=_("show the version and leave")
    )
    common(parser)
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
    parser.set_defaults(command=later("start"))
    commands = parser.add_subparsers(metavar="COMMAND", title=_("commands"), parser_class=Parser)
    for add in COMMANDS:
        add(commands)
    return parser
