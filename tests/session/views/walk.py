"""A walk through every view of a network: which scenes there are, and what must hold for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random
from types import ModuleType

import numpy as np
from facts import SIGHTS, SIZES

from nnlab.engine.address import Address
from nnlab.errors import NnlabError
from nnlab.session import views
from nnlab.session.action import ACTIONS, find, parse
from nnlab.session.columns import Column
from nnlab.session.figures import Scale
from nnlab.session.moment import Moment
from nnlab.session.scene import (
    Deed,
    Flow,
    Grid,
    Lanes,
    Points,
    Scene,
    Sheet,
    Table,
    Target,
    Wall,
    flat,
)
from nnlab.session.scene_text import sheet_words
from nnlab.session.session import Session
from nnlab.session.views.owned import operations_of
from nnlab.tui.bench import blocks
from nnlab.tui.bench.blocks.desk import ScenePicture
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of

FORMS = tuple((height, width, sight) for sight in SIGHTS for height, width in SIZES)
"""Every size in every sight."""
UNDER = 3
"""Rows of a heading at most: what scrolled up stands under it."""
SMALL = 64
"""Numbers of a block that are all looked at; of larger ones as many as this."""
TURNS = 3
"""Numbers that each view is turned to at each moment, out of all that are listed."""
EXPLAINED = 2
"""Numbers of a scene whose arithmetic is worked out."""
ASCII = Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII)
_FIGURE = re.compile(r"[+-]?\d+(?:\.(?P<decimals>\d+))?(?:e(?P<power>-?\d+))?")


@dataclass
class Walk:
    """Everything in the views of ``session``: ``whole`` all of it, else a sample that ``seed`` draws.

    ``reached`` gathers the values that the cursor can be put on, by name and part.
    """

    session: Session
    seed: str
    whole: bool = False
    reached: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        forms = list(FORMS)
        self.random.shuffle(forms)
        self.forms = cycle(forms)

    # -- where there is something to see ------------------------------------------------------------

    def moments(self) -> Iterator[tuple[str, Moment]]:
        """Before any step, in the middle of its backward pass, and behind it; both ways each."""
        run = self.session.need_run()
        yield from self._both("before")
        self.session.execute("step batch")
        backward = [event.index for event in run.events if event.phase == "backward"]
        middle = backward[len(backward) // 2]
        self.session.execute(f"back {len(run.events) - middle} operation")
        yield from self._both("middle")
        self.session.execute("step batch")
        yield from self._both("after")

    def _both(self, name: str) -> Iterator[tuple[str, Moment]]:
        for flip in (False, True):
            moment = Moment.of(self.session, flip)
            yield f"{name} {'backward' if moment.backward else 'forward'}", moment

    def opened(self, moment: Moment) -> Iterator[tuple[ModuleType, Column]]:
        """Every layer with a view of its own, and the parts of it that have one."""
        for column in moment.columns:
            for each in (column, *views.parts_of(moment, column)):
                view = views.view_of(moment, each)
                if view is not None:
                    yield view, each

    def anchors(self, moment: Moment, column: Column) -> list[Address]:
        """Numbers to turn to: first, middle, last and any one of every value that a view turns to."""
        own = {v.name: v for o in operations_of(moment, column.name) for v in (*o.outputs, *o.inputs)}
        found = [views.first_at(moment, column)]
        for name in own:
            shape = moment.shape(name)
            size = int(np.prod(shape, dtype=int))
            chosen = dict.fromkeys((0, size // 2, size - 1, self.random.randrange(size)))
            for at in chosen:
                index = tuple(map(int, np.unravel_index(at, shape)))
                if moment.batched(name):
                    index = (moment.row, *index[1:])
                found.append(Address(name, index, moment.part_of(name)))
        known = [a for a in dict.fromkeys(found) if views.anchors(moment, column, a)]
        if self.whole or len(known) <= TURNS:
            return known
        return [known[0], *self.random.sample(known[1:], TURNS - 1)]

    def scenes(self, moment: Moment) -> Iterator[tuple[str, Scene, Target | None]]:
        """Every scene of a moment and where the cursor is in it: at its anchor, and once on a weight."""
        for _view, column in self.opened(moment):
            parameters = [v for o in operations_of(moment, column.name) for v in o.inputs]
            weights = [v.name for v in parameters if v.name in moment.run.store]
            for k, at in enumerate(self.anchors(moment, column)):
                cursor = at
                if weights and k == 1:
                    name = self.random.choice(weights)
                    index = tuple(self.random.randrange(n) for n in moment.shape(name))
                    cursor = Address(name, index, moment.part_of(name))
                scene = views.scene_of(moment, column, at, cursor)
                assert scene is not None
                yield f"{column.name} at {at}", scene, cursor

    def draw(self, scene: Scene, cursor: Target | None) -> Iterator[tuple[str, ScenePicture]]:
        """The scene in every form, or in the next one."""
        for _form in range(len(FORMS) if self.whole else 1):
            height, width, sight = next(self.forms)
            name = f"{width}x{height} {sight.caps.color.name} {sight.caps.glyphs.name}"
            yield name, blocks.draw(scene, cursor, height, width, sight)

    # -- what must hold ---------------------------------------------------------------------------

    def look_at(self, what: str, moment: Moment, scene: Scene, cursor: Target | None) -> None:
        """The numbers of the scene, and of a picture of it, are those of the run."""
        claims = list(self.claims(scene))
        for target, value in claims:
            self.check(what, moment, target, value)
        addresses = [t for t, _value in claims if isinstance(t, Address) and moment.known(t.value, t.part)]
        self.reached |= {(a.value, a.part) for t, _value in claims for a in [t] if isinstance(a, Address)}
        for address in self.random.sample(addresses, min(EXPLAINED, len(addresses))):
            self.explain(what, moment, address)
        for name, picture in self.draw(scene, cursor):
            self.read(f"{what}, {name}", moment, scene, picture)

    def claims(self, scene: Scene) -> Iterator[tuple[Target, float | None]]:
        """Every number of a scene with the place it stands for; of large grids a sample."""
        for block in flat(scene.blocks):
            yield from self.sampled(list(claimed(block)))

    def sampled(self, found: Sequence[tuple[Target, float | None]]) -> Sequence[tuple[Target, float | None]]:
        if self.whole or len(found) <= SMALL:
            return found
        return [found[0], *self.random.sample(found, SMALL - 2), found[-1]]

    def check(self, what: str, moment: Moment, target: Target, value: float | None) -> None:
        """The place exists and its number is ``value``."""
        if isinstance(target, Deed):
            if target.line.endswith((" ", "=")) and find(target.line.split()[0], ACTIONS):
                return  # somebody types the rest
            try:
                parse(target.line)
            except NnlabError as error:
                self.faults.append(f"{what}: {target.line!r} is no action: {error}")
            return
        try:
            moment.run.address(target)
        except NnlabError as error:
            self.faults.append(f"{what}: {error}")
            return
        if value is None or value != value:
            return
        true = number_of(moment, target)
        if true is None:
            self.faults.append(f"{what}: {target} is not known yet, and {value} is shown")
            return
        if true != value and not np.isclose(true, value, rtol=1e-6, atol=0):
            self.faults.append(f"{what}: {target} is {true}, not {value}")

    def explain(self, what: str, moment: Moment, address: Address) -> None:
        """The arithmetic of a number comes to the number."""
        explanation = moment.explain(address)
        if explanation is None:
            self.faults.append(f"{what}: {address} is not explained")
            return
        array = moment.run.array(address.value, address.part)
        eps = float(np.finfo(array.dtype).eps) if array.dtype.kind == "f" else 0.0
        apart = abs(explanation.evaluate(moment.run.value) - explanation.value)
        if apart > explanation.tolerance(eps):
            self.faults.append(f"{what}: {address} is {explanation.value}, its arithmetic {apart} beside")

    def read(self, what: str, moment: Moment, scene: Scene, picture: ScenePicture) -> None:
        """What is printed where a number stands is that number, to the printed digits."""
        for printed in self.sampled(list(prints(scene, picture))):
            word = "".join(rows_of(picture.cells[printed.y : printed.y + 1, printed.x : printed.end]))
            word = word.strip().lstrip("*>").replace("−", "-").strip()
            found, true = _FIGURE.fullmatch(word), number_of(moment, printed.target)
            if found is None or true is None:
                continue
            unit = 10.0 ** (int(found["power"] or 0) - len(found["decimals"] or ""))
            shown = true if found["power"] else true * printed.factor
            if abs(float(word) - shown) > (1.0 if printed.whole else 0.5001) * unit + 1e-6 * abs(shown):
                self.faults.append(f"{what}: {printed.target} is {true}, printed {word}")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number on a picture: (y, x) to ``end``, multiplied by ``factor``; ``whole``: as whole percent."""

    y: int
    x: int
    end: int
    target: Address
    factor: float = 1.0
    whole: bool = False


