"""The child's side, run as a script with ``python -I``: limits first, then the learner's code.

Reads one JSON job from stdin, writes JSON lines: the level reached, one per test, the end.
It imports nothing of nnlab.  Tests run in the same process as the code, so they keep a learner from
mistakes and not from cheating themselves; nothing secret may be in them.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import io
import json
import linecache
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

FILE = "<your code>"
TESTS = "<tests>"
SHOWN = 300  # characters of a value that are shown
SLIPS = (NameError, TypeError, AttributeError)  # of the pen: they say nothing of what somebody believes
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38

_REFUSED = {
    "socket.connect": "the network",
    "socket.bind": "the network",
    "socket.getaddrinfo": "the network",
    "socket.sendto": "the network",
    "subprocess.Popen": "other programs",
    "os.system": "other programs",
    "os.exec": "other programs",
    "os.posix_spawn": "other programs",
    "os.spawn": "other programs",
    "os.fork": "other programs",
    "os.forkpty": "other programs",
    "os.kill": "other programs",
    "os.killpg": "other programs",
    "os.listdir": "files",
    "os.scandir": "files",
    "os.remove": "files",
    "os.rename": "files",
    "os.rmdir": "files",
    "os.mkdir": "files",
    "os.link": "files",
    "os.symlink": "files",
    "os.truncate": "files",
    "os.chmod": "files",
    "os.chown": "files",
    "shutil.rmtree": "files",
    "sqlite3.connect": "files",
}


class OutputFull(BaseException):
    """More was printed than is allowed; no ``except Exception`` of the learner catches it."""


class Printed(io.TextIOBase):
    """Standard output in memory, with an end."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.parts: list[str] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.size += len(text)
        if self.size > self.limit:
            self.parts.append(text[: max(0, self.limit - self.size + len(text))])
            raise OutputFull
        self.parts.append(text)
        return len(text)

    def text(self) -> str:
        return "".join(self.parts)[: self.limit]


def no_network() -> bool:
    """A network namespace without a card; must come before any thread is started."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    return bool(libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def limit(job: dict[str, Any]) -> bool:
    """rlimits; returns whether all that matter were accepted."""
    try:
        import resource
    except ImportError:
        return False
    wanted = [
        ("RLIMIT_CPU", job["cpu_seconds"]),
        ("RLIMIT_AS", job["memory_bytes"]),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_NPROC", 0),
    ]
    accepted = True
    for name, value in wanted:
        try:
            resource.setrlimit(getattr(resource, name), (value, value))
        except (AttributeError, ValueError, OSError):
            accepted = accepted and name in ("RLIMIT_NPROC", "RLIMIT_CORE")
    return accepted


def protect(job: dict[str, Any]) -> list[str]:
    """Every layer this system gives; their names, weakest first."""
    level = ["process"]
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            if no_network():
                level.append("no-network")
            libc = ctypes.CDLL(None)
            libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    import numpy
    import numpy.random  # before the limits: they open many files, and numpy loads this one late

    if limit(job):
        level.append("rlimits")
    refuse(os.path.dirname(os.path.dirname(numpy.__file__)))
    level.append("audit")
    return level


def refuse(packages: str) -> None:
    """Answer attempts at files, programs and the network with a sentence; the limits above are the wall."""
    readable = tuple(os.path.realpath(p) + os.sep for p in (sys.prefix, sys.base_prefix, packages))

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        what = _REFUSED.get(event)
        if event == "open":
            path, _mode, flags = arguments
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            known = isinstance(path, str) and os.path.realpath(path).startswith(readable)
            if writes or (isinstance(path, str | bytes) and not known):
                what = "files"
        if what is not None:
            raise PermissionError(f"a code step has no access to {what}")

    sys.addaudithook(hook)


def shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def agree(found: Any, expected: Any, close: float) -> bool:
    """Same shape and close, through tuples, lists and dictionaries; NaN agrees with NaN."""
    import numpy as np

    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and set(found) == set(expected)
            and all(agree(found[key], expected[key], close) for key in expected)
        )
    if isinstance(expected, tuple | list) and not isinstance(found, np.ndarray):
        if not isinstance(found, tuple | list) or len(found) != len(expected):
            return False
        return all(agree(f, e, close) for f, e in zip(found, expected))
    if isinstance(expected, str | bool | type(None)):
        return isinstance(found, type(expected) | np.bool_) and bool(found == expected)
    try:
        a, b = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        same = found == expected  # an array where one of them is one and the other no number at all
        return same if isinstance(same, bool) else False
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=close, atol=close, equal_nan=True))


def call_text(function: object, inputs: tuple[object, ...]) -> str:
    name = getattr(function, "__name__", "function")
    return f"{name}({', '.join(shown(value) for value in inputs)})"


def line_of(error: BaseException, source: str) -> tuple[int, str]:
    """(line number, text) of the learner's own source where the error arose."""
    lines = source.splitlines()
    number = 0
    if isinstance(error, SyntaxError) and error.filename == FILE:
        number = error.lineno or 0
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == FILE:
                number = frame.lineno or 0
    return number, lines[number - 1] if 0 < number <= len(lines) else ""


