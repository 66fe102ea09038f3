"""Packs from a folder and from an installed package: found, proved, and never in the way when they break."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lesson_kit import ToyBench

from nnlab.cli import main
from nnlab.errors import NnlabError
from nnlab.lesson import LessonRun, find_lessons, load_lesson, new_lesson
from nnlab.lesson.actions import overview
from nnlab.lesson.find import find_lesson, load_script
from nnlab.lesson.packs import pack_folders, pack_troubles, packs
from nnlab.store import Progress
from nnlab.tui.atlas import survey


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A function that installs a package with lessons under ``site``, with an entry point to ``target``."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))
    packs.cache_clear()

    def install(target: str = "my_pack.lessons", package: str = "") -> Path:
        folder = site / "my_pack" / "lessons"
        folder.mkdir(parents=True)
        (site / "my_pack" / "__init__.py").write_text(package, encoding="utf-8")
        (folder / "__init__.py").write_text("", encoding="utf-8")
        about = site / "my_pack-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(
            "Metadata-Version: 2.1\nName: my-pack\nVersion: 1.0\n", encoding="utf-8"
        )
        (about / "entry_points.txt").write_text(f"[nnlab.lessons]\nmine = {target}\n", encoding="utf-8")
        new_lesson(folder, "y1_pack_lesson")
        packs.cache_clear()
        return folder

    yield install
    packs.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "my_pack"]:
        del sys.modules[name]


def test_the_lessons_of_an_installed_pack_are_found_loaded_and_proved(installed, capsys):
    folder = installed()
    assert pack_folders() == [folder]
    assert "y1_pack_lesson" in [entry.name for entry in find_lessons()]
    assert load_lesson("pack_lesson").id == "y1"
    assert main(["lesson", "check", "y1"]) == 0
    assert "y1_pack_lesson: 5 steps" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "package", "told"),
    [
        ("my_pack.nowhere", "", "the lesson pack mine is left out: there is no package my_pack.nowhere"),
        ("no_such_pack", "", "there is no package no_such_pack"),
        ("my_pack.lessons", "1 / 0", "my_pack.lessons cannot be imported: ZeroDivisionError"),
        ("my_pack.lessons", "import no_such_module", "cannot be imported: ModuleNotFoundError"),
    ],
)
def test_a_pack_that_cannot_be_found_is_told_and_the_course_goes_on(installed, target, package, told, capsys):
    installed(target, package)
    assert pack_folders() == []
    (trouble,) = pack_troubles()
    assert told in trouble
    assert "a1_neuron" in [entry.name for entry in find_lessons()]
    progress = Progress(":memory:")
    assert any(told in line for line in overview([], progress))
    atlas = survey(progress)
    assert told in atlas.warning
    assert atlas.stop("a1_neuron") is not None
    assert main(["lesson", "list"]) == 0
    assert told in capsys.readouterr().out


BROKEN = {
    "syntax": ("from nnlab.lesson import Lesson\n\nlesson = Lesson(\n", r"x1_mine\.py:3: "),
    "import": ("import no_such_module\n", r"x1_mine\.py:1: ModuleNotFoundError"),
    "exit": ("import sys\n\nsys.exit(3)\n", r"x1_mine\.py:3: SystemExit"),
    "nothing": ("x = 1\n", r"x1_mine\.py:1: the script declares no lesson"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_script_is_told_by_file_and_line_and_stops_nothing(tmp_path, kind, capsys):
    source, told = BROKEN[kind]
    path = new_lesson(tmp_path, "x1_mine")[0]
    path.write_text(source, encoding="utf-8")
    with pytest.raises(NnlabError, match=told):
        load_script(find_lesson("x1", [tmp_path]))
    stop = survey(Progress(":memory:"), [tmp_path]).stop("x1_mine")
    assert stop is not None
    assert "x1_mine.py:" in stop.trouble
    assert main(["lesson", "check", "x1", "--lessons", str(tmp_path)]) == 1
    assert "x1_mine.py:" in capsys.readouterr().out


def test_a_lesson_without_its_prose_is_listed_and_told(tmp_path, capsys):
    for path in new_lesson(tmp_path, "x1_mine")[1:]:
        path.unlink()
    (tmp_path / "x2_helper.py").write_text("def help(): ...\n", encoding="utf-8")
    assert [entry.name for entry in find_lessons([tmp_path]) if entry.path.parent == tmp_path] == ["x1_mine"]
    stop = survey(Progress(":memory:"), [tmp_path]).stop("x1_mine")
    assert stop is not None
    assert "x1_mine.en.md is missing" in stop.trouble
    assert main(["lesson", "check", "x1", "--lessons", str(tmp_path)]) == 1
    assert "x1_mine.zh.md is missing" in capsys.readouterr().out


def test_prose_that_breaks_is_told_by_file_and_line(tmp_path):
    _script, english, _chinese = new_lesson(tmp_path, "x1_mine")
    english.write_text(
        english.read_text(encoding="utf-8").replace("### after", "### aftre", 1), encoding="utf-8"
    )
    line = english.read_text(encoding="utf-8").splitlines().index("### aftre") + 1
    stop = survey(Progress(":memory:"), [tmp_path]).stop("x1_mine")
    assert stop is not None
    assert f"x1_mine.en.md:{line}: " in stop.trouble


def play(tmp_path, source: str) -> LessonRun:
    """A run at the first step of a lesson whose only step is ``source``."""
    path = new_lesson(tmp_path, "x1_mine")[0]
    path.write_text(
        "from nnlab.lesson import *\n\n\ndef broken(session):\n    return session.nothing\n\n\n"
        f'lesson = Lesson("x1", "mine", steps=[{source}])\n',
        encoding="utf-8",
    )
    return LessonRun(load_lesson("x1", [tmp_path]), ToyBench(), language="en")


def test_a_check_that_breaks_while_a_lesson_is_played_is_an_error_in_one_sentence(tmp_path):
    run = play(tmp_path, 'build("double", goal(broken, solutions=[["put x 1"]]))')
    assert run.glance() is None
    with pytest.raises(NnlabError, match=r"x1_mine\.py:5: AttributeError"):
        run.submit()


def test_a_sight_that_breaks_stops_no_action_and_is_told_when_the_step_is_answered(tmp_path):
    run = play(tmp_path, 'watch("open", observe(when("n", broken), solution=["put x 1"]))')
    run.session.execute("put x 1")
    with pytest.raises(NnlabError, match=r"x1_mine\.py:5: AttributeError"):
        run.submit()


def test_a_number_that_breaks_when_its_step_is_entered_is_told(tmp_path):
    with pytest.raises(NnlabError, match=r"x1_mine\.py:5: AttributeError"):
        play(tmp_path, 'read("hello", numbers=[number("n", broken)])')


def test_the_command_line_begins_with_a_broken_pack_installed(installed):
    folder = installed("my_pack.nowhere")
    site = folder.parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "nnlab", "lesson", "list"],
        capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": str(site), "PATH": "", "NNLAB_LANG": "en"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "the lesson pack mine is left out" in done.stdout
