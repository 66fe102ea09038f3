"""``nnlab`` without a command: the app, the plain form, or the demo where nobody can type."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from nnlab.cli import opening
from nnlab.i18n import _


def main(arguments: argparse.Namespace) -> int:
    """The app in a terminal; lines from a pipe are actions; an empty input gets the demo."""
    if arguments.plain or arguments.accessible:
        return plain(arguments)
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        first = sys.stdin.readline() if sys.stdin and not sys.stdin.isatty() else ""
        if first:
            return plain(arguments, chain([first], sys.stdin))
        if sys.stdin and sys.stdin.isatty():
            return plain(arguments)
        from nnlab.cli.demo import main as demo

        arguments.fast = False
        return demo(arguments)
    return app(arguments)


def app(arguments: argparse.Namespace, lesson: str = "") -> int:
    """The full-screen app on this terminal; the plain form where it cannot be shown, or not any more."""
    from nnlab.tui.capabilities import detect

    if reason := detect().obstacle:
        from nnlab.session.look import wrap

        told = _("nnlab: {reason}; this is the plain form", reason=reason)
        print("\n".join(wrap(told, opening.look(arguments).width)))
        return in_plain(arguments, lesson)
    from nnlab.tui.launch import run

    if arguments.session:
        opening.follow_threads_of(arguments, Path(arguments.session))
    left = run(
        lesson=lesson,
        session_path=Path(arguments.session) if arguments.session else None,
        lesson_dirs=arguments.lessons,
        language=arguments.language or "",
        theme=arguments.theme or "",
        color=arguments.color or "",
        glyphs=arguments.glyphs or "",
        motion=arguments.motion or "",
        device=arguments.device,
        threads=arguments.threads,
        link=arguments.link,
    )
    if left.goes_on is None:
        return left.status
    arguments.session, arguments.new = left.goes_on.session, left.goes_on.session is None
    return in_plain(arguments, left.goes_on.lesson)


def in_plain(arguments: argparse.Namespace, lesson: str) -> int:
    """The plain form, in a lesson or on the bench."""
    if not lesson:
        return plain(arguments)
    from nnlab.cli.lesson import in_plain

    return in_plain(arguments, lesson)


def plain(arguments: argparse.Namespace, lines: Iterator[str] | None = None) -> int:
    """The plain form: a conversation in a terminal, a filter in a pipe."""
    from nnlab.session import plain as skin

    interactive = lines is None and sys.stdin.isatty()
    path = Path(arguments.session) if arguments.session else kept_path(arguments.new) if interactive else None
    recorded, source = ({}, skin.TerminalLines()) if interactive else opening.peeked(lines or sys.stdin)
    if path is not None and path.exists() and not arguments.new:
        session = opening.resume(arguments, path)
    else:
        session = opening.begin(arguments, path, recorded)
    from nnlab.lesson.actions import install

    install(session, arguments.lessons, tell=lambda lines: skin.write(session, sys.stdout, lines))
    session.keeps_settings = interactive
    if interactive:
        skin.complete_in_terminal(session)
    with opening.closing(session):
        code = skin.run(session, source, sys.stdout, interactive=interactive)
        return code if interactive else opening.kept(session, code)


def kept_path(new: bool) -> Path:
    """The session to go on with, where there is one and the learner wants to; else a new one's file."""
    from nnlab.session.log import in_use
    from nnlab.tui import shelf

    kept = None if new else shelf.newest()
    if kept is not None and not in_use(kept.path):
        about = kept.network or kept.data or "–"
        print(_("A session is kept: {about} ({n} actions).", about=about, n=kept.actions))
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            if input(_("Go on with it? [Y/n] ")).strip().lower() not in ("n", "no", "否", "不"):
                return kept.path
    return shelf.new_path()
