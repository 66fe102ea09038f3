"""Writing with a network: sign by sign, each drawn from the probabilities that it gives to what comes next.

A causal language model goes on from a prompt.  A decoder reads what it has written so far as ``previous``,
and the source beside it.  The network is run over its whole length at every sign, with padding behind what is
written; as no position may see what comes later, padding changes nothing, and a network for which it does is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.engine.rng import uniform
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.layers import shape_text
from nnlab.network.network import Network

Array = np.ndarray[Any, Any]
PREVIOUS = "previous"
"""The input in which a decoder reads what it has written so far; it begins with id 0."""
SEES = 1e-5
"""A relative difference above this is no rounding: a position sees what comes later."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a sign is chosen from logits.

    ``temperature`` divides them: below 1 the likely becomes likelier, 0 always takes the likeliest.
    ``top_k`` keeps the k likeliest signs (0 all), ``top_p`` the fewest that together have probability p.
    """

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < np.inf:
            raise NnlabError(_("temperature {value} must be 0 or a positive number", value=self.temperature))
        if self.top_k < 0:
            raise NnlabError(_("top_k {value} must be a whole number from 0", value=self.top_k))
        if not 0 < self.top_p <= 1:
            raise NnlabError(_("top_p {value} must be above 0 and at most 1", value=self.top_p))

    @property
    def plain(self) -> bool:
        """Whether signs are drawn as the network says."""
        return self == Sampling()

    def probabilities(self, logits: Array) -> Array:
        """The probabilities (…, V) that signs are drawn with, float64; ties go to the lower id.

        Raises NnlabError for logits that are no numbers.

        >>> Sampling(top_k=2).probabilities(np.log([0.5, 0.3, 0.2])).round(3).tolist()
        [0.625, 0.375, 0.0]
        """
        z = np.asarray(logits, np.float64)
        if not np.isfinite(z).all():
            raise NnlabError(
                _("the network has diverged: what it says is no number; go back and lower the learning rate")
            )
        order = np.argsort(-z, axis=-1, kind="stable")
        if not self.temperature:
            kept = np.zeros_like(z)
            np.put_along_axis(kept, order[..., :1], 1.0, axis=-1)
            return kept
        p = np.exp((z - z.max(axis=-1, keepdims=True)) / self.temperature)
        p /= p.sum(axis=-1, keepdims=True)
        ranked = np.take_along_axis(p, order, axis=-1)
        if self.top_k:
            ranked[..., self.top_k :] = 0
            ranked /= ranked.sum(axis=-1, keepdims=True)
        if self.top_p < 1:
            before = np.cumsum(ranked, axis=-1) - ranked
            ranked[before >= self.top_p] = 0
            ranked /= ranked.sum(axis=-1, keepdims=True)
        np.put_along_axis(p, order, ranked, axis=-1)
        return np.asarray(p)


GREEDY = Sampling(temperature=0)


def drawn(p: Array, seed: int, position: int) -> Array:
    """A sign (n,) for every row of probabilities (n, V), by (seed, position, row) alone."""
    u = uniform(seed, "generate", position, len(p), np.float64)
    reached = np.cumsum(p, axis=1)
    # Rounding may leave the sum below u; the last sign with a probability is meant then.
    last = p.shape[1] - 1 - np.argmax(p[:, ::-1] > 0, axis=1)
    return np.asarray(np.minimum((reached <= u[:, None] * reached[:, -1:]).sum(axis=1), last))


@dataclass(frozen=True, slots=True)
class Written:
    """``ids`` that were written, and for each the probabilities (V,) that it was drawn with."""

    ids: list[int]
    probabilities: list[Array]


def go_on(
    network: Network,
    prompt: Sequence[int],
    length: int,
    sampling: Sampling = GREEDY,
    seed: int = 1,
    end: int | None = None,
) -> Written:
    """What a causal language model writes behind ``prompt``: ``length`` signs, or fewer where ``end`` comes.

    Behind its longest text the network sees the last signs only.  Raises NnlabError for an empty prompt, for
    one longer than the network reads, and where the network is no causal language model.
    """
    longest = _longest(network, network.input_shape)
    if not len(prompt):
        raise NnlabError(_("the prompt is empty; write at least one sign to go on from"))
    check_length(len(prompt), longest)
    _check_causal(network, np.array(prompt), {})
    ids, found = list(prompt), Written([], [])
    for position in range(length):
        seen = ids[-longest:]
        x = np.zeros((1, longest), np.int64)
        x[0, : len(seen)] = seen
        p = sampling.probabilities(network.predict(x)[:, len(seen) - 1])
        chosen = int(drawn(p, seed, position)[0])
        found.ids.append(chosen)
        found.probabilities.append(p[0])
        if chosen == end:
            break
        ids.append(chosen)
    return found


def decode(
    network: Network,
    x: Array,
    sampling: Sampling = GREEDY,
    seed: int = 1,
    end: int | None = 0,
    inputs: Mapping[str, Array] | None = None,
) -> tuple[Array, Array]:
    """What encoder and decoder write for sources ``x`` (n, …): ids (n, T) and probabilities (n, T, V).

    ``inputs`` are further inputs by name.  Writing is free: ``previous`` holds what was written, never what
    is right.  Behind ``end`` there are 0s.  Raises NnlabError where the network has no such input, or sees in
    it what comes later.
    """
    if PREVIOUS not in network.id_inputs:
        raise NnlabError(
            _("the network does not read what it has written; its decoder begins with from previous")
        )
    longest, others = _longest(network, network.inputs[PREVIOUS]), dict(inputs or {})
    n = len(x)
    previous = np.zeros((n, longest), np.int64)
    ids, found = np.zeros_like(previous), np.zeros((n, longest, network.output_shape[1]))
    going = np.ones(n, bool)
    if n:
        first = {name: array[:1] for name, array in others.items()}
        _check_causal(network, np.zeros(1, np.int64), {"input": x[:1], **first}, PREVIOUS)
    for t in range(longest):
        if not going.any():
            break
        p = sampling.probabilities(network.predict(x, previous=previous, **others)[:, t])
        chosen = np.where(going, drawn(p, seed, t), 0)
        ids[:, t], found[:, t] = chosen, p
        if end is not None:
            going &= chosen != end
        if t + 1 < longest:
            previous[:, t + 1] = chosen
    return ids, found


def check_length(given: int, longest: int) -> None:
    """Raise NnlabError where a text has more signs than the network reads."""
    if given > longest:
        raise NnlabError(
            _(
                "the text has {given} signs, and the network reads at most {longest}; shorten it",
                given=given,
                longest=longest,
            )
        )


def _longest(network: Network, shape: tuple[int, ...]) -> int:
    """How many signs the network writes; raises NnlabError where it does not write one for each it reads."""
    if len(network.output_shape) != 2 or len(shape) != 1 or network.output_shape[0] != shape[0]:
        raise NnlabError(
            _(
                "the network gives shape {shape}, and a writer gives a row of numbers at each position; "
                "end it in a dense layer with a unit for every sign",
                shape=shape_text(network.output_shape),
            )
        )
    return shape[0]


def _check_causal(network: Network, ids: Array, others: dict[str, Array], name: str = "input") -> None:
    """Raise NnlabError where signs behind ``ids`` change what the network says about the next."""
    shape = network.input_shape if name == "input" else network.inputs[name]
    if len(ids) == shape[0]:
        ids = ids[:1]
    if len(ids) == shape[0]:
        return
    tried = np.zeros((2, *shape), np.int64)
    tried[:, : len(ids)] = ids
    tried[1, len(ids) :] = network.output_shape[1] - 1
    columns = {key: np.repeat(array, 2, axis=0) for key, array in others.items()} | {name: tried}
    said = network.predict(columns.pop("input"), **columns)[:, len(ids) - 1]
    if np.abs(said[0] - said[1]).max() > SEES * (1 + np.abs(said[0]).max()):
        raise NnlabError(
            _(
                "the network sees what comes later, so it can fill gaps but not write; "
                "write its blocks as “block 2 causal”"
            )
        )
