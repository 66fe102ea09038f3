"""Is the app alive while it trains?  A network trains flat out in the Lab of the real program on a pty.

python benchmarks/alive.py [--scene digits|maps|attention|lstm] [--seconds S] [--keys N]

The digits MLP as a whole, or the heaviest views of one layer: a wall of 32 maps of 28x28, attention of 4
heads over 64 tokens, an LSTM of 64 units over 32 steps.

Measured: the time from a key to the repaint that shows its effect; the training rate as a share of the same
training without a screen, in alternating blocks; CPU and bytes of a Lab in which nothing happens.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from terminal import Link, calibrate, machine

ROOT = Path(__file__).resolve().parents[1]
DATA, NET = "data digits scale=unit", "net dense 10 relu | dense 8 relu | dense 10"
SCENES = {
    "digits": (DATA, NET, ""),
    "maps": ("data digits28", "net conv 32 3x3 relu pad=same | maxpool 2 | flatten | dense 10", "conv1"),
    "attention": (
        "data grammar context=64",
        "net embed 64 | positions learned | block 4 causal | layernorm | dense 21",
        "block1.attention",
    ),
    "lstm": ("data echo window=32", "net lstm 64 all | dense 1", "lstm1"),
}
"""Data, network, and the layer that is looked at in detail."""
IDLE = 30.0
TOKEN = re.compile(rb"\x1b\[([0-9;]*)H|\x1b\[[0-9;?<>=$]*[@-~]|\x1b[^\[]|([^\x1b]+)")
HEADLESS = """
import sys, time
from nnlab.engine.device import set_threads
set_threads(1)
from nnlab.session import Session
session = Session()
for line in sys.argv[2:]:
    session.execute(line)
