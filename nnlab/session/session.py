"""A session: one learner's bench, changed only by actions, kept as a text.

>>> session = Session()
>>> session.execute("data xor").lines[0]      # doctest: +SKIP
'xor: ...'

Everything a skin needs is here: :meth:`Session.execute`, :meth:`Session.complete`, the bench to look at,
:attr:`Session.trainer` for training in the background, and :meth:`Session.subscribe`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session import action as action_module
from nnlab.session import actions as _families  # noqa: F401 - fills the registry
from nnlab.session import log as log_module
from nnlab.session.action import Action, Result
from nnlab.session.actions.training import Pause, Step
from nnlab.session.actions.training import Run as RunAction
from nnlab.session.answers import ANSWERS, SHOWS
from nnlab.session.bench import Bench, Memento, Setup
from nnlab.session.catchup import ReplayListener, catch_up
from nnlab.session.goal import Goal
from nnlab.session.keyframe import KeyframeWriter
from nnlab.session.log import Entry, Log
from nnlab.session.look import Look
from nnlab.session.trainer import Ending, Trainer
from nnlab.session.values import render_value
from nnlab.session.workbench import Workbench

if TYPE_CHECKING:
    from nnlab.session.completion import Completion
    from nnlab.training import EpochRow, Run

Listener = Callable[[str, Result], None]
ProgressListener = Callable[[list["EpochRow"]], None]

UNDO_DEPTH = 50
"""Changes that can be undone at once; older ones are found again by replaying the log."""

KEYFRAME_SECONDS = 5.0

TURN_SECONDS = 0.01
"""How long a live action waits for its turn before it looks again whether training has begun."""


class Session(Workbench):
    """Owns data, network, runs, position, selection and the log.

    ``path`` is a new append-only session file, None keeps the log in memory.  Actions may come from any
    thread; while training goes on in the background they are done at the next step boundary.  Listeners
    are called with the action's text and its result, in the thread that asked for it (for :meth:`submit`
    and at the end of background training in the trainer's): they must not wait for another thread.

    ``recorded`` is the header of a session whose actions will be done again: seed, device and kernels are
    as they were then, unless others are asked for; ``differences`` says what is not.
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
        self.seed = log_module.seed_of(recorded) if seed is None else seed
        self.device = log_module.device_of(recorded) if device == "auto" else device
        self.look = look or Look()
        self.bench = Bench(setups={"main": Setup(seed=self.seed)})
        self.lock = threading.RLock()
        self._turn = threading.RLock()
        self.trainer = Trainer(self)
        self.extensions: dict[str, type[Action]] = {}
        self.background = False
        self.ended = False
        self.differences = log_module.differences(recorded, log_module.environment(self.seed, self.device))
        self.log = Log()
        self._listeners: list[Listener] = []
        self._progress: list[ProgressListener] = []
        self._undo: list[Memento] = []
        self._redo: list[Memento] = []
        self._forgotten = False
        self._redo_forgotten = False
        self._stretch: Memento | None = None
        self._asked = ""
        self._open_stretch = False
        self._goes_on = False
        self._replaying = False
        self._kept_at = time.monotonic()
        self._epochs_told = 0
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
        return self._tell(self._do(action))

    def submit(self, text: str) -> Future[Result]:
        """Like :meth:`execute`, but a live action's step boundary is not waited for: see the future."""
        action = self.parse(text)
        future = self.trainer.submit(lambda: self._tell(self._perform(action))) if action.live else None
        if future is None:
            future = Future()
            try:
                future.set_result(self._tell(self._do(action)))
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
        return self.recorded.get(name) or self.log.header.get(name, "numpy")

    def computing_with(self, kernels: str) -> None:
        """Keep in the log's header what the device came to, and say where it was another one then."""
        name = log_module.KERNELS
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
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def on_progress(self, listener: ProgressListener) -> None:
        """Have ``listener`` called with epochs just finished, by the training thread; it must not wait."""
        self._progress.append(listener)

    def answer(self, kind: str, payload: Any, **details: Any) -> Result:
        """A result whose lines are the text form of ``payload``."""
        return Result(ANSWERS[kind](self, payload, **details), payload=payload)

    def _perform(self, action: Action) -> Result:
        text = str(action)
        if isinstance(action, Step) and not self.background:
            action = action.as_run(self.bench.grain)
        with self.lock:
            trains = isinstance(action, RunAction)
            live = self.trainer.here and action.logged
            if live:
                self._mark(going_on=True)
            before = Memento.of(self.bench, text)
            if trains:
                self._stretch, self._asked = before, text
            try:
                done = action.apply(self)
            except NnlabError:
                if action.undoable and not trains:
                    self.bench = before.restore()
                raise
            if action.logged and not trains:
                self._record(action, before, action.note(self))
            if live and action.undoable:
                self._stretch = Memento.of(self.bench, self._asked)
            if action.logged and not self._replaying:
                self.keep_up()
            return Result([*done.lines, *self.news()], text, done.payload)

    def _tell(self, result: Result) -> Result:
        """Let listeners hear of an action, outside of all locks."""
        for listener in list(self._listeners):
            listener(result.action, result)
        return result

    def news(self) -> list[str]:
        """What is to be said besides answers, each sentence once: a log that can no longer be written, and
        what is not as it was recorded.
        """
        news = [text for text in (self.log.trouble, *self.differences) if text and text not in self._told]
        self._told.update(news)
        return news

    # -- the log and undo -----------------------------------------------------------------------

    def _record(self, action: Action, before: Memento, note: str = "") -> None:
        """Keep ``action``, and the bench ``before`` it where it can be undone.

        A stretch of training that was still going on when it was written down is one change with what
        follows it directly.
        """
        if isinstance(action, RunAction):
            if not self._open_stretch:
                self._push(before)
            self._open_stretch = action.going_on
        elif action.undoable or action.name in ("undo", "redo"):
            self._open_stretch = False
            if action.undoable:
                self._push(before)
        if not self._replaying:
            self.log.append(Entry(str(action), note))

    def _push(self, before: Memento) -> None:
        self._undo.append(before)
        self._redo.clear()
        self._redo_forgotten = False
        if len(self._undo) > UNDO_DEPTH:
            del self._undo[0]
            self._forgotten = True

    def undo(self) -> str:
        """Restore the bench as it was before the last change; answers that change's text."""
        if not self._undo and self._forgotten:
            self._remember()
        if not self._undo:
            raise NnlabError(_("there is nothing to undo"))
        before = self._undo.pop()
        self._redo.append(Memento.of(self.bench, before.action))
        self.bench = before.restore()
        return before.action

    def redo(self) -> str:
        if not self._redo and self._redo_forgotten:
            self._remember()
        if not self._redo:
            raise NnlabError(_("there is nothing to do again"))
        after = self._redo.pop()
        self._undo.append(Memento.of(self.bench, after.action))
        self.bench = after.restore()
        return after.action

    def _remember(self) -> None:
        """Get mementos back that were dropped, or that a resume skipped, by replaying the whole log."""
        from nnlab.session.resume import replayed

        entries = self.log.entries[: self._replayed] if self._replaying else self.log.entries
        past = replayed(entries, self.seed, self.device, self.extensions, self.computed_with())
        self.bench, self._undo, self._redo = past.bench, past._undo, past._redo
        self._forgotten = self._redo_forgotten = False

    def save(self, path: Path, force: bool = False) -> None:
        """Write the whole log to ``path``; another file than a session is replaced only by ``force``."""
        from nnlab.session.files import require_free, write_atomically

        if not force:
            require_free(path, log_module.holds_session, _force_it())
        if self.trainer.here:
            self._mark(going_on=True)
        if path.exists() and self.log.path is not None and path.samefile(self.log.path):
            return  # it stands there already, and is being written on
        if path.is_file() and log_module.in_use(path):
            raise NnlabError(_("the session {path} is open in another nnlab; choose another name", path=path))
        write_atomically(path, self.log.text().encode())

    def export(self, path: Path, force: bool = False) -> list[str]:
        """Write the settled parameters to ``path``; answers their names.

        Into an .npz file the arrays alone, into a .safetensors file the whole network with its script.
        Something else that has the name already is replaced only by ``force``.
        """
        from nnlab.network import checkpoint
        from nnlab.session.files import holds_parameters, require_free, write_arrays, write_atomically

        if not force:
            require_free(path, holds_parameters, _force_it())
        run = self.need_run()
        arrays = run.network.parameters
        if path.suffix == ".safetensors":
            notes = {"script": self.history, "losses": run.history.losses.tolist()}
            write_atomically(path, checkpoint.to_bytes(run.network, notes))
        else:
            write_arrays(path, arrays)
        return list(arrays)

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
        self._ready_to_train(action.goal)
        if self.background:
            self.trainer.launch(action.goal)
            return Result([_("training …")])
        self._epochs_told = len(self.need_run().history.epochs)
        self._goes_on = action.going_on
        try:
            ending = self.trainer.drive(action.goal)
        finally:
            self._goes_on = False
        return self.answer("ending", ending)

    def begin(self, goal: Goal) -> None:
        """Start training in the background."""
        with self._turn, self.lock:
            if self.trainer.running:
                raise NnlabError(_("training is already going on; pause it first"))
            self._ready_to_train(goal)
            text = str(RunAction(goal))
            self._stretch, self._asked = Memento.of(self.bench, text), text
            self.trainer.launch(goal)

    def _ready_to_train(self, goal: Goal) -> None:
        from nnlab.session.vocabulary import stop_conditions

        run = self.need_run()
        for condition in stop_conditions(self.bench.breaks, goal.condition):
            condition.check_against(run)
        for condition in stop_conditions((), goal.condition):
            condition.require_ahead(run)
        if goal.kind == "to" and goal.amount < run.step_count:
            raise NnlabError(
                _(
                    "the run is at step {step}, after {goal}; “seek {goal}” goes back",
                    step=run.step_count,
                    goal=goal.amount,
                )
            )
        run.history.require(goal.last_step(run) or 0)

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
        before = Memento.of(self.bench, self._asked or str(action))
        run = self.need_run()
        goal = action.goal
        target = goal.last_step(run)
        if target is None:
            self._stretch = before
            self.trainer.drive(goal)
            return
        catch_up(run, target, self.on_replay)
        self.reached()
        self._record(action, before)

    def advance(self, run: Run, steps: int, goal: Goal) -> Ending | None:
        """Take up to ``steps`` steps; an ending where a condition held or numbers broke down."""
        from nnlab.session.vocabulary import stop_conditions

        conditions = stop_conditions(self.bench.breaks, goal.condition)
        stop = run.run_to(run.step_count + steps, list(conditions))
        if stop.reason in ("done", "interrupted"):  # interrupted: cut short to stand aside
            return None
        reason = stop.reason
        if reason == "condition" and not (goal.condition and stop.text.endswith(goal.condition)):
            reason = "break"
        return Ending(reason, stop.step, stop.text)

    def keep_up(self) -> None:
        """Between two chunks: tell about finished epochs, and keep a keyframe where one is due."""
        run = self.run
        if run is not None and self._progress and len(run.history.epochs) > self._epochs_told:
            rows = run.history.epochs[self._epochs_told :]
            self._epochs_told += len(rows)
            for listener in () if self.quiet else self._progress:
                listener(rows)
        if time.monotonic() - self._kept_at > KEYFRAME_SECONDS and run is not None:
            with self.lock:
                if self.trainer.here:
                    self._mark(going_on=True)
                self._keyframe()

    def _keyframe(self) -> None:
        """Have the bench written beside the log, so that resuming need not compute it again."""
        if self.log.path is None or self.log.trouble or self._replaying or self._writer.busy:
            return
        self._kept_at = time.monotonic()
        self._writer.write(self)

    def _mark(self, going_on: bool, note: str = "going on") -> None:
        """Write down how far training has come since it was last written down."""
        run = self.run
        if self._stretch is None or run is None:
            return
        start = self._stretch
        here = RunAction(Goal("to", run.step_count), going_on)
        if going_on and self.log.entries and self.log.entries[-1].text == str(here):
            return
        self._record(here, start, f"{self._asked}: {note}")

    def end_stretch(self, ending: Ending) -> None:
        """Training has ended: write down where, and what had been asked for."""
        self._mark(going_on=self._goes_on and ending.reason == "reached", note=ending.reason)
        self._stretch = None
        self.keep_up()

    def announce_end(self, ending: Result) -> None:
        """Tell listeners that training in the background has ended."""
        self._tell(replace(ending, action="pause"))

    def show(self, what: str) -> Result:
        lines, payload = SHOWS[what](self) if what in SHOWS else render_value(self, what)
        return Result(lines, payload=payload)


def _force_it() -> str:
    return _("choose another name, or write “force” behind it to replace it")
