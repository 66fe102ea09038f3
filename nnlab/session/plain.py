"""The plain skin: a scrolling text mode that can do everything the app can do.

It reads lines and writes lines, so it works in a terminal, in a pipe, over a slow link, for a screen reader
and for a Braille display.  Errors stand under the word they are about; Ctrl-C pauses training.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.action import plain
from nnlab.session.log import Entry
from nnlab.session.look import finish
from nnlab.session.resume import compare
from nnlab.session.words import ActionError

if TYPE_CHECKING:
    from nnlab.session.action import Result
    from nnlab.session.session import Session
    from nnlab.training import EpochRow

PROMPT = "nnlab> "
CONTINUED = "  ... "
END = "."
"""A line that holds only this ends the lines of a block."""

SHOWN = 120
"""Characters of a wrong line that are shown."""
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

    Answers 0, 1 where a check did not hold, 2 where a line was refused, or 130 where Ctrl-C ended it;
    somebody typing (``interactive``) always gets 0.  Where nobody types the first refused line ends it,
    unless ``stop_at_error`` says otherwise.  ``as_json`` writes one JSON object a line.
    """
    writer = _JsonWriter(session, out) if as_json else _Writer(session, out)
    stop = not interactive if stop_at_error is None else stop_at_error
    session.interruptible = interactive
    session.on_progress(writer.progress)
    session.errands.listener = writer.errand
    if interactive and greeting:
        hello = _("nnlab, the plain form. “help” lists what can be done, “quit” ends.")
        writer.write([hello, *session.news(), *_standing(session)])
    elif news := session.news():
        writer.write(news)
    source = _Source(lines_in, out)
    failed = refused = False
    for text in source:
        entry = Entry.read(text)
        line = entry.text
        if not line or line.startswith("#"):
            continue
        at = 0 if interactive else source.number
        try:
            action = session.parse(line)
            compare(session, entry)
            if action.takes_lines(session):
                action = action.with_lines(source.block())
            result = session.perform(action)
            writer.result(result)
            failed |= _disagrees(result.payload)
            paused = getattr(result.payload, "reason", "") == "paused"
            if not interactive and (paused or session.trainer.interrupted):
                return 130
        except NnlabError as error:
            writer.error(error, line, at)
            refused = True
            if stop:
                break
        except BlockLeft:
            writer.write([_("left; nothing was answered")])
        if session.ended:
            break
    return 0 if interactive else 2 if refused else int(failed)


def _standing(session: Session) -> list[str]:
    """Where a session that is gone on with stands."""
    run = session.run
    if run is None:
        return []
    lines = session.show("bench").lines[-1:]
    if run.step_count and not run.pending:
        lines.append(_("“step” goes on; “seek {n}” shows the numbers of the last step", n=run.step_count))
    return lines


def write(session: Session, out: TextIO, lines: Iterable[str]) -> None:
    """Lines for people, in the session's look."""
    _Writer(session, out).write(lines)


def _disagrees(payload: object) -> bool:
    """Whether an answer is that of a check that does not hold: a gradient, or the answer to a lesson."""
    return False in (getattr(payload, "agrees", None), getattr(payload, "passed", None))


class BlockLeft(Exception):
    """Ctrl-C in the middle of lines that belong to one action."""


class TerminalLines:
    """Lines typed at a terminal, with the line editor where there is one; ends at Ctrl-D."""

    def __init__(self, prompt: str = PROMPT) -> None:
        self.prompt = prompt
        self.inside = False
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 - importing it gives input() its history and editing

    def __iter__(self) -> TerminalLines:
        return self

    def __next__(self) -> str:
        while True:
            try:
                return input(CONTINUED if self.inside else self.prompt)
            except EOFError:
                sys.stdout.write("\n")
                raise StopIteration from None
            except KeyboardInterrupt:
                sys.stdout.write("\n")
                if self.inside:
                    raise BlockLeft from None

    @contextlib.contextmanager
    def block(self) -> Iterator[None]:
        """Another prompt, and Tab indents."""
        self.inside = True
        _bind_tab("self-insert")
        try:
            yield
        finally:
            self.inside = False
            _bind_tab("complete")


def _bind_tab(command: str) -> None:
    with contextlib.suppress(ImportError):
        import readline

        readline.parse_and_bind(f"tab: {command}")


class _Source:
    """The lines that come in, counted; output is flushed before each, as somebody may be waiting for it."""

    def __init__(self, lines: Iterable[str], out: TextIO) -> None:
        self.given, self.lines, self.out = lines, iter(lines), out
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.out.flush()
        line = next(self.lines)
        self.number += 1
        return line

    def block(self) -> str:
        """The lines up to one that holds only a dot, or to the end of the input."""
        typed = self.given.block() if isinstance(self.given, TerminalLines) else contextlib.nullcontext()
        with typed:
            taken = [line.rstrip("\r\n") for line in itertools.takewhile(lambda s: s.strip() != END, self)]
        return "".join(f"{line}\n" for line in taken)


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

    def error(self, error: NnlabError, line: str, number: int = 0) -> None:
        """The sentence, and under the line a mark at the word it is about; ``number`` is that of a script."""
        lines = []
        if isinstance(error, ActionError) and error.word and not self.session.look.accessible:
            at, size = error.position, max(1, len(error.word))
            start = 0 if at + size <= SHOWN else at  # far to the right the line is shown from the word on
            lines = ["  " + error.text[start : start + SHOWN], "  " + " " * (at - start) + "^" * size]
        told = _("error: {error}", error=error)
        self.write([*lines, told + _(" (line {n})", n=number) if number else told])

    def errand(self, done: int, of: int) -> None:
        """A line about a study that takes long, as seldom."""
        now = time.monotonic()
        if now - self.told_at >= PROGRESS_SECONDS and done < of:
            self.told_at = now
            self.write([_("step {done} of {of}; Ctrl-C stops it", done=done, of=of)])

    def progress(self, rows: list[EpochRow]) -> None:
        """A line for the newest epoch, at most one in half a second."""
        now = time.monotonic()
        if now - self.told_at < PROGRESS_SECONDS:
            return
        self.told_at, row = now, rows[-1]
        metric = _(self.session.need_run().history.metric)
        if math.isnan(row.val_metric):
            self.write(
                [
                    _(
                        "epoch {epoch}  step {step}  loss {loss:.4f}  {metric} {value:.4f}",
                        epoch=row.epoch,
                        step=row.step,
                        loss=row.train_loss,
                        metric=metric,
                        value=row.train_metric,
                    )
                ]
            )
            return
        self.write(
            [
                _(
                    "epoch {epoch}  step {step}  loss {loss:.4f}  validation {metric} {value:.4f}",
                    epoch=row.epoch,
                    step=row.step,
                    loss=row.train_loss,
                    metric=metric,
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

    def error(self, error: NnlabError, line: str, number: int = 0) -> None:
        found: dict[str, object] = {"action": line, "error": str(error)}
        if number:
            found["line"] = number
        if isinstance(error, ActionError):
            found |= {"position": error.position, "word": error.word, "suggestion": error.suggestion}
        self._object(found)

    def errand(self, done: int, of: int) -> None:
        """Nothing: an answer is one object."""

    def progress(self, rows: list[EpochRow]) -> None:
        for row in rows:
            self._object({"epoch": plain(row)})

    def _object(self, found: dict[str, object]) -> None:
        self.out.write(json.dumps(found, allow_nan=False) + "\n")
        self.out.flush()
