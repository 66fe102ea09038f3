"""Rows over the steps of a sequence as text, and how their numbers are written."""

from __future__ import annotations

import numpy as np

from nnlab.i18n import _
from nnlab.session.figures import Scale, full
from nnlab.session.look import Look, wrap
from nnlab.session.scene import Lane, Lanes, Target
from nnlab.width import columns, pad


def lane_words(lane: Lane) -> list[str]:
    """Every number of a lane as it is written: shared by text and picture."""
    if lane.values is None:
        return []
    if lane.kind == "signed":
        scale = Scale.of(lane.values)
        return ["" if v != v else scale.bare(v) for v in lane.values.tolist()]
    if lane.kind == "gate":
        return ["" if v != v else f"{v:.2f}".removeprefix("0")[:3] for v in lane.values.tolist()]
    negative = bool((lane.values < 0).any())
    return ["" if v != v else brief(v, negative) for v in lane.values.tolist()]


def lane_head(lane: Lane) -> str:
    """The name of a lane, with the scale of its numbers."""
    scaled = Scale.of(lane.values).head() if lane.kind == "signed" else ""
    return f"{lane.name} {scaled}".rstrip()


def brief(value: float, signed: bool = False) -> str:
    """Two digits in at most six columns: ``.95``, ``1.0``, ``.0041``, ``3e−5``."""
    size = abs(value)
    if not np.isfinite(size):
        word = "∞"
    elif not size:
        return "0"
    elif 0.00095 <= size < 99.5:
        word = f"{size:.{1 if size >= 0.995 else 2 if size >= 0.095 else 3 if size >= 0.0095 else 4}f}"
    else:
        word = f"{size:.0e}".replace("e-0", "e−").replace("e-", "e−").replace("e+0", "e").replace("e+", "e")
    sign = "−" if value < 0 else "+" if signed else ""
    return sign + word.removeprefix("0")


def lines_of(block: Lanes, look: Look, cursor: Target | None) -> list[str]:
    """Lanes as lines, one each, steps side by side; for screen readers a sentence each."""
    lines = [f"{block.title}:"]
    steps = list(map(str, range(len(block.heads))))
    heads = [step if head == step else f"{step} {head}" for step, head in zip(steps, block.heads)]
    words = {lane_head(lane): lane_words(lane) or ["?"] * len(steps) for lane in block.lanes}
    if look.accessible:
        for name, row in words.items():
            told = ", ".join(f"{head}: {word}" for head, word in zip(heads, row) if word)
            lines += wrap(f"  {name}: {told}", max(40, look.width), "    ")
    else:
        widths = [max(map(columns, column)) for column in zip(steps, block.heads, *words.values())]
        margin = max(map(columns, words), default=0)
        said = {} if tuple(steps) == block.heads else {" ": list(block.heads)}
        rows = {"": steps, **said, **words}
        for name, row in rows.items():
            written = " ".join(pad(word, width, True) for word, width in zip(row, widths))
            lines.append(f"  {pad(name, margin)} {written}".rstrip())
    for name, told in (("padding", _("padding")), ("cut", _("the gradient ends")), ("wall", _("wall"))):
        mask = block.marks.get(name)
        if mask is not None and mask.any():
            lines.append(f"  {told}: " + " ".join(steps[k] for k in np.flatnonzero(mask)))
    for lane in block.lanes:
        if cursor is not None and cursor in lane.places and lane.values is not None:
            value = float(lane.values[lane.places.index(cursor)])
            lines.append("  " + _("at the cursor: {what}", what=f"{cursor} = {full(value)}"))
    return [*lines, *(wrap("  " + block.note, max(40, look.width), "  ") if block.note else [])]
