"""The facts of a scene: what its picture says must stand in its text too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nnlab.session.look import Look
from nnlab.session.scene import Beside, Block, Chart, Points, Scene, Target
from nnlab.session.scene_text import render_scene
from nnlab.tui.bench import blocks
from nnlab.tui.bench.blocks.desk import ScenePicture
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of

SIZES = ((22, 78), (30, 72), (46, 96))
"""Height and width of the stage on screens of 80x24, 120x36 and 200x50."""
SIGHTS = tuple(
    Sight(Capabilities(color=color, glyphs=glyphs))
    for color, glyphs in (
        (ColorDepth.TRUE, GlyphSet.BRAILLE),
        (ColorDepth.NONE, GlyphSet.BLOCK),
        (ColorDepth.NONE, GlyphSet.ASCII),
    )
)
_NUMBER = re.compile(r"(?<![\w.%^])[-+]?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w…~]|\.[\d….])")


def numbers(text: str) -> set[str]:
    """The numbers in ``text``, without their plus signs; one that was cut is none."""
    text = text.replace("−", "-").replace("½", "1/2")
    plain = re.sub(r"x1e-?\d+|\[[-+]1\]", "", text)  # scale of a column, moment before
    plain = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", "^", plain)  # 0.5² is 0.5^2 in ASCII
    return {found.lstrip("+") for found in _NUMBER.findall(plain)}


def pictures(scene: Scene, cursor: Target | None) -> Iterator[tuple[str, ScenePicture]]:
    """The scene at every size and in every sight."""
    for height, width in SIZES:
        for sight in SIGHTS:
            name = f"{width}x{height} {sight.caps.color.name} {sight.caps.glyphs.name}"
            yield name, blocks.draw(scene, cursor, height, width, sight)


def without_charts(parts: tuple[Block, ...]) -> tuple[Block, ...]:
    """The ticks of axes are no facts of a scene, nor are names that lie over each other on a map."""
    kept: list[Block] = []
    for part in parts:
        if isinstance(part, Beside):
            kept.append(replace(part, blocks=without_charts(part.blocks)))
        elif isinstance(part, Points) and part.names:
            kept.append(replace(part, names=()))
        elif not isinstance(part, Chart):
            kept.append(part)
    return tuple(kept)


def assert_facts(scene: Scene, cursor: Target | None = None) -> None:
    """Every number on every picture of ``scene`` stands in its text, in tables and in sentences."""
    cursor = cursor if cursor is not None else scene.home
    scene = replace(scene, blocks=without_charts(scene.blocks))
    told = numbers("\n".join(render_scene(scene, Look(width=200), cursor)))
    spoken = numbers("\n".join(render_scene(scene, Look(width=200, accessible=True), cursor)))
    for name, picture in pictures(scene, cursor):
        drawn = numbers("\n".join(rows_of(picture.cells)))
        assert drawn <= told, f"{name}: {sorted(drawn - told)} not in the text"
        assert drawn <= spoken, f"{name}: {sorted(drawn - spoken)} not in the spoken text"
