"""``nnlab lesson``: list, take, prove and begin lessons."""

from __future__ import annotations

import argparse
import json
import sys

from nnlab.i18n import _


def list_(arguments: argparse.Namespace) -> int:
    """All lessons, by track, with progress."""
    from nnlab.lesson.actions import overview
    from nnlab.lesson.find import find_lessons
    from nnlab.store import Progress

    progress = Progress()
    if getattr(arguments, "json", False):
        kept = progress.lessons()
        for entry in find_lessons(arguments.lessons):
            row = kept.get(entry.name)
            done = bool(row and row.finished)
            print(json.dumps({"id": entry.id, "name": entry.name, "title": entry.title(), "done": done}))
        return 0
    print("\n".join(overview(arguments.lessons, progress)))
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Take a lesson in the app, or as text where there is no terminal."""
    from nnlab.lesson.find import find_lesson

    entry = find_lesson(arguments.name, arguments.lessons)
    screen = sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()
    if screen and not arguments.plain and not arguments.accessible:
        from nnlab.cli.start import app

        return app(arguments, entry.name)
    return _plain(arguments, entry.name)


def _plain(arguments: argparse.Namespace, name: str) -> int:
    from nnlab.lesson.actions import install
    from nnlab.session import Session
    from nnlab.session import plain as skin
    from nnlab.session.look import Look

    session = Session(seed=arguments.seed, look=Look(accessible=arguments.accessible))
    install(session, lessons=arguments.lessons)
    try:
        print("\n".join(session.execute(f"lesson {name}").lines))
        print(_("\nanswer …, hint, next, previous; “help” lists everything, “quit” ends."))
        interactive = sys.stdin.isatty()
        lines = skin.lines_of_terminal() if interactive else iter(sys.stdin)
        return skin.run(session, lines, sys.stdout, interactive=interactive, greeting=False)
    finally:
        session.close()


def check(arguments: argparse.Namespace) -> int:
    """Prove lessons; exit code 1 where one does not hold."""
    from nnlab.lesson.check import check_lesson
    from nnlab.lesson.find import find_lesson, find_lessons, load_script

    entries = [find_lesson(name, arguments.lessons) for name in arguments.names]
    failed = False
    for entry in entries or find_lessons(arguments.lessons):
        report = check_lesson(load_script(entry))
        failed |= not report.ok
        if arguments.json:
            problems = [str(problem) for problem in report.problems]
            print(json.dumps({"lesson": report.lesson, "ok": report.ok, "problems": problems}), flush=True)
        else:
            print("\n".join(report.lines()), flush=True)
    return 1 if failed else 0


def new(arguments: argparse.Namespace) -> int:
    """Write the three files of a new lesson."""
    from nnlab.lesson.new import new_lesson

    for path in new_lesson(arguments.to, arguments.name):
        print(path)
    return 0
