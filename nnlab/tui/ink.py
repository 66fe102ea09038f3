"""Shades of text: what is beside the point is dimmer, in every theme.

Textual's ``$text-muted`` is worked out against a widget's background and comes out at full strength inside
:class:`~textual.content.Content`; these are shares of the foreground instead.
"""

from __future__ import annotations

from textual.content import Content

MUTED = "$foreground 62%"
FAINT = "$foreground 40%"
GOOD = "$success"
BAD = "$error"


def cut(content: Content, width: int, ascii_only: bool = False) -> Content:
    """At most ``width`` cells, with a sign where something is missing."""
    if content.cell_length <= width:
        return content
    return (
        content.truncate(max(0, width - 2)) + ".." if ascii_only else content.truncate(width, ellipsis=True)
    )


def justified(left: Content, right: Content, width: int, ascii_only: bool = False) -> Content:
    """``left`` and ``right`` at the two ends of a line; ``left`` gives way where both do not fit."""
    room = width - right.cell_length - (2 if right.cell_length else 0)
    if room < 12:
        return cut(left, width, ascii_only)
    shown = cut(left, room, ascii_only)
    return shown.pad_right(max(0, width - right.cell_length - shown.cell_length)) + right
