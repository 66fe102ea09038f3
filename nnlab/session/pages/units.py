"""What a unit looks for: the examples that excite it most, and an input made to excite it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.expression import number
from nnlab.engine.values import BATCH
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.insight.units import Excited, Strongest, excited, strongest
from nnlab.session.look import Look
from nnlab.session.pages.page import ScenePage
from nnlab.session.pages.saliency import fits
from nnlab.session.rows import render_row
from nnlab.session.scene import Block, Deed, Grid, Line, Note, Scene, Table, Wall
from nnlab.session.text import target_text

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Looking:
    """The strongest examples of a unit, as pictures (n, height, width) or words, and what was made for it."""

    found: Strongest
    pictures: Array | None
    words: tuple[str, ...]
    rows: tuple[int, ...]
    made: Excited | None


def read(session: Session) -> Looking:
    data = session.need_data()
    found = strongest(session, unit_of(session))
    rows = [hit.row for hit in found.hits]
    shape = data.picture
    pictures = data.x[rows].reshape(len(rows), *shape).mean(axis=-1) if shape is not None else None
    words = tuple(target_text(data, row) if shape is not None else _written(data, row) for row in rows)
    made = None
    if shape is not None:
        try:
            made = excited(session, unit_of(session))
        except NnlabError:
            made = None  # a unit behind draws or ids has no input that could be moved
    train = {int(row): k for k, row in enumerate(data.split.train)}
    return Looking(found, pictures, words, tuple(train.get(row, -1) for row in rows), made)


def _written(data: Dataset, row: int) -> str:
    return render_row(data, row, Look(width=60))[-1]


def unit_of(session: Session) -> str:
    """The unit the cursor is on: of a map the whole channel; else the first of the first layer."""
    at = session.selection
    graph = session.need_run().program.graph
    value = graph.values.get(at.value) if at is not None else None
    batched = value is not None and value.shape[:1] == (BATCH,)
    if at is None or value is None or not batched or value.layer in ("", "input", "loss"):
        layer = session.need_network().ledger()[0].name
        return f"{layer}[0]"
    index = at.index[1:]
    return str(Address(at.value, index[-1:] if len(index) == 3 else index))


def scene(looking: Looking) -> Scene:
    """The strongest examples, each to be followed by Enter; beside them what was made for the unit."""
    found = looking.found
    blocks: list[Block] = []
    if looking.pictures is not None:
        grids = tuple(
            Grid(word, picture, kind="unsigned") for word, picture in zip(looking.words, looking.pictures)
        )
        picks = tuple(Deed(f"example {k}") if k >= 0 else None for k in looking.rows)
        blocks.append(Wall(_("examples that excite it most"), grids, picks=picks))
    if looking.made is not None:
        made = looking.made.example
        title = _("made for it: {value}", value=number(looking.made.excitement[-1], 4))
        blocks.append(Grid(title, made.mean(axis=2) if made.ndim == 3 else made, most="pixels"))
    lines = tuple(
        Line(
            _("row {n}", n=hit.row),
            hit.value,
            Deed(f"example {k}") if k >= 0 else None,
            word + (f" [{','.join(map(str, hit.place))}]" if hit.place else ""),
        )
        for hit, word, k in zip(found.hits, looking.words, looking.rows)
    )
    bars = "signed" if any(hit.value < 0 for hit in found.hits) else "share"
    blocks.append(Table(_("how much"), lines, bars, digits=4))
    blocks.append(Note(_("of {n} examples; the unit is the one under the cursor of the stage", n=found.rows)))
    return Scene(_("what {unit} looks for", unit=found.unit), tuple(blocks))


PAGE = ScenePage("units", N_("units"), fits, read, scene, live=False)