def prints(scene: Scene, picture: ScenePicture) -> Iterator[Printed]:
    """The numbers that stand by themselves on the picture: cells of grids, lines of tables and sheets."""
    parts = flat(scene.blocks)
    skipped = {p for b in parts if isinstance(b, Wall) for p in b.picks}
    skipped |= {line.at for b in parts if isinstance(b, Table) for line in b.lines if line.leads}
    skipped |= {p for b in parts if isinstance(b, Points) for p in b.places}
    skipped |= {p for b in parts if isinstance(b, Lanes) for lane in b.lanes for p in lane.places}
    height = len(picture.cells)
    for spot, owner in zip(picture.spots, picture.owners):
        block = scene.blocks[owner]
        sheets = [part for part in flat((block,)) if isinstance(part, Sheet)]
        if isinstance(spot.target, Address) and spot.target not in skipped and UNDER <= spot.y < height:
            factor, whole = scaled(sheets, spot.target)
            yield Printed(spot.y, spot.x, spot.x + spot.width, spot.target, factor, whole)
    grids = {id(b.places): b for b in parts if isinstance(b, Grid)}
    for each in picture.fields:
        grid = grids.get(id(each.places))
        if grid is None or grid.values is None or grid.words or each.wide < 3 or each.tall < 1:
            continue
        whole = grid.kind == "share"
        factor = 100.0 if whole else 10.0 ** -Scale.of(grid.values).exponent
        for spot in each.spots:
            if isinstance(spot.target, Address) and UNDER <= spot.y < height:
                yield Printed(spot.y, spot.x, spot.x + spot.width, spot.target, factor, whole)


