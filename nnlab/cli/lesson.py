"""``nnlab lesson``: list, take, prove and begin lessons."""

from __future__ import annotations

import argparse
import json
import os
import sys
from itertools import chain
from typing import TYPE_CHECKING, cast

from nnlab.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlab.lesson.find import LessonEntry
    from nnlab.session import Session

HOW = N_("answer …, hint, next, previous, go N; “help” lists everything, “quit” ends.")


def list_(arguments: argparse.Namespace) -> int:
    """All lessons, by track, with progress."""
    from nnlab.cli import opening
    from nnlab.lesson.actions import overview
    from nnlab.lesson.find import find_lessons

    with opening.progress() as progress:
        if not getattr(arguments, "json", False):
            print("\n".join(overview(arguments.lessons, progress)))
            return 0
        kept = progress.lessons()
    for entry in find_lessons(arguments.lessons):
        row = kept.get(entry.name)
        done = bool(row and row.finished)
        print(json.dumps({"id": entry.id, "name": entry.name, "title": entry.title(), "done": done}))
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Take a lesson in the app, or as text where there is no terminal."""
    from nnlab.lesson.find import find_lesson

    entry = find_lesson(arguments.name, arguments.lessons)
    screen = sys.stdin.isatty() and sys.stdout.isatty()
    if screen and not arguments.plain and not arguments.accessible:
        from nnlab.cli.start import app

        if arguments.anew:
            _begin_anew(arguments, entry.name)
        return app(arguments, entry.name)
    return in_plain(arguments, entry.name)


def _begin_anew(arguments: argparse.Namespace, name: str) -> None:
    """Put the lesson back to its first step, for the app to open it there."""
    from nnlab.lesson import load_lesson, open_lesson
    from nnlab.store import Progress

    progress = Progress()
    run, _notice = open_lesson(load_lesson(name, arguments.lessons), progress, again=True)
    run.close()
    cast("Session", run.session).close()
    progress.close()


def in_plain(arguments: argparse.Namespace, name: str) -> int:
    """Take a lesson as text."""
    from nnlab.cli import opening
    from nnlab.lesson import load_lesson, open_lesson
    from nnlab.lesson.actions import install
    from nnlab.lesson.render import header_lines
    from nnlab.session import plain as skin
    from nnlab.store import Progress

    progress = Progress()
    lesson = load_lesson(name, arguments.lessons)
    run, notice = open_lesson(lesson, progress, again=arguments.anew, device=arguments.device)
    session = cast("Session", run.session)
    course = install(
        session,
        lessons=arguments.lessons,
        progress=progress,
        tell=lambda lines: skin.write(session, sys.stdout, lines),
    )
    course.run = run
    before = [notice, ""] if notice else []
    if run.index == 0:
        before += header_lines(run.lesson_prose, run.lesson.minutes, opening.look(arguments).width)
    return _converse(arguments, session, "go", before)


def recall(arguments: argparse.Namespace) -> int:
    """Ask the questions that have come back."""
    from nnlab.lesson.actions import install
    from nnlab.session import Session

    session = Session(device=arguments.device)
    install(session, lessons=arguments.lessons)
    return _converse(arguments, session, "recall")


def _converse(arguments: argparse.Namespace, session: Session, first: str, before: Sequence[str] = ()) -> int:
    """Begin with an action, then do what is typed; wrong answers and slips of the pen end nothing."""
    from nnlab.cli import opening
    from nnlab.session import plain as skin

    session.look = opening.look(arguments)
    session.keeps_settings = interactive = sys.stdin.isatty()
    try:
        told = session.execute(first).lines
        skin.write(session, sys.stdout, [*before, *told, "", _(HOW)])
        if interactive:
            skin.complete_in_terminal(session)
        lines = skin.TerminalLines() if interactive else iter(sys.stdin)
        return skin.run(
            session, lines, sys.stdout, interactive=interactive, stop_at_error=False, greeting=False
        )
    finally:
        session.close()


def path(arguments: argparse.Namespace) -> int:
    """The ways through the course, or one of them."""
    from nnlab.cli import opening
    from nnlab.lesson import ways

    with opening.progress() as progress:
        if not arguments.name:
            print("\n".join(ways.overview(arguments.lessons, progress)))
            return 0
        way = ways.find_way(arguments.name)
        if arguments.follow:
            progress.put_note(ways.CHOSEN, way.name)
        print("\n".join(ways.route(way, arguments.lessons, progress)))
        return 0


def summary(arguments: argparse.Namespace) -> int:
    """What was done, as a text."""
    from nnlab.cli import opening
    from nnlab.lesson.summary import summary as told

    with opening.progress() as progress:
        print("\n".join(told(progress, arguments.lessons, arguments.name)))
    return 0


def know(arguments: argparse.Namespace) -> int:
    """One question of a lesson: right, it counts as known; exit code 1 where it was not."""
    from nnlab.cli import opening
    from nnlab.cli.recall import ask
    from nnlab.lesson import load_lesson
    from nnlab.lesson.known import KnowRun

    lesson = load_lesson(arguments.name, arguments.lessons)
    with opening.progress() as progress:
        verdict = ask(KnowRun.drawn(lesson, progress), lesson.id)
    return 0 if verdict is not None and verdict.ok else 1


def export(arguments: argparse.Namespace) -> int:
    """Write all progress to one file."""
    from nnlab.cli import opening

    with opening.progress() as progress:
        progress.export(arguments.file)
    print(_("progress written to {path}", path=arguments.file))
    return 0


def import_(arguments: argparse.Namespace) -> int:
    """Merge progress from a file into what is here."""
    from nnlab.cli import opening

    with opening.progress() as progress:
        progress.import_(arguments.file)
        kept = progress.lessons()
    done = sum(bool(row.finished) for row in kept.values())
    print(_("{path} is merged: {n} lessons begun, {done} done", path=arguments.file, n=len(kept), done=done))
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Prove lessons; exit code 1 where one does not hold."""
    from nnlab.errors import NnlabError
    from nnlab.lesson.find import find_lesson, find_lessons
    from nnlab.lesson.proving import prove, prove_cards

    for option, n in (("--jobs", arguments.jobs), ("--seeds", arguments.seeds)):
        if n is not None and n < 1:
            raise NnlabError(_("{option} {n} must be 1 or more", option=option, n=n))
    entries = [find_lesson(name, arguments.lessons) for name in arguments.names]
    entries = entries or find_lessons(arguments.lessons)
    slow = arguments.all and not arguments.fast
    jobs = arguments.jobs or os.cpu_count() or 1
    if arguments.seeds:
        return _check_seeds(entries, arguments, slow, jobs)
    failed = False
    reports = prove(entries, jobs=jobs, slow=slow, device=arguments.device)
    if not arguments.names:
        reports = chain(reports, [prove_cards(arguments.lessons, device=arguments.device)])
    for report in reports:
        failed |= not report.ok
        if arguments.json:
            problems = [str(problem) for problem in report.problems]
            row = {"lesson": report.lesson, "ok": report.ok, "problems": problems, "cpu": report.cpu}
            print(json.dumps(row), flush=True)
        else:
            print("\n".join(report.lines()), flush=True)
    return 1 if failed else 0


