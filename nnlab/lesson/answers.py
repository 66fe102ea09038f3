"""Reading what a learner types: numbers in the notations people use, and when two numbers agree.

Accepted: a decimal comma, the Unicode minus and plus, a missing leading zero (``.5``), percent,
fractions (``1/2``), ``e`` and ``×10^`` exponents, thin spaces between thousands.  Agreement is within
0.005, or within 1 % when the true value is larger than 1.
"""

from __future__ import annotations

import contextlib
import math
import re

from nnlab.errors import NnlabError
from nnlab.i18n import _

ABSOLUTE = 0.005
RELATIVE = 0.01

_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "﹣": "-", "-": "-", "+": "+", "，": ",", "。": ".", "；": ";"}
)
_DIGITS = str.maketrans("０１２３４５６７８９．％（）［］／", "0123456789.%()[]/")
_NUMBER = (
    r"[-+]?(?:\d{1,3}(?:[ \u2009\u202f_]\d{3})+(?!\d)(?:\.\d+)?|\d+\.?\d*|\.\d+)"
    r"(?:[eE][-+]?\d+|\s*[×x*]\s*10\^?\s*[-+]?\d+)?"
)
_TOKEN = re.compile(rf"(?P<top>{_NUMBER})(?:\s*/\s*(?P<bottom>{_NUMBER}))?\s*(?P<percent>%)?")
_WORDS = {"inf": math.inf, "∞": math.inf, "+∞": math.inf, "-∞": -math.inf, "-inf": -math.inf, "nan": math.nan}


def parse_number(text: str) -> float:
    """The one number in ``text``; NnlabError says what was read when it is not one."""
    numbers = parse_numbers(text)
    if len(numbers) != 1:
        raise NnlabError(
            _("'{text}' holds {n} numbers, but one is asked for", text=text.strip(), n=len(numbers))
        )
    return numbers[0]


def parse_numbers(text: str, count: int = 0) -> list[float]:
    """All numbers in a list, tuple, matrix or plain row: ``(−0.445, 0.2)``, ``0,5; 1``, ``[[1 2] [3 4]]``.

    A comma between digits is a decimal comma when the numbers are otherwise separated (``0,5; 1``) or
    stand alone (``0,622``); in brackets or before a space it separates.  Where ``count`` numbers are wanted
    and commas or blanks as separators give that many, they separate: ``1,2`` is two numbers then.
    """
    plain = text.strip().translate(_SIGNS).translate(_DIGITS)
    if not plain:
        raise NnlabError(_("nothing was typed; type a number such as 0.5"))
    if plain.lower() in _WORDS:
        return [_WORDS[plain.lower()]]
    numbers = _read(_decimal_commas(plain), text)
    if count and len(numbers) != count:
        for separated in (plain, re.sub(r"(?<=\d)\s+(?=[-+.\d])", ";", plain)):
            with contextlib.suppress(NnlabError):
                if len(found := _read(separated, text)) == count:
                    return found
    return numbers


def _read(plain: str, text: str) -> list[float]:
    """The numbers of ``plain``, in which commas separate; ``text`` is what was typed."""
    body = re.sub(r"^[A-Za-zσδ_]\w*\s*[=≈:]\s*", "", plain)  # "z = 0.5"
    numbers: list[float] = []
    at = 0
    for match in _TOKEN.finditer(body):
        _only_separators(text, body[at : match.start()])
        numbers.append(_value(match, text))
        at = match.end()
    _only_separators(text, body[at:])
    if not numbers:
        raise NnlabError(_("'{text}' is not a number; type one such as 0.5 or −1.25", text=text.strip()))
    return numbers


def _decimal_commas(plain: str) -> str:
    bare = not re.search(r"[()\[\]]", plain)
    lone = re.fullmatch(r"\s*(?:\w+\s*[=≈:]\s*)?[-+]?\d*,\d+\s*%?\s*", plain)
    parted = ";" in plain or (bare and re.search(r"\d,\d+\s+[-+]?\d", plain))
    if bare and "." not in plain and (lone or parted):
        return re.sub(r"(?<=\d),(?=\d)|(?<![\d,]),(?=\d)", ".", plain)
    return plain


def _only_separators(text: str, between: str) -> None:
    if re.search(r"[^\s,;()\[\]|]", between):
        raise NnlabError(
            _(
                "'{text}' is not a number ('{part}' cannot be read); type one such as 0.5 or −1.25",
                text=text.strip(),
                part=between.strip(),
            )
        )


def _value(match: re.Match[str], text: str) -> float:
    top = _float(match["top"])
    bottom = _float(match["bottom"]) if match["bottom"] else 1.0
    if bottom == 0:
        raise NnlabError(_("'{text}' divides by zero", text=text.strip()))
    return top / bottom / (100.0 if match["percent"] else 1.0)


def _float(token: str) -> float:
    token = re.sub(r"\s*[×x*]\s*10\^?\s*", "e", token)
    return float(re.sub(r"[ \u2009\u202f_]", "", token))


def close(given: float, truth: float, tolerance: float | None = None) -> bool:
    """Do they agree?  ±0.005, or 1 % where the truth is above 1; a stated tolerance is absolute."""
    if math.isnan(truth) or math.isnan(given):
        return math.isnan(truth) and math.isnan(given)
    if math.isinf(truth) or math.isinf(given):
        return truth == given
    if tolerance is None:
        tolerance = max(ABSOLUTE, RELATIVE * abs(truth)) if abs(truth) > 1 else ABSOLUTE
    # a hair of slack so that 0.505 still counts for 0.5 in binary arithmetic
    return abs(given - truth) <= tolerance * (1 + 1e-9) + 1e-12


def written(value: float, digits: int = 3) -> str:
    """A number for a sentence: at most ``digits`` decimals, a true minus, no trailing zeros.

    A value that would round to nothing keeps its leading digits as an exponent: ``6.6e−5``.
    """
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.{digits}f}"
    if float(text) == 0 and value != 0:
        mantissa, exponent = f"{value:.1e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    elif "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
