"""Measured data that come with nnlab as files."""

from __future__ import annotations

from nnlab.data.registry.options import SCALE, SCALES, SEED, choice, split
from nnlab.data.spec import DatasetSpec, Option
from nnlab.i18n import N_

GROUP = N_("measured")
SHIPPED_LICENCE = N_("CC BY 4.0 (stated by the UCI Machine Learning Repository)")
_UCI = "https://archive.ics.uci.edu/dataset/"
DIGITS_SOURCE = _UCI + "80/optical+recognition+of+handwritten+digits"
DIGITS_CREDIT = (
    "E. Alpaydin, C. Kaynak (1998). Optical Recognition of Handwritten Digits. UCI Machine Learning "
    "Repository. https://doi.org/10.24432/C50P49"
)
PIXELS = Option(
    "scale",
    "choice",
    "none",
    N_("pixels as they are, divided by 16 (unit), or by the training rows' statistics"),
    choices=(*SCALES, "unit"),
)
WRONG = Option("wrong", "int", 0, N_("so many training labels are replaced by another digit"), 0, 1797)
MARK = Option(
    "mark",
    "choice",
    "none",
    N_("pictures of this digit have a bright corner, but not those of the test part: a shortcut to be found"),
    choices=("none", *"0123456789"),
)
MOVED = Option(
    "moved",
    "int",
    0,
    N_("pictures to validate and to test lie up to so many pixels off in each direction"),
    0,
    3,
)
ORDER = choice(
    "order",
    N_("rows mixed, training rows digit by digit, or (tail) sorted before validation is cut off the end"),
    "mixed",
    "sorted",
    "tail",
)

SPECS = (
    DatasetSpec(
        "digits",
        "multiclass",
        N_("1797 handwritten digits, 8x8 pixels from 0 to 16"),
        "shipped:digits",
        (
            PIXELS,
            Option(
                "shape",
                "choice",
                "64",
                N_("64 numbers in a row, or the image"),
                choices=("64", "8x8", "8x8x1", "1x8x8"),
            ),
            choice("target", N_("which digit it is, or the pixels themselves"), "digit", "image"),
            WRONG,
            MARK,
            MOVED,
            ORDER,
            split("frozen", "frozen"),
            SEED,
        ),
        DIGITS_SOURCE,
        SHIPPED_LICENCE,
        DIGITS_CREDIT,
        shape=(64,),
        outputs=10,
        group=GROUP,
    ),
    DatasetSpec(
        "few-digits",
        "tokens",
        N_("digits of which few have a label; the network labels the others itself where it is sure"),
        "fewlabels:few_digits",
        (
            Option("labels", "int", 30, N_("training pictures with a label"), 1, 1100),
            Option("sure", "float", 0.9, N_("its own label counts above this probability; 1: never"), 0, 1),
            Option("after", "int", 100, N_("steps before it gives labels of its own"), 0, 1_000_000),
            SEED,
        ),
        DIGITS_SOURCE,
        SHIPPED_LICENCE,
        DIGITS_CREDIT,
        shape=(2, 64),
        outputs=10,
        group=GROUP,
    ),
    DatasetSpec(
        "iris",
        "multiclass",
        N_("150 iris flowers of three species, four lengths in cm"),
        "shipped:iris",
        (SCALE, split("60/20/20"), SEED),
        _UCI + "53/iris",
        SHIPPED_LICENCE,
        "R. A. Fisher (1936). Iris. UCI Machine Learning Repository. https://doi.org/10.24432/C56C76",
        shape=(4,),
        outputs=3,
        group=GROUP,
    ),
    DatasetSpec(
        "wine",
        "multiclass",
        N_("178 wines of three growers, thirteen chemical measurements"),
        "shipped:wine",
        (SCALE, split("60/20/20"), SEED),
        _UCI + "109/wine",
        SHIPPED_LICENCE,
        "S. Aeberhard, M. Forina (1992). Wine. UCI Machine Learning Repository. "
        "https://doi.org/10.24432/C5PC7J",
        shape=(13,),
        outputs=3,
        group=GROUP,
    ),
    DatasetSpec(
        "breast_cancer",
        "binary",
        N_("569 biopsies, benign or malignant, thirty measurements of cell nuclei"),
        "shipped:breast_cancer",
        (SCALE, split("60/20/20"), SEED),
        _UCI + "17/breast+cancer+wisconsin+diagnostic",
        SHIPPED_LICENCE,
        "W. Wolberg, O. Mangasarian, N. Street, W. Street (1995). Breast Cancer Wisconsin (Diagnostic). "
        "UCI Machine Learning Repository. https://doi.org/10.24432/C5DW2B",
        shape=(30,),
        group=GROUP,
        aliases=("cancer",),
    ),
)
