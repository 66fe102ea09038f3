"""Questions that have come back, asked in the shell."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from nnlab.store import Progress


@pytest.fixture
def due(tmp_path):
    """Two questions that are due, one that is not."""
    progress = Progress(tmp_path / "home" / "data" / "progress.db")
    progress.schedule("a1_neuron", "add-up", 1.0)
    progress.schedule("a1_neuron", "which-two", 2.0)
    progress.schedule("a7_backprop", "update", 9e12)
    progress.close()


def test_nothing_due_is_a_sentence_and_no_failure(nnlab):
    done = nnlab("recall")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no question is waiting" in done.stdout


def test_a_shell_prompt_asks_how_many_are_due(nnlab, due):
    assert (nnlab("recall", "--count").stdout, nnlab("recall", "--count").returncode) == ("2\n", 0)


def test_none_due_is_exit_code_one_for_a_prompt(nnlab):
    done = nnlab("recall", "--count")
    assert (done.stdout, done.returncode) == ("0\n", 1)


def test_one_question_is_asked_answered_and_put_off(nnlab, due, tmp_path):
    done = nnlab("recall", stdin="nonsense\n77\n")
    assert done.returncode == 0, done.stderr
    assert "From lesson a1" in done.stdout
    assert "not a number" in done.stdout  # a slip of the pen is asked again
    assert "This comes back tomorrow" in done.stdout
    assert "Still waiting: 1." in done.stdout
    assert nnlab("recall", "--count").stdout == "1\n"


def test_several_are_asked_on_request_and_leaving_is_told_by_the_exit_code(nnlab, due):
    assert nnlab("recall", "--most", "5", stdin="1\nq\n").returncode == 1
    assert nnlab("recall", stdin="").returncode == 1
    assert nnlab("recall", "--count").stdout == "1\n"
    assert nnlab("recall", "--most", "0").returncode == 2


def test_a_shell_prompt_waits_for_no_field_no_engine_and_no_database_kit():
    code = (
        "import sys; from nnlab.cli import main; main(['recall', '--count'])\n"
        "heavy = ('numpy', 'sqlalchemy', 'textual', 'rich', 'fsrs', 'nnlab.lesson')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout.splitlines()[-1] == "[]"


def test_the_question_itself_loads_no_field(tmp_path):
    code = (
        "import sys; from nnlab.cli import main; main(['recall'])\n"
        "print([m for m in ('textual', 'plotext') if m in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["list", "path", "summary", "list --json"])
def test_progress_that_cannot_be_written_is_said_beside_what_it_holds(nnlab, due, tmp_path, command):
    with closing(sqlite3.connect(tmp_path / "home" / "data" / "progress.db")) as connection, connection:
        connection.execute("update meta set value = '99'")
    done = nnlab("lesson", *command.split())
    assert done.returncode == 0
    assert "another version of nnlab" in done.stderr
    assert done.stdout
