"""``nnlab explain ADDRESS --session FILE``: the arithmetic behind one number, in a shell."""

from __future__ import annotations

import argparse
import json

from nnlab.cli.run import lines


def main(arguments: argparse.Namespace) -> int:
    from nnlab.session import Session

    session = Session(seed=arguments.seed, device=arguments.device)
    try:
        # The file is only read: somebody may be working in it.
        for text in lines(arguments.session):
            line = text.split("\t# ", 1)[0].strip()
            if line and not line.startswith("#"):
                session.execute(line)
        if arguments.step is not None:
            session.execute(f"seek {arguments.step}")
        result = session.execute(f"explain {arguments.address}")
        print(json.dumps(result.to_json(), ensure_ascii=False) if arguments.json else "\n".join(result.lines))
        return 0
    finally:
        session.close()
