"""What the bench knows of its session now, kept fresh at the pace of the terminal.

Pictures are drawn from a :class:`Moment`.  Dear readings (the decision surface, answers, diagnostics) and
explanations while training goes on are asked for in a thread of their own, one request on its way at most,
and answered at a step boundary.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message
from textual.widget import Widget

from nnlab.engine.explain import Explanation
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.hits import watching
from nnlab.session.moment import Moment
from nnlab.session.pages import fitting
from nnlab.session.seeds import groups_of
from nnlab.session.vocabulary import stop_conditions
from nnlab.tui.bench.others import Others
from nnlab.tui.bench.peaks import Peaks
from nnlab.tui.bench.readings import Readings, finish, read
from nnlab.tui.bench.status import dials_of
from nnlab.tui.bench.track import Track, track_of
from nnlab.tui.bench.why import Question, ask
from nnlab.tui.messages import KeysChanged, Say

if TYPE_CHECKING:
    from textual.timer import Timer

    from nnlab.engine.address import Address
    from nnlab.session.action import Result
    from nnlab.session.session import Session
    from nnlab.session.trainer import Frame

T = TypeVar("T")

MOTION = 0.4
"""Seconds in which the values of one operation travel."""
BEAT = 0.1
"""Seconds between two pictures of a run that goes on: at 12 a second training kept 75 % of its rate, at 10
more than 80 %."""
AT_ONCE = 1 << 16
"""Parameters that are laid out where the screen is drawn, in some 15 ms; half a million would take 120 ms and
are left to the reader."""
OWN, TWIN, DIFFERENCE = "own", "twin", "difference"
SHOWING = (OWN, TWIN, DIFFERENCE)
"""Whose numbers the stage shows, beside one's own where there is room."""
TRIALS = {"race": "race", "find_lr": "rates", "seeds": "seeds"}
"""Pages that show what an action has found."""
MOVED = {"code": "codes", "sketch": "sketch"}
"""Pages that an action changes: they come forward where they are not in sight."""
EVERY = 0.25
"""Seconds between two readings of the gauges while training goes on."""


