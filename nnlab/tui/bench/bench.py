"""The bench on screen: four places always in the same spot, their keys, and the session behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType

from nnlab.engine.address import Address
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session import pages, views
from nnlab.session.moment import Place
from nnlab.session.own_text import ways_to_ask
from nnlab.session.scene import Deed
from nnlab.tui.bench import graph
from nnlab.tui.bench.brush import paints
from nnlab.tui.bench.easel import EaselView
from nnlab.tui.bench.live import DIFFERENCE, OWN, SHOWING, TWIN
from nnlab.tui.bench.places import GaugesView, InspectorView, StatusView, TapeView
from nnlab.tui.bench.report_view import ReportView
from nnlab.tui.bench.sliding import Sliding
from nnlab.tui.bench.stage import StageView, neighbour
from nnlab.tui.bench.starts import STARTS
from nnlab.tui.bench.view import View
from nnlab.tui.bench.why import Question
from nnlab.tui.bench.workshop import Workshop
from nnlab.tui.keys import bindings
from nnlab.tui.messages import KeysChanged, Opened, Say, TypeAction, Viewed

if TYPE_CHECKING:
    from nnlab.session.session import Session

KEYS = (
    "step", "back", "run", "finer", "coarser", "slower", "faster", "branch", "breakpoint", "out",
    "raise", "lower", "verify", "copy", "example", "previous_example", "meet", "undo", "redo",
    "stage", "inspector", "tape", "gauges", "next_place", "previous_place",
    "zoom", "flip", "compare", "detail", "slide", "play", "build", "knobs", "gauge", "insert", "draw",
)  # fmt: skip
ON_DEEDS = ("remove",)
"""Keys that do something only where a place of a page says so."""
PLACES = ("stage", "inspector", "gauges", "tape")


class Bench(Sliding):
    """Stage, inspector, tape and gauges of ``session``; ``compact``: beside the guide of a lesson."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*KEYS, *ON_DEEDS)]
    DEFAULT_CSS = """
    Bench { layout: grid; grid-gutter: 0 1; background: $background; }
    Bench #status { height: 1; column-span: 3; }
    Bench.-wide { grid-size: 3 3; grid-columns: 1fr 52 50; grid-rows: 1 1fr 4; }
    Bench.-wide #tape { column-span: 3; }
    Bench.-middle { grid-size: 2 4; grid-columns: 1fr 46; grid-rows: 1 1fr 10 3; }
    Bench.-middle #status, Bench.-middle #tape, Bench.-middle #gauges { column-span: 2; }
    Bench.-middle #report { column-span: 2; }
    Bench.-middle #charts { layout: horizontal; }
    Bench.-middle.-paired #stage, Bench.-middle.-paired #workshop { column-span: 2; }
    Bench.-middle.-paired #easel { column-span: 2; }
    Bench.-pair { grid-size: 2 3; grid-columns: 1fr 40; grid-rows: 1 1fr 2; }
    Bench.-pair #status, Bench.-pair #tape { column-span: 2; }
    Bench.-small, Bench.-single { grid-size: 1 3; grid-rows: 1 1fr 1; }
    Bench.-small #status, Bench.-single #status { column-span: 1; }
    Bench.-single { grid-rows: 1 1fr 4; }
    Bench .-hidden { display: none; }
    """

    def __init__(self, session: Session, compact: bool = False, **kwargs: Any) -> None:
        super().__init__(session, **kwargs)
        self.compact = compact
        self.layout_name = "small"
        self.place_name = "stage"
        self.zoomed = False
        self.drawing = False
        self._turn = 0
        self._delta = 0.0

    def compose(self) -> ComposeResult:
        """The parts are kept here and not looked up: a frame may be due while the bench is taken down."""
        self.status, self.stage = StatusView(self, "status"), StageView(self, "stage")
        self.workshop, self.easel = Workshop(self), EaselView(self, "easel")
        self.inspector, self.gauges = InspectorView(self, "inspector"), GaugesView(self, "gauges")
        self.report, self.tape = ReportView(self), TapeView(self, "tape")
        self.places = {
            "stage": self.stage,
            "inspector": self.inspector,
            "gauges": self.gauges,
            "tape": self.tape,
        }
        yield from (self.status, self.stage, self.workshop, self.easel)
        yield from (self.inspector, self.gauges, self.report, self.tape)

    def on_mount(self) -> None:
        self._arrange()
        super().on_mount()

    def focus(self, scroll_visible: bool = True) -> Bench:
        """Focus goes to the place that is in sight, the stage where it is one of several."""
        place = self.stage if not self.stage.has_class("-hidden") else self.places[self.place_name]
        place.focus(scroll_visible)
        return self

    # -- parts ----------------------------------------------------------------------------------

    @property
    def building(self) -> bool:
        return self.workshop.has_class("-open")

    @property
    def reporting(self) -> bool:
        return self.report.has_class("-open")

    # -- layout ---------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _arrange(self) -> None:
        """The layout for this size, and which places are in sight."""
        width, height = self.size
        if self.zoomed:
            name = "single"
        elif width >= 150 and height >= 30 and not self.compact:
            name = "wide"
        elif width >= 100 and height >= 30:
            name = "middle"
        elif width >= 96 and height >= 16:
            name = "pair"
        else:
            name = "small"
        self.layout_name = name
        for each in ("wide", "middle", "pair", "small", "single"):
            self.set_class(each == name, f"-{each}")
        place = self.place_name if self.place_name != "tape" else "stage"
        if name in ("wide", "middle"):
            seen = set(PLACES)
        elif name == "pair":
            seen = {"stage", "tape", place if place != "stage" else "inspector"}
        else:
            seen = {place, "tape"}
        paired = name == "middle" and self.showing != OWN and place != "inspector"
        self.set_class(paired, "-paired")
        if paired:
            seen.discard("inspector")
        building = self.building
        covered = {"stage": building or self.drawing, "gauges": self.reporting}
        for view in (self.stage, self.inspector, self.gauges, self.tape):
            view.set_class(view.id not in seen or covered.get(view.id or "", False), "-hidden")
        self.workshop.set_class("stage" not in seen, "-hidden")
        self.easel.set_class("stage" not in seen or not self.drawing, "-hidden")
        self.report.set_class("gauges" not in seen, "-hidden")
        self.freshen()

    def show_place(self, name: str) -> None:
        """Go to a place; where only one is in sight it comes forward."""
        self.place_name = name
        self._arrange()
        if name == "stage" and self.building:
            self.workshop.view.focus()
        elif name == "stage" and self.drawing:
            self.easel.focus()
        elif name == "gauges" and self.reporting:
            pass
        else:
            self.places[name].focus()
        self.post_message(KeysChanged())

    # -- what Live asks -------------------------------------------------------------------------

    def wants(self) -> frozenset[str]:
        drawn = frozenset({"surface"}) if self.drawing else frozenset()
        return drawn if self.gauges.has_class("-hidden") else self.gauges.wants | drawn

    @property
    def opened(self) -> str:
        return self.stage.closeup.layer if self.stage.form == "layer" else ""

    @property
    def trying(self) -> bool:
        """In an opened layer always; in the network once steps were taken, and not beside a lesson, which may
        ask what comes out."""
        run = self.session.run
        return self.stage.form == "layer" or (not self.compact and run is not None and run.step_count > 0)

    def pressed_on(self) -> Deed | None:
        return self.gauges.deed if self.gauges.has_focus else None

    @property
    def breaking(self) -> bool:
        return self.zoomed and self.gauges.has_focus and self.gauges.order[:1] == ("breaks",)

    def edited(self) -> Address | None:
        return self.stage.edited() if self.stage.has_focus else None

    def following(self) -> Question:
        """The inspector's own number once somebody has gone into it, else the stage's."""
        if self.question.trail or self.moment is None:
            return self.question
        address = self.stage.address(self.moment)
        if address == self.question.address:
            return self.question
        return Question(address)

    def asked(self, address: Address, of: str = "") -> None:
        """``explain ADDRESS``: into the inspector, from which esc goes back to where it stood."""
        if (address, of) != (self.question.address, self.question.of):
            self._inspect(self.question.into(address, of))
        self.show_place("inspector")

    def selected(self, address: Address) -> None:
        """``select ADDRESS``: the stage's cursor goes there, to its gradient where that was meant; what the
        stage does not show is opened in the inspector.
        """
        if self.moment is None:
            return
        if address.part in ("", "grad"):
            self._turn_to(backward=address.part == "grad")
        place = self.moment.place(address)
        if self.moment.address(place) != address or self.moment.column(address.value) is None:
            self.asked(address)
            return
        self.show_place("stage")
        self.stage.stand(place)
        self.freshen()

    def _turn_to(self, backward: bool) -> None:
        """Values or gradients, whichever way the tape goes."""
        if self.moment is not None and backward != self.moment.backward:
            self.flip = not self.flip
            self.moment.flip = self.flip

    def viewed(self, what: str) -> None:
        """``view NAME``: a page of the gauges on the whole screen, or a layer in detail, either way."""
        self.look_now()
        words = what.split()
        if len(words) > 1:
            self._turn_to(backward=words[1] == "backward")
        if page := pages.named(words[0]):
            self.gauges.order = (page,)
            self.zoomed = True
            self._come_forward("gauges")
        elif self.moment is not None and self.stage.open(words[0]):
            self._come_forward("stage")
        elif self.moment is not None and (column := self.moment.column(words[0])) is not None:
            self._open(column.post)
        elif self.moment is not None:
            try:
                address = self.session.address(words[0])
            except NnlabError:
                return  # what was viewed is gone again: another network lies on the bench
            shown = views.column_at(self.moment, address)
            if shown is not None and self.stage.open(shown.name):
                self._come_forward("stage")
            else:
                self._open(address.value)
            self.stage.stand(address)
        self.freshen()

    def _open(self, value: str) -> None:
        """The layer that ``value`` belongs to, in detail."""
        assert self.moment is not None
        column = self.moment.column(value) or self.moment.column(value.split(".")[0])
        if column is not None:
            self.stage.form = "network"
            self.stage.stand(Place(column.post, column.index(0)))
            self.stage.form = "layer"
            self._come_forward("stage")

    def _come_forward(self, name: str) -> None:
        """Show a place that an action was about; who types the next action meanwhile keeps the keyboard."""
        focused = self.screen.focused
        if focused is None or self in focused.ancestors_with_self:
            self.show_place(name)
        else:
            self.place_name = name
            self._arrange()

    def paint(self) -> None:
        """Every place in sight; while training goes on the stage, and one other in turn, so that no key waits
        longer than for two of them."""
        views = [view for view in self.query(View) if view.display and view.size.width]
        if self.session.trainer.running:
            others = [view for view in views if view is not self.stage and view is not self.inspector]
            self._turn += 1
            chosen = others[self._turn % len(others)] if others else None
            views = [view for view in views if view is self.stage or view is chosen]
        for view in views:
            view.redraw()

    def begin_anew(self, gauge: str = "") -> None:
        """Something else lies on the bench: back to the network, or to pages of the gauges."""
        self.question = Question()
        self.flip = False
        self.stage.leave()
        if gauge:
            self.gauges.order = tuple(gauge.split())
        self.place_name = "gauges" if gauge else "stage"
        self._arrange()

    # -- places ---------------------------------------------------------------------------------

    def action_stage(self) -> None:
        self.show_place("stage")

    def action_inspector(self) -> None:
        self.show_place("inspector")

    def action_tape(self) -> None:
        self.show_place("tape")

    def action_gauges(self) -> None:
        self.show_place("gauges")

    def action_knobs(self) -> None:
        self.status.focus()

    def action_gauge(self) -> None:
        """The next page of the gauges, which come forward where they are out of sight."""
        if self.gauges.has_class("-hidden") and not self.reporting:
            self.show_place("gauges")
            return
        if self.reporting:  # behind the last page; the first is next
            self._shut_report()
        elif self.gauges.turn() and self.session.run is not None and not self.session.trainer.running:
            self.report.open()
            self.show_place("gauges")
        self.freshen()

    def _shut_report(self) -> None:
        self.report.shut()
        self.show_place("gauges")

    def action_next_place(self) -> None:
        """In the stage from layer to layer, then to the next place."""
        if self.stage.has_focus and self.moment is not None:
            place = neighbour(self.moment, self.stage.place, 1)
            if place is not None and self.stage.form == "network":
                self.stage.stand(place, sought=False)
                return
        self._turn_place(1)

    def action_previous_place(self) -> None:
        if self.stage.has_focus and self.moment is not None:
            place = neighbour(self.moment, self.stage.place, -1)
            if place is not None and self.stage.form == "network":
                self.stage.stand(place, sought=False)
                return
        self._turn_place(-1)

    def _turn_place(self, step: int) -> None:
        here = next((n for n, name in enumerate(PLACES) if self.places[name].has_focus), 0)
        to = here + step
        if self.compact and not 0 <= to < len(PLACES):
            raise SkipAction  # the lesson's guide is next
        self.show_place(PLACES[to % len(PLACES)])

    def action_zoom(self) -> None:
        """The place with the keyboard on the whole screen, or all of them again."""
        self.zoomed = not self.zoomed
        focused = next((name for name in PLACES if self.places[name].has_focus), self.place_name)
        self.show_place(focused)

    def action_out(self) -> None:
        """One level out."""
        if self.gauges.let_go():
            self.post_message(KeysChanged())
        elif self.building and self.workshop.view.in_palette:
            self.workshop.view.action_go("left")
        elif self.building:
            self.action_build()
        elif self.drawing:
            self.action_draw()
        elif self.reporting and self.place_name == "gauges":
            self._shut_report()
        elif self.inspector.has_focus and self.question.trail:
            self._inspect(self.question.back())
        elif self.zoomed and not self.stage.has_focus:
            self.zoomed = False
            self.show_place("stage")
        elif self.status.has_focus or not self.stage.has_focus:
            self.show_place("stage")
        elif self.stage.form != "network":
            self.stage.shut()
            self.freshen()
        elif self.zoomed:
            self.action_zoom()
        else:
            raise SkipAction

    # -- the stage ------------------------------------------------------------------------------

    def action_flip(self) -> None:
        self.flip = not self.flip
        if self.flip and self.moment is not None and self.moment.own and not self.moment.asked:
            self.post_message(Say(ways_to_ask(self.moment.data)))
        self.freshen()

    def paired(self) -> None:
        self._arrange()

    def halted(self) -> None:
        """What stands behind a hit comes first among the gauges."""
        self.gauges.order = ("breaks",)

    def action_compare(self) -> None:
        """The twin's numbers, the difference, one's own again; where there is no twin, one is asked for."""
        if not self.session.bench.twin:
            self.post_message(TypeAction("twin "))
            return
        self.showing = SHOWING[(SHOWING.index(self.showing) + 1) % len(SHOWING)]
        self._arrange()
        self.post_message(KeysChanged())

    def action_detail(self) -> None:
        self.stage.form = "layer" if self.stage.form == "network" else "network"
        self.stage.target = self.stage.place
        self.show_place("stage")
        if self.stage.form == "layer" and self.moment is not None:
            column, _unit = graph.standing(self.moment, self.stage.place)
            self.post_message(Viewed(column.name))

    def action_build(self) -> None:
        """To the builder and back."""
        if self.building:
            self.workshop.shut()
            self.show_place("stage")
        else:
            self.place_name = "stage"
            self.workshop.open()
            self._arrange()
        self.post_message(KeysChanged())

    def action_draw(self) -> None:
        """To where data of one's own are made: the plane for points, and back; for pictures the page to paint
        on, for texts the line to type in.
        """
        data = self.session.data
        if data is not None and data.vocabulary and self.session.network is not None:
            self.call_later(self._type_text)
            return
        if not self.drawing and "sketch" in self.readings.fitting:
            self.viewed("sketch")
            return
        self.drawing = not self.drawing
        if self.building:
            self.workshop.shut()
        self.show_place("stage")

    def action_remove(self) -> None:
        """Take away what the cursor stands on."""
        if not self._press("remove"):
            raise SkipAction

    async def _type_text(self) -> None:
        """The line is made when it is first wanted: fields take long to import."""
        from nnlab.tui.bench.typing_line import TypingLine

        if not self.query(TypingLine):
            await self.mount(TypingLine(self))
        self.query_one(TypingLine).open()

    def quietly(self, work: Callable[[], object]) -> None:
        """Have ``work`` change what is looked at, between two steps, without a word in the log."""

        def done() -> None:
            self.at_boundary(work)
            self.post_message(self.Changed())

        self.in_reader(done)

    def action_insert(self) -> None:
        if not self.building:
            self.action_build()
        self.workshop.view.action_palette()

    @on(View.Moved)
    def _moved(self, message: View.Moved) -> None:
        message.stop()
        if message.view is self.stage:
            if not self.question.trail:
                self._delta = 0.0
            if (address := self._address()) is not None:
                self.session.look_at(address)
            self._inspect(Question(self._address()))
        elif message.view is self.gauges:
            self._gauge(message.target)
            self.post_message(KeysChanged())

    def _address(self) -> Address | None:
        if self.moment is None or self.stage.place is None:
            return None
        return self.stage.address(self.moment)

    @on(View.Entered)
    def _entered(self, message: View.Entered) -> None:
        message.stop()
        target, view = message.target, message.view
        if view is self.gauges:
            target = self.gauges.deed or target
        if isinstance(target, Deed):
            if view is self.gauges and target.moves:
                self.gauges.take_up()
                self.post_message(KeysChanged())
            else:
                self._deed(target)
            return
        if view is self.gauges and isinstance(target, Address):
            self._inspect(Question(target))
            self.show_place("inspector")
            return
        if view is self.stage:
            if isinstance(target, tuple) and target[0] == "layer":
                self.action_detail()
            elif isinstance(target, tuple) and target[0] == "bar":
                self.stage.action_go("down")
            elif isinstance(target, tuple):
                self._begin(*target)
            else:
                self.show_place("inspector")
                if (address := self._address()) is not None:
                    self.post_message(Opened(address))
        elif view is self.inspector:
            self._descend(target)
        elif view is self.status and isinstance(target, tuple):
            self._knob(str(target[1]))

    def _deed(self, deed: Deed) -> None:
        """Do what a place of a scene is for; a layer or a part of one is opened on the stage."""
        word, _space, what = deed.line.partition(" ")
        if "write" in deed.keys or deed.line.endswith((" ", "=")):  # the rest is to be typed
            self.post_message(TypeAction(deed.keys.get("write", deed.line)))
            return
        if word == "view" and self.stage.open(what):
            self.freshen()
            self.post_message(Viewed(what))
        else:
            self.act(deed.line)

    def _begin(self, kind: str, name: str = "") -> None:
        """Enter on an empty bench: lay a start out, draw, or build."""
        if kind == "draw":
            self.action_draw()
        elif kind == "build":
            self.action_build()
        else:
            for start in STARTS:
                if start.name == name:
                    for action in start.actions:
                        self.act(action)

    def _gauge(self, target: object) -> None:
        """A click on a point, a picture or a title of the gauges."""
        if not isinstance(target, tuple):
            return
        if target[0] == "page":
            self.gauges.order = (str(target[1]),)
            self.freshen()
        elif target[0] == "example":
            self.act(f"example {target[1]}")
        elif target[0] == "row" and target[2] >= 0:
            self.act(f"example {target[2]}")

    # -- keys -----------------------------------------------------------------------------------

    def keys_here(self) -> tuple[str, ...]:
        """Ids of the keys that do something now."""
        if self.building and self.workshop.view.in_palette:
            return ("enter", "out")
        if self.building:
            return ("insert", "remove", "enter", "out", "undo", "redo")
        if self.drawing and self.easel.has_focus:  # Enter drops a point too
            return tuple(id for id in KEYS if id != "enter")
        deed = self.pressed_on()
        more = tuple(key for key in ON_DEEDS if deed is not None and key in deed.keys)
        return ("move", "enter", *more, *KEYS)

    def keys_first(self) -> tuple[str, ...]:
        """The keys most wanted while training is watched."""
        compared = ("compare",) if self.session.bench.twin else ()
        return ("run", "slower", "faster", *compared) if self.session.trainer.running else compared

    def key_labels(self) -> dict[str, str]:
        """The words that fit now."""
        run = _("pause") if self.session.trainer.running else _("run")
        enter = _("into it") if self.inspector.has_focus else _("explain")
        if self.drawing and self.easel.has_focus:
            return {"run": run, "step": _("drop a point")}
        if self.building:
            enter = _("insert it") if self.workshop.view.in_palette else _("use it")
        following = {OWN: _("twin"), TWIN: _("difference"), DIFFERENCE: _("own numbers")}
        compare = following[self.showing]
        if (deed := self.pressed_on()) is not None:
            enter = _("paint") if paints(deed) else _("do it")
            if deed.moves:
                enter = _("let go") if self.gauges.held else _("take it up")
        return {"run": run, "enter": enter, "compare": compare, "draw": self._drawn_here()}

    def _drawn_here(self) -> str:
        """What the key does that makes data of one's own."""
        data = self.session.data
        if data is not None and data.vocabulary and self.session.network is not None:
            return _("type a text")
        return _("paint") if "sketch" in self.readings.fitting else _("draw")
