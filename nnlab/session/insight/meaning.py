"""What words have become: nearest neighbours, sums of words, candidates for a hidden one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.session.look import Look, bar, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from nnlab.data import Dataset
    from nnlab.session.workbench import Workbench

    Array = NDArray[Any]

CLS, MASK = "[cls]", "[mask]"
SIGNS = {"+": 1, "-": -1, "−": -1}
NO_WORD = ("", MASK, CLS, "□", "\n")
"""Tokens that are nobody's neighbour."""


@dataclass(frozen=True)
class Neighbours:
    """The words whose embeddings lie nearest to a sum of ``terms``, each a sign and a word; with the cosine.

    ``weights`` is the embedding that was asked, of the input called ``column``.
    """

    terms: tuple[tuple[int, str], ...]
    column: str
    weights: str
    words: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The sum as it is written: ``king − man + woman``."""
        first, *others = self.terms
        begin = ("− " if first[0] < 0 else "") + first[1]
        return " ".join([begin, *(f"{'−' if sign < 0 else '+'} {word}" for sign, word in others)])


@dataclass(frozen=True)
class Hidden:
    """A hidden place of a sentence, and the candidates for it with their probabilities, likeliest first."""

    position: int
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Filled:
    """A sentence as ``tokens``, and what the network takes its hidden places for."""

    tokens: tuple[str, ...]
    hidden: tuple[Hidden, ...]

    @property
    def text(self) -> str:
        """The sentence with the likeliest candidates put in."""
        words = list(self.tokens)
        for place in self.hidden:
            words[place.position] = place.candidates[0][0]
        return " ".join(word for word in words if word not in ("", CLS))


def neighbours(session: Workbench, text: str, most: int = 8) -> Neighbours:
    """The neighbours of a word or of a sum such as ``king - man + woman``, in the first embedding that knows
    all of its words.

    Raises NnlabError where the network has no embedding, or no embedding knows a word.
    """
    from nnlab.network import meaning

    data, network = session.need_data(), session.need_run().network
    terms = read_terms(text)
    tables = {
        column: weights
        for column, weights in meaning.embeddings(network).items()
        if _vocabulary(data, column)
    }
    if not tables:
        raise NnlabError(_("the network has no embedding of words; “net embed 16 | …” begins with one"))
    column = _knowing(data, tables, [word for _sign, word in terms])
    vocabulary = _vocabulary(data, column)
    ids = {token: k for k, token in enumerate(vocabulary)}
    rows = meaning.table_of(network, tables[column])
    vector = sum(sign * rows[ids[word]] for sign, word in terms)
    without = [ids[word] for _sign, word in terms] + [ids[word] for word in NO_WORD if word in ids]
    found = meaning.nearest(rows, vector, without, most)
    return Neighbours(terms, column, tables[column], tuple((vocabulary[k], near) for k, near in found))


def _knowing(data: Dataset, columns: Iterable[str], words: Sequence[str]) -> str:
    """The first of ``columns`` whose vocabulary has all ``words``."""
    vocabularies = {column: _vocabulary(data, column) for column in columns}
    for column, vocabulary in vocabularies.items():
        if set(words) <= set(vocabulary):
            return column
    vocabulary = next(iter(vocabularies.values()))
    missing = next((word for word in words if word not in vocabulary), words[0])
    raise NnlabError(
        _("“{word}” is not in the vocabulary of {n} words", word=missing, n=len(vocabulary))
        + did_you_mean(missing, vocabulary)
    )


def read_terms(text: str) -> tuple[tuple[int, str], ...]:
    """The signs and words of ``king - man + woman``; a sign is one between blanks.

    Raises NnlabError where a word is missing or two stand side by side.
    """
    words, terms, sign = text.split(), [], 1
    expected = True
    for place, word in enumerate(words):
        if word in SIGNS and len(words) > 1 and (not expected or (place == 0 and SIGNS[word] < 0)):
            sign, expected = SIGNS[word], True
        elif expected:
            terms.append((sign, word))
            expected = False
        else:
            raise NnlabError(
                _("put + or − between two words, as in: king - man + woman; “{word}” follows without",
                  word=word)
            )  # fmt: skip
    if expected:
        raise NnlabError(_("a word is missing at the end, as in: king - man + woman"))
    return tuple(terms)


def filled(session: Workbench, text: str, most: int = 5) -> Filled:
    """The candidates for the words of ``text`` that are hidden, written ``[mask]`` or ``_``.

    Raises NnlabError where the data hide no words, none is hidden in ``text``, or it does not fit.
    """
    import numpy as np

    from nnlab.training.losses import probabilities

    data, network = session.need_data(), session.need_run().network
    tokenizer = data.tokenizer
    if data.task != "tokens" or MASK not in data.vocabulary or tokenizer is None:
        raise NnlabError(_("{data} hides no words; use habitat or groups", data=data.name))
    spelt = " ".join(MASK if word == "_" else word for word in text.split())
    ids = _fitted(data, tokenizer.encode(spelt).tolist())
    mask = data.vocabulary.index(MASK)
    if mask not in ids:
        raise NnlabError(_("no word is hidden; write [mask] or _ in its place"))
    outputs = network.predict(np.array([ids]))[0]
    found = []
    for position in [k for k, token in enumerate(ids) if token == mask]:
        p = probabilities(outputs[position].astype(np.float64))
        first = np.argsort(-p, kind="stable")[:most]
        found.append(Hidden(position, tuple((data.target_vocabulary[k], float(p[k])) for k in first)))
    return Filled(tuple(data.vocabulary[k] for k in ids), tuple(found))


def _fitted(data: Dataset, ids: Sequence[int]) -> list[int]:
    """The ids of a sentence as long as those of the data, which may begin with a sign of their own."""
    longest, first = data.input_shape[0], int(data.x[0, 0])
    begins = data.vocabulary[first] == CLS and list(ids[:1]) != [first]
    found = [first, *ids] if begins else list(ids)
    room = longest - begins
    if len(found) > longest or (len(found) < longest and not (data.x == 0).any()):
        raise NnlabError(
            _("sentences of {data} have {n} words and signs, and this one has {given}", data=data.name,
              n=room, given=len(ids))
        )  # fmt: skip
    return found + [0] * (longest - len(found))


def _vocabulary(data: Dataset, column: str) -> tuple[str, ...]:
    return data.vocabulary if column == "input" else data.vocabulary_of(column)


# ---------------------------------------------------------------------- as text


def render_neighbours(found: Neighbours, look: Look) -> list[str]:
    """The nearest words with their cosines."""
    rows = [
        [word, f"{near:.3f}", "" if look.accessible else bar(near, 20).rstrip("-")]
        for word, near in found.words
    ]
    head = _("nearest to {sum} in {embedding}:", sum=found.text, embedding=found.weights)
    return [head, *table(look, [_("word"), _("cosine"), ""], rows, " r")]


def render_filled(found: Filled, look: Look) -> list[str]:
    """The sentence filled in, and the candidates of every hidden place."""
    lines = [found.text]
    for place in found.hidden:
        listed = "   ".join(f"{word} {p * 100:.1f}%" for word, p in place.candidates)
        lines.append(_("place {n}: {candidates}", n=place.position, candidates=listed))
    return lines