def scaled(sheets: Sequence[Sheet], target: Address) -> tuple[float, bool]:
    """How numbers of the entry of a sheet are scaled, and whether they are whole percent."""
    for sheet in sheets:
        for k, entry in enumerate(sheet.entries):
            if target in entry.places or target == entry.total_at:
                if entry.kind == "share":
                    return 100.0, True
                name = sheet_words(sheet, k, ASCII)[0]
                power = re.search(r"x1e(-?\d+)$", name)
                return (10.0 ** -int(power[1]) if power else 1.0), False
    return 1.0, False


def number_of(moment: Moment, target: Address) -> float | None:
    """The run's own number, of the input before a step that of the example; None where it is not known."""
    if target.value == "input" and not moment.computed:
        return float(moment.input[target.index[1:]])
    return moment.run.value(target) if moment.known(target.value, target.part) else None


def claimed(block: object) -> Iterator[tuple[Target, float | None]]:
    """The numbers of a block that stand somewhere."""
    if isinstance(block, Wall):
        for grid in block.grids:
            yield from claimed(grid)
        yield from ((pick, None) for pick in block.picks if pick is not None)
    elif isinstance(block, Grid) and block.places is not None:
        masked = block.marks.get("masked")
        for r, c in np.ndindex(*block.shape):
            target = block.places.at(r, c)
            if target is not None:
                silent = block.values is None or (masked is not None and masked[r, c]) or bool(block.words)
                yield target, None if silent else float(block.values[r, c])  # type: ignore[index]
    elif isinstance(block, Table):
        yield from ((line.at, None if line.leads else line.value) for line in block.lines if line.at)
    elif isinstance(block, Lanes):
        for lane in block.lanes:
            for k, target in enumerate(lane.places):
                if target is not None:
                    yield target, None if lane.values is None or lane.leads else float(lane.values[k])
    elif isinstance(block, Sheet):
        for entry in block.entries:
            for k, target in enumerate(entry.places):
                if target is not None:
                    yield target, None if entry.values is None else float(entry.values[k])
            if entry.total_at is not None:
                yield entry.total_at, entry.total
    elif isinstance(block, Flow):
        yield from ((stop.target, None) for stop in block.stops)
    elif isinstance(block, Points):
        yield from ((target, None) for target in block.places if target is not None)
