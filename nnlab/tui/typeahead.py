"""Keys in a burst, one at a time.

Textual hands a key to the widget that has the focus when the key *arrives*.  Over ssh, or behind a busy
frame, ``:lr 0.1`` arrives in one piece: the letters would be handed to the bench before the colon has
opened the action line.  So a key waits until the one before it has done its work: all the way from the
focused widget up to the app, where the focus moves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any

from textual.events import Key

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.events import Event

    _Base = App[Any]
else:
    _Base = object

PATIENCE = 10.0
"""Seconds that a key waits at most for one widget.

Longer than any handler takes where other programs have the machine to themselves: a key that goes ahead of
the one before it lands in another place (at 0.25 s the first letters of an action were keys of the bench).
Only a handler that never ends must not hold keys up for good.
"""


class TypeAhead(_Base):
    """App mixin, left of the app: keys that come while one is being worked on wait for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._held: deque[Key] = deque()
        self._released: Key | None = None
        self._key_target: DOMNode | None = None
        self._key_task: asyncio.Task[None] | None = None
        super().__init__(*args, **kwargs)

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._key_task is not None and event is not self._released:
            self._held.append(event)
        else:
            self._key_target = self.focused or self.screen
            await super().on_event(event)
            if self._key_task is None:
                self._key_task = asyncio.create_task(self._work_off())

    async def _work_off(self) -> None:
        """One held key after the other, each through the app's own queue."""
        try:
            await self._worked_on(self._key_target)
            while self._held and self.is_running:
                self._released = self._held.popleft()
                self.post_message(self._released)
                await self._worked_on(self)
                await self._worked_on(self._key_target)
        finally:
            self._key_task = self._released = None

    async def _worked_on(self, target: DOMNode | None) -> None:
        """Wait until what ``target`` was sent, and what it sent up, has been handled."""
        while target is not None and self.is_running:
            handled = asyncio.Event()
            if target.is_running and target.call_later(handled.set):
                try:
                    await asyncio.wait_for(handled.wait(), PATIENCE)
                except TimeoutError:
                    return
            target = target.parent
