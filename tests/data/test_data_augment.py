"""Augmentation: what a change does, that a replay sees the same, and what is refused."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import Dataset, load
from nnlab.data.augment import TRANSFORMS, Augmentation
from nnlab.data.augment.pictures import Resampled, shift
from nnlab.errors import NnlabError
from nnlab.session.look import Look
from nnlab.session.rows import render_changes

FITTING = {
    "shift": "digits", "rotate": "digits", "scale": "shapes32 n=20", "flip": "digits shape=1x8x8",
    "cutout": "digits shape=8x8", "noise": "waves", "mask": "reviews", "drop": "reviews",
    "swap": "facts n=100",
}  # fmt: skip


def changed(data: Dataset, changes: str, rows: np.ndarray, step: int, seed: int = 1) -> np.ndarray:
    x = data.x[rows]
    assert Augmentation.parse(changes).bind(data, seed)(x, rows, step) is x
    return x


# -- the promise --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRANSFORMS)
def test_what_becomes_of_an_example_depends_on_seed_step_and_row_alone(name: str) -> None:
    data = load(FITTING[name])
    rows = np.arange(12)
    whole = changed(data, name, rows, 5)
    assert (changed(data, name, rows[::-1], 5)[::-1] == whole).all()
    assert (changed(data, name, rows[7:8], 5) == whole[7:8]).all()
    seen = [changed(data, name, rows, step, seed) for seed in (1, 2) for step in (1, 2, 3)]
    assert any((a != seen[0]).any() for a in seen[1:3])  # another step
    assert any((a != b).any() for a, b in zip(seen[:3], seen[3:]))  # another seed
    assert (changed(data, name, rows, 2) == seen[1]).all()


@pytest.mark.parametrize("name", TRANSFORMS)
def test_examples_are_changed_apart_and_the_data_stay_as_they_are(name: str) -> None:
    data = load(FITTING[name])
    before = data.fingerprint
    row = np.full(40, 3)
    same = changed(data, name, row, 1)
    assert (same == same[0]).all()
    each = np.repeat(data.x[3:4], 40, axis=0)
    Augmentation.parse(name).bind(data, 1)(each, np.arange(40), 1)
    assert len(np.unique(each.reshape(40, -1), axis=0)) > 1
    assert data.fingerprint == before


def test_changes_are_made_in_the_order_they_are_written() -> None:
    data, rows = load("digits"), np.arange(8)
    x = data.x[rows]
    for name in ("flip:1", "shift:2"):
        Augmentation.parse(name).bind(data, 1)(x, rows, 3)
    assert (changed(data, "flip:1 shift:2", rows, 3) == x).all()
    assert (changed(data, "shift:2 flip:1", rows, 3) != x).any()


@pytest.mark.parametrize("name", TRANSFORMS)
def test_nothing_grows_and_little_is_allocated_once_there_is_room(name: str) -> None:
    data = load({"digits": "digits28"}.get(FITTING[name], FITTING[name]))
    rows = np.arange(16) if "shapes" in FITTING[name] else np.arange(90)
    augment, x = Augmentation.parse(name).bind(data, 1), data.x[rows]
    tracemalloc.start()
    try:
        for step in range(1, 6):
            augment(x, rows, step)
        tracemalloc.reset_peak()
        held = tracemalloc.get_traced_memory()[0]
        for step in range(6, 46):
            augment(x, rows, step)
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert now - held < 10_000  # forty steps that each kept a row would hold more
    assert peak - held < 300_000  # buffers of NumPy for mixed types; the batch alone has as much


# -- pictures -----------------------------------------------------------------------------------------


@given(down=st.integers(-7, 7), right=st.integers(-7, 7))
def test_a_shift_fills_up_with_nothing_and_never_wraps_around(down: int, right: int) -> None:
    before = np.arange(1.0, 65).reshape(8, 8, 1)
    after = np.empty_like(before)
    shift(after, before, down, right)
    for row in range(8):
        for column in range(8):
            inside = 0 <= row - down < 8 and 0 <= column - right < 8
            assert after[row, column, 0] == (before[row - down, column - right, 0] if inside else 0)


def test_every_shift_up_to_the_given_one_comes_about() -> None:
    data = load("digits shape=8x8")
    x = np.zeros((600, 8, 8), np.float32)
    x[:, 4, 4] = 1
    Augmentation.parse("shift:1").bind(data, 1)(x, np.arange(600), 1)
    places, counts = np.unique(np.argwhere(x)[:, 1:], axis=0, return_counts=True)
    assert places.tolist() == [[r, c] for r in (3, 4, 5) for c in (3, 4, 5)]
    assert counts.min() > 40


def test_flip_is_the_mirror_image() -> None:
    data, rows = load("digits shape=8x8"), np.arange(300)
    assert (changed(data, "flip:1", rows, 1) == data.x[rows][:, :, ::-1]).all()
    assert (changed(data, "flip:0", rows, 1) == data.x[rows]).all()
    half = changed(data, "flip:0.5", rows, 1)
    assert 100 < (half != data.x[rows]).any(axis=(1, 2)).sum() < 200


def test_cutout_blanks_one_square() -> None:
    data = load("digits shape=8x8")
    x = np.ones((200, 8, 8), np.float32)
    Augmentation.parse("cutout:3").bind(data, 1)(x, np.arange(200), 1)
    assert ((x == 0).sum(axis=(1, 2)) == 9).all()
    assert (x == 0).any(axis=0).all()  # everywhere, the corners too


def slow(picture: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Bilinear reading, pixel by pixel, 0 outside."""
    height, width = picture.shape[:2]
    made = np.zeros_like(picture)
    for row in range(height):
        for column in range(width):
            down, right = row - (height - 1) / 2, column - (width - 1) / 2
            y, x = matrix @ (down, right) + ((height - 1) / 2, (width - 1) / 2)
            for r in (int(np.floor(y)), int(np.floor(y)) + 1):
                for c in (int(np.floor(x)), int(np.floor(x)) + 1):
                    if 0 <= r < height and 0 <= c < width:
                        made[row, column] += (1 - abs(y - r)) * (1 - abs(x - c)) * picture[r, c]
    return made


