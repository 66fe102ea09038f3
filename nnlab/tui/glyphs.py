"""Glyph numbers: every character a picture may hold, as a small integer.

Printable ASCII comes first (number = code - 32, so the space is 0), then the blocks whose numbers are
arithmetic: quadrants by 4-bit mask, braille by 8-bit mask, eighths by height.  Anything else, CJK and
combining sequences included, gets a number when first drawn.  A wide glyph fills two cells: its own and
a :data:`CONTINUATION` to the right, which prints nothing.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.cells import split_graphemes

SPACE = 0

_glyphs: list[str] = [chr(code) for code in range(32, 127)]


def _block(characters: str) -> int:
    start = len(_glyphs)
    _glyphs.extend(characters)
    return start


# Quadrants by mask: 1 upper left, 2 upper right, 4 lower left, 8 lower right.
QUADRANT = _block(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")
UPPER_HALF = QUADRANT + 3
LOWER_HALF = QUADRANT + 12
RIGHT_HALF = QUADRANT + 10
FULL_BLOCK = QUADRANT + 15
# Braille by mask, as Unicode orders it: left column 1 2 4 64, right column 8 16 32 128, downwards.
BRAILLE = _block("".join(chr(0x2800 + mask) for mask in range(256)))
RISING = _block(" ▁▂▃▄▅▆▇█")  # eighths of a cell from the bottom
GROWING = _block(" ▏▎▍▌▋▊▉█")  # eighths of a cell from the left
SHADE = _block(" ░▒▓█")

CONTINUATION = len(_glyphs)
_glyphs.append("")

_number = {glyph: number for number, glyph in reversed(list(enumerate(_glyphs)))}
_lock = threading.Lock()
_table: NDArray[np.object_] = np.array(_glyphs, dtype=object)

# Size without colour, smallest first.
ASCII_RAMP = " .:-=+*#%@"
RAMP: NDArray[np.int16] = np.array([ord(c) - 32 for c in ASCII_RAMP], dtype=np.int16)


def glyph(character: str) -> int:
    """The number of one grapheme, registering it when it is new."""
    number = _number.get(character)
    if number is None:
        global _table
        with _lock:
            number = _number.get(character)
            if number is None:
                number = len(_glyphs)
                _glyphs.append(character)
                _table = np.array(_glyphs, dtype=object)
                _number[character] = number  # last: other threads may use the number at once
    return number


def glyph_table() -> NDArray[np.object_]:
    """Number to text, (glyphs,)."""
    return _table


def character(number: int) -> str:
    return _glyphs[number]


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@lru_cache(maxsize=8192)
def spell(text: str) -> NDArray[np.int16]:
    """One number per cell of ``text``, (columns,): wide glyphs are followed by CONTINUATION. Read-only.

    Control characters become spaces and direction marks are dropped: a terminal would obey them.
    """
    if text.isascii():
        codes = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int16) - 32
        codes[(codes < 0) | (codes > 94)] = SPACE
    else:
        text = _INVISIBLE.sub("", _CONTROL.sub(" ", text))
        numbers: list[int] = []
        for start, end, width in split_graphemes(text)[0]:
            if width > 0:
                numbers.append(glyph(text[start:end]))
                numbers.extend([CONTINUATION] * (width - 1))
        codes = np.array(numbers, dtype=np.int16)
    codes.flags.writeable = False
    return codes


def columns(text: str) -> int:
    """How many cells ``text`` takes."""
    return len(spell(text))
