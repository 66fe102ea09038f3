"""What the network says at each position of a text: the likeliest word and its probability.  At one position
all candidates, as they are and as they would be drawn with the temperature and the cuts that are set.

``at`` is a probability (row, position, token) or a logit of the last layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.data.dataset import NO_TARGET
from nnlab.engine.address import Address
from nnlab.engine.ops import Dense
from nnlab.i18n import _
from nnlab.session.scene import Block, Entry, Line, Note, Scene, Sheet, Table
from nnlab.session.steps import names_at, words
from nnlab.session.views import each_step

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
PROBABILITIES = "loss.p"
CANDIDATES = 10
POSITIONS = 10
"""Positions around the chosen one that are told."""
END = "∎"
"""Stands for the end of a text among what could come next."""


def shows(operations: Sequence[Operation]) -> bool:
    return isinstance(operations[0], Dense)


def fits(moment: Moment, column: Column) -> bool:
    """Whether the layer answers with a word at every position."""
    data = moment.data
    return (
        column is moment.output
        and data.task == "tokens"
        and len(column.shape) == 2
        and column.shape[1] == len(data.target_vocabulary)
        and PROBABILITIES in moment.run.program.values
    )


def wanted(moment: Moment, column: Column, opened: bool) -> Iterator[str]:
    yield from (PROBABILITIES, column.post, "target", *moment.data.inputs)


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    return address.value in (PROBABILITIES, column.post)


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """The text, and the candidates at the position of ``at``."""
    if moment.backward:
        start = Address(column.post, (moment.row, *column.index(0)), moment.part_of(column.post))
        return each_step.scene(moment, column, at if at.value == column.post else start, cursor)
    position = _position(moment, column, at)
    said = _said(moment)
    token = at.index[2] if _is_number(moment, column, at) else 0 if said is None else int(said[position])
    home = Address(PROBABILITIES, (moment.row, position, token))
    blocks: list[Block] = [positions(moment, column, position), _candidates(moment, column, position)]
    blocks.append(Note(_settings(moment)))
    blocks += each_step.blocks(moment, column, position, token)
    title = f"{column.name}  " + _("what the network says")
    return Scene(title, tuple(blocks), _("p = softmax(z), at every position"), home)


def overview(moment: Moment, column: Column, at: Address) -> None:
    """The steps of the last layer, beside which the network's picture says the words."""


def told(moment: Moment, column: Column) -> Table:
    """What is said at each position, from where the view begins."""
    return positions(moment, column, _position(moment, column, Address(column.post)))


# -- parts --------------------------------------------------------------------------------------------


def _probabilities(moment: Moment) -> Array | None:
    """What is known of the probabilities of the example (positions, tokens)."""
    array = moment.array(PROBABILITIES)
    return None if array is None else np.asarray(array[moment.row], float)


def _said(moment: Moment) -> Array | None:
    p = _probabilities(moment)
    return None if p is None else np.asarray(p.argmax(axis=-1))


def _targets(moment: Moment) -> Array:
    """The token asked for at every position, −1 where none is."""
    return np.asarray(moment.data.y[moment.dataset_row]).reshape(-1)


def spoken(moment: Moment, token: int) -> str:
    """A token as it is said; the end of a text as ∎."""
    vocabulary = moment.data.target_vocabulary
    return END if vocabulary[token] == "" else words(np.array([token]), vocabulary)[0]


def _position(moment: Moment, column: Column, at: Address) -> int:
    """That of ``at``; else the first something is asked at, or the end of a text of one's own."""
    if _is_number(moment, column, at):
        return at.index[1]
    asked = np.flatnonzero(_targets(moment) != NO_TARGET)
    hidden = _hidden(moment)
    if len(hidden):
        return int(hidden[0])
    if moment.own:
        return min(moment.length - 1, column.shape[0] - 1) if _causal(moment) else 0
    return int(asked[0]) if len(asked) else 0


def _is_number(moment: Moment, column: Column, at: Address) -> bool:
    """Whether ``at`` is a number that was gone to, not the first one."""
    return at.value in (PROBABILITIES, column.post) and len(at.index) == 3 and any(at.index[1:])