@pytest.mark.parametrize("name", ["rotate:35", "rotate:180", "scale:0.5", "scale:0.9"])
def test_turned_and_scaled_pixels_are_those_of_the_definition(name: str) -> None:
    data, rows = load("shapes32 n=20"), np.arange(3)
    bound = Augmentation.parse(name).bind(data, 1)
    (transform,) = bound.transforms
    assert isinstance(transform, Resampled)
    matrices = transform.matrices(transform.uniform(rows, 4, 1))
    expected = [slow(data.x[row].astype(np.float64), matrix) for row, matrix in zip(rows, matrices)]
    assert changed(data, name, rows, 4) == pytest.approx(np.array(expected), abs=2e-6)


def test_no_turn_and_no_scaling_leave_every_pixel() -> None:
    data, rows = load("digits"), np.arange(5)
    for name in ("rotate:0", "scale:0"):
        assert changed(data, name, rows, 1) == pytest.approx(data.x[rows], abs=1e-5)


def test_a_quarter_turn_is_exact() -> None:
    data = load("digits shape=8x8")
    (transform,) = Augmentation.parse("rotate:90").bind(data, 1).transforms
    assert isinstance(transform, Resampled)
    transform.matrices = lambda drawn: np.array([[[0.0, 1.0], [-1.0, 0.0]]])  # type: ignore[method-assign]
    x = data.x[:1].copy()
    transform(x, np.arange(1), 1)
    assert x[0] == pytest.approx(np.rot90(data.x[0]), abs=1e-6)


def test_noise_has_its_deviation_on_any_number_of_numbers() -> None:
    for name in ("waves", "adding length=3", "iris"):
        data = load(name)
        rows = np.tile(np.arange(100), 20)
        steps = [changed(data, "noise:0.5", rows[:100], step) - data.x[:100] for step in range(1, 40)]
        noise = np.concatenate(steps)
        assert noise.std() == pytest.approx(0.5, rel=0.03)
        assert abs(noise.mean()) < 0.01
        correlation = np.corrcoef(noise.reshape(len(noise), -1).T)
        assert np.abs(correlation - np.eye(len(correlation))).max() < 0.08


# -- texts --------------------------------------------------------------------------------------------


def test_a_mask_hides_its_share_and_nothing_special() -> None:
    data = load("groups form=labelled n=2000")
    x = changed(data, "mask:0.3", np.arange(data.n), 1)
    mask = data.vocabulary.index("[mask]")
    assert (x[:, 0] == data.x[:, 0]).all()  # [cls]
    assert (x[:, 1:] == mask).mean() == pytest.approx(0.3, abs=0.02)
    assert (x[x != mask] == data.x[x != mask]).all()
    reviews = load("reviews")
    spoilt = changed(reviews, "mask:1", np.arange(reviews.n), 1)
    assert (spoilt == np.where(reviews.x > 0, reviews.vocabulary.index("□"), 0)).all()


