"""The check catches every way a lesson can be wrong."""

import sys
from dataclasses import replace

import pytest
from lesson_kit import ToyBench, scaffold, toy_lesson, write_prose, x

from nnlab.errors import NnlabError
from nnlab.lesson import (
    Lesson,
    build,
    check_lesson,
    choose,
    did,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    read,
    recall,
)


def problems(lesson):
    return [str(p) for p in check_lesson(lesson, ToyBench, rules=False).problems]


def with_step(tmp_path, step, **texts):
    lesson = toy_lesson(tmp_path)
    lesson = replace(lesson, steps=[step], path=lesson.path)
    for language in ("en", "zh"):
        write_prose(lesson, language, **texts)
    return lesson


def test_a_good_lesson_has_no_problem(tmp_path):
    report = check_lesson(toy_lesson(tmp_path), ToyBench, rules=False)
    assert [str(p) for p in report.problems] == []
    assert report.ok
    assert report.right > 12
    assert report.wrong > 10
    assert report.numbers == 2


def test_a_reference_answer_that_fails_is_caught(tmp_path):
    lesson = with_step(tmp_path, quiz("q", numeric(x, expect=7), setup=["put x 2"]))
    assert any("a reference answer fails: 7" in p for p in problems(lesson))


def test_a_goal_that_holds_before_anything_is_done_is_caught(tmp_path):
    step = quiz("q", goal(lambda b: True, solutions=[["put x 1"]]))
    assert any("a wrong answer passes: doing nothing" in p for p in problems(with_step(tmp_path, step)))


def test_a_mistake_with_the_wrong_diagnosis_is_caught(tmp_path):
    step = quiz("q", goal(lambda b: x(b) > 1, solutions=[["put x 2"]], mistakes={"m": ["put x 0"]}))
    assert any("should be diagnosed as 'm'" in p for p in problems(with_step(tmp_path, step)))


def test_a_mistake_that_is_right_is_caught(tmp_path):
    step = quiz("q", numeric(x, mistakes={"m": 2.0}), setup=["put x 2"])
    assert any("a wrong answer passes: 2" in p for p in problems(with_step(tmp_path, step)))


def test_two_mistakes_with_one_value_are_caught(tmp_path):
    step = quiz("q", numeric(x, mistakes={"m": 3.0, "n": 3.0}), setup=["put x 2"])
    assert any("'n' and is 'm'" in p for p in problems(with_step(tmp_path, step)))


def test_a_number_that_is_not_what_the_author_believes_is_caught(tmp_path):
    lesson = with_step(tmp_path, read("start", numbers=[number("x", x, expect=5)], setup=["put x 2"]))
    assert problems(lesson) == ["start: the number {x} is 2, the lesson expects 5"]


def test_an_observation_that_nothing_shows_is_caught(tmp_path):
    step = quiz("q", observe(did("dance"), solution=["wave"]))
    assert any(
        "reference answer fails: wave: still to see: dance" in p for p in problems(with_step(tmp_path, step))
    )


def test_setup_that_fails_names_the_line(tmp_path):
    step = quiz("q", numeric(x), setup=["fail"])
    assert "q: the action 'fail' failed: it failed" in problems(with_step(tmp_path, step))


def test_a_check_that_breaks_is_a_problem_and_not_a_crash(tmp_path):
    step = quiz("q", goal(lambda b: b.nothing, solutions=[["put x 1"]]))
    assert any("AttributeError" in p for p in problems(with_step(tmp_path, step)))


def test_a_check_that_leaves_the_program_is_a_problem_too(tmp_path):
    step = quiz("q", goal(lambda b: sys.exit(0), solutions=[["put x 1"]]))
    assert any("SystemExit" in p for p in problems(with_step(tmp_path, step)))


def test_a_value_of_a_goal_that_hides_a_number_of_the_step_is_caught(tmp_path):
    check = goal(lambda bench: found(x(bench) > 5, "low", w=x(bench)), solutions=[["put x 9"]])
    step = build("grow", check, setup=["put x 0"], numbers=[number("w", 1.0)])
    assert any("hides the number {w}" in p for p in problems(with_step(tmp_path, step)))


def test_recall_without_fresh_numbers_is_caught(tmp_path):
    again = recall(numeric(x), setup=["put x {v}"], draw=lambda random: {"v": 4})
    step = predict("q", numeric(x), recall=again)
    assert any("the same numbers from every seed" in p for p in problems(with_step(tmp_path, step)))


def test_a_starter_that_already_passes_is_caught(tmp_path):
    task = program("def f():\n    return 1", 'case("one", f, equals=1)', solutions=["def f():\n    return 1"])
    assert any("a wrong answer passes" in p for p in problems(with_step(tmp_path, quiz("q", task))))


def test_a_missing_language_is_caught(tmp_path):
    lesson = toy_lesson(tmp_path)
    (tmp_path / "t1_toy.zh.md").unlink()
    assert any("t1_toy.zh.md is missing" in p for p in problems(lesson))


def test_a_lesson_cannot_be_declared_wrongly():
    with pytest.raises(NnlabError, match="two steps named 'a'"):
        Lesson("t1", "toy", [read("a"), read("a")])
    with pytest.raises(NnlabError, match="at least one reference"):
        goal(lambda b: True, solutions=[])
    with pytest.raises(NnlabError, match="not among the options"):
        choose(["a"], "b").prepare(ToyBench())


def test_a_new_lesson_passes_its_check(tmp_path):
    report = check_lesson(scaffold(tmp_path))
    assert [str(p) for p in report.problems] == []


def test_a_new_lesson_never_overwrites(tmp_path):
    scaffold(tmp_path)
    with pytest.raises(NnlabError, match="exists already"):
        scaffold(tmp_path)
    with pytest.raises(NnlabError, match="not a name"):
        scaffold(tmp_path, "9 lives!")
