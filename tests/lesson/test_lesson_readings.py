"""What lessons read off a bench is what the engine says, and nothing breaks where nothing is there yet."""

import pytest

from nnlab.lesson.readings import (
    accuracy,
    epochs,
    last_epoch,
    loss,
    notation,
    parameters,
    parameters_of,
    span,
)
from nnlab.session import Session


@pytest.fixture
def session():
    session = Session()
    for line in ("seed 1", "data moons n=120", "net dense 3 relu | dense 1", "run 2 epochs"):
        session.execute(line)
    return session


def test_an_empty_bench_reads_as_nothing():
    empty = Session()
    assert (notation(empty), epochs(empty), last_epoch(empty)) == ("", 0, None)


def test_a_network_is_read_by_its_text_and_its_parameters(session):
    assert notation(session) == "dense 3 relu | dense 1"
    assert parameters(session) == 2 * 3 + 3 + 3 + 1
    assert parameters_of("dense1")(session) == 9
    session.execute("net dense 3 | relu | dense 1")
    assert notation(session) == "dense 3 relu | dense 1"


def test_how_long_and_how_well_it_was_trained(session):
    row = last_epoch(session)
    assert (epochs(session), row.epoch) == (2, 2)
    assert accuracy("validation")(session) == pytest.approx(100 * row.val_metric)
    assert loss("validation")(session) == pytest.approx(row.val_loss)
    assert loss("train")(session) != loss("validation")(session)


def test_a_span_names_its_ends():
    assert [(n.name, n.probe, n.after) for n in span("x", (3, 5))] == [
        ("x_low", 3, False),
        ("x_high", 5, False),
    ]
    assert [n.name for n in span("x", (3, 4, 5), after=True)] == ["x_low", "x_middle", "x_high"]
