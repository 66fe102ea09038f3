"""The command ``nnlab``: one module for each group of commands, imported when it is asked for.

Exit codes: 0 done, 1 a check failed, 2 bad input, or output or a session that cannot be written,
130 interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from nnlab.errors import NnlabError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (``sys.argv`` unless given) and answer the exit code."""
    from nnlab.cli import streams

    words = sys.argv[1:] if argv is None else list(argv)
    with streams.opened() as out:
        try:
            code = _command(words)
            out.flush()
        except OSError as error:
            if error is not out.failure:
                raise
        return code if out.failure is None else streams.give_up(out)


def _command(words: list[str]) -> int:
    from nnlab.cli import streams
    from nnlab.cli.parser import parse
    from nnlab.i18n import _

    try:
        arguments = parse(words)
        if (getattr(arguments, "glyphs", None) or arguments.settings.glyphs) == "ascii":
            streams.keep_to_ascii()
        return int(arguments.command(arguments))
    except SystemExit as left:  # argparse has printed the help or the version
        return int(left.code or 0)
    except NnlabError as error:
        if "--json" in words:
            print(json.dumps({"error": str(error)}))
        print(_("nnlab: {error}", error=error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_("nnlab: interrupted"), file=sys.stderr)
        return 130
