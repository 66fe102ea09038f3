"""A curve drawn before it is measured: what it does is told apart, not how nicely it is drawn."""

import pytest

from nnlab.errors import NnlabError
from nnlab.lesson import Lesson, LessonRun, curve, numeric, over_epochs, over_steps, predict, recall
from nnlab.lesson.check import check_lesson
from nnlab.lesson.render import render_text
from nnlab.lesson.tasks import Context
from nnlab.lesson.trend import FORMS, resampled, trend
from nnlab.session import Session
from nnlab.store import Progress

FALLS = [0.9, 0.5, 0.3, 0.2, 0.15, 0.12, 0.11, 0.1]
SETUP = ["seed 1", "data moons", "net dense 4 tanh | dense 1", "optimizer adam lr=0.03"]
TURNS_UP = [0.9, 0.5, 0.3, 0.25, 0.3, 0.4, 0.5, 0.6]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_recognised_in_its_own_example(form):
    assert trend(resampled(FORMS[form], 24)).form == form


def test_the_noise_of_training_is_no_movement():
    noisy = [0.9 - 0.03 * k + (0.04 if k % 2 else -0.04) for k in range(25)]
    assert trend(noisy).form == "falls"


def test_where_a_curve_turns_and_where_half_of_it_is_done():
    assert trend(TURNS_UP).turns == (pytest.approx(3 / 7),)
    assert trend(FALLS).half == pytest.approx(1 / 7)


def judged(task, answer, bench=None):
    context = Context(bench, task.prepare(bench))
    return task.judge(answer, context), context


@pytest.mark.parametrize(
    ("drawn", "misconception", "words"),
    [
        ("0.9 0.5 0.2 0.1", "keeps-falling", "another form"),
        ("0.5 0.5 0.5", "", "another form"),
        ("0.9 0.3 0.3 0.9", "", "lower than you drew"),
        ("0.9 0.8 0.7 0.6 0.5 0.4 0.3 0.6", "", "turns sooner"),
        ("0.9 0.75 0.7 0.65 0.65", "too-shy", "another form"),
    ],
)
def test_what_differs_is_named(drawn, misconception, words):
    task = curve(
        TURNS_UP, up=(0, 1), mistakes={"keeps-falling": "falls", "too-shy": [0.9, 0.75, 0.7, 0.65, 0.65]}
    )
    judgement, _context = judged(task, drawn)
    assert (judgement.ok, judgement.misconception) == (False, misconception)
    assert words in judgement.detail


def test_a_curve_of_the_same_form_is_right_however_it_is_drawn():
    assert judged(curve(TURNS_UP, up=(0, 1)), "1 0.2 0.3 0.4 0.6")[0].ok
    assert judged(curve(FALLS), "0.8, 0.2, 0.1, 0.1")[0].ok


def test_a_fall_that_is_over_sooner_than_drawn_is_told_apart():
    assert (
        "sooner" in judged(curve([1, 0.2, 0.1, 0.1, 0.1, 0.1], up=(0, 1)), "1 0.95 0.9 0.8 0.5 0.1")[0].detail
    )


def test_curves_are_told_in_words():
    task = curve(TURNS_UP, across=(1, 8), up=(0, 1))
    judgement, context = judged(task, "0.9 0.1 0.1")
    assert judgement.given == "falls from 0.9 to 0.1, half of it by 2.75" or "falls" in judgement.given
    assert task.reveal(context) == "falls to 0.25 at 4, then rises to 0.6"


@pytest.mark.parametrize(
    ("answer", "words"), [("0.5 0.4", "at least 3"), ("0.5 0.4 7", "outside"), ("x", "not a")]
)
def test_what_is_no_curve_is_said(answer, words):
    with pytest.raises(NnlabError, match=words):
        judged(curve(FALLS, up=(0, 1)), answer)


def test_a_diverged_run_leaves_the_picture_at_its_top():
    made = curve([0.5, 2.0, float("inf"), float("nan")], up=(0, 1)).prepare(None)
    assert made["truth"] == [0.5, 1.0, 1.0, 1.0]


def test_an_unknown_form_is_refused_with_the_nearest():
    with pytest.raises(NnlabError, match="falls-rises"):
        curve(FALLS, mistakes={"x": "fall-rises"})


def test_a_question_that_comes_back_is_not_drawn():
    with pytest.raises(NnlabError, match="typed or picked"):
        recall(curve(FALLS), setup=[])
    assert recall(numeric(1.0), setup=[])


def drawing(tmp_path, **options):
    task = curve(over_epochs("train_loss"), mistakes={"rising": "rises", "flat": "level"}, **options)
    lesson = Lesson(
        "t1",
        "curve",
        [
            predict(
                "draw",
                task,
                setup=SETUP,
                look=["run 6 epochs"],
            )
        ],
    )
    lesson.path = tmp_path / "t1_curve.py"
    for language in ("en", "zh"):
        lesson.path.with_name(f"t1_curve.{language}.md").write_text(
            "# T\np\n## draw T\nt\n### question\n?\n### axis across\nepoch\n### axis up\nloss\n"
            "### hint\na\n### hint\nb\n### hint\nc\n"
            "### after\nIt {answer}.\n### mistake rising\nno, it learns\n### mistake flat\nit moves\n"
        )
    return lesson


def test_the_check_proves_a_curve_step(tmp_path):
    report = check_lesson(drawing(tmp_path, expect="falls"), rules=False)
    assert report.problems == []
    assert report.wrong == 3


def test_the_check_says_when_a_curve_has_another_form_than_expected(tmp_path):
    assert "a reference answer fails" in str(
        check_lesson(drawing(tmp_path, expect="rises"), rules=False).problems[0]
    )


def test_a_drawn_curve_passes_is_kept_and_stands_under_the_measured_one(tmp_path):
    progress = Progress(":memory:")
    run = LessonRun(drawing(tmp_path), Session(), progress, language="en")
    assert run.view().plot.measured == ()
    top = run.view().plot.up[1]
    verdict = run.submit(f"0 0 {top}")
    assert (verdict.ok, verdict.passed, verdict.misconception) == (False, True, "rising")
    assert verdict.text.startswith("You drew: rises")
    again = LessonRun(drawing(tmp_path), Session(), progress, language="en").view()
    assert list(again.plot.drawn) == [0, 0, top]
    assert len(again.plot.measured) == 6
    picture = render_text(again)
    assert any("o" in line and "*" in line and "|" in line for line in picture)
    assert not any("|" in line for line in render_text(again, accessible=True))


def test_the_loss_of_every_step_can_be_the_curve():
    session = Session()
    for line in ("data moons", "net dense 1", "run 5 steps"):
        session.execute(line)
    assert len(over_steps(session)) == 5
