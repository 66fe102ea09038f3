"""A terminal that became too small: keys rest behind the sentence that says so, the plain form is near."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.events import Event, InputEvent, Key

from nnlab.tui.chrome import TooSmall

if TYPE_CHECKING:
    from textual.app import App

    from nnlab.session.session import Session

    _Base = App[None]
else:
    _Base = object


class GoesOn(NamedTuple):
    """What the plain form is to go on with: a lesson by name, else a session file, else a new one."""

    lesson: str
    session: Path | None


class Covered(_Base):
    """App mixin, left of the app; ``goes_on`` is set where the learner left for the plain form."""

    goes_on: GoesOn | None = None

    if TYPE_CHECKING:

        @property
        def bench_session(self) -> Session | None: ...

        @property
        def _bench_screen(self) -> Any: ...

        def leave(self) -> None: ...

    async def on_event(self, event: Event) -> None:
        """Only the keys that the sentence names do something."""
        if not isinstance(event, InputEvent) or not self._covered:
            await super().on_event(event)
        elif isinstance(event, Key) and event.key == "p":
            self._go_on_plain()
        elif isinstance(event, Key) and event.key in ("q", "Q", "ctrl+c", "ctrl+q"):
            self.leave()

    @property
    def _covered(self) -> bool:
        return self.is_running and any(cover.display for cover in self.screen.query(TooSmall))

    def _go_on_plain(self) -> None:
        lesson = getattr(getattr(self._bench_screen, "run", None), "lesson", None)
        log = self.bench_session.log if self.bench_session is not None else None
        kept = log.path if log is not None and log.entries and not log.trouble else None
        self.goes_on = GoesOn(lesson.name if lesson is not None else "", kept)
        self.leave()
