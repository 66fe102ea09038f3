"""What the first paint does without."""

from __future__ import annotations

import subprocess
import sys

from tests.e2e.terminal import environment

SCRIPT = """
import sys
from nnlab.tui.app import NnlabApp

LATE = ("numpy", "sqlalchemy", "plotext", "nnlab.lesson", "nnlab.session.session", "nnlab.engine.program",
        "textual.widgets._text_area", "nnlab.tui.bench")

class Watched(NnlabApp):
    def _begin_loading(self):  # called after the first refresh
        print("LATE", [name for name in LATE if name in sys.modules])
        self.exit()

import asyncio
async def paint():
    async with Watched().run_test() as pilot:
        await pilot.pause(0.5)
asyncio.run(paint())
"""


def test_the_first_paint_loads_no_numpy_no_session_and_no_field(home):
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment(home), cwd=home
    )
    assert "LATE []" in found.stdout, found.stdout + found.stderr
