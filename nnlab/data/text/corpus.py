"""A text as data of a language model: windows of tokens, each asked for the token that comes next."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.dataset import Split
from nnlab.data.split import sizes
from nnlab.data.text.rows import Ids, windows
from nnlab.data.text.tokenizer import Tokenizer
from nnlab.errors import NnlabError
from nnlab.i18n import _

FEW_LINES = 10
"""A text of fewer lines is cut between any two of its tokens, one of more only between lines."""


def language_model(text: str, tokenizer: Tokenizer, context: int, stride: int, split: str) -> Raw:
    """x (n, context) and y (n, context), the same tokens one place later.

    The text itself is cut into the three parts, in their order, so that no window of one part shares a
    token with another.  Training windows begin every ``stride`` tokens, the others stand side by side.
    Where ``stride`` is ``context`` each training window goes on where the one before ended, and what is left
    of the text, less than a window, is left out.
    """
    parts = [tokenizer.encode(part) for part in cut(text, split)]
    _check(parts, context)
    if goes_on := stride == context:
        parts[0] = parts[0][: (len(parts[0]) - 1) // context * context + 1]
    if split == "all":
        x, y = windows(parts[0], context, stride)
        rows = np.arange(len(x))
        made = Split(rows, rows, rows[:0])
    else:
        pairs = [
            windows(part, context, context if k else stride) for k, part in enumerate(parts) if len(part)
        ]
        x, y = (np.concatenate(side) for side in zip(*pairs))
        counts = [len(pair[0]) for pair in pairs]
        held = iter(np.split(np.arange(len(x)), np.cumsum(counts)[:-1]))
        made = Split(*(next(held) if len(part) else np.arange(0) for part in parts))
    return Raw(
        x, y, "tokens", target_names=("next",), axes=("position",), split=made,
        vocabulary=tokenizer.vocabulary, target_vocabulary=tokenizer.vocabulary,
        tokenizer=tokenizer, target_tokenizer=tokenizer, streams=int(goes_on),
    )  # fmt: skip


def _check(parts: list[Ids], context: int) -> None:
    """Refuse parts too short for a single window, saying what would do."""
    shortest = min(len(part) for part in parts if len(part)) if any(map(len, parts)) else 0
    if shortest <= context:
        raise NnlabError(
            _(
                "a part of the text has {count} tokens, and context={context} needs {needed}; give a "
                "longer text, a shorter context, or split=all",
                count=shortest,
                context=context,
                needed=context + 1,
            )
        )


def cut(text: str, split: str) -> list[str]:
    """The text in its parts: training, validation, test; the whole text where every row is for training."""
    if split == "all":
        return [text]
    lines = text.splitlines(keepends=True)
    units = lines if len(lines) >= FEW_LINES else list(text)
    train, validation, _test = sizes(split, len(units))
    bounds = (0, train, train + validation, len(units))
    return ["".join(units[a:b]) for a, b in pairwise(bounds)]
