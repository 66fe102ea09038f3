"""The order in which a run goes through its examples is a knob like any other."""

from __future__ import annotations

import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session


def session() -> Session:
    made = Session()
    for line in ("data iris", "net dense 3", "batch 30"):
        made.execute(line)
    return made


def rows_of_epochs(made: Session) -> list[list[int]]:
    """The rows of the first batch of two epochs."""
    made.execute("step 1 batch")
    first = made.need_run().batch_indices.tolist()
    made.execute("run 3 steps")
    return [first, made.need_run().batch_indices.tolist()]


def test_without_shuffling_every_epoch_goes_through_the_rows_as_they_lie() -> None:
    made = session()
    made.execute("shuffle no")
    first, again = rows_of_epochs(made)
    assert first == again == made.need_data().split.train[:30].tolist()


def test_unless_told_every_epoch_has_an_order_of_its_own() -> None:
    first, again = rows_of_epochs(session())
    assert first != again


def test_turning_it_begins_training_afresh_and_shows_among_the_knobs() -> None:
    made = session()
    made.execute("run 3 steps")
    made.execute("set shuffle=no")
    assert made.run is None or made.run.step_count == 0
    assert ["shuffle", "no"] in [line.split() for line in made.execute("show setup").lines]
    made.execute("shuffle yes")
    assert "shuffle" not in " ".join(made.execute("show setup").lines)


def test_a_twin_in_another_order_begins_at_the_start_and_a_branch_is_refused() -> None:
    made = session()
    made.execute("run 3 steps")
    made.execute("twin asis shuffle=no")
    twin = made.runs["asis"]
    assert twin.step_count == 3
    assert twin.batch_indices.tolist() == made.need_data().split.train[60:90].tolist()
    assert "shuffle no" in " ".join(made.execute("runs").lines)
    with pytest.raises(NnlabError, match="shuffle"):
        made.execute("branch other shuffle=no")
