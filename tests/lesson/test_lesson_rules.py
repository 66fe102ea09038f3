"""How a lesson has to be built, and what happens to one that is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lesson_kit import ToyBench, scaffold, x

from nnlab.lesson import (
    check_lesson,
    choose,
    goal,
    numeric,
    predict,
    program,
    read,
    train,
    watch,
)
from nnlab.lesson.find import course_folder
from nnlab.lesson.prose import prose_path, read_prose
from nnlab.lesson.rules import lint_rules
from nnlab.lesson.tasks_bench import did, observe
from nnlab.lesson.walk import lint_walk


@pytest.fixture
def lesson(tmp_path):
    return scaffold(tmp_path)


def broken(lesson, **changes):
    """The problems of a good lesson with something changed."""
    changed = replace(lesson, path=lesson.path, **changes)
    proses = {language: read_prose(prose_path(lesson.path, language)) for language in ("en", "zh")}
    return [f"{step}: {problem}" for step, problem in lint_rules(changed, proses)]


def step_of(lesson, step, **changes):
    """The steps of a lesson, one of them changed."""
    return [replace(s, **changes) if s.id == step else s for s in lesson.steps]


def test_a_lesson_as_new_writes_it_breaks_no_rule(lesson):
    assert broken(lesson) == []


def test_too_few_and_too_many_steps_are_told(lesson):
    assert any("4 steps; a lesson has 5 to 10" in p for p in broken(lesson, steps=lesson.steps[1:]))
    many = [replace(lesson.steps[1], id=f"s{n}") for n in range(6)] + list(lesson.steps)
    assert any("11 steps" in p for p in broken(lesson, steps=many))


def test_a_lesson_in_which_the_learner_only_looks_is_told(lesson):
    steps = [*(read(f"r{n}") for n in range(3)), watch("w", observe(did("run"), solution=["run"]))]
    problems = broken(lesson, steps=[*steps, *lesson.steps[1:3], lesson.steps[4]])
    assert any("does something in 3 of 7 steps" in p for p in problems)


def test_few_kinds_of_steps_are_told(lesson):
    steps = [replace(lesson.steps[1], id=f"s{n}") for n in range(4)] + [lesson.steps[-1]]
    assert any("2 kinds of steps; mix at least 5" in p for p in broken(lesson, steps=steps))


def test_a_header_without_objective_or_misconception_is_told(lesson):
    path = prose_path(lesson.path, "zh")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("### objective", "").replace("### misconception", ""), encoding="utf-8")
    problems = broken(lesson)
    assert any("[zh]: the header names no '### objective'" in p for p in problems)
    assert any("[zh]: the header names no '### misconception'" in p for p in problems)


def test_a_prediction_needs_two_typical_wrong_answers_and_a_bet_none(lesson):
    steps = step_of(lesson, "inputs", task=numeric(x, mistakes={"no-bias": 2}))
    assert any("inputs: 1 typical wrong answers" in p for p in broken(lesson, steps=steps))
    two_options = step_of(
        lesson, "inputs", task=choose(["yes", "no"], right="yes"), shows={"no": "show network"}
    )
    assert any("inputs: 1 typical wrong answers" in p for p in broken(lesson, steps=two_options))
    bet = step_of(lesson, "inputs", task=numeric(None), shows={})
    assert broken(lesson, steps=bet) == []


def test_options_whose_right_one_is_computed_count_as_mistakes_all_but_one(lesson):
    task = choose(["a", "b", "c"], right=lambda session: "a")
    shown = step_of(lesson, "inputs", task=task, shows={"b": "show network", "c": "show network"})
    assert broken(lesson, steps=shown) == []
    task = choose(["a", "b"], right=lambda session: "a")
    assert any("1 typical" in p for p in broken(lesson, steps=step_of(lesson, "inputs", task=task, shows={})))


def test_every_mistake_of_a_prediction_needs_a_view_that_shows_it(lesson):
    unseen = step_of(lesson, "inputs", shows={"no-bias": "show dense1.b"})
    assert any("inputs: nothing shows the mistake 'one-weight'" in p for p in broken(lesson, steps=unseen))
    unknown = step_of(lesson, "inputs", shows={**lesson.steps[1].shows, "two-biases": "show dense1.b"})
    assert any("'two-biases' in shows is no mistake" in p for p in broken(lesson, steps=unknown))


def test_the_last_step_needs_a_question_that_comes_back(lesson):
    assert any(
        "count: the last step needs" in p for p in broken(lesson, steps=step_of(lesson, "count", recall=None))
    )


def test_a_concept_that_is_not_in_the_inventory_is_told(lesson):
    steps = step_of(lesson, "inputs", covers=("weight", "wait"))
    assert "inputs: there is no concept 'wait' in concepts.toml" in broken(lesson, steps=steps)


def test_a_lesson_of_the_course_has_to_claim_what_the_inventory_promises_of_it(lesson):
    lesson.path = course_folder() / "b_training_craft" / "b1_minibatch.py"
    ours = replace(lesson, id="b1", slug="minibatch", path=lesson.path)
    problems = [problem for _step, problem in lint_rules(ours, {})]
    assert any("covers 'mini-batch'" in p for p in problems)
    assert any("covers 'x07'" in p for p in problems)
    read_only = replace(ours, steps=[read("r", covers=["mini-batch"]), *ours.steps], path=ours.path)
    assert any("covers 'mini-batch'" in p for _step, p in lint_rules(read_only, {}))
    claimed = replace(ours, steps=step_of(ours, "inputs", covers=("mini-batch",)), path=ours.path)
    assert not any("covers 'mini-batch'" in p for _step, p in lint_rules(claimed, {}))


def test_no_step_stands_on_the_bench_of_a_slow_one(lesson):
    slow = train("slow", goal(x, solutions=[["run"]]), slow=True)
    steps = [lesson.steps[0], slow, *lesson.steps[1:]]
    assert any(
        "inputs: it stands on the bench of the slow step 'slow'" in p for p in broken(lesson, steps=steps)
    )


# ---------------------------------------------------------------- what shows a mistake, slow steps, time


def one_step(lesson, step):
    return replace(lesson, steps=[step], path=lesson.path)


def problems(lesson, **how):
    return [str(p) for p in check_lesson(lesson, ToyBench, rules=False, **how).problems]


def test_what_shows_a_mistake_must_run_after_the_answer(lesson):
    step = predict("inputs", numeric(x, mistakes={"m": 3}), shows={"m": "fail"}, setup=["put x 2"])
    assert any("inputs: what shows the mistake 'm': it failed" in p for p in problems(one_step(lesson, step)))


def test_where_nothing_is_computed_yet_the_look_of_the_step_goes_before_what_shows_a_mistake(lesson):
    class Late(ToyBench):
        def execute(self, line):
            super().execute("fail" if line == "explain" and "step" not in self.lines else line)

    step = predict("inputs", numeric(x, mistakes={"m": 3}), shows={"m": "explain"}, look=["step"])
    report = check_lesson(one_step(lesson, step), Late, rules=False)
    assert not any("what shows" in str(p) for p in report.problems)


def test_what_shows_a_mistake_of_the_bench_runs_where_the_mistake_was_made(lesson):
    class Picky(ToyBench):
        def execute(self, line):
            super().execute("fail" if line == "look" and x(self) != 3 else line)

    task = goal(lambda bench: x(bench) > 5, solutions=[["put x 9"]], mistakes={"m": ["put x 3"]})
    report = check_lesson(one_step(lesson, train("inputs", task, shows={"m": "look"})), Picky, rules=False)
    assert not any("what shows" in str(p) for p in report.problems)


def test_a_slow_step_is_proved_only_on_request(lesson):
    step = train("inputs", goal(lambda bench: False, solutions=[["put x 9"]]), slow=True)
    report = check_lesson(one_step(lesson, step), ToyBench, slow=False, rules=False)
    assert report.left_out == ["inputs"]
    assert report.cpu == {}
    assert any("slow, proved with --all: inputs" in line for line in report.lines())
    assert any("a reference answer fails" in p for p in problems(one_step(lesson, step), slow=True))


def test_training_that_takes_longer_than_a_learner_waits_is_a_problem(lesson, monkeypatch):
    monkeypatch.setattr("nnlab.lesson.check.WAIT", 0.0)
    step = train("inputs", goal(lambda bench: x(bench) > 5, solutions=[["put x 9"]]))
    report = check_lesson(one_step(lesson, step), ToyBench, rules=False)
    assert any("a reference answer takes" in str(p) for p in report.problems)
    assert "inputs" in report.cpu
    allowed = replace(step, slow=True)
    assert not any("a reference answer takes" in p for p in problems(one_step(lesson, allowed)))


def test_code_that_is_wider_than_the_editor_beside_the_bench_is_told(lesson):
    long = program("def f():\n    " + "x" * 60 + "\n", "case('one', f, equals=1)", ["def f():\n    return 1"])
    steps = step_of(lesson, "inputs", task=long)
    assert any("inputs: 'xxx" in p and "64 columns" in p for p in broken(lesson, steps=steps))


# ---------------------------------------------------------------- the walk


def walked(lesson):
    return [f"{step}: {problem}" for step, problem in lint_walk(lesson, ToyBench)]


def test_a_step_that_only_works_on_a_fresh_bench_is_found_on_the_way_through_the_lesson(lesson):
    small = goal(lambda bench: x(bench) == 1, solutions=[["put x 1"]])
    count = goal(lambda bench: len(bench.lines) == 1, solutions=[["put x 2"]])
    steps = [train("first", small, setup=["put x 0"]), train("second", count, setup=[])]
    toy = replace(lesson, steps=steps, setup=[], path=lesson.path)
    assert check_lesson(replace(toy, steps=steps[1:], path=lesson.path), ToyBench, rules=False).right == 1
    assert any("second: on the way through the lesson the reference answer fails" in p for p in walked(toy))


def test_a_step_that_cannot_be_entered_on_the_way_is_told(lesson):
    toy = replace(lesson, steps=[read("hello"), read("inputs", setup=["fail"])], setup=[], path=lesson.path)
    assert walked(toy) == ["hello: on the way through the lesson: the action 'fail' failed: it failed"]


def test_a_line_that_a_terminal_would_cut_is_told_in_its_language(lesson):
    path = prose_path(lesson.path, "zh")
    path.write_text(
        path.read_text(encoding="utf-8").replace("单元还有一个偏置。", "x" * 90, 1), encoding="utf-8"
    )
    toy = replace(lesson, steps=[read("inputs")], setup=[], path=lesson.path)
    assert any(p.startswith("inputs [zh]: a line is wider than 80 columns") for p in walked(toy))


def test_a_lesson_that_says_nothing_after_the_right_answer_is_told(lesson):
    path = prose_path(lesson.path, "en")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("### after\nTwice as many units, twice as many parameters.\n", ""), encoding="utf-8"
    )
    step = train("double", goal(lambda bench: x(bench) == 1, solutions=[["put x 1"]]))
    toy = replace(lesson, steps=[step], setup=[], path=lesson.path)
    assert walked(toy) == ["double: nothing is said after the right answer"]
