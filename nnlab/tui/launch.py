"""The app on this terminal: kept settings, what was given for this time, and whether it can run here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nnlab import settings as settings_module
from nnlab.errors import NnlabError
from nnlab.i18n import _, set_language
from nnlab.tui.app import NnlabApp, glyph_word
from nnlab.tui.capabilities import detect
from nnlab.tui.covered import GoesOn

if TYPE_CHECKING:
    from nnlab.session.session import Session


class Left(NamedTuple):
    """How the app was left: the exit status, and where the learner goes on in the plain form, if anywhere."""

    status: int
    goes_on: GoesOn | None


def run(
    *,
    lesson: str = "",
    session: Session | None = None,
    session_path: Path | None = None,
    lesson_dirs: Sequence[Path | str] = (),
    language: str = "",
    theme: str = "",
    color: str = "",
    glyphs: str = "",
    motion: str = "",
    device: str = "",
    threads: int | None = None,
    link: str = "auto",
    mouse: bool = True,
) -> Left:
    """Run the app on this terminal until it is left.

    What is given goes before the kept settings, for this time only.  Raises NnlabError where there is no
    terminal to run on.
    """
    settings, troubles = settings_module.load()
    given = {
        "language": language, "theme": theme, "color": color, "glyphs": glyphs, "motion": motion,
        "device": device, "threads": threads or "",
    }  # fmt: skip
    for name, value in given.items():
        if value:
            settings = settings.changed(name, value)
    set_language(settings.language)
    capabilities = detect(settings.color, glyph_word(settings.glyphs))
    if not capabilities.interactive:
        raise NnlabError(_("{reason}; run nnlab --plain", reason=capabilities.obstacle))
    app = NnlabApp(
        settings,
        capabilities=capabilities,
        lesson=lesson,
        session=session,
        session_path=session_path,
        lesson_dirs=lesson_dirs,
        notices=troubles,
        link=link,
    )
    try:
        app.run(mouse=mouse)
    finally:
        app.put_everything_away()
    return Left(1 if app.failure else 0, app.goes_on)
