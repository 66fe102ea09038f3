"""What a network answers is decided in one place: the plane, a row, the text skin and the scores agree."""

import numpy as np
import pytest

from nnlab.session import Session
from nnlab.session.inference import looked_through, over_line, over_plane


def trained(*lines: str) -> Session:
    session = Session()
    for line in lines:
        session.execute(line)
    return session


@pytest.mark.parametrize("last", ["dense 1", "dense 2"])
def test_rows_plane_and_scores_decide_alike(last: str) -> None:
    session = trained("data moons n=100", f"net dense 4 tanh | {last}", "run 20 epochs")
    run, data = session.need_run(), session.need_data()
    rows = data.split.validation
    told = [session.classify(int(row), ()).answer for row in rows]
    answers = looked_through(run, data)
    said = dict(zip(answers.rows.tolist(), answers.said.tolist()))
    assert told == [data.class_names[said[int(row)]] for row in rows]
    assert answers.wrong == round((1 - run.evaluate("validation").metric) * len(rows))
    plane = over_plane(run, data, 7, 9)
    assert plane is not None
    assert plane.classes.shape == (7, 9)
    x, y = np.linspace(*plane.x, 9)[4], np.linspace(*plane.y[::-1], 7)[1]
    assert session.classify(-1, (x, y)).answer == data.class_names[plane.classes[1, 4]]


def test_misread_rows_come_first_and_the_surest_mistake_at_the_head() -> None:
    session = trained("data digits", "net dense 10 relu | dense 10", "run 1 epoch")
    found = looked_through(session.need_run(), session.need_data())
    right = (found.said == found.truth).tolist()
    assert right == sorted(right)
    sure = found.probabilities[: found.wrong].max(axis=1)
    assert (np.diff(sure) <= 0).all()


def test_what_has_no_plane_or_line_is_none() -> None:
    session = trained("data sine n=30", "net dense 2 tanh | dense 1")
    run, data = session.need_run(), session.need_data()
    assert over_plane(run, data, 4, 4) is None
    line = over_line(run, data, 20)
    assert line is not None
    assert line.y.shape == (20,)
