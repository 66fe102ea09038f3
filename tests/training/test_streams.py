"""A state carried from batch to batch: truncated backpropagation through time over a long sequence."""

from __future__ import annotations

import importlib.util
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import from_arrays, load
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run
from nnlab.training.streams import in_batches, stream_rows
from tests.training import stream_steps as steps

REFERENCE = Path(__file__).parents[1] / "reference"
every_kind = pytest.mark.parametrize("kind", steps.KINDS)


@given(st.integers(1, 200), st.integers(1, 8), st.integers(1, 6))
def test_every_row_follows_the_row_before_it_in_the_place_where_that_stood(
    length: int, streams: int, cuts: int
) -> None:
    n, size = length * streams, min(streams * cuts, length * streams)
    order = stream_rows(n, streams, size)
    assert sorted(order) == list(range(n))
    batches = in_batches(order, size)
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    for before, after in itertools.pairwise(batches):
        assert np.array_equal(after, before[: len(after)] + streams)


@every_kind
def test_an_example_begins_with_the_state_its_place_ended_with_in_the_batch_before(kind: str) -> None:
    run = steps.run_of(kind)
    run.step()
    assert not run.array(f"{kind}1.h0").any()
    for _ in range(3):
        ended = {s: run.array(f"{kind}1.{s}")[:, -1].copy() for s in ("h", "c") if s == "h" or kind == "lstm"}
        rows = run.batch_indices
        run.step()
        assert np.array_equal(run.batch_indices, rows + 1)
        for state, numbers in ended.items():
            assert np.array_equal(run.array(f"{kind}1.{state}0"), numbers)


def test_the_state_of_a_step_says_which_number_it_was() -> None:
    run = steps.run_of("lstm")
    run.step()
    assert "an epoch begins" in run.explain("lstm1.c0[2,1]").note
    run.step()
    assert "lstm1.c[2,3,1] at the end of the batch before" in run.explain("lstm1.c0[2,1]").note
    first = run.explain("lstm1.c[2,0,1]")
    assert first.symbols() == "lstm1.f[2,0,1]·lstm1.c0[2,1] + lstm1.i[2,0,1]·lstm1.g[2,0,1]"
    assert first.evaluate() == pytest.approx(first.value, rel=1e-5)


@every_kind
def test_its_gradient_is_that_of_the_chunk_alone(kind: str) -> None:
    run = steps.run_of(kind)
    run.step(2)
    check = run.check(f"{kind}1.U{'f' if kind == 'lstm' else 'n' if kind == 'gru' else ''}[1,2]")
    assert check.analytic == pytest.approx(check.numeric, rel=1e-6, abs=1e-9)
    assert check.engine == pytest.approx(check.analytic, rel=1e-4, abs=1e-6)
    with pytest.raises(NnlabError, match="no gradient"):
        run.value(f"{kind}1.h0[0,0].grad")


def test_a_new_epoch_reads_the_sequence_from_its_beginning() -> None:
    run = steps.run_of("gru")
    run.step(run.steps_per_epoch)
    assert run.array("gru1.h0").any()
    run.step()
    assert not run.array("gru1.h0").any()


def everything(run: Run) -> list[Any]:
    return [run.loss, run.array("lstm1.c0").tolist(), run.array("lstm1.h").tolist(), run.store.theta.tolist()]


@pytest.mark.parametrize("step", [1, 2, 9, 10, 17])
def test_going_back_and_on_gives_the_same_bits(step: int) -> None:
    run = steps.run_of("lstm")
    run.step(step)
    there = everything(run)
    run.step(23 - step)
    end = everything(run)
    run.seek(step)
    assert everything(run) == there
    assert everything(run.branch()) == there
    run.step(23 - step)
    assert everything(run) == end


@pytest.mark.parametrize("step", [3, 8])
def test_a_saved_run_goes_on_with_its_state(step: int) -> None:
    run, other = steps.run_of("lstm"), steps.run_of("lstm")
    run.step(step)
    other.restore(run.state())
    for each in (run, other):
        each.step()
    assert everything(run) == everything(other)


