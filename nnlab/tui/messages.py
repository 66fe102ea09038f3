"""Messages that go up: what a widget wants done or said.  Screens and the app answer them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from nnlab.engine.address import Address
    from nnlab.errors import NnlabError
    from nnlab.session.action import Result


class Act(Message):
    """Do an action of the session, written as on the command line; the app answers in the message line.

    ``then`` is called in the app's thread with the result, when it was done; ``otherwise`` with the reason
    why it cannot be, which else stands in the message line.
    """

    def __init__(
        self,
        line: str,
        then: Callable[[Result], None] | None = None,
        otherwise: Callable[[NnlabError], None] | None = None,
    ) -> None:
        self.line = line
        self.then = then
        self.otherwise = otherwise
        super().__init__()


class Say(Message):
    """Show a sentence in the message line. ``kind`` is "info", "good" or "bad"."""

    def __init__(self, text: str, kind: str = "info") -> None:
        self.text = text
        self.kind = kind
        super().__init__()

    @classmethod
    def error(cls, error: NnlabError) -> Say:
        return cls(str(error), "bad")


class Opened(Message):
    """Somebody has opened a number with the cursor and looks at its arithmetic."""

    def __init__(self, address: Address) -> None:
        self.address = address
        super().__init__()


class Viewed(Message):
    """Somebody has opened the view of a layer, or of a part of one, with a key."""

    def __init__(self, layer: str) -> None:
        self.layer = layer
        super().__init__()


class Acted(Message):
    """An action was done; sent down to the screen that shows."""

    def __init__(self, line: str, result: Result) -> None:
        self.line = line
        self.result = result
        super().__init__()


class Chosen(Message):
    """A setting was chosen, and takes effect already, on a screen; the app keeps it."""

    def __init__(self, name: str, value: object) -> None:
        self.name = name
        self.value = value
        super().__init__()


class TypeAction(Message):
    """Open the command line with ``text`` already typed."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        super().__init__()


class KeysChanged(Message):
    """What can be done now has changed: the footer is read again."""
