"""Lists and facts on the terminal: in columns that fit its width, or in sentences for a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnlab.width import columns, pad

if TYPE_CHECKING:
    from nnlab.session.look import Look

LABEL = 9
"""Columns before a fact."""


def say(lines: Sequence[str], look: Look) -> None:
    """Print ``lines`` in the signs of this terminal."""
    from nnlab.session.look import finish

    print("\n".join(finish(lines, look)), flush=True)


def hanging(head: str, text: str, look: Look, deeper: int = 0) -> list[str]:
    """``text`` behind ``head``, broken so that further lines begin below its first word or ``deeper``."""
    from nnlab.session.look import wrap

    return wrap(head + text, look.width, "" if look.accessible else " " * (columns(head) + deeper))


def fact(label: str, text: str, look: Look, deeper: int = 0) -> list[str]:
    """A line of what is told of one thing; a label stands in a column of its own."""
    if look.accessible:
        return [f"{label}: {text}" if label else text]
    return hanging(pad(label, LABEL), text, look, deeper)
