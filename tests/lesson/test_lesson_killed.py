"""kill -9 while a learner answers loses the unfinished action and nothing else."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlab.store import Progress

HERE = Path(__file__).parent
LEARNER = """
import sys
sys.path.insert(0, {here!r})
from pathlib import Path
from lesson_kit import ToyBench, toy_lesson
from nnlab.lesson import LessonRun
from nnlab.store import Progress
run = LessonRun(toy_lesson(Path({folder!r})), ToyBench(), Progress({file!r}), language="en", scratch=ToyBench)
run.go("guess")
print("ready", flush=True)
for n in range(100_000):
    run.submit(str(n))
    print(n, flush=True)  # only now the learner has seen that it counts
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_at_random_moments_every_acknowledged_answer_is_there(tmp_path):
    file = tmp_path / "progress.db"
    source = LEARNER.format(here=str(HERE), folder=str(tmp_path), file=str(file))
    chance = random.Random(1)
    acknowledged = 0
    for _trial in range(6):
        learner = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
        assert learner.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 0.15))
        learner.send_signal(signal.SIGKILL)
        acknowledged += len(learner.stdout.read().splitlines())
        learner.wait()
        learner.stdout.close()
        progress = Progress(file)
        answers = progress.answers("t1_toy", "guess")
        assert 0 <= len(answers) - acknowledged <= _trial + 1  # at most the one being written when it died
        assert progress.position("t1_toy") == "guess"
        assert progress.steps("t1_toy")["guess"]["status"] in ("open", "passed")
        assert progress.warning == ""
        progress.close()
    assert acknowledged > 0
