"""The canvas widget inside Textual."""

from __future__ import annotations

import numpy as np
from textual.app import App, ComposeResult

from nnlab.tui import cells, pictures
from nnlab.tui.canvas import CellCanvas, CellStrip
from nnlab.tui.capabilities import Capabilities, ColorDepth
from nnlab.tui.drawing import DrawingApp
from nnlab.tui.themes import Role


class Picture(CellCanvas):
    drawn = 0

    def picture(self, width: int, height: int) -> cells.Cells:
        self.drawn += 1
        picture = cells.blank(height, width)
        cells.text(picture, 0, 0, f"{width}x{height} 你好", Role.ACCENT)
        return picture


class PictureApp(DrawingApp):
    CSS = "#framed { border: round white; height: 6; } #bare { height: 6; }"

    def compose(self) -> ComposeResult:
        yield Picture(id="bare")
        yield Picture(id="framed")


def shown(app: App[None]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


async def test_a_bare_and_a_framed_canvas_show_their_pictures() -> None:
    app = PictureApp(capabilities=Capabilities())
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        rows = shown(app)
        assert rows[0].rstrip() == "40x6 你好"
        assert rows[7].startswith("│38x4 你好")
        assert isinstance(
            app.query_one("#bare").render_lines(app.query_one("#bare").size.region)[0], CellStrip
        )


async def test_a_resize_and_a_theme_redraw() -> None:
    app = PictureApp(capabilities=Capabilities())
    async with app.run_test(size=(40, 12)) as pilot:
        canvas = app.query_one("#bare", Picture)
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert shown(app)[0].rstrip() == "50x6 你好"
        before = canvas.palette.rgb[Role.BACKGROUND].tolist()
        app.theme = "nnlab-light"
        await pilot.pause()
        assert canvas.palette.rgb[Role.BACKGROUND].tolist() != before


async def test_a_picture_of_another_size_is_cut_or_padded() -> None:
    class Odd(CellCanvas):
        pass

    class OddApp(DrawingApp):
        def compose(self) -> ComposeResult:
            yield Odd()

    app = OddApp(capabilities=Capabilities())
    async with app.run_test(size=(20, 4)) as pilot:
        canvas = app.query_one(Odd)
        assert canvas.cells is None
        canvas.commit(pictures.heatmap(np.ones((3, 3)), 9, 50))
        await pilot.pause()
        assert all(len(row) == 20 for row in shown(app))
        canvas.commit(cells.blank(1, 1))
        await pilot.pause()
        assert all(len(row) == 20 for row in shown(app))


async def test_frames_are_drawn_newest_first_and_only_once() -> None:
    app = PictureApp(capabilities=Capabilities())
    async with app.run_test(size=(40, 12)) as pilot:
        drawn: list[int] = []
        for n in range(10):
            app.request_frame("a", lambda n=n: drawn.append(n))
        await pilot.pause(0.15)
        assert drawn in ([9], [0, 9])


async def test_no_colour_reaches_the_screenshot() -> None:
    app = PictureApp(capabilities=Capabilities(color=ColorDepth.NONE))
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                if segment.style is not None:
                    for color in (segment.style.color, segment.style.bgcolor):
                        assert color is None or color.is_default


async def test_colours_change_while_the_app_runs() -> None:
    app = PictureApp(capabilities=Capabilities())
    async with app.run_test(size=(40, 12)) as pilot:
        canvas = app.query_one("#bare", Picture)
        for depth in (ColorDepth.NONE, ColorDepth.ANSI16, ColorDepth.TRUE):
            app.set_capabilities(Capabilities(color=depth))
            await pilot.pause()
            assert canvas.palette.depth is depth
            assert app.no_color is (depth is ColorDepth.NONE)
        assert shown(app)[0].rstrip() == "40x6 你好"


def test_strips_are_cropped_without_copying() -> None:
    from nnlab.tui.encoder import Frame
    from nnlab.tui.palette import palette
    from nnlab.tui.themes import THEMES, canvas_colors

    table = palette(canvas_colors(THEMES["nnlab-dark"]), ColorDepth.TRUE)
    picture = cells.blank(1, 8)
    cells.text(picture, 0, 0, "ab你好cd")
    strip = CellStrip(Frame(picture, table), 0, 0, 8)
    assert strip.crop(0, 8) is strip
    assert strip.crop(1, 5).text == "b你 "
    assert [part.text for part in strip.divide([3, 8])] == ["ab ", " 好cd"]
    assert strip.cell_length == 8
    assert strip.adjust_cell_length(10).text == "ab你好cd  "
