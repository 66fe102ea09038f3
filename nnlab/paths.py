"""Where nnlab keeps what it must not lose, and where it writes its log."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from nnlab.errors import NnlabError
from nnlab.i18n import _


def data_dir() -> Path:
    """Sessions and progress (NNLAB_HOME overrides the platform's folder)."""
    home = os.environ.get("NNLAB_HOME")
    return Path(home) / "data" if home else Path(platformdirs.user_data_dir("nnlab", appauthor=False))


def config_dir() -> Path:
    home = os.environ.get("NNLAB_HOME")
    return Path(home) / "config" if home else Path(platformdirs.user_config_dir("nnlab", appauthor=False))


def state_dir() -> Path:
    """The log file and other things that may be thrown away."""
    home = os.environ.get("NNLAB_HOME")
    return Path(home) / "state" if home else Path(platformdirs.user_state_dir("nnlab", appauthor=False))


def ensure(folder: Path) -> Path:
    """Make ``folder``; raises NnlabError that names it where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NnlabError(
            _(
                "the folder {folder} cannot be made ({reason}); set NNLAB_HOME to a folder you can write",
                folder=folder,
                reason=error.strerror or error,
            )
        ) from error
    return folder
