"""The other places on screen: inspector, tape, gauges, the line of knobs."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from textual import events
from textual.actions import SkipAction

from nnlab.engine.address import Address
from nnlab.i18n import _
from nnlab.session.scene import Deed
from nnlab.tui.bench import gauges, inspector, status, tape_bar
from nnlab.tui.bench.brush import Brush
from nnlab.tui.bench.gauges import PAGES
from nnlab.tui.bench.spots import Area, Picture, Sight
from nnlab.tui.bench.view import View
from nnlab.tui.cells import blank
from nnlab.tui.messages import KeysChanged
from nnlab.tui.themes import Role


class InspectorView(View):
    """The number under the cursor, explained; Enter goes into an operand, Esc back."""

    number = "2"

    def heading(self) -> tuple[str, str, int]:
        question = self.bench.question
        note = ""
        if question.trail:
            note = _("{n} deep, esc climbs back", n=len(question.trail))
        return _("inspector"), note, Role.MUTED

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        picture = inspector.draw(self.bench.question, self.target, height, width, sight)
        if picture.spot_of(self.target) is None and picture.spots:
            first = next((s for s in picture.spots if s.target[0] != "trail"), picture.spots[0])  # type: ignore[index]
            self.target = first.target
            picture = inspector.draw(self.bench.question, self.target, height, width, sight)
        return picture


class TapeView(View):
    """The events of the step, and the scrubber: arrows move along the row the cursor is in."""

    number = "3"
    titled = False
    row = "event"
    dragged = -1
    """The row of the scrubber while the mouse has hold of it."""

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        track = self.bench.track
        if track is None:
            return Picture(blank(height, width))
        self.target = ("event", track.position) if self.row == "event" else ("seek", track.at)
        return tape_bar.draw(track, self.target, height, width, sight)

    def action_go(self, direction: str) -> None:
        track = self.bench.track
        if track is None:
            return
        if direction in ("up", "down"):
            self.row = "event" if direction == "up" else "seek"
            self.redraw()
        elif self.row == "event":
            line = "step operation" if direction == "right" else "back operation"
            self.bench.act(line)
        else:
            room = max(8, self.size.width // 2)
            jump = max(1, round(track.reach / room))
            step = track.at + (jump if direction == "right" else -jump)
            self.bench.seek(max(0, min(track.reach, step)))

    def action_end(self, side: int) -> None:
        track = self.bench.track
        if track is not None:
            self.row = "seek"
            self.bench.seek(0 if side < 0 else track.reach)

    def action_page(self, step: int) -> None:
        self.bench.act("step epoch" if step > 0 else "back epoch")

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The scrubber is taken along until the button is let go."""
        spot = None if self.shown is None else self.shown.spot_at(event.y, event.x)
        if spot is not None and isinstance(spot.target, tuple) and spot.target[0] == "seek":
            self.capture_mouse()
            self.dragged = spot.y

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.dragged < 0 or self.shown is None:
            return
        row = [spot for spot in self.shown.spots if spot.y == self.dragged and spot.target[0] == "seek"]  # type: ignore[index]
        if row:
            self.stand(min(row, key=lambda spot: abs(spot.x - event.x)).target)

    def on_mouse_up(self) -> None:
        self.release_mouse()
        self.dragged = -1

    def stand(self, target: Hashable) -> None:
        """A click goes there at once."""
        if isinstance(target, tuple) and target[0] == "event":
            self.row = "event"
            self.bench.to_event(int(target[1]))
        elif isinstance(target, tuple) and target[0] == "seek":
            self.row = "seek"
            self.bench.seek(int(target[1]))


