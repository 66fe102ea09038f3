"""Rows of a data set as a person reads them: pictures, frames of a film, sentences with tags, curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nnlab.i18n import _
from nnlab.session.look import Look, table
from nnlab.session.text import number, target_text
from nnlab.width import columns, cut, pad

if TYPE_CHECKING:
    from nnlab.data import Dataset

RAMP = " .:-=+*#%@"
LEVELS = "▁▂▃▄▅▆▇█"
DIGITS = "0123456789"
SHOWN = 5
"""Rows of a data set that are shown."""
NUMBERS = 16
"""Numbers of a row that are written out."""


def render_row(data: Dataset, row: int, look: Look) -> list[str]:
    """One row: what goes in, and what is asked."""
    if data.live is not None:
        return _made(data, row, look)
    if _tagged(data) and not look.accessible:
        return _tags(data, row)
    lines = _inputs(data, row, look)
    for name in data.inputs:
        lines += _further(data, name, row, look)
    if data.task == "tokens" and data.y.ndim == 3:
        return [*lines, _("target:"), *_classes(data, row)]
    if data.task == "regression" and data.y.ndim == 3 and not look.accessible:
        return [*lines, *(_("target: {target}", target=_curve(column, look)) for column in data.y[row].T)]
    return [*lines, _("target: {target}", target=cut(target_text(data, row), look.width - 10))]


def render_sample(data: Dataset, look: Look) -> list[str]:
    """The first training rows: pictures side by side, everything else line by line."""
    rows = [int(row) for row in data.split.train[:SHOWN]]
    if data.live is not None:
        return _made(data, rows[0], look)
    if look.accessible:
        return [f"{row}: {' '.join(render_row(data, row, look))}" for row in rows]
    if data.picture is not None:
        return beside(
            [[*picture_lines(data.x[row], data.picture, look), *_label(data, row)] for row in rows],
            look.width,
        )
    if data.vocabulary or data.axes[:1] == ("step",):
        return [line for row in rows for line in (*render_row(data, row, look), "")][:-1]
    return _numbers(data, rows, look)


def _made(data: Dataset, row: int, look: Look) -> list[str]:
    """A row of live data as it stands here, before a run makes its own."""
    assert data.live is not None
    columns = {"input": data.x, **data.inputs, "target": data.y}
    story = data.live.story({name: column[row : row + 1] for name, column in columns.items()}, 0)
    return table(look, story.heads, story.rows, story.right)


def _label(data: Dataset, row: int) -> list[str]:
    """What stands below a picture."""
    if data.task == "tokens":
        return ["", *_classes(data, row)]
    return [cut(target_text(data, row), 24)]


def _tagged(data: Dataset) -> bool:
    """Whether every token of a row has a tag."""
    return bool(data.vocabulary) and data.task == "tokens" and data.target_tokenizer is None


def _tags(data: Dataset, row: int) -> list[str]:
    """Words with their tags below them."""
    pairs = [
        (data.vocabulary[word], data.target_vocabulary[tag])
        for word, tag in zip(data.x[row].tolist(), data.y[row].tolist())
        if tag >= 0
    ]
    widths = [max(columns(word), columns(tag)) for word, tag in pairs]
    return ["  ".join(pad(text, w) for text, w in zip(line, widths)).rstrip() for line in zip(*pairs)]


def _numbers(data: Dataset, rows: Sequence[int], look: Look) -> list[str]:
    """Few numbers as a table with their names, many as a line each."""
    names = list(map(str, data.feature_names))
    if 0 < len(names) <= 8 and len(data.input_shape) == 1:
        cells = [
            [str(row), *(number(float(v), 4) for v in data.x[row]), cut(target_text(data, row), 24)]
            for row in rows
        ]
        return table(look, [_("row"), *names, _("target")], cells, "r" * (len(names) + 2))
    return [line for row in rows[:2] for line in (*render_row(data, row, look), "")][:-1]


def _inputs(data: Dataset, row: int, look: Look) -> list[str]:
    """What goes in, as suits its kind; for screen readers always in words or numbers."""
    if data.vocabulary:
        return [data.text(row).replace("\n", "⏎")]
    values = data.x[row]
    if not look.accessible:
        if data.picture is not None:
            return picture_lines(values, data.picture, look)
        if frames := _frames(data):
            return beside([picture_lines(frame, frames, look) for frame in values], look.width)
        if data.axes[:1] == ("step",):
            return [f"{_curve(values[:, k], look)}" for k in range(values.shape[1])]
    return [_("inputs: {values}", values=few_numbers(values))]


def _further(data: Dataset, name: str, row: int, look: Look) -> list[str]:
    """A further input: tokens as text, a matrix as a picture of its entries."""
    values, vocabulary = data.inputs[name][row], data.vocabulary_of(name)
    if vocabulary:
        from nnlab.data.text.tokenizer import spelled

        tokenizer = data.target_tokenizer if name == "previous" else None
        text = spelled(values.tolist(), vocabulary, tokenizer)
        return [_("{name}: {values}", name=name, values=text.replace("\n", "⏎"))]
    if values.ndim == 2 and max(values.shape) <= look.width and not look.accessible:
        return [f"{name}:", *picture_lines(values, (*values.shape, 1), look)]
    return [_("{name}: {values}", name=name, values=few_numbers(values))]


def few_numbers(values: Any) -> str:
    """The first numbers of an array, in their order."""
    flat = values.reshape(-1)
    return " ".join(number(float(v), 4) for v in flat[:NUMBERS]) + (" …" if len(flat) > NUMBERS else "")


def _frames(data: Dataset) -> tuple[int, int, int] | None:
    """(height, width, channels) of the pictures of a film; None where a row is none."""
    if data.axes[:2] == ("step", "pixel"):
        side = math.isqrt(data.input_shape[1])
        return side, side, 1
    if data.axes[:3] == ("step", "row", "column"):
        return data.input_shape[1], data.input_shape[2], data.input_shape[3]
    return None


def picture_lines(values: Any, shape: tuple[int, int, int], look: Look) -> list[str]:
    """A picture as signs, dark to bright; colours by their mean."""
    pixels = values.reshape(shape).mean(axis=2)
    low, high = float(pixels.min()), float(pixels.max())
    scale = (len(RAMP) - 1) / ((high - low) or 1.0)
    wide = 2 if 2 * shape[1] <= look.width and shape[1] < NUMBERS * 2 else 1
    return ["".join(RAMP[int((v - low) * scale)] * wide for v in line) for line in pixels.tolist()]


def _classes(data: Dataset, row: int) -> list[str]:
    """A class for every pixel, (height, width): the first letter of each, the first class left blank."""
    signs = [" ", *(name[0] for name in data.target_vocabulary[1:])]
    return ["".join(signs[k] * 2 for k in line).rstrip() for line in data.y[row].tolist()]


def _curve(values: Any, look: Look) -> str:
    """A series as one line of heights, with its least and largest number."""
    signs = DIGITS if look.ascii else LEVELS
    low, high = float(values.min()), float(values.max())
    scale = (len(signs) - 1) / ((high - low) or 1.0)
    line = "".join(signs[round((float(v) - low) * scale)] for v in values)
    return _("{curve}  {low} … {high}", curve=line, low=number(low, 3), high=number(high, 3))


def render_changes(data: Dataset, changes: str, row: int, look: Look, seed: int = 1) -> list[str]:
    """A row as it is, and as the first steps of training would see it changed."""
    from dataclasses import replace

    from nnlab.data.augment import Augmentation

    augmentation = Augmentation.parse(changes)
    seen = augmentation.bind(data, seed).preview(data, row, SHOWN - 1)
    lines = [_("row {row} as it is, and changed by {changes}", row=row, changes=augmentation)]
    if data.picture is not None and not look.accessible:
        pictures = [picture_lines(values, data.picture, look) for values in (data.x[row], *seen)]
        return [*lines, *beside(pictures, look.width)]
    changed = replace(data, x=seen, y=data.y[[row] * len(seen)], inputs={})
    return [
        *lines,
        *_inputs(data, row, look),
        *(line for k in range(len(seen)) for line in _inputs(changed, k, look)),
    ]


def beside(blocks: Sequence[Sequence[str]], width: int) -> list[str]:
    """Blocks of lines side by side, as many as fit; a narrow screen has at least the first."""
    widths = [max(map(columns, block), default=0) for block in blocks]
    fits = 1
    while fits < len(blocks) and sum(widths[: fits + 1]) + 3 * fits <= width:
        fits += 1
    tall = max(len(block) for block in blocks[:fits])
    filled = [[*block, *[""] * (tall - len(block))] for block in blocks[:fits]]
    return ["   ".join(pad(line, w) for line, w in zip(lines, widths)).rstrip() for lines in zip(*filled)]
