"""Standard input and output as they may be: closed, full, left by their reader, or without our signs."""

from __future__ import annotations

import codecs
import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any, cast

from nnlab.i18n import _

SIGNS = "nnlab-signs"
"""The name of what is done with a sign that an encoding lacks: its 7-bit form, or “?”."""


class Output:
    """Standard output or error: remembers that it takes nothing more, and may keep to 7-bit signs.

    ``silent`` is for standard error: where nobody can hear a complaint, work goes on.
    """

    def __init__(self, stream: Any, *, silent: bool = False) -> None:
        self.stream, self.silent = stream, silent
        self.ascii = False
        self.failure: OSError | None = None
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=SIGNS)

    def write(self, text: str) -> int:
        with self._watched():
            self.stream.write(_seven_bit(text) if self.ascii else text)
        return len(text)

    def flush(self) -> None:
        with self._watched():
            self.stream.flush()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = error
            if not self.silent:
                raise

    def drop(self) -> None:
        """Where this takes nothing more, let what is still buffered go nowhere: Python would complain again
        when it exits.
        """
        if self.failure is not None:
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def opened() -> Iterator[Output]:
    """Standard streams that can be used whatever they were; answers standard output."""
    codecs.register_error(SIGNS, _replaced)
    _open_missing()
    before = sys.stdout, sys.stderr
    out, err = Output(sys.stdout), Output(sys.stderr, silent=True)
    sys.stdout, sys.stderr = cast("Any", out), cast("Any", err)
    try:
        yield out
    finally:
        err.flush()
        for stream in (out, err):
            stream.drop()
        sys.stdout, sys.stderr = before


def keep_to_ascii() -> None:
    """Write 7-bit signs from now on, as was asked for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Output):
            stream.ascii = True


def give_up(out: Output) -> int:
    """The exit code where ``out`` takes nothing more: 0 where its reader has left, else 2 and a sentence."""
    assert out.failure is not None
    left = out.failure.errno == errno.EPIPE
    if not left:
        reason = out.failure.strerror or out.failure
        print(_("nnlab: the output cannot be written ({reason})", reason=reason), file=sys.stderr)
    return 0 if left else 2


def _open_missing() -> None:
    """Give closed streams an end: nothing comes from it, and what goes there is gone.

    In this order, so that on POSIX each gets the number it stands for, and no file of ours does.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115 - open as long as the program runs
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _replaced(error: UnicodeError) -> tuple[str, int]:
    """The error handler :data:`SIGNS`."""
    assert isinstance(error, UnicodeEncodeError)
    return _seven_bit(error.object[error.start : error.end], "?"), error.end


def _seven_bit(text: str, otherwise: str = "") -> str:
    """``text`` in 7-bit signs, 汉字 as they are; or ``otherwise`` for each that has no such form."""
    if text.isascii():
        return text
    from nnlab.session.look import to_ascii

    if not otherwise:
        return to_ascii(text)
    forms = [to_ascii(sign) for sign in text]
    return "".join(form if form and form.isascii() else otherwise for form in forms)
