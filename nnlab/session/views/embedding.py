"""Embedding: the rows of the words that are read, the nearest words, and where all of them lie.

Forward the view turns around one word: a number of its row, in the sentence or in the table.  Backward it
shows which rows get a gradient, and from which places of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.embedding import Embedding
from nnlab.i18n import _
from nnlab.session.insight.plane import nearest, plane
from nnlab.session.scene import (
    COLUMNS,
    ROWS,
    Block,
    Deed,
    Frame,
    Grid,
    Lattice,
    Line,
    Points,
    Scene,
    Table,
)
from nnlab.session.steps import read, source, words
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
NAMED = 60
"""Words on the map: the first of the vocabulary, and those that matter here."""
SILENT = ("", "[mask]", "[cls]", "□", "\n")
"""Tokens that are nobody's neighbour."""
LOW, NARROW = 16, 24
"""Steps and numbers of a sentence that is shown a shade each at least."""
PLACES = 8
"""Places of the batch that are told one by one."""


def shows(operations: Sequence[Operation]) -> bool:
    return isinstance(operations[0], Embedding)


def operation_of(moment: Moment, column: Column) -> Embedding:
    return cast(Embedding, operations_of(moment, column.name)[0])


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """The view turns to the numbers of words, in the sentence and in the table."""
    op = operation_of(moment, column)
    return address.value in (op.outputs[0].name, op.inputs[1].name) and address.part in ("", "grad")


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """The rows of the words that are read, around the word and the number of ``at``."""
    op = operation_of(moment, column)
    ids, vocabulary = ids_of(moment, op)
    names = words(ids, vocabulary)
    W = op.inputs[1].name
    if at.value == W:
        word, number, step = at.index[0], at.index[1], -1
    else:
        step, number = at.index[1], at.index[2]
        word = int(ids[step])
    blocks: list[Block] = [sentence(moment, op, names, step, word)]
    if moment.backward:
        blocks.append(gradient(moment, op, word, number, vocabulary))
    else:
        blocks += meaning(moment, W, word, ids, vocabulary)
    blocks.append(whole_table(moment, W, word, vocabulary))
    title = f"{column.name}  {column.text.partition(' ')[2]}"
    rule = op.backward_formula if moment.backward else op.formula
    home = Address(W, (word, number), moment.part_of(W))
    if step >= 0:
        value = op.outputs[0].name
        home = Address(value, (moment.row, step, number), moment.part_of(value))
    return Scene(title, tuple(blocks), rule, home)


def overview(moment: Moment, column: Column, at: Address) -> None:
    """The steps as lines of shades, as those of any layer."""


# -- parts --------------------------------------------------------------------------------------------


def ids_of(moment: Moment, op: Embedding) -> tuple[Array, tuple[str, ...]]:
    """The ids (T,) that are looked up for the example shown, and what they stand for."""
    name = op.inputs[0].name
    found = source(moment.run.program.graph, name)
    read_from = name if found is None else found.name
    data = moment.data
    vocabulary = data.vocabulary if read_from == "input" else data.vocabulary_of(read_from)
    if found is not None:
        return np.asarray(read(moment, read_from)).reshape(-1).astype(int), vocabulary
    array = moment.array(name)
    ids = np.zeros(op.outputs[0].shape[1], int) if array is None else np.asarray(array[moment.row], int)
    return ids.reshape(-1), vocabulary


def sentence(moment: Moment, op: Embedding, names: tuple[str, ...], step: int, word: int) -> Grid:
    """The row of each word that is read, (steps, size)."""
    value = op.outputs[0].name
    part = moment.part_of(value)
    array = moment.array(value, part)
    values = None if array is None else np.asarray(array[moment.row], float)
    shape = moment.shape(value)
    frames = (Frame(step, 0, 1, shape[2]),) if step >= 0 else ()
    title = _("gradients of the rows") if part else _("the row of each word")
    return Grid(
        title,
        values,
        Lattice(value, (moment.row, ROWS, COLUMNS), shape, part),
        rows=names,
        size=(shape[1], shape[2]),
        frames=frames,
        least="tiles" if shape[1] <= LOW and shape[2] <= NARROW else "pixels",
    )


