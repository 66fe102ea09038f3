"""Pictures, still and moving, and what is asked about them."""

from __future__ import annotations

from nnlab.data.registry.measured import DIGITS_CREDIT, DIGITS_SOURCE, PIXELS, SHIPPED_LICENCE, WRONG
from nnlab.data.registry.options import SCALE, SEED, choice, made, noise, rows, split
from nnlab.data.spec import DatasetSpec, Option
from nnlab.i18n import N_

GROUP = N_("pictures")
_HALF = split("50/25/25")
PATTERNS = (
    "upright:00111/00111/00111/00111/00111,level:00000/00000/11111/11111/11111,"
    "dot:00000/00000/00100/00000/00000,even:11111/11111/11111/11111/11111"
)
_PIXEL_NOISE = N_("standard deviation of the noise added to every pixel")
_SHAPE = N_("how one example is laid out")

SPECS = (
    DatasetSpec(
        "digits28",
        "multiclass",
        N_("the handwritten digits enlarged three times with a border, 28x28 pixels"),
        "shipped:digits28",
        (PIXELS, choice("shape", _SHAPE, "28x28x1", "28x28", "784"), WRONG, split("frozen", "frozen"), SEED),
        DIGITS_SOURCE,
        SHIPPED_LICENCE,
        DIGITS_CREDIT,
        shape=(28, 28, 1),
        outputs=10,
        group=GROUP,
    ),
    DatasetSpec(
        "sharpen",
        "regression",
        N_("the handwritten digits at half their size, 16 numbers; to be made 64 pixels again"),
        "shipped:sharpen",
        (split("frozen", "frozen"), SEED),
        DIGITS_SOURCE,
        SHIPPED_LICENCE,
        DIGITS_CREDIT,
        shape=(16,),
        outputs=64,
        group=GROUP,
    ),
    DatasetSpec(
        "same-digit",
        "binary",
        N_("three handwritten digits: is the second or the third the same digit as the first?"),
        "triplets:same_digit",
        (rows(10_000, low=20, high=100_000), SEED),
        DIGITS_SOURCE,
        SHIPPED_LICENCE,
        DIGITS_CREDIT,
        shape=(3, 64),
        group=GROUP,
    ),
    made(
        "shapes32",
        "multiclass",
        N_("coloured discs, squares, triangles, diamonds and crosses, filled or as outlines"),
        "generated.images:shapes32",
        rows(1000, high=20_000),
        split("80/10/10"),
        SEED,
        SCALE,
        shape=(32, 32, 3),
        outputs=10,
        group=GROUP,
    ),
    made(
        "squares12",
        "regression",
        N_("one bright square in a picture: where is its centre, how long is its side?"),
        "generated.images:squares12",
        rows(1200, high=400_000),
        noise(0.1, _PIXEL_NOISE),
        _HALF,
        SEED,
        SCALE,
        shape=(12, 12, 1),
        outputs=3,
        group=GROUP,
    ),
    made(
        "masks12",
        "tokens",
        N_("a square or a cross in noise: which pixel belongs to what?"),
        "generated.images:masks12",
        rows(800, high=400_000),
        noise(0.3, _PIXEL_NOISE),
        _HALF,
        SEED,
        SCALE,
        shape=(12, 12, 1),
        outputs=3,
        group=GROUP,
    ),
    made(
        "pixels",
        "multiclass",
        N_("tiny pictures written by hand, a digit for each pixel: edges, a dot, or your own"),
        "generated.pixels:pixels",
        Option(
            "pictures",
            "text",
            PATTERNS,
            N_("rows with / between them, pictures with a comma: a:01/01,b:00/11"),
        ),
        split("all"),
        SEED,
        SCALE,
        shape=(5, 5, 1),
        outputs=4,
        group=GROUP,
    ),
    made(
        "dots6",
        "multiclass",
        N_("a dot in four frames of a film: which way does it go?"),
        "generated.images:dots6",
        rows(2000, high=400_000),
        noise(0.1, _PIXEL_NOISE),
        choice("shape", _SHAPE, "4x36", "4x6x6x1"),
        _HALF,
        SEED,
        SCALE,
        shape=(4, 36),
        outputs=4,
        group=GROUP,
    ),
)
