"""The stage: the network with its numbers, or one layer of it in detail."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from nnlab.engine.address import Address
from nnlab.i18n import _
from nnlab.session import views
from nnlab.session.figures import full
from nnlab.session.moment import Moment, Place
from nnlab.session.scene import Deed
from nnlab.tui.bench import chips, graph, histogram, matrix, pair, starts
from nnlab.tui.bench.blocks.desk import ScenePicture
from nnlab.tui.bench.closeup import Closeup
from nnlab.tui.bench.layout import plan
from nnlab.tui.bench.spots import Picture, Sight, Spot, beside
from nnlab.tui.bench.view import View
from nnlab.tui.cells import Cells, blank, clip, fill, paste, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.tui.bench.bench import Bench


class StageView(View):
    """``place`` is the number under the cursor; ``form`` is network or layer.

    A layer with a view of its own is drawn by ``closeup``, whose targets are addresses.
    """

    number = "1"
    place: Place | None = None
    form = "network"
    bar = -1
    _sought: Hashable = None
    """What the cursor was put on by hand."""

    def __init__(self, bench: Bench, id: str) -> None:
        super().__init__(bench, id)
        self.closeup = Closeup()

    def heading(self) -> tuple[str, str, int]:
        moment = self.bench.moment
        if moment is None:
            return _("stage"), "", Role.MUTED
        backward = moment.backward
        word = _("backward: gradients") if backward else _("forward: values")
        if self.capabilities.unicode:
            word = ("◀ " if backward else "▶ ") + word
        title = f"{_('stage')}  {word}"
        count = len(moment.data.split.train)
        note = _("example {n} of {count}, truth {truth}", n=moment.example, count=count, truth=moment.truth)
        if moment.own:
            return title, _("your text: {text}", text=moment.own), Role.FORWARD
        if not moment.followed:
            note = _("row {row} of the batch, truth {truth}", row=moment.row, truth=moment.truth)
            way = _("F: to example {n}", n=moment.example)
            if columns(f"{title}{note}{way}") + 9 <= self.size.width:
                note += f"  {way}"
        if moment.trial is not None:
            note = _("with the edit, as in evaluation")
        return title, note, Role.BACKWARD if backward else Role.FORWARD

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        moment = self.bench.moment
        if moment is None:
            return self._empty(height, width, sight)
        line, other = self._lines if height else 0, self.bench.other
        if other is None:
            picture = self._drawn(moment, height - line, width, sight)
        else:
            picture = self._compared(moment, other, height - line, width, sight)
        return self._with_reading(moment, picture, height, width) if line else picture

    def _compared(self, moment: Moment, other: Moment, height: int, width: int, sight: Sight) -> Picture:
        """The twin, or the difference that it makes: beside one's own numbers, or in their place."""
        names = self.bench.sides
        tall, wide = pair.half(height, width)
        if not wide:
            return pair.named(self._drawn(other, height - 1, width, sight), names[1], height, width)
        here = self.place, self.target, replace(self.closeup)
        theirs = self._drawn(other, tall, wide, sight)
        self.place, self.target, self.closeup = here
        own = self._drawn(moment, tall, wide, sight)
        return pair.joined(own, theirs, names, height, width, sight)

    def spot_at(self, y: int, x: int) -> Spot | None:
        """Where two pictures stand, a click on the other one means the same place."""
        if self.bench.other is not None:
            y, x = pair.mirrored(y - 1, x, self.size.height - 1 - self._lines, self.size.width)
            y += 1
        return super().spot_at(y, x)

    def _drawn(self, moment: Moment, height: int, width: int, sight: Sight) -> Picture:
        """One picture of the network, or of the layer that is looked at."""
        self.place = settled(moment, self.place)
        if self.form == "layer" and (scene := self._scene(moment, height, width, sight)) is not None:
            return scene
        if not isinstance(self.target, Place) and (
            not isinstance(self.target, tuple) or self.target[0] not in ("layer", "bar")
        ):
            self.target = self.place
        picture = self._picture(moment, height, width, sight)
        if isinstance(self.target, Place) and self._folded(picture):
            column, unit = graph.standing(moment, self.target)
            near = Place(column.post, column.index(unit))
            if picture.spot_of(near) is not None:
                self.target = self.place = near
                picture = self._picture(moment, height, width, sight)
        if isinstance(self.target, tuple):
            spot = picture.spot_of(self.target)
            if spot is not None:
                ground = Role.CURSOR if sight.focus else Role.SELECTION
                ink = Role.CURSOR_TEXT if sight.focus else Role.TEXT
                fill(picture.cells, spot.y, spot.x, spot.height, spot.width, None, ink, ground)
        return picture

    def _scene(self, moment: Moment, height: int, width: int, sight: Sight) -> ScenePicture | None:
        """The layer through its own view, if it has one."""
        column, _unit = graph.standing(moment, self.place)
        if not isinstance(self.target, (Address, Deed)) and self.place is not None:
            self.closeup.stand(moment, column, moment.address(self.place))
        picture = self.closeup.draw(moment, column, height, width, sight)
        if picture is not None and self.closeup.cursor is not None:
            if self.closeup.cursor != self.target:
                self.post_message(self.Moved(self, self.closeup.cursor))
            self.target = self.closeup.cursor
            self._settle(moment)
        return picture

    def open(self, name: str) -> bool:
        """Go into the layer, or the part of the layer that is looked at, called ``name``; False where it has
        no view of its own."""
        moment = self.bench.moment
        if moment is None:
            return False
        column = moment.column(name)
        if column is not None and views.view_of(moment, column) is not None:
            self.place, self.closeup = moment.place(views.first_at(moment, column)), Closeup()
        else:
            part = views.part(moment, name)
            name = name if part is None else part.name
            column = next((c for c in moment.columns if name.startswith(f"{c.name}.")), None)
            if column is None or not self.closeup.open(moment, column, name):
                return False
            self.place = first_of(moment, column.name)
        self.form, self.target = "layer", None
        return True

    def shut(self) -> None:
        """One level out: of a part into its layer, of a layer into the network."""
        if self.closeup.part:
            self.closeup.shut()
        else:
            self.form = "network"
        self.target = self.place

    def leave(self) -> None:
        """Out of whatever is looked at, to the whole network."""
        self.form, self.closeup, self.target = "network", Closeup(), self.place

    def _settle(self, moment: Moment) -> None:
        """``place`` stays in the layer that is looked at: it is the number that the view turns around."""
        anchor = self.closeup.anchor
        if anchor is not None and moment.column(anchor.value) is not None:
            self.place = moment.place(anchor)

    def address(self, moment: Moment) -> Address:
        """The number under the cursor."""
        if self.form == "layer" and isinstance(self.target, Address):
            return self.target
        if self.form == "layer" and isinstance(self.target, Deed) and self.target.at is not None:
            return self.target.at
        self.place = settled(moment, self.place)
        return moment.address(self.place)

    def _with_reading(self, moment: Moment, picture: Picture, height: int, width: int) -> Picture:
        """``picture`` with the number under the cursor in full in the line below."""
        cells = blank(height, width)
        paste(cells, 0, 0, picture.cells)
        self._reading(moment, cells)
        return replace(picture, cells=cells)

    @property
    def _lines(self) -> int:
        """Rows below the picture for the number under the cursor: where the inspector is out of sight."""
        return 1 if self.bench.layout_name in ("small", "single") else 0

    def _folded(self, picture: Picture) -> bool:
        """Whether the cursor is on a sum that has no row of its own, without having been sent there."""
        spot = picture.spot_of(self.target)
        return spot is None or (spot.width == chips.LETTER and self.target != self._sought)

    def _picture(self, moment: Moment, height: int, width: int, sight: Sight) -> Picture:
        cursor = self.place if isinstance(self.target, Place) else None
        place = self.place
        if self.form == "network":
            marked = place if cursor is not None else _elsewhere(place)
            return graph.draw(moment, marked, height, width, sight)
        column, _unit = graph.standing(moment, place)
        inputs = int(moment.run.store[column.weights].shape[0]) if column.weights else 0
        large = column.weights and matrix.fits(column, inputs, width) == "histogram"
        if large or (not column.weights and column.units > 4000):
            bar = self.bar if isinstance(self.target, tuple) else -1
            return histogram.draw(moment, place, height, width, sight, bar)
        return matrix.draw(moment, place, height, width, sight)

    def _empty(self, height: int, width: int, sight: Sight) -> Picture:
        """Where to begin while there is no network or no data, or why they do not fit."""
        if not isinstance(self.target, tuple) or self.target[0] not in ("start", "draw", "build"):
            self.target = ("start", starts.STARTS[0].name)
        return starts.draw(self.bench.trouble, self.target, height, width, sight)

    def _reading(self, moment: Moment, cells: Cells) -> None:
        """On a small screen: the number under the cursor in full, below the picture."""
        if self.place is None:
            return
        address = self.address(moment)
        value = moment.number(address)
        shown = "?" if value is None else full(value, self.capabilities)
        height, width = cells.shape[:2]
        line = f" {address} = {shown}   " + (self._beside(address) or _("enter: why?"))
        text(cells, height - 1, 0, clip(line, width), Role.ACCENT, Role.PANEL, width)

    def _beside(self, address: Address) -> str:
        """The same number of the twin, or the difference; nothing where nobody compares."""
        other = self.bench.other
        if other is None:
            return ""
        if other.batched(address.value) and address.index:
            address = replace(address, index=(other.row, *address.index[1:]))
        value = other.number(address)
        return f"{self.bench.sides[1]} = {'?' if value is None else full(value, self.capabilities)}"

    def edited(self) -> Address | None:
        """The weight under the cursor that the keys change: one of the layer that is looked into, forward."""
        moment, target = self.bench.moment, self.target
        if self.form != "layer" or moment is None or moment.backward or not isinstance(target, Address):
            return None
        return target if target.value in self.closeup.editable and not target.part else None

    def onward(self, again: bool = False) -> bool:
        """The cursor goes on to the next number of the grid that the view turns around, row by row; ``again``
        from the last one to the first.  False where it cannot.
        """
        if self.form != "layer" or not isinstance(self.shown, ScenePicture):
            return False
        anchor = self.closeup.anchor
        here = anchor if anchor is not None and self.shown.spot_of(anchor) is not None else self.target
        spot = self.shown.onward(here, again)
        if spot is not None:
            self.stand(spot.target)
        return spot is not None

    def action_go(self, direction: str) -> None:
        """Sideways the cursor stays among numbers, or among the heads of layers; in a histogram, which shows
        one number, up and down go from unit to unit.
        """
        if self.shown is None:
            return
        if isinstance(self.shown, ScenePicture):
            found, block = self.closeup.beside(self.shown, self.target, direction)
            if found is not None:
                self.stand(found)
                self.closeup.within = block
            return
        if direction in ("up", "down") and (place := self._unit_beside(-1 if direction == "up" else 1)):
            self.stand(place)
            return
        spots = self.shown.spots
        if direction in ("left", "right"):
            number = isinstance(self.target, Place)
            spots = [s for s in spots if isinstance(s.target, Place) == number]
        spot = beside(Picture(self.shown.cells, spots), self.target, direction)
        if spot is not None:
            self.stand(spot.target)

    def _unit_beside(self, step: int) -> Place | None:
        """The unit ``step`` further in a column that is drawn as a histogram; None elsewhere."""
        moment, place = self.bench.moment, self.target
        if moment is None or self.shown is None or self.form != "network" or not isinstance(place, Place):
            return None
        column, unit = graph.standing(moment, place)
        height, width = self.shown.cells.shape[:2]
        slot = plan(moment, height - self._lines, width, column.name, self.capabilities).slot(column.name)
        if slot is None or slot.form != "histogram" or place.value not in column.values:
            return None
        return Place(column.post, column.index(max(0, min(column.units - 1, unit + step))))

    def stand(self, target: Hashable, sought: bool = True) -> None:
        self._sought = target if sought else None
        self.closeup.within = -1
        if isinstance(target, (Address, Deed)) and self.bench.moment is not None:
            column, _unit = graph.standing(self.bench.moment, self.place)
            self.closeup.stand(self.bench.moment, column, target)
            self._settle(self.bench.moment)
        if isinstance(target, Place):
            self.place = target
            self.bar = -1
        elif isinstance(target, tuple) and target[0] == "bar":
            self.bar = int(target[1])
        elif isinstance(target, tuple) and target[0] == "layer" and self.bench.moment is not None:
            self.place = first_of(self.bench.moment, str(target[1]))
        super().stand(target)