def whole_table(moment: Moment, W: str, word: int, vocabulary: tuple[str, ...]) -> Grid:
    """The whole table, a row for each word, the chosen one framed."""
    part = moment.part_of(W)
    array = moment.array(W, part)
    shape = moment.shape(W)
    names = words(np.arange(shape[0]), vocabulary) if vocabulary else ()
    return Grid(
        _("{W}: the rows of all {n} words", W=f"d {W}" if part else W, n=shape[0]),
        None if array is None else np.asarray(array, float),
        Lattice(W, (ROWS, COLUMNS), shape, part),
        rows=names,
        size=(shape[0], shape[1]),
        frames=(Frame(word, 0, 1, shape[1]),),
        most="tiles",
    )


def meaning(moment: Moment, W: str, word: int, ids: Array, vocabulary: tuple[str, ...]) -> list[Block]:
    """The nearest words, and all words on a plane."""
    array = moment.array(W)
    if array is None:
        return []
    names = words(np.arange(len(array)), vocabulary)
    spoken = names[word]
    silent = tuple(k for k, token in enumerate(vocabulary) if token in SILENT)
    near = nearest(array, word, silent)
    lines = [Line(names[k], cosine, Address(W, (k, 0)), leads=True) for k, cosine in near]
    lines += sums(spoken, words(ids, vocabulary))
    bars = "share" if all(cosine >= 0 for _k, cosine in near) else "signed"
    found = plane(array)
    told = sorted({word, *(k for k, _cosine in near), *ids.tolist(), *range(min(NAMED, len(names)))})
    kinds = np.array([2 if k == word else 1 if k in ids else 0 for k in told])
    first, second = (f"{share:.0%}" for share in found.shares)
    spread = _("{first} of the spread across, {second} up")
    return [
        Table(_("nearest to “{word}”, by cosine", word=spoken), tuple(lines), bars=bars, limit=1.0, digits=3),
        Points(
            _("words on the plane they differ most in"),
            found.xy[told],
            kinds,
            (_("others"), _("read here"), spoken),
            tuple(names[k] for k in told),
            tuple(Address(W, (k, 0)) for k in told),
            chosen=told.index(word),
            note=spread.format(first=first, second=second),
        ),
    ]


def sums(spoken: str, names: tuple[str, ...]) -> list[Line]:
    """Sums of the word and others of the sentence: Enter asks what is nearest to one."""
    others = [name for name in dict.fromkeys(names) if name.isalnum() and name != spoken]
    if not spoken.isalnum() or not others:
        return []
    first, last = others[0], others[-1]
    asked = [f"{spoken} + {first}", f"{spoken} - {first} + {last}"][: len(others)]
    deeds = [(text.replace("-", "−"), Deed(f"nearest {text}")) for text in asked]
    return [
        Line(text, None, deed, _("enter"), "plain" if k else "total") for k, (text, deed) in enumerate(deeds)
    ]


def gradient(moment: Moment, op: Embedding, word: int, number: int, vocabulary: tuple[str, ...]) -> Table:
    """What one number of a word's row gets from every place of the batch where the word stands."""
    W = op.inputs[1].name
    at = Address(W, (word, number), "grad")
    explanation = moment.explain(at)
    lines = []
    terms = () if explanation is None else explanation.shown(PLACES)
    for term in terms:
        source_at = term.addresses[0] if term.addresses else None
        if source_at is None:
            continue
        row, step = source_at.index[0], source_at.index[1]
        here = row == moment.row
        label = _("row {row}, step {t}", row=row, t=step)
        lines.append(Line(label, term.value, source_at, role="chosen" if here else "plain"))
    if explanation is not None:
        count, rest = explanation.rest(len(terms))
        if count:
            lines.append(Line(_("{n} more places", n=count), rest, role="faint"))
        if not lines:
            lines.append(Line(_("it stands nowhere in this batch")))
    lines.append(Line(f"dW[{word},{number}]", moment.number(at), at, role="total"))
    spoken = words(np.array([word]), vocabulary)[0]
    return Table(_("where “{word}” gets its gradient from", word=spoken), tuple(lines), bars="signed")
