"""What callers hand in from Python, checked where it comes in: one sentence, not a type error inside."""

from __future__ import annotations

import math
import operator
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _


def whole_number(name: str, value: Any) -> int:
    """``value`` as an int, of whatever library it is; raises NnlabError where it is none."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise NnlabError(_("{name} {n} must be a whole number", name=name, n=shown(value)))
    return operator.index(value)


def at_least_one(name: str, value: Any) -> int:
    """``value`` as a whole number from 1; raises NnlabError where it is none."""
    count = whole_number(name, value)
    if count < 1:
        raise NnlabError(_("{name} {count} must be 1 or more", name=name, count=count))
    return count


def finite_number(name: str, value: Any) -> float:
    """``value`` as a finite float; raises NnlabError where it is none."""
    try:
        number = math.nan if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise NnlabError(_("{name} {value} must be a finite number", name=name, value=shown(value)))
    return number


def written(name: str, value: Any, example: str) -> str:
    """``value``, which must be a text; raises NnlabError where it is none."""
    if not isinstance(value, str):
        raise NnlabError(
            _(
                "{name} must be a text such as “{example}”, not {value}",
                name=name,
                example=example,
                value=shown(value),
            )
        )
    return value


def shown(value: Any) -> str:
    """``value`` as a sentence shows it: short, and as it would be written."""
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
