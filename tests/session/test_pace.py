"""Speeds of watched training: the ladder, and the beat that keeps to one."""

import pytest

from nnlab.session.pace import LADDER, Beat, walked
from nnlab.settings import Settings


def test_the_ladder_is_walked_rung_by_rung_and_ends_flat_out() -> None:
    speed: float | None = LADDER[0]
    seen = [speed]
    while speed is not None:
        speed = walked(speed, 1)
        seen.append(speed)
    assert tuple(seen) == LADDER
    assert walked(None, 1) is None
    assert walked(LADDER[0], -1) == LADDER[0]
    assert walked(None, -1) == LADDER[-2]


def test_a_speed_between_two_rungs_goes_to_its_neighbours() -> None:
    assert walked(50.0, 1) == 100.0
    assert walked(50.0, -1) == 30.0


def test_a_newcomer_begins_on_the_ladder() -> None:
    assert Settings().speed in LADDER


@pytest.mark.parametrize("speed", [3.0, 100.0, 3000.0, 10000.0])
def test_the_beat_keeps_to_its_speed(speed: float) -> None:
    beat, now, steps = Beat(0.008), 0.0, 0
    while now < 2.0:
        rest = beat.wait(speed, now)
        if rest:
            now += rest + 0.0005  # it is never woken quite in time
            continue
        steps += beat.due(speed)
        beat.took(beat.due(speed), speed, now)
        now += 0.0001
    assert steps == pytest.approx(2 * speed, rel=0.1, abs=1)


def test_lost_time_is_not_made_up_for() -> None:
    beat = Beat(0.008)
    beat.took(1, 100.0, 0.0)
    beat.took(1, 100.0, 5.0)  # a step that took five seconds
    assert beat.wait(100.0, 5.001) == pytest.approx(0.0, abs=0.002)
    beat.took(1, 100.0, 5.001)
    assert beat.wait(100.0, 5.001) > 0
