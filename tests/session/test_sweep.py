"""Sweeps: every combination once, the same numbers as alone, and troubles that stop nobody else."""

from __future__ import annotations

import math
import os
import signal
from multiprocessing import active_children

import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session
from nnlab.session.sweep import combinations, ranked, run_all, run_one

SCRIPT = ["data moons n=80", "net dense {units} tanh | dense 1"]
KNOBS = ("lr", "batch")


def test_seeds_among_what_is_varied_are_told_together(capsys):
    from nnlab.cli import main

    main(["sweep", "dense 2 tanh | dense 1", "--data", "moons n=80", "--epochs", "1",
          "--vary", "lr=0.1,0.01", "--vary", "seed=1,2,3"])  # fmt: skip
    told = capsys.readouterr().out
    assert "lr 0.01: three seeds: " in told
    main(
        ["sweep", "dense 2 tanh | dense 1", "--data", "moons n=80", "--epochs", "1", "--vary", "lr=0.1,0.01"]
    )
    assert "seeds" not in capsys.readouterr().out


def test_every_combination_is_tried_once():
    trials = combinations(SCRIPT, {"units": ["2", "4"], "lr": ["0.1", "0.01", "1"]}, "2 epochs", KNOBS)
    assert len({trial.script for trial in trials}) == 6
    assert trials[0].script == ("data moons n=80", "net dense 2 tanh | dense 1", "lr 0.1", "run 2 epochs")


def test_a_trial_gives_the_numbers_of_its_script_alone_also_in_processes():
    trials = combinations(SCRIPT, {"units": ["2", "4"]}, "2 epochs", KNOBS)
    together = {trial.settings: trial for trial in run_all(trials, jobs=2)}
    for trial in trials:
        session = Session()
        for line in trial.script:
            session.execute(line)
        rows = session.need_run().history.epochs
        found = together[trial.settings]
        assert found.metric == max(row.val_metric for row in rows)
        assert found.loss == min(row.val_loss for row in rows)
        assert found.parameters == session.need_network().parameter_count


def test_a_trial_in_trouble_says_so_and_comes_last():
    trials = combinations(SCRIPT, {"units": ["0", "2"], "lr": ["0.1"]}, "1 epochs", KNOBS)
    done = ranked([run_one(trial) for trial in trials])
    assert math.isnan(done[1].metric)
    assert "whole number" in done[1].trouble
    assert not done[0].trouble
    (broken,) = combinations(
        ["data sine", "net dense 4 | dense 1", "optimizer sgd lr=1e20"], {}, "3 epochs", KNOBS
    )
    assert "not finite" in run_one(broken).trouble or "inf" in run_one(broken).trouble


@pytest.mark.parametrize(
    ("vary", "word"),
    [
        ({"width": ["3"]}, "no knob"),
        ({"lr": []}, "needs values"),
        ({"lr": ["0.1"] * 40, "batch": ["8"] * 40}, "too many"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_answered(vary, word):
    with pytest.raises(NnlabError, match=word):
        combinations(SCRIPT, vary, "1 epochs", KNOBS)
    with pytest.raises(NnlabError, match="jobs"):
        next(run_all([], jobs=0))


def test_the_rate_that_is_found_leaves_the_run_alone():
    session = Session()
    for line in ("data moons", "net dense 8 tanh | dense 1", "run 2 epochs"):
        session.execute(line)
    before = session.need_run().settled_theta().tobytes()
    result = session.execute("find_lr")
    assert "suggested to start with" in result.lines[-1]
    assert session.need_run().settled_theta().tobytes() == before
    assert not any("find_lr" in text for text in session.history)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_the_sweep_not_the_trial_alone(monkeypatch):
    monkeypatch.setattr(Session, "reached", lambda self: os.kill(os.getpid(), signal.SIGINT))
    trials = combinations(SCRIPT, {"units": ["2", "4"]}, "200 epochs", KNOBS)
    with pytest.raises(KeyboardInterrupt):
        next(run_all(trials))


def test_trials_in_processes_end_when_nobody_wants_more():
    (short,) = combinations(SCRIPT, {"units": ["2"]}, "1 epochs", KNOBS)
    (long,) = combinations(SCRIPT, {"units": ["3"]}, "100000000 epochs", KNOBS)
    others = set(active_children())
    trials = run_all([short, long], jobs=2)
    assert next(trials).script == short.script
    working = set(active_children()) - others
    trials.close()
    for process in working:
        process.join(10)
    assert working
    assert not any(process.is_alive() for process in working)
