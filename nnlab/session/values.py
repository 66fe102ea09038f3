"""Whole values as text: a matrix, what an operation has just written, the decision surface."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nnlab.engine.address import Address, split_address
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.inference import over_plane
from nnlab.session.look import Look, table
from nnlab.session.text import number
from nnlab.width import columns, pad

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.session import Session
    from nnlab.training import Run

ROWS, COLUMNS = 12, 8
"""The corner of a matrix that is written out."""

WRITTEN = 8
"""Numbers shown of a row that an operation has just written."""

CLASSES = "ox+*#%@&="
PLANE = (44, 14)
"""Columns and lines of the decision surface."""


def find_value(run: Run, text: str) -> Address:
    """The value, gradient or part of an update called ``text``, as a whole."""
    head, index, part = split_address(text)
    if index:
        raise NnlabError(
            _(
                "“{text}” is one number; “select {text}” shows it, “show {head}” shows all",
                text=text,
                head=head,
            )
        )
    name, inside = run.program.split_name(head)
    return Address(name, (), ".".join(filter(None, (inside, part))))


def render_value(session: Session, text: str) -> tuple[list[str], Any]:
    """All numbers of a value as a matrix, rows by columns; ``?`` where the tape has not come to it."""
    import numpy as np

    run = session.need_run()
    address = find_value(run, text)
    known = bool(run.step_count) and run.tape.known(address)
    if not known and address.value not in run.network.parameters:
        return [_("{name}: ? (the tape has not come to it yet)", name=address)], None
    array = np.asarray(run.array(address.value, address.part))
    shape = "×".join(map(str, array.shape)) or "1"
    spoken = _vocabulary(session.need_data(), address)
    return [f"{address} ({shape})", *matrix_lines(session.look, array, spoken)], array


def matrix_lines(look: Look, array: Any, vocabulary: tuple[str, ...] = ()) -> list[str]:
    """The numbers of an array, rows by columns, as far as they fit; of ids the words they stand for."""
    matrix = array.reshape(1, -1) if array.ndim < 2 else array.reshape(len(array), -1)
    tall, wide = (min(n, most) for n, most in zip(matrix.shape, (ROWS, COLUMNS)))
    spoken = vocabulary if array.ndim == 2 else ()
    rows = [[str(i), *_written(matrix[i, :wide], spoken)] for i in range(tall)]
    lines = table(look, ["", *map(str, range(wide))], rows, "r" * (wide + 1))
    left = [
        _("{n} more rows", n=matrix.shape[0] - tall) if matrix.shape[0] > tall else "",
        _("{n} more columns", n=matrix.shape[1] - wide) if matrix.shape[1] > wide else "",
    ]
    if any(left):
        lines.append("… " + ", ".join(filter(None, left)))
    return lines


def _vocabulary(data: Dataset, address: Address) -> tuple[str, ...]:
    """What the ids of an input or of the targets stand for; nothing where the value holds numbers."""
    if address.part or (address.value == "target" and data.task != "tokens"):
        return ()
    own = {"input": data.vocabulary, "target": data.target_vocabulary}
    return own.get(address.value, data.vocabulary_of(address.value))


def _written(row: Any, vocabulary: tuple[str, ...]) -> list[str]:
    """Numbers of a row, or the words that its ids stand for."""
    from nnlab.session.steps import words

    if vocabulary:
        return list(words(row, vocabulary))
    return [number(float(v), 4) for v in row]


def followed_row(session: Session) -> int:
    """Where in the current batch the example that is followed stands; the first row where it is not in it."""
    run = session.need_run()
    wanted = int(run.data.split.train[session.example])
    places = [i for i, row in enumerate(run.batch_indices) if int(row) == wanted]
    return places[0] if places else 0


def render_written(session: Session) -> list[str]:
    """What the operation before the cursor has written: of activations the row of the followed example."""
    import numpy as np

    run = session.need_run()
    tape = run.tape
    if not 0 < tape.position < len(tape.events):
        return []
    lines = []
    for written in tape.events[tape.position - 1].writes:
        name, part = run.program.split_name(str(written))
        array = np.asarray(run.array(name, part))
        label = str(Address(name, (), part))
        if name in run.network.parameters:
            shown = array.reshape(-1)
        elif array.ndim:
            row = min(followed_row(session), len(array) - 1)
            label, shown = str(Address(name, (row,), part)), array[row].reshape(-1)
        else:
            shown = array.reshape(-1)
        numbers = " ".join(number(float(v), 4) for v in shown[:WRITTEN])
        lines.append(f"  {label} = {numbers}" + (" …" if len(shown) > WRITTEN else ""))
    return lines


def render_made(session: Session) -> list[str]:
    """The example that is followed as it was made for the step at hand, in data that are live."""
    run, live = session.need_run(), session.need_data().live
    assert live is not None
    place = followed_row(session)
    story = live.story({name: run.array(name) for name in run.program.graph.values}, place)
    head = _("made for step {step}: row {row} of the batch", step=run.step_count, row=place)
    return [head, *table(session.look, story.heads, story.rows, story.right)]


def render_surface(session: Session) -> list[str]:
    """What the network says over the plane of two inputs: a sign a class, digits for numbers."""
    data, run = session.need_data(), session.need_run()
    wide, tall = PLANE
    found = over_plane(run, data, tall, wide)
    if found is None:
        raise NnlabError(_("the surface needs data with two inputs; {name} has others", name=data.name))
    names = [str(name) for name in data.class_names]
    if names:
        kinds = found.classes
        lines = ["".join(CLASSES[k % len(CLASSES)] for k in row) for row in kinds.tolist()]
        legend = "   ".join(f"{CLASSES[k % len(CLASSES)]} {name}" for k, name in enumerate(names))
        if session.look.accessible:
            shares = [f"{name} {float((kinds == k).mean()):.0%}" for k, name in enumerate(names)]
            return [_("share of the plane: {shares}", shares=", ".join(shares))]
    else:
        levels = found.answers[..., 0].astype(float)
        bottom, top = float(levels.min()), float(levels.max())
        tenths = 9.999 * (levels - bottom) / ((top - bottom) or 1.0)
        lines = ["".join(str(int(v)) for v in row) for row in tenths.tolist()]
        legend = _("0 is {low}, 9 is {high}", low=number(bottom, 4), high=number(top, 4))
        if session.look.accessible:
            return [legend]
    ends = zip((data.feature_names or ("x1", "x2"))[:2], (found.x, found.y))
    foot = "   ".join(f"{name} {number(low, 3)} … {number(high, 3)}" for name, (low, high) in ends)
    return [legend, *(f"|{line}|" for line in lines), foot]


def render_comparison(session: Session) -> list[str]:
    """The runs side by side, epoch by epoch: the validation loss of each, or its training loss."""
    found = {name: run.history.epochs for name, run in session.runs.items() if run.history.epochs}
    if len(found) < 2:
        return [_("two runs with at least one epoch are needed; “branch” makes another run")]
    epochs = sorted({row.epoch for rows in found.values() for row in rows})
    step = max(1, -(-len(epochs) // ROWS))
    chosen = sorted({*epochs[::step], epochs[-1]})
    rows = []
    for epoch in chosen:
        cells = [str(epoch)]
        for history in found.values():
            row = next((r for r in history if r.epoch == epoch), None)
            value = None if row is None else row.train_loss if math.isnan(row.val_loss) else row.val_loss
            cells.append("–" if value is None else number(value, 4))
        rows.append(cells)
    width = max(columns(name) for name in found)
    lines = table(session.look, [_("epoch"), *found], rows, "r" * (1 + len(found)))
    for name, history in found.items():
        last = history[-1]
        metric = "–" if math.isnan(last.val_metric) else number(last.val_metric, 4)
        lines.append(
            _(
                "{name}: validation {metric} {value} after epoch {epoch}",
                name=pad(name, width),
                metric=_(session.runs[name].history.metric),
                value=metric,
                epoch=last.epoch,
            )
        )
    return [_("validation loss of each epoch"), *lines]
