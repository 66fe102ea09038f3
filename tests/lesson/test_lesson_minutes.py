"""How long a lesson takes is estimated from its words and its steps."""

import pytest

from nnlab.lesson import KINDS, Lesson, choose, predict, quiz, read
from nnlab.lesson.minutes import SECONDS, estimated_minutes
from nnlab.lesson.prose import parse_prose

TASK = choose(["a", "b"], right="a")


def test_every_kind_of_step_has_its_seconds() -> None:
    assert set(SECONDS) == set(KINDS)


def test_words_that_everybody_reads_and_what_steps_ask_for_add_up() -> None:
    lesson = Lesson("z1", "slow", [read("one"), predict("two", TASK), quiz("three", TASK)])
    prose = parse_prose(f"# T\nP.\n\n## one O\n{'word ' * 180}\n\n## two T\n### hint\n{'word ' * 900}\n")
    assert estimated_minutes(lesson, prose) == pytest.approx(1 + (10 + 45 + 45) / 60)
