"""The tape and the scrubber: what is written there can be read, however little room there is."""

from __future__ import annotations

import re

import pytest
from conftest import made

from nnlab.tui.bench import tape_bar
from nnlab.tui.bench.spots import Sight
from nnlab.tui.bench.track import Track
from nnlab.tui.cells import rows_of

EVENTS = made("data digits", "net dense 10 relu | dense 8 relu | dense 10", "step").need_run().tape.events
NAMES = ("branch1", "branch2", "colder", "a name that is long")


def track(epochs: int, branches: list[int], at: float = 1.0, grain: str = "operation") -> Track:
    reach = 36 * epochs
    return Track(
        EVENTS, 3, max(1, round(at * reach)), round(at * reach), epochs, 36, 36, reach, grain, "branch1",
        tuple(range(0, reach, 500)), tuple(zip(branches, NAMES)), tuple(range(36, reach + 1, 36)),
        (reach // 2,), 2,
    )  # fmt: skip


@pytest.mark.parametrize("epochs", [1, 7, 30, 123, 4567, 99999])
@pytest.mark.parametrize("width", [40, 58, 80, 97, 120, 200])
def test_labels_of_the_scrubber_never_touch_each_other(epochs: int, width: int) -> None:
    reach = 36 * epochs
    for branches in ([], [0, 1], [reach // 2, reach // 2 + 20, reach], [reach, reach, reach - 1, 3]):
        rows = rows_of(tape_bar.draw(track(epochs, branches), None, 4, width).cells)
        words = rows[3].replace("·", " ")
        for name in NAMES:
            words = words.replace(f"◆{name}", " ").replace("◆a name tha…", " ")
        assert all(word.isdigit() and int(word) <= epochs for word in words.split()), rows[3]
        assert len(rows[2].rstrip()) < 60 or rows[2].rstrip().endswith(f" {reach:,}")


def test_a_branch_is_named_before_an_epoch_is_numbered() -> None:
    rows = rows_of(tape_bar.draw(track(10, [180]), None, 4, 120).cells)
    assert "◆branch1" in rows[3]
    assert "10" in rows[3].split()
    assert "5" not in rows[3].split()


def test_epochs_are_numbered_in_round_steps() -> None:
    row = rows_of(tape_bar.draw(track(123, []), None, 4, 120).cells)[3]
    assert [int(word) for word in row.replace("·", " ").split()] == list(range(20, 123, 20))


@pytest.mark.parametrize("width", range(20, 121, 3))
@pytest.mark.parametrize("grain", list(tape_bar.GRAINS))
def test_in_one_row_the_events_and_where_they_are_stand_apart(width: int, grain: str) -> None:
    for cursor in (("event", 3), ("seek", 1)):
        row = rows_of(tape_bar.draw(track(4567, [], grain=grain), cursor, 1, width, Sight()).cells)[0]
        assert re.search(r"(^| )step 164,412( |$)", row.rstrip()) is not None or width < 16
        if width >= 90:
            assert f"[{grain}]" in row


def test_where_one_is_loses_its_least_important_words_first() -> None:
    narrow = rows_of(tape_bar.draw(track(4567, []), None, 2, 60).cells)[1]
    assert "step 164,412" in narrow
    assert "[operation]" in narrow
    assert "batch" not in narrow
    assert "…" not in narrow
