"""A lesson taken by typing: what is asked is said, every form of answer can be given, nothing is repeated."""

import io
import time

import pytest

from nnlab.errors import NnlabError
from nnlab.i18n import set_language
from nnlab.lesson.actions import install
from nnlab.session import Look, Session, plain
from nnlab.store import Progress
from nnlab.width import columns

DAYS = 86400.0
RELU = """answer
def relu(z):
    return np.maximum(z, 0)


def relu_grad(z, g):
    return g * (z > 0)
.
""".splitlines()


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("auto")


def taught(*, clock=time.time, look=None, progress=None):
    session = Session(look=look)
    install(session, progress=progress or Progress(":memory:", clock=clock))
    return session


def typed(session, *lines):
    out = io.StringIO()
    code = plain.run(session, lines, out, stop_at_error=False)
    return code, out.getvalue()


def test_every_step_says_how_its_answer_is_typed():
    _code, text = typed(taught(), "lesson a1", "next")
    assert "Type “answer” and a number, such as: answer 0.5" in text


def test_a_verdict_says_everything_once_and_fits_the_screen():
    _code, text = typed(taught(), "lesson a1", "next", "answer 0", "go 3", "answer")
    assert text.count("You said 0; it is 0.5.") == 1
    assert text.lower().count("you said") == 1
    assert text.lower().count("still to see") == 1
    assert "too small" not in text
    assert all(columns(line) <= 80 for line in text.splitlines())


def test_a_goal_reached_on_the_way_is_said_while_training_goes_on():
    told = []
    session = Session()
    course = install(session, progress=Progress(":memory:"), tell=told.extend)
    for line in ("lesson a1", "go 9", "run 30000 steps"):
        session.execute(line)
    assert told[0].startswith("✓ goal reached at step ")
    step = int(told[0].split()[-1].replace(",", ""))
    assert step < 30000
    assert told[-1] == "“next” goes on."
    assert course.run.passed


def test_a_prediction_is_answered_and_a_bet_stands_beside_what_was_measured():
    _code, text = typed(taught(), "lesson a1", "go 8", "answer 1", "next", "run 1000 steps", "answer")
    assert "✓ answered" in text
    assert "You said: It takes longer than AND and gets all four right.\nMeasured: nothing moved" in text


def test_code_is_typed_in_lines_that_end_with_a_dot():
    session = taught()
    code, text = typed(session, "lesson a2", "go 9", *RELU, "next")
    assert code == 0
    assert "✓ no loop over elements" in text
    assert "7 tests pass" in text
    assert "[10/10]" in text


def test_what_the_code_printed_is_shown():
    lines = [RELU[0], RELU[1], "    print('seen', z.shape)", *RELU[2:]]
    _code, text = typed(taught(), "lesson a2", "go 9", *lines)
    assert "seen (3,)" in text


def test_an_answer_without_lines_tests_what_was_written_before():
    session = taught()
    wrong = [line.replace("np.maximum(z, 0)", "np.abs(z)") for line in RELU]
    _code, text = typed(session, "lesson a2", "go 9", *wrong)
    assert "absolute value" in text
    again = session.execute("answer")
    assert not again.payload.ok
    assert any("absolute value" in line for line in again.lines)


def test_code_can_be_edited_in_a_file(tmp_path):
    session, file = taught(), tmp_path / "relu.py"
    typed(session, "lesson a2", "go 9", f"draft {file}")
    assert "def relu(z):" in file.read_text()
    with pytest.raises(NnlabError, match="exists already"):
        session.execute(f"draft {file}")
    file.write_text("\n".join(RELU[1:-1]))
    assert session.execute(f"answer @{file}").payload.passed


def test_a_wrong_answer_is_a_check_that_failed_and_a_slip_is_bad_input():
    right = ("lesson a1", "go 6", "answer minus")
    assert typed(taught(), *right)[0] == 0
    assert typed(taught(), "lesson a1", "go 6", "answer plus")[0] == 1
    code, text = typed(taught(), "lesson a1", "go 6", "answer three", "answer minus")
    assert code == 2
    assert "✓ right" in text, "a slip does not end a lesson"


def test_the_end_says_what_is_open_or_where_to_go_on():
    session = taught()
    _code, text = typed(session, "lesson a1", "go 10", "answer xor, xnor", "next")
    assert "Still open: 1, 2" in text
    assert "“go 1” goes there" in text
    with pytest.raises(NnlabError, match="10 steps"):
        session.execute("go 11")


def test_a_bet_is_kept_in_the_learners_own_words():
    session = taught()
    _code, text = typed(session, "lesson a8", "go 3", "answer 50%")
    assert "✓ answered" in text
    assert "You said 50%." in text
    _code, text = typed(taught(), "lesson a3", "go 4", "answer 60 %")
    assert "60 %, which is 0.6" in text


def test_questions_come_back_and_are_answered():
    now = time.time()
    progress = Progress(":memory:", clock=lambda: now)
    progress.schedule("a1_neuron", "which-two", now - 1)
    progress.schedule("z9_gone", "step", now - 2)
    session = taught(progress=progress)
    assert any("2 questions have come back" in line for line in session.execute("lesson").lines)
    lines = session.execute("recall").lines
    assert lines[0] == "From lesson a1 One neuron decides:"
    assert any("Which bias?" in line for line in lines)
    verdict = session.execute("answer 100").payload
    assert not verdict.ok
    assert "comes back tomorrow" in verdict.text
    assert [row.lesson for row in progress.due(now)] == ["z9_gone"]
    assert "no question is due" in session.execute("recall").lines[0]


def test_a_screen_reader_gets_words_for_marks_and_boxes():
    _code, text = typed(taught(look=Look(accessible=True)), "lesson a1", "go 3")
    assert "step 3/10:" in text
    assert "still to see: dense1.z[0,0]" in text
    assert "[ ]" not in text


def test_greek_and_marks_are_spelt_out_in_seven_bits():
    _code, text = typed(taught(look=Look(ascii=True)), "lesson a5")
    assert text.isascii()
    assert "theta <- theta - alpha * grad J(theta)" in text


def test_lessons_are_offered_by_their_names():
    session = taught()
    assert "a7" in [c.text for c in session.complete("lesson a")]
    assert [c.text for c in session.complete("next ")] == ["skip"]


def test_a_misconception_is_shown_by_see():
    _code, text = typed(taught(), "lesson a1", "next", "answer 9", "see")
    assert "“see” shows it: explain dense1.z[0,0]." in text
    assert "dense1.z[0,0] = 0.5" in text.replace("  ", " ")
