"""Four tones, such as Mandarin has, as sound, as a picture of its frequencies, and as contours to be made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Array, Draws, Options

RATE, SAMPLES = 8000, 1024
WINDOW, STEP, FIRST_BIN, BINS = 124, 60, 2, 16
"""16 windows of 124 samples (15.5 ms), one every 60; bins of 64.5 Hz, from 129 Hz on."""
RANGE = 2.2  # a rise or a fall multiplies or divides the frequency by so much
POINTS = 16

# How far up the range a tone is at the share s of its time; 0 is where it begins in the flat tone.
TONES: dict[str, Callable[[Array], Array]] = {
    "flat": np.zeros_like,
    "rise": lambda s: s,
    "dip": lambda s: 4 * (s - 0.5) ** 2 - 0.5,
    "fall": lambda s: -s,
}


def tones(name: str, options: Options) -> Raw:
    """Clips of four tones, as the option ``form`` says.

    - ``spectrogram``: x (n, 16, 16, 1), windows down and frequencies across, ln(1 + |amplitude|) / 3;
    - ``samples``: x (n, 1024), the sound itself at 8 kHz;
    - ``contours``: x (n, 5), the tone as one of four and its pitch; y (n, 16), frequencies in kHz over time.
    """
    draw = Draws(options)
    y = draw.balanced(len(TONES))
    base = 350 + 200 * draw.uniform("base")  # Hz
    if options["form"] == "contours":
        return _contours(y, base)
    s = np.linspace(0, 1, SAMPLES)
    shapes = np.stack([tone(s) for tone in TONES.values()])[y]  # (n, 1024)
    turns = np.cumsum(base[:, None] * RANGE**shapes, axis=1) / RATE
    sound = np.sin(2 * np.pi * (turns + draw.uniform("phase", 1)))
    sound += float(options["noise"]) * draw.normal("noise", SAMPLES)
    if options["form"] == "samples":
        return Raw(sound, y, "multiclass", (), tuple(TONES), ("tone",), axes=("sample",))
    axes = ("row", "column", "channel")
    return Raw(spectrogram(sound)[..., None], y, "multiclass", (), tuple(TONES), ("tone",), axes=axes)


def spectrogram(sound: Array) -> Array:
    """Sounds (n, 1024) as the strengths of 16 frequencies in 16 windows, (n, 16, 16)."""
    cut = np.lib.stride_tricks.sliding_window_view(sound, WINDOW, axis=1)[:, ::STEP]  # (n, 16, 124)
    strength = np.abs(np.fft.rfft(cut * np.hanning(WINDOW), axis=2))
    shown: Array = np.log1p(strength[:, :, FIRST_BIN : FIRST_BIN + BINS]) / 3
    return shown


def _contours(y: np.ndarray[tuple[int], np.dtype[np.int64]], base: Array) -> Raw:
    s = np.linspace(0, 1, POINTS)
    pitch = (base - 450) / 100  # −1 … 1
    x = np.concatenate([np.eye(len(TONES))[y], pitch[:, None]], axis=1)  # (n, 5)
    shapes = np.stack([tone(s) for tone in TONES.values()])[y]
    khz = base[:, None] * RANGE**shapes / 1000  # (n, 16)
    points = tuple(f"point {k}" for k in range(1, POINTS + 1))
    return Raw(x, khz, "regression", (*TONES, "pitch"), target_names=points)
