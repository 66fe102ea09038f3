"""A session: one learner's bench, changed only by actions, kept as a text.

>>> session = Session()
>>> session.execute("data xor").lines[0]      # doctest: +SKIP
'xor: ...'

Everything a skin needs is here: :meth:`Session.execute`, :meth:`Session.complete`, the bench to look at,
:attr:`Session.trainer` for training in the background, and :meth:`Session.subscribe`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.given import whole_number
from nnlab.i18n import _
from nnlab.session import action as action_module
from nnlab.session import actions as _families  # noqa: F401 - fills the registry
from nnlab.session import hits
from nnlab.session import log as log_module
from nnlab.session.action import Action, Result
from nnlab.session.actions.time import Seek
from nnlab.session.actions.training import Pause, Step
from nnlab.session.actions.training import Run as RunAction
from nnlab.session.answers import ANSWERS, SHOWS
from nnlab.session.audience import Audience, Listener, ProgressListener
from nnlab.session.bench import Bench, Memento, Setup
from nnlab.session.catchup import ReplayListener, catch_up
from nnlab.session.changes import Changes
from nnlab.session.errands import Errands
from nnlab.session.goal import Ending, Goal
from nnlab.session.keyframe import KeyframeWriter
from nnlab.session.log import Entry, Log
from nnlab.session.look import Look
from nnlab.session.stretch import Stretch
from nnlab.session.trainer import Trainer
from nnlab.session.values import render_value
from nnlab.session.workbench import Workbench

if TYPE_CHECKING:
    from nnlab.engine.device import Device
    from nnlab.session.completion import Completion

TURN_SECONDS = 0.01
"""How long a live action waits for its turn before it looks again whether training has begun."""


class Session(Workbench):
    """Owns data, network, runs, position, selection and the log.

    ``path`` is a new append-only session file, None keeps the log in memory.  Actions may come from any
    thread; while training goes on in the background they are done at the next step boundary.  Listeners
    are called with the action's text and its result, in the thread that asked for it (for :meth:`submit`
    and at the end of background training in the trainer's): they must not wait for another thread.

    ``recorded`` is the header of a session whose actions will be done again: seed, device and kernels are
    as they were then, unless others are asked for; ``differences`` says what is not.  ``measured`` says what
    the choice of a device was measured by.
    """

    log: Log
    bench: Bench
    look: Look

    def __init__(
        self,
        path: str | Path | None = None,
        seed: int | None = None,
        device: str = "auto",
        *,
        look: Look | None = None,
        recorded: Mapping[str, str] | None = None,
    ) -> None:
        self._begin_empty(recorded or {}, seed, device, look)
        header = log_module.environment(self.seed, self.device)
        self.log = Log.create(Path(path) if path is not None else None, header)

    def _begin_empty(
        self, recorded: Mapping[str, str], seed: int | None, device: str, look: Look | None
    ) -> None:
        """Nothing on the bench; seed and device as recorded, unless others are asked for."""
        self.recorded = recorded
        self.seed = log_module.seed_of(recorded) if seed is None else whole_number("seed", seed)
        self.device = log_module.device_of(recorded) if device == "auto" else device
        self.look = look or Look()
        self.bench = Bench(setups={"main": Setup(seed=self.seed)})
        self.lock = threading.RLock()
        self._turn = threading.RLock()
        self.errands = Errands(self.lock)
        self.trainer = Trainer(self)
        self.extensions: dict[str, type[Action]] = {}
        self.background = False
        self.ended = False
        self.differences = log_module.differences(recorded, log_module.environment(self.seed, self.device))
        self.log = Log()
        self.audience = Audience()
        self.changes = Changes(self._done_again)
        self.stretch = Stretch(self)
        self.measured: list[str] = []
        self._replaying = False
        self._told: set[str] = set()
        self._replayed = 0
        self._writer = KeyframeWriter()

    @property
    def path(self) -> Path | None:
        """The session file; None where the log is in memory."""
        return self.log.path

    @property
    def history(self) -> list[str]:
        """The actions of the log, oldest first."""
        return [entry.text for entry in self.log.entries]

    # -- actions --------------------------------------------------------------------------------

    def parse(self, text: str) -> Action:
        return action_module.parse(text, self.extensions)

    def execute(self, text: str) -> Result:
        """Do one action; it is in the log when this returns.  Raises NnlabError and changes nothing then."""
        return self.perform(self.parse(text))

    def perform(self, action: Action) -> Result:
        """Do an action that is parsed already."""
        return self.audience.tell(self._do(action))

    def submit(self, text: str) -> Future[Result]:
        """Like :meth:`execute`, but a live action's step boundary is not waited for: see the future."""
        action = self.parse(text)
        future = (
            self.trainer.submit(lambda: self.audience.tell(self._perform(action))) if action.live else None
        )
        if future is None:
            future = Future()
            try:
                future.set_result(self.audience.tell(self._do(action)))
            except NnlabError as error:
                future.set_exception(error)
        return future

    def _do(self, action: Action) -> Result:
        """Act alone: while training goes on a live action is done by its thread, another one pauses it.

        ``_turn`` is held by whoever acts, and by whoever trains without a thread; so nobody can begin
        training between a pause and the action it was for.
        """
        if isinstance(action, Pause):
            return replace(action.apply(self), action=str(action))
        if self.trainer.here:
            return self._perform(action)
        while True:
            if action.live and (future := self.trainer.submit(lambda: self._perform(action))) is not None:
                return future.result()
            if not action.live:
                self.trainer.pause()
            if not self._turn.acquire(timeout=TURN_SECONDS):
                continue
            try:
                if not self.trainer.running:
                    return self._perform(action)
            finally:
                self._turn.release()
            self.trainer.yield_to_end(action.live)

    def computed_with(self) -> str:
        name = log_module.KERNELS
        return self.recorded.get(name) or self.log.header.get(name, "")

    def computing_with(self, device: Device) -> None:
        """Keep in the log's header what the device came to, say what was measured for it, and where it was
        another one then.
        """
        name, kernels = log_module.KERNELS, device.kernels.name
        if device.measured:
            self.measured.append(device.measured)
        then = {**self.log.header, **self.recorded}
        for line in log_module.differences(then, {name: kernels}):
            self.differ(line)
        if name not in self.log.header and not self._replaying:
            self.log.remark(name, kernels)

    def differ(self, sentence: str) -> None:
        """Something is not as it was recorded; it is said once, with the answer of the action at hand."""
        if sentence not in self.differences:
            self.differences.append(sentence)

    def complete(self, text: str) -> list[Completion]:
        """What could stand at the end of ``text``."""
        from nnlab.session.completion import complete

        return complete(self, text)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called after every action; the answer takes it off again."""
        return self.audience.join(listener)

    def on_progress(self, listener: ProgressListener) -> None:
        """Have ``listener`` called with epochs just finished, by the training thread; it must not wait."""
        self.audience.follow(listener)

    def answer(self, kind: str, payload: Any, **details: Any) -> Result:
        """A result whose lines are the text form of ``payload``."""
        return Result(ANSWERS[kind](self, payload, **details), payload=payload)

    def _perform(self, action: Action) -> Result:
        text = str(action)
        if isinstance(action, Step) and not self.background:
            action = action.as_run(self.bench.grain)
        if action.lengthy:
            done = action.apply(self)
            return Result([*done.lines, *self.news()], text, done.payload)
        with self.lock:
            trains = isinstance(action, RunAction)
            live = self.trainer.here and action.logged
            if live:
                self.stretch.mark(going_on=True)
            before = Memento.of(self.bench, text)
            if trains:
                self.stretch.begin(text, before)
            try:
                done = action.apply(self)
            except NnlabError:
                if action.undoable and not trains:
                    self.bench = before.restore()
                raise
            if action.logged and not trains:
                self.record(action, before, action.note(self))
            if live and action.undoable:
                self.stretch.cut()
            if action.logged and not self._replaying:
                self.keep_up()
            return Result([*done.lines, *self.news()], text, done.payload)

    def news(self) -> list[str]:
        """What is to be said besides answers, each sentence once: a log that can no longer be written, what
        is not as it was recorded, and what the choice of a device was measured by.
        """
        texts = (self.log.trouble, *self.differences, *self.measured)
        news = [text for text in texts if text and text not in self._told]
        self._told.update(news)
        return news

    # -- the log and undo -----------------------------------------------------------------------

    def record(self, action: Action, before: Memento, note: str = "") -> None:
        """Keep ``action`` in the log, and the bench ``before`` it where it can be undone."""
        self.changes.record(action, before)
        if not self._replaying:
            self.log.append(Entry(str(action), note))

    def undo(self) -> str:
        """Restore the bench as it was before the last change; answers that change's text."""
        action, self.bench = self.changes.undo(self.bench)
        return action

    def redo(self) -> str:
        """Do the change again that was undone last; answers its text."""
        action, self.bench = self.changes.redo(self.bench)
        return action

    def _done_again(self) -> tuple[Bench, Changes]:
        """The bench and its changes after doing the whole log again, as far as it counts now."""
        from nnlab.session.resume import replayed

        entries = self.log.entries[: self._replayed] if self._replaying else self.log.entries
        past = replayed(entries, self.seed, self.device, self.extensions, self.computed_with())
        return past.bench, past.changes

    def close(self) -> None:
        """End training, keep where it stands, and let go of the file."""
        self.trainer.pause()
        with self.lock:
            self._writer.wait()
            if self.run is not None:
                self._keyframe()
            self._writer.wait()
            self.log.close()

    @classmethod
    def resume(
        cls,
        path: str | Path,
        *,
        device: str = "auto",
        look: Look | None = None,
        extensions: dict[str, type[Action]] | None = None,
        on_replay: ReplayListener | None = None,
    ) -> Session:
        """The session of ``path`` as it was: the newest keyframe on the disk, then the actions after it."""
        from nnlab.session.resume import resumed

        return resumed(
            cls,
            Log.resume(Path(path)),
            device=device,
            look=look,
            extensions=extensions,
            on_replay=on_replay,
        )

    @classmethod
    def copy(
        cls,
        log: Log,
        *,
        seed: int | None = None,
        device: str = "auto",
        look: Look | None = None,
        on_replay: ReplayListener | None = None,
    ) -> Session:
        """What a log that was copied into memory comes to, or a script of actions."""
        from nnlab.session.resume import copied

        return copied(cls, log, seed=seed, device=device, look=look, on_replay=on_replay)

    # -- training -------------------------------------------------------------------------------

    def train(self, action: RunAction) -> Result:
        """Run to the goal of ``action``: in the background where somebody watches, else here and now."""
        if action.goal.endless and not self.background and not self.interruptible:
            raise NnlabError(
                _("“run” alone goes on until it is paused, which nobody can do here; write: run 5 epochs")
            )
        self._require_ahead(action.goal)
        if self.background:
            self.trainer.launch(action.goal)
            return Result([_("training …")])
        self.audience.catch_up(self.need_run())
        self.stretch.goes_on = action.going_on
        try:
            ending = self.trainer.drive(action.goal)
        finally:
            self.stretch.goes_on = False
        return self.answer("ending", ending)

    def begin(self, goal: Goal) -> None:
        """Start training in the background."""
        with self._turn, self.lock:
            if self.trainer.running:
                raise NnlabError(_("training is already going on; pause it first"))
            self._require_ahead(goal)
            self.stretch.begin(str(RunAction(goal)))
            self.trainer.launch(goal)

    interruptible: bool = False
    """Whether somebody can stop an endless ``run`` in this thread (a terminal with Ctrl-C)."""

    keeps_settings: bool = True
    """Whether settings that are changed are the user's; in a script they are not."""

    on_replay: ReplayListener | None = None
    """Told (step, last step) now and then while training is done again."""

    quiet: bool = False
    """Whether nobody is told of finished epochs: a lesson is setting its bench up."""

    def retrain(self, action: RunAction) -> None:
        """Repeat a stretch of training from the log; breakpoints and pauses are in its end already."""
        asked = self.stretch.asked or str(action)
        before = Memento.of(self.bench, asked)
        run = self.need_run()
        target = action.goal.last_step(run)
        if target is None:
            self.stretch.begin(asked, before)
            self.trainer.drive(action.goal)
            return
        catch_up(run, target, self.on_replay)
        self.reached()
        self.follow_twin()
        self.record(action, before)

    def keep_up(self) -> None:
        """Between two chunks: tell about finished epochs, and keep a keyframe where one is due."""
        run = self.run
        if run is None:
            return
        self.audience.tell_epochs(run, self.quiet)
        if self._writer.due:
            with self.lock:
                if self.trainer.here:
                    self.stretch.mark(going_on=True)
                self._keyframe()

    def _keyframe(self) -> None:
        """Have the bench written beside the log, so that resuming need not compute it again."""
        if self.log.path is None or self.log.trouble or self._replaying or self._writer.busy:
            return
        if self.bench.grounds:  # runs on different things are done again from the log
            return
        self._writer.write(self)

    def _require_ahead(self, goal: Goal) -> None:
        goal.require_ahead(
            self.need_run(), hits.watching(self.bench, self.current), self.bench.setup.patience
        )

    def end_stretch(self, ending: Ending) -> None:
        """Training has ended; out of patience it goes back to its best epoch, a change like others."""
        self.stretch.end(ending)
        if ending.reason in hits.HALTS:
            self.count_hit()
        if ending.reason == "patience":
            best = Seek(None)
            before = Memento.of(self.bench, str(best))
            best.apply(self)
            self.record(best, before)
        self.keep_up()

    def count_hit(self) -> None:
        """Training has stopped; if a breakpoint holds here, that is a hit."""
        hits.count(self.bench)

    def announce_end(self, ending: Result) -> None:
        """Tell listeners that training in the background has ended."""
        self.audience.tell(replace(ending, action="pause"))

    def show(self, what: str) -> Result:
        lines, payload = SHOWS[what](self) if what in SHOWS else render_value(self, what)
        return Result(lines, payload=payload)