def _check_seeds(entries: Sequence[LessonEntry], arguments: argparse.Namespace, slow: bool, jobs: int) -> int:
    """A table of all training goals with other seeds than the one they ship with, which is 1."""
    from dataclasses import asdict

    from nnlab.lesson.goals import enough, table_head, table_rows
    from nnlab.lesson.proving import try_seeds

    seeds = range(2, arguments.seeds + 2)
    failed = False
    if not arguments.json:
        print("\n".join(table_head()), flush=True)
    for results in try_seeds(entries, seeds, jobs=jobs, slow=slow, device=arguments.device):
        for step in {result.step for result in results}:
            failed |= not enough([result for result in results if result.step == step])
        for line in [json.dumps(asdict(r)) for r in results] if arguments.json else table_rows(results):
            print(line, flush=True)
    return 1 if failed else 0


def coverage(arguments: argparse.Namespace) -> int:
    """What makes each concept of the course real; exit code 1 where nothing does."""
    from nnlab.errors import NnlabError
    from nnlab.i18n import current_language
    from nnlab.lesson.concepts import load_concepts
    from nnlab.lesson.coverage import course_coverage, table
    from nnlab.lesson.find import find_lessons, load_script

    lessons, broken = [], False
    for entry in find_lessons(arguments.lessons):
        try:
            lessons.append(load_script(entry))
        except NnlabError as error:  # one that does not load claims nothing
            print(error, file=sys.stderr)
            broken = True
    rows = course_coverage(lessons, arguments.lessons)
    if arguments.json:
        for row in rows:
            kind = "erratum" if row.concept.erratum else "concept"
            concept = row.concept
            names = {
                "slug": concept.slug,
                "kind": kind,
                "group": concept.group,
                "en": concept.en,
                "zh": concept.zh,
            }
            print(json.dumps({**names, "claims": row.claims, "lacking": row.lacking}, ensure_ascii=False))
    else:
        print("\n".join(table(rows, load_concepts(), current_language())))
    return 1 if broken or any(row.empty for row in rows) else 0


def new(arguments: argparse.Namespace) -> int:
    """Write the three files of a new lesson."""
    from nnlab.lesson.new import new_lesson

    for path in new_lesson(arguments.to, arguments.name):
        print(path)
    return 0
