"""What the network of a run writes: behind a prompt, or from a source text, as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.generate import PREVIOUS, Sampling, check_length, decode, go_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nnlab.data import Dataset
    from nnlab.session.workbench import Workbench

    Array = NDArray[Any]

UNLIKELY = 0.0005
"""Candidates with a smaller probability are not shown; it would be written 0.0%."""


@dataclass(frozen=True)
class Sign:
    """A sign that was written, and the likeliest candidates for its place with their probabilities."""

    text: str
    candidates: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Text:
    """``prompt`` and what was ``written`` behind it or from it, sign by sign; ``apart`` where it is another
    text than the prompt, such as a translation.
    """

    prompt: str
    written: str
    signs: tuple[Sign, ...]
    apart: bool


def write(
    session: Workbench, prompt: str, sampling: Sampling, length: int, seed: int, candidates: int
) -> Text:
    """Let the network of the run write; ``length`` 0 is as long as the texts of the data.

    Raises NnlabError where data or network are not made for writing, and where ``prompt`` has signs that
    the vocabulary lacks, or more of them than the network reads.
    """
    data = session.need_data()
    if data.task != "tokens" or data.tokenizer is None or data.target_tokenizer is None:
        raise NnlabError(
            _("{data} is no text that could be written on; try grammar, names or tang", data=data.name)
        )
    network = session.need_run().network
    if PREVIOUS in network.id_inputs:
        return _from_source(session, data, prompt, sampling, length, seed, candidates)
    if data.vocabulary != data.target_vocabulary:
        raise NnlabError(
            _("what is read and what is asked in {data} are different signs; nothing goes on", data=data.name)
        )
    begins = [0] if data.padded else []
    prefix = [*begins, *data.tokenizer.encode(prompt).tolist()]
    found = go_on(network, prefix, length or network.input_shape[0], sampling, seed, 0 if begins else None)
    signs = _signs(data, found.ids, found.probabilities, candidates)
    return Text(prompt, data.tokenizer.decode([*prefix, *found.ids]), signs, apart=False)


def _from_source(
    session: Workbench,
    data: Dataset,
    prompt: str,
    sampling: Sampling,
    length: int,
    seed: int,
    candidates: int,
) -> Text:
    """The text that a decoder writes for a source text, at most ``length`` signs where that is not 0."""
    import numpy as np

    assert data.tokenizer is not None
    assert data.target_tokenizer is not None
    network = session.need_run().network
    source, longest = data.tokenizer.encode(prompt), network.input_shape[0]
    if not len(source):
        raise NnlabError(_("the prompt is empty; write the text that is to be read"))
    check_length(len(source), longest)
    if len(source) < longest and not data.padded:
        raise NnlabError(
            _("{data} has texts of {n} signs each, and this one has {given}", data=data.name, n=longest,
              given=len(source))
        )  # fmt: skip
    x = np.zeros((1, longest), np.int64)
    x[0, : len(source)] = source
    ids, probabilities = decode(network, x, sampling, seed)
    written = ids[0].tolist()
    written = written[: written.index(0) + 1] if 0 in written else written
    written = written[:length] if length else written
    signs = _signs(data, written, list(probabilities[0]), candidates)
    return Text(prompt, data.target_tokenizer.decode(written), signs, apart=True)


def _signs(data: Dataset, ids: list[int], probabilities: list[Array], candidates: int) -> tuple[Sign, ...]:
    """Every written sign with the likeliest ones for its place, the end as ∎."""
    import numpy as np

    def shown(token: int) -> str:
        return {"": "∎", "\n": "↵", " ": "␣"}.get(found := data.target_vocabulary[token], found)

    def likeliest(p: Array) -> tuple[tuple[str, float], ...]:
        first = np.argsort(-p, kind="stable")[:candidates]
        return tuple((shown(int(k)), float(p[k])) for k in first if p[k] >= UNLIKELY)

    return tuple(Sign(shown(token), likeliest(p)) for token, p in zip(ids, probabilities))


def render_text(text: Text) -> list[str]:
    """The text; below it, where asked for, each sign with its candidates."""
    lines = text.written.split("\n") if text.written else [_("nothing was written")]
    if text.apart and text.written:
        lines = [f"{text.prompt} → {line}" for line in lines]
    width = max((len(sign.text) for sign in text.signs), default=0)
    for sign in text.signs:
        if sign.candidates:
            listed = "   ".join(f"{token} {p * 100:.1f}%" for token, p in sign.candidates)
            lines.append(f"{sign.text:<{width}}  {listed}")
    return lines
