"""A text of one's own as the example that is followed: in tokens of the data, read by the network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.data.dataset import NO_TARGET, Split
from nnlab.data.text import UNKNOWN
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.network.generate import PREVIOUS, check_length, decode

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.inference import Answer
    from nnlab.session.moment import Moment
    from nnlab.session.session import Session
    from nnlab.session.workbench import Workbench
    from nnlab.training import Run
    from nnlab.training.glance import Glance

Array = np.ndarray[Any, Any]
MASK, CLS = "[mask]", "[cls]"
GAPS = ("?", "_", "[MASK]")
"""What may be written for a hidden word."""


@dataclass(frozen=True)
class OwnText:
    """``data`` has the one row (1, T) of the ``length`` tokens of ``text``.

    ``asked`` says whether its targets are known: what comes next in the text, or what was written behind
    “as”.  ``unread`` are words that the vocabulary lacks and that are read as ``□``.
    """

    text: str
    data: Dataset
    length: int
    asked: bool
    unread: tuple[str, ...] = ()


def own_text(data: Dataset, text: str) -> OwnText:
    """``text`` as a row of ``data``; what stands behind its last “as” is what is asked of it, where that is a
    class, a tag for every word, or the hidden words.

    Raises NnlabError where ``data`` hold no texts, for words that the vocabulary lacks, and for more or fewer
    tokens than the network reads.
    """
    if data.tokenizer is None or not data.vocabulary or len(data.input_shape) != 1:
        raise NnlabError(
            _(
                "{data} is no text that could be read; try reviews, habitat, grammar or reverse",
                data=data.name,
            )
        )
    bare, labels = _labelled(data, text)
    cut = data.tokenizer.cut(bare)
    if not cut:
        raise NnlabError(
            _("there is no text; write one behind it, for example: read {text}", text=data.text(0))
        )
    ids = [_id(data, token) for token in cut]
    unread = tuple(t for t, i in zip(cut, ids) if data.vocabulary[i] == UNKNOWN and t != UNKNOWN)
    begins = _prefix(data)
    ids = ids if ids[: len(begins)] == begins else [*begins, *ids]
    longest = data.input_shape[0]
    check_length(len(ids), longest)
    writes = _asks_for_next(data)
    if len(ids) < longest and not data.padded and not writes:
        raise NnlabError(
            _("{data} has texts of {n} signs each, and this one has {given}", data=data.name, n=longest,
              given=len(ids))
        )  # fmt: skip
    x = np.zeros((1, longest), np.int64)
    x[0, : len(ids)] = ids
    y = np.zeros_like(data.y[:1]) if data.task != "tokens" else np.full_like(data.y[:1], NO_TARGET)
    if writes:
        y[0, : len(ids) - 1] = ids[1:]
    elif labels and data.task == "tokens":
        y[0, _places(data, ids, len(begins), labels)] = [
            data.target_vocabulary.index(name) for name in labels
        ]
    elif labels:
        y[0] = list(map(str, data.class_names)).index(labels[0])
    inputs = {name: np.zeros_like(array[:1]) for name, array in data.inputs.items()}
    rows = np.zeros(1, np.int64)
    row = replace(data, x=x, y=y, inputs=inputs, split=Split(rows, rows[:0], rows[:0]), spec="", streams=0)
    return OwnText(text, row, len(ids), bool(labels) or (writes and len(ids) > 1), unread)


def _labelled(data: Dataset, text: str) -> tuple[str, list[str]]:
    """The text, and what is asked of it: words behind its last “as” that are all answers of ``data``."""
    bare, sign, behind = text.rpartition(" as ")
    words = behind.split()
    if not sign or not words or not bare.strip() or _asks_for_next(data):
        return text, []
    known = list(map(str, data.target_vocabulary if data.task == "tokens" else data.class_names))
    names = {name.lower(): name for name in known if name.strip()}
    if data.task != "tokens":
        name = names.get(behind.strip().lower())
        return (bare, [name]) if name is not None else (text, [])
    if not all(word.lower() in names for word in words):
        return text, []
    return bare, [names[word.lower()] for word in words]


def _places(data: Dataset, ids: list[int], first: int, labels: list[str]) -> list[int]:
    """The positions that ``labels`` are for: the hidden words, else every word from the ``first`` on."""
    hidden = [k for k, i in enumerate(ids) if data.vocabulary[i] == MASK]
    places = hidden or list(range(first, len(ids)))
    if len(places) != len(labels):
        raise NnlabError(
            _("there are {n} words to answer for, and {given} answers behind “as”", n=len(places),
              given=len(labels))
        )  # fmt: skip
    return places


def ways_to_ask(data: Dataset) -> str:
    """How a text of one's own gets an answer that is right, so that it has a loss and gradients."""
    if data.task == "tokens":
        return _("this text has nothing to be compared with, so no gradients: write the answers behind “as”, "
                 "one for each word, or for each hidden one")  # fmt: skip
    names = ", ".join(list(map(str, data.class_names))[:6])
    return _("this text has no answer to be compared with, so no gradients: write one behind “as”: {names}",
             names=names)  # fmt: skip


