"""The real program on a real pseudo-terminal, read back through pyte: type keys, wait for words.

Nothing sleeps: every helper feeds the screen until a condition holds, and fails with the screen it saw.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]
PATIENCE = float(os.environ.get("NNLAB_PATIENCE", "60"))
"""Seconds to wait for anything: two busy cores may take ten times what one idle core takes."""

WINDOW = "esc closes"
"""Stands in the frame of an answer that has a window of its own."""

KEYS = {
    "enter": "\r", "esc": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C",
    "left": "\x1b[D", "ctrl+c": "\x03", "space": " ", "backspace": "\x7f", "shift+tab": "\x1b[Z",
    "pgup": "\x1b[5~", "home": "\x1b[H", "end": "\x1b[F", "pgdn": "\x1b[6~",
    "f1": "\x1bOP", "delete": "\x1b[3~",
}  # fmt: skip

# Private modes, kitty keyboard, window reports: pyte prints what it does not know.
_UNKNOWN = re.compile(
    rb"\x1b\[[<>=?][0-9;]*\$?[a-zA-Z]|\x1b\[[0-9;]*t|\x1bP[^\x1b]*\x1b\\|"
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_QUERY = b"\x1b[6n"
_TAIL = 64


OURS = ("NNLAB", "XDG", "LC_", "COLOR", "NO_COLOR", "COLUMNS", "LINES")
"""What a caller's environment must not decide; pytest-xdist, for one, sets COLUMNS."""


