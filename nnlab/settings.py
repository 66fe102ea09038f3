"""What a user likes: language, theme, signs, colour, speed.  Kept as JSON in the configuration folder.

A file that cannot be read, or a value that is not one of the choices, is answered with one sentence and
the default; nothing is lost, the file stays as it is until settings are saved again.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.nearest import did_you_mean
from nnlab.paths import config_dir, ensure

Value = str | bool | int | float


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the settings table: a choice among ``choices``, or a number from ``low`` to ``high``."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 0

    def read(self, value: object, default: Value) -> Value:
        """``value``, perhaps written as text, as this setting takes it.  Raises NnlabError."""
        text = str(value).strip()
        if isinstance(default, bool):
            if text.lower() in ("yes", "on", "true", "1", "no", "off", "false", "0"):
                return text.lower() in ("yes", "on", "true", "1")
            raise NnlabError(_("{name} is {value}, but must be yes or no", name=self.name, value=text))
        if self.choices:
            if text in self.choices:
                return text
            raise NnlabError(
                _("{name} is {value}, but must be one of {choices}", name=self.name, value=text,
                  choices=", ".join(self.choices)) + did_you_mean(text, self.choices)
            )  # fmt: skip
        try:
            number = int(text) if isinstance(default, int) else float(text)
        except ValueError:
            number = float("nan")
        if not self.low <= number <= self.high:
            raise NnlabError(
                _("{name} is {value}, but must be a number from {low} to {high}", name=self.name, value=text,
                  low=f"{self.low:g}", high=f"{self.high:g}")
            )  # fmt: skip
        return number


SCHEMA: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("language", N_("language of the interface"), ("auto", "en", "zh")),
        Setting("theme", N_("colours of the interface"), ("dark", "light", "high-contrast", "colour-blind")),
        Setting("glyphs", N_("signs that pictures are made of"), ("auto", "ascii", "blocks", "braille")),
        Setting("color", N_("how many colours are used"), ("auto", "none", "16", "256", "true")),
        Setting("motion", N_("moving pictures, or jumps"), ("full", "reduced")),
        Setting("speed", N_("steps a second when training is watched; 0 is flat out"), low=0, high=1e6),
        Setting("threads", N_("threads of linear algebra"), low=1, high=1024),
        Setting("device", N_("where to compute"), ("auto", "cpu", "gpu")),
        Setting("kernels", N_("what computes on the CPU"), ("auto", "numpy", "numba")),
        Setting("splash", N_("show the picture at the start")),
        Setting("accessible", N_("sentences instead of tables and pictures in the plain form")),
    )
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field is described by :data:`SCHEMA` under the same name."""

    language: str = "auto"
    theme: str = "dark"
    glyphs: str = "auto"
    color: str = "auto"
    motion: str = "full"
    speed: float = 100.0  # at ten pictures a second weights are seen moving, and a first curve takes seconds
    threads: int = 1
    device: str = "auto"
    kernels: str = "auto"
    splash: bool = True
    accessible: bool = False

    def changed(self, name: str, value: object) -> Settings:
        """The settings with one other value.  Raises NnlabError for an unknown name or a wrong value."""
        if name not in SCHEMA:
            raise NnlabError(unknown(name, SCHEMA))
        return replace(self, **{name: SCHEMA[name].read(value, getattr(self, name))})  # type: ignore[arg-type]


def unknown(name: str, known: Iterable[str]) -> str:
    sentence = _("there is no setting “{name}”; there are: {known}", name=name, known=", ".join(known))
    return sentence + did_you_mean(name, known)


def settings_path() -> Path:
    return config_dir() / "settings.json"


def load(path: Path | None = None) -> tuple[Settings, list[str]]:
    """The kept settings, and one sentence for everything that could not be used."""
    path = path or settings_path()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), []
    except OSError as error:
        reason = error.strerror or str(error)
        return Settings(), [_("the settings {path} cannot be read ({reason}); defaults are used", path=path,
                              reason=reason)]  # fmt: skip
    except ValueError:
        return Settings(), [_("the settings {path} are not valid JSON; defaults are used", path=path)]
    if not isinstance(kept, dict):
        return Settings(), [_("the settings {path} are not a JSON object; defaults are used", path=path)]
    settings, troubles = Settings(), []
    for name, value in kept.items():
        try:
            settings = settings.changed(name, value)
        except NnlabError as error:
            troubles.append(_("{path}: {error}; the default is used", path=path, error=error))
    return settings, troubles


def save(settings: Settings, path: Path | None = None) -> None:
    """Keep ``settings``: written beside the old file, then renamed over it.  Raises NnlabError."""
    path = path or settings_path()
    ensure(path.parent)
    text = json.dumps(asdict(settings), indent=2, ensure_ascii=False) + "\n"
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".settings.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise NnlabError(
            _("the settings {path} cannot be written ({reason})", path=path, reason=error.strerror or error)
        ) from error


assert [f.name for f in fields(Settings)] == list(SCHEMA), "the table and the fields name the same settings"
