"""Pacing against a simulated link: no backlog, newest wins, no stall on a terminal that never answers."""

from __future__ import annotations

import pytest

from nnlab.errors import NnlabError
from nnlab.tui.pacing import RUNGS, FrameClock, Pacer, QualityLadder


def simulate(rate: float, one_way: float, frame: int, seconds: float = 20.0) -> tuple[float, float]:
    """(median delay from draw to display, frames per second) of paced frames of ``frame`` bytes."""
    pacer, clock_free, answers, delays, now = Pacer(), 0.0, [], [], 0.0
    while now < seconds:
        while answers and answers[0] <= now:
            pacer.answered(answers.pop(0))
        if pacer.may_send(now):
            clock_free = max(clock_free, now) + frame / rate
            pacer.sent(now)
            delays.append(clock_free + one_way - now)
            answers.append(clock_free + 2 * one_way)
        now += 1 / 30
    return sorted(delays)[len(delays) // 2], len(delays) / seconds


@pytest.mark.parametrize(
    ("rate", "one_way", "frame", "slowest", "least"),
    [
        (125_000, 0.1, 11_000, 0.3, 4.0),
        (125_000, 0.1, 100_000, 1.1, 0.9),
        (12_500_000, 0.1, 100_000, 0.2, 20.0),
        (1e9, 0.0001, 11_000, 0.01, 25.0),
    ],
)
def test_the_delay_stays_small(rate: float, one_way: float, frame: int, slowest: float, least: float) -> None:
    delay, fps = simulate(rate, one_way, frame)
    assert delay <= slowest
    assert fps >= least


def test_a_terminal_that_never_answers_is_watched_by_the_local_queue() -> None:
    pacer = Pacer()
    pacer.sent(0.0)
    assert not pacer.may_send(0.5)
    assert pacer.may_send(1.1)
    assert pacer.silent
    assert not pacer.may_send(1.2, writes_waiting=1)
    pacer.answered(5.0)
    assert not pacer.silent


def test_a_lost_answer_does_not_stall_for_good() -> None:
    pacer = Pacer()
    pacer.sent(0.0)
    pacer.answered(0.01)
    pacer.sent(1.0)
    assert not pacer.may_send(2.0)
    assert pacer.may_send(5.1)
    assert not pacer.silent


def test_the_newest_wish_wins() -> None:
    clock, drawn = FrameClock(Pacer()), []
    for n in range(5):
        clock.request("heatmap", lambda n=n: drawn.append(n))
    clock.request("curve", lambda: drawn.append("curve"))
    for draw in clock.take(1.0):
        draw()
    assert drawn == [4, "curve"]
    assert not clock.waiting


def test_the_clock_keeps_its_beat() -> None:
    clock = FrameClock(Pacer(), fps=10.0)
    taken = []
    now = 0.0
    while now < 1.0:
        clock.request("a", lambda: None)
        if clock.take(now):
            taken.append(now)
        now += 0.03  # asked too often and off the beat
    assert 9 <= len(taken) <= 11


def test_nothing_is_drawn_while_the_terminal_is_behind() -> None:
    clock = FrameClock(Pacer())
    clock.pacer.sent(0.0)
    clock.request("a", lambda: None)
    assert clock.take(0.5) == []
    assert clock.delay(0.5) > 0
    clock.pacer.answered(0.5)
    assert len(clock.take(0.5)) == 1
    clock.request("a", lambda: None)
    clock.cancel("a")
    assert clock.take(2.0) == []


def test_quality_falls_on_a_slow_link_and_recovers() -> None:
    ladder = QualityLadder()
    now = 0.0
    while now < 30:
        ladder.frame(now, held=1.2)
        now += 1.2
    assert ladder.rung == len(RUNGS) - 1
    while now < 150:
        ladder.frame(now, held=0.0)
        now += 0.1
    assert ladder.rung == 0


def test_the_user_decides_about_the_link() -> None:
    assert QualityLadder("slow").quality.fps < 30
    fast = QualityLadder("fast")
    for n in range(100):
        assert not fast.frame(float(n), held=5.0)
    with pytest.raises(NnlabError, match="did you mean “slow”"):
        QualityLadder("slwo")
