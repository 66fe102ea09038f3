"""What stands at the steps of a sequence, in words."""

from __future__ import annotations

from making import made

from nnlab.session.moment import Moment
from nnlab.session.steps import steps_of


def test_the_steps_of_a_text_are_its_words_behind_any_number_of_layers() -> None:
    session = made("zoo name-or-place", "step")
    moment = Moment.of(session)
    data = session.need_data()
    for name in ("input", "embed1.a", "lstm1.both.a", "dense1.z"):
        steps = steps_of(moment, name)
        assert steps is not None
        spoken = [word for word, filled in zip(steps.names, steps.padding) if not filled]
        assert " ".join(spoken).replace(" .", ".") == data.text(moment.dataset_row)
        assert set(steps.names[len(spoken) :]) <= {"·"}


def test_a_decoder_reads_what_was_written_before() -> None:
    session = made("zoo reverse-gru", "step")
    moment = Moment.of(session)
    run = session.need_run()
    written = run.array("previous")[moment.row]
    steps = steps_of(moment, "gru2.h")
    assert steps is not None
    assert steps.value == "previous"
    vocabulary = session.need_data().vocabulary_of("previous")
    assert steps.names == tuple(vocabulary[k] or "·" for k in written)
    assert str(steps.place(0, 3)) == "previous[0,3]"


def test_a_series_is_told_in_numbers_and_two_numbers_a_step_are_counted() -> None:
    echo = Moment.of(made("zoo echo-rnn", "step"))
    steps = steps_of(echo, "rnn1.h")
    assert steps is not None
    assert steps.numbers is not None
    assert [name.replace("−", "-") for name in steps.names] == [f"{v:+.2f}" for v in echo.input[:, 0]]
    adding = steps_of(Moment.of(made("zoo adding-lstm", "step")), "lstm1.h")
    assert adding is not None
    assert adding.numbers is not None
    assert adding.names == tuple(map(str, range(30)))
    assert adding.numbers.shape == (30, 2)


def test_pictures_and_rows_of_features_have_no_steps() -> None:
    for actions in (("data digits", "net dense 4 | dense 10"), ("data xor", "net dense 2 | dense 1")):
        assert steps_of(Moment.of(made(*actions)), "input") is None


def test_a_convolution_that_strides_has_steps_of_its_own() -> None:
    assert steps_of(Moment.of(made("zoo fact-finder", "step")), "conv1.z") is None


def test_a_layer_that_is_opened_is_copied_while_training_goes_on() -> None:
    moment = Moment.of(made("data digits", "net reshape 8x8x1 | conv 3 3 relu | flatten | dense 10", "step"))
    closed, opened = moment.wanted(), moment.wanted("conv1")
    assert "conv1.W" not in closed
    assert {"conv1.W", "conv1.z", "conv1.a"} <= opened
    assert {name for name in opened if not name.startswith("conv1")} <= closed