def test_dropped_words_close_up_and_one_is_kept() -> None:
    data = load("reviews")
    rows = np.arange(data.n)
    x = changed(data, "drop:0.3", rows, 1)
    for before, after in zip(data.x.tolist(), x.tolist()):
        kept = [k for k in after if k]
        assert after == kept + [0] * (len(after) - len(kept))
        rest = iter(before)
        assert all(k in rest for k in kept)  # in their order
    assert 1 - (x > 0).sum() / (data.x > 0).sum() == pytest.approx(0.3, abs=0.03)
    assert ((changed(data, "drop:1", rows, 1) > 0).sum(axis=1) == 1).all()


def test_swapped_words_are_neighbours_and_all_still_there() -> None:
    data = load("reviews")
    x = changed(data, "swap:1", np.arange(data.n), 1)
    assert (np.sort(x, axis=1) == np.sort(data.x, axis=1)).all()
    moved = x != data.x
    assert set(moved.sum(axis=1)) <= {0, 2}
    for row in np.flatnonzero(moved.any(axis=1)):
        first, second = np.flatnonzero(moved[row])
        assert second == first + 1


# -- the notation -------------------------------------------------------------------------------------


def test_the_notation_has_a_normal_form() -> None:
    for text, normal in (
        ("shift  rotate:20.0", "shift:1 rotate:20"), ("FLIP", "flip:0.5"), ("", ""),
        ("noise:.25", "noise:0.25"),
    ):  # fmt: skip
        assert str(Augmentation.parse(text)) == normal
        assert Augmentation.parse(normal) == Augmentation.parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shfit:1", "there is no change 'shfit'; did you mean “shift”?"),
        ("shift:x", "shift is a whole number from 1 to 1000"),
        ("flip:2", "flip is a number from 0 to 1"),
        ("noise:nan", "noise is a number from 0 to 100"),
        ("shift:1 shift:2", "shift is given twice"),
    ],
)
def test_a_wrong_notation_is_answered_with_what_would_work(text: str, said: str) -> None:
    with pytest.raises(NnlabError) as refused:
        Augmentation.parse(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("data", "changes", "said"),
    [
        ("reviews", "shift:1", "shift changes pictures, and reviews holds none"),
        ("waves", "rotate:5", "rotate changes pictures, and waves holds none"),
        ("reviews", "noise:1", "noise changes numbers, and reviews holds texts"),
        ("digits", "mask:0.1", "mask changes texts, and digits holds numbers"),
        ("digits", "shift:8", "shift:8 is too much for pictures of 8×8; at most 7 fits"),
        ("digits", "cutout:9", "at most 8 fits"),
        ("names", "mask:0.1", "mask needs a token [mask] / □ in the vocabulary"),
        ("facts", "drop:0.1", "facts has no padding to fill them up"),
        ("masks12", "flip", "flip moves things, and the target of masks12 says where they are"),
        ("squares12", "shift:1", "such as noise"),
        ("digits target=image", "rotate:5", "rotate moves things"),
        ("name-or-place", "swap:1", "such as mask"),
    ],
)
def test_changes_that_do_not_fit_the_data_are_refused(data: str, changes: str, said: str) -> None:
    with pytest.raises(NnlabError) as refused:
        Augmentation.parse(changes).bind(load(data), 1)
    assert said in str(refused.value)


def test_a_decoders_sentences_may_lose_words_since_the_target_stands_apart() -> None:
    data = load("en-zh-numbers")
    assert (changed(data, "drop:0.5", np.arange(50), 1) != data.x[:50]).any()


def test_changes_can_be_looked_at_before_training() -> None:
    data = load("digits")
    augment = Augmentation.parse("shift:1").bind(data, 1)
    seen = augment.preview(data, 7, 4)
    assert seen.shape == (4, 64)
    assert (seen[2] == changed(data, "shift:1", np.array([7]), 3)[0]).all()
    lines = render_changes(data, "shift:1", 7, Look())
    assert len(lines) == 9
    assert "changed by shift:1" in lines[0]
    assert len(render_changes(load("reviews"), "swap:1", 7, Look())) == 6
