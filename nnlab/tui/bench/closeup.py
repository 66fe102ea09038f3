"""One layer seen through its view: where the cursor is in it, and the number the view turns around."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from nnlab.engine.address import Address
from nnlab.session import views
from nnlab.session.columns import Column
from nnlab.session.moment import Moment
from nnlab.session.scene import Deed, Target
from nnlab.tui.bench import blocks
from nnlab.tui.bench.arriving import at_progress, filling, name_of, written
from nnlab.tui.bench.blocks.desk import ScenePicture
from nnlab.tui.bench.spots import Sight


@dataclass
class Closeup:
    """``cursor`` is the number pointed at, ``anchor`` the last one that the view turns around.

    ``within`` is the block that the arrows are in, for numbers that stand in several; −1: the first.
    ``part`` is the part of the layer that was opened from its view, such as the attention of a block;
    ``fresh`` says that nobody has moved in it yet.
    """

    layer: str = ""
    cursor: Target | None = None
    anchor: Address | None = None
    within: int = -1
    part: str = ""
    editable: tuple[str, ...] = ()
    fresh: bool = False

    def stand(self, moment: Moment, column: Column, cursor: Target) -> None:
        """The cursor goes to ``cursor``; the view turns to it where it is a number of its own."""
        if column.name != self.layer:
            self.layer, self.anchor, self.part, self.fresh = column.name, None, "", True
        self.cursor = cursor
        number = cursor.at if isinstance(cursor, Deed) else cursor
        if number is not None and views.anchors(moment, self._shown(moment, column), number):
            self.anchor = number

    def open(self, moment: Moment, column: Column, name: str) -> bool:
        """Go into the part called ``name`` of the layer; False where it has no view of its own."""
        part = next((part for part in views.parts_of(moment, column) if part.name == name), None)
        if part is None or views.view_of(moment, part) is None:
            return False
        self.layer, self.part, self.anchor, self.cursor = column.name, name, None, None
        return True

    def shut(self) -> None:
        """Out of a part, back to the whole layer."""
        self.part, self.anchor, self.cursor, self.fresh = "", None, None, True

    def _shown(self, moment: Moment, column: Column) -> Column:
        """What is looked at: the opened part of the layer, or all of it."""
        return (views.part(moment, self.part) if self.part else None) or column

    def draw(
        self, moment: Moment, column: Column, height: int, width: int, sight: Sight
    ) -> ScenePicture | None:
        """The picture of ``column``; None where the layer has no view of its own."""
        if views.view_of(moment, column) is None:
            return None
        shown = self._shown(moment, column) if self.layer == column.name else column
        start = views.first_at(moment, shown)
        cursor = self.cursor if self.layer == column.name and self.cursor is not None else start
        number = self._here(moment, cursor) if isinstance(cursor, Address) else None
        self.stand(moment, column, number or cursor)
        anchor = self._here(moment, self.anchor or start)
        writes = written(moment) if sight.progress < 1 else frozenset()
        if name_of(anchor) in writes and not moment.backward:
            anchor = at_progress(moment, anchor, sight.progress)
        scene = views.scene_of(moment, shown, anchor, number)
        assert scene is not None
        self.editable = scene.editable
        if writes:
            scene = filling(scene, writes, sight.progress)
        begins = self.fresh and (number is None or _answers(shown, number))
        if begins and scene.home is not None and not _answers(shown, scene.home):
            self.stand(moment, column, scene.home)
        self.fresh = False
        picture = blocks.draw(scene, self.cursor, height, width, sight, self.within)
        if picture.spot_of(self.cursor) is None:
            first = picture.spot_of(scene.home) or picture.first
            if first is not None and isinstance(first.target, (Address, Deed)):
                self.stand(moment, column, first.target)
                picture = blocks.draw(scene, self.cursor, height, width, sight, self.within)
        return picture

    def _here(self, moment: Moment, address: Address) -> Address:
        """``address`` for the example and the direction shown now."""
        if address.part in ("", "grad"):
            address = replace(address, part=moment.part_of(address.value))
        if moment.batched(address.value) and address.index:
            address = replace(address, index=(moment.row, *address.index[1:]))
        return address

    def beside(self, picture: ScenePicture, target: Hashable, direction: str) -> tuple[Hashable, int]:
        """The number next to ``target`` in a scene, and the block it is in; None at the edge."""
        spot = picture.beside(target, direction)
        return (None, self.within) if spot is None else (spot.target, picture.block_at(spot.y, spot.x))


def _answers(column: Column, target: Target) -> bool:
    """Whether ``target`` is a number that the layer answers: where one stands in the network's picture."""
    return isinstance(target, Address) and target.value in column.values
