"""A text of one's own: read by the network as it stands, followed like an example, changing nothing."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session.moment import Moment
from nnlab.session.own_text import own_text
from nnlab.session.session import Session


def made(*actions: str) -> Session:
    session = Session()
    for action in actions:
        session.execute(action)
    return session


REVIEWS = ("data reviews n=80", "net embed 8 | block 2 mask=input dropout=0.3 | pick 0 | dense 2", "step 3")
WRITER = ("data grammar n=60", "net embed 8 | block 2 causal | dense 21", "step 3")
HIDDEN = ("data habitat n=80", "net embed 8 | block 2 | dense 33", "step 3")
DECODER = (
    "data reverse n=60 decoder=yes",
    "net embed 8 | as source | from previous | embed 8 | block 2 causal from=source | dense 11",
    "step 3",
)


def test_the_network_answers_a_text_as_it_answers_the_same_row() -> None:
    session = made(*REVIEWS)
    data, run = session.need_data(), session.need_run()
    row = int(data.split.validation[0])
    session.execute(f"read {data.text(row)}")
    moment = Moment.of(session)
    np.testing.assert_array_equal(moment.input, data.x[row])
    np.testing.assert_allclose(moment.array("dense1.z")[0], run.network.predict(data.x[[row]])[0], rtol=1e-5)


def test_every_number_of_it_is_explained() -> None:
    session = made(*REVIEWS, "read the film was not good")
    moment = Moment.of(session)
    for text in ("block1.weights[0,1,3,2]", "block1.ff1.z[0,2,5]", "dense1.z[0,1]"):
        address = moment.run.address(text)
        found = moment.explain(address)
        assert found is not None
        assert found.evaluate() == pytest.approx(moment.number(address), rel=1e-4, abs=1e-6)
    assert (
        "film"
        in session.execute("view block1.attention").lines[4] + session.execute("read the film").lines[0]
    )
    explained = session.execute("explain dense1.z[0,1]").payload
    assert explained.value == pytest.approx(float(Moment.of(session).array("dense1.z")[0, 1]))


def test_it_is_read_again_when_training_has_gone_on() -> None:
    session = made(*REVIEWS, "read the film was not good")
    before = Moment.of(session).array("dense1.z").copy()
    session.execute("step 5")
    moment = Moment.of(session)
    assert moment.own == "the film was not good"
    assert not np.array_equal(moment.array("dense1.z"), before)
    again = session.need_run().network.predict(moment.input[None])
    np.testing.assert_allclose(moment.array("dense1.z"), again, rtol=1e-5)


def test_training_is_the_same_with_and_without_it() -> None:
    plain, reading = made(*REVIEWS), made(*REVIEWS, "read the film was not good")
    for session in (plain, reading):
        Moment.of(session)
        session.execute("step 4")
        Moment.of(session)
    for name in plain.parameter_names():
        np.testing.assert_array_equal(plain.need_run().array(name), reading.need_run().array(name))


def test_nothing_is_asked_of_it_and_it_has_no_gradients() -> None:
    moment = Moment.of(made(*REVIEWS, "read the film was not good"))
    assert moment.truth == ""
    assert moment.array("loss") is None
    assert moment.array("target") is None
    assert not moment.backward
    assert moment.array("dense1.z", "grad") is None


def test_an_example_takes_its_place_again() -> None:
    session = made(*REVIEWS, "read the film was not good", "example 2")
    moment = Moment.of(session)
    assert not moment.own
    assert moment.example == 2


def test_other_data_forget_it() -> None:
    assert not made(*REVIEWS, "read the film was not good", "data spam n=80").bench.own


def test_words_that_are_not_known_are_said() -> None:
    session = made(*REVIEWS)
    lines = session.execute("read The film was xyzzy").lines
    assert lines[0] == "read: the film was □"
    assert "xyzzy" in lines[1]
    with pytest.raises(NnlabError, match="did you mean “banana”"):
        made(*HIDDEN).execute("read the monkey eats bananas")


def test_a_text_that_cannot_be_read_changes_nothing() -> None:
    session = made(*REVIEWS, "read the film was not good")
    with pytest.raises(NnlabError, match="12 signs, and the network reads at most 11"):
        session.execute("read " + " ".join(["good"] * 12))
    assert session.bench.own == "the film was not good"
    with pytest.raises(NnlabError, match="texts of 8 signs each, and this one has 3"):
        made("data reverse n=60", "net embed 8 | dense 10").execute("read 123")
    with pytest.raises(NnlabError, match="is no text that could be read"):
        made("data moons n=40", "net dense 1").execute("read the film")


def test_what_comes_next_is_asked_of_a_writer() -> None:
    session = made(*WRITER, "read the old")
    moment = Moment.of(session)
    data = session.need_data()
    own = own_text(data, "the old")
    assert own.asked
    assert data.target_tokenizer is not None
    assert data.target_tokenizer.decode([t for t in own.data.y[0].tolist() if t >= 0]) == "he old"
    assert moment.array("loss") is not None


def test_a_gap_is_a_hidden_word_behind_the_sign_that_begins_every_text() -> None:
    data = made(*HIDDEN).need_data()
    own = own_text(data, "the ? eats bamboo")
    words = [data.vocabulary[i] for i in own.data.x[0, : own.length]]
    np.testing.assert_array_equal(own_text(data, "[cls] the ? eats bamboo").data.x, own.data.x)
    assert words == ["[cls]", "the", "[mask]", "eats", "bamboo"]


def test_a_decoder_reads_what_it_writes_itself() -> None:
    session = made(*DECODER, "read 12345678")
    moment = Moment.of(session)
    written = moment.array("dense1.z")[0].argmax(-1)
    previous = moment.array("previous")[0]
    assert previous[0] == 0
    np.testing.assert_array_equal(previous[1:], written[:-1])


def test_it_is_in_the_log_and_comes_back_with_it() -> None:
    session = made(*REVIEWS, 'read the "film" was  not good')
    assert session.history[-1] == "read the film was not good"
    assert session.parse('read " the old "').text == " the old "
    assert str(session.parse('read " the old "')) == 'read " the old "'
    twin = Session()
    for line in session.history:
        twin.execute(line)
    np.testing.assert_array_equal(Moment.of(twin).array("dense1.z"), Moment.of(session).array("dense1.z"))


def test_the_training_thread_copies_what_is_read() -> None:
    session = made(*REVIEWS, "read the film was not good")
    session.trainer.wanted = Moment.of(session).wanted()
    frame = session.trainer.frame()
    frame = session.trainer.frame()
    moment = Moment.of(session, frame=frame)
    np.testing.assert_array_equal(moment.input, Moment.of(session).input)
    np.testing.assert_array_equal(moment.array("dense1.z"), Moment.of(session).array("dense1.z"))


def test_a_knob_turned_while_training_goes_on_leaves_the_picture_of_the_last_frame() -> None:
    session = made(*REVIEWS, "read the film was not good")
    session.trainer.wanted = Moment.of(session).wanted()
    frame = session.trainer.frame()
    session.execute("lr 0.1")  # a branch, which has not read the text yet
    moment = Moment.of(session, frame=frame)
    assert moment.tape.step == 3
    np.testing.assert_array_equal(moment.array("dense1.z"), frame.values["dense1.z"])


# -- a way back -----------------------------------------------------------------------------------------


def slope(session: Session, text: str, weight: str, by: float = 1e-2) -> float:
    """The central difference of the text's loss at a weight."""
    address = session.address(weight)
    before, losses = session.need_run().value(address), []
    for side in (1, -1):
        session.execute(f"edit {weight} {before + side * by}")
        session.execute(f"read {text}")
        session.shown()
        losses.append(session.reader.glance.loss_now)  # type: ignore[union-attr]
        session.execute("undo")
    return (losses[0] - losses[1]) / (2 * by)


