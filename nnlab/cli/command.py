"""One command of the command line: its parser, the options every command takes, and a module loaded late."""

from __future__ import annotations

import argparse
import gettext
import importlib
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean


class Parser(argparse.ArgumentParser):
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


def later(module: str, function: str = "main") -> Callable[[argparse.Namespace], int]:
    """A command whose module is imported when it runs."""

    def run(arguments: argparse.Namespace) -> int:
        return int(getattr(importlib.import_module(f"nnlab.cli.{module}"), function)(arguments))

    return run


def common(parser: argparse.ArgumentParser, *, top: bool = True) -> None:
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


def command(commands: Any, name: str, help_: str, function: str, module: str = "") -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=help_)
    common(parser, top=False)
    parser.set_defaults(command=later(module or name, function))
    return parser


def json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("one JSON object on each line"))
