"""``nnlab run FILE``: actions from a file, without a screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.i18n import _


def main(arguments: argparse.Namespace) -> int:
    from nnlab.session import Session
    from nnlab.session import plain as skin

    session = Session(arguments.session, seed=arguments.seed, device=arguments.device)
    try:
        code = skin.run(session, lines(arguments.file), sys.stdout, as_json=arguments.json)
        if code == 0 and arguments.until:
            code = skin.run(session, [f"run until {arguments.until}"], sys.stdout, as_json=arguments.json)
        return code
    finally:
        session.close()


def lines(name: str) -> Iterable[str]:
    """The lines of a script; ``-`` is standard input.  Raises NnlabError where it cannot be read."""
    if name == "-":
        return sys.stdin
    try:
        return Path(name).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise NnlabError(
            _("{file} cannot be read: {reason}", file=name, reason=error.strerror or error)
        ) from error
    except UnicodeDecodeError as error:
        raise NnlabError(
            _("{file} is not UTF-8 text (byte {n}); save it as UTF-8", file=name, n=error.start)
        ) from error
