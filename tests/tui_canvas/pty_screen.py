"""Run a command on a real pseudo-terminal and keep what it shows as a pyte screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable

import pyte

# Private modes, kitty keyboard and queries: pyte prints what it does not know.
_UNKNOWN = re.compile(rb"\x1b\[[<>=?][0-9;]*\$?[a-zA-Z]|\x1b\[[0-9;]*t")
_QUERY = b"\x1b[6n"


class PtyScreen:
    """A terminal of ``columns`` x ``rows``; ``wait(condition)`` feeds it until the condition holds."""

    def __init__(self, argv: list[str], columns: int, rows: int, env: dict[str, str]) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.received = bytearray()
        self.queries = 0
        self._held = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, {**os.environ, **env})
        self._size(columns, rows)

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self._size(columns, rows)

    def send(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def read(self, seconds: float) -> None:
        """Take what comes for ``seconds``, answering cursor queries as a terminal does."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                return
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                return
            self.received += data
            data = self._held + data
            cut = data.rfind(b"\x1b", len(data) - 16)  # a sequence may be in two reads
            self._held, data = (data[cut:], data[:cut]) if cut >= 0 and len(data) - cut < 16 else (b"", data)
            if self._held and re.fullmatch(rb"\x1b\[[0-9;?]*[A-Za-z].*", self._held, re.DOTALL):
                data, self._held = data + self._held, b""
            for _ in range(data.count(_QUERY)):
                self.queries += 1
                os.write(self.fd, b"\x1b[1;1R")
            self.stream.feed(_UNKNOWN.sub(b"", data).replace(_QUERY, b""))

    def wait(self, condition: Callable[[], bool], seconds: float = 30.0) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self.read(0.05)
        return True

    def shows(self, text: str) -> bool:
        return any(text in line for line in self.screen.display)

    def close(self) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
        finally:
            os.waitpid(self.pid, 0)
            os.close(self.fd)
