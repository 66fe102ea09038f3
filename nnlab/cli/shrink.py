"""``nnlab shrink FILE --data SPEC``: accuracy against size of a network in a file."""

from __future__ import annotations

import argparse
import json

from nnlab.cli import opening
from nnlab.session.look import finish
from nnlab.session.words import quoted


def main(arguments: argparse.Namespace) -> int:
    ways = (arguments.way,) if arguments.way else ("prune", "quantise")
    with opening.closing(opening.begin(arguments, None)) as session:
        session.execute(f"data {arguments.data}")
        session.execute(f"load {quoted(arguments.file)}")
        for way in ways:
            result = session.execute(f"shrink {way} {arguments.part}")
            if arguments.json:
                print(json.dumps(result.to_json()))
            else:
                print("\n".join([*finish(result.lines, session.look), ""]))
    return 0
