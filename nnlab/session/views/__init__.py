"""The views of layers: what is worth seeing of a convolution, of a recurrent layer, of attention.

A view is a module with three functions, and one line in :data:`VIEWS`:

``shows(operations)``
    whether the view is for a layer that is made of these operations;
``scene(moment, column, at, cursor)``
    the layer in detail (:class:`~nnlab.session.scene.Scene`) around the number ``at``, forward or backward
    as ``moment.backward`` says;
``overview(moment, column, at)``
    a small :class:`~nnlab.session.scene.Grid` or :class:`~nnlab.session.scene.Wall` for the picture of the
    whole network, a :class:`~nnlab.session.scene.Strip` of steps, or None: the usual columns of units.

A view that is not for every layer of its operations says for which: ``fits(moment, column)``.

``at`` is a number the layer answers: the cursor's, or the last one the cursor stood on before it went to an
operand; ``cursor`` may be any number of the scene, such as one of the channel to be shown.  A view may say
for itself which numbers it turns to: ``anchors(moment, column, address)``.

While training goes on only values that were asked for are at hand.  A view that needs more than what the
layer answers says so: ``wanted(moment, column, opened)`` names the values, for the overview, or with
``opened`` for the detail too.  Views that do not say get everything the layer makes once they are opened.

Views read arrays of the moment, attributes of operations, and terms of explanations; they compute nothing
that a program has not computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from nnlab.engine.address import Address
from nnlab.session.scene import Grid, Scene, Strip, Wall
from nnlab.session.views import (
    attention,
    block,
    conv,
    dropout,
    each_step,
    embedding,
    maps,
    norm,
    pool,
    positions,
    recurrent,
    said,
    sequence,
    transposed,
)
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

VIEWS: tuple[ModuleType, ...] = (
    said,
    conv,
    transposed,
    pool,
    norm,
    dropout,
    recurrent,
    embedding,
    positions,
    block,
    attention,
    each_step,
    maps,
)


def parts_of(moment: Moment, column: Column) -> tuple[Column, ...]:
    """The parts that a layer's view opens one by one; none for most layers."""
    view = view_of(moment, column)
    parts = getattr(view, "parts", None)
    return () if parts is None else tuple(parts(moment, column))


def part(moment: Moment, name: str) -> Column | None:
    """The part called ``name`` of any layer; ``attention2`` is the second of the parts called attention."""
    parts = [part for column in moment.columns for part in parts_of(moment, column)]
    kind = name.rstrip("0123456789")
    number = int(name[len(kind) :] or 1)
    alike = [part for part in parts if part.name.rpartition(".")[2] == kind]
    found = [part for part in parts if name in (part.name, part.name.rpartition(".")[2])]
    found += alike[number - 1 : number] if number else []
    return next(iter(found), None)


def column_at(moment: Moment, address: Address) -> Column | None:
    """The layer whose view shows ``address``, or the part of it that is made for this number."""
    column = moment.column(address.value) or moment.column(address.value.split(".")[0])
    if column is None:  # a number of the loss, which the view of the last layer may show
        return next((c for c in moment.columns if anchors(moment, c, address)), None)
    if anchors(moment, column, address):
        return column
    for part in parts_of(moment, column):
        makes = {value.name for o in operations_of(moment, part.name) for value in o.outputs}
        if address.value in makes and view_of(moment, part) is not None and anchors(moment, part, address):
            return part
    return column


def view_of(moment: Moment, column: Column) -> ModuleType | None:
    """The view for a layer; None where the usual picture of units and weights is the best one."""
    operations: Sequence[Operation] = operations_of(moment, column.name)
    shown = (view for view in VIEWS if operations and view.shows(operations))
    return next((view for view in shown if not hasattr(view, "fits") or view.fits(moment, column)), None)


def scene_of(moment: Moment, column: Column, at: Address, cursor: Address | None = None) -> Scene | None:
    """The layer in detail around ``at``."""
    view = view_of(moment, column)
    return None if view is None else view.scene(moment, column, at, cursor or at)


def overview_of(moment: Moment, column: Column, at: Address) -> Grid | Wall | Strip | None:
    """The layer as a part of the network's picture: as its view says, else its steps if it has some."""
    view = view_of(moment, column)
    own = None if view is None else view.overview(moment, column, at)
    return sequence.strip(moment, column) if own is None else own


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """Whether the view of ``column`` turns to ``address`` when the cursor goes there."""
    view = view_of(moment, column)
    if view is None:
        return False
    narrowed = getattr(view, "anchors", None)
    if narrowed is not None:
        return bool(narrowed(moment, column, address))
    return any(address.value == v.name for o in operations_of(moment, column.name) for v in o.outputs)


def wanted(moment: Moment, column: Column, opened: bool) -> list[str]:
    """The values that the view of ``column`` reads while training goes on."""
    view = view_of(moment, column)
    if view is None:
        return []
    asked = getattr(view, "wanted", None)
    if asked is not None:
        return list(asked(moment, column, opened))
    operations = operations_of(moment, column.name) if opened else []
    return [v.name for o in operations for v in (*o.outputs, *o.inputs)]


def first_at(moment: Moment, column: Column) -> Address:
    """The first number a layer answers for the example shown."""
    part = moment.part_of(column.post)
    return Address(column.post, (moment.row, *column.index(0)), part)
