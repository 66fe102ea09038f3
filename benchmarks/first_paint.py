"""Start to first paint: a command against a bare Textual app, in alternating runs on a pseudo-terminal.

python benchmarks/first_paint.py [--runs N] [COMMAND ...]      (COMMAND: python -m nnlab)
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

from terminal import Link, calibrate, machine

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 1.5
BARE = """
from textual.app import App
from textual.widgets import Label
class Bare(App):
    def compose(self):
        yield Label("a bare app is painted")
Bare().run()
"""
ESCAPES = re.compile(
    rb"\x1b(?:\[[0-9;?<>=:$]*[ -/]*[@-~]|[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|[()].|.)|[\x00-\x20]"
)


def first_paint(argv: list[str], home: str) -> float:
    """Seconds until ten visible characters have arrived on the app's own (alternate) screen."""
    env = {
        "PYTHONPATH": str(ROOT),
        "HOME": home,
        "XDG_DATA_HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_STATE_HOME": home,
    }
    received = bytearray()
    painted = 0.0

    def seen(now: float, data: bytes) -> bool:
        nonlocal painted
        received.extend(data)
        painting = bytes(received).partition(b"\x1b[?1049h")[2]
        if len(ESCAPES.sub(b"", painting).decode(errors="ignore")) >= 10:
            painted = now
            return True
        return False

    link = Link(argv, env=env)
    link.run(20, seen)
    link.close()
    if not painted:
        sys.exit(f"{' '.join(argv)} painted nothing: {bytes(received[-300:])!r}")
    return painted - link.started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    command = asked.command or [sys.executable, "-m", "nnlab"]
    print(f"{machine()}; calibration loop {calibrate():.1f} ms")
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        first_paint(command, home)  # byte code and disk cache warm for both
        first_paint([sys.executable, "-c", BARE], home)
        for _ in range(asked.runs):
            bare.append(first_paint([sys.executable, "-c", BARE], home))
            ours.append(first_paint(command, home))
            time.sleep(0.05)
    middle = [sorted(times)[len(times) // 2] for times in (ours, bare)]
    ratio = middle[0] / middle[1]
    print(
        f"first paint {middle[0] * 1e3:.0f} ms (best {min(ours) * 1e3:.0f}), bare Textual app "
        f"{middle[1] * 1e3:.0f} ms (best {min(bare) * 1e3:.0f}): ratio {ratio:.2f}, "
        f"target <= {LIMIT} {'ok' if ratio <= LIMIT else 'MISSED'}"
    )


if __name__ == "__main__":
    main()
