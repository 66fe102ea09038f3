"""The parent's side: start the child, wait with a limit, read what it says.

The child is ``python -I`` in an empty folder.  It puts its limits on itself before the learner's code
is compiled (:mod:`nnlab.sandbox.child`), so nothing has to happen between fork and exec.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from nnlab.i18n import _
from nnlab.sandbox.outcome import CaseResult, CodeError, Outcome

CHILD = Path(__file__).with_name("child.py")
REPLY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of CPU and of the clock, bytes of memory and of output."""

    cpu_seconds: int = 4
    wall_seconds: float = 8.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 64 << 10


def run_code(source: str, tests: str = "", limits: Limits | None = None) -> Outcome:
    """Run ``source``, then ``tests`` with its names; never raises for what the code does.

    Tests call ``case(name, function, *inputs, equals=…, close=1e-6, raises=None, tells="")`` and
    ``claim(name, ok, shown="", tells="")``; ``np`` is NumPy.
    """
    limits = limits or Limits()
    job = json.dumps({"source": source, "tests": tests, **asdict(limits)}).encode()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nnlab-code-") as folder:
        reply, stopped, status = _run_child(job, folder, limits)
    return _outcome(reply, stopped, status, time.monotonic() - started, limits)


def _run_child(job: bytes, folder: str, limits: Limits) -> tuple[bytes, str, int]:
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    for name in ("SYSTEMROOT", "PATH") if os.name == "nt" else ():
        environment[name] = os.environ.get(name, "")
    child = subprocess.Popen(
        [sys.executable, "-I", "-B", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    reply = bytearray()
    flooded = threading.Event()
    reader = threading.Thread(target=_read, args=(child.stdout, reply, flooded, child), daemon=True)
    reader.start()
    stopped = ""
    try:
        child.stdin.write(job)
        child.stdin.close()
    except OSError:
        stopped = "crash"
    try:
        status = child.wait(limits.wall_seconds)
    except subprocess.TimeoutExpired:
        stopped = "time"
        _kill(child)
        status = child.wait()
    _kill(child)  # anything it left behind in its process group
    reader.join(2.0)
    child.stdout.close()
    return bytes(reply), "output" if flooded.is_set() else stopped, status


def _read(
    pipe: IO[bytes], reply: bytearray, flooded: threading.Event, child: subprocess.Popen[bytes]
) -> None:
    while True:
        try:
            chunk = pipe.read1(1 << 16)  # type: ignore[attr-defined]
        except (OSError, ValueError):
            return
        if not chunk:
            return
        reply += chunk
        if len(reply) > REPLY_BYTES:
            flooded.set()
            _kill(child)
            return


def _kill(child: subprocess.Popen[bytes]) -> None:
    try:
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    except (ProcessLookupError, PermissionError):
        pass


def _outcome(reply: bytes, stopped: str, status: int, seconds: float, limits: Limits) -> Outcome:
    level: tuple[str, ...] = ()
    answer: dict[str, Any] = {}
    results: list[CaseResult] = []
    for line in reply.splitlines():
        try:
            message = json.loads(line)
            level = tuple(message["level"]) if "level" in message else level
            if "case" in message:
                results.append(CaseResult(**message["case"]))
            answer = message.get("end", answer)
        except (ValueError, TypeError, AttributeError):
            continue  # a line that the learner's code pushed into the channel
    if not answer and not stopped:
        killed_for_time = hasattr(signal, "SIGXCPU") and status in (-signal.SIGXCPU, -signal.SIGKILL)
        stopped = "time" if killed_for_time else "crash"
    stopped = stopped or answer.get("stopped", "")
    error = CodeError(**answer["error"]) if answer.get("error") else None
    if stopped:
        error = CodeError(_reason(stopped, limits, status), "", *((error.line, error.text) if error else ()))
    ok = error is None and bool(answer) and all(r.ok for r in results)
    output = str(answer.get("output", ""))
    return Outcome(ok, tuple(results), error, output, stopped, seconds, level)


def _reason(stopped: str, limits: Limits, status: int) -> str:
    if stopped == "time":
        return _(
            "stopped after {seconds} seconds; is there a loop that never ends?", seconds=limits.cpu_seconds
        )
    if stopped == "memory":
        return _("stopped at {mb} MB of memory; is an array larger than meant?", mb=limits.memory_bytes >> 20)
    if stopped == "output":
        return _("stopped after {kb} kB of output; is a print inside a loop?", kb=limits.output_bytes >> 10)
    return _("the process ended by itself (status {status})", status=status)