def test_another_batch_size_begins_anew_and_a_seek_knows_both() -> None:
    run = steps.run_of("lstm")
    run.step(3)
    there = everything(run)
    run.set(batch_size=5)
    run.step()
    assert not run.array("lstm1.h0").any()
    run.step(4)  # 24 rows in batches of 5: the last has 4
    assert len(run.batch_indices) == 4
    assert np.array_equal(run.array("lstm1.h0"), run.store.streams["lstm1.h0"][:4])
    run.seek(3)
    assert everything(run) == there


def test_turning_another_knob_keeps_the_state() -> None:
    run = steps.run_of("lstm")
    run.step(3)
    ended = run.array("lstm1.h")[:, -1].copy()
    run.set(l2=0.01, lr=0.02)
    run.step()
    assert np.array_equal(run.array("lstm1.h0"), ended)


@every_kind
def test_five_steps_are_those_pytorch_made(kind: str) -> None:
    recorded = json.loads((REFERENCE / "streams.json").read_text())[kind]
    losses, weights = steps.ours(kind)
    assert losses == pytest.approx(recorded["losses"], abs=1e-5)
    for name, array in weights.items():
        assert array.ravel().tolist() == pytest.approx(recorded["weights"][name], abs=1e-5), name


@every_kind
def test_five_steps_are_those_of_pytorch_here(kind: str) -> None:
    pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location("make_streams", REFERENCE / "make_streams.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    losses, weights = made.theirs(kind)
    ours, trained = steps.ours(kind)
    assert ours == pytest.approx(losses, abs=1e-5)
    for name, array in trained.items():
        assert np.allclose(array, weights[name], atol=1e-5), name


def test_an_echo_from_the_batch_before_is_learned_with_a_state_alone() -> None:
    data = load("echo n=960 window=8 delay=6")

    def trained(layer: str) -> Run:
        run = Run(Network.parse(f"{layer} | dense 1", data.input_shape), data, optimizer="adam lr=0.02")
        run.train(epochs=25)
        return run

    alone, stateful = trained("rnn 16 all"), trained("rnn 16 all stateful")
    assert alone.evaluate("train").loss > 0.5
    assert stateful.evaluate("train").loss < 0.2
    assert stateful.evaluate("validation").loss < 0.35  # the first window of each stream has nothing before


def test_an_example_alone_begins_at_nothing() -> None:
    run = steps.run_of("gru")
    run.step(4)
    fresh = Network.parse("gru 5 all | dense 1", (4, 1))
    for name, array in run.network.parameters.items():
        fresh.set(name, array)
    x = steps.series().x[:3]
    assert np.array_equal(run.network.predict(x), fresh.predict(x))


def test_a_text_goes_on_where_the_stride_is_the_context() -> None:
    data = load("verse context=12 stride=12")
    assert data.streams == 1
    train = data.split.train
    assert all(data.y[a, -1] == data.x[b, 0] for a, b in itertools.pairwise(train))
    network = Network.parse(
        f"embed 6 | gru 8 all stateful | dense {data.classes}", 12, vocabularies=data.vocabulary_sizes
    )
    run = Run(network, data, batch_size=16)
    run.train(epochs=2)
    assert run.array("gru1.h0").any()


def test_what_cannot_go_on_is_answered_with_one_sentence() -> None:
    network = Network.parse("rnn 3 all stateful | dense 1", (20, 1))
    with pytest.raises(NnlabError, match=r"rnn1 is stateful.*rows of sines do not follow"):
        Run(Network.parse("rnn 3 all stateful | dense 1", (24, 1)), load("sines"))
    with pytest.raises(NnlabError, match="32 sequences side by side; a batch takes 32 rows, or 64, not 20"):
        Run(network, load("echo"), batch_size=20)
    run = Run(network, load("echo"), batch_size=64)
    with pytest.raises(NnlabError, match="not 48"):
        run.set(batch_size=48)
    with pytest.raises(NnlabError, match="leave out the last 1"):
        from_arrays(np.zeros((9, 2)), np.arange(9.0), streams=2)
    for other in ("bi", "start=s"):
        with pytest.raises(NnlabError, match=f"leave out {other}"):
            Network.parse(f"rnn 3 | as s | from input | rnn 3 stateful {other}", (20, 1))
