"""Windows that slide: where they look, and who looks at a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.engine.ops.window import Axis, adjoint, axes, looks, positions, seen
from nnlab.errors import NnlabError

numbers = st.integers(1, 9)
made = st.builds(
    lambda length, size, stride, dilation: axes([length], [size], [stride], [dilation], "same")[0],
    numbers,
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 3),
)


@given(made)
def test_a_place_is_seen_by_the_windows_that_look_at_it(axis: Axis) -> None:
    forward = {(o, k, place) for o in range(axis.positions) for k, place in axis.looks(o)}
    backward = {(o, k, place) for place in range(axis.length) for o, k in axis.seen(place)}
    assert forward == backward
    for tap in range(axis.size):
        at, places = axis.shared(tap)
        pairs = list(zip(range(axis.positions)[at], range(axis.length)[places], strict=True))
        assert pairs == [(o, place) for o, k, place in sorted(forward) if k == tap]


@given(numbers, st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_same_has_a_position_for_every_stride_that_was_begun(length, size, stride, dilation) -> None:
    (axis,) = axes([length], [size], [stride], [dilation], "same")
    assert axis.positions == -(-length // stride)
    assert axis.after - axis.before in (0, 1)


@given(numbers, st.integers(1, 4), st.integers(1, 3))
def test_a_gradient_comes_back_from_the_windows_that_looked(length, size, dilation) -> None:
    (axis,) = axes([length], [size], [1], [dilation], "same")
    back = adjoint(axis)
    assert back.positions == length
    for place in range(length):
        assert sorted((o, size - 1 - k) for k, o in back.looks(place)) == axis.seen(place)


@pytest.mark.parametrize(
    ("length", "size", "stride", "before", "after", "count"),
    [(5, 3, 2, 1, 1, 3), (6, 3, 2, 0, 1, 3), (7, 2, 2, 0, 1, 4), (4, 4, 1, 1, 2, 4), (3, 1, 2, 0, 0, 2)],
)
def test_same_pads_as_tensorflow_does(length, size, stride, before, after, count) -> None:
    (axis,) = axes([length], [size], [stride], [1], "same")
    assert (axis.before, axis.after, axis.positions) == (before, after, count)


def test_windows_in_two_directions() -> None:
    window = axes((4, 5), (2, 3), (1, 2), (1, 1), "valid")
    assert positions(window) == (3, 2)
    assert list(looks(window, (2, 1)))[:2] == [((0, 0), (2, 2)), ((0, 1), (2, 3))]
    assert list(seen(window, (0, 2))) == [((0, 0), (0, 2)), ((0, 1), (0, 0))]


def test_a_window_that_does_not_fit_is_refused_with_both_sizes() -> None:
    with pytest.raises(NnlabError, match=r"5×3 does not fit into 4×8; .* pad=same"):
        axes((4, 8), (3, 3), (1, 1), (2, 1), "valid")
