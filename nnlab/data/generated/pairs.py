"""Pairs of texts, one to be written from the other: numbers in two languages, phrases, headlines, talk.

The decoder reads ``previous``, what it has written so far: id 0 begins every row of it, and id 0 is also
what it has to write when it is done.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence

from nnlab.data.assemble import Raw
from nnlab.data.dataset import NO_TARGET
from nnlab.data.generated.draws import Draws, Options
from nnlab.data.generated.sentences import Sentence, filled, words_of
from nnlab.data.generated.sequences import shifted
from nnlab.data.shipped import text
from nnlab.data.text.characters import Characters
from nnlab.data.text.rows import pad
from nnlab.data.text.tokenizer import PADDING, Tokenizer
from nnlab.data.text.words import Words


def paired(
    sources: Sequence[Sentence], targets: Sequence[Sentence], reader: Tokenizer, writer: Tokenizer, asked: str
) -> Raw:
    """x (n, S); y (n, T), each target with the end, id 0, behind it; ``previous`` (n, T)."""
    y = pad([[*(writer.ids[token] for token in row), 0] for row in targets], fill=NO_TARGET)
    return Raw(
        pad([[reader.ids[token] for token in row] for row in sources]), y, "tokens",
        target_names=(asked,), axes=("position",), inputs={"previous": shifted(y)},
        vocabulary=reader.vocabulary, target_vocabulary=writer.vocabulary,
        tokenizer=reader, target_tokenizer=writer,
    )  # fmt: skip


ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SIGNS = "零一二三四五六七八九十百"


def english(number: int) -> Sentence:
    """``["three", "hundred", "and", "five"]`` for 305."""
    hundreds, rest = divmod(number, 100)
    head = [ONES[hundreds], "hundred"] if hundreds else []
    if not rest:
        return head or [ONES[0]]
    tail = [ONES[rest]] if rest < 20 else [TENS[rest // 10 - 2], *([ONES[rest % 10]] if rest % 10 else [])]
    return [*head, "and", *tail] if head else tail


def chinese(number: int) -> str:
    """``三百零五`` for 305; ``十二`` for 12, but ``一百一十二`` for 112."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    head = SIGNS[hundreds] + "百" if hundreds else ""
    if not rest:
        return head or SIGNS[0]
    if not tens:
        return (head + "零" if head else "") + SIGNS[ones]
    count = "" if tens == 1 and not head else SIGNS[tens]
    return head + count + "十" + (SIGNS[ones] if ones else "")


def numbers(name: str, options: Options) -> Raw:
    """0 … 999 in English words, x (1000, 5), and in Chinese signs, y (1000, 6)."""
    reader = Words((PADDING, *ONES, *TENS, "hundred", "and"))
    every = range(1000)
    return paired(
        [english(k) for k in every], [list(chinese(k)) for k in every],
        reader, Characters((PADDING, *SIGNS)), "Chinese",
    )  # fmt: skip


def phrases(name: str, options: Options) -> Raw:
    """Everyday sentences in English words and in Chinese signs; with ``to=en`` the other way round."""
    rows = list(csv.DictReader(text("phrases").splitlines()))
    sides: dict[str, tuple[list[Sentence], Tokenizer]] = {}
    en, zh = ([row[side] for row in rows] for side in ("en", "zh"))
    words = Words.learn("\n".join(en).lower().replace("\n", " "), PADDING)
    signs = Characters.learn("".join(zh), PADDING)
    sides["en"] = [words.cut(sentence.lower()) for sentence in en], words
    sides["zh"] = [signs.cut(sentence) for sentence in zh], signs
    target = str(options["to"])
    (sources, reader), (targets, writer) = sides["zh" if target == "en" else "en"], sides[target]
    return paired(sources, targets, reader, writer, {"en": "English", "zh": "Chinese"}[target])


HEADLINE = "the {adjective} {who} that lives in {place} {deed} {what}"
HEADLINE_SLOTS = {
    "adjective": ("old", "small", "young", "brown", "happy", "quiet"),
    "who": ("cat", "dog", "fox", "bird", "farmer", "baker", "queen", "boy", "girl", "bear"),
    "place": ("town", "spain", "winter", "peace", "paris", "style"),
    "deed": ("hid", "found", "ate", "sold", "lost", "painted", "dropped", "stole"),
    "what": ("a seed", "a key", "a cake", "a boat", "a hat", "a drum", "a pear", "a kite", "a ring", "a map"),
}


def headlines(name: str, options: Options) -> Raw:
    """ "the old cat that lives in town hid a seed", x (n, 10), and its headline "cat hid seed", y (n, 4)."""
    draw = Draws(options)
    slots = {slot: draw.words(slot, words) for slot, words in HEADLINE_SLOTS.items()}
    sources, targets = [], []
    for row in range(draw.n):
        words = {slot: chosen[row] for slot, chosen in slots.items()}
        sources.append(filled(HEADLINE, words))
        targets.append([words["who"], words["deed"], words["what"].split()[-1]])
    short = [
        word for slot in ("who", "deed", "what") for text in HEADLINE_SLOTS[slot] for word in text.split()
    ]
    reader = Words(words_of([HEADLINE], HEADLINE_SLOTS))
    writer = Words((PADDING, *dict.fromkeys(word for word in short if word != "a")))
    return paired(sources, targets, reader, writer, "headline")


TALK = (
    ("hello i am {name}", "hello {name} how are you"),
    ("do you like {thing}", "yes i like {thing} very much"),
    ("where is the {thing}", "the {thing} is in the kitchen"),
    ("what comes after {number}", "{next} comes after {number}"),
)
TALK_SLOTS = {
    "name": ("anna", "ben", "chen", "dora", "emil", "fatima", "goran", "hana", "ivan", "julia"),
    "thing": ("tea", "cake", "soup", "rice", "milk", "fruit", "bread", "cheese", "salad", "juice"),
    "number": ONES[1:13],
}


def talk(name: str, options: Options) -> Raw:
    """Four kinds of question, x (n, 4), and the answer, y (n, 7)."""
    draw = Draws(options)
    slots = {slot: draw.words(slot, words) for slot, words in TALK_SLOTS.items()}
    sources, targets = [], []
    for row in range(draw.n):
        words = {slot: chosen[row] for slot, chosen in slots.items()}
        words["next"] = ONES[ONES.index(words["number"]) + 1]
        question, answer = TALK[row % len(TALK)]
        sources.append(filled(question, words))
        targets.append(filled(answer, words))
    questions, answers = zip(*TALK)
    reader = Words((PADDING, *words_of(questions, TALK_SLOTS)[2:]))
    writer = Words((PADDING, *words_of(answers, {**TALK_SLOTS, "next": ONES[2:14]})[2:]))
    return paired(sources, targets, reader, writer, "answer")
