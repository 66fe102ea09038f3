"""Training goals with other seeds, and lessons proved several at a time."""

from __future__ import annotations

import json

from lesson_kit import ToyBench, scaffold

from nnlab.cli import main
from nnlab.lesson import Lesson, goal, train, tune
from nnlab.lesson.find import LessonEntry
from nnlab.lesson.goals import enough, table_rows, try_goals, with_seed
from nnlab.lesson.proving import prove, try_seeds


class Seeded(ToyBench):
    """Reaches its goal with every seed that ``refuses`` does not."""

    refuses = (3, 4, 5)

    def execute(self, line):
        super().execute(line)
        verb, *rest = line.split()
        if verb == "seed":
            self.numbers["seed"] = float(rest[0])


def test_every_seed_that_the_lines_name_is_replaced_and_the_one_of_a_model_of_the_zoo():
    lines = ["seed 1", "data moons", "zoo xor", "seed 7", "run"]
    assert list(with_seed(lines, 5)) == [
        "seed 5", "seed 5", "data moons", "zoo xor", "seed 5", "seed 5", "run",
    ]  # fmt: skip


def test_a_goal_counts_as_reached_when_eight_of_ten_seeds_reach_it(tmp_path):
    task = goal(lambda bench: bench.numbers["seed"] not in Seeded.refuses, solutions=[["run"]])
    lesson = Lesson(
        "t1", "toy", [train("all", goal(lambda b: True, [["run"]])), tune("some", task)], setup=["seed 1"]
    )
    results = [row for seed in range(2, 12) for row in try_goals(lesson, seed, Seeded)]
    some = [row for row in results if row.step == "some"]
    assert [row.seed for row in some if not row.reached] == [3, 4, 5]
    assert not enough(some)
    assert enough(some[:2] + some[4:])  # one of eight missing
    assert enough([row for row in results if row.step == "all"])
    rows = table_rows(results)
    assert "| t1_toy | all | train | 10/10 |" in rows[0]
    assert "| t1_toy | some | tune | 7/10 ✗ | 3, 4, 5 |" in rows[1]


def test_a_seed_that_ends_in_an_error_misses_the_goal(tmp_path):
    lesson = Lesson("t1", "toy", [train("t", goal(lambda bench: bench.nothing, [["run"]]))])
    (row,) = try_goals(lesson, 2, ToyBench)
    assert not row.reached
    assert "AttributeError" in row.why


def test_slow_goals_are_tried_only_on_request():
    lesson = Lesson("t1", "toy", [train("t", goal(lambda bench: True, [["run"]]), slow=True)])
    assert try_goals(lesson, 2, ToyBench) == []
    assert len(try_goals(lesson, 2, ToyBench, slow=True)) == 1


def entries(tmp_path, *names):
    made = []
    for name in names:
        scaffold(tmp_path, name)
        lesson_id, _, slug = name.partition("_")
        made.append(LessonEntry(lesson_id, slug, tmp_path / f"{name}.py"))
    return made


def test_lessons_proved_side_by_side_are_reported_in_their_order_and_a_broken_one_stops_nothing(tmp_path):
    lessons = entries(tmp_path, "x1_one", "x2_two", "x3_three")
    lessons[1].path.write_text("from nnlab.lesson import\n", encoding="utf-8")
    reports = list(prove(lessons, jobs=2))
    assert [report.lesson for report in reports] == ["x1_one", "x2_two", "x3_three"]
    assert [report.ok for report in reports] == [True, False, True]
    assert "x2_two.py:1: " in str(reports[1].problems[0])


def test_a_broken_lesson_is_a_row_of_the_table_of_seeds(tmp_path):
    lessons = entries(tmp_path, "x1_one")
    lessons[0].path.write_text("1/0\n", encoding="utf-8")
    ((row,),) = try_seeds(lessons, [2])
    assert not row.reached
    assert "x1_one.py:1: ZeroDivisionError" in row.why


def test_the_command_line_proves_and_tries_seeds(tmp_path, capsys):
    entries(tmp_path, "x1_one")
    assert main(["lesson", "check", "x1_one", "--lessons", str(tmp_path), "--jobs", "1", "--all"]) == 0
    assert "x1_one: 5 steps" in capsys.readouterr().out
    assert main(["lesson", "check", "x1_one", "--lessons", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert main(["lesson", "check", "a7", "--seeds", "2", "--jobs", "1"]) == 0
    assert "| a7_backprop | update | train | 2/2 |" in capsys.readouterr().out
    assert main(["lesson", "check", "a7", "--seeds", "0"]) == 2
    assert "--seeds 0 must be 1 or more" in capsys.readouterr().err


def test_a_reference_that_does_not_train_is_no_training_goal():
    touch = tune("touch", goal(lambda bench: True, solutions=[["edit dense1.W[0,0] 1"]]))
    trained = tune("trained", goal(lambda bench: True, solutions=[["lr 0.1", "run 3 steps"]]))
    lesson = Lesson("t1", "toy", [touch, trained])
    assert [row.step for row in try_goals(lesson, 2, ToyBench)] == ["trained"]
