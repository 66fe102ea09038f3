"""Many grids as small pictures: all channels of a layer, all filters, all heads."""

from __future__ import annotations

from dataclasses import replace

from nnlab.session.figures import plain
from nnlab.session.scene import Wall
from nnlab.tui.bench.blocks import shades
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import Cells, clip, fill, paste, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role
from nnlab.width import pad

FORMS = ("tiles", "triple", "double", "pixels", "half", "third", "quarter")
PARTS = {"triple": 1, "double": 1, "pixels": 1, "half": 2, "third": 3, "quarter": 4}
TIMES = {"triple": 3, "double": 2}
LOSSES = {
    "tiles": 0.0,
    "triple": 0.0,
    "double": 0.15,
    "pixels": 0.3,
    "half": 1.2,
    "third": 2.0,
    "quarter": 2.6,
}
TALL = 16
"""Rows of a picture at most that is made larger."""
SMALL = 3
"""Rows of pictures so small that a tile for each number helps."""
LEAST = 4
"""Columns of the smallest picture, so that its name has room."""


def sizes(wall: Wall, width: int, sight: Sight) -> list[Size]:
    """Each form in rows as long as the page, and where it is a small wall in shorter ones too."""
    found = []
    for form in FORMS[1:] if wall.grids and wall.grids[0].shape[0] > SMALL else FORMS:
        tall, wide = _each(wall, form, sight)
        if form in TIMES and (tall > TALL or not shades.halves(sight.caps)):  # signs said twice say no more
            continue
        name = _between(wall, tall)
        most = min(max(1, width // (wide + 1)), len(wall.grids) or 1)
        for a_row in dict.fromkeys((most, -(-most // 2), _square(len(wall.grids), tall + name, wide, most))):
            rows = -(-len(wall.grids) // a_row)
            height = bool(wall.title) + rows * (tall + name) - (not wall.names) * name + bool(wall.note)
            across = max(a_row * (wide + 1), min(width, width_of(wall.title)))
            if across <= width:
                found.append(Size(height, across, f"{form} {a_row}", LOSSES[form]))
        if wide <= LEAST:
            break
    if found:
        return sorted(found, key=lambda size: size.loss)
    tall, wide = _each(wall, FORMS[-1], sight)
    rows = len(wall.grids) * (tall + wall.names) + bool(wall.title) + bool(wall.note)
    return [Size(rows, max(width, wide + 1), f"{FORMS[-1]} 1", 3.0)]


def _between(wall: Wall, tall: int) -> int:
    """Rows between pictures: for their names, or to tell them apart."""
    return int(wall.names or tall > 1)


def _square(count: int, tall: int, wide: int, most: int) -> int:
    """Pictures in a row so that the wall is about as wide as high on screen."""
    about: float = (count * 2 * tall / (wide + 1)) ** 0.5
    return max(1, min(most, round(about)))


def _each(wall: Wall, form: str, sight: Sight) -> tuple[int, int]:
    """Rows and columns of one picture."""
    if not wall.grids:
        return 1, LEAST
    first = wall.grids[0]
    rows, columns = first.shape
    least = LEAST if wall.names else 1
    if form == "tiles":
        return rows, max(least, shades.TILE * columns)
    tall, wide = shades.pixel(first, sight.caps)
    parts, times = PARTS[form], TIMES.get(form, 1)
    rows, columns = times * rows, times * columns
    return max(1, -(-int(-(-rows // parts) * 2 * tall) // 2)), max(least, -(-columns // parts) * wide)


def draw(desk: Desk, wall: Wall, y: int, x: int, size: Size) -> None:
    """Picture k with its name above it, or a bar at its left where the pictures have no names."""
    if wall.title:
        desk.title(y, x, wall.title, size.width)
        y += 1
    form, a_row = size.form.split()[0], int(size.form.split()[1])
    tall, wide = _each(wall, form, desk.sight)
    name = _between(wall, tall)
    above = int(wall.names)
    drawn = _pictures(desk, wall, form, tall)
    for k in range(len(wall.grids)):
        top, left = y + k // a_row * (tall + name), x + k % a_row * (wide + 1) + 1
        if not drawn:
            text(desk.cells, top + above, left, "?", Role.FAINT)
        else:
            paste(desk.cells, top + above, left, drawn[k])
        if not wall.names:
            _barred(desk, wall, k, top, left, tall, wide)
        elif k % a_row == 0:
            _names(desk, wall, range(k, min(k + a_row, len(wall.grids))), top, left, wide)
    if wall.note:
        bottom = y + size.height - 1 - bool(wall.title)
        text(desk.cells, bottom, x, clip(plain(wall.note, desk.sight.caps), size.width), Role.MUTED)


def _pictures(desk: Desk, wall: Wall, form: str, tall: int) -> list[Cells]:
    """Every picture's cells; none where they are not known yet."""
    known = [each for each in wall.grids if each.values is not None]
    if len(known) < len(wall.grids):
        return []
    caps = desk.sight.caps
    if form == "tiles":
        bare = [replace(each, places=None, note="", rows=(), columns=()) for each in known]
        return [shades.tiles(each, each.values, caps) for each in bare if each.values is not None]
    larger = [shades.zoomed(each, TIMES.get(form, 1)) for each in known]
    return shades.strip(larger, tall, caps) if known else []


def _names(desk: Desk, wall: Wall, row: range, top: int, left: int, wide: int) -> None:
    """The names of a row of pictures in one go, the chosen one's last."""
    names = [pad(clip(wall.grids[k].title, wide), wide) for k in row]
    text(desk.cells, top, left, " ".join(names), Role.MUTED)
    for k in row:
        at, name = left + (k - row.start) * (wide + 1), wall.grids[k].title
        if k == wall.chosen:
            name = ("▸" if desk.sight.caps.unicode else ">") + name
            text(desk.cells, top, at, clip(name, wide), Role.ACCENT)
        pick = wall.picks[k] if k < len(wall.picks) else None
        if pick is not None and desk.spot(top, at, wide, pick, 1):
            desk.mark(top, at, max(1, min(wide, width_of(name))))


def _barred(desk: Desk, wall: Wall, k: int, top: int, left: int, tall: int, wide: int) -> None:
    pick = wall.picks[k] if k < len(wall.picks) else None
    here = pick is not None and desk.spot(top, left, wide, pick, tall)
    if here or k == wall.chosen:
        bar = "▐" if desk.sight.caps.unicode else "]"
        ink = Role.CURSOR if here and desk.sight.focus else Role.ACCENT
        fill(desk.cells, top, left - 1, tall, 1, bar, ink)