def environment(home: Path, **extra: str) -> dict[str, str]:
    """A plain modern terminal, and everything nnlab keeps under ``home``."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(OURS)},
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "NNLAB_HOME": str(home / "nnlab"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "LANGUAGE": "en",
        **extra,
    }


class Terminal:
    """``nnlab ARGS`` on a terminal of ``size`` (columns, rows)."""

    def __init__(
        self,
        args: Sequence[str] = (),
        *,
        home: Path,
        size: tuple[int, int] = (120, 36),
        env: dict[str, str] | None = None,
        stderr: Path | None = None,
        before: Callable[[], None] | None = None,
        python: Sequence[str] = ("-m", "nnlab.cli"),
    ) -> None:
        self.size = size
        self.display = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.display)
        self.received = bytearray()
        self.held = b""
        self.open = True
        self.status: int | None = None
        full = environment(home, **(env or {}))
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                with contextlib.suppress(OSError):
                    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
                if stderr is not None:
                    os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT), 2)
                if before is not None:
                    before()
                os.chdir(home)
                os.execvpe(sys.executable, [sys.executable, *python, *args], full)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.hang_up()

    # -- what comes out -------------------------------------------------------------------------

    def read(self, seconds: float = 0.05) -> bool:
        """Take what comes within ``seconds``, answering cursor queries; whether there was anything."""
        if not self.open or not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self.open = False
            return False
        self.received += data
        for _ in range((self.held[-3:] + data).count(_QUERY)):
            with contextlib.suppress(OSError):
                os.write(self.fd, b"\x1b[1;1R")
        data = self.held + data
        cut = data.rfind(b"\x1b", max(0, len(data) - _TAIL))
        if cut >= 0 and not re.match(rb"\x1b\[[0-9;?<>=$]*[@-~]|\x1b[()=>78]", data[cut:]):
            self.held, data = data[cut:], data[:cut]  # a sequence in two reads
        else:
            self.held = b""
        self.stream.feed(_UNKNOWN.sub(b"", data))
        return True

    @property
    def lines(self) -> list[str]:
        # Not pyte's own ``display``, which breaks where half of a wide character was written over.
        columns, rows = self.size
        buffer = self.display.buffer
        return ["".join(buffer[y][x].data for x in range(columns)).rstrip() for y in range(rows)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def shows(self, *words: str) -> bool:
        """Whether all ``words`` stand on the screen, a line break counting as a blank."""
        text = self.text
        flat = " ".join(text.split())
        return all(word in text or word in flat for word in words)

    def until(self, *words: str, seconds: float = PATIENCE) -> str:
        """Wait until all ``words`` are on the screen; answers the screen."""
        self.wait(lambda: self.shows(*words), f"to see {words}", seconds)
        return self.text

    def gone(self, *words: str, seconds: float = PATIENCE) -> None:
        """Wait until none of ``words`` is on the screen."""
        self.wait(lambda: not any(self.shows(word) for word in words), f"no longer to see {words}", seconds)

    def wait(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds:g} s {what}; the screen was\n{self.text}")
            if not self.read() and not self.open and not holds():
                raise AssertionError(f"the program ended while we waited {what}; its screen was\n{self.text}")

    # -- what goes in ---------------------------------------------------------------------------

    def keys(self, *keys: str) -> None:
        """Press named keys (``enter``, ``down``) or type text, one write each."""
        for key in keys:
            os.write(self.fd, KEYS.get(key, key).encode())

    def at_home(self) -> None:
        """Wait until Home is there and the engine behind it loaded."""
        self.until("Foundations")
        self.wait(
            lambda: bool(re.search(r"\b(min|done|step \d+ of)\b.*$", self.text, re.MULTILINE)), "the course"
        )

    def open_bench(self) -> None:
        """From Home to an empty bench."""
        self.at_home()
        # above own data, what was done, and settings
        self.keys("end", "up", "up", "up", "enter")
        self.until("1 stage", "no data")
        self.quiet()

    def act(self, line: str, *shown: str) -> None:
        """Type an action on the ``:`` line, do it, wait for what it shows, and close its answer."""
        self.type(line)
        self.keys("enter")
        self.line_closed()
        if shown:
            self.until(*shown)
        self.quiet()
        if self.shows(WINDOW):
            self.keys("esc")
            self.gone(WINDOW)

    def type(self, line: str) -> None:
        """An action on the ``:`` line, not yet done."""
        self.keys(":")
        self.wait(lambda: self.line_open, "for the action line")
        self.keys(line)
        self.until(f": {line}" if len(line) < self.size[0] - 10 else line[-20:])

    @property
    def line_open(self) -> bool:
        return any(line.startswith(" :") for line in self.lines[-5:])

    def line_closed(self) -> None:
        self.wait(lambda: not self.line_open, "until the action line is closed")

    def quiet(self, seconds: float = 0.2, at_most: float = 3.0) -> None:
        """Feed the screen until nothing has come for ``seconds``: a frame may arrive in several reads."""
        end = time.monotonic() + at_most
        while self.read(seconds) and time.monotonic() < end:
            pass

    def click(self, x: int, y: int) -> None:
        """Press and release the left button, counted from 1."""
        os.write(self.fd, f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m".encode())

    def resize(self, columns: int, rows: int) -> None:
        self.size = (columns, rows)
        self.display.resize(rows, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    # -- ends -----------------------------------------------------------------------------------

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def ended(self, seconds: float = PATIENCE) -> int:
        """Wait for the end; answers the exit status, negative for a signal."""
        end = time.monotonic() + seconds
        while self.status is None:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError(f"still running after {seconds:g} s; the screen was\n{self.text}")
        while self.read(0.05):
            pass
        return self.status

    def kill(self, number: int = signal.SIGKILL) -> None:
        """kill -9, and take what is left of it."""
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def hang_up(self) -> None:
        """Close the window."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd, self.open = -1, False

    def restored(self) -> list[str]:
        """What is still wrong with the terminal after the program has left."""
        sent = bytes(self.received)
        trouble = []
        for mode, name, wanted in (
            (b"1049", "alternate screen", b"l"), (b"1000", "mouse", b"l"), (b"1003", "mouse motion", b"l"),
            (b"1006", "mouse encoding", b"l"), (b"2004", "bracketed paste", b"l"), (b"25", "cursor", b"h"),
        ):  # fmt: skip
            said = re.findall(rb"\x1b\[\?" + mode + rb"([hl])", sent)
            if said and said[-1] != wanted:
                trouble.append(name)
        return trouble

    def cooked(self) -> bool:
        """Whether the line discipline echoes and edits lines again."""
        flags = termios.tcgetattr(self.fd)[3]
        return bool(flags & termios.ECHO and flags & termios.ICANON)


def plain(
    args: Sequence[str], typed: str, *, home: Path, seconds: float = PATIENCE, **env: str
) -> subprocess.CompletedProcess[str]:
    """``nnlab ARGS`` without a terminal, fed with ``typed``."""
    return subprocess.run(
        [sys.executable, "-m", "nnlab.cli", *args],
        input=typed, capture_output=True, text=True, timeout=seconds, env=environment(home, **env), cwd=home,
    )  # fmt: skip
