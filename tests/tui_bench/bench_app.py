"""A bare app around the bench: does its actions one after the other in a thread, as the real app does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from textual import on
from textual.app import ComposeResult

from nnlab.errors import NnlabError
from nnlab.session.session import Session
from nnlab.tui.bench import Bench
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.drawing import DrawingApp
from nnlab.tui.messages import Act, KeysChanged, Say, TypeAction


class BenchApp(DrawingApp):
    CSS = "Bench { width: 100%; height: 100%; }"

    def __init__(self, session: Session, compact: bool = False, **kwargs: Any) -> None:
        super().__init__(capabilities=Capabilities(), link="fast", **kwargs)
        self.session = session
        self.compact = compact
        self.session.background = True
        self.said: list[str] = []
        self.done: list[str] = []
        self.busy = 0
        self.typed: list[str] = []
        self.hands = ThreadPoolExecutor(max_workers=1)
        self.animation_level = "none"

    def compose(self) -> ComposeResult:
        yield Bench(self.session, compact=self.compact)

    @property
    def bench(self) -> Bench:
        return self.query_one(Bench)

    def on_mount(self) -> None:
        self.bench.focus()

    @on(Act)
    def act(self, message: Act) -> None:
        self.busy += 1

        def work() -> None:
            result = None
            try:
                result = self.session.execute(message.line)
                self.done.append(message.line)
            except NnlabError as error:
                self.said.append(str(error))
            finally:
                self.busy -= 1
            if result is not None and message.then is not None:
                self.call_from_thread(message.then, result)

        self.hands.submit(work)

    @on(Say)
    def note(self, message: Say) -> None:
        self.said.append(message.text)

    @on(TypeAction)
    def type_action(self, message: TypeAction) -> None:
        self.typed.append(message.text)

    @on(KeysChanged)
    def keys_changed(self) -> None:
        pass

    def on_unmount(self) -> None:
        self.session.trainer.pause()
        self.hands.shutdown(wait=False, cancel_futures=True)
