"""The words in formulas: signs are the same in every language, “over the window” is not.

Operations write their formulas in English, once; here the words among the signs get their translation.
"""

from __future__ import annotations

import re

from nnlab.i18n import N_, _

PHRASES = (
    N_("0 at padding"),
    N_("1 at one key drawn with the weights, else 0"),
    N_("a draw has no gradient"),
    N_("and floor after total steps"),
    N_("by (seed, name, step)"),
    N_("cost of D's logit"),
    N_("cumulative before it"),
    N_("cut off at"),
    N_("drawn from"),
    N_("every pixel repeated"),
    N_("from the moment after"),
    N_("from (seed, name, step)"),
    N_("hidden ones held down"),
    N_("of the last key"),
    N_("over all positions"),
    N_("over its window"),
    N_("over the batch"),
    N_("over the gates"),
    N_("over the gates of the moment after"),
    N_("over the keys"),
    N_("over the positions whose id is v"),
    N_("over the positions with a target"),
    N_("over the window"),
    N_("over the windows laid there"),
    N_("over the windows that see x"),
    N_("over the wrong classes"),
    N_("over what x became"),
    N_("put back in place"),
    N_("read row by row"),
    N_("slope of the cost"),
    N_("straight through"),
    N_("the part of da that x became"),
    N_("then the next schedule from its beginning"),
    N_("uniform between 0 and 1"),
    N_("up to this key"),
    N_("where it was taken, else 0"),
    N_("while step < steps"),
    N_("x has won"),
)
_FOUND = re.compile(
    "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in sorted(PHRASES, key=len, reverse=True))
)


def in_words(formula: str) -> str:
    """``formula`` with its words in the language that is spoken."""
    return _FOUND.sub(lambda found: _(found.group()), formula)
