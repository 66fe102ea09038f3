"""The command in a process of its own, with pipes for terminals."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Nnlab = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def nnlab(tmp_path: Path) -> Nnlab:
    """Call ``nnlab`` with words, text on standard input and an empty home of its own."""

    def call(
        *words: str, stdin: str = "", timeout: float = 60, **variables: str | None
    ) -> subprocess.CompletedProcess[str]:
        home = str(tmp_path / "home")
        env = {**os.environ, "NNLAB_HOME": home, "NNLAB_LANG": "en", "PYTHONUTF8": "1", **variables}
        env = {name: value for name, value in env.items() if value is not None}
        return subprocess.run(
            [sys.executable, "-m", "nnlab", *words],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=env,
            cwd=ROOT,
            timeout=timeout,
        )

    return call
