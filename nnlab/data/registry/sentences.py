"""Sentences from templates: classes, tags, hidden words, and pairs to be translated or answered."""

from __future__ import annotations

from nnlab.data.registry.options import LANGUAGE, SEED, choice, made, rows, split
from nnlab.data.spec import Option
from nnlab.i18n import N_

GROUP = N_("sentences")
_HALF = split("50/25/25")
_SHARE_HIDDEN = N_("share of the words that are hidden, one at least")
_SENTENCES = 200_000


def _rate(default: float) -> Option:
    return Option("rate", "float", default, _SHARE_HIDDEN, 0.01, 1)


SPECS = (
    made(
        "reviews",
        "binary",
        N_("short reviews, good or bad; “not” turns the verdict round"),
        "generated.sentences:reviews",
        rows(800, high=_SENTENCES),
        Option("negation", "float", 0.5, N_("share of the sentences with “not”"), 0, 1),
        LANGUAGE,
        _HALF,
        SEED,
        shape=(11,),
        group=GROUP,
    ),
    made(
        "but",
        "binary",
        N_("“the film was good but the room was cold”: the second half counts"),
        "generated.sentences:but",
        rows(800, high=_SENTENCES),
        LANGUAGE,
        _HALF,
        SEED,
        shape=(9,),
        group=GROUP,
    ),
    made(
        "spam",
        "binary",
        N_("short mails, from a friend or spam; no single word gives it away"),
        "generated.sentences:spam",
        rows(800, high=_SENTENCES),
        LANGUAGE,
        _HALF,
        SEED,
        shape=(11,),
        group=GROUP,
    ),
    made(
        "name-or-place",
        "tokens",
        N_("is “jordan” a name or a place? every word gets a tag"),
        "generated.tagging:name_or_place",
        rows(500, high=_SENTENCES),
        split("60/20/20"),
        SEED,
        shape=(7,),
        outputs=3,
        group=GROUP,
    ),
    made(
        "who-did-what",
        "tokens",
        N_("“the dog chased the cat” and “the cat was chased by the dog”: who did what to whom?"),
        "generated.tagging:who_did_what",
        rows(500, high=_SENTENCES),
        split("60/20/20"),
        SEED,
        shape=(8,),
        outputs=4,
        group=GROUP,
    ),
    made(
        "facts",
        "multiclass",
        N_("four facts, who went where, and a question; the last mention counts"),
        "generated.sentences:facts",
        rows(8000, high=_SENTENCES),
        split("80/10/10"),
        SEED,
        shape=(9,),
        outputs=5,
        group=GROUP,
    ),
    made(
        "habitat",
        "tokens",
        N_("sentences about animals with hidden words, to be guessed from both sides"),
        "generated.hidden:habitat",
        rows(10_000, high=_SENTENCES),
        _rate(0.15),
        choice("hide", N_("any word, or the animal alone"), "any", "animal"),
        split("80/10/10"),
        SEED,
        shape=(10,),
        outputs=33,
        group=GROUP,
    ),
    made(
        "groups",
        "tokens",
        N_("pets, farm animals and birds: hidden words first, then three labelled sentences"),
        "generated.hidden:groups",
        rows(10_000, high=_SENTENCES),
        choice(
            "form", N_("words hidden, or three sentences labelled and the others asked"), "hidden", "labelled"
        ),
        _rate(0.2),
        split("80/10/10"),
        SEED,
        shape=(8,),
        outputs=37,
        group=GROUP,
    ),
    made(
        "en-zh-numbers",
        "tokens",
        N_("0 to 999, from English words to Chinese signs"),
        "generated.pairs:numbers",
        split("80/10/10"),
        SEED,
        shape=(5,),
        outputs=13,
        group=GROUP,
    ),
    made(
        "phrases",
        "tokens",
        N_("56 everyday sentences, English and Chinese"),
        "generated.pairs:phrases",
        choice("to", N_("the language to be written"), "zh", "en"),
        split("all"),
        SEED,
        shape=(6,),
        outputs=119,
        source=N_("everyday sentences, written for nnlab"),
        group=GROUP,
    ),
    made(
        "headlines",
        "tokens",
        N_("“the old cat that lives in town hid a seed” becomes “cat hid seed”"),
        "generated.pairs:headlines",
        rows(5000, high=_SENTENCES),
        split("80/10/10"),
        SEED,
        shape=(10,),
        outputs=29,
        group=GROUP,
    ),
    made(
        "talk",
        "tokens",
        N_("four kinds of question and their answers"),
        "generated.pairs:talk",
        rows(4000, high=_SENTENCES),
        split("80/10/10"),
        SEED,
        shape=(4,),
        outputs=49,
        group=GROUP,
    ),
)
