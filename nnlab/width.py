"""How wide text is on a terminal, counted in columns."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """How many terminal columns ``text`` takes: two for wide East Asian characters, none for marks."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def pad(text: str, width: int, right: bool = False) -> str:
    blanks = " " * max(0, width - columns(text))
    return blanks + text if right else text + blanks


def cut(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns, ``…`` where something is missing."""
    if columns(text) <= width:
        return text
    kept = ""
    for c in text:
        if columns(kept + c) > width - 1:
            break
        kept += c
    return kept.rstrip() + "…"
