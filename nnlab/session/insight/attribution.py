"""What an answer hangs on: every number, pixel or word of an example with its share in one output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.insight.rows import further, row_of
from nnlab.session.look import Look, table, wrap
from nnlab.session.rows import beside, picture_lines
from nnlab.session.text import number, target_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nnlab.data import Dataset
    from nnlab.network import Network
    from nnlab.session.workbench import Workbench

    Array = NDArray[Any]

GRADIENT, TIMES_INPUT, OCCLUSION = "gradient", "input", "occlusion"
METHODS = {
    GRADIENT: N_("gradient: how fast the output changes with each number"),
    TIMES_INPUT: N_("gradient × input: what each number adds to the output, to first order"),
    OCCLUSION: N_("occlusion: how much the output falls when a place is covered"),
}
NOTHING = ("", "[mask]", "□")
"""Tokens that stand for no word, by which a covered one is replaced; the first that a vocabulary has."""
SHOWN = 12
"""Places that are listed."""
SIGNED = "=- +#"
"""A share as a sign, from strongly against to strongly for."""


@dataclass(frozen=True)
class Attribution:
    """The share of every place of an example in one output.

    ``values`` (height, width) of a picture, colours added up; else in the shape of the example: (features,),
    (time, channels), or (T,) with a share for every token; of a series that is covered step by step, (time,).
    ``example`` are the numbers themselves in that shape, (height, width, channels) of a picture; ``names``
    are the features or tokens, where they have names.  ``output`` is the index of the output in an answer,
    ``label`` its name and ``score`` its number before softmax or sigmoid; ``answer`` and ``truth`` are those
    of the whole row.  ``patch`` is what was covered.
    """

    method: str
    row: int
    output: tuple[int, ...]
    label: str
    score: float
    answer: str
    truth: str
    values: Array
    example: Array
    picture: bool
    names: tuple[str, ...] = ()
    patch: tuple[int, ...] = ()

    @property
    def total(self) -> float:
        return float(self.values.sum())

    def largest(self, most: int = SHOWN) -> list[tuple[tuple[int, ...], float]]:
        """The places with the largest shares for or against, each with its share."""
        import numpy as np

        order = np.argsort(-np.abs(self.values), axis=None, kind="stable")[:most]
        places = zip(*np.unravel_index(order, self.values.shape))
        return [(tuple(map(int, place)), float(self.values[place])) for place in places]

    def name_of(self, place: tuple[int, ...]) -> str:
        """A place in words: the name of a feature, a token (with its position where it stands twice), or the
        index.
        """
        index = ",".join(map(str, place))
        if len(self.names) != len(self.values):
            return f"[{index}]"
        name = self.names[place[0]]
        return name if self.names.count(name) == 1 else f"{name} [{index}]"


def attribute(
    session: Workbench,
    method: str = GRADIENT,
    row: int | None = None,
    output: tuple[int, ...] | None = None,
    patch: int = 0,
) -> Attribution:
    """What output ``output`` for ``row`` of the data hangs on, by one of :data:`METHODS`.

    ``row`` is the example that is followed and ``output`` the class that the network says, unless given;
    ``patch`` is the side of what is covered, a quarter of a picture or one place where it is 0.

    Raises NnlabError where there is no such row or output, and where nothing can stand for a covered word.
    """
    data, run = session.need_data(), session.need_run()
    network, at = run.network, row_of(session, row)
    others = further(data, network, [at])
    outputs, x = network.predict(data.x[at : at + 1], **others)[0], data.x[at : at + 1]
    chosen = output if output is not None else _chosen(data, at, outputs)
    from nnlab.network.saliency import index_of

    index = index_of(network, chosen)
    sides: tuple[int, ...] = ()
    if method == OCCLUSION:
        values, sides = _covered(data, network, at, chosen, patch)
    elif data.vocabulary:
        values = _of_tokens(network, x, chosen, others, method)
    else:
        values = _of_numbers(network, x, chosen, others, method)
    picture = data.picture
    if picture is not None and method != OCCLUSION:
        values = values.reshape(picture).sum(axis=2)
    example = data.x[at].reshape(picture) if picture is not None else data.x[at]
    return Attribution(
        method, at, chosen, _label(data, chosen), float(outputs[index].sum()), _said(data, run, outputs),
        target_text(data, at), values, example, picture is not None, _names(data, at), sides,
    )  # fmt: skip


def _chosen(data: Dataset, row: int, outputs: Array) -> tuple[int, ...]:
    """The largest output; of a text the one at the last position that is asked for."""
    if outputs.ndim == 1:
        return (int(outputs.argmax()),)
    asked = data.y[row]
    flat = outputs.reshape(-1, outputs.shape[-1])
    places = [k for k, target in enumerate(asked.reshape(-1)[: len(flat)]) if target >= 0] or [len(flat) - 1]
    import numpy as np

    place = np.unravel_index(places[-1], outputs.shape[:-1])
    return (*(int(k) for k in place), int(flat[places[-1]].argmax()))


def _of_numbers(
    network: Network, x: Array, output: tuple[int, ...], others: dict[str, Array], method: str
) -> Array:
    import numpy as np

    from nnlab.network.saliency import input_gradients, times_input

    measure = input_gradients if method == GRADIENT else times_input
    return np.asarray(measure(network, x, [output], **others)[0])


def _of_tokens(
    network: Network, x: Array, output: tuple[int, ...], others: dict[str, Array], method: str
) -> Array:
    """Of every token, (T,): the length of the gradient of its embedding, or its product with it."""
    import numpy as np

    from nnlab.network.saliency import through_embedding

    gradients, rows = through_embedding(network, x, [output], **others)
    if method == GRADIENT:
        return np.asarray(np.sqrt((gradients[0] ** 2).sum(axis=-1)))
    return np.asarray((gradients[0] * rows[0]).sum(axis=-1))


def _covered(
    data: Dataset, network: Network, row: int, output: tuple[int, ...], patch: int
) -> tuple[Array, tuple[int, ...]]:
    """How the output falls where places are covered: by 0 in pictures and series, by the mean in features."""
    from nnlab.network.saliency import occlusion

    others, x = further(data, network, row), data.x[row]
    fill: Any = 0.0
    if data.picture is not None:
        x = x.reshape(data.picture)
        side = patch or max(1, min(data.picture[:2]) // 4)
        sides: tuple[int, ...] = (side, side)
    else:
        sides = (patch or 1,)
        if data.vocabulary:
            fill = _nothing(data)
        elif x.ndim == 1:
            fill = data.x[data.split.train].mean(axis=0)
    return occlusion(network, x, output, sides, fill, **others), sides


def _nothing(data: Dataset) -> int:
    for token in NOTHING:
        if token in data.vocabulary:
            return data.vocabulary.index(token)
    raise NnlabError(
        _(
            "{data} has no sign that stands for nothing, so no word can be covered; use saliency input",
            data=data.name,
        )
    )


def _names(data: Dataset, row: int) -> tuple[str, ...]:
    if data.vocabulary:
        return tuple(data.vocabulary[k] for k in data.x[row].reshape(-1).tolist())
    return tuple(map(str, data.feature_names)) if len(data.input_shape) == 1 else ()


def _label(data: Dataset, output: tuple[int, ...]) -> str:
    """The name of an output: its class, the token, or its number; with the position where there are some."""
    names = data.target_vocabulary if data.task == "tokens" else data.class_names
    last = output[-1]
    if data.task == "binary" and len(output) == 1 and last == 0 and len(names) == 2:
        name = str(names[1])
    else:
        name = str(names[last]) if last < len(names) else _("output {n}", n=last)
    place = ",".join(map(str, output[:-1]))
    return _("{name} at {place}", name=name, place=place) if place else name


def _said(data: Dataset, run: Any, outputs: Array) -> str:
    """What the network says for the row: its class or its numbers; of texts all positions."""
    rule = run.config.loss_rule.kind
    if data.task == "regression":
        return " ".join(number(float(v), 4) for v in outputs.reshape(-1)[:8])
    said = rule.chosen(outputs[None])[0]
    if data.task == "tokens":
        return " ".join(data.target_vocabulary[int(k)] for k in said.reshape(-1)[:24])
    return str(data.class_names[int(said)])


# ---------------------------------------------------------------------- as text


def render_attribution(found: Attribution, look: Look) -> list[str]:
    """The output and what is asked; then a picture of shares, the tokens with theirs, or the largest ones."""
    lines = [
        _(
            "row {row}: output “{label}” is {score}; the network says {answer}, the data say {truth}",
            row=found.row,
            label=found.label,
            score=number(found.score, 4),
            answer=found.answer,
            truth=found.truth,
        ),
        _(METHODS[found.method]),
    ]
    lines = [line for text in lines for line in wrap(text, look.width)]
    if found.picture and not look.accessible:
        shown = picture_lines(found.example, found.example.shape, look)
        drawn = beside([shown, signed_picture(found.values, look)], look.width)
        return [*lines, *drawn, *wrap(_legend(found), look.width)]
    rows = [[found.name_of(place), number(share, 4)] for place, share in found.largest()]
    return [*lines, *table(look, [_("place"), _("share")], rows, " r")]


def signed_picture(values: Array, look: Look) -> list[str]:
    """Shares (height, width) as signs: ``#`` and ``+`` for the output, ``=`` and ``-`` against it."""
    import numpy as np

    largest = float(np.abs(values).max()) or 1.0
    levels = np.digitize(values / largest, (-0.5, -0.1, 0.1, 0.5))
    wide = 2 if 2 * values.shape[1] <= look.width else 1
    return ["".join(SIGNED[k] * wide for k in line).rstrip() for line in levels.tolist()]


def _legend(found: Attribution) -> str:
    import numpy as np

    return _(
        "# speaks for the output, with at least half of the largest share, {largest}; + at least a tenth of "
        "it; = and - speak against it",
        largest=number(float(np.abs(found.values).max()), 3),
    )
