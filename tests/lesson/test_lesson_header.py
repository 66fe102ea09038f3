"""What a lesson is for is told where it is opened: promise, objectives, and the belief it does away with."""

from __future__ import annotations

from lesson_kit import scaffold

from nnlab.lesson.actions import install
from nnlab.lesson.prose import prose_path, read_prose
from nnlab.lesson.render import header_lines
from nnlab.session import Session
from nnlab.store import Progress
from nnlab.tui.atlas import remembered, survey


def open_in(tmp_path):
    session = Session()
    progress = Progress(":memory:")
    course = install(session, [str(tmp_path)], progress)
    return session, course


def test_the_header_is_shown_where_a_lesson_begins_and_not_in_the_middle(tmp_path):
    lesson = scaffold(tmp_path)
    session, course = open_in(tmp_path)
    first = session.execute("lesson x1").lines
    assert first[0] == "Mine (10 minutes)"
    assert "Afterwards you can:" in first
    assert any("- Count the weights and biases" in line for line in first)
    assert any(line.startswith("Many believe: “A unit has one weight.”") for line in first)
    assert any("A unit on the bench" in line for line in first)
    session.execute("go 2")
    again = session.execute("lesson x1").lines
    assert "Mine (10 minutes)" not in again
    assert course.run.step.id == lesson.steps[1].id


def test_a_lesson_without_objectives_has_a_short_header(tmp_path):
    lesson = scaffold(tmp_path)
    prose = read_prose(prose_path(lesson.path, "en"))
    prose.header.clear()
    assert header_lines(prose, 10) == ["Mine (10 minutes)", "", prose.promise, ""]


def test_home_knows_objectives_and_misconception_and_remembers_them(tmp_path):
    scaffold(tmp_path)
    stop = survey(Progress(":memory:"), [tmp_path]).stop("x1_mine")
    assert stop.objectives == (
        "Count the weights and biases of a layer.",
        "Open a number and see what it is made of.",
    )
    assert stop.misconception.startswith("“A unit has one weight.”")
    assert remembered().stop("x1_mine") == stop