def describe(error: BaseException, source: str) -> dict[str, Any]:
    number, text = line_of(error, source)
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {"kind": type(error).__name__, "message": (message or "")[:SHOWN], "line": number, "text": text}


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    printed = sys.stdout = sys.stderr = Printed(job["output_bytes"])
    sys.stdin = io.StringIO()

    def say(**message: Any) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    say(level=protect(job))
    source: str = job["source"]
    end: dict[str, Any] = {}
    try:
        run(source, job["tests"], say)
    except OutputFull:
        end["stopped"] = "output"
    except MemoryError as error:
        end.update(stopped="memory", error=describe(error, source))
    except BaseException as error:
        end["error"] = describe(error, source)
    end["output"] = printed.text()
    say(end=end)


def run(source: str, tests: str, say: Callable[..., None]) -> None:
    import numpy as np

    def report(
        name: str, ok: bool, given: str = "", expected: str = "", found: str = "", tells: str = ""
    ) -> None:
        say(
            case={
                "name": name,
                "ok": bool(ok),
                "given": given,
                "expected": expected,
                "found": found,
                "tells": tells,
            }
        )

    def case(
        name: str,
        function: Callable[..., Any],
        *inputs: Any,
        equals: Any = None,
        close: float = 1e-6,
        raises: type[Exception] | None = None,
        tells: str = "",
    ) -> Any:
        """``function(*inputs)`` gives ``equals``, or raises ``raises``."""
        given = call_text(function, inputs)
        wanted = shown(equals) if raises is None else f"{raises.__name__}"
        try:
            found = function(*inputs)
        except Exception as error:
            ok = raises is not None and isinstance(error, raises)
            number, _text = line_of(error, source)
            where = f" (line {number})" if number else ""
            report(
                name,
                ok,
                given,
                wanted,
                f"{type(error).__name__}: {error}{where}"[:SHOWN],
                "" if ok or isinstance(error, SLIPS) else tells,
            )
            return None
        ok = raises is None and agree(found, equals, close)
        said = found is not None and found is not ...
        report(name, ok, given, wanted, shown(found), tells if said and not ok else "")
        return found

    def claim(name: str, ok: bool, shown: object = "", tells: str = "") -> None:
        report(name, ok, found=str(shown)[:SHOWN], tells="" if ok else tells)

    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    names: dict[str, Any] = {"__name__": "__code__", "np": np}
    exec(compile(source, FILE, "exec"), names)
    names.update(case=case, claim=claim, SOURCE=source, TREE=ast.parse(source))
    try:
        exec(compile(tests, TESTS, "exec"), names)
    except NameError as error:
        raise NameError(f"{error}; the tests need it") from error


main()