class GaugesView(View):
    """Curves, surface, pictures, health, confusion: as many at once as there is room for."""

    number = "4"
    order: gauges.Order = ("curves",)
    stroke: Brush | None = None
    """The mouse while it paints."""
    painted = False
    """Whether the button that is let go has painted: then the click that follows is none."""
    area: Area | None = None
    """The plane that the mouse drags a point over."""
    held = False
    """Whether the arrows take the point under the cursor along."""

    def heading(self) -> tuple[str, str, int]:
        """The page, which of how many it is, and what the key to turn them brings next."""
        names, shown = gauges.pages_for(self.bench.readings), self._shown()
        title = _(PAGES[shown[0]].title) if len(shown) == 1 else ""
        if len(names) < 2:
            return f"{_('gauges')}  {title}", "", Role.MUTED
        at = names.index(shown[0])
        onward = _("report") if at + 1 == len(names) else _(PAGES[names[at + 1]].title)
        return f"{_('gauges')}  {title}", f"{at + 1}/{len(names)}   {_('g: {page}', page=onward)}", Role.MUTED

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        """Once a page has the keyboard the cursor is on its first number."""
        picture = self._drawn(height, width, sight)
        if (sight.focus or self.bench.zoomed) and picture.spot_of(self.target) is None:
            first = next((s.target for s in picture.spots if isinstance(s.target, (Address, Deed))), None)
            if first is not None:
                self.target = first
                self.post_message(KeysChanged())
                picture = self._drawn(height, width, sight)
        return picture

    def _drawn(self, height: int, width: int, sight: Sight) -> Picture:
        sight = replace(sight, cursor=self.target)
        return gauges.draw(self.bench.readings, self.order, height, width, sight, self.bench.zoomed)

    def _shown(self) -> tuple[str, ...]:
        """The pages in sight; on the whole screen one of them has it to itself."""
        height, width = self.size.height - 1, self.size.width
        return gauges.shown(self.order, self.bench.readings, height, width, self.bench.zoomed)[0]

    def on_resize(self, event: events.Resize) -> None:
        """Another size shows other pages, which need readings of their own."""
        super().on_resize(event)
        self.bench.freshen()

    # -- places that do something ---------------------------------------------------------------

    @property
    def deed(self) -> Deed | None:
        """What the cursor stands on, as the page shows it now."""
        spot = None if self.shown is None else self.shown.spot_of(self.target)
        return spot.target if spot is not None and isinstance(spot.target, Deed) else None

    def take_up(self) -> None:
        """Have the arrows take the point under the cursor along, or no longer."""
        self.held = not self.held

    def let_go(self) -> bool:
        """Leave the point where it is; False where none was held."""
        held, self.held = self.held, False
        return held

    def on_blur(self) -> None:
        self.let_go()
        super().on_blur()

    def action_go(self, direction: str) -> None:
        deed = self.deed
        if self.held and deed is not None and deed.moves:
            self.bench.newest(deed.line, deed.keys[direction])
        else:
            self.let_go()
            super().action_go(direction)

    # -- painting and dragging ------------------------------------------------------------------

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """On a pixel that can be painted the mouse becomes a brush until it is let go; on a plane with a
        point to move the point comes along."""
        self.area = None if self.shown is None else self.shown.area_at(event.y, event.x)
        if self.area is not None:
            self.painted = True
            self.focus()
            self.capture_mouse()
            self._drag(event)
            return
        self.stroke = Brush.on(None if self.shown is None else self.shown.spot_at(event.y, event.x))
        self.painted = self.stroke is not None
        if self.stroke is not None:
            self.focus()
            self.capture_mouse()
            self.stand(self.stroke.target)
            self.bench.act(self.stroke.target.line)

    def _drag(self, event: events.MouseEvent) -> None:
        """Have the point of the plane come to the mouse."""
        assert self.area is not None
        self.bench.newest(self.area.line, self.area.line_at(event.y, event.x))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.area is not None:
            self._drag(event)
        if self.stroke is None or self.shown is None:
            return
        on = self.stroke.to(self.shown.spot_at(event.y, event.x))
        if on is not None:
            self.bench.act(self.stroke.line_to(on))
            self.stroke = on

    def on_mouse_up(self) -> None:
        self.release_mouse()
        self.stroke = self.area = None

    def on_click(self, event: events.Click) -> None:
        """What the mouse has painted is not painted once more by the click that ends it."""
        if not self.painted:
            super().on_click(event)
        event.stop()
        self.painted = False

    @property
    def wants(self) -> frozenset[str]:
        """The pages in sight."""
        if not self.display or not self.size.width:
            return frozenset()
        return frozenset(self._shown())

    def turn(self) -> bool:
        """The next page; True where that was the last and the first comes again."""
        names = gauges.pages_for(self.bench.readings)
        at = names.index(self.order[0]) + 1 if self.order[0] in names else 0
        self.order = (names[at % len(names)],)
        return at == len(names)


class StatusView(View):
    """One line: knobs that up and down turn, and how training goes."""

    titled = False

    def draw(self, height: int, width: int, sight: Sight) -> Picture:
        if self.target is None:
            self.target = ("knob", "lr")
        cursor = self.target if sight.focus else None
        return status.draw(self.bench.dials, cursor, width, sight)

    def action_go(self, direction: str) -> None:
        if direction in ("left", "right"):
            super().action_go(direction)
        elif isinstance(self.target, tuple):
            self.bench.turn(str(self.target[1]), 1 if direction == "up" else -1)
        else:
            raise SkipAction
