"""Shades of text: what is beside the point is dimmer, in every theme.

Textual's ``$text-muted`` is worked out against a widget's background and comes out at full strength inside
:class:`~textual.content.Content`; these are shares of the foreground instead.
"""

from __future__ import annotations

MUTED = "$foreground 62%"
FAINT = "$foreground 40%"
GOOD = "$success"
BAD = "$error"
