"""Sequences, sentences, texts and graphs: their rules hold in every row, and the counts are true."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.data.generated.corpora import SENTENCES
from nnlab.data.generated.dates import FORMS, written
from nnlab.data.generated.pairs import chinese, english
from nnlab.errors import NnlabError

MADE = (
    "reverse", "sort", "copy", "brackets", "reviews", "but", "spam", "name-or-place", "who-did-what", "facts",
    "habitat", "groups", "headlines", "talk", "dates",
)  # fmt: skip


def rows(data: Dataset) -> list[tuple[str, str]]:
    """(text, label) of every row."""
    return [(data.text(row), data.class_names[data.y[row]]) for row in range(data.n)]


@pytest.mark.parametrize("name", MADE)
def test_the_seed_decides_every_token(name: str) -> None:
    text = f"{name} n=60"
    assert load(text).fingerprint == load(text).fingerprint != load(f"{text} seed=2").fingerprint


@pytest.mark.parametrize("name", MADE)
def test_more_rows_leave_the_first_ones_as_they_are(name: str) -> None:
    few, many = load(f"{name} n=40"), load(f"{name} n=60")
    for row in range(40):
        assert few.text(row) == many.text(row)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["reviews", "but", "spam"])
def test_sentences_are_balanced_and_read_back_by_their_tokeniser(name: str, language: str) -> None:
    data = load(f"{name} n=300 language={language}")
    assert np.bincount(data.y).tolist() == [150, 150]
    assert data.tokenizer is not None
    for row in range(data.n):
        ids = data.tokenizer.encode(data.text(row))
        assert ids.tolist() == data.x[row, : len(ids)].tolist()
        assert not data.x[row, len(ids) :].any()


def test_words_of_one_vocabulary_are_as_many_as_the_lessons_count() -> None:
    counted = {name: len(load(name).vocabulary) for name in (
        "reviews", "but", "name-or-place", "facts", "habitat", "groups", "reverse", "names", "grammar",
        "tang", "en-zh-numbers",
    )}  # fmt: skip
    assert counted == {
        "reviews": 32, "but": 32, "name-or-place": 21, "facts": 9, "habitat": 33, "groups": 37, "reverse": 10,
        "names": 27, "grammar": 21, "tang": 131, "en-zh-numbers": 31,
    }  # fmt: skip
    assert len(load("en-zh-numbers").target_vocabulary) == 13


# -- sequences ----------------------------------------------------------------------------------------


def test_digits_follow_the_rule_of_their_name() -> None:
    for name, rule in (("reverse", lambda t: t[::-1]), ("sort", lambda t: "".join(sorted(t))), ("copy", str)):
        data = load(f"{name} length=6 n=100")
        assert all(data.target_text(row) == rule(data.text(row)) for row in range(data.n))


def test_a_decoder_reads_what_it_should_have_written_one_step_late() -> None:
    data = load("reverse decoder=yes n=50")
    previous = data.inputs["previous"]
    assert not previous[:, 0].any()
    assert (previous[:, 1:] == data.y[:, :-1]).all()
    assert (data.padded, data.x.min(), data.classes) == (True, 1, 11)
    assert data.text(0) == load("reverse n=50").text(0)


def closes(text: str) -> bool:
    while (shorter := text.replace("()", "").replace("[]", "")) != text:
        text = shorter
    return not text


def test_brackets_are_labelled_by_whether_they_close() -> None:
    data = load("brackets n=1000")
    for text, label in rows(data):
        assert closes(text) == (label == "right")
        assert len(text) <= 20
    right = [text for text, label in rows(data) if label == "right"]
    depths = [max(text[:k].count("(") + text[:k].count("[") - text[:k].count(")") - text[:k].count("]")
                  for k in range(len(text) + 1)) for text in right]  # fmt: skip
    assert (min(depths), max(depths)) == (1, 4)


# -- sentences ----------------------------------------------------------------------------------------

GOOD = {"good", "great", "lovely", "funny", "warm", "bright"}


def test_a_review_is_as_good_as_its_word_unless_it_says_not() -> None:
    for negation, share in ((0, 0.0), (0.5, 0.5), (1, 1.0)):
        found = rows(load(f"reviews n=2000 negation={negation}"))
        for text, label in found:
            assert (label == "positive") == (bool(GOOD & set(text.split())) != (" not " in text))
        assert np.mean([" not " in text for text, _ in found]) == pytest.approx(share, abs=0.04)


def test_in_but_the_words_are_the_same_and_the_order_decides() -> None:
    for text, label in rows(load("but n=400")):
        first, second = text.split(" but ")
        assert bool(GOOD & set(first.split())) != bool(GOOD & set(second.split()))
        assert (label == "positive") == bool(GOOD & set(second.split()))


def test_no_single_word_gives_spam_away() -> None:
    for language in ("en", "zh"):
        data = load(f"spam n=4000 language={language}")
        here = np.array([[k in row for k in range(2, len(data.vocabulary))] for row in data.x])
        right = np.maximum((here == data.y[:, None]).mean(axis=0), (here != data.y[:, None]).mean(axis=0))
        assert right.max() < 0.76


def test_only_what_comes_later_tells_a_name_from_a_place() -> None:
    data = load("name-or-place n=400")
    first = Counter(data.target_text(row).split()[0] for row in range(data.n))
    assert first == {"name": 200, "place": 200}
    tagged = {data.text(row).split()[0]: set() for row in range(data.n)}
    for row in range(data.n):
        tagged[data.text(row).split()[0]].add(data.target_text(row).split()[0])
    assert all(tags == {"name", "place"} for tags in tagged.values())


def test_every_word_has_a_tag_and_padding_has_none() -> None:
    for name in ("name-or-place", "who-did-what"):
        data = load(f"{name} n=100")
        assert ((data.y >= 0) == (data.x > 0)).all()
    for row in range(100):
        words, tags = data.text(row).replace(".", " .").split(), data.target_text(row).split()
        told = dict(zip(tags, words))
        passive = "by" in words
        assert tags.index("who") > tags.index("whom") if passive else tags.index("who") < tags.index("whom")
        assert told["did"].endswith("ed") or told["did"] in ("saw", "heard")


def test_the_last_mention_of_a_person_is_the_answer() -> None:
    data = load("facts n=500")
    repeated = 0
    for text, place in rows(data):
        *words, asked = text.split()
        told = dict(zip(words[::2], words[1::2]))  # later facts win
        assert told[asked] == place
        repeated += words[::2].count(asked) > 1
    assert repeated > 100


def test_an_animal_tells_its_food_and_the_other_way_round() -> None:
    whole, hidden = load("habitat rate=0.01 n=2000"), load("habitat n=2000 hide=animal")
    assert (hidden.x[:, 3] == hidden.vocabulary.index("[mask]")).all()
    assert ((hidden.y >= 0).sum(axis=1) == 1).all()
    pairs = {(hidden.vocabulary[y], hidden.vocabulary[x]) for x, y in zip(hidden.x[:, 6], hidden.y[:, 3])}
    assert pairs == {("cat", "fish"), ("dog", "bone"), ("rabbit", "carrot"), ("monkey", "banana"),
                     ("panda", "bamboo"), ("bird", "seed")}  # fmt: skip
    assert ((whole.y >= 0).sum(axis=1) == 1).mean() > 0.98


def test_hidden_words_are_masked_swapped_or_left_in_the_shares_of_bert() -> None:
    data = load("habitat n=20000 rate=0.3")
    asked = data.y >= 0
    assert not asked[:, 0].any()  # [cls] is never hidden
    assert (asked.sum(axis=1) >= 1).all()
    assert asked[:, 1:].mean() == pytest.approx(0.3, abs=0.02)
    seen = data.x[asked]
    assert (seen == data.vocabulary.index("[mask]")).mean() == pytest.approx(0.8, abs=0.01)
    assert (seen == data.y[asked]).mean() == pytest.approx(0.1 + 0.1 / 30, abs=0.01)
    assert seen.min() > 0


def test_three_labelled_sentences_are_tested_on_words_never_labelled() -> None:
    data = load("groups form=labelled n=300")
    assert data.split.sizes[0] == 3
    assert sorted(data.y[data.split.train]) == [0, 1, 2]
    words = [set(data.text(row).replace(".", "").split()) for row in range(data.n)]
    animals_and_foods = set(data.vocabulary[13:])
    known = set.union(*(words[row] for row in data.split.train)) & animals_and_foods
    asked = set.union(*(words[row] for row in data.split.test)) & animals_and_foods
    assert len(asked) == 12
    assert not known & asked
    assert data.vocabulary == load("groups").vocabulary


# -- pairs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words", "signs"),
    [
        (0, "zero", "零"), (7, "seven", "七"), (10, "ten", "十"), (12, "twelve", "十二"),
        (20, "twenty", "二十"), (42, "forty two", "四十二"), (100, "one hundred", "一百"),
        (105, "one hundred and five", "一百零五"),
        (110, "one hundred and ten", "一百一十"), (112, "one hundred and twelve", "一百一十二"),
        (305, "three hundred and five", "三百零五"), (999, "nine hundred and ninety nine", "九百九十九"),
    ],
)  # fmt: skip
def test_numbers_are_said_as_both_languages_say_them(number: int, words: str, signs: str) -> None:
    data = load("en-zh-numbers")
    assert (" ".join(english(number)), chinese(number)) == (words, signs)
    assert (data.text(number), data.target_text(number)) == (words, signs)


def test_no_number_is_said_twice() -> None:
    data = load("en-zh-numbers")
    assert len({data.text(k) for k in range(1000)}) == len({data.target_text(k) for k in range(1000)}) == 1000


@pytest.mark.parametrize("name", ["en-zh-numbers", "phrases", "headlines", "talk", "dates n=200"])
def test_what_is_to_be_written_ends_with_id_0_and_previous_comes_one_step_later(name: str) -> None:
    data = load(name)
    previous = data.inputs["previous"]
    for row in range(data.n):
        length = int((data.y[row] >= 0).sum())
        assert data.y[row, length - 1] == 0
        assert (data.y[row, : length - 1] > 0).all()
        assert (data.y[row, length:] == -1).all()
        assert previous[row, :length].tolist() == [0, *data.y[row, : length - 1]]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", {"3 may 1998", "may 3, 1998", "may 3 1998", "3.5.1998"}),
        ("zh", {"1998年5月3日", "一九九八年五月三日", "1998/5/3"}),
    ],
)
def test_dates_are_written_in_every_way_and_read_in_one(language: str, forms: set[str]) -> None:
    assert {written(date(1998, 5, 3), form) for form in FORMS[language]} == forms
    data = load(f"dates n=400 language={language}")
    for row in range(data.n):
        day = date.fromisoformat(data.target_text(row))
        assert data.text(row) in {written(day, form) for form in FORMS[language]}
    assert load(f"dates n=20 language={language}").vocabulary == data.vocabulary


def test_a_headline_is_who_did_what() -> None:
    data = load("headlines n=200")
    for row in range(data.n):
        words = data.text(row).split()
        assert data.target_text(row).split() == [words[2], words[-3], words[-1]]


def test_talk_answers_what_was_asked() -> None:
    data = load("talk n=400")
    said = {data.text(row): data.target_text(row) for row in range(data.n)}
    assert said["what comes after two"] == "three comes after two"
    assert said["hello i am anna"] == "hello anna how are you"
    assert len(said) == 10 + 10 + 10 + 12


def test_phrases_go_both_ways() -> None:
    there, back = load("phrases"), load("phrases to=en")
    assert 40 <= there.n <= 60
    assert (there.text(0), there.target_text(0)) == ("hello", "你好")
    assert (back.text(7), back.target_text(7)) == ("不客气", "you are welcome")
    assert [there.target_text(k) for k in range(there.n)] == [back.text(k) for k in range(there.n)]


# -- texts --------------------------------------------------------------------------------------------


def test_names_are_319_with_1640_letters() -> None:
    data = load("names")
    written = [data.target_text(row) for row in range(data.n)]
    assert (len(set(written)), sum(map(len, written))) == (319, 1640)
    assert data.split.sizes == (287, 32, 0)
    assert not data.x[:, 0].any()
    assert all(data.text(row) == written[row] for row in range(data.n))


def test_a_line_of_grammar_has_an_entropy_of_ln_768() -> None:
    assert len(set(SENTENCES)) == 768
    assert math.log(len(SENTENCES)) == pytest.approx(6.644, abs=5e-4)
    letters = sum(map(len, SENTENCES)) / 768
    assert math.log(768) / letters == pytest.approx(0.213, abs=5e-4)  # nats per character, the floor
    drawn = np.array(list(Counter(_lines("grammar n=20000 context=1 stride=1 split=all")).values())) / 20000
    assert len(drawn) == 768
    assert -(drawn * np.log(drawn)).sum() == pytest.approx(math.log(768), abs=0.03)


def _lines(spec: str) -> list[str]:
    """The lines of a text that was cut into windows of one sign."""
    data = load(spec)
    return ("".join(data.vocabulary[k] for k in [int(data.x[0, 0]), *data.y[:, 0]])).splitlines()


def test_grammar_is_cut_between_lines_so_that_nothing_is_seen_before_it_is_asked() -> None:
    data = load("grammar n=100 context=8 stride=4")
    ends = [data.text(int(rows_[k])) for rows_ in (data.split.train, data.split.validation) for k in (0,)]
    assert all(text.startswith("the ") for text in ends)
    assert data.target_text(int(data.split.train[-1])).endswith("\n")


def test_a_line_can_be_planted_among_the_others() -> None:
    lines = _lines('grammar n=50 context=1 stride=1 split=all times=3 plant="my pin is 4071"')
    assert len(lines) == 53
    assert lines.count("my pin is 4071") == 3


def test_targets_are_the_tokens_one_place_later() -> None:
    for name in ("grammar", "tang", "verse", "verse tokens=word"):
        data = load(name)
        assert (data.x[:, 1:] == data.y[:, :-1]).all()


def test_tang_poems_are_quatrains_of_five_signs_a_line() -> None:
    poems = _lines("tang poems=20 context=1 stride=1")
    assert len(poems) == 20
    for poem in poems:
        lines = poem.replace("。", "，").replace("？", "，").split("，")
        assert [len(line) for line in lines] == [5, 5, 5, 5, 0]
    assert load("tang").text(0) == "床前明月光，疑是地上霜。举头望明月，低头思故乡。"


def test_verse_has_its_four_poems() -> None:
    text = "\n".join(_lines("verse context=1 stride=1 split=all"))
    for line in ("Neither I nor you:", "Like a diamond in the sky.", "Burnt the fire of thine eyes?",
                 "And dress by yellow candle-light."):  # fmt: skip
        assert line in text


def test_a_context_longer_than_the_text_is_refused_with_what_would_do() -> None:
    with pytest.raises(NnlabError, match=r"has 200 tokens, and context=300 needs 301; give a longer text"):
        load("tang context=300")


# -- graphs -------------------------------------------------------------------------------------------


def test_two_villages_ask_for_each_node_once_and_show_one_of_each() -> None:
    data = load("two-villages")
    asked = data.y >= 0
    assert asked.sum(axis=1).tolist() == [2, 20, 18]
    assert asked.sum(axis=0).tolist() == [1] * 40
    assert sorted(data.y[0][asked[0]]) == [0, 1]
    truth = data.y.max(axis=0)
    assert truth.tolist() == [0] * 20 + [1] * 20
    assert data.split.sizes == (1, 1, 1)


def test_adjacency_is_symmetric_normalised_and_denser_inside_a_village() -> None:
    data = load("two-villages nodes=400")
    adjacency = data.inputs["adjacency"][0]
    assert adjacency == pytest.approx(adjacency.T)
    edges = (adjacency > 0) & ~np.eye(400, dtype=bool)
    assert edges[:200, :200].mean() == pytest.approx(0.25, abs=0.01)
    assert edges[:200, 200:].mean() == pytest.approx(0.03, abs=0.005)
    degree = (adjacency > 0).sum(axis=1)
    assert adjacency[3, 3] == pytest.approx(1 / degree[3])
    assert np.abs(np.linalg.eigvalsh(adjacency)).max() == pytest.approx(1, abs=1e-4)


def test_tastes_have_a_rating_for_every_pair_and_two_fifths_are_seen() -> None:
    data = load("tastes")
    pairs = set(zip(data.x[:, 0].tolist(), data.inputs["item"][:, 0].tolist()))
    assert len(pairs) == 1200
    assert data.split.sizes == (480, 120, 600)
    assert data.y.std() == pytest.approx(1.1, abs=0.15)
    plain = load("tastes noise=0").y.reshape(40, 30)
    assert (
        np.linalg.matrix_rank(plain - plain.mean(0) - plain.mean(1, keepdims=True) + plain.mean(), tol=1e-3)
        == 2
    )


def test_poems_can_be_cut_into_pieces_of_byte_pairs() -> None:
    signs, pieces = load("verse"), load("verse tokens=bpe context=12")
    assert (len(signs.vocabulary), len(pieces.vocabulary)) == (48, 200)
    cut = [[pieces.vocabulary[token] for token in row] for row in pieces.x.tolist()]
    assert any("".join(row).startswith(" trees bow down their heads") for row in cut)
    assert any(" down" in row and " their" in row for row in cut)  # frequent words are one piece
