"""Comparing values of a knob: several seeds of each pass, one run each is luck and does not."""

import pytest

from nnlab.errors import NnlabError
from nnlab.lesson import Lesson, LessonRun, compared, found, tune
from nnlab.session import Session

BENCH = ["data moons n=80", "net dense 4 tanh | dense 1", "optimizer sgd lr=0.1"]


def asked(tmp_path, task):
    lesson = Lesson("t1", "seeds", [tune("sizes", task, setup=BENCH)])
    lesson.path = tmp_path / "t1_seeds.py"
    for language in ("en", "zh"):
        lesson.path.with_name(f"t1_seeds.{language}.md").write_text(
            "# T\np\n## sizes T\nt\n### question\n?\n### after\nSo it is.\n### mistake same\nno difference\n"
        )
    return LessonRun(lesson, Session(), language="en")


def after(run, *lines):
    for line in lines:
        run.session.execute(line)
    return run.submit("")


SIZES = compared("batch", ["8", "16"], "1 epoch")


def test_all_values_at_once_pass_and_the_spans_are_told(tmp_path):
    verdict = after(asked(tmp_path, SIZES), "seeds 3 batch=8,16 run 1 epoch")
    assert verdict.passed
    assert "batch 8: three seeds: " in verdict.detail
    assert "batch 16: three seeds: " in verdict.detail


def test_one_after_the_other_passes_also_without_being_asked(tmp_path):
    run = asked(tmp_path, SIZES)
    for line in ("batch 8", "seeds 3 run 1 epoch", "batch 16", "seeds 4 run 1 epoch"):
        run.session.execute(line)
    assert run.glance().passed


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "still to compare: batch 8, 16, each from 3 seeds"),
        (["seeds 3 batch=8 run 1 epoch"], "batch 8 done; still to compare: 16"),
        (["seeds 2 batch=8,16 run 1 epoch"], "too few seeds"),
        (["seeds 3 batch=8,16 run 2 epochs"], "for 1 epoch"),
        (["seeds 3 batch=8,16 lr=0.2 run 1 epoch"], "all else as on the bench"),
        (["seeds 3 batch=8,32 run 1 epoch"], "still to compare: 16"),
        (["batch 8", "run 1 epoch", "branch b batch=16", "run 1 epoch"], "still to compare"),
    ],
)
def test_what_is_missing_is_said(tmp_path, lines, told):
    verdict = after(asked(tmp_path, SIZES), *lines)
    assert not verdict.passed
    assert told in verdict.text.lower()


def test_any_values_count_where_they_are_free(tmp_path):
    task = compared("lr", ["0.1", "0.01"], "1 epoch", free=True)
    assert after(asked(tmp_path, task), "seeds 3 lr=0.5,0.2 run 1 epoch").passed
    assert not after(asked(tmp_path, task), "seeds 3 lr=0.5 batch=8,16 run 1 epoch").passed


def test_a_check_may_ask_for_more_and_name_the_misconception(tmp_path):
    def better(spans):
        return found(spans["8"].median > 2, misconception="same")

    verdict = after(
        asked(tmp_path, compared("batch", ["8", "16"], "1 epoch", check=better)), SIZES.line(("8", "16"), 3)
    )
    assert (verdict.passed, verdict.misconception) == (False, "same")


def test_its_own_attempts_pass_and_fail(tmp_path):
    for attempt in SIZES.solutions(None):
        assert after(asked(tmp_path, SIZES), *attempt.actions).passed
    for _name, attempt in SIZES.wrong_attempts(None):
        assert not after(asked(tmp_path, SIZES), *attempt.actions).passed


def test_what_is_no_comparison_is_refused():
    with pytest.raises(NnlabError, match="two values"):
        compared("batch", ["8"], "1 epoch")
    with pytest.raises(NnlabError, match="no length"):
        compared("batch", ["8", "16"], "long")
