"""Training in a thread of its own, so that a key is answered at once while steps go by.

The trainer works in chunks of a few milliseconds and looks between two of them for work that others left:
live actions are done at that step boundary, by this thread.  Nobody ever waits for a lock that is held
longer than one chunk; what screens draw comes from :meth:`Trainer.frame`, which takes no lock at all.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.goal import Ending, Goal
from nnlab.session.pace import Beat
from nnlab.session.text import loss_at
from nnlab.session.twin import together, twin_of

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.training import Run

T = TypeVar("T")
_logger = logging.getLogger(__name__)

CHUNK = 0.008
"""Seconds of training between two looks at the queue: with the interpreter's own latency, an eighth of the
50 ms within which a key must be answered."""

ASIDE = 0.02
"""Seconds for which training stands aside at most while the interface answers: two threads that both compute
take turns at the interpreter, so that a picture of 5 ms takes 12."""

SWITCH = 0.001
"""Seconds after which the interpreter takes the GIL away from training when another thread wants it."""


@dataclass(frozen=True)
class Frame:
    """What a screen needs of a run that goes on, taken at one step boundary."""

    step: int = 0
    epoch: int = 0
    steps_per_epoch: int = 1
    running: bool = False
    rate: float = 0.0
    loss: float | None = None
    lr: float | None = None
    seconds_left: float | None = None
    ending: Ending | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Any = None  # of the data set, in the batch that the values are of
    twin: Mapping[str, Any] = field(default_factory=dict)  # the same values of the twin
    twin_rows: Any = None
    history: Any = None


class Trainer:
    """Drives the session's current run towards a goal, in the caller's thread or in its own."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.pace: float | None = None
        self._speed: float | None = None
        self.wanted: frozenset[str] = frozenset()
        self.ending: Ending | None = None
        self.failure: BaseException | None = None
        self.interrupted = False
        """Whether Ctrl-C was pressed in the last stretch, also in the step that ended it by itself."""
        self.rate = 0.0
        self.frame_count = 0
        self._queue: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._driver: int | None = None
        self._gate = threading.Lock()
        self._accepting = False
        self._pausing = threading.Event()
        self._ended = threading.Event()
        self._wake = threading.Event()
        self._aside_until = 0.0
        self._frame = Frame()
        self._frame_asked = True
        self._target: int | None = None

    # -- for everybody --------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self._driver is not None

    @property
    def here(self) -> bool:
        """Whether the caller is the thread that trains."""
        return self._driver == threading.get_ident()

    @property
    def speed(self) -> float | None:
        """Steps a second of training that goes on until it is paused, None for flat out.

        A run with an end (``run 5 epochs``, ``run until …``) is wanted for its result and goes flat out.
        ``pace`` is what training that goes on keeps to; setting the speed changes that as well.
        """
        return self._speed

    @speed.setter
    def speed(self, speed: float | None) -> None:
        self._speed = self.pace = speed
        self._wake.set()

    def start(self, goal: Goal | str | None = None) -> None:
        """Train in the background until ``goal`` (words of an action, such as ``5 epochs``) or a pause."""
        self.session.begin(self._goal(goal))

    def launch(self, goal: Goal) -> None:
        """Start the thread; :meth:`start` comes here once the session is ready."""
        ready = threading.Event()
        self._thread = threading.Thread(target=self._work, args=(goal, ready), name="trainer", daemon=True)
        self._thread.start()
        ready.wait()

    def pause(self) -> Ending | None:
        """Stop at the next step boundary and wait for it; None where nothing was going on.

        Waits for the end of training, not for listeners to hear of it: they may wait for the caller.
        Never called with the session's lock held, which the end of training needs.
        """
        if self.here:
            self._pausing.set()
        if not self.running or self.here:
            return None
        self._pausing.set()
        self._wake.set()
        self._ended.wait()
        return self.ending

    def wait(self, timeout: float | None = None) -> Ending | None:
        """Wait until the background training has ended by itself."""
        if self._thread is not None:
            self._ended.wait(timeout)
        return None if self.running else self.ending

    def submit(self, work: Callable[[], T]) -> Future[T] | None:
        """Have ``work`` done at the next step boundary; None where no training is going on (any more)."""
        future: Future[T] = Future()
        with self._gate:
            if not self._accepting:
                return None
            self._queue.put((work, future))
        self._wake.set()
        return future

    def at_boundary(self, work: Callable[[], T]) -> T:
        """What ``work`` answers, done where no step is half taken: by the thread that trains, or here."""
        future = None if self.here else self.submit(work)
        if future is not None:
            return future.result()
        with self.session.lock:
            return work()

    def yield_to_end(self, accepting: bool) -> None:
        """Wait for training that is about to end; where ``accepting`` work would do, not for its end."""
        if not (accepting and self._accepting):
            self._ended.wait(CHUNK)

    def step_aside(self) -> None:
        """Leave the interpreter to the interface, from the end of this step until :meth:`go_on`.

        At most for :data:`ASIDE` seconds, so that an interface that forgets to say so holds nothing up.
        """
        run = self.session.bench.run
        if self.running and run is not None and not self.here:
            self._aside_until = time.monotonic() + ASIDE
            run.interrupt = True

    def go_on(self) -> None:
        """The interface has answered."""
        if self._aside_until:
            self._aside_until = 0.0
            self._wake.set()

    def frame(self) -> Frame:
        """The newest snapshot, at once.  Asking is what makes the next one: nobody looking costs nothing."""
        if not self.running and self.session.lock.acquire(blocking=False):
            try:
                self._frame = self._snapshot()
            finally:
                self.session.lock.release()
        self._frame_asked = True
        return self._frame

    # -- the thread -----------------------------------------------------------------------------

    def _goal(self, goal: Goal | str | None) -> Goal:
        if isinstance(goal, str):
            from nnlab.session.actions.training import Run as RunAction

            action = self.session.parse(f"run {goal.removeprefix('run').strip()}")
            assert isinstance(action, RunAction)
            return action.goal
        return goal or Goal()

    def _work(self, goal: Goal, ready: threading.Event) -> None:
        try:
            self.drive(goal, ready)
        except Exception as error:  # a bug: kept for whoever asks, the interface must not die of it
            self.failure = error
            _logger.exception("training failed")
        finally:
            ready.set()

    def drive(self, goal: Goal, ready: threading.Event | None = None) -> Ending:
        """Train the session's current run until ``goal``, in this thread."""
        session = self.session
        self._pausing.clear()
        self._ended.clear()
        self.ending = self.failure = None
        self.interrupted = False
        self.pace = self.speed if goal.endless else None
        self._driver = threading.get_ident()
        self._accepting = True
        if ready is not None:
            ready.set()
        ending = Ending("error", session.need_run().step_count, _("training failed; the log file says why"))
        try:
            with _fair_switching(), self._interrupts():
                ending = self._loop(goal)
        except NnlabError as error:
            ending = Ending("error", session.need_run().step_count, str(error))
        finally:
            self._stop_accepting()
            with session.lock:
                session.end_stretch(ending)
                self.ending, self._target, self.rate = ending, None, 0.0
                self._frame = self._snapshot(running=False)
                told = session.answer("ending", ending)
                self._driver = None
            self._ended.set()
        if ready is not None:
            session.announce_end(told)
        return ending

    def _stop_accepting(self) -> None:
        """Do what is left in the queue, and take nothing more."""
        while True:
            self._serve()
            with self._gate:
                if self._queue.empty():
                    self._accepting = False
                    return

    @contextlib.contextmanager
    def _interrupts(self) -> Iterator[None]:
        """Ctrl-C pauses at the next step boundary instead of breaking a step in the middle."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def interrupt(_number: int, _frame: object) -> None:
            self.interrupted = True
            self._pausing.set()

        before = signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before or signal.SIG_DFL)

    def _loop(self, goal: Goal) -> Ending:
        session = self.session
        run = session.need_run()
        self._target = goal.last_step(run)
        chunk, clock, beat = 1, time.perf_counter, Beat(CHUNK)
        since, counted = clock(), run.step_count
        while True:
            self._serve()
            self._stand_aside()
            if self._pausing.is_set():
                return self._paused()
            begun, pace = clock(), self.pace
            if pace is not None and (rest := beat.wait(pace, begun)):
                self._rest(rest)
                continue
            with session.lock:
                run = session.need_run()
                before = run.step_count
                left = None if self._target is None else self._target - before
                if left is not None and left <= 0:
                    return Ending("reached", before, _("step {step} reached", step=before))
                steps = chunk if pace is None else min(chunk, beat.due(pace))
                steps = steps if left is None else min(steps, left)
                ending = together(session.bench, goal, steps)
                session.reached()
                if self._frame_asked:
                    self._frame_asked = False
                    self._frame = self._snapshot()
            session.keep_up()
            if ending is not None:
                return ending
            now = clock()
            done = max(run.step_count - before, 1)
            if not self._aside_until:  # else the chunk was cut short and tells little
                chunk = _next_chunk(chunk, done, now - begun)
            if pace is not None:
                beat.took(done, pace, begun)
            if now - since > 0.25:
                self.rate = (run.step_count - counted) / (now - since)
                since, counted = now, run.step_count

    def _rest(self, seconds: float) -> None:
        """Wait, or until somebody wants something."""
        self._wake.wait(seconds)
        self._wake.clear()

    def _stand_aside(self) -> None:
        """Wait while the interface answers, and do what it leaves to be done here."""
        while (left := self._aside_until - time.monotonic()) > 0 and not self._pausing.is_set():
            self._rest(left)
            self._serve()
        self._aside_until = 0.0

    def _serve(self) -> None:
        """Do what others left to be done at a step boundary."""
        while True:
            try:
                work, future = self._queue.get_nowait()
            except queue.Empty:
                return
            _fulfil(work, future)

    def _paused(self) -> Ending:
        step = self.session.need_run().step_count
        return Ending("paused", step, _("paused at step {step}", step=step))

    def _snapshot(self, running: bool | None = None) -> Frame:
        run: Run | None = self.session.bench.run
        if run is None:
            return Frame(ending=self.ending)
        shown = run if self.session.reader is None else self.session.shown()[0]
        twin = twin_of(self.session.bench)
        left = None
        if self._target is not None and self.rate:
            left = (self._target - run.step_count) / self.rate
        self.frame_count += 1
        return Frame(
            step=run.step_count,
            epoch=run.epoch,
            steps_per_epoch=run.steps_per_epoch,
            running=self.running if running is None else running,
            rate=self.rate,
            loss=loss_at(run),
            lr=run.lr,
            seconds_left=left,
            ending=self.ending,
            values=self._copied(shown),
            rows=shown.batch_indices,
            twin={} if twin is None else self._copied(twin),
            twin_rows=None if twin is None else twin.batch_indices,
            history=run.history,
        )

    def _copied(self, run: Run) -> dict[str, Any]:
        """The wanted values of a run, as far as it has them."""
        values = {}
        for name in self.wanted:
            with contextlib.suppress(NnlabError, KeyError):
                value, _dot, part = name.partition("@part:")
                values[name] = run.array(value, part).copy()
        return values


def _next_chunk(chunk: int, done: int, seconds: float) -> int:
    """The number of steps that takes about CHUNK seconds, growing at most twofold at a time."""
    per_step = max(seconds / done, 1e-7)
    return max(1, min(2 * chunk, int(CHUNK / per_step), 4096))


def _fulfil(work: Callable[[], T], future: Future[T]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)


@contextlib.contextmanager
def _fair_switching() -> Iterator[None]:
    """While training goes on, a waiting interface gets the GIL within a millisecond."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, SWITCH))
    try:
        yield
    finally:
        sys.setswitchinterval(before)
