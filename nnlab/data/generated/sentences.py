"""Sentences from templates, each with a label: reviews, "good but bad", spam, facts with a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nnlab.data.assemble import Raw
from nnlab.data.dataset import Task
from nnlab.data.generated.draws import Draws, Ids, Options
from nnlab.data.text.rows import pad
from nnlab.data.text.tokenizer import PADDING, UNKNOWN
from nnlab.data.text.words import Words

Sentence = list[str]


@dataclass(frozen=True)
class Opinions:
    """The words of ``reviews`` and ``but`` in one language, with the order they are put in."""

    nouns: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    adverbs: tuple[str, ...]
    plain: tuple[str, ...]  # before the noun
    is_: tuple[str, ...]
    not_: str
    tail_before: tuple[str, ...]  # a second noun stands between the two parts of the tail
    tail_behind: tuple[str, ...]
    but: tuple[str, ...]

    @property
    def vocabulary(self) -> tuple[str, ...]:
        every = (*self.plain, *self.is_, self.not_, *self.tail_before, *self.tail_behind, *self.but)
        every += (*self.nouns, *self.good, *self.bad, *self.adverbs)
        return (PADDING, UNKNOWN, *dict.fromkeys(every))


OPINIONS = {
    "en": Opinions(
        nouns=("film", "book", "song", "meal", "room", "tea", "story", "town"),
        good=("good", "great", "lovely", "funny", "warm", "bright"),
        bad=("bad", "awful", "dull", "ugly", "cold", "sad"),
        adverbs=("very", "really", "so", "quite"),
        plain=("the",), is_=("was",), not_="not",
        tail_before=("and", "the"), tail_behind=("was", "here"), but=("but",),
    ),
    "zh": Opinions(
        nouns=("电影", "书", "歌", "菜", "房间", "茶", "故事", "城市"),
        good=("好", "精彩", "有趣", "漂亮", "舒服", "可爱"),
        bad=("差", "无聊", "难看", "讨厌", "吵闹", "糟糕"),
        adverbs=("很", "太", "特别", "那么"),
        plain=("这",), is_=(), not_="不",
        tail_before=("，", "那"), tail_behind=("在", "这里"), but=("但是",),
    ),
}  # fmt: skip
FEELINGS = ("negative", "positive")


def reviews(name: str, options: Options) -> Raw:
    """ "the NOUN was [not] [ADVERB] WORD [and the NOUN was here]", x (n, T); y: the feeling, turned by "not".

    In the share ``negation`` of the sentences there is a "not".
    """
    words, draw = OPINIONS[str(options["language"])], Draws(options)
    y = draw.balanced(2)
    negated = draw.chance("not", float(options["negation"]))
    good = (y == 1) != negated
    opinion = _opinions(draw, "word", good, words)
    first, second = draw.words("noun", words.nouns), draw.words("second", words.nouns)
    adverb, has_adverb = draw.words("adverb", words.adverbs), draw.chance("has adverb", 0.5)
    has_tail = draw.chance("has tail", 0.5)
    sentences = []
    for row in range(draw.n):
        sentence = [*words.plain, first[row], *words.is_]
        sentence += [words.not_] * int(negated[row]) + [adverb[row]] * int(has_adverb[row]) + [opinion[row]]
        if has_tail[row]:
            sentence += [*words.tail_before, second[row], *words.tail_behind]
        sentences.append(sentence)
    return labelled(sentences, y, FEELINGS, "feeling", words.vocabulary)


def but(name: str, options: Options) -> Raw:
    """ "the NOUN was WORD but the NOUN was WORD", one good and one bad; y: the feeling of the second word."""
    words, draw = OPINIONS[str(options["language"])], Draws(options)
    y = draw.balanced(2)
    first, second = (_opinions(draw, f"word {k}", (y == 1) == bool(k), words) for k in range(2))
    nouns = [draw.words(f"noun {k}", words.nouns) for k in range(2)]
    sentences = [
        [*words.plain, a, *words.is_, x, *words.but, *words.plain, b, *words.is_, z]
        for a, x, b, z in zip(nouns[0], first, nouns[1], second)
    ]
    return labelled(sentences, y, FEELINGS, "feeling", words.vocabulary)


def _opinions(draw: Draws, purpose: str, good: Iterable[bool], words: Opinions) -> list[str]:
    chosen = draw.pick(purpose, len(words.good)).tolist()
    return [(words.good if is_good else words.bad)[k] for k, is_good in zip(chosen, good)]


def labelled(
    sentences: Sequence[Sentence], y: Ids, classes: Sequence[str], target: str, vocabulary: Sequence[str]
) -> Raw:
    """Sentences with a class each."""
    words = Words(tuple(vocabulary))
    ids = words.ids
    task: Task = "binary" if len(classes) == 2 else "multiclass"
    x = pad([[ids[word] for word in sentence] for sentence in sentences])
    return Raw(
        x, y, task, class_names=tuple(classes), target_names=(target,), axes=("position",),
        vocabulary=words.vocabulary, tokenizer=words,
    )  # fmt: skip


# Slots are written as {day}; the same words stand in both kinds, so that no word alone gives a mail away.
MAILS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        (
            "are you free on {day} for a {meal}",
            "the {thing} is at my {place} , see you on {day}",
            "thanks for your {thing} , it was a {good} {meal}",
            "did you win a game on {day}",
            "can you click a {good} picture of the {place}",
            "please call me about the {thing} on {day}",
            "we meet at the {place} now , not on {day}",
            "your {thing} is here , no need to pay",
        ),
        (
            "win the free {thing} now , click here",
            "you are the winner , claim your {prize} on {day}",
            "{good} {prize} for free , only on {day}",
            "click here to pay less for your {thing}",
            "call now and win a {prize} for your {place}",
            "free {meal} and the {good} {prize} , pay nothing",
            "the {prize} is here , claim it now",
            "cheap {thing} on {day} , click now",
        ),
    ),
    "zh": (
        (
            "{day} 你 有空 ， 一起 吃 {meal} 吗",
            "{thing} 在 我 {place} ， {day} 领取",
            "谢谢 你 的 {thing} ， {meal} 很 {good}",
            "{day} 的 比赛 我们 赢 了 吗",
            "请 点击 一下 {place} 的 照片",
            "请 给 我 打电话 说说 {thing}",
            "现在 去 {place} ， 不是 {day}",
            "你 的 {thing} 到 了 ， 不用 付款",
        ),
        (
            "赢 免费 {thing} ， 现在 点击",
            "恭喜 你 ， {day} 领取 {prize}",
            "{good} 的 {prize} 免费 ， 只有 {day}",
            "点击 这里 ， {thing} 便宜 付款",
            "现在 打电话 赢 {prize} 回 {place}",
            "免费 {meal} 和 {prize} ， 不用 付款",
            "你 的 {prize} 到 了 ， 现在 领取",
            "{day} {thing} 便宜 ， 点击 领取",
        ),
    ),
}
SLOTS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "day": ("monday", "friday", "sunday"), "meal": ("lunch", "dinner", "coffee"),
        "thing": ("phone", "book", "bike", "ticket"), "place": ("house", "school", "office"),
        "good": ("great", "nice"), "prize": ("prize", "gift", "bonus"),
    },
    "zh": {
        "day": ("周一", "周五", "周日"), "meal": ("午饭", "晚饭", "咖啡"),
        "thing": ("手机", "书", "单车", "门票"), "place": ("家", "学校", "公司"),
        "good": ("不错", "很 棒"), "prize": ("大奖", "礼物", "红包"),
    },
}  # fmt: skip


def spam(name: str, options: Options) -> Raw:
    """Short mails from templates, x (n, T); y: what a friend writes, or what nobody asked for."""
    language, draw = str(options["language"]), Draws(options)
    y = draw.balanced(2)
    templates, slots = MAILS[language], SLOTS[language]
    chosen = draw.pick("template", len(templates[0])).tolist()
    fillings = {slot: draw.words(slot, words) for slot, words in slots.items()}
    sentences = [
        filled(templates[kind][k], {slot: words[row] for slot, words in fillings.items()})
        for row, (kind, k) in enumerate(zip(y.tolist(), chosen))
    ]
    return labelled(sentences, y, ("friend", "spam"), "mail", words_of((*templates[0], *templates[1]), slots))


def filled(template: str, words: Mapping[str, str]) -> Sentence:
    """The words of a template with its slots filled; a filling may have several words."""
    return template.format_map(words).split()


def words_of(templates: Iterable[str], slots: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Padding, the unknown word, and every word the templates can be filled to have, in their order."""
    plain = [word for text in templates for word in text.split() if not word.startswith("{")]
    filling = [word for words in slots.values() for text in words for word in text.split()]
    return (PADDING, UNKNOWN, *dict.fromkeys([*plain, *filling]))


PEOPLE = ("anna", "ben", "mary", "tom")
PLACES = ("garden", "kitchen", "office", "park", "school")
FACTS = 4


def facts(name: str, options: Options) -> Raw:
    """Four facts "PERSON PLACE" and a person, x (n, 9); y: where that person was mentioned last."""
    draw = Draws(options)
    who, where = draw.pick("who", len(PEOPLE), FACTS), draw.pick("where", len(PLACES), FACTS)
    asked = who[range(draw.n), draw.pick("asked", FACTS)]
    last = FACTS - 1 - (who == asked[:, None])[:, ::-1].argmax(axis=1)
    y = where[range(draw.n), last]
    vocabulary = (*PEOPLE, *PLACES)
    sentences = [
        [word for person, place in zip(people, places) for word in (PEOPLE[person], PLACES[place])]
        + [PEOPLE[question]]
        for people, places, question in zip(who.tolist(), where.tolist(), asked.tolist())
    ]
    return labelled(sentences, y, PLACES, "place", vocabulary)
