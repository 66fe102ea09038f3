"""``nnlab explain ADDRESS --session FILE``: the arithmetic behind one number, in a shell."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from nnlab.cli import opening


def main(arguments: argparse.Namespace) -> int:
    from nnlab.session.look import finish

    # The file is only read: somebody may be working in it.
    with opening.closing(opening.copy(arguments, Path(arguments.session))) as session:
        for sentence in session.news():
            print(f"nnlab: {sentence}", file=sys.stderr)
        if arguments.step is not None:
            session.execute(f"seek {arguments.step}")
        result = session.execute(f"explain {arguments.address}")
        print(
            json.dumps(result.to_json()) if arguments.json else "\n".join(finish(result.lines, session.look))
        )
        return 0
