"""Ready-made paths, the summary, and lessons that are known beforehand."""

import json
import re
from pathlib import Path

import pytest

from nnlab.errors import NnlabError
from nnlab.i18n import set_language
from nnlab.lesson import find_lessons, load_lesson
from nnlab.lesson.known import KnowRun
from nnlab.lesson.summary import counted, summary
from nnlab.lesson.ways import CHOSEN, find_way, load_ways, overview, route
from nnlab.store import Answer, Progress
from nnlab.width import columns

CURRICULUM = re.compile(r"^[a-g][1-8]$")


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("auto")


@pytest.fixture
def progress():
    store = Progress(":memory:")
    yield store
    store.close()


@pytest.mark.parametrize("way", load_ways(), ids=lambda way: way.name)
def test_every_path_has_both_languages_and_lessons_in_an_order_their_prerequisites_allow(way):
    assert set(way.titles) == set(way.abouts) == {"en", "zh"}
    assert all(CURRICULUM.match(lesson) for lesson in way.lessons)
    assert len(set(way.lessons)) == len(way.lessons)
    here = {entry.id: load_lesson(entry.name) for entry in find_lessons() if entry.id in way.lessons}
    for at, id in enumerate(way.lessons):
        needs = here[id].needs if id in here else ()
        assert not set(needs) & set(way.lessons[at:]), f"{id} stands before what it builds on"


def test_paths_tell_how_far_the_learner_is_and_what_is_next(progress):
    progress.finish("a1_neuron")
    progress.put_note(CHOSEN, "lab")
    assert any(line.startswith("> lab") and "1 of 4 done" in line for line in overview((), progress))
    shown = route(find_way("lab"), (), progress)
    assert any(line.startswith("  ✓ a1") for line in shown)
    assert shown[-1] == "Next: nnlab lesson run a5"


def test_an_unknown_path_names_those_there_are():
    with pytest.raises(NnlabError, match="did you mean “transformer”"):
        find_way("transformers")


def test_a_broken_file_of_paths_is_one_sentence(tmp_path: Path):
    (tmp_path / "paths.toml").write_text("[[path]]\nname = 3\n")
    with pytest.raises(NnlabError, match=r"paths\.toml"):
        load_ways(tmp_path / "paths.toml")


def test_a_note_is_kept_beside_the_progress_and_changes(progress):
    assert progress.note(CHOSEN) == ""
    progress.put_note(CHOSEN, "lab")
    progress.put_note(CHOSEN, "tour")
    assert progress.note(CHOSEN) == "tour"


# -- the summary ------------------------------------------------------------------------------------


def answer(step, ok, misconception="", kind="predict"):
    return Answer("a1_neuron", step, kind, "1", ok, misconception, 0, 0.0)


def test_only_the_first_prediction_of_a_step_counts():
    count = counted([answer("z", False, "m"), answer("z", True), answer("y", True)], hints=0)
    assert (count.predictions, count.right) == (2, 1)


def test_a_misconception_is_overcome_by_a_right_answer_and_can_come_back():
    slips = [answer("z", False, "m", "quiz"), answer("z", True, kind="quiz")]
    assert len(counted(slips, 0).overcome) == 1
    assert len(counted([*slips, answer("z", False, "m", "recall")], 0).overcome) == 0
    assert len(counted([answer("y", True), answer("z", False, "m")], 0).overcome) == 0


def test_the_summary_says_what_was_done_and_that_nobody_graded_it(progress):
    progress.answer("a1_neuron", "add-up", "0", False, "no-bias", kind="predict")
    progress.save_step("a1_neuron", "add-up", {"status": "passed", "hints": 2})
    progress.finish("a1_neuron")
    text = "\n".join(summary(progress, name="Ada Lovelace"))
    assert "what Ada Lovelace has done" in text
    assert re.search(r"A1 +One neuron decides: done \d{4}-\d\d-\d\d, 1 steps", text)
    assert "Hints taken: 2." in text
    assert "Predictions made before the result was seen: 1, right: 0." in text
    assert "Misconceptions met: 1; answered right after them: 0." in text
    assert "Nothing was graded" in text
    assert max(map(columns, text.splitlines())) <= 80


def test_a_summary_of_nothing_says_so(progress):
    assert "No lesson has been begun yet." in summary(progress)


# -- the fast track ---------------------------------------------------------------------------------


def right_answer(run):
    return run.recall.ask.solutions(type("C", (), {"prepared": run.prepared})())[0].answers[0]


def test_one_right_answer_waives_the_lesson_and_the_question_comes_back(progress):
    run = KnowRun.drawn(load_lesson("a1"), progress, seed=3)
    assert run.submit(right_answer(run)).passed
    assert progress.lessons()["a1_neuron"].finished
    assert progress.recall("a1_neuron", run.step.id) is not None
    assert "known beforehand" in "\n".join(summary(progress))
    assert progress.steps("a1_neuron") == {}  # every step is still there to be taken


def test_a_wrong_answer_waives_nothing_and_is_no_mark_against_anybody(progress):
    run = KnowRun.drawn(load_lesson("a1"), progress, seed=3)
    verdict = run.submit("777")
    assert not verdict.passed
    assert "The lesson teaches just that" in verdict.text
    assert progress.lessons() == {}
    assert progress.due(9e12) == []


def test_a_lesson_without_questions_cannot_be_waived(progress):
    lesson = load_lesson("a1")
    steps = [step for step in lesson.steps if step.recall is None]
    bare = type(lesson)(lesson.id, lesson.slug, steps)
    bare.path = lesson.path
    with pytest.raises(NnlabError, match="no question that comes back"):
        KnowRun.drawn(bare, progress)


def test_the_exported_progress_is_json_without_notes(progress, tmp_path):
    progress.put_note(CHOSEN, "lab")
    progress.export(tmp_path / "p.json")
    assert "note" not in json.loads((tmp_path / "p.json").read_text())
