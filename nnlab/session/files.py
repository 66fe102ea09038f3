"""Files whole or not at all: read up to a size, written so that a crash leaves the old one or the new one."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _

MOST = 64 << 20
"""Bytes of the longest file of actions that is read: a million actions, and nothing that takes the memory."""


def read_whole(path: Path, most: int = MOST) -> bytes:
    """All of the file at ``path``.  Raises NnlabError where it cannot be read or is longer than ``most``."""
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise NnlabError(
            _("{file} cannot be read: {reason}", file=path, reason=error.strerror or error)
        ) from error
    if len(content) > most:
        raise NnlabError(
            _("{file} is longer than {most} MB; a file of actions is not", file=path, most=most >> 20)
        )
    return content


def write_atomically(path: Path, content: bytes) -> None:
    """``content`` under ``path``: written beside it, fsync'd, then renamed.  Raises NnlabError.

    A device or a folder is left alone: root could rename a file over ``/dev/full``.  A link stays a link, the
    file it leads to is written.
    """
    if path.exists() and not path.is_file():
        raise NnlabError(_("{path} is not a file; choose another name", path=path))
    temporary, place = "", Path(os.path.realpath(path))
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            shutil.copymode(place, temporary)
        os.replace(temporary, place)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise NnlabError(
            _("{path} cannot be written ({reason})", path=path, reason=error.strerror or error)
        ) from error


def require_free(path: Path, ours: Callable[[Path], bool], remedy: str = "") -> None:
    """Raises NnlabError where writing to ``path`` would destroy a file that is not one of ``ours``."""
    if path.is_file() and path.stat().st_size and not ours(path):
        remedy = remedy or _("choose another name")
        raise NnlabError(
            _("{path} is there already and is something else; {remedy}", path=path, remedy=remedy)
        )


def holds_parameters(path: Path) -> bool:
    """Whether the file at ``path`` looks like an export: a network of nnlab, or arrays ``layer.name``."""
    try:
        with path.open("rb") as file:
            if b"nnlab network" in file.read(1 << 16):
                return True
        with zipfile.ZipFile(path) as archive:
            return all("." in name.removesuffix(".npy") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """NumPy arrays by name as an ``.npz`` file without pickles."""
    import numpy as np

    memory = io.BytesIO()
    np.savez(memory, **arrays)
    write_atomically(path, memory.getvalue())