session.background = True
session.execute("run")
time.sleep(1)
start, begun = session.run.step_count, time.perf_counter()
time.sleep(float(sys.argv[1]))
print((session.run.step_count - start) / (time.perf_counter() - begun))
session.trainer.pause()
"""


class Screen:
    """What the app shows, and when it arrived.

    Only what the app sends: text at addressed cells.  A whole terminal in Python would take a quarter of the
    core that the app runs on.
    """

    def __init__(self, home: str, size: tuple[int, int]) -> None:
        self.columns, self.rows = size
        self.cells = [[" "] * size[0] for _row in range(size[1])]
        self.x = self.y = 0
        self.held = b""
        env = {"PYTHONPATH": str(ROOT), "NNLAB_HOME": home, "HOME": home, "LANGUAGE": "en"}
        self.link = Link([sys.executable, "-m", "nnlab.cli"], env=env, columns=size[0], rows=size[1])

    def feed(self, data: bytes) -> None:
        data = self.held + data
        cut = data.rfind(b"\x1b", max(0, len(data) - 64))
        whole = cut < 0 or TOKEN.match(data[cut:])
        self.held, data = (b"", data) if whole else (data[cut:], data[:cut])
        for token in TOKEN.finditer(data):
            if token[1] is not None:
                row, _semicolon, column = token[1].partition(b";")
                self.y, self.x = int(row or 1) - 1, int(column or 1) - 1
            elif token[2] is not None:
                self.put(token[2].decode(errors="replace"))

    def put(self, text: str) -> None:
        for sign in text:
            if sign == "\n":
                self.y += 1
            elif sign == "\r":
                self.x = 0
            elif sign >= " ":
                if self.y < self.rows and self.x < self.columns:
                    self.cells[self.y][self.x] = sign
                self.x += 1

    @property
    def lines(self) -> list[str]:
        return ["".join(row) for row in self.cells]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def until(self, holds: Callable[[], bool], seconds: float = 20.0) -> float:
        """Take what comes until ``holds``; answers when the bytes that did it arrived."""
        arrived = time.monotonic()

        def seen(now: float, data: bytes) -> bool:
            nonlocal arrived
            self.feed(data)
            arrived = now
            return holds()

        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end or not self.link.open:
                sys.exit(f"waited in vain; the screen was\n{self.text}")
            self.link.run(0.5, seen)
        return arrived

    def idle(self, seconds: float) -> None:
        self.link.run(seconds, lambda _now, data: self.feed(data))

    def type(self, keys: str) -> None:
        os.write(self.link.fd, keys.encode())

    def act(self, line: str, shown: str) -> None:
        self.type(f":{line}\r")
        self.until(lambda: shown in self.text)

    def step(self) -> int:
        found = re.findall(r"step ([\d,]+) epoch \d+ batch", self.text)
        return int(found[-1].replace(",", "")) if found else 0


def press(screen: Screen, key: str, look: Callable[[], object]) -> float:
    """Seconds from ``key`` to the repaint after which ``look`` sees something else."""
    before = look()
    start = time.monotonic()
    screen.type(key)
    return screen.until(lambda: look() != before, 5.0) - start


def latencies(screen: Screen, count: int) -> list[tuple[str, float]]:
    """Cursor moves, flips, gauge pages and the action line, while training goes on."""

    def inspected() -> object:
        return [row[72:] for row in screen.lines[2:4]]

    def heading() -> object:
        return screen.lines[1][:40]

    def foot() -> object:
        return [row.startswith(" :") for row in screen.lines[-5:]]

    keys = [
        ("move", "\x1b[B", inspected), ("move", "\x1b[A", inspected),
        ("flip", "f", heading), ("flip", "f", heading),
        ("action line", ":", foot), ("its end", "\r", foot),
    ]  # fmt: skip
    found = []
    for n in range(count):
        kind, key, look = keys[n % len(keys)]
        screen.idle(0.1 + (n * 37 % 100) / 1000)  # at any moment of a frame
        found.append((kind, press(screen, key, look)))
    return found


def rate(screen: Screen, seconds: float) -> float:
    """Steps a second in the app, from the step it shows."""
    screen.idle(0.5)
    start, begun = screen.step(), time.monotonic()
    screen.idle(seconds)
    return (screen.step() - start) / (time.monotonic() - begun)


def headless(seconds: float, data: str, net: str) -> float:
    answer = subprocess.run(
        [sys.executable, "-c", HEADLESS, str(seconds), data, net],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return float(answer.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--keys", type=int, default=120)
    parser.add_argument("--size", default="120x36")
    parser.add_argument("--blocks", type=int, default=3)
    parser.add_argument("--idle", type=float, default=IDLE, help="seconds in which nothing happens")
    parser.add_argument("--scene", choices=list(SCENES), default="digits")
    asked = parser.parse_args()
    data, net, layer = SCENES[asked.scene]
    size = tuple(int(n) for n in asked.size.split("x"))
    print(f"{machine()}; calibration loop {calibrate():.1f} ms; terminal {asked.size}; {asked.scene}")
    with tempfile.TemporaryDirectory() as home:
        screen = Screen(home, (size[0], size[1]))
        screen.until(lambda: "A8" in screen.text and "Settings" in screen.text)
        screen.idle(1.5)
        screen.act(data, data.split()[1])
        screen.idle(1.0)
        screen.act(net, "adam")
        while "speed flat out" not in screen.text:
            press(screen, ">", lambda: screen.lines[0])
        screen.type(" ")
        screen.until(lambda: "step 1 " in screen.text)
        if layer:
            screen.act(f"view {layer}", f"{layer}  ")
        screen.idle(2.0)
        cpu, received = screen.link.cpu(), screen.link.received
        screen.idle(asked.idle)
        idle_cpu = (screen.link.cpu() - cpu) / asked.idle
        idle_bytes = (screen.link.received - received) / asked.idle
        print(
            f"idle Lab: {idle_cpu:.2%} CPU, {idle_bytes:.0f} bytes/s, targets <= 0.2%, 0 "
            f"{'ok' if idle_cpu < 0.00205 and not idle_bytes else 'MISSED'}"
        )
        inside, outside = [], []
        for _block in range(asked.blocks):
            outside.append(headless(asked.seconds, data, net))
            screen.type("r")
            screen.until(lambda: "r pause" in screen.text)
            received = screen.link.received
            inside.append(rate(screen, asked.seconds))
            sent = (screen.link.received - received) / (asked.seconds + 0.5)
            screen.type("r")
            screen.until(lambda: "r run" in screen.text)
        least = 0.75 if asked.scene == "attention" else 0.80  # of a GPT, whose steps are long
        share = sorted(a / b for a, b in zip(inside, outside))[asked.blocks // 2]
        print(
            f"training: {max(inside):.0f} steps/s in the app, {max(outside):.0f} without a screen, "
            f"share {share:.2f} (median of {asked.blocks} pairs), {sent / 1000:.1f} kB/s to the terminal, "
            f"target >= {least:.2f} {'ok' if share >= least else 'MISSED'}"
        )
        screen.type("r")
        screen.until(lambda: "r pause" in screen.text)
        found = latencies(screen, asked.keys)
        for kind in dict(found):
            of_kind = sorted(t for k, t in found if k == kind)
            print(
                f"  {kind:<12} p50 {of_kind[len(of_kind) // 2] * 1e3:.0f} ms, max {of_kind[-1] * 1e3:.0f} ms"
            )
        times = sorted(t for _kind, t in found)
        p95 = times[int(len(times) * 0.95)]
        print(
            f"key to repaint while training ({len(times)} keys): p50 {times[len(times) // 2] * 1e3:.0f} ms, "
            f"p95 {p95 * 1e3:.0f} ms, max {times[-1] * 1e3:.0f} ms, target p95 <= 50 ms "
            f"{'ok' if p95 <= 0.05 else 'MISSED'}"
        )
        screen.link.close()


if __name__ == "__main__":
    main()
