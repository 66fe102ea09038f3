"""One home a test, and terminals that are gone when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

collect_ignore_glob = ["*"] if os.name == "nt" else []

if os.name != "nt":
    from tests.e2e.terminal import Terminal

    @pytest.fixture
    def home(tmp_path: Path) -> Path:
        folder = tmp_path / "home"
        folder.mkdir()
        return folder

    @pytest.fixture
    def start(home: Path) -> Iterator:
        """``start(*args, size=, env=, …)``: the program on a terminal of its own."""
        open_ones: list[Terminal] = []

        def begin(*args: str, **options) -> Terminal:
            terminal = Terminal(args, **{"home": home, **options})
            open_ones.append(terminal)
            return terminal

        yield begin
        for terminal in open_ones:
            terminal.kill()
            terminal.hang_up()
