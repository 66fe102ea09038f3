"""A pseudo-terminal for benchmarks: run a command on it, over a link of given rate and delay, and watch."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import pty
import select
import signal
import struct
import termios
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

QUERY, ANSWER = b"\x1b[6n", b"\x1b[1;1R"


def machine() -> str:
    """One line that says where the numbers come from."""
    from importlib.metadata import version

    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":")[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    load = os.getloadavg()[0]
    packages = ", ".join(f"{name} {version(name)}" for name in ("textual", "rich", "numpy"))
    return f"{model}, {os.cpu_count()} cores, load {load:.1f}; Python {platform.python_version()}, {packages}"


def calibrate() -> float:
    """Milliseconds of CPU for 200,000 rounds of plain Python: divide by another machine's to compare."""
    best = 1e9
    for _ in range(5):
        start = time.process_time()
        total = 0
        for i in range(200_000):
            total += i
        best = min(best, time.process_time() - start)
    return best * 1e3


class Link:
    """Command -> [buffer] -> link -> terminal. ``rate`` bytes/s (0: as fast as it goes), ``delay`` s one way,
    ``buffer`` bytes that ssh and TCP hold on the way."""

    def __init__(
        self,
        argv: list[str],
        *,
        rate: float = 0.0,
        delay: float = 0.0,
        buffer: int = 0,
        env: dict[str, str] | None = None,
        columns: int = 120,
        rows: int = 45,
    ) -> None:
        self.rate, self.delay, self.buffer = rate, delay, buffer
        self.received = 0
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            full = {
                **os.environ,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "LANG": "C.UTF-8",
                **(env or {}),
            }
            os.execvpe(argv[0], argv, full)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._held: deque[bytes] = deque()
        self._held_size = 0
        self._down: deque[tuple[float, bytes]] = deque()
        self._up: deque[tuple[float, bytes]] = deque()
        self._budget = 0.0
        self._last = self.started
        self._tail = b""
        self.open = True

    def type(self, keys: bytes) -> None:
        self._up.append((time.monotonic() + self.delay, keys))

    def run(self, seconds: float, seen: Callable[[float, bytes], bool | None] | None = None) -> None:
        """Let time pass; ``seen(now, data)`` gets what reaches the terminal and ends the run by True."""
        end = time.monotonic() + seconds
        while self.open and time.monotonic() < end:
            now = time.monotonic()
            while self._up and self._up[0][0] <= now:
                os.write(self.fd, self._up.popleft()[1])
            self._fill(now)
            while self._down and self._down[0][0] <= time.monotonic():
                if self._arrive(self._down.popleft()[1], seen):
                    return

    def _fill(self, now: float) -> None:
        """Take from the command what the buffer holds, and send what the rate allows."""
        if not self.rate:
            if data := self._read(1 << 16, 0.005):
                self._down.append((now + self.delay, data))
            return
        self._budget = min(self._budget + (now - self._last) * self.rate, self.rate * 0.05 + 1500)
        self._last = now
        room = self.buffer - self._held_size if self.buffer else int(self._budget) - self._held_size
        if room > 0:
            if data := self._read(min(room, 1 << 16), 0.002):
                self._held.append(data)
                self._held_size += len(data)
        else:
            time.sleep(0.002)
        while self._held and self._budget >= 1:
            data = self._held.popleft()
            part = data[: int(self._budget)]
            if len(part) < len(data):
                self._held.appendleft(data[len(part) :])
            self._held_size -= len(part)
            self._budget -= len(part)
            self._down.append((now + self.delay, part))

    def _read(self, size: int, wait: float) -> bytes:
        if not select.select([self.fd], [], [], wait)[0]:
            return b""
        try:
            data = os.read(self.fd, size)
        except OSError:
            data = b""
        self.open = bool(data)
        return data

    def _arrive(self, data: bytes, seen: Callable[[float, bytes], bool | None] | None) -> bool:
        self.received += len(data)
        joined = self._tail + data
        for _ in range(joined.count(QUERY) - self._tail.count(QUERY)):
            self.type(ANSWER)
        self._tail = joined[-(len(QUERY) - 1) :]
        return bool(seen and seen(time.monotonic(), data))

    def cpu(self) -> float:
        """CPU seconds the command has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)
