"""The learner's own data: files, and points drawn by hand."""

from __future__ import annotations

from nnlab.data.registry.options import SCALE, SEED, choice, split, window
from nnlab.data.spec import DatasetSpec, Option
from nnlab.i18n import N_

TASKS = ("auto", "binary", "multiclass", "regression")
TOKENS = ("char", "word", "bpe")
TABLE_OPTIONS = ("target", "task", "header", "delimiter", "missing", "ignore", "onehot", "scale")
"""Those a text has no use for."""
TEXT_OPTIONS = ("tokens", "context", "stride", "vocabulary")
"""Those a table has no use for."""

FILE = DatasetSpec(
    "file",
    "auto",
    N_("your own data: file:PATH of a .csv, .tsv, .npz or .npy, or of a text (.txt, .md)"),
    "",
    (
        Option("target", "text", "last", N_("the column to predict: its name, first, last, or column 3")),
        Option("task", "choice", "auto", N_("what to predict; auto looks at the target"), choices=TASKS),
        Option(
            "header",
            "choice",
            "auto",
            N_("whether the first line names the columns"),
            choices=("auto", "yes", "no"),
        ),
        Option(
            "delimiter",
            "choice",
            "auto",
            N_("what stands between two values"),
            choices=("auto", "comma", "semicolon", "tab"),
        ),
        Option(
            "missing",
            "choice",
            "error",
            N_("rows with an empty value: refuse or drop"),
            choices=("error", "drop"),
        ),
        Option("ignore", "text", "", N_("columns to leave out, separated by commas")),
        Option("onehot", "text", "", N_("columns of words: an input for each value; separated by commas")),
        choice("tokens", N_("of a text: signs, words, or pieces that come often (bpe)"), *TOKENS),
        *window(32, 16),
        Option(
            "vocabulary", "int", 1000, N_("of a text: the most words or pieces to tell apart"), 10, 50_000
        ),
        SCALE,
        split("60/20/20"),
        SEED,
    ),
    N_("your own file"),
    N_("yours"),
    group="own",
)

POINTS = DatasetSpec(
    "points",
    "auto",
    N_("points drawn by hand: points x,y:label …; without labels, y is to be predicted from x"),
    "",
    (SCALE, split("all"), SEED),
    N_("drawn by hand"),
    N_("yours"),
    group="own",
)
