"""What a trained network is asked: the numbers are right, the text says them, the run stays as it is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import NnlabError
from nnlab.session import Look, Session
from nnlab.session.insight import ablation, attribution, meaning, scores, shrinking, units


def session_with(*lines: str, look: Look | None = None) -> Session:
    session = Session(look=look)
    for line in lines:
        session.execute(line)
    return session


DIGITS = (
    "data digits scale=unit", "net conv 4 3 relu | maxpool 2 | flatten | dense 10", "lr 0.01", "run 3 epochs",
)  # fmt: skip
HABITAT = (
    "data habitat", "net embed 32 | positions learned | block 2 | layernorm | dense 33",
    "optimizer adam lr=0.005", "clip norm 1", "run 300 steps",
)  # fmt: skip


@pytest.fixture(scope="module")
def digits() -> Session:
    return session_with(*DIGITS)


@pytest.fixture(scope="module")
def habitat() -> Session:
    return session_with(*HABITAT)


@pytest.fixture(scope="module")
def line() -> Session:
    return session_with("data sine", "net dense 8 tanh | dense 1", "run 3 epochs")


@pytest.fixture(scope="module")
def walks() -> Session:
    return session_with("zoo gridworld-policy", "step")


# ---------------------------------------------------------------------- what an answer hangs on


def test_the_followed_example_and_the_class_that_is_said_are_asked_about(digits):
    found = attribution.attribute(digits)
    assert found.row == digits.data.split.train[0]
    said = digits.run.network.predict(digits.data.x[[found.row]])[0]
    assert found.output == (int(said.argmax()),)
    assert found.score == pytest.approx(said.max())
    assert found.label == found.answer == str(said.argmax())
    assert found.values.shape == (8, 8)
    assert found.example.shape == (8, 8, 1)


def test_gradient_times_input_adds_up_to_the_output_of_a_linear_network():
    session = session_with("data iris scale=none", "net dense 3", "run 1 epoch")
    found = attribution.attribute(session, "input", row=7, output=(2,))
    bias = session.run.network.parameters["dense1.b"][2]
    assert found.total == pytest.approx(found.score - bias, rel=1e-4)
    assert found.names == tuple(session.data.feature_names)


def test_the_food_gives_the_animal_away(habitat):
    row = next(
        int(r) for r in habitat.data.split.test
        if habitat.data.y[r, 3] >= 0 and habitat.data.x[r, 3] == 1 and habitat.data.x[r, 6] > 2
    )  # fmt: skip
    animal = int(habitat.data.y[row, 3])
    for method in ("gradient", "occlusion"):
        found = attribution.attribute(habitat, method, row, (3, animal))
        others = [place for place, _share in found.largest() if place != (3,)]
        assert others[0] == (6,), method
    assert found.label == f"{habitat.data.vocabulary[animal]} at 3"


def test_covering_a_picture_lowers_the_output_that_it_speaks_for(digits):
    found = attribution.attribute(digits, "occlusion", row=3)
    assert found.patch == (2, 2)
    assert found.values.max() > 0


# ---------------------------------------------------------------------- units


def test_the_strongest_examples_are_those_with_the_largest_number(digits):
    found = units.strongest(digits, "dense1[7]", "test", 5)
    rows = digits.data.split.test
    numbers = digits.run.network.predict(digits.data.x[rows])[:, 7]
    assert [hit.row for hit in found.hits] == rows[np.argsort(-numbers)[:5]].tolist()
    assert found.hits[0].value == pytest.approx(numbers.max())


def test_an_input_made_for_a_class_is_taken_for_it(digits):
    found = units.excited(digits, "dense1[3]")
    assert found.example.shape == (8, 8, 1)
    assert int(digits.run.decide(found.example.reshape(1, -1))[1][0]) == 3
    again = units.excited(digits, "dense1[3]")
    assert np.array_equal(found.example, again.example)


def test_maps_are_what_the_layer_gives_on(digits):
    found = units.feature_maps(digits, "conv1", 5)
    assert found.value == "conv1.a"
    assert np.array_equal(found.maps, digits.run.network.values("conv1.a", digits.data.x[5:6])[0])


# ---------------------------------------------------------------------- without units, with fewer bits


def test_a_unit_that_nobody_reads_is_not_missed():
    session = session_with(
        "data moons n=80", "net dense 3 relu | dense 1", "run 2 epochs", "edit dense2.W[1,0] 0"
    )
    found = ablation.ablation(session, "dense1", "train")
    assert len(found.units) == 3
    assert found.costs(found.units[1]) == pytest.approx(0, abs=1e-6)
    assert found.loss == pytest.approx(session.run.evaluate("train").loss)


def test_the_curve_begins_with_the_network_as_it_is_and_every_row_is_smaller(digits):
    for way in ("prune", "quantise"):
        found = shrinking.shrink_curve(digits, way)
        assert found.rows[0].metric == digits.run.evaluate("validation").metric
        sizes = [row.nbytes for row in found.rows]
        assert sizes == sorted(sizes, reverse=True)
        assert found.shrinks_to(found.rows[0]) == 1
    assert abs(found.rows[2].metric - found.rows[0].metric) < 0.02  # 8 bits


# ---------------------------------------------------------------------- scores


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_the_area_is_how_often_a_positive_scores_above_a_negative(pairs):
    score = np.array([s for s, _p in pairs], float)
    positive = np.array([p for _s, p in pairs])
    found = scores.roc_curve("a", score, positive)
    if positive.all() or not positive.any():
        assert np.isnan(found.area)
        return
    gaps = score[positive][:, None] - score[~positive][None]
    assert found.area == pytest.approx((gaps > 0).mean() + (gaps == 0).mean() / 2)
    assert (found.false_positive[0], found.true_positive[0]) == (0, 0)
    assert (found.false_positive[-1], found.true_positive[-1]) == (1, 1)


def test_calibration_compares_what_is_said_with_what_is_right():
    confidence = np.array([0.95, 0.91, 0.62, 0.68, 1.0])
    right = np.array([True, False, True, True, True])
    found = scores.calibrated("test", confidence, right)
    assert [b.count for b in found.bins] == [0, 0, 0, 0, 0, 0, 2, 0, 0, 3]
    assert found.bins[9].accuracy == pytest.approx(2 / 3)
    assert found.error == pytest.approx(2 / 5 * 0.35 + 3 / 5 * abs((0.95 + 0.91 + 1) / 3 - 2 / 3))


def test_a_confusion_can_be_that_of_a_group_of_rows():
    session = Session()
    for line in ("data clinic8 scale=standardize", "net dense 1", "lr 0.01", "run 3 epochs"):
        session.execute(line)
    whole = scores.confusion(session, "test")
    young, old = (scores.confusion(session, "test", group) for group in ("age<0.25", "age>0.25"))
    assert (young.counts + old.counts == whole.counts).all()
    rows = session.data.split.test
    mine = session.data.x[rows, 7] < 0.25
    said = session.run.answers("test")[mine]
    assert young.counts[0, 1] == ((said == 1) & (session.data.y[rows][mine] == 0)).sum()
    assert "age<0.25" in scores.render_confusion(young, Look())[0]
    assert session.execute("confusion age>0.25").payload.group == "age>0.25"


@pytest.mark.parametrize(
    ("group", "message"),
    [
        ("agee<45", "no column “agee” .* did you mean “age”"),
        ("age<old", "'age<old' is no group"),
        ("age>90", "none of the 768 rows is in the group age>90"),
    ],
)
def test_a_group_that_is_none_is_refused(group, message):
    session = Session()
    for line in ("data clinic8", "net dense 1", "step"):
        session.execute(line)
    with pytest.raises(NnlabError, match=message):
        scores.confusion(session, "test", group)


def test_precision_and_recall_are_columns_and_rows_of_the_confusion(digits):
    found = scores.confusion(digits, "test")
    assert found.accuracy == pytest.approx(digits.run.evaluate("test").metric)
    for k, one in enumerate(found.classes):
        assert one.recall == pytest.approx(found.counts[k, k] / found.counts[k].sum())
        assert one.precision == pytest.approx(found.counts[k, k] / found.counts[:, k].sum())
        assert one.f1 == pytest.approx(2 / (1 / one.precision + 1 / one.recall))


def test_predictions_stand_beside_the_truth(line):
    found = scores.truths(line, "train")
    assert np.array_equal(found.truth, line.data.y[found.rows])
    assert np.array_equal(found.said, line.run.network.predict(line.data.x[found.rows]))
    assert found.r2 == pytest.approx(line.run.evaluate("train").metric)
    assert found.rmse**2 == pytest.approx(line.run.evaluate("train").loss, rel=1e-4)


# ---------------------------------------------------------------------- words


def test_a_sum_of_words_lies_nearest_to_the_fourth(habitat):
    session = session_with("data habitat", "net embed 2 | positions | block 1 | dense 33", "step")
    places = {"cat": (1, 1), "dog": (3, 1), "fish": (1, 4), "bone": (3, 4), "seed": (-3, 0)}
    for word, row in places.items():
        for k, number in enumerate(row):
            session.execute(f"edit embed1.W[{session.data.vocabulary.index(word)},{k}] {number}")
    found = meaning.neighbours(session, "fish - cat + dog")
    assert found.text == "fish − cat + dog"
    assert found.words[0][0] == "bone"
    assert found.words[0][1] == pytest.approx(1, abs=1e-3)
    assert not {"fish", "cat", "dog", "[mask]", ""} & {word for word, _near in found.words}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("king - man + woman", ((1, "king"), (-1, "man"), (1, "woman"))),
        ("- man", ((-1, "man"),)),
        ("+", ((1, "+"),)),
        ("a − −", ((1, "a"), (-1, "−"))),
    ],
)
def test_a_sum_of_words_is_read(text, terms):
    assert meaning.read_terms(text) == terms


def test_hidden_words_are_guessed_from_both_sides(habitat):
    found = meaning.filled(habitat, "the old _ eats its bone at home .")
    assert found.hidden[0].position == 3
    assert found.hidden[0].candidates[0][0] == "dog"
    assert found.text == "the old dog eats its bone at home ."
    two = meaning.filled(habitat, "[cls] the old cat [mask] its _ at home .")
    assert [place.position for place in two.hidden] == [4, 6]


# ---------------------------------------------------------------------- as actions

ON_DIGITS = (
    "saliency", "saliency occlusion row=2 output=3", "saliency input", "strongest conv1[1]", "maps conv1",
    "strongest dense1[0]", "excite conv1[0] steps=5", "maps dense1.z row=3", "importance conv1", "confusion",
    "shrink prune", "shrink quantise test", "roc", "roc test class=3", "calibration",
)  # fmt: skip
ON_HABITAT = (
    "saliency", "saliency input", "strongest block1[3]", "importance block1", "nearest dog", "confusion",
    "fill the old _ eats its bone at home .", "maps embed1", "nearest dog - bone + fish",
)  # fmt: skip


@pytest.mark.parametrize("accessible", [False, True])
@pytest.mark.parametrize(
    ("name", "actions"), [("digits", ON_DIGITS), ("habitat", ON_HABITAT), ("line", ("truth", "truth test"))]
)
def test_every_question_is_answered_in_lines_that_fit_and_changes_nothing(request, name, actions, accessible):
    session = request.getfixturevalue(name)
    session.look = dataclasses.replace(session.look, accessible=accessible)
    before = session.run.network.theta.copy(), session.run.step_count, len(session.changes)
    for action in actions:
        result = session.execute(action)
        assert result.lines, action
        assert all(len(text) <= 80 for text in result.lines), action
        assert result.to_json()["payload"], action
    assert np.array_equal(before[0], session.run.network.theta)
    assert before[1:] == (session.run.step_count, len(session.changes))


@pytest.mark.parametrize(
    ("name", "action", "said"),
    [
        ("digits", "saliency row=99999", "no row 99999"),
        ("digits", "saliency output=10", "outputs from 0 to 9"),
        ("digits", "saliency occlusion patch=9", "does not fit"),
        ("digits", "strongest conv1[4]", "conv1.a"),
        ("digits", "maps conv9", "conv9"),
        ("digits", "maps dense1.W", "no value of an example"),
        ("digits", "importance flatten1", "no weights"),
        ("digits", "truth", "are classes"),
        ("digits", "nearest seven", "no embedding"),
        ("digits", "fill a _", "hides no words"),
        ("digits", "roc class=eleven", "no class “eleven”"),
        ("habitat", "excite embed1[0]", "ids"),
        ("habitat", "nearest dgo", "did you mean “dog”"),
        ("habitat", "nearest dog cat", "put . or . between"),
        ("habitat", "nearest dog -", "missing at the end"),
        ("habitat", "fill the old dog eats its bone at home .", "no word is hidden"),
        ("habitat", "fill the _", "9 words and signs"),
        ("line", "confusion", "use truth"),
        ("line", "roc", "not classes"),
        ("walks", "confusion", "judged by reward"),
        ("walks", "truth", "judged by reward"),
    ],
)
def test_what_cannot_be_asked_is_answered_in_one_sentence(request, name, action, said):
    with pytest.raises(NnlabError, match=said) as caught:
        request.getfixturevalue(name).execute(action)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "action"),
    [
        ("digits", "calibration"),
        ("digits", "confusion"),
        ("digits", "strongest dense1[0]"),
        ("digits", "roc"),
        ("digits", "excite dense1[0]"),
        ("digits", "shrink quantise"),
        ("digits", "quantise"),
        ("digits", "view noise"),
        ("sine", "truth"),
    ],
)
def test_of_a_network_that_diverged_nothing_is_said(data, action):
    net = f"net dense 8 relu | dense {10 if data == 'digits' else 1}"
    session = session_with(f"data {data}", net, "optimizer sgd lr=1e30", "run 9 steps")
    with pytest.raises(NnlabError, match="not finite any more"):
        session.execute(action)


def test_classes_that_are_signs_are_named_on_one_line():
    session = session_with("data tang", "net embed 8 | dense 131", "step")
    with pytest.raises(NnlabError, match="no class “foo”; there are: ") as caught:
        session.execute("roc class=foo")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 120


def test_a_large_part_is_measured_on_enough_rows(monkeypatch):
    from nnlab.session.insight import rows
    from nnlab.training.metrics import evaluate

    session = session_with("data moons n=300", "net dense 3 relu | dense 1", "run 2 epochs")
    monkeypatch.setattr(ablation, "ENOUGH", 20)
    found = ablation.ablation(session, "dense1", "train")
    few = evaluate(session.run.machine, session.run.settled(), "train", most=20)
    assert found.n == few.n == 20
    assert found.loss == few.loss
    assert rows.ENOUGH >= 500