@pytest.mark.parametrize(
    ("bench", "text", "weight"),
    [
        (REVIEWS, "the film was not good as negative", "dense1.W[0,1]"),
        (REVIEWS, "the film was not good as Positive", "block1.ff1.W[1,2]"),
        (WRITER, "the dog sees", "dense1.W[0,1]"),
    ],
)
def test_its_gradients_are_those_of_its_loss(bench: tuple[str, ...], text: str, weight: str) -> None:
    session = made(*bench, f"read {text}")
    found = session.execute(f"explain {weight}.grad").payload
    assert found.evaluate() == pytest.approx(found.value, rel=1e-4, abs=1e-7)
    assert found.value == pytest.approx(slope(session, text, weight), rel=2e-2, abs=2e-5)


def test_a_hidden_word_is_asked_for() -> None:
    session = made(*HIDDEN)
    data = session.need_data()
    word = next(w for w in data.target_vocabulary if w.isalpha())
    text = " ".join(w for w in data.text(0).split() if not w.startswith("["))
    first = text.split()[0]
    session.execute(f"read {text.replace(first, '?', 1)} as {word}")
    y = Moment.of(session).data.y
    assert (y >= 0).sum() == 1
    assert data.target_vocabulary[int(y.max())] == word
    with pytest.raises(NnlabError, match="1 words to answer for, and 2 answers"):
        session.execute(f"read {text.replace(first, '?', 1)} as {word} {word}")


def test_it_is_shown_backward_where_something_is_asked() -> None:
    session = made(*REVIEWS, "read the film was not good as negative")
    moment = Moment.of(session)
    assert not moment.backward
    moment.flip = True
    assert moment.backward
    assert moment.array("dense1.z", "grad") is not None
    session.execute("read the film was not good")
    moment = Moment.of(session, flip=True)
    assert not moment.backward
    assert moment.array("dense1.z", "grad") is None


def test_without_an_answer_it_says_how_to_get_gradients() -> None:
    session = made(*REVIEWS)
    told = session.execute("read the film was not good").lines
    assert any("write one behind “as”: negative, positive" in line for line in told)
    assert not any("no gradients" in line for line in session.execute("read good as positive").lines)


def test_as_is_a_word_like_others_where_no_answer_follows() -> None:
    session = made(*REVIEWS)
    own = own_text(session.need_data(), "the film was as good")
    assert not own.asked
    assert own.length == 5


def test_a_session_resumes_with_the_answer(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    session = Session(path)
    for action in (*REVIEWS, "read the film was not good as negative"):
        session.execute(action)
    session.close()
    again = Session.resume(path)
    assert Moment.of(again).asked
    again.close()
