"""The language of the interface: English source text, other languages from one gettext catalogue each.

``_("{n} steps", n=3)`` translates, then fills in the named placeholders.  Catalogues lie in
``nnlab/locale/LANG/LC_MESSAGES/nnlab.po`` with the compiled ``.mo`` beside them.
"""

from __future__ import annotations

import gettext
import locale
import os
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "中文"}
CATALOGUES = Path(__file__).parent / "locale"

_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_current = "en"


def detect_language() -> str:
    """The language the environment asks for: NNLAB_LANG, then LC_ALL, LC_MESSAGES and LANG; else English."""
    for variable in ("NNLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(variable, "")
        if wanted:
            return "zh" if wanted.lower().startswith("zh") else "en"
    system = locale.getlocale()[0] or ""
    return "zh" if system.lower().startswith(("zh", "chinese")) else "en"


def set_language(language: str = "auto") -> str:
    """Choose ``en``, ``zh`` or ``auto``; returns the language now in force."""
    global _catalogue, _current
    _current = detect_language() if language == "auto" else language
    if _current not in LANGUAGES:
        _current = "en"
    _catalogue = gettext.translation("nnlab", CATALOGUES, [_current], fallback=True)
    return _current


def current_language() -> str:
    return _current


def _(message: str, /, **values: object) -> str:
    """``message`` in the current language, with ``{name}`` placeholders filled in."""
    text = _catalogue.gettext(message) if message else message
    return text.format(**values) if values else text


def N_(message: str) -> str:
    """Mark a text for the catalogue where it is declared; it is translated where it is shown."""
    return message