class Live(Widget):
    """The reading half of the bench; :class:`~nnlab.tui.bench.bench.Bench` adds places and keys."""

    class Changed(Message):
        """The session has done something, or readings have come."""

        def __init__(
            self,
            readings: Readings | None = None,
            question: Question | None = None,
            asked: Address | None = None,
            of: str = "",
            selected: Address | None = None,
            viewed: str = "",
            moved: str = "",
            halted: bool = False,
        ) -> None:
            self.readings, self.question = readings, question
            self.asked, self.selected, self.viewed, self.halted = asked, selected, viewed, halted
            self.moved, self.of = moved, of
            super().__init__()

    def __init__(self, session: Session, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session
        self.moment: Moment | None = None
        self.track: Track | None = None
        self.readings = Readings()
        self.dials = dials_of(session)
        self.question = Question()
        self.trouble = ""
        self.flip = False
        self.showing = OWN
        self.other: Moment | None = None
        self._twin = ""
        self.progress = 1.0
        self._moved_at = 0.0
        self._at: tuple[int, int] = (-1, -1)
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gauges")
        self._asked: Future[None] | None = None
        self._again = False
        self._read_at = 0.0
        self._unsubscribe: Callable[[], None] | None = None
        self._data: object = None
        self._tick: Timer | None = None
        self._peaks = Peaks()
        self._others = Others()
        self._making: Future[None] | None = None
        self._refusal: tuple[object, str] = (None, "")

    # -- for the bench --------------------------------------------------------------------------

    def wants(self) -> frozenset[str]:
        """The gauge pages in sight."""
        return frozenset()

    @property
    def opened(self) -> str:
        """The layer that is looked at in detail."""
        return ""

    def following(self) -> Question:
        """What the inspector should be about now."""
        return self.question

    def explained(self) -> None:
        """The arithmetic of the number in the inspector has come."""

    def paint(self) -> None:
        """Draw the places that are in sight."""

    @property
    def trying(self) -> bool:
        """Whether an edit is to be seen at once, in a pass on trial."""
        return False

    def paired(self) -> None:
        """There is a twin to be looked at, or none any more."""

    def halted(self) -> None:
        """Training has stopped at a breakpoint."""

    def asked(self, address: Address, of: str = "") -> None:
        """An action has asked for the arithmetic of a number, in the run ``of`` where that is another one."""

    def selected(self, address: Address) -> None:
        """An action has put the cursor on a number."""

    def viewed(self, what: str) -> None:
        """An action has asked for a page, or for the view of a layer or a number."""

    # -- coming and going -----------------------------------------------------------------------

    def on_mount(self) -> None:
        self._unsubscribe = self.session.subscribe(lambda line, result: self._tell(result))
        self.freshen()

    def on_unmount(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._reader.shutdown(wait=False, cancel_futures=True)

    def _tell(self, result: Result) -> None:
        """From any thread: look again, and at the number that was asked for."""
        found = result.payload
        asked = found.address if isinstance(found, Explanation) else None
        selected = self.session.selection if result.action.startswith("select ") else None
        name, _blank, rest = result.action.partition(" ")
        viewed = rest if name == "view" else TRIALS.get(name, "")
        halted = getattr(found, "reason", "") == "break"
        moved = MOVED.get(name, "")
        of = result.action.partition(" in ")[2] if asked is not None else ""
        self.post_message(
            self.Changed(asked=asked, of=of, selected=selected, viewed=viewed, moved=moved, halted=halted)
        )
        if result.action == "pause" and result.lines:  # training is over, by itself or because it was told to
            failed = getattr(found, "reason", "") in ("nan", "error")
            told = result.lines[0]
            if halted:
                told = _("{stopped}; why, and what to try: press !", stopped=told)
            self.post_message(Say(told, "bad" if failed else "info"))
            self.post_message(KeysChanged())

    def on_live_changed(self, message: Changed) -> None:
        message.stop()
        if message.readings is not None:
            self._asked = None
            old = self.readings
            self.readings = replace(
                message.readings, frame=old.frame, peaks=old.peaks, others=old.others, fitting=old.fitting
            )
        if message.question is not None and message.question.address == self.following().address:
            self.question = message.question
            self.explained()
        if message.asked is not None:
            self.asked(message.asked, message.of)
        if message.selected is not None:
            self.selected(message.selected)
        if message.viewed:
            self.viewed(message.viewed)
        elif message.moved and message.moved not in self.wants():
            self.viewed(message.moved)
        if message.halted:
            self.halted()
        self.freshen(readings=message.readings is None and message.question is None)

    # -- looking --------------------------------------------------------------------------------

    @property
    def still(self) -> bool:
        """Whether motion is to be left out."""
        app: Any = self.app
        quality = getattr(app, "quality", None)
        return app.animation_level == "none" or (quality is not None and quality.scope == "still")

    def freshen(self, readings: bool = True) -> None:
        """Look at the session again at the next frame."""
        if not self.is_mounted:
            return
        if readings:
            self._again = True
        request = getattr(self.app, "request_frame", None)
        if request is None:
            self.call_later(self._frame)
        else:
            request(("bench", id(self)), self._frame)

    def _frame(self) -> None:
        if not self.is_mounted:
            return
        session = self.session
        if session.trainer.running:
            session.trainer.step_aside()
            self._look_at_training()
        elif session.lock.acquire(timeout=0.004):
            try:
                self._look()
            finally:
                session.lock.release()
        else:
            self.set_timer(0.03, self.freshen)
            return
        self.paint()
        if session.trainer.running:
            if self._tick is None:
                self._tick = self.set_timer(BEAT, self._beat)
        elif self.progress < 1:
            self._travel()
            self.freshen(readings=False)
        self._ask_readings()

    def look_now(self) -> None:
        """Look at what lies on the bench now, where an action before this one may have laid it there."""
        session = self.session
        if session.trainer.running or not session.lock.acquire(timeout=0.2):
            return
        try:
            self._look()
        finally:
            session.lock.release()

    def _beat(self) -> None:
        self._tick = None
        self.freshen(readings=False)

    def _look(self) -> None:
        """Read a session that stands still."""
        session = self.session
        self.trouble = ""
        self.dials = dials_of(session)
        try:
            if session.data is None or session.network is None:
                raise NnlabError("")
            if session.run is None and session.network.parameter_count > AT_ONCE:
                raise NnlabError(self._lay_out())
            self.moment = Moment.of(session, self.flip, trying=self.trying)
        except NnlabError as error:
            self.moment, self.other, self.track, self.trouble = None, None, None, str(error)
            self.question = Question()
            self._data, self.readings = session.data, Readings(session.data, example=session.example)
            return
        self._look_beside()
        run = session.need_run()
        reach = session.bench.reach.get(session.current, 0)
        breaks = stop_conditions(watching(session.bench, session.current), "")
        seeded = {name for group in session.bench.seeded for name in group}  # they share nothing of the past
        others = {name: other for name, other in session.runs.items() if name not in seeded}
        self.track = track_of(run, session.current, others, reach, session.grain, breaks)
        self._begin_motion()
        question = self.following()
        if question is not self.question or self._again or question.explanation is None:
            self.question = ask(session, question, self.moment.trial)
        changed = self._again or self._data is not session.data  # and not only a frame of something moving
        pages = fitting(session) if changed else self.readings.fitting
        self.readings = replace(
            self.readings,
            data=session.data,
            history=run.history,
            example=session.example,
            step=run.step_count,
            frame=None,
            peaks=self._peaks(run.history.losses, run.history),
            others=self._others(session.runs, session.current, self._kept, groups_of(session.bench)),
            axes=session.landscape_axes(),
            fitting=pages,
        )
        if self._data is not session.data:
            self._data = session.data
            self.readings = Readings(
                session.data, run.history, None, session.example, run.step_count,
                axes=session.landscape_axes(), fitting=pages,
            )  # fmt: skip

    @property
    def _kept(self) -> tuple[str, ...]:
        """Runs whose curves are always drawn."""
        return (self.session.bench.twin, *self.session.bench.pins)

    def _lay_out(self) -> str:
        """Have the reader make the run of a large network; what to say meanwhile, or why it cannot be."""
        session = self.session
        wanted = (session.network, session.bench.setup)
        if self._refusal[0] == wanted:
            return self._refusal[1]

        def make() -> None:
            try:
                with session.lock:
                    session.need_run()
            except NnlabError as error:
                self._refusal = (wanted, str(error))
            finally:
                self._making = None
            self.post_message(self.Changed())

        if self._making is None:
            self._making = self.in_reader(make)
        count = f"{session.need_network().parameter_count:,}"
        return _("one moment: {count} parameters are being laid out", count=count)

    def _look_beside(self, frame: Frame | None = None) -> None:
        """Read the twin, if there is one; a new one is shown at once."""
        bench = self.session.bench
        twin = bench.twin if bench.twin in bench.runs else ""
        if twin != self._twin:
            self._twin, self.showing = twin, TWIN if twin else OWN
            self.paired()
        self.other = None
        if self.showing != OWN:
            self.other = Moment.beside(self.session, self.showing == DIFFERENCE, self.flip, frame)

    @property
    def sides(self) -> tuple[str, str]:
        """What stands above one's own numbers, and above those beside them."""
        own, twin = self.session.current, self.session.bench.twin
        return own, twin if self.showing == TWIN else f"{twin} − {own}"

    def _look_at_training(self) -> None:
        """Read the newest snapshot of a run that goes on."""
        session = self.session
        moment = self.moment
        if moment is not None:
            beside = self.other.wanted() if self.other is not None else frozenset()
            session.trainer.wanted = moment.wanted(self.opened) | beside
        frame = session.trainer.frame()
        self.progress = 1.0
        self.dials = dials_of(session, frame)
        run = session.run
        if run is None or not frame.running:
            return
        if frame.values:
            try:
                self.moment = Moment.of(session, self.flip, frame)
                self._look_beside(frame)
            except (NnlabError, KeyError, IndexError):
                return
        self.readings = replace(
            self.readings, data=session.data, history=run.history, frame=frame, step=frame.step,
            example=session.example, peaks=self._peaks(run.history.losses, run.history),
            others=self._others(session.runs, session.current, self._kept, groups_of(session.bench)),
        )  # fmt: skip
        if self.track is not None:
            per = max(1, frame.steps_per_epoch)
            self.track = replace(
                self.track,
                step=frame.step,
                at=frame.step,
                position=len(self.track.events),
                epoch=frame.epoch,
                batch=(frame.step - 1) % per + 1,
                batches=per,
                reach=max(frame.step, self.track.reach if frame.step else 0),
                epochs=tuple(row.step for row in list(run.history.epochs) if row.step <= frame.step),
                running=True,
            )
        self._at = (frame.step, -1)

    # -- motion ---------------------------------------------------------------------------------

    def _begin_motion(self) -> None:
        """One operation further: its values set out."""
        assert self.track is not None
        at = (self.track.step, self.track.position)
        before, self._at = self._at, at
        one_on = at[0] == before[0] and at[1] == before[1] + 1
        first = at[1] == 1 and at[0] == before[0] + 1
        if at == before:
            return
        if (one_on or first) and not self.still:
            self.progress, self._moved_at = 0.05, time.monotonic()
        else:
            self.progress = 1.0

    def _travel(self) -> None:
        share = (time.monotonic() - self._moved_at) / MOTION
        self.progress = 1.0 if share >= 1 or self.still else max(0.05, share)

    # -- readings -------------------------------------------------------------------------------

    def _ask_readings(self) -> None:
        """Send for the readings in sight, when the last ones have come and it is time."""
        running = self.session.trainer.running
        if not (self._again or running) or (self._asked is not None and not self._asked.done()):
            return
        now = time.monotonic()
        if running and now - self._read_at < EVERY:
            return
        wants = self.wants()
        self._again, self._read_at = False, now
        if not wants and not running:
            return
        question = self.following() if running else None
        self._asked = self.in_reader(lambda: self._fetch(wants, question))

    def in_reader(self, work: Callable[[], None]) -> Future[None] | None:
        """Have ``work`` done in the reader's thread, so that no key waits for it.

        Bad input is told in the message line; anything else is a bug, and ends the app like any other.
        """

        def done(future: Future[None]) -> None:
            error = None if future.cancelled() else future.exception()
            if isinstance(error, NnlabError):
                self.post_message(Say.error(error))
            elif error is not None:
                self.call_later(_throw, error)

        try:
            future = self._reader.submit(work)
        except RuntimeError:  # the bench is being taken down
            return None
        future.add_done_callback(done)
        return future

    def at_boundary(self, work: Callable[[], T]) -> T:
        """What ``work`` answers: done by the training thread between two steps, or here where it rests."""
        return self.session.trainer.at_boundary(work)

    def _fetch(self, wants: frozenset[str], question: Question | None) -> None:
        """In the reader's thread: have the training thread answer at its next step boundary."""
        session = self.session

        def look() -> tuple[Readings, Question | None]:
            return read(session, wants), None if question is None else ask(session, question)

        try:
            readings, answered = self.at_boundary(look)
            readings = finish(session, readings)
        except NnlabError as error:
            readings, answered = Readings(trouble=str(error)), None
        self.post_message(self.Changed(readings, answered))


def _throw(error: BaseException) -> None:
    raise error
