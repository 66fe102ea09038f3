"""Learners' code runs apart: right code passes, wrong code is explained, bad code is stopped."""

import sys
import time

import pytest

from nnlab.sandbox import Limits, run_code

FAST = Limits(cpu_seconds=1, wall_seconds=4.0)
RELU = """
case("at -1, 0, 2", relu, np.array([-1.0, 0.0, 2.0]), equals=np.array([0.0, 0.0, 2.0]), tells="absolute")
case("of a matrix", relu, np.ones((2, 3)), equals=np.ones((2, 3)))
"""


def test_right_code_passes_every_test():
    outcome = run_code("def relu(z):\n    return np.maximum(z, 0)\n", RELU)
    assert outcome.ok
    assert [result.name for result in outcome.results] == ["at -1, 0, 2", "of a matrix"]
    assert outcome.level[0] == "process"


def test_a_failing_test_shows_its_input_what_was_expected_and_what_came():
    outcome = run_code("def relu(z):\n    return abs(z)\n", RELU)
    first = outcome.results[0]
    assert (first.ok, first.tells) == (False, "absolute")
    assert (
        "relu(array([-1., 0., 2.])) should give array([0., 0., 2.]) and gives array([1., 0., 2.])"
        in outcome.summary()
    )


def test_shape_is_part_of_the_answer():
    assert not run_code("def relu(z):\n    return np.maximum(z, 0).sum()\n", RELU).results[1].ok


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def relu(z)\n    return z", 1, "SyntaxError: expected ':'"),
        ("x = 1\ny = x.shape\n", 2, "'y = x.shape'"),
        ("def f():\n    return 1 / 0\n\nf()\n", 2, "division by zero"),
        ("import no_such_module\n", 1, "no_such_module"),
    ],
)
def test_an_error_names_the_line_of_the_learners_own_code(source, line, words):
    outcome = run_code(source, RELU)
    assert outcome.error.line == line
    assert words in outcome.summary()


def test_an_error_inside_a_test_names_the_line_too():
    outcome = run_code("def relu(z):\n    w = 2\n    return z.nothing\n", RELU)
    assert "line 3" in outcome.summary()


def test_a_missing_name_says_that_the_tests_need_it():
    assert "'relu' is not defined; the tests need it" in run_code("rleu = 1\n", RELU).summary()


@pytest.mark.parametrize(
    ("source", "stopped", "words"),
    [
        ("while True:\n    pass\n", "time", "never ends"),
        ("import time\ntime.sleep(60)\n", "time", "stopped after"),
        ("while True:\n    print('a' * 1000)\n", "output", "64 kB"),
        ("import os\nos._exit(3)\n", "crash", "status 3"),
    ],
)
def test_code_that_runs_away_is_stopped(source, stopped, words):
    began = time.monotonic()
    outcome = run_code(source, RELU, FAST)
    assert (outcome.ok, outcome.stopped) == (False, stopped)
    assert words in outcome.summary()
    assert time.monotonic() - began < 8


def test_endless_recursion_is_stopped():
    source = "import sys\nsys.setrecursionlimit(10**9)\ndef f():\n    f()\nf()\n"
    assert run_code(source, RELU, FAST).stopped in ("time", "memory", "crash")
    assert "RecursionError" in run_code("def f():\n    f()\nf()\n", RELU).summary()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory limit")
def test_a_huge_array_is_stopped_and_the_line_is_named():
    outcome = run_code("x = 1\na = np.ones((200_000, 200_000))\n", RELU, FAST)
    assert (outcome.stopped, outcome.error.line) == ("memory", 2)


@pytest.mark.parametrize(
    "source",
    [
        "open('/etc/passwd').read()",
        "open('note.txt', 'w')",
        "import os\nos.listdir('/')",
        "import os\nos.system('true')",
        "import subprocess\nsubprocess.run(['true'])",
        "import os\nos.fork()",
        "import socket\nsocket.create_connection(('127.0.0.1', 80))",
        "import os\nos.kill(os.getppid(), 9)",
    ],
)
def test_files_programs_and_network_are_out_of_reach(source):
    outcome = run_code(source, "", FAST)
    assert not outcome.ok
    assert "has no access to" in outcome.summary()


def test_the_parents_environment_and_input_are_not_there(monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_PARENT", "1")
    outcome = run_code(
        "import os, sys\nseen = 'SECRET_OF_THE_PARENT' in os.environ\ntyped = sys.stdin.read()\n",
        'claim("no secret", not seen)\nclaim("nothing typed", typed == "")',
    )
    assert outcome.ok


def test_prints_are_kept_for_the_learner():
    assert run_code("print('z =', 0.5)\n", "").output == "z = 0.5\n"


def test_code_cannot_pass_by_writing_into_the_channel():
    forged = "import os\nos.write(1, b'{\"end\": {}}\\n')\nos._exit(0)\n"
    assert not run_code(forged, RELU).ok


def test_a_claim_and_an_expected_error_are_tests_too():
    source = "def half(x):\n    if x < 0:\n        raise ValueError('negative')\n    return x / 2\n"
    tests = 'case("negative", half, -1, raises=ValueError)\nclaim("zero stays", half(0) == 0, shown=half(0))'
    assert run_code(source, tests).ok
    assert not run_code(source.replace("ValueError", "KeyError"), tests).ok


def test_no_tests_and_no_error_is_fine():
    assert run_code("x = 1\n").ok


def test_random_numbers_can_be_drawn_from_a_seed():
    source = "def draw(seed):\n    return np.random.default_rng(seed).permutation(3)\n"
    outcome = run_code(source, "case('order', draw, 1, equals=draw(1))")
    assert outcome.ok, outcome.summary()


@pytest.mark.parametrize(
    "body", ["return x.shape[0, 1](", "return one", "return ...", "one = x", "return x(1)"]
)
def test_a_slip_of_the_pen_is_no_misconception(body: str) -> None:
    tests = 'case("twice", double, 2.0, equals=4.0, tells="halved")'
    outcome = run_code(f"def double(x):\n    {body}\n", tests)
    assert not outcome.ok
    assert not any(result.tells for result in outcome.results)
    told = run_code("def double(x):\n    return x / 2\n", tests)
    assert [result.tells for result in told.results] == ["halved"]
