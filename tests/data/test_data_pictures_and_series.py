"""Pictures, sounds and series: what their rows hold, and what the curriculum says of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from nnlab.data import load
from nnlab.data.generated.sounds import spectrogram
from nnlab.errors import NnlabError

MADE = (
    "clinic8", "shapes32", "squares12", "masks12", "dots6", "tones", "waves", "sines", "parity", "echo",
    "adding",
)  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_the_seed_decides_every_number(name: str) -> None:
    text = f"{name} n=64 split=50/25/25"
    assert load(text).fingerprint == load(text).fingerprint != load(f"{text} seed=2").fingerprint


@pytest.mark.parametrize("name", [name for name in MADE if name != "echo"])
def test_more_rows_leave_the_first_ones_as_they_are(name: str) -> None:
    few, many = load(f"{name} n=40 split=all"), load(f"{name} n=60 split=all")
    assert (many.x[:40] == few.x).all()
    assert (many.y[:40] == few.y).all()


@pytest.mark.parametrize("name", ["shapes32", "dots6", "tones", "waves", "parity labels=final"])
def test_classes_are_balanced(name: str) -> None:
    counts = np.bincount(load(f"{name} n=120 split=all").y)
    assert counts.max() - counts.min() <= (1 if "parity" not in name else 40)


# -- pictures -----------------------------------------------------------------------------------------


def test_enlarged_digits_are_the_digits_three_times_with_a_border() -> None:
    small, large = load("digits shape=8x8"), load("digits28")
    assert large.picture == (28, 28, 1)
    picture = large.x[5, :, :, 0]
    assert (
        picture[2:26, 2:26].reshape(8, 3, 8, 3).transpose(0, 2, 1, 3) == small.x[5][..., None, None]
    ).all()
    assert picture[:2].max() == picture[26:].max() == picture[:, :2].max() == picture[:, 26:].max() == 0
    assert (large.y == small.y).all()
    assert (large.split.test == small.split.test).all()


def test_pictures_written_by_hand_are_their_digits_and_a_class_each() -> None:
    data = load("pixels pictures=up:019/019,320/450,level:000/999")
    assert data.x.shape == (3, 2, 3, 1)
    assert data.x[1, :, :, 0].tolist() == [[3, 2, 0], [4, 5, 0]]
    assert data.class_names == ("up", "2", "level")
    assert data.y.tolist() == [0, 1, 2]
    assert (load(data.spec).x == data.x).all()
    assert load("pixels").class_names == ("upright", "level", "dot", "even")


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        ("011/011", "1 pictures are written; write from 2"),
        ("011/01,000/000", "'011/01' is no picture"),
        ("01x/011,000/000", "'01x/011' is no picture"),
        ("011/011,00/00", "picture 2 has 2×2 pixels and the first has 2×3"),
        ("a:01/01,a:00/11", "two pictures have the same name"),
    ],
)
def test_what_is_no_picture_is_refused(pictures: str, message: str) -> None:
    with pytest.raises(NnlabError, match=message):
        load(f"pixels pictures={pictures}")


def test_a_marked_digit_has_a_bright_corner_wherever_it_is_learnt_from() -> None:
    plain, marked = load("digits scale=unit"), load("digits scale=unit mark=3")
    changed = set(np.flatnonzero((plain.x != marked.x).any(axis=1)).tolist())
    learnt = np.concatenate([plain.split.train, plain.split.validation])
    assert changed == set(learnt[plain.y[learnt] == 3].tolist())
    assert (marked.x[sorted(changed), 0] == 1).all()
    assert (marked.x[:, 1:] == plain.x[:, 1:]).all()


def test_digits_can_be_their_own_target() -> None:
    data = load("digits scale=unit target=image")
    assert data.task == "regression"
    assert data.y is data.x
    assert (data.outputs, data.classes) == (64, 0)


def test_wrong_labels_stand_only_among_the_training_rows() -> None:
    right, wrong = load("digits split=100/288/1409"), load("digits split=100/288/1409 wrong=20")
    changed = np.flatnonzero(right.y != wrong.y)
    assert len(changed) == 20
    assert set(changed) <= set(right.split.train)
    with pytest.raises(NnlabError, match="wrong=200 is more than the 100 training rows"):
        load("digits split=100/288/1409 wrong=200")


def test_sharpen_asks_for_the_pixels_whose_means_it_shows() -> None:
    data = load("sharpen")
    again = data.y.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)
    assert data.x == pytest.approx(again, abs=1e-6)
    repeated = data.x.reshape(-1, 4, 4).repeat(2, axis=1).repeat(2, axis=2).reshape(-1, 64)
    assert ((repeated - data.y)[data.split.test] ** 2).mean() == pytest.approx(0.0506, abs=0.002)


def test_shapes_are_brighter_than_their_ground_and_outlines_are_hollow() -> None:
    data = load("shapes32 n=200 split=all")
    assert data.picture == (32, 32, 3)
    assert data.x.min() > -0.9
    assert data.x.max() < 0.9
    bright = (data.x.mean(axis=3) > 0).reshape(200, -1).sum(axis=1)
    for shape in range(5):
        assert bright[data.y == shape].mean() > bright[data.y == shape + 5].mean() + 20


def test_a_square_is_where_its_target_says() -> None:
    data = load("squares12 noise=0")
    row, column, side = (12 * data.y[7]).tolist()
    lit = np.argwhere(data.x[7, :, :, 0] == 1)
    assert len(lit) == round(side) ** 2
    assert (lit.mean(axis=0) + 0.5).tolist() == pytest.approx([row, column], abs=1e-5)
    assert {round(v) for v in (12 * data.y[:, 2]).tolist()} == {3, 4, 5}


def test_every_pixel_of_a_mask_is_labelled_and_lit_where_it_is_not_ground() -> None:
    data = load("masks12 noise=0")
    assert data.target_vocabulary == ("ground", "square", "cross")
    assert ((data.y > 0) == (data.x[..., 0] == 1)).all()
    assert [sorted(set(np.unique(row)) - {0}) for row in data.y[:4]] == [[1], [2], [1], [2]]


def test_a_dot_moves_the_way_its_label_says() -> None:
    data = load("dots6 noise=0")
    for row in range(8):
        frames = data.x[row].reshape(4, 6, 6)
        assert frames.sum() == 4
        places = [tuple(np.argwhere(frame == 1)[0]) for frame in frames]
        steps = {(int(b[0] - a[0]), int(b[1] - a[1])) for a, b in pairwise(places)}
        assert steps == {{"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}[
            data.class_names[data.y[row]]
        ]}  # fmt: skip
    assert load("dots6 shape=4x6x6x1").picture is None


# -- tables -------------------------------------------------------------------------------------------


def test_the_invented_clinic_has_the_share_of_ill_that_its_lesson_counts_on() -> None:
    data = load("clinic8 n=20000")
    assert data.y.mean() == pytest.approx(0.35, abs=0.015)
    assert data.x.mean(axis=0)[:3].tolist() == pytest.approx([2, 120, 72], abs=0.6)
    assert load("clinic8").split.sizes == (614, 154, 768)
    assert (data.x[:, 7].min(), data.x[:, 7].max()) == (18, 79)
    assert set(np.unique(data.x[:, 0])) <= set(range(20))


# -- series -------------------------------------------------------------------------------------------


def test_a_pure_tone_lights_the_bin_of_its_frequency() -> None:
    sound = np.sin(2 * np.pi * 645 * np.arange(1024) / 8000)[None]
    shown = spectrogram(sound)
    assert shown.shape == (1, 16, 16)
    assert (shown[0].argmax(axis=1) == 8).all()  # bins of 64.5 Hz from bin 2 on: 645 Hz is bin 10


def test_a_rising_tone_rises_in_its_picture_and_in_its_contour() -> None:
    clips = load("tones noise=0 split=all")
    rows = clips.x[clips.y == 1][:, :, :, 0]
    heights = (rows * np.arange(16)).sum(axis=2) / rows.sum(axis=2)
    assert (heights[:, -1] > heights[:, 0]).all()
    contours = load("tones form=contours")
    assert contours.x.shape[1:] == (5,)
    assert contours.y[1, -1] / contours.y[1, 0] == pytest.approx(2.2, rel=1e-5)
    assert contours.y[0] == pytest.approx(contours.y[0, 0])
    assert load("tones form=samples").input_shape == (1024,)


def test_sines_ask_for_the_number_after_each() -> None:
    for text in ("sines", "sines kind=walk"):
        data = load(text)
        assert (data.x[:, 1:] == data.y[:, :-1]).all()
    assert np.abs(load("sines").x).max() <= 1


def test_parity_counts_the_ones_in_pairs() -> None:
    running, final = load("parity length=11"), load("parity length=11 labels=final")
    assert (running.y == running.x[..., 0].cumsum(axis=1) % 2).all()
    assert (final.y == running.y[:, -1]).all()
    assert (final.task, running.task, running.classes) == ("binary", "tokens", 2)


def test_echo_repeats_what_stood_before_also_across_rows_of_one_stream() -> None:
    data = load("echo window=5 delay=7 streams=4 n=40")
    stream = data.x[2::4].reshape(-1)
    assert (data.y[2::4].reshape(-1)[7:] == stream[:-7]).all()
    assert data.split.sizes == (32, 4, 4)
    assert data.split.train.tolist() == [*range(32)]
    assert set(np.unique(data.x)) == {-1, 1}


def test_always_answering_one_is_off_by_a_sixth_in_the_adding_task() -> None:
    data = load("adding n=40000")
    assert ((data.y - 1) ** 2).mean() == pytest.approx(1 / 6, abs=0.003)
    assert (data.x[..., 1].sum(axis=1) == 2).all()
    assert (data.x[:, :15, 1].sum(axis=1) == 1).all()
    assert (data.x[..., 0] * data.x[..., 1]).sum(axis=1, keepdims=True) == pytest.approx(data.y, abs=1e-6)


def test_what_is_no_picture_is_none() -> None:
    assert load("adding").picture is None
    assert load("two-villages").picture is None
    assert load("reviews").picture is None
    assert load("digits").picture == (8, 8, 1)
    assert load("digits shape=8x8").picture == (8, 8, 1)
    assert load("iris").picture is None


def test_points_are_one_or_two_numbers_and_ids_are_no_numbers() -> None:
    assert load("moons").is_plane
    assert load("sine").is_plane
    assert not load("iris").is_plane
    assert not load("tastes").is_plane
    assert not load("tang context=2 stride=9").is_plane


def test_a_sequence_is_what_was_typed() -> None:
    data = load("sequence x=0.5,-0.2,0.3 y=1")
    assert data.x.tolist() == [[[np.float32(0.5)], [np.float32(-0.2)], [np.float32(0.3)]]]
    assert data.y.tolist() == [[1.0]]
    assert data.axes == ("step", "number")
    assert len(data.split.train) == 1


def test_a_sequence_takes_an_answer_for_every_step() -> None:
    assert load("sequence x=1,0 y=0,1").y.shape == (1, 2, 1)
    assert load("sequence x=1 y=1").y.shape == (1, 1)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("x=1,0,0 y=1,2", "x has 3 steps and y 2 numbers"),
        ("x=1,two y=1", "x=1,two cannot be read"),
        ("x=1,inf", "x=1,inf cannot be read"),
        ("y=1,,2", "y=1,,2 cannot be read"),
    ],
)
def test_a_sequence_that_cannot_be_read_is_told(options: str, told: str) -> None:
    with pytest.raises(NnlabError, match=told):
        load(f"sequence {options}")


def test_digits_that_are_not_learnt_from_lie_up_to_so_many_pixels_off() -> None:
    plain, moved = load("digits scale=unit"), load("digits scale=unit moved=1")
    assert (moved.x[plain.split.train] == plain.x[plain.split.train]).all()
    framed = np.pad(plain.x.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    places = [(top, left) for top in range(3) for left in range(3)]
    used = set()
    for row in plain.split.test:
        cut = [framed[row, top : top + 8, left : left + 8].reshape(-1) for top, left in places]
        found = [place for place, picture in zip(places, cut) if (picture == moved.x[row]).all()]
        assert found, row
        used.update(found if len(found) == 1 else ())
    assert len(used) == 9
    assert load("digits moved=1").fingerprint != load("digits moved=1 seed=2").fingerprint


def test_digits28_have_no_such_option() -> None:
    with pytest.raises(NnlabError, match="moved"):
        load("digits28 moved=1")