def _hidden(moment: Moment) -> Array:
    """The positions at which a word is hidden from the network."""
    vocabulary = moment.data.vocabulary
    if "[mask]" not in vocabulary:
        return np.zeros(0, np.intp)
    return np.flatnonzero(moment.input == vocabulary.index("[mask]"))


def positions(moment: Moment, column: Column, position: int) -> Table:
    """Around ``position``: what stands there, what is said, and what would be right."""
    p, said, targets = _probabilities(moment), _said(moment), _targets(moment)
    read = names_at(moment, column.post)
    count = moment.length if moment.own and _causal(moment) else len(read)
    first = max(0, min(position - POSITIONS // 2, count - POSITIONS))
    lines = []
    for k in range(first, min(count, first + POSITIONS)):
        token = -1 if said is None else int(said[k])
        value = None if p is None else float(p[k, token])
        word = "?" if token < 0 else spoken(moment, token)
        asked = int(targets[k])
        right = (
            ""
            if asked == NO_TARGET
            else "✓"
            if asked == token
            else _("not {word}", word=spoken(moment, asked))
        )
        if token < 0 and asked != NO_TARGET:
            right = ""
        at = Address(PROBABILITIES, (moment.row, k, max(token, 0)))
        role = "chosen" if k == position else "faint" if asked == NO_TARGET and not moment.own else "plain"
        lines.append(Line(f"{read[k]} → {word}", value, at, right, role))
    title = _("said at each position")
    if count > POSITIONS:
        title += "  " + _("{first} to {last} of {n}", first=first, last=first + len(lines) - 1, n=count)
    return Table(title, tuple(lines), "share", 1.0, 3)


def _candidates(moment: Moment, column: Column, position: int) -> Sheet:
    """The likeliest tokens at ``position``: logit, probability, and the probability they are drawn with."""
    p = _probabilities(moment)
    read = names_at(moment, column.post)[position]
    title = (
        _("candidates behind “{word}”", word=read)
        if _causal(moment)
        else _("candidates at “{word}”", word=read)
    )
    logits = moment.array(column.post)
    if p is None or logits is None:
        return Sheet(title, ("?",), (Entry("z", None), Entry("p", None, kind="share")))
    z = np.asarray(logits[moment.row, position], float)
    order = np.argsort(-p[position], kind="stable")[:CANDIDATES]
    drawn = moment.sampling.probabilities(z) if np.isfinite(z).all() else np.full(len(z), np.nan)
    at = moment.row, position
    places = tuple(Address(PROBABILITIES, (*at, int(k))) for k in order)
    entries = [
        Entry("z", z[order], tuple(Address(column.post, (*at, int(k))) for k in order)),
        Entry("p", p[position][order], places, kind="share"),
    ]
    asked = int(_targets(moment)[position])
    right = [k for k, token in enumerate(order) if token == asked]
    cut = None
    if not moment.sampling.plain:
        entries.append(Entry(_("drawn with"), drawn[order], kind="share"))
        cut = drawn[order] == 0
    items = tuple(spoken(moment, int(k)) for k in order)
    rest = 1 - float(p[position][order].sum())
    note = (
        _("{n} more signs have {share} together", n=len(z) - len(order), share=f"{rest:.1%}")
        if len(z) > len(order)
        else ""
    )
    return Sheet(title, items, tuple(entries), right[0] if right else -1, cut, len(entries) - 1, note)


def _causal(moment: Moment) -> bool:
    return moment.data.target_names[0].startswith("next")


def _settings(moment: Moment) -> str:
    """How a sign would be drawn, and how to change it."""
    told = [_("temperature {value}", value=f"{moment.sampling.temperature:g}")]
    if moment.sampling.top_k:
        told.append(f"top_k {moment.sampling.top_k}")
    if moment.sampling.top_p < 1:
        told.append(f"top_p {moment.sampling.top_p:g}")
    way = _("“sampling temperature=0.5 top_k=5” changes how signs are drawn; + and − move the temperature")
    return ", ".join(told) + ": " + way
