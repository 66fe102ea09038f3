"""``nnlab doctor``: what nnlab found on this machine, and why it chose what it chose."""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language, set_language
from nnlab.paths import config_dir, data_dir, state_dir
from nnlab.width import columns, pad

PACKAGES = (
    "nnlab",
    "textual",
    "rich",
    "numpy",
    "plotext",
    "sqlalchemy",
    "cupy-cuda12x",
    "cupy-cuda13x",
    "numba",
)


def main(arguments: argparse.Namespace) -> int:
    """Print the findings; exit code 1 where something does not work."""
    language = current_language()
    if arguments.json:
        set_language("en")  # a program reads this: its keys are the same everywhere
    findings = {
        _("versions"): _versions(),
        _("device"): _device(arguments),
        _("terminal"): _terminal(arguments),
        _("folders"): _folders(),
        _("settings"): _settings(arguments, language),
    }
    if arguments.json:
        print(json.dumps({k: dict(v) for k, v in findings.items()}))
    else:
        for title, rows in findings.items():
            print(title)
            width = max(columns(name) for name, _text in rows)
            for name, text in rows:
                print(f"  {pad(name, width)}  {text}")
    return 1 if any(text.startswith("✗") for rows in findings.values() for _name, text in rows) else 0


def _versions() -> list[tuple[str, str]]:
    rows = [("python", f"{platform.python_version()} ({platform.system()} {platform.machine()})")]
    for name in PACKAGES:
        try:
            rows.append((name, version(name)))
        except PackageNotFoundError:
            if not name.startswith(("cupy", "numba")):
                rows.append((name, "✗ " + _("not installed")))
    return rows


def _device(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    from nnlab.engine.device import choose

    rows = [(_("threads"), str(arguments.threads))]
    try:
        device = choose(arguments.device)
        rows.append((device.kind, device.name))
        rows.append((_("kernels"), _kernels(device.kernel_set)))
        rows += [(_("why"), reason) for reason in device.reasons]
    except NnlabError as error:
        rows.append(("gpu", f"✗ {error}"))
    if arguments.device == "auto":
        try:
            rows.append(("gpu", choose("gpu").name))
        except NnlabError as error:
            rows.append(("gpu", str(error)))
    return rows


def _kernels(name: str) -> str:
    if name == "numba":
        return _("numba (compiled at first use, about five seconds for all, then kept on the disk)")
    return _("numpy (--kernels numba is faster on large networks)")


def _terminal(arguments: argparse.Namespace) -> list[tuple[str, str]]:
    from nnlab.tui.capabilities import detect

    return detect(getattr(arguments, "color", None) or "auto").lines()


def _folders() -> list[tuple[str, str]]:
    rows = []
    for name, folder in ((_("data"), data_dir()), (_("settings"), config_dir()), (_("log"), state_dir())):
        if _can_be_written(folder):
            rows.append((name, _("{folder} (can be written)", folder=folder)))
        else:
            rows.append((name, "✗ " + _("{folder} (cannot be written; set NNLAB_HOME)", folder=folder)))
    return rows


def _can_be_written(folder: Path) -> bool:
    """Tried, not asked for: root may write everywhere, except where there are no files, as in /proc."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def _settings(arguments: argparse.Namespace, language: str) -> list[tuple[str, str]]:
    rows = [(_("language"), language), (_("theme"), arguments.settings.theme)]
    return rows + [("!", complaint) for complaint in arguments.complaints]
