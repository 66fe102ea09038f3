"""Tokenisers, rows of equal length, windows and masks."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data.text import BytePairs, Characters, Words, buckets, pad, padding_share, windows
from nnlab.data.text.masking import choose_hidden, mask_tokens
from nnlab.errors import NnlabError

ENGLISH = "The cat sat on the mat. The cats, they sat! Don't we?\nWe (all) do: 35%."
CHINESE = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少？\n"
TEXTS = st.text(max_size=60) | st.text(alphabet="ab c.,!('’\n猫狗，。[mask]_", max_size=60)


# -- round trips --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Characters, BytePairs])
@given(text=TEXTS)
def test_signs_and_byte_pairs_lose_nothing(kind: type[Characters] | type[BytePairs], text: str) -> None:
    tokenizer = kind.learn(text)
    assert tokenizer.decode(tokenizer.encode(text).tolist()) == text
    assert "".join(tokenizer.cut(text)) == text


@given(text=TEXTS)
def test_words_come_back_with_their_blanks_set_right(text: str) -> None:
    words = Words.learn(text)
    again = words.decode(words.encode(text).tolist())
    assert words.cut(again) == words.cut(text)
    assert words.decode(words.encode(again).tolist()) == again
    assert "".join(again.split()) == "".join(text.split())


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, "我爱 deep learning，你呢？"])
def test_well_set_texts_come_back_word_by_word_as_they_were(text: str) -> None:
    words = Words.learn(text)
    assert words.decode(words.encode(text).tolist()) == text.replace(" %", "%").replace(
        "3.5", "3. 5"
    ).replace("我爱 deep learning，", "我爱 deep learning，").rstrip(" ")


def test_chinese_signs_are_six_tokens() -> None:
    signs = Characters.learn("我爱深度学习")
    assert len(signs.encode("我爱深度学习")) == 6


def test_chinese_words_are_cut_to_the_longest_the_vocabulary_has() -> None:
    words = Words(("", "电影", "电", "这", "不", "好看"))
    assert words.cut("这电影不好看") == ["这", "电影", "不", "好看"]
    assert words.cut("这个电") == ["这", "个", "电"]


def test_an_unknown_token_is_named_or_becomes_a_box_where_there_is_one() -> None:
    with pytest.raises(NnlabError, match="'é' is not in the vocabulary of 3 tokens; it knows a b c"):
        Characters.learn("abc").encode("cé")
    words = Words.learn("the cat the", "", "□")
    assert words.vocabulary == ("", "□", "the", "cat")
    assert words.encode("the dog").tolist() == [2, 1]


def test_a_small_vocabulary_keeps_the_most_frequent_words() -> None:
    assert Words.learn("b a a c c c", "□", size=3).vocabulary == ("□", "c", "a")


# -- byte pairs ---------------------------------------------------------------------------------------

COUNTS = {"cat": 5, "cats": 4, "bat": 3, "at": 2, "mats": 1}


def test_the_merges_of_the_lesson_can_be_shown_one_by_one() -> None:
    pairs = BytePairs.learn_words(COUNTS, merges=3)
    assert [(m.left, m.right, m.count) for m in pairs.merges] == [
        ("a", "t", 15),
        ("c", "at", 9),
        ("cat", "s", 4),
    ]
    assert pairs.steps("cats") == [["c", "a", "t", "s"], ["c", "at", "s"], ["cat", "s"], ["cats"]]
    assert pairs.cut("mats") == ["m", "at", "s"]


def brute_force(words: dict[str, int], merges: int) -> list[tuple[str, str, int]]:
    """The definition, counted anew for every merge."""
    from nnlab.data.text.pairs import merged

    cut = {word: list(word) for word in words}
    made: list[tuple[str, str, int]] = []
    for _ in range(merges):
        counts: dict[tuple[str, str], int] = {}
        for word, tokens in cut.items():
            for pair in pairwise(tokens):
                counts[pair] = counts.get(pair, 0) + words[word]
        if not counts or max(counts.values()) < 2:
            break
        pair = min(counts, key=lambda p: (-counts[p], p))
        made.append((*pair, counts[pair]))
        cut = {word: merged(tokens, pair) for word, tokens in cut.items()}
    return made


@given(words=st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=8), st.integers(1, 9), max_size=12))
def test_merges_are_those_of_the_definition(words: dict[str, int]) -> None:
    learned = BytePairs.learn_words(words, merges=12)
    assert [(m.left, m.right, m.count) for m in learned.merges] == brute_force(words, 12)


def test_merges_do_not_depend_on_the_order_of_hashes() -> None:
    script = (
        "from nnlab.data.text import BytePairs; from nnlab.data.shipped import text;"
        "print(BytePairs.learn(text('verse'), size=120).vocabulary)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def test_byte_pairs_have_the_size_asked_for_and_never_cross_a_word() -> None:
    pairs = BytePairs.learn(ENGLISH * 3 + CHINESE, size=60)
    assert len(pairs.vocabulary) == 60
    assert all(" " not in token[1:] for token in pairs.vocabulary)
    assert BytePairs.learn("abcdef", size=60).merges == ()


# -- rows ---------------------------------------------------------------------------------------------


def test_short_rows_are_filled_up_behind() -> None:
    assert pad([[1, 2], [3], []]).tolist() == [[1, 2], [3, 0], [0, 0]]
    assert pad([[1]], 3, fill=-1).tolist() == [[1, -1, -1]]
    assert pad([]).shape == (0, 0)
    with pytest.raises(NnlabError, match="row 1 has 3 tokens, more than the 2"):
        pad([[1], [1, 2, 3]], 2)


@given(n=st.integers(2, 80), context=st.integers(1, 30), stride=st.integers(1, 40))
def test_windows_reach_every_token_and_ask_for_the_next(n: int, context: int, stride: int) -> None:
    ids = np.arange(n)
    if n <= context:
        return
    x, y = windows(ids, context, stride)
    assert (y == x + 1).all()
    assert x[0, 0] == 0
    assert y[-1, -1] == n - 1
    if stride <= context:
        assert set(y.ravel()) == set(range(1, n))


@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=50), count=st.integers(1, 8))
def test_buckets_hold_every_row_once_and_carry_no_more_padding_than_one(
    lengths: list[int], count: int
) -> None:
    found = buckets(lengths, count)
    assert sorted(np.concatenate([bucket.rows for bucket in found]).tolist()) == list(range(len(lengths)))
    assert all(max(lengths[row] for row in bucket.rows) == bucket.length for bucket in found)
    assert 0 <= padding_share(lengths, found) <= padding_share(lengths, buckets(lengths, 1))


def test_the_share_of_padding_is_counted() -> None:
    assert padding_share([1, 1, 4, 4], buckets([1, 1, 4, 4], 1)) == pytest.approx(6 / 16)
    assert padding_share([1, 1, 4, 4], buckets([1, 1, 4, 4], 2)) == 0


# -- masks --------------------------------------------------------------------------------------------


def test_masking_hides_the_share_asked_for_and_asks_only_there() -> None:
    ids = np.full((4000, 12), 7)
    ids[:, 0] = 2
    hidden = choose_hidden(ids > 2, 0.15, seed=3)
    x, y = mask_tokens(ids, hidden, mask=1, ordinary=np.arange(3, 40), seed=3)
    assert not hidden[:, 0].any()
    assert hidden[:, 1:].mean() == pytest.approx(0.15 + 0.85**11 / 11, abs=0.01)
    assert ((y >= 0) == hidden).all()
    assert (x[~hidden] == ids[~hidden]).all()
    assert (x[hidden] == 1).mean() == pytest.approx(0.8, abs=0.02)
    assert (x[hidden] == 7).mean() == pytest.approx(0.1 + 0.1 / 37, abs=0.015)
