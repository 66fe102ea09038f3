"""One learner's bench: actions, state, replay and the plain skin.

Names are handed on lazily, and neither NumPy nor training is imported before an action needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.session.action import ACTIONS, Action, Result, register
    from nnlab.session.completion import Completion
    from nnlab.session.goal import Ending, Goal
    from nnlab.session.look import Look
    from nnlab.session.session import Session
    from nnlab.session.trainer import Frame, Trainer
    from nnlab.session.words import ActionError, Words

_HOME = {
    "ACTIONS": "actions",
    "Action": "action",
    "ActionError": "words",
    "Completion": "completion",
    "Ending": "goal",
    "Frame": "trainer",
    "Goal": "goal",
    "Look": "look",
    "Result": "action",
    "Session": "session",
    "Trainer": "trainer",
    "Words": "words",
    "register": "action",
}

__all__ = [
    "ACTIONS",
    "Action",
    "ActionError",
    "Completion",
    "Ending",
    "Frame",
    "Goal",
    "Look",
    "Result",
    "Session",
    "Trainer",
    "Words",
    "register",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