def _elsewhere(place: Place | None) -> Place | None:
    """The same unit for the picture's focus, but no number marked."""
    return None if place is None else Place(place.value, (*place.index,))


def first_of(moment: Moment, name: str) -> Place:
    """The first number of a layer."""
    column = moment.column(name) or moment.columns[0]
    return Place(column.pre or column.post, column.index(0))


def settled(moment: Moment, place: Place | None) -> Place:
    """``place`` where it still exists, else the first unit of the first layer."""
    start = moment.columns[min(1, len(moment.columns) - 1)]
    fallback = Place(start.pre or start.post, start.index(0))
    if place is None:
        return fallback
    value = moment.run.program.graph.values.get(place.value)
    if value is None:
        return fallback
    shape = value.shape[1:] if moment.batched(place.value) else value.shape
    if len(shape) != len(place.index):
        return fallback
    return Place(place.value, tuple(min(i, size - 1) for i, size in zip(place.index, shape)))


def neighbour(moment: Moment, place: Place | None, step: int) -> Place | None:
    """The same unit ``step`` layers further; None beyond the ends."""
    column, unit = graph.standing(moment, place)
    at = moment.columns.index(column) + step
    if not 0 <= at < len(moment.columns):
        return None
    other = moment.columns[at]
    return Place(other.pre or other.post, other.index(min(unit, other.units - 1)))
