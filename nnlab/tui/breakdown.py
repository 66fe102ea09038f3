"""A bug in the app: its traceback goes to the log file, and one sentence names that file."""

from __future__ import annotations

import logging
import traceback

from nnlab import paths
from nnlab.errors import NnlabError
from nnlab.i18n import _


def record(error: BaseException) -> str:
    """Write the traceback of ``error`` to the log file; answers the sentence that names it."""
    text = "".join(traceback.format_exception(error))
    try:
        path = paths.ensure(paths.state_dir()) / "nnlab.log"
        with path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
    except (OSError, NnlabError):
        logging.getLogger("nnlab").error(text)
        return _("nnlab broke down ({error}); everything up to the last action is kept", error=_short(error))
    return _(
        "nnlab broke down ({error}); everything up to the last action is kept. "
        "What happened stands in {path}",
        error=_short(error),
        path=path,
    )


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:120]
