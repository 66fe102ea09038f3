"""Distillation: the loss is the documented one, and a student learns more from a teacher than from labels."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session

TEACHER = ("data iris", "net dense 8 relu | dense 3", "lr 0.03", "run 10 epochs")
FEW = "data digits scale=unit split=3/77/20"
"""54 digits to learn from; the test part is that of split=60/20/20."""


def played(*lines: str, path=None) -> Session:
    session = Session(path, seed=1)
    for line in lines:
        session.execute(line)
    return session


def played_on(session: Session, *lines: str) -> None:
    for line in lines:
        session.execute(line)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def test_it_says_that_the_trained_network_gave_way_and_undo_brings_it_back():
    session = played(*TEACHER)
    before = session.run.settled_theta().copy()
    line = session.execute("distil").lines[0]
    assert "an untrained student lies here now" in line
    assert "undo" in line
    session.execute("undo")
    assert np.array_equal(session.run.settled_theta(), before)


def test_the_loss_is_the_documented_formula():
    session = played(*TEACHER)
    y = session.run.network.predict(session.data.x).astype(np.float64)
    session.execute("distil temperature=3 weight=0.7 dense 4 tanh | dense 3")
    session.execute("step")
    run = session.run
    rows = run.batch_indices
    z = run.array("dense2.z").astype(np.float64)
    t = np.eye(3)[session.data.y[rows]]
    q = np.exp(log_softmax(y[rows] / 3))
    hard = -(t * log_softmax(z)).sum(axis=1).mean()
    soft = -(q * log_softmax(z / 3)).sum(axis=1).mean()
    assert run.loss == pytest.approx(0.3 * hard + 0.7 * 3**2 * soft, rel=1e-5)
    assert run.explain("total").evaluate() == pytest.approx(run.loss, rel=1e-5)
    gradient = (0.3 * (np.exp(log_softmax(z)) - t) + 0.7 * 3 * (np.exp(log_softmax(z / 3)) - q)) / len(rows)
    assert run.array("dense2.z", "grad") == pytest.approx(gradient, abs=1e-6)
    for address in ("dense1.W[0,1].grad", "dense2.z[0,1].grad", "soft_loss", "cooled.a[0,2]", "teacher[0,1]"):
        found = run.explain(address)
        if found.expression is not None:
            assert found.evaluate() == pytest.approx(found.value, rel=1e-4, abs=1e-7), address
    assert run.check("dense1.W[0,1]").agrees


def test_validation_is_measured_on_the_classes_alone():
    session = played(*TEACHER, "distil dense 3", "run 2 epochs")
    run, rows = session.run, session.data.split.validation
    z = run.network.predict(session.data.x[rows]).astype(np.float64)
    hard = -log_softmax(z)[np.arange(len(rows)), session.data.y[rows]].mean()
    assert run.evaluate("validation").loss == pytest.approx(hard, rel=1e-4)


def accuracy(*student: str) -> float:
    """Of a student that has 54 labelled digits, on the test part that its teacher has not seen either."""
    teacher = (
        "data digits scale=unit split=60/20/20",
        "net dense 64 relu | dense 10",
        "optimizer adam lr=0.01",
    )
    session = played(*teacher, "run 20 epochs", "transfer", FEW, *student, "run 200 epochs")
    return session.run.evaluate("test").metric


def test_a_distilled_student_is_better_than_the_same_one_on_hard_labels():
    hard = accuracy("net dense 16 relu | dense 10")
    distilled = accuracy("distil temperature=8 weight=0.9 dense 16 relu | dense 10")
    assert hard < 0.84
    assert distilled > 0.9


def test_a_session_comes_back_with_its_teacher_and_undo_takes_it_away(tmp_path):
    path = tmp_path / "a.nnl"
    session = played(*TEACHER, "distil weight=0.5 dense 3", "run 3 epochs", path=path)
    end = session.run.settled_theta().tobytes()
    session.close()
    again = Session.resume(path)
    assert again.run.settled_theta().tobytes() == end
    assert again.bench.setup.loss == "distillation weight=0.5"
    again.execute("run 1 epoch")
    more = again.run.settled_theta().tobytes()
    again.close()
    (tmp_path / "a.nnl.keyframe").unlink()
    replayed = Session.resume(path)
    assert replayed.run.settled_theta().tobytes() == more
    replayed.execute("undo")
    replayed.execute("undo")
    replayed.execute("undo")
    assert replayed.data.teacher is None
    assert replayed.run.network.text == "dense 8 relu | dense 3"


def test_a_teacher_with_one_output_teaches_two_classes():
    session = played("data moons n=80", "net dense 8 tanh | dense 1", "run 5 epochs")
    z = session.run.network.predict(session.data.x)[:, 0]
    session.execute("distil temperature=1 weight=1 dense 4 tanh | dense 2")
    session.execute("step")
    rows = session.run.batch_indices
    assert session.run.array("teacher")[:, 1] == pytest.approx(1 / (1 + np.exp(-z[rows])), abs=1e-6)


@pytest.mark.parametrize(
    ("lines", "action", "said"),
    [
        (("data iris", "net dense 3"), "distil dense 3", "nothing is trained yet"),
        (TEACHER, "loss distillation", "nobody teaches here yet"),
        (TEACHER, "distil dense 4", "3 classes"),
        (TEACHER, "distil weight=2 dense 3", "between 0 and 1"),
        (TEACHER, "distil temperature=0 dense 3", "above 0"),
        (("data sine", "net dense 4 tanh | dense 1", "run 1 epoch"), "distil dense 1", "numbers as targets"),
    ],
)
def test_what_cannot_be_taught_is_answered_and_leaves_the_bench_alone(lines, action, said):
    session = played(*lines)
    before = session.bench.setup, session.network
    with pytest.raises(NnlabError, match=said):
        played_on(session, action, "step")
    assert (session.bench.setup, session.network) == before
