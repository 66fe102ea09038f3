"""Random bits agree with the published vectors, and our conversions hold their promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.engine import rng

MASK = (1 << 64) - 1

# Random123, kat_vectors: philox4x64 with 10 rounds: counter, key, result.
KNOWN_ANSWERS = [
    (
        (0, 0, 0, 0),
        (0, 0),
        (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B),
    ),
    (
        (MASK, MASK, MASK, MASK),
        (MASK, MASK),
        (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0),
    ),
    (
        (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89),
        (0x452821E638D01377, 0xBE5466CF34E90C6C),
        (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6),
    ),
]

seeds = st.integers(-(2**40), 2**70)
purposes = st.sampled_from(["dense1.W", "shuffle", "dropout1.mask", "权重"])
steps = st.integers(0, 2**63)


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    """Philox 4x64-10 in plain integers: the reference of the layout rng.py documents."""
    a, b, c, d = counter
    k, l = key
    for _ in range(10):
        left, right = a * 0xD2E7470EE14C6C93, c * 0xCA5A826395121157
        a, b, c, d = (right >> 64) ^ b ^ k, right & MASK, (left >> 64) ^ d ^ l, left & MASK
        k, l = (k + 0x9E3779B97F4A7C15) & MASK, (l + 0xBB67AE8584CAA73B) & MASK
    return a, b, c, d


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_reference_gives_the_published_vectors(counter, key, answer):
    assert philox(counter, key) == answer


@given(seeds, purposes, steps, st.integers(0, 23))
def test_bits_follow_the_documented_layout(seed, purpose, step, n):
    key = rng.key(seed, purpose)
    words = [w for block in range(6) for w in philox((1 + block, step, 0, 0), key)]
    assert rng.bits(seed, purpose, step, n).tolist() == words[:n]
    halves = [h for w in words for h in (w & 0xFFFFFFFF, w >> 32)]
    stream = rng.Stream(seed, purpose)
    assert stream.bits32(step, n).tolist() == halves[:n]
    expected = np.array([(h >> 8) * 2.0**-24 for h in halves[:n]], np.float32)
    assert np.array_equal(rng.uniform(seed, purpose, step, n), expected)
    exact = [(w >> 11) * 2.0**-53 for w in words[:n]]
    assert rng.uniform(seed, purpose, step, n, np.float64).tolist() == exact


def test_bits_are_frozen():
    """Weights and shuffles of every recorded session depend on these words."""
    assert rng.key(1, "dense1.W") == (0x23FB06ADE20B6DEF, 0x474DFF764DBC32F9)
    assert rng.bits(1, "dense1.W", 0, 2).tolist() == [0x6C45C257452D3103, 0x5956C7E1EB50147D]
    assert rng.permutation(1, "shuffle", 3, 8).tolist() == [6, 3, 2, 5, 0, 1, 7, 4]


@given(seeds, purposes, steps, st.integers(1, 40), st.integers(1, 40))
def test_an_element_depends_on_nothing_but_its_place(seed, purpose, step, few, more):
    short, long = sorted((few, few + more))
    stream = rng.Stream(seed, purpose)
    stream.bits(step + 1, more)
    assert np.array_equal(stream.bits(step, short), rng.bits(seed, purpose, step, long)[:short])
    for dtype in (np.float32, np.float64):
        out = np.empty(short, dtype)
        stream.uniform_into(step, out)
        assert np.array_equal(out, rng.uniform(seed, purpose, step, long, dtype)[:short])
        assert np.array_equal(
            rng.normal(seed, purpose, step, short, dtype),
            rng.normal(seed, purpose, step, long, dtype)[:short],
        )


@given(seeds, purposes, steps, st.sampled_from([np.float32, np.float64]))
def test_uniforms_lie_in_the_half_open_interval(seed, purpose, step, dtype):
    drawn = rng.uniform(seed, purpose, step, (17, 3), dtype)
    assert drawn.shape == (17, 3)
    assert drawn.dtype == dtype
    assert (drawn >= 0).all()
    assert (drawn < 1).all()


def test_uniform_into_fills_views_that_are_not_contiguous():
    whole = np.zeros((4, 6), np.float32)
    rng.Stream(1, "x").uniform_into(2, whole[:, ::2])
    assert np.array_equal(whole[:, ::2], rng.uniform(1, "x", 2, (4, 3)))
    assert not whole[:, 1::2].any()


@settings(max_examples=50)
@given(seeds, purposes, steps, st.integers(0, 300))
def test_permutations_hold_every_row_once(seed, purpose, step, n):
    order = rng.permutation(seed, purpose, step, n)
    assert order.dtype == np.int64
    assert np.array_equal(np.sort(order), np.arange(n))


def test_moments():
    n = 200_000
    u = rng.uniform(3, "moments", 0, n, np.float64)
    z = rng.normal(3, "moments", 1, n, np.float64)
    assert u.mean() == pytest.approx(0.5, abs=0.004)
    assert u.var() == pytest.approx(1 / 12, abs=0.002)
    assert [(z**k).mean() for k in (1, 2, 3, 4)] == pytest.approx([0, 1, 0, 3], abs=0.06)
    assert np.corrcoef(z[::2], z[1::2])[0, 1] == pytest.approx(0, abs=0.01)
    assert np.isfinite(z).all()


@pytest.mark.parametrize("other", [(2, "a", 0), (1, "b", 0), (1, "a", 1)])
def test_seed_purpose_and_step_all_matter(other):
    assert not np.array_equal(rng.bits(1, "a", 0, 8), rng.bits(*other, 8))
