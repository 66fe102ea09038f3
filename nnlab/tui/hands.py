"""The one pair of hands: actions and lesson calls, done in a thread in the order of the keys.

So they never hold up the screen, and two of them never meet.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.tui.chrome import MessageLine
from nnlab.tui.messages import Acted

if TYPE_CHECKING:
    from textual.app import App

    from nnlab.session.action import Result
    from nnlab.session.completion import Completion
    from nnlab.session.session import Session

    _Base = App[None]
else:
    _Base = object

T = TypeVar("T")

NOTICE = 0.4
"""Seconds after which an action that is still being done is said to be."""
LONG = 3
"""Lines of an answer that fit the message line."""
WINDOWED = {
    *("help", "show", "evaluate", "runs", "breaks", "ledger", "check", "nudge", "classify", "find_lr"),
    *("saliency", "strongest", "excite", "maps", "importance", "shrink", "nearest", "fill"),
    *("confusion", "roc", "calibration", "truth", "card"),
}
"""Actions whose answer is what they are for: a long one gets a window; of others the bench shows the effect.
"""


class Hands(_Base):
    """App mixin, left of the app: :meth:`do` for any work, :meth:`act` for an action of the session."""

    session: Session | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._hands = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hands")
        self._past: list[str] = []
        self._empty: Session | None = None
        self._queued: list[str] = []
        super().__init__(*args, **kwargs)

    # -- of the app -----------------------------------------------------------------------------

    if TYPE_CHECKING:

        @property
        def loaded(self) -> bool: ...

        def say(self, text: str, kind: str = "info") -> None: ...

        def open_lab(
            self, *, resume: bool = True, typed: str = "", then: Callable[[], None] | None = None
        ) -> None: ...

        def prepare(self, session: Session) -> None: ...

        def leave(self) -> None: ...

        def when_loaded(self, wanted: Callable[[], None], also: bool = False) -> bool: ...

    # -- doing ----------------------------------------------------------------------------------

    def do(
        self,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        otherwise: Callable[[NnlabError], None] | None = None,
    ) -> Future[T]:
        """Have the hands do ``work``; ``then`` gets its result in the app's thread.

        Bad input comes back to ``otherwise``, or into the message line; anything else is a bug and
        ends the app with one sentence.
        """

        future = self._hands.submit(work)
        future.add_done_callback(lambda done: self.call_later(self._done, done, then, otherwise))
        return future

    def _done(
        self,
        future: Future[T],
        then: Callable[[T], None] | None,
        otherwise: Callable[[NnlabError], None] | None,
    ) -> None:
        if future.cancelled() or not self.is_running:
            return
        error = future.exception()
        if error is None:
            if then is not None:
                then(future.result())
        elif isinstance(error, NnlabError):
            (otherwise or self._say_error)(error)
        else:
            raise error

    def _say_error(self, error: NnlabError) -> None:
        self.say(str(error), "bad")

    @property
    def bench_session(self) -> Session | None:
        """The session that actions are about: the lesson's on its screen, else the lab's."""
        return self.session if self._bench_screen is None else self._bench_screen.session

    @property
    def _bench_screen(self) -> Any:
        """The screen with a bench; a window may lie over it."""
        return next((s for s in reversed(self.screen_stack) if getattr(s, "session", None) is not None), None)

    def act(
        self,
        line: str,
        then: Callable[[Result], None] | None = None,
        otherwise: Callable[[NnlabError], None] | None = None,
        *,
        how: Callable[[], Result] | None = None,
    ) -> None:
        """Do an action and show what it answers; from Home it opens the lab first.

        ``how`` does it where that takes more than executing ``line``.
        """
        session = self.bench_session
        if self._bench_screen is None and line.split()[:1] == ["card"]:
            session = self._blank()
        elif session is None or self._bench_screen is None:
            self.open_lab(resume=session is not None, then=lambda: self.act(line, then, otherwise))
            return
        self._past.append(line)
        shown = session

        def done(result: Result) -> None:
            if shown.ended:
                shown.ended = False
                self.leave()
                return
            over = result.action.split()[0] == "run" and not shown.trainer.running  # its end is told already
            if not over:
                self._answer(line, result)
            if shown.log.trouble and shown.log.trouble in result.lines:
                self.say(shown.log.trouble, "bad")
            if then is not None:
                then(result)

        self._notice(line, self.do(how or (lambda: shown.execute(line)), done, otherwise))

    def queue(self, line: str) -> None:
        """Do ``line`` as soon as the engine is there, behind those that were typed before it."""
        self._queued.append(line)
        if len(self._queued) == 1:
            self.when_loaded(self._do_queued, also=True)
        waiting = "  ·  ".join(self._queued)
        self.say(_("the engine is being loaded; then: {actions}", actions=waiting), "busy")

    def _do_queued(self) -> None:
        """The first that waits, then the next; one that cannot be done is told and takes no other with it."""
        if not self._queued:
            return

        def refused(error: NnlabError) -> None:
            self._say_error(error)
            self._do_queued()

        self.act(self._queued.pop(0), lambda _result: self._do_queued(), refused)

    def _notice(self, line: str, future: Future[Result]) -> None:
        """Say that ``line`` is being done where that takes a moment, until it is."""
        told = _("one moment: {action}", action=line)

        def tell() -> None:
            if future.done():
                return
            errand = None if self.bench_session is None else self.bench_session.errands.now
            if errand is not None:
                far = _("step {done} of {of}; r stops it", done=errand.done, of=errand.of)
                self.say(f"{told}   {far}", "busy")
                self.set_timer(NOTICE, tell)
            else:
                self.say(told, "busy")

        def clear() -> None:
            for screen in self.screen_stack:
                for each in screen.query(MessageLine):
                    if each.kind == "busy":
                        each.say("")

        self.set_timer(NOTICE, tell)
        future.add_done_callback(lambda _done: self.call_later(clear))

    def _answer(self, line: str, result: Result) -> None:
        lines = [text for text in result.lines if text.strip()]
        if len(lines) <= LONG and sum(map(len, lines)) < 2 * self.size.width:
            self.say("  ".join(lines))
        elif result.action.split()[0] not in WINDOWED:
            ruled = len(lines) > 1 and not lines[1].strip(" -")  # the line above is only the heads of columns
            self.say(result.action if ruled else lines[0])
        else:
            from nnlab.tui.screens.answer import AnswerScreen

            opens = result.payload.get("opens", ()) if isinstance(result.payload, dict) else ()
            self.push_screen(AnswerScreen(line, result.lines, opens))
        if self._bench_screen is not None:
            self._bench_screen.post_message(Acted(line, result))

    def completions(self, text: str) -> list[Completion]:
        """What could stand next on the action line; nothing until the engine is loaded."""
        if not self.loaded:
            return []
        session = self.bench_session or self._blank()
        return session.complete(text)

    def _blank(self) -> Session:
        """A session for what needs no bench: completing a line, reading a card."""
        if self._empty is None:
            from nnlab.session.session import Session

            self._empty = Session()
            self.prepare(self._empty)
        return self._empty

    def action_error(self, line: str) -> tuple[str, int, int] | None:
        """(sentence, position, length) where ``line`` is no action; None where it can be tried."""
        if not self.loaded:
            return _("one moment: the engine is being loaded"), 0, 0
        from nnlab.session.action import parse
        from nnlab.session.session import Session  # noqa: F401 - fills the registry of actions
        from nnlab.session.words import ActionError

        try:
            parse(line, (self.bench_session or self._blank()).extensions)
        except ActionError as error:
            return str(error), error.position, len(error.word)
        except NnlabError as error:
            return str(error), 0, 0
        return None

    def past_actions(self) -> list[str]:
        """Actions of this session and of what was typed before, oldest first, without repeats in a row."""
        session = self.bench_session
        past = [*(session.history if session is not None else ()), *self._past]
        return [line for n, line in enumerate(past) if n + 1 == len(past) or past[n + 1] != line]

    def rest(self) -> None:
        """Take nothing more; what has not been begun is left undone."""
        self._hands.shutdown(wait=False, cancel_futures=True)
