"""Writing as an action, and training in two stages."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network.generate import decode
from nnlab.session import Session
from nnlab.training.measures import measure

READER = "embed 8 | positions | block 1 causal"


def bench(*actions: str) -> Session:
    session = Session()
    for action in actions:
        session.execute(action)
    return session


@pytest.fixture(scope="module")
def poet() -> Session:
    """Knows one poem by heart."""
    return bench(
        "data tang poems=1 context=12", "net embed 16 | positions learned | block 1 causal | dense 20",
        "optimizer adam lr=0.01", "run 150 steps",
    )  # fmt: skip


def test_a_prompt_is_gone_on_from(poet):
    assert poet.execute("generate 床前 temperature=0 length=9").lines == ["床前明月光，疑是地上霜"]


def test_candidates_are_shown_with_their_probabilities(poet):
    lines = poet.execute("generate 床前 temperature=0 length=2 candidates=1").lines
    assert lines == ["床前明月", "明  明 100.0%", "月  月 100.0%"]


def test_writing_changes_nothing_and_is_no_step_back(poet):
    before = poet.need_run().network.theta.copy()
    poet.execute("generate 床前")
    assert (poet.need_run().network.theta == before).all()
    poet.execute("undo")
    poet.execute("redo")
    assert (poet.need_run().network.theta == before).all()


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ("generate", "the prompt is empty"),
        ("generate 床Q", "'Q' is not in the vocabulary"),
        (f"generate {'床' * 13}", "13 signs, and the network reads at most 12"),
        ("generate 床 top_p=2", "top_p 2.0"),
        ("generate 床 tmp=2", "tmp"),
        ("generate 床 length=0", "at least 1"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_sentence(poet, action, problem):
    with pytest.raises(NnlabError, match=problem):
        poet.execute(action)


def test_other_data_are_not_written_on():
    with pytest.raises(NnlabError, match="moons is no text"):
        bench("data moons n=40", "net dense 2").execute("generate a")
    tags = bench("data name-or-place n=40", "net embed 4 | block 1 causal | dense 3")
    with pytest.raises(NnlabError, match="name-or-place is no text"):
        tags.execute("generate jordan")
    deaf = bench("data en-zh-numbers", "net embed 4 | flatten | dense 78 | reshape 6x13")
    with pytest.raises(NnlabError, match="different signs"):
        deaf.execute("generate one")


def test_names_begin_from_nothing_and_end_by_themselves():
    session = bench("data names", "net embed 8 | block 1 causal | dense 27", "run 2 epochs")
    name = session.execute("generate seed=3").lines[0]
    assert 0 < len(name) <= 11
    assert session.execute("generate ma seed=3").lines[0].startswith("ma")


def test_a_decoder_writes_from_a_source():
    session = bench(
        "data reverse decoder=yes n=200 length=3",
        "net embed 8 | as source | from previous | embed 8 | block 1 causal from=source | dense 11",
    )  # fmt: skip
    assert session.execute("generate 123 length=2 seed=2").lines[0].startswith("123 → ")
    with pytest.raises(NnlabError, match="4 signs"):
        session.execute("generate 1234")


def test_freely_written_fewer_signs_are_right_but_the_same_rows():
    """Half trained, errors lead to errors; a row without any is the same with and without help."""
    session = bench(
        "data sort decoder=yes n=1000 length=5",
        "net embed 16 | gru 16 | as summary | from previous | embed 16 | gru 16 all start=summary | dense 11",
        "optimizer adam lr=0.01", "run 5 epochs",
    )  # fmt: skip
    run = session.need_run()
    truth = run.data.part("validation")[1]
    free, _probabilities = decode(run.network, run.data.part("validation")[0])
    assert measure(run, "val_written") == (free == truth).mean()
    assert measure(run, "val_written") < measure(run, "val_accuracy") - 0.02
    assert measure(run, "val_exact") == (free == truth).all(axis=1).mean()


def test_transfer_takes_over_what_stays_the_same():
    session = bench("data groups n=200", f"net {READER} | dense 37", "run 3 steps")
    learned = session.need_run().network.parameters
    lines = session.execute(f"transfer {READER} | pick 0 | dense 3").lines
    session.execute("data groups form=labelled n=200")
    fresh = session.need_run().network.parameters
    assert np.array_equal(fresh["block1.Wq"], learned["block1.Wq"])
    assert fresh["dense1.b"].shape == (3,)
    assert "block1.Wq" in lines[-1]
    assert "dense1.W" not in lines[-1]
    session.execute("run 2 steps")


def test_transfer_alone_keeps_the_network_for_other_data():
    session = bench("data moons n=40", "net dense 4 tanh | dense 2", "run 3 steps")
    learned = session.need_run().network.parameters
    for action in ("transfer", "data circles n=40"):
        session.execute(action)
    run = session.need_run()
    assert run.step_count == 0
    assert all(np.array_equal(array, learned[name]) for name, array in run.network.parameters.items())


def test_transfer_without_training_or_without_a_common_part_is_refused():
    session = bench("data moons n=40", "net dense 4 tanh | dense 2")
    with pytest.raises(NnlabError, match="nothing is trained yet"):
        session.execute("transfer dense 3 | dense 2")
    session.execute("run 1 steps")
    with pytest.raises(NnlabError, match="nothing can be taken over"):
        session.execute("transfer dense 2")
    assert session.bench.network_text == "dense 4 tanh | dense 2"
