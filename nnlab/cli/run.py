"""``nnlab run FILE``: actions from a file, without a screen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nnlab.cli import opening


def main(arguments: argparse.Namespace) -> int:
    from nnlab.session import plain as skin

    recorded, lines = opening.script(arguments.file)
    path = Path(arguments.session) if arguments.session else None
    with opening.closing(opening.begin(arguments, path, recorded)) as session:
        session.keeps_settings = False
        code = skin.run(session, lines, sys.stdout, as_json=arguments.json)
        if code == 0 and arguments.until:
            code = skin.run(session, [f"run until {arguments.until}"], sys.stdout, as_json=arguments.json)
        if code == 130:
            opening.say_kept(session)
        return opening.kept(session, code)