def _id(data: Dataset, token: str) -> int:
    """The id of a word, in small letters where that is how it is known; a gap is a hidden word."""
    assert data.tokenizer is not None
    known = data.tokenizer.ids
    gap = (MASK,) if token in GAPS else ()
    for form in (token, *gap, token.lower(), UNKNOWN):
        if form in known:
            return known[form]
    raise NnlabError(
        _("“{token}” is not in the vocabulary of {data}{hint}", token=token, data=data.name,
          hint=did_you_mean(token, [word for word in data.vocabulary if word]))
    )  # fmt: skip


def _prefix(data: Dataset) -> list[int]:
    """The token that every text of ``data`` begins with before its first word."""
    first = int(data.x[0, 0])
    begins = data.vocabulary[first] in ("", CLS) and bool((data.x[:, 0] == first).all())
    return [first] if begins else []


def _asks_for_next(data: Dataset) -> bool:
    """Whether what is asked at every position is the token that comes next."""
    return data.task == "tokens" and data.target_names[0].startswith("next")


@dataclass
class Reader:
    """A text that is read by one run; read again where the run has gone on."""

    own: OwnText
    run: Run
    glance: Glance
    _read: tuple[object, ...] = ()

    @classmethod
    def of(cls, session: Workbench, text: str) -> Reader:
        from nnlab.training.glance import Glance

        run, own = session.need_run(), own_text(session.need_data(), text)
        return cls(own, run, Glance(run, own.asked and not run.network.duel))

    def now(self) -> Run:
        """What the run makes of the text as it stands."""
        state = (self.run.step_count, self.run.pending, len(self.run.changes))
        if state != self._read:
            self._write()
            self.glance.look(self.run, self._feeds())
            self._read = state
        return self.glance

    def _feeds(self) -> dict[str, Array]:
        data = self.own.data
        graph = self.glance.program.graph
        feeds = {"input": data.x, **{name: data.inputs[name] for name in self.run.network.inputs}}
        if (data.task == "tokens" or self.own.asked) and "target" in graph.values:
            feeds["target"] = self._targets()
        return feeds

    def _targets(self) -> Array:
        """What is asked, as the loss reads it."""
        from nnlab.training.targets import targets

        run = self.run
        return np.asarray(targets(self.own.data, run.config.loss, run.network.output_shape, run.store.dtype))

    def _write(self) -> None:
        """What a decoder has written so far: what the network itself writes for the text."""
        data = self.own.data
        if PREVIOUS not in self.run.network.id_inputs:
            return
        others = {name: array for name, array in data.inputs.items() if name != PREVIOUS}
        ids, _probabilities = decode(self.run.network, data.x, inputs=others)
        previous = np.zeros_like(data.inputs[PREVIOUS])
        previous[:, 1:] = ids[:, :-1]
        self.own = replace(self.own, data=replace(data, inputs={**data.inputs, PREVIOUS: previous}))


def render_reader(session: Session, reader: Reader) -> list[str]:
    """The tokens that are read, and what the network answers to them."""
    from nnlab.session import views
    from nnlab.session.answers import ANSWERS
    from nnlab.session.moment import Moment
    from nnlab.session.scene_text import render_scene
    from nnlab.session.steps import names_at

    moment = Moment.of(session)
    lines = [_("read: {text}", text=" ".join(names_at(moment, "input")[: reader.own.length]))]
    if reader.own.unread:
        lines.append(
            _("not known, read as {sign}: {words}", sign=UNKNOWN, words=", ".join(reader.own.unread))
        )
    lines.append(_loss(moment, reader) if reader.own.asked else ways_to_ask(reader.own.data))
    if (answer := said(moment)) is not None:
        return [*lines, *ANSWERS["answer"](session, answer)]
    scene = views.scene_of(moment, moment.output, views.first_at(moment, moment.output))
    return lines if scene is None else [*lines, "", *render_scene(scene, session.look, scene.home)]


def _loss(moment: Moment, reader: Reader) -> str:
    """What the text costs, and that there is a way back through it."""
    loss = f"{reader.glance.loss_now:.5g}"
    return _("loss {loss} against what is right; “view LAYER backward” shows its gradients", loss=loss)


def said(moment: Moment) -> Answer | None:
    """What is answered to the text as a whole; None where every position has an answer of its own."""
    from nnlab.session.inference import Answer

    outputs, names = moment.example_of(moment.output.post), tuple(map(str, moment.data.class_names))
    if outputs is None or not names:
        return None
    kind = moment.run.config.loss_rule.kind
    numbers = np.asarray(kind.answers(outputs[None]), float)[0]
    labels = names if len(names) == len(numbers) else (f"P({names[-1]})",)
    chosen = names[int(kind.chosen(outputs[None])[0])]
    return Answer((), labels, tuple(map(float, numbers)), chosen)
