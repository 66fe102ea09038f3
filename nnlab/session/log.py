r"""The session file: a header, then one action a line, each on the disk before its effect is acknowledged.

    # nnlab session 1
    # seed: 1
    # numpy: 2.4.6
    data moons n=200
    net dense 8 tanh | dense 1
    run to step 240\t# run until val_loss rises 5

Behind a tab and ``#`` stands a note (what was asked for, the checksum of a file that was read).  The
end of a line commits it: a last line without one was being written when the process died, and is dropped.
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import importlib.metadata
import os
import platform
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.files import read_whole

MAGIC = "# nnlab session 1"
_NOTE = "\t# "
KERNELS = "kernels"
"""The line of the header that is written late: what computes is chosen when the network is known."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One action of the log as text, with its note and the number of its line in the file it is from."""

    text: str
    note: str = ""
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.text}{_NOTE}{self.note}" if self.note else self.text

    @classmethod
    def read(cls, line: str, number: int = 0) -> Entry:
        text, mark, note = line.partition(_NOTE)
        return cls(text.strip(), note.strip() if mark else "", number)


def environment(seed: int, device: str, dtype: str = "float32") -> dict[str, str]:
    """What the bits of a run depend on, for the header of its log."""
    versions = {}
    for package in ("nnlab", "numpy"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "source"
    threads = os.environ.get("OPENBLAS_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS") or "all"
    return {
        "seed": str(seed),
        **versions,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "device": device,
        "threads": threads,
        "dtype": dtype,
    }


@dataclass
class Log:
    """The log in memory and, with a ``path``, on the disk.

    ``trouble`` is the sentence to show when the file can no longer be written; the session then goes on in
    memory.  ``dropped`` is a half-written last line that was left behind by a crash.  ``source`` is the file
    a log in memory was copied from.
    """

    path: Path | None = None
    header: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    trouble: str = ""
    dropped: str = ""
    source: Path | None = None
    _file: IO[bytes] | None = None

    @classmethod
    def create(cls, path: Path | None, header: dict[str, str]) -> Log:
        """A new log; a file that holds a session is not overwritten, and a full disk gets no empty file."""
        log = cls(path, header)
        if path is None:
            return log
        there = path.exists()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            log._open()
        except OSError as error:
            log._fail(error)
            return log
        if path.is_file() and path.stat().st_size:
            log.close()
            raise NnlabError(_occupied(path))
        log._write("".join([MAGIC + "\n", *(f"# {k}: {v}\n" for k, v in header.items())]))
        if not log.trouble:
            log._sync_folder()
        elif not there:
            with contextlib.suppress(OSError):
                path.unlink()  # empty: nothing of it came to the disk
        return log

    @classmethod
    def resume(cls, path: Path) -> Log:
        """The log at ``path`` with its half-written last line dropped, ready to be continued."""
        if not path.exists():
            raise NnlabError(_("there is no session file {path}", path=path))
        log = cls(path)
        try:
            log._open()
        except OSError as error:
            log._fail(error)
        try:
            content = read_whole(path)
            log.header, log.entries, log.dropped, whole = read(content, path)
        except NnlabError:
            log.close()
            raise
        if log._file is not None and whole < len(content):
            log._file.truncate(whole)
        return log

    @classmethod
    def copy(cls, path: Path) -> Log:
        """The log at ``path``, in memory: the file is only read, and somebody may be working in it.

        A script is a log without a header.
        """
        content = read_whole(path)
        if is_session(content):
            header, entries, dropped, _whole = read(content, path)
            return cls(header=header, entries=entries, dropped=dropped, source=path)
        return cls(entries=_parsed(_lines(content, path), 1)[1], source=path)

    def append(self, entry: Entry) -> None:
        """Keep ``entry``: on the disk when this returns, or in memory only once the disk has failed."""
        self.entries.append(entry)
        self._write(f"{entry}\n")

    def remark(self, key: str, value: str) -> None:
        """Add a line to the header of a log that has begun already."""
        self.header[key] = value
        self._write(f"# {key}: {value}\n")

    def text(self) -> str:
        """The whole log as it would stand in a file."""
        lines = [MAGIC, *(f"# {k}: {v}" for k, v in self.header.items()), *map(str, self.entries)]
        return "\n".join(lines) + "\n"

    def digest(self, count: int) -> str:
        """A checksum of the first ``count`` actions, by which a keyframe knows its log."""
        text = "\n".join(e.text for e in self.entries[:count])
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    # -- the file -------------------------------------------------------------------------------

    def _open(self) -> None:
        assert self.path is not None
        self._file = self.path.open("ab", buffering=0)
        if not _lock(self._file):
            self.close()
            raise NnlabError(
                _(
                    "the session {path} is open in another nnlab; close it there, or choose another file",
                    path=self.path,
                )
            )

    def _write(self, text: str) -> None:
        if self._file is None:
            return
        data = text.encode()
        start = self._file.tell()
        try:
            written = self._file.write(data)
            if written != len(data):
                raise OSError(28, "No space left on device")
            os.fsync(self._file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(start)
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.close()
        self.trouble = _(
            "the session file {path} cannot be written ({reason}); the session goes on in memory only: "
            "“save FILE” keeps it elsewhere",
            path=self.path,
            reason=error.strerror or error,
        )

    def _sync_folder(self) -> None:
        """Make the new file's name itself durable (POSIX)."""
        assert self.path is not None
        with contextlib.suppress(OSError, AttributeError):
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def read(content: bytes, path: Path) -> tuple[dict[str, str], list[Entry], str, int]:
    """Header, entries, dropped last line and the length of the whole lines in the bytes of a log."""
    whole = content.rfind(b"\n") + 1
    # A power cut may leave a tail of zero bytes where the file had grown but data had not arrived.
    if 0 <= (hole := content.find(b"\x00")) < whole:
        whole = content.rfind(b"\n", 0, hole) + 1
    dropped = content[whole:].decode("utf-8", "replace").strip("\x00\n")
    if not is_session(content):
        raise NnlabError(
            _("{path} is not a session file: its first line is not “{magic}”", path=path, magic=MAGIC)
        )
    lines = _lines(content[:whole], path)
    if lines[0] != MAGIC:
        raise NnlabError(
            _("{path} was written by a newer nnlab (“{line}”); update nnlab", path=path, line=lines[0])
        )
    return *_parsed(lines[1:], 2), dropped, whole


def read_script(path: Path) -> tuple[dict[str, str], list[str]]:
    """What a file of actions was recorded with, nothing for a mere script, and all its lines."""
    content = read_whole(path)
    lines = _lines(content, path)
    return header_of(lines), lines


def header_of(lines: list[str]) -> dict[str, str]:
    """What the first of ``lines`` say they were recorded with; nothing where they are no session."""
    return _parsed(lines, 1)[0] if lines and is_session(lines[0].encode()) else {}


def is_session(content: bytes) -> bool:
    """Whether a file that begins so is a session, of whatever version."""
    return content.removeprefix(codecs.BOM_UTF8).startswith(b"# nnlab session")


def _lines(content: bytes, path: Path) -> list[str]:
    """Lines as any system ends them; an editor on Windows may have put a mark before the first."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NnlabError(
            _("{file} is not UTF-8 text (byte {n}); save it as UTF-8", file=path, n=error.start)
        ) from error
    return [line.rstrip("\r") for line in text.split("\n")]


def _parsed(lines: list[str], first: int) -> tuple[dict[str, str], list[Entry]]:
    """Header and entries of lines numbered from ``first``."""
    header: dict[str, str] = {}
    entries: list[Entry] = []
    for number, line in enumerate(lines, first):
        if line.startswith("#"):
            key, colon, value = line[1:].partition(":")
            if colon and (not entries or key.strip() == KERNELS):
                header.setdefault(key.strip(), value.strip())
        elif line.strip():
            entries.append(Entry.read(line, number))
    return header, entries


def holds_session(path: Path) -> bool:
    """Whether the file at ``path`` begins as a session does."""
    try:
        with path.open("rb") as file:
            return is_session(file.read(64))
    except OSError:
        return False


def _occupied(path: Path) -> str:
    """Why nothing can begin in a file that holds something."""
    if not holds_session(path):
        return _("{path} is there already and is no session; choose another file", path=path)
    return _(
        "{path} already holds a session; go on with it: nnlab --plain --session {word}; or choose another "
        "file",
        path=path,
        word=shlex.quote(str(path)),
    )


def seed_of(header: Mapping[str, str]) -> int:
    """The seed in a header, 1 where there is none.  Raises NnlabError where it is no number."""
    seed = header.get("seed", "1")
    try:
        return int(seed)
    except ValueError:
        raise NnlabError(_("the line “# seed: {seed}” must hold a whole number", seed=seed)) from None


def device_of(header: Mapping[str, str]) -> str:
    """The device in a header where this machine has it, else ``auto``."""
    device = header.get("device", "auto")
    if device != "gpu":
        return device
    from nnlab.engine.device import choose

    try:
        return choose(device).kind
    except NnlabError:
        return "auto"


def differences(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """One sentence for everything the bits depend on that is not as it was."""
    return [
        _(
            "{what} was {then} when this session was recorded and is {now} here",
            what=k,
            then=then[k],
            now=now[k],
        )
        for k in now
        if k in then and k != "seed" and then[k] != now[k]
    ]


def in_use(path: Path) -> bool:
    """Whether another program holds the session file at ``path``."""
    try:
        with path.open("ab") as file:
            return not _lock(file)
    except OSError:
        return False


def _lock(file: IO[bytes]) -> bool:
    """Take the file for this process alone; False where another one holds it."""
    try:
        import fcntl
    except ImportError:
        return _lock_windows(file)
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: better unguarded than unusable
        return True
    return True


def _lock_windows(file: IO[bytes]) -> bool:
    """Lock one byte far behind the end, so that the log itself stays readable."""
    import msvcrt

    lock = getattr(msvcrt, "locking")  # noqa: B009 - exists on Windows only
    position = file.tell()
    try:
        file.seek(1 << 40)
        lock(file.fileno(), getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009
    except OSError:
        return False
    finally:
        file.seek(position)
    return True
