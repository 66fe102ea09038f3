"""A shape as an answer: read the way people write it, and what is amiss is said without the right one."""

import pytest

from nnlab.errors import NnlabError
from nnlab.lesson import Lesson, LessonRun, predict, quiz, shape
from nnlab.lesson.tasks import Context
from nnlab.lesson.tasks_shape import amiss, parse_shape
from nnlab.session import Session

BENCH = ["seed 1", "data moons", "net dense 8 tanh | dense 1"]


@pytest.mark.parametrize(
    "text", ["(32, 10)", "32x10", "32 10", "32, 10", "[32,10]", "32 × 10", "（32，10）", "32*10", "(32, 10,)"]
)
def test_a_shape_is_read_in_the_notations_people_use(text):
    assert parse_shape(text) == (32, 10)


def test_one_axis_and_none_are_shapes_too():
    assert (parse_shape("(8,)"), parse_shape("8"), parse_shape("()")) == ((8,), (8,), ())


def test_a_number_that_no_axis_can_have_is_no_shape():
    with pytest.raises(NnlabError, match="not a shape") as caught:
        parse_shape("9" * 5000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["", "x", "32x", "3.5x2", "batch, 10", "-1 3"])
def test_what_is_no_shape_is_said(text):
    with pytest.raises(NnlabError, match="not a shape"):
        parse_shape(text)


@pytest.mark.parametrize(
    ("given", "truth", "words"),
    [
        ((10, 32), (32, 10), "swapped"),
        ((10,), (32, 10), "batch is missing"),
        ((32, 10), (10,), "too many in front"),
        ((32, 5), (32, 8, 8), "3 are wanted"),
        ((32, 64), (32, 8, 8), "as many numbers"),
        ((16, 8), (2, 8, 8), "as many numbers"),
        ((32, 9), (32, 10), "only axis 2"),
        ((31, 9), (32, 10), "axes 1, 2"),
    ],
)
def test_what_is_amiss_is_said_without_the_right_shape(given, truth, words):
    told = amiss(given, truth)
    assert words in told
    assert str(truth) not in told


@pytest.mark.parametrize(
    ("truth", "axes"),
    [
        ("dense1.W", [2, 8]),
        ("dense1.z", [32, 8]),
        ("dense1.W.grad", [2, 8]),
        ((3, 4), [3, 4]),
        (lambda session: session.data.x.shape[1:], [2]),
    ],
)
def test_the_truth_is_a_tensor_of_the_bench_a_function_or_a_shape(truth, axes):
    session = Session()
    for line in [*BENCH, "step batch"]:
        session.execute(line)
    assert shape(truth).prepare(session)["truth"] == axes


def asked(kind, tmp_path):
    task = shape("dense1.z", expect=(32, 8), mistakes={"no-batch": (8,), "weights": "dense1.W"})
    lesson = Lesson("t1", "shape", [kind("z", task, setup=BENCH, look=["step batch"])])
    lesson.path = tmp_path / "t1_shape.py"
    for language in ("en", "zh"):
        lesson.path.with_name(f"t1_shape.{language}.md").write_text(
            "# T\np\n## z T\nt\n### question\n?\n### after\nIt is {answer}.\n"
            "### mistake no-batch\none row\n### mistake weights\nweights\n"
        )
    return LessonRun(lesson, Session(), language="en")


def test_a_predicted_shape_stands_beside_the_truth_and_passes(tmp_path):
    verdict = asked(predict, tmp_path).submit("8x32")
    assert (verdict.ok, verdict.passed, verdict.given, verdict.reveal) == (False, True, "(8, 32)", "(32, 8)")
    assert "swapped" in verdict.text


def test_a_known_wrong_shape_names_its_misconception(tmp_path):
    run = asked(quiz, tmp_path)
    assert [run.submit(text).misconception for text in ("8", "2x8", "9x9")] == ["no-batch", "weights", ""]
    assert run.submit("(32, 8)").passed


def test_every_reference_is_right_and_every_known_mistake_is_told(tmp_path):
    run = asked(quiz, tmp_path)
    task, context = run.step.task, Context(run.session, run.state.prepared)
    assert all(task.judge(attempt.answers[0], context).done for attempt in task.solutions(context))
    for name, attempt in task.wrong_attempts(context):
        judged = task.judge(attempt.answers[0], context)
        assert (judged.ok, judged.misconception) == (False, name)
