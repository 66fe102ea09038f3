"""Text files on disk: size cap, encoding, lines. What the lines mean is not decided here.

A file is read line by line, so memory does not grow with it.  Every refusal names the line, and for a wrong
encoding the byte.
"""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

MAX_FILE_BYTES = 512 << 20
MAX_LINE_BYTES = 1 << 20

_FOREIGN = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
    b"PK\x03\x04": "zip",
    b"\x1f\x8b": "gzip",
}


def megabytes(count: int) -> str:
    return f"{count / (1 << 20):,.0f} MB" if count < 1 << 30 else f"{count / (1 << 30):.1f} GB"


def check_file(path: Path) -> int:
    """The size of a readable, ordinary file under the cap; NnlabError otherwise, before anything is read."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        parent = path.parent
        others = [entry.name for entry in parent.iterdir()][:10_000] if parent.is_dir() else []
        raise NnlabError(
            _("there is no file {path}{suggestion}", path=path, suggestion=did_you_mean(path.name, others))
        ) from error
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise NnlabError(_("{path} is not a file; give the path of a file", path=path))
    if found.st_size == 0:
        raise NnlabError(_("{path} is empty; a data file has at least two rows", path=path))
    if found.st_size > MAX_FILE_BYTES:
        raise NnlabError(
            _(
                "{path} has {size} and nnlab reads data files up to {limit}; take a sample of its rows",
                path=path,
                size=megabytes(found.st_size),
                limit=megabytes(MAX_FILE_BYTES),
            )
        )
    return found.st_size


def open_file(path: Path) -> BinaryIO:
    """``path`` opened for bytes, after ``check_file``."""
    check_file(path)
    try:
        return path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> NnlabError:
    reason = getattr(error, "strerror", None) or error
    return NnlabError(_("{path} cannot be read ({reason})", path=path, reason=reason))


def lines(file: BinaryIO, path: Path) -> Iterator[str]:
    """Text lines with their ends; \\n, \\r\\n and a lone \\r all end a line."""
    offset = line = 0
    while True:
        try:
            raw = file.readline(MAX_LINE_BYTES + 1)
        except OSError as error:
            raise _unreadable(path, error) from error
        if not raw:
            return
        line += 1
        if len(raw) > MAX_LINE_BYTES:
            raise NnlabError(
                _(
                    "{path}, line {line} is longer than {limit}; break it into lines",
                    path=path.name,
                    line=line,
                    limit=megabytes(MAX_LINE_BYTES),
                )
            )
        for text in re.split("(?<=\r)(?!\n)", _decode(raw, offset, line, path)):
            if text:
                yield text
        offset += len(raw)


def _decode(raw: bytes, offset: int, line: int, path: Path) -> str:
    if offset == 0:
        for start, kind in _FOREIGN.items():
            if raw.startswith(start):
                raise NnlabError(
                    _("{path} is {kind}, not UTF-8 text; save it as UTF-8", path=path.name, kind=kind)
                )
        if raw.startswith(codecs.BOM_UTF8):
            raw, offset = raw[len(codecs.BOM_UTF8) :], offset + len(codecs.BOM_UTF8)
    if b"\0" in raw:
        raise NnlabError(
            _(
                "{path}, line {line} holds a zero byte at byte {offset}: this is not a text file",
                path=path.name,
                line=line,
                offset=offset + raw.index(b"\0"),
            )
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NnlabError(
            _(
                "{path} is not UTF-8: line {line} holds the byte 0x{byte} at byte {offset} of the file; "
                "save it as UTF-8",
                path=path.name,
                line=line,
                byte=f"{raw[error.start]:02x}",
                offset=offset + error.start,
            )
        ) from error
