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
from collections.abc import Callable
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
from nnlab.session.actions.training import Run as RunAction
from nnlab.session.actions.training import Step
from nnlab.session.bench import Bench, Memento, Prediction, Setup
from nnlab.session.goal import Goal
from nnlab.session.keyframe import KeyframeWriter
from nnlab.session.log import Entry, Log
from nnlab.session.look import Look
from nnlab.session.text import ANSWERS
from nnlab.session.trainer import Ending, Trainer
from nnlab.session.words import nearest

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.engine.address import Address
    from nnlab.network import Network
    from nnlab.session.completion import Completion
    from nnlab.training import EpochRow, Run, Stop

Listener = Callable[[str, Result], None]
ProgressListener = Callable[[list["EpochRow"]], None]

UNDO_DEPTH = 50
"""Changes that can be undone at once; older ones are found again by replaying the log."""

BYTES_PER_PARAMETER = 16
"""Its value, its gradient and two numbers of optimiser state in float32."""

FLOPS_PER_PARAMETER = 6
"""Of one example and a dense layer: a multiplication and an addition forward, twice that backward."""

NO_DATA_SHAPE = (2,)
"""What a network is shown with before there are data: two features, as on the plane."""

KEYFRAME_SECONDS = 5.0


class Session:
    """Owns data, network, runs, position, selection and the log.

    ``path`` is a new append-only session file, None keeps the log in memory.  Actions may come from any
    thread; while training goes on in the background they are done at the next step boundary.  Listeners
    are called with the action's text and its result, in the thread that asked for it (for :meth:`submit`
    and at the end of background training in the trainer's): they must not wait for another thread.
    """

    log: Log
    bench: Bench
    look: Look

    def __init__(
        self, path: str | Path | None = None, seed: int = 1, device: str = "auto", *, look: Look | None = None
    ) -> None:
        self._begin_empty(seed, device, look)
        header = log_module.environment(seed, device)
        self.log = Log.create(Path(path) if path is not None else None, header)

    def _begin_empty(self, seed: int, device: str, look: Look | None) -> None:
        self.seed, self.device = seed, device
        self.look = look or Look()
        self.bench = Bench(setups={"main": Setup(seed=seed)})
        self.lock = threading.RLock()
        self.trainer = Trainer(self)
        self.extensions: dict[str, type[Action]] = {}
        self.background = False
        self.ended = False
        self.differences: list[str] = []
        self.log = Log()
        self._listeners: list[Listener] = []
        self._progress: list[ProgressListener] = []
        self._undo: list[Memento] = []
        self._redo: list[Memento] = []
        self._forgotten = False
        self._stretch: Memento | None = None
        self._asked = ""
        self._open_stretch = False
        self._replaying = False
        self._kept_at = time.monotonic()
        self._epochs_told = 0
        self._trouble_told = False
        self._replayed = 0
        self._writer = KeyframeWriter()

    @property
    def path(self) -> Path | None:
        """The session file; None where the log is in memory."""
        return self.log.path

    # -- the bench to look at -------------------------------------------------------------------

    @property
    def data(self) -> Dataset | None:
        return self.bench.data

    @property
    def network(self) -> Network | None:
        """The network of the current run, with trained parameters; as it was built before there is one."""
        return self.bench.run.network if self.bench.run is not None else self.bench.network

    @property
    def run(self) -> Run | None:
        """The current run; None until a step is asked for."""
        return self.bench.run

    @property
    def runs(self) -> dict[str, Run]:
        return self.bench.runs

    @property
    def current(self) -> str:
        return self.bench.current

    @property
    def example(self) -> int:
        return self.bench.example

    @property
    def selection(self) -> Address | None:
        return self.bench.selection

    @property
    def grain(self) -> str:
        return self.bench.grain

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        return self.bench.predictions

    @property
    def history(self) -> list[str]:
        """The actions of the log, oldest first."""
        return [entry.text for entry in self.log.entries]

    # -- actions --------------------------------------------------------------------------------

    def parse(self, text: str) -> Action:
        return action_module.parse(text, self.extensions)

    def execute(self, text: str) -> Result:
        """Do one action; it is in the log when this returns.  Raises NnlabError and changes nothing then."""
        action = self.parse(text)
        if self.trainer.running and not self.trainer.here:
            if action.live:
                return self._tell(self.trainer.submit(lambda: self._perform(action)).result())
            self.trainer.pause()
        return self._tell(self._perform(action))

    def submit(self, text: str) -> Future[Result]:
        """Like :meth:`execute` without waiting for a step boundary: the answer is in the future."""
        action = self.parse(text)
        if not action.live:
            self.trainer.pause()
        return self.trainer.submit(lambda: self._tell(self._perform(action)))

    def complete(self, text: str) -> list[Completion]:
        """What could stand at the end of ``text``."""
        from nnlab.session.completion import complete

        return complete(self, text)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called after every action; the answer takes it off again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def on_progress(self, listener: ProgressListener) -> None:
        """Have ``listener`` called with the epochs just finished, by the training thread; it must not wait."""
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
            return Result([*done.lines, *self._new_trouble()], text, done.payload)

    def _tell(self, result: Result) -> Result:
        """Let listeners hear of an action, outside of all locks."""
        for listener in list(self._listeners):
            listener(result.action, result)
        return result

    def _new_trouble(self) -> list[str]:
        """The sentence about a log that can no longer be written, once."""
        if not self.log.trouble or self._trouble_told:
            return []
        self._trouble_told = True
        return [self.log.trouble]

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
            if not isinstance(action, RunAction):
                self.keep_up()

    def _push(self, before: Memento) -> None:
        self._undo.append(before)
        self._redo.clear()
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
        past = replayed(entries, self.seed, self.device, self.extensions)
        self.bench, self._undo, self._redo = past.bench, past._undo, past._redo
        self._forgotten = False

    def save(self, path: Path) -> None:
        """Write the whole log to ``path``."""
        from nnlab.session.files import write_atomically

        if self.trainer.here:
            self._mark(going_on=True)
        write_atomically(path, self.log.text().encode())

    def export(self, path: Path) -> list[str]:
        """Write the settled parameters to ``path``; answers their names."""
        from nnlab.session.files import write_arrays

        arrays = self.need_run().network.parameters
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
    ) -> Session:
        """The session of ``path`` as it was: the newest keyframe on the disk, then the actions after it."""
        from nnlab.session.resume import resumed

        return resumed(cls, Path(path), device=device, look=look, extensions=extensions)

    # -- training -------------------------------------------------------------------------------

    def train(self, action: RunAction) -> Result:
        """Run to the goal of ``action``: in the background where somebody watches, else here and now."""
        endless = action.goal.kind == "pause"
        if endless and not self.background and not self.interruptible:
            raise NnlabError(
                _("“run” alone goes on until it is paused, which nobody can do here; write: run 5 epochs")
            )
        self._ready_to_train(action.goal)
        if self.background:
            self.trainer.launch(action.goal)
            return Result([_("training …")])
        self._epochs_told = len(self.need_run().history.epochs)
        ending = self.trainer.drive(action.goal)
        return self.answer("ending", ending)

    def begin(self, goal: Goal) -> None:
        """Start training in the background."""
        with self.lock:
            self._ready_to_train(goal)
            text = str(RunAction(goal))
            self._stretch, self._asked = Memento.of(self.bench, text), text
            self.trainer.launch(goal)

    def _ready_to_train(self, goal: Goal) -> None:
        from nnlab.session.vocabulary import stop_conditions

        run = self.need_run()
        for condition in stop_conditions(self.bench.breaks, goal.condition):
            if run.step_count or condition.quantity != "update":
                condition.check_against(run)
        if goal.kind == "to" and goal.amount < run.step_count:
            raise NnlabError(
                _(
                    "the run is at step {step}, after {goal}; “seek {goal}” goes back",
                    step=run.step_count,
                    goal=goal.amount,
                )
            )

    interruptible: bool = False
    """Whether somebody can stop an endless ``run`` in this thread (a terminal with Ctrl-C)."""

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
        if target > run.step_count:
            run.run_to(target)
        self.reached()
        self._record(action, before)

    def advance(self, run: Run, steps: int, goal: Goal) -> Ending | None:
        """Take up to ``steps`` steps; an ending where a condition held or numbers broke down."""
        from nnlab.session.vocabulary import stop_conditions

        conditions = stop_conditions(self.bench.breaks, goal.condition)
        stop = run.run_to(run.step_count + steps, list(conditions))
        if stop.reason == "done":
            return None
        reason = stop.reason
        if reason == "condition" and not (goal.condition and stop.text.endswith(goal.condition)):
            reason = "break"
        return Ending(reason, stop.step, stop.text)

    def reached(self) -> None:
        """Remember how far the current run has come."""
        run, reach = self.need_run(), self.bench.reach
        reach[self.current] = max(run.step_count, reach.get(self.current, 0))

    def keep_up(self) -> None:
        """Between two chunks: tell about finished epochs, and keep a keyframe where one is due."""
        run = self.run
        if run is not None and self._progress and len(run.history.epochs) > self._epochs_told:
            rows = run.history.epochs[self._epochs_told :]
            self._epochs_told += len(rows)
            for listener in self._progress:
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
        self._mark(going_on=False, note=ending.reason)
        self._stretch = None
        self.keep_up()

    def announce_end(self, ending: Ending) -> None:
        """Tell listeners that training in the background has ended."""
        self._tell(replace(self.answer("ending", ending), action="pause"))

    # -- what actions do to the bench -----------------------------------------------------------

    def need_data(self) -> Dataset:
        if self.bench.data is None:
            raise NnlabError(_("there is no data yet; choose some, for example: data moons"))
        return self.bench.data

    def need_network(self) -> Network:
        if self.bench.network is None:
            raise NnlabError(_("there is no network yet; build one, for example: net dense 8 tanh | dense 1"))
        return self.bench.network

    def need_run(self) -> Run:
        """The current run; made at step 0 where there is none yet."""
        bench = self.bench
        if bench.run is None:
            from nnlab.engine.device import choose
            from nnlab.network import Network
            from nnlab.training import Run

            data, network, setup = self.need_data(), self.need_network(), bench.setup
            batch = setup.batch_size or len(data.split.train)
            device = choose(self.device, work=FLOPS_PER_PARAMETER * network.parameter_count * batch)
            bench.runs[bench.current] = Run(
                Network.parse(network.text, network.input_shape, setup.seed),
                data,
                loss=setup.loss,
                optimizer=setup.optimizer,
                batch_size=batch,
                seed=setup.seed,
                schedule=setup.schedule,
                clip=setup.clip,
                l1=setup.l1,
                l2=setup.l2,
                kernels=None if device.kind == "cpu" else device.kernels,
            )
            bench.reach[bench.current] = 0
        return bench.runs[bench.current]

    def use_data(self, data: Dataset | None, text: str) -> None:
        """Other data: the network is fitted to their shape, and training starts afresh."""
        bench = self.bench
        bench.data, bench.data_text, bench.example = data, text, 0
        bench.start_afresh()
        if data is not None and bench.network_text:
            self.use_network(bench.network_text)

    def points_data(self) -> Dataset:
        from nnlab.data import points

        return points([(x, y, label) for x, y, label in self.bench.points])

    def use_network(self, text: str) -> None:
        """Another network; its input shape is that of the data."""
        from nnlab.engine.memory import require
        from nnlab.network import Network

        bench = self.bench
        shape = bench.data.input_shape if bench.data is not None else NO_DATA_SHAPE
        network = Network.parse(text, input_shape=shape)
        count = network.parameter_count
        require(
            count * BYTES_PER_PARAMETER,
            _("{count} parameters with gradients and optimiser state", count=f"{count:,}"),
        )
        bench.network, bench.network_text = network, network.text
        bench.start_afresh()

    def layer_names(self) -> list[str]:
        return [row.name for row in self.network.ledger()] if self.network is not None else []

    def change(self, **changes: object) -> None:
        """Turn knobs: from the next step on, or from the start where the loss or the seed changes."""
        bench = self.bench
        setup = bench.setup.changed(**changes)
        if bench.run is None or {"loss", "seed"} & set(changes):
            bench.start_afresh(setup)
            return
        run = self._own_run()
        run.set(**self._run_settings(changes))
        bench.setups[bench.current] = setup

    def _run_settings(self, changes: dict[str, object]) -> dict[str, Any]:
        settings = dict(changes)
        if "batch_size" in settings:
            settings["batch_size"] = settings["batch_size"] or len(self.need_data().split.train)
        return settings

    def edit(self, address: str, value: float) -> tuple[float, float]:
        """Change one parameter; answers (old, new)."""
        target = self.address(address)
        run = self._own_run()
        old = run.value(target)
        run.edit(target, value)
        return old, run.value(target)

    def _own_run(self) -> Run:
        """A run that may be changed: the past stays with the old one, for undo or as a branch of its own."""
        run, bench = self.need_run(), self.bench
        if run.step_count < bench.reach.get(bench.current, 0):
            self.branch("")
        else:
            bench.runs[bench.current] = run.branch()
        return bench.runs[bench.current]

    def branch(self, name: str, **changes: object) -> None:
        """A new run from here, and work on it."""
        run, bench = self.need_run(), self.bench
        if not name:
            number = 1
            while f"branch{number}" in bench.runs:
                number += 1
            name = f"branch{number}"
        if name in bench.runs:
            raise NnlabError(_("there is already a run “{name}”; choose another name", name=name))
        if fixed := sorted({"loss", "seed"} & set(changes)):
            raise NnlabError(
                _(
                    "a branch shares the past, so {knob} cannot differ; set it instead: set {knob}=…",
                    knob=fixed[0],
                )
            )
        bench.runs[name] = run.branch(**self._run_settings(changes))
        bench.setups[name] = bench.setup.changed(**changes)
        bench.reach[name] = bench.runs[name].step_count
        bench.current = name

    def switch(self, name: str) -> None:
        if name not in self.bench.runs:
            close = nearest(name, self.bench.runs)
            hint = _("; did you mean “{close}”?", close=close) if close else ""
            names = ", ".join(self.bench.runs) or "–"
            raise NnlabError(_("there is no run “{name}”; there are: {names}", name=name, names=names) + hint)
        self.bench.current = name

    def forward(self, grain: str, count: int) -> Stop:
        """Move on by ``count`` grains, at most to where a number breaks down."""
        run = self.need_run()
        for _each in range(count):
            stop = run.forward(grain)
            if stop.reason == "nan":
                break
        self.reached()
        return stop

    def backward(self, grain: str, count: int) -> None:
        run = self.need_run()
        for _each in range(count):
            run.back(grain)

    def seek(self, step: int) -> None:
        run, reach = self.need_run(), self.bench.reach.get(self.current, 0)
        if step > reach:
            raise NnlabError(
                _(
                    "step {step} is not trained yet, the run ends at {reach}; “run to step {step}” goes on",
                    step=step,
                    reach=reach,
                )
            )
        run.seek(step)

    def follow(self, row: int) -> None:
        """Follow one example of the training split."""
        rows = len(self.need_data().split.train)
        if row >= rows:
            raise NnlabError(
                _(
                    "there is no example {row}; the training split has rows 0 to {last}",
                    row=row,
                    last=rows - 1,
                )
            )
        self.bench.example = row

    # -- numbers --------------------------------------------------------------------------------

    def address(self, text: str) -> Address:
        """The address of a number that exists on the current run.  Raises NnlabError where none does."""
        return self.need_run().address(text)

    def select(self, text: str) -> Address:
        self.bench.selection = self.address(text)
        return self.bench.selection

    def value(self, address: Address) -> float | None:
        """The number at ``address``; None while the tape has not come to it."""
        run = self.need_run()
        return run.value(address) if run.tape.known(address) else None

    def predict(self, text: str, value: float) -> Prediction:
        """Keep the learner's prediction; the truth stands beside it once the tape has come to it."""
        address = self.address(text)
        made = Prediction(str(address), value, self.value(address), self.need_run().step_count)
        self.bench.predictions = (*self.bench.predictions, made)
        return made

    def parameter_names(self) -> list[str]:
        return list(self.need_network().parameters)

    def classify(self, row: int, numbers: tuple[float, ...]) -> Any:
        """The network's outputs for a row of the data or for numbers of one's own."""
        from nnlab.session.inference import classify

        return classify(self, row, numbers)

    def show(self, what: str) -> Result:
        from nnlab.session.text import SHOWS

        lines, payload = SHOWS[what](self)
        return Result(lines, payload=payload)
