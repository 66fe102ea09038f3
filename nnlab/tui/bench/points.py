"""Drawing one's own data: a plane, a cross-hair, and points dropped by key or mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnlab.i18n import _
from nnlab.session.inference import Plane
from nnlab.tui import pictures
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.cells import blank, box, clip, text
from nnlab.tui.palette import CATEGORY
from nnlab.tui.themes import Role

SPAN = (-1.0, 1.0)
LABELS = 4


@dataclass(frozen=True)
class Easel:
    """The cross-hair in shares of the plane (0..1, y upwards) and the label the next point gets."""

    x: float = 0.5
    y: float = 0.5
    label: int = 0

    def move(self, direction: str, height: int, width: int) -> Easel:
        """One cell further, on a plane of (height, width) cells."""
        dy, dx = {"up": (1, 0), "down": (-1, 0), "left": (0, -1), "right": (0, 1)}[direction]
        x = min(1.0, max(0.0, self.x + dx / max(1, width - 1)))
        y = min(1.0, max(0.0, self.y + dy / max(1, height - 1)))
        return replace(self, x=x, y=y)

    @property
    def action(self) -> str:
        """The action that drops a point here."""
        low, high = SPAN
        x, y = (low + (high - low) * share for share in (self.x, self.y))
        return f"point {x:.3g} {y:.3g} {self.label}"


def area(height: int, width: int) -> tuple[int, int]:
    """Rows and columns inside the frame of the plane."""
    return max(1, height - 4), max(1, width - 2)


def draw(
    easel: Easel,
    points: Sequence[tuple[float, float, str]],
    plane: Plane | None,
    height: int,
    width: int,
    sight: Sight = PLAIN,
) -> Picture:
    """(height, width, 3): the points so far, over what the network says of the plane where there is one."""
    cells = blank(height, width)
    rows, columns = area(height, width)
    if height < 6 or width < 12:
        return Picture(cells)
    box(cells, 0, 0, rows + 2, width, f"{len(points)} " + _("points"), caps=sight.caps)
    inner = blank(rows, columns)
    if plane is not None and plane.answers.shape[-1] <= 8:
        answers = plane.answers[..., 0] if plane.answers.shape[-1] == 1 else plane.answers
        y = np.linspace(SPAN[1], SPAN[0], 2 * rows)
        x = np.linspace(SPAN[0], SPAN[1], columns)
        at_y = np.clip((plane.y[1] - y) / (plane.y[1] - plane.y[0]) * len(answers), 0, len(answers) - 1)
        at_x = np.clip(
            (x - plane.x[0]) / (plane.x[1] - plane.x[0]) * answers.shape[1], 0, answers.shape[1] - 1
        )
        grid = np.clip(answers[at_y.astype(np.intp)][:, at_x.astype(np.intp)], 0, 1)
        inner = pictures.surface(grid, rows, columns, sight.caps)
    if points:
        known = sorted({label for _x, _y, label in points})
        kinds = np.array([known.index(label) for _x, _y, label in points])
        xs, ys = np.array([p[0] for p in points]), np.array([p[1] for p in points])
        pictures.scatter(inner, xs, ys, kinds, SPAN, SPAN, sight.caps)
    row, column = round((1 - easel.y) * (rows - 1)), round(easel.x * (columns - 1))
    inner[row, column, 1:] = (Role.CURSOR_TEXT, Role.CURSOR)
    if not inner[row, column, 0]:
        text(inner, row, column, "+", Role.CURSOR_TEXT, Role.CURSOR)
    cells[1 : rows + 1, 1 : columns + 1] = inner
    marks = pictures.MARKS if sight.caps.unicode else pictures.MARKS_ASCII
    x0 = 1
    for label in range(LABELS):
        ink = CATEGORY + label
        ground = Role.SELECTION if label == easel.label else Role.BACKGROUND
        x0 += text(cells, rows + 2, x0, f" {label} {marks[label]} ", ink, ground) + 1
    hint = _("space or click drops a point, 0-3 its class, backspace takes it back")
    text(cells, rows + 3, 1, clip(hint, width - 2), Role.MUTED)
    return Picture(cells)
