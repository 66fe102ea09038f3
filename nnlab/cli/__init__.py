"""The command ``nnlab``: one module for each group of commands, imported when it is asked for.

Exit codes: 0 done, 1 a check failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence

from nnlab.errors import NnlabError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (``sys.argv`` unless given) and answer the exit code."""
    from nnlab.cli.parser import parse
    from nnlab.i18n import _

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A sign that the terminal's encoding lacks becomes "?"; it must not end the program.
            stream.reconfigure(errors="replace")
    try:
        arguments = parse(sys.argv[1:] if argv is None else list(argv))
        return int(arguments.command(arguments))
    except NnlabError as error:
        if "--json" in (sys.argv if argv is None else argv):
            print(json.dumps({"error": str(error)}, ensure_ascii=False))
        print(_("nnlab: {error}", error=error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_("nnlab: interrupted; what was done is kept"), file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; without this Python complains once more when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
