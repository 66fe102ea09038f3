"""The user's settings from every skin: shown, changed and kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from nnlab import settings
from nnlab.i18n import N_, _, set_language
from nnlab.session.action import Action, Result, register
from nnlab.session.look import table
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.session import Session


NOW = ("language", "accessible", "glyphs")
"""Settings that take effect in text at once."""


@register
@dataclass(frozen=True)
class Setting(Action):
    """Settings belong to the user and not to the session: they are neither logged nor undone."""

    name = "setting"
    syntax = "setting [NAME VALUE]"
    help = N_("show the settings, or change one: language, signs, threads and others")
    example = "setting language zh"
    category = "session"
    arguments = ("setting_name", "setting_value")
    aliases = ("settings",)
    undoable = False
    logged = False
    live = True

    setting: str = ""
    value: str = ""

    @classmethod
    def parse(cls, words: Words) -> Setting:
        if not words.more:
            return cls()
        name = words.choice(list(settings.SCHEMA), _("a setting"))
        return cls(name, words.take(_("the new value of {name}", name=name)))

    def __str__(self) -> str:
        return f"setting {self.setting} {self.value}".rstrip()

    def apply(self, session: Session) -> Result:
        kept, troubles = settings.load()
        if self.setting:
            kept = kept.changed(self.setting, self.value)
            _require_here(self.setting, self.value)
            if session.keeps_settings:
                settings.save(kept)
            _use(session, self.setting, kept)
        rows = [
            [name, _shown(value), _(settings.SCHEMA[name].help)]
            for name, value in asdict(kept).items()
            if not self.setting or name == self.setting
        ]
        lines = [*troubles, *table(session.look, [_("setting"), _("value"), _("meaning")], rows)]
        if self.setting and not session.keeps_settings:
            lines.append(
                _("A script keeps no settings; it holds for this run.")
                if self.setting in NOW
                else _("A script keeps no settings, so this one has no effect; type it in nnlab itself.")
            )
        elif self.setting and self.setting not in NOW:
            lines.append(_("It holds from the next start on."))
        return Result(lines, payload=asdict(kept))


def _require_here(name: str, value: str) -> None:
    """Raises NnlabError where this machine lacks what is asked for: every later start would fail."""
    from nnlab.engine.device import choose, choose_kernels

    if name == "device":
        choose(value)
    elif name == "kernels":
        choose_kernels(value)


def _shown(value: object) -> str:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _use(session: Session, name: str, kept: settings.Settings) -> None:
    if name == "language":
        set_language(kept.language)
    elif name == "accessible":
        session.look = replace(session.look, accessible=kept.accessible)
    elif name == "glyphs":
        session.look = replace(session.look, ascii=kept.glyphs == "ascii")
