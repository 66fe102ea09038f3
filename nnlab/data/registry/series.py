"""Numbers over time: sounds, waves, forecasts, and tasks for a memory."""

from __future__ import annotations

from nnlab.data.registry.options import SCALE, SEED, choice, length, made, noise, rows, split
from nnlab.data.spec import Option
from nnlab.i18n import N_

GROUP = N_("series")
_MOST = split("80/10/10")
_SOUND_NOISE = N_("standard deviation of the noise added to every sample of the sound")

SPECS = (
    made(
        "tones",
        "multiclass",
        N_("four tones, flat, rising, dipping, falling, such as Mandarin has"),
        "generated.sounds:tones",
        rows(800, high=60_000),
        noise(0.5, _SOUND_NOISE),
        choice(
            "form",
            N_("16x16 strengths of frequencies over time; the sound; or the frequency over time to be made"),
            "spectrogram",
            "samples",
            "contours",
        ),
        split("50/25/25"),
        SEED,
        SCALE,
        shape=(16, 16, 1),
        outputs=4,
        group=GROUP,
    ),
    made(
        "waves",
        "multiclass",
        N_("24 steps of a sine, a square or a saw of any phase"),
        "generated.series:waves",
        rows(500),
        noise(0.1),
        split("60/20/20"),
        SEED,
        SCALE,
        shape=(24, 1),
        outputs=3,
        group=GROUP,
    ),
    made(
        "sines",
        "regression",
        N_("sines of unknown phase and period: what comes next, at every step?"),
        "generated.series:sines",
        rows(4000),
        choice("kind", N_("a sine, or a random walk that nobody can foretell"), "sine", "walk"),
        noise(0.0),
        _MOST,
        SEED,
        SCALE,
        shape=(24, 1),
        group=GROUP,
    ),
    made(
        "parity",
        "tokens",
        N_("is the number of ones so far even or odd?"),
        "generated.series:parity",
        rows(10_000),
        length(8, 1, 200),
        choice("labels", N_("asked at every step, or only at the end"), "running", "final"),
        _MOST,
        SEED,
        shape=(8, 1),
        outputs=2,
        group=GROUP,
    ),
    made(
        "echo",
        "regression",
        N_("say what stood so many steps before, perhaps in the row before; for rows in their order"),
        "generated.series:echo",
        rows(3200, help_text=N_("rows, rounded down to whole batches of streams"), low=3),
        Option("window", "int", 20, N_("steps of a row"), 1, 200),
        Option("delay", "int", 10, N_("how many steps before"), 1, 200),
        Option("streams", "int", 32, N_("streams side by side; take it for the size of the batch"), 1, 1000),
        _MOST,
        SEED,
        shape=(20, 1),
        group=GROUP,
    ),
    made(
        "adding",
        "regression",
        N_("the sum of the two numbers that are marked; always 1 has a mean squared error of 1/6"),
        "generated.series:adding",
        rows(10_000),
        length(30, 2, 400),
        _MOST,
        SEED,
        shape=(30, 2),
        group=GROUP,
    ),
    made(
        "sequence",
        "regression",
        N_("one short sequence, typed by hand, to follow every number of it"),
        "generated.series:sequence",
        Option("x", "text", "1,0,0,0", N_("one number for each step, between commas")),
        Option("y", "text", "1", N_("what is right at the end; or as many numbers, one for each step")),
        split("all"),
        shape=(4, 1),
        group=GROUP,
    ),
)
