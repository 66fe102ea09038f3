"""Frames at the pace the terminal takes them.

After each frame the terminal is asked for its cursor position; the answer comes back through every
buffer on the way, so its delay tells how much is queued anywhere: our own queue, sshd, TCP, the
terminal.  :class:`Pacer` keeps that delay small, :class:`FrameClock` keeps only the newest wish per
picture (never a backlog), :class:`QualityLadder` asks for lighter pictures on a slow link.  All of it
is told the time, so tests need no clock.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Event

    from nnlab.tui.output import OutputModel

    class _Base(OutputModel, App[Any]):
        pass
else:
    _Base = object

LINKS = ("auto", "fast", "slow")
FPS = 30.0


def check_link(link: str) -> str:
    if link not in LINKS:
        raise NnlabError(
            _(
                "link {link!r} is not known: it can be {choices}",
                link=link,
                choices=", ".join(LINKS),
            )
            + did_you_mean(link, LINKS)
        )
    return link


class Pacer:
    """How many frames may be on their way: a window that follows the queueing delay, like TCP Vegas.

    The delay of an answer less the smallest delay of the last 15 s is time spent queueing.  Above
    ``HIGH`` the window halves (at most once per round trip), below ``LOW`` it grows slowly.
    """

    HIGH, LOW = 0.12, 0.06
    WINDOW = 6.0
    MEMORY = 15.0

    def __init__(self) -> None:
        self.window = 1.0
        self.answers = 0
        self.round_trip = 0.0
        self.queueing = 0.0
        self.silent = False  # nothing ever answered: only the local queue can be watched
        self._sent: deque[float] = deque()
        self._base = self._next_base = float("inf")
        self._base_time = 0.0
        self._halved = 0.0

    @property
    def in_flight(self) -> int:
        return len(self._sent)

    @property
    def patience(self) -> float:
        """How long to wait for an answer before taking it for lost; less before the first one."""
        return max(1.5, 4 * self.round_trip) if self.answers else 1.0

    def may_send(self, now: float, writes_waiting: int = 0) -> bool:
        if writes_waiting:
            return False
        if self._sent and now - self._sent[0] > self.patience:
            self.silent = self.answers == 0
            self._sent.clear()
            self.window = 1.0  # start over gently
        return self.silent or len(self._sent) < int(self.window)

    def sent(self, now: float) -> None:
        if not self.silent:
            self._sent.append(now)

    def answered(self, now: float) -> None:
        self.answers += 1
        self.silent = False
        if not self._sent:
            return
        delay = self.round_trip = now - self._sent.popleft()
        self._next_base = min(self._next_base, delay)
        if delay < self._base or now - self._base_time > self.MEMORY:
            self._base = min(delay, self._next_base)
            self._base_time, self._next_base = now, float("inf")
        self.queueing = delay - self._base
        if self.queueing > self.HIGH:
            if now - self._halved > delay:
                self.window = max(1.0, self.window / 2)
                self._halved = now
        elif self.queueing < self.LOW:
            self.window = min(self.WINDOW, self.window + 0.25)


class FrameClock:
    """Wishes to draw, at most ``fps`` times a second and only when the pacer lets a frame go.

    A newer wish under the same key replaces the older one.
    """

    WATCH = 0.05  # look again this often while the local queue drains; answers wake us on their own

    def __init__(self, pacer: Pacer, fps: float = FPS) -> None:
        self.pacer = pacer
        self.fps = fps
        self.paced = True
        self._wishes: dict[Hashable, Callable[[], None]] = {}
        self._next = 0.0

    @property
    def waiting(self) -> bool:
        return bool(self._wishes)

    def request(self, key: Hashable, draw: Callable[[], None]) -> None:
        self._wishes[key] = draw

    def cancel(self, key: Hashable) -> None:
        self._wishes.pop(key, None)

    def delay(self, now: float, writes_waiting: int = 0) -> float:
        """Seconds until it is worth asking :meth:`take` (again)."""
        if now < self._next:
            return self._next - now
        if not self.paced or self.pacer.may_send(now, writes_waiting):
            return 0.0
        return self.WATCH if writes_waiting else self.pacer.patience

    def take(self, now: float, writes_waiting: int = 0) -> list[Callable[[], None]]:
        """The draws of this frame, none when it is not time; the clock keeps its beat when called late."""
        early = 0.001  # timers fire a hair early; waiting again would cost a beat
        if not self._wishes or self.delay(now + early, writes_waiting):
            return []
        period = 1 / self.fps
        self._next = max(self._next, now - period) + period
        wishes, self._wishes = self._wishes, {}
        return list(wishes.values())


@dataclass(frozen=True)
class Quality:
    """How rich pictures may be. ``scope``: "all" animates, "active" only the active layer, "still" only
    numbers and finished pictures."""

    levels: int = 32
    fps: float = FPS
    scope: str = "all"


RUNGS = (
    Quality(32, 30.0, "all"),
    Quality(16, 15.0, "all"),
    Quality(16, 10.0, "active"),
    Quality(8, 5.0, "active"),
    Quality(8, 2.0, "still"),
)


@dataclass
class QualityLadder:
    """Steps down while frames come much slower than wished, and carefully up again.

    A frame is *late* when the pacer held it for more than two beats of the rung's own rate.
    """

    link: str = "auto"
    rung: int = 0
    late: float = field(default=0.0, repr=False)
    _moved: float = field(default=0.0, repr=False)
    patience: float = 4.0

    DOWN_AFTER, UP_AFTER = 2.0, 12.0

    def __post_init__(self) -> None:
        check_link(self.link)
        if self.link == "slow":
            self.rung = 2

    @property
    def quality(self) -> Quality:
        return RUNGS[self.rung]

    def frame(self, now: float, held: float) -> bool:
        """A frame went out after the pacer held it ``held`` seconds; True when the rung changed."""
        if self.link != "auto":
            return False
        slow = held > 2 / self.quality.fps
        self.late += (float(slow) - self.late) * 0.1  # share of late frames, over about ten
        since = now - self._moved
        if self.late > 0.5 and since > self.DOWN_AFTER and self.rung < len(RUNGS) - 1:
            self.rung += 1
        elif self.late < 0.05 and since > self.UP_AFTER and self.rung:
            self.rung -= 1
        else:
            return False
        self._moved, self.late = now, 0.25
        return True


class PacedFrames(_Base):
    """App mixin, left of :class:`~nnlab.tui.output.OutputModel`: ``request_frame`` and its clock.

    Nothing ticks while nothing was requested.
    """

    def __init__(self, *args: Any, link: str = "auto", **kwargs: Any) -> None:
        self.pacer = Pacer()
        self.frame_clock = FrameClock(self.pacer)
        self.frame_clock.paced = link != "fast"
        self.ladder = QualityLadder(link)
        self.frame_clock.fps = self.ladder.quality.fps
        self._frame_timer: asyncio.TimerHandle | None = None
        self._echo_due = False
        self._wished_at = 0.0
        self._frame_thread = 0
        super().__init__(*args, **kwargs)

    @property
    def quality(self) -> Quality:
        """What the link can carry now; pictures ask it for levels and scope."""
        return self.ladder.quality

    def request_frame(self, key: Hashable, draw: Callable[[], None]) -> None:
        """Call ``draw`` at the next frame. Newest wins per key. Any thread may ask."""
        if self._frame_thread and threading.get_ident() != self._frame_thread:
            self._frame_loop.call_soon_threadsafe(self.request_frame, key, draw)
            return
        if not self.frame_clock.waiting:
            self._wished_at = self._now()
        self.frame_clock.request(key, draw)
        self._wake()

    def cancel_frame(self, key: Hashable) -> None:
        """Forget a wish, when its widget goes."""
        self.frame_clock.cancel(key)

    def quality_changed(self, quality: Quality) -> None:
        """The ladder moved; screens may override to redraw with other levels."""

    def on_load(self) -> None:
        self._frame_thread = threading.get_ident()
        self._frame_loop = asyncio.get_running_loop()

    def _now(self) -> float:
        return time.monotonic()

    def _wake(self) -> None:
        """Arrange for the next look at the clock."""
        if self._frame_timer is None and self.frame_clock.waiting and self.is_running:
            delay = self.frame_clock.delay(self._now(), self.writes_waiting)
            # The loop's own timer: a Textual Timer is a task of its own, and with no delay never fires.
            self._frame_timer = self._frame_loop.call_later(max(0.0, delay), self._beat)

    def _beat(self) -> None:
        self._frame_timer = None
        if self.is_running:
            self.call_next(self._next_frame)

    def _cancel_beat(self) -> None:
        if self._frame_timer is not None:
            self._frame_timer.cancel()
            self._frame_timer = None

    def _next_frame(self) -> None:
        now = self._now()
        draws = self.frame_clock.take(now, self.writes_waiting)
        if draws:
            if self.ladder.frame(now, now - self._wished_at - 1 / self.frame_clock.fps):
                self.frame_clock.fps = self.quality.fps
                self.quality_changed(self.quality)
            self._echo_due = self.frame_clock.paced
            for draw in draws:
                draw()
        self._wake()

    def post_display_hook(self) -> None:
        super().post_display_hook()
        if self._echo_due:
            self._echo_due = False
            if not self.pacer.silent and not self.is_headless:
                self.pacer.sent(self._now())
                self.ask_cursor()

    async def on_event(self, event: Event) -> None:
        from textual.events import CursorPosition

        if isinstance(event, CursorPosition):
            self.pacer.answered(self._now())
            self._cancel_beat()
            self._wake()
            return
        await super().on_event(event)
