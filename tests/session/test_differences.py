"""A difference between two runs is this run's number taken from the other's, and both can be explained."""

from __future__ import annotations

import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session
from nnlab.session.pairs import address_there

BENCH = (
    "data moons n=80",
    "net dense 4 tanh | dense 1",
    "run 3 steps",
    "twin fast lr=0.3 from=0",
    "run 3 steps",
)


def made(*lines: str) -> Session:
    session = Session()
    for line in (*BENCH, *lines):
        session.execute(line)
    return session


def test_a_difference_names_both_numbers_and_how_to_explain_them() -> None:
    session = made()
    answer = session.execute("diff dense1.W[0,1]")
    found = answer.payload
    assert isinstance(found, dict)
    assert found["difference"] == pytest.approx(found["fast"] - found["main"])
    told = " ".join(answer.lines)
    assert "of fast − " in told
    assert "explain dense1.W[0,1] in fast" in told


@pytest.mark.parametrize("address", ["dense1.W[0,1].grad", "dense1.z[2,1]", "dense2.W[0,0].new"])
def test_a_number_of_another_run_is_explained_as_that_run_made_it(address: str) -> None:
    session = made()
    there = session.execute(f"explain {address} in fast").payload
    other = session.runs["fast"].explain(address)
    assert there.value == other.value
    assert there.evaluate() == pytest.approx(there.value, rel=1e-5, abs=1e-7)
    assert there.value != session.execute(f"explain {address} in main").payload.value


def test_the_same_example_is_meant_where_batches_differ() -> None:
    session = made("twin off", "twin small batch=8 from=0", "run 1 steps")
    run, twin = session.need_run(), session.runs["small"]
    shared = set(run.batch_indices.tolist()) & set(twin.batch_indices.tolist())
    row = next(iter(shared))
    here = run.address(f"dense1.z[{run.batch_indices.tolist().index(row)},0]")
    there = address_there(session.bench, here)
    assert there is not None
    assert int(twin.batch_indices[there.index[0]]) == row
    assert address_there(session.bench, run.address("dense1.W[0,0]")) == run.address("dense1.W[0,0]")


def test_only_runs_that_are_there_can_be_asked() -> None:
    with pytest.raises(NnlabError, match="there is no run “nobody”; there are: main, fast"):
        made("explain dense1.W[0,1] in nobody")
