"""A learner's way through a lesson."""

import pytest
from lesson_kit import ToyBench, toy_lesson

from nnlab.errors import NnlabError
from nnlab.lesson import LessonRun, RecallRun, due_recalls, render_text
from nnlab.lesson.render import wrap
from nnlab.lesson.schedule import after
from nnlab.store import Progress, RecallRow
from nnlab.width import columns

DAY = 86400


@pytest.fixture
def progress():
    store = Progress(":memory:", clock=lambda: 0.0)
    yield store
    store.close()


def start(tmp_path, progress=None, at="", **options):
    run = LessonRun(toy_lesson(tmp_path), ToyBench(), progress, language="en", scratch=ToyBench, **options)
    if at:
        run.go(at)
    return run


def test_entering_a_step_sets_up_its_bench_and_computes_its_numbers(tmp_path):
    run = start(tmp_path)
    assert run.session.lines == ["put x 2"]
    assert run.view().prose == "Text 2"


def test_a_wrong_prediction_passes_is_kept_and_stands_beside_the_truth(tmp_path, progress):
    run = start(tmp_path, progress, "guess")
    verdict = run.submit("4")
    assert (verdict.ok, verdict.passed, verdict.misconception, verdict.reveal) == (False, True, "double", "2")
    assert "You said 4; it is 2." in verdict.text
    assert "mistake double" in verdict.text
    assert [(a.text, a.ok, a.misconception) for a in progress.answers()] == [("4", False, "double")]


def test_a_wrong_answer_gets_its_misconception_and_does_not_pass(tmp_path):
    run = start(tmp_path, at="pair")
    verdict = run.submit("3, 2")
    assert (verdict.ok, verdict.passed, verdict.misconception) == (False, False, "swapped")
    with pytest.raises(NnlabError, match="not answered yet"):
        run.advance()
    assert run.submit("2; 3").passed
    assert run.advance().id == "look"


def test_an_undeclared_wrong_answer_says_what_was_found(tmp_path):
    run = start(tmp_path, at="pair")
    assert "Number 2: 9 is too large" in run.submit("2, 9").text
    assert "wrong sign" in run.submit("-2, 3").text
    with pytest.raises(NnlabError, match="2 numbers are asked for"):
        run.submit("2")


def test_where_one_number_is_asked_for_two_are_told_so(tmp_path):
    run = start(tmp_path, at="guess")
    with pytest.raises(NnlabError, match="holds 2 numbers, but one is asked for"):
        run.submit("2 3")


def test_a_watch_step_passes_when_everything_has_been_seen(tmp_path):
    run = start(tmp_path, at="look")
    run.session.execute("wave")
    assert list(run.view().missing) == ["shout"]
    assert "shout" in run.submit().text
    run.session.execute("shout out")
    assert run.ready
    assert run.submit().passed


def test_a_goal_says_what_is_missing_with_its_numbers(tmp_path):
    run = start(tmp_path, at="grow")
    assert run.submit().text == "1 is not above ten"
    run.session.execute("put x -1")
    assert run.submit().misconception == "negative"
    run.session.execute("put x 12")
    assert run.submit().passed


def test_a_bet_is_settled_by_a_later_step(tmp_path):
    run = start(tmp_path, at="bet")
    assert run.submit("17").passed
    run.advance()
    run.session.execute("put x 33")
    verdict = run.submit()
    assert (verdict.bet, verdict.measured) == ("17", "33 on the bench")
    assert verdict.text == "You said: 17\nMeasured: 33 on the bench\n\nBecause 33."


def test_three_hints_then_the_solution(tmp_path):
    run = start(tmp_path, at="lines")
    with pytest.raises(NnlabError, match="3 hints are left"):
        run.solution()
    assert [run.hint() for _ in range(3)] == ["hint a", "hint b", "hint c"]
    with pytest.raises(NnlabError, match="all three"):
        run.hint()
    assert run.solution() == "option a\noption b\noption c"
    assert not run.passed


def test_orders_and_choices_are_diagnosed(tmp_path):
    run = start(tmp_path, at="lines")
    assert run.submit("3 2 1").misconception == "last-first"
    assert "first 1 are right" in run.submit("2 3 1").text
    assert run.submit("213").passed
    run.go("one")
    assert run.submit("b").misconception == "no"
    with pytest.raises(NnlabError, match="did you mean “yes”"):
        run.submit("yess")
    assert run.submit("1").passed
    run.go("many")
    assert "still missing: 1" in run.submit("1").text
    assert run.submit("1 2").misconception == "q"
    assert run.submit("p, r").passed


