"""The plain skin: a scrolling text mode that can do everything the app can do.

It reads lines and writes lines, so it works in a terminal, in a pipe, over a slow link, for a screen reader
and for a Braille display.  Errors stand under the word they are about; Ctrl-C pauses training.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.action import plain
from nnlab.session.look import finish
from nnlab.session.words import ActionError

if TYPE_CHECKING:
    from nnlab.session.action import Result
    from nnlab.session.session import Session
    from nnlab.training import EpochRow

PROMPT = "nnlab> "
PROGRESS_SECONDS = 0.5


def run(
    session: Session,
    lines_in: Iterable[str],
    out: TextIO,
    *,
    interactive: bool = False,
    as_json: bool = False,
    stop_at_error: bool | None = None,
    greeting: bool = True,
) -> int:
    """Execute every line of ``lines_in`` and write the answers to ``out``.

    Answers 0, 2 where a line was refused, or 130 where Ctrl-C ended it.  Where nobody types
    (``interactive`` is False) the first refused line ends it, unless ``stop_at_error`` says otherwise.
    ``as_json`` writes one JSON object a line.
    """
    writer = _JsonWriter(session, out) if as_json else _Writer(session, out)
    stop = not interactive if stop_at_error is None else stop_at_error
    session.interruptible = interactive
    session.on_progress(writer.progress)
    if interactive and greeting:
        writer.write(
            [_("nnlab, the plain form. “help” lists what can be done, “quit” ends."), *session.differences]
        )
    refused = False
    for text in _prompted(lines_in, out) if interactive else lines_in:
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        line = line.split("\t# ", 1)[0].rstrip()
        try:
            result = session.execute(line)
            writer.result(result)
            if not interactive and getattr(result.payload, "reason", "") == "paused":
                return 130
        except NnlabError as error:
            writer.error(error, line)
            refused = True
            if stop:
                break
        if session.ended:
            break
    return 2 if refused and stop else 0


def lines_of_terminal(prompt: str = PROMPT) -> Iterator[str]:
    """Lines typed at a terminal, with the line editor where there is one; ends at Ctrl-D."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - importing it gives input() its history and editing
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return
        except KeyboardInterrupt:
            sys.stdout.write("\n")


def complete_in_terminal(session: Session) -> None:
    """Let Tab complete actions and their words where Python has a line editor."""
    try:
        import readline
    except ImportError:
        return

    def completer(_word: str, state: int) -> str | None:
        line = readline.get_line_buffer()[: readline.get_endidx()]
        found = session.complete(line)
        return found[state].text if state < len(found) else None

    readline.set_completer_delims(" \t\n")
    readline.set_completer(completer)
    readline.parse_and_bind("tab: complete")


def _prompted(lines: Iterable[str], out: TextIO) -> Iterator[str]:
    """Lines as they come; a source that prompts by itself (a generator over ``input``) is left to do so."""
    out.flush()
    for line in lines:
        yield line
        out.flush()


class _Writer:
    """Writes answers for people."""

    def __init__(self, session: Session, out: TextIO) -> None:
        self.session, self.out = session, out
        self.told_at = time.monotonic()

    def write(self, lines: Iterable[str]) -> None:
        for line in finish(list(lines), self.session.look):
            self.out.write(line.rstrip() + "\n")
        self.out.flush()

    def result(self, result: Result) -> None:
        self.write(result.lines)

    def error(self, error: NnlabError, line: str) -> None:
        """The sentence, and under the line a mark at the word it is about."""
        lines = []
        if isinstance(error, ActionError) and error.word and not self.session.look.accessible:
            lines = ["  " + error.text, "  " + " " * error.position + "^" * max(1, len(error.word))]
        self.write([*lines, _("error: {error}", error=error)])

    def progress(self, rows: list[EpochRow]) -> None:
        """A line for the newest epoch, at most one in half a second."""
        now = time.monotonic()
        if now - self.told_at < PROGRESS_SECONDS:
            return
        self.told_at, row = now, rows[-1]
        self.write(
            [
                _(
                    "epoch {epoch}  step {step}  loss {loss:.4f}  validation {metric} {value:.4f}",
                    epoch=row.epoch,
                    step=row.step,
                    loss=row.train_loss,
                    metric=_(self.session.need_run().history.metric),
                    value=row.val_metric,
                )
            ]
        )


class _JsonWriter(_Writer):
    """Writes one JSON object a line, for programs."""

    def write(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._object({"lines": [line]})

    def result(self, result: Result) -> None:
        self._object(result.to_json())

    def error(self, error: NnlabError, line: str) -> None:
        found: dict[str, object] = {"action": line, "error": str(error)}
        if isinstance(error, ActionError):
            found |= {"position": error.position, "word": error.word, "suggestion": error.suggestion}
        self._object(found)

    def progress(self, rows: list[EpochRow]) -> None:
        for row in rows:
            self._object({"epoch": plain(row)})

    def _object(self, found: dict[str, object]) -> None:
        self.out.write(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n")
        self.out.flush()
