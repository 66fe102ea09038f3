"""Texts to go on writing."""

from __future__ import annotations

from nnlab.data.registry.options import SEED, choice, made, rows, split, text_split, window
from nnlab.data.spec import Option
from nnlab.i18n import N_

GROUP = N_("texts")
PUBLIC_DOMAIN = N_("public domain")

SPECS = (
    made(
        "names",
        "tokens",
        N_("319 given names, letter by letter"),
        "generated.corpora:names",
        split("90/10/0"),
        SEED,
        shape=(11,),
        outputs=27,
        source=N_(
            "a list of common given names of several cultures, with pinyin syllables, written for nnlab"
        ),
        group=GROUP,
    ),
    made(
        "grammar",
        "tokens",
        N_("“the old cat sees the big fox.”, sign by sign; 768 sentences are possible"),
        "generated.corpora:grammar",
        rows(500, 10, N_("lines"), 100_000),
        *window(32, 8),
        Option("plant", "text", "", N_("a line that is put among the others")),
        Option("times", "int", 1, N_("how often it is put there"), 0, 1000),
        text_split("80/20/0"),
        SEED,
        shape=(32,),
        outputs=21,
        group=GROUP,
    ),
    made(
        "tang",
        "tokens",
        N_("Chinese quatrains of the Tang dynasty, sign by sign"),
        "generated.corpora:tang",
        Option("poems", "int", 8, N_("how many of the twenty"), 1, 20),
        *window(24, 1),
        text_split("all"),
        SEED,
        shape=(24,),
        outputs=131,
        source=N_("twenty quatrains of five-character lines, Tang dynasty (618-907)"),
        licence=PUBLIC_DOMAIN,
        group=GROUP,
    ),
    made(
        "verse",
        "tokens",
        N_("four English poems, The Tyger and others"),
        "generated.corpora:verse",
        choice("tokens", N_("sign by sign, word by word, or in pieces of byte pairs"), "char", "word", "bpe"),
        *window(32, 4),
        text_split("90/10/0"),
        SEED,
        shape=(32,),
        outputs=48,
        source="C. Rossetti, Who Has Seen the Wind? (1872); J. Taylor, The Star (1806); "
        "W. Blake, The Tyger (1794); R. L. Stevenson, Bed in Summer (1885)",
        licence=PUBLIC_DOMAIN,
        group=GROUP,
    ),
)