def test_a_lesson_is_done_when_every_step_is_passed(tmp_path, progress):
    run = start(tmp_path, progress)
    answers = {"guess": "5", "pair": "2 3", "bet": "1", "lines": "a b c", "one": "yes", "many": "p r"}
    deeds = {"look": ["wave", "shout"], "grow": ["put x 11"], "settle": ["put x 30"]}
    while True:
        for line in deeds.get(run.step.id, []):
            run.session.execute(line)
        assert run.submit(answers.get(run.step.id, "")).passed
        if run.advance() is None:
            break
    assert run.done
    row = progress.lessons()["t1_toy"]
    assert row.passed == 10


def test_a_skipped_step_stays_open(tmp_path):
    run = start(tmp_path, at="guess")
    run.advance(skip=True)
    assert dict(run.statuses())["guess"] == "skipped"
    assert not run.done
    run.back()
    assert run.submit("2").passed


def test_a_lesson_goes_on_where_it_was_left(tmp_path, progress):
    run = start(tmp_path, progress, "lines")
    run.hint()
    run.draft("half an ans")
    run.close()
    again = start(tmp_path, progress)
    assert (again.step.id, again.state.hints, again.view().draft) == ("lines", 1, "half an ans")


def test_a_resumed_bench_is_left_as_it_was(tmp_path, progress):
    start(tmp_path, progress, "grow").close()
    bench = ToyBench()
    LessonRun(toy_lesson(tmp_path), bench, progress, language="en", bench="kept")
    assert bench.lines == []


def test_idle_time_is_not_counted(tmp_path, progress):
    now = [0.0]
    run = start(tmp_path, progress, "guess", clock=lambda: now[0])
    now[0] += 20
    run.submit("2")
    now[0] += 100_000
    run.submit("2")
    assert run.state.seconds == 320


def test_recall_comes_back_with_fresh_numbers_and_moves_up_or_down(tmp_path, progress):
    now = [0.0]
    run = start(tmp_path, progress, "guess", clock=lambda: now[0])
    run.submit("2")
    assert due_recalls(progress, 1.9 * DAY) == []
    assert due_recalls(progress, 2 * DAY) == [("t1_toy", "guess")]
    questions = set()
    for seed in range(4):
        now[0] = progress.recall("t1_toy", "guess").due
        again = RecallRun(
            run.lesson, "guess", seed, progress, language="en", session=ToyBench(), clock=lambda: now[0]
        )
        questions.add(again.question)
        assert again.submit(str(again.numbers["v"])).ok
    assert len(questions) > 1
    assert progress.recall("t1_toy", "guess").due - now[0] > 100 * DAY
    now[0] = progress.recall("t1_toy", "guess").due
    assert not again.submit("1000").ok
    assert progress.recall("t1_toy", "guess").due - now[0] == DAY


def test_a_question_whose_step_was_a_slip_comes_back_sooner(tmp_path, progress):
    run = start(tmp_path, progress, "guess", clock=lambda: 0.0)
    run.submit("7")
    assert due_recalls(progress, 1 * DAY) == [("t1_toy", "guess")]


def test_a_question_of_the_old_ladder_goes_on_from_its_interval():
    row = RecallRow("t1_toy", "guess", due=100 * DAY, rung=2)
    due, card = after(row, True, 100 * DAY)
    assert due > (100 + 14) * DAY
    assert after(RecallRow("t1_toy", "guess", due, 3, card), False, due)[0] < due + 14 * DAY


def test_a_step_is_shown_as_lines_of_text(tmp_path):
    run = start(tmp_path, at="many")
    run.hint()
    text = "\n".join(render_text(run.view(), 40))
    assert "[10/10]" in text
    assert "  1  option p" in text
    assert "Hint 1: hint a" in text


def test_tables_keep_their_columns():
    lines = wrap("| a | 阈值 |\n|---|---|\n| −2 | 1 |\nafter", 40)
    assert wrap("|sum| × threshold > 0", 40) == ["|sum| × threshold > 0"]
    assert lines == ["| a  | 阈值 |", "|----|------|", "| −2 | 1    |", "after"]


def test_text_wraps_by_columns_in_both_languages():
    chinese = "神经元把输入乘以权重，再加上偏置。" * 4
    for width in (20, 33):
        assert all(columns(line) <= width for line in wrap(chinese, width))
        assert "".join(wrap(chinese, width)) == chinese
        assert not any(line.startswith(("，", "。")) for line in wrap(chinese, width))
    assert wrap("one two\nthree", 20) == ["one two three"]
    assert wrap("- a\n- b", 20) == ["- a", "- b"]
