"""What drawing costs, against the targets and against Textual's stock way in the same run.

    python benchmarks/drawing.py [full one drift curve pace slow slowfull idle maps attention lstm]

A 100 x 40 canvas of half blocks at 33 levels, on a real pseudo-terminal of 120 x 45; or the heaviest views of
layers on it, made anew for every frame: turned from forward to backward, or the cursor moved by one number.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from terminal import Link, calibrate, machine

ROOT = Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 100, 40
FRAMES = 120
MARK = re.compile(rb"T=(\d{10}) K=(\d{3}) F=(\d{5})")


def child(change: str, how: str, color: str, fps: float, frames: int, out: str) -> None:
    """The app that is measured: ``how`` is "ours" or "stock"."""
    if not fps:
        os.environ["TEXTUAL_FPS"] = "2000"  # as fast as it goes: CPU per frame
    import numpy as np
    from rich.segment import Segment
    from textual.app import ComposeResult
    from textual.drivers import linux_driver
    from textual.strip import Strip
    from textual.widget import Widget
    from textual.widgets import Label

    from nnlab.tui import cells, output, pictures
    from nnlab.tui.canvas import CellCanvas
    from nnlab.tui.capabilities import FULL, detect
    from nnlab.tui.drawing import DrawingApp
    from nnlab.tui.glyphs import character
    from nnlab.tui.quantise import Quantiser

    sent = [0]
    write = linux_driver.LinuxDriver.write

    def counted(self: linux_driver.LinuxDriver, data: str) -> None:
        sent[0] += len(data.encode())
        write(self, data)

    linux_driver.LinuxDriver.write = counted
    if how == "stock":
        output.fits = lambda: False
    random = np.random.default_rng(0)
    y, x = np.mgrid[0 : 2 * HEIGHT, 0:WIDTH]
    css = f" {{ width: {WIDTH}; height: {HEIGHT}; }}"

    class Field:
        """The picture's numbers, -1..1, and how they change."""

        def __init__(self) -> None:
            self.k = 0
            self.values = random.normal(0, 0.5, (60, 64)) if change == "drift" else self.wave()
            self.quantiser = Quantiser(33, 0.5 if change in ("full", "slowfull") else 0.75)

        def wave(self) -> np.ndarray:
            return 0.5 * np.sin(x / 9 + self.k / 5) + 0.5 * np.cos(y / 11 - self.k / 7)

        def step(self) -> cells.Cells:
            self.k += 1
            if change in ("full", "slowfull"):
                self.values = self.wave()
            elif change == "one":
                self.values[40, 90] = -self.values[40, 90] or 1.0
            elif change == "drift":
                self.values = self.values + random.normal(0, 0.004, self.values.shape)  # 0.064 of a level
            elif change != "idle":
                at = random.integers(0, self.values.size, self.values.size // 40)
                self.values.ravel()[at] = random.uniform(-1, 1, len(at))
            return pictures.heatmap(self.values, HEIGHT, WIDTH, 1.0, FULL, self.quantiser)

    class Scenes(Field):
        """The view of a layer; what changes is the way it is read, or the number it is turned to."""

        def __init__(self, scene: str, change: str) -> None:
            from alive import SCENES

            from nnlab.session import Session, views
            from nnlab.session.moment import Moment

            self.k, self.change, self.views, self.moment = 0, change, views, Moment
            self.session = Session()
            data, net, self.layer = SCENES[scene]
            for line in (data, net, "step batch"):
                self.session.execute(line)

        def step(self) -> cells.Cells:
            from nnlab.tui.bench import blocks

            self.k += 1
            moment = self.moment.of(self.session, flip=self.change == "flip" and bool(self.k % 2))
            column = moment.column(self.layer) or self.views.part(moment, self.layer)
            at = self.views.first_at(moment, column)
            if self.change == "move":
                at = at.at(*at.index[:-1], self.k % 2)
            scene = self.views.scene_of(moment, column, at, at)
            return blocks.draw(scene, at, HEIGHT, WIDTH).cells

    class Ours(CellCanvas):
        DEFAULT_CSS = "Ours" + css

        def show(self, picture: cells.Cells) -> None:
            self.commit(picture)

    class Stock(Widget):
        """Textual's line API with cached styles: the fastest of its public ways."""

        DEFAULT_CSS = "Stock" + css
        picture: cells.Cells | None = None
        known: dict[tuple[int, int, int], Segment]

        def show(self, picture: cells.Cells) -> None:
            self.picture = picture
            self.refresh()

        def on_mount(self) -> None:
            from nnlab.tui.palette import palette
            from nnlab.tui.themes import canvas_colors

            self.known_colors = palette(canvas_colors(self.app.current_theme), self.app.capabilities.color)
            self.known = {}

        def segment(self, cell: tuple[int, int, int]) -> Segment:
            found = self.known.get(cell)
            if found is None:
                g, f, b = cell
                found = self.known[cell] = Segment(character(g), self.known_colors.style(f, b))
            return found

        def render_line(self, y: int) -> Strip:
            if self.picture is None:
                return Strip.blank(WIDTH)
            return Strip([self.segment(tuple(cell)) for cell in self.picture[y].tolist()], WIDTH)

    class Bench(DrawingApp):
        running = False
        keys = drawn = 0

        def compose(self) -> ComposeResult:
            self.label = Label("T=0000000000 K=000 F=00000")
            self.label.styles.dock = "bottom"
            yield self.label
            self.canvas = Stock() if how == "stock" else Ours()
            yield self.canvas

        def on_ready(self) -> None:
            scene, _dash, how_changed = change.partition("-")
            self.field = Scenes(scene, how_changed) if how_changed else Field()
            self.canvas.show(self.field.step())
            if change == "idle":
                return
            self.frame_clock.fps = fps or 1e6
            self.times: list[float] = []
            self.set_timer(0.5, self.begin)

        def begin(self) -> None:
            self.running = True
            self.want()

        def want(self) -> None:
            self.request_frame("field", self.draw)

        def draw(self) -> None:
            self.drawn += 1
            self.canvas.show(self.field.step())
            if change.startswith("slow"):
                self.mark()
                self.want()

        def quality_changed(self, quality: object) -> None:
            if change.startswith("slow"):
                self.frame_clock.fps = fps  # the link is measured with full pictures

        def mark(self) -> None:
            now = int(time.monotonic() * 1000) % 10**10
            self.label.update(f"T={now:010d} K={self.keys:03d} F={self.drawn:05d}", layout=False)

        def on_key(self) -> None:
            self.keys += 1
            self.mark()

        def post_display_hook(self) -> None:
            super().post_display_hook()
            if not self.running or change.startswith("slow"):
                return
            self.times.append(time.perf_counter())
            if len(self.times) == 6:
                self.cpu, self.bytes = time.process_time(), sent[0]
            if len(self.times) >= frames + 6:
                self.running = False
                result = {
                    "cpu": (time.process_time() - self.cpu) / frames * 1e3,
                    "bytes": (sent[0] - self.bytes) / frames,
                    "times": self.times[6:],
                }
                Path(out).write_text(json.dumps(result))
                self.exit()
            else:
                self.want()

    Bench(capabilities=detect(color), link="fast" if not fps else "auto").run()


def measure(
    change: str, how: str = "ours", color: str = "true", fps: float = 0, frames: int = FRAMES
) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "result.json")
        argv = [sys.executable, __file__, "--child", change, how, color, str(fps), str(frames), str(out)]
        link = Link(argv, env={"PYTHONPATH": str(ROOT)})
        link.run(60)
        link.close()
        return json.loads(out.read_text())


def best(change: str, how: str, color: str = "true", rounds: int = 3) -> tuple[float, float]:
    """(CPU ms, bytes) a frame, CPU of the best round."""
    results = [measure(change, how, color) for _ in range(rounds)]
    return min(r["cpu"] for r in results), results[0]["bytes"]


def report(row: str, value: str, target: str, good: bool) -> None:
    print(f"{row:44s} {value:42s} target {target:22s} {'ok' if good else 'MISSED'}", flush=True)


def cost(change: str, name: str, cpu_limit: float, byte_limit: float) -> None:
    ours, stock = best(change, "ours"), best(change, "stock", rounds=1)
    low = best(change, "ours", "256", rounds=1)
    value = f"{ours[0]:.2f} ms, {ours[1]:,.0f} B (256: {low[1]:,.0f} B)"
    target = " ".join(
        ([f"<= {cpu_limit:g} ms"] if cpu_limit else []) + ([f"<= {byte_limit:g} B"] if byte_limit else [])
    )
    good = (not cpu_limit or ours[0] <= cpu_limit) and (not byte_limit or ours[1] <= byte_limit)
    report(name, value, target, good)
    ratios = f"ratio {ours[0] / stock[0]:.3f}, bytes {ours[1] / stock[1]:.4f}"
    print(f"{'':44s} stock Textual {stock[0]:.2f} ms, {stock[1]:,.0f} B; {ratios}")


def view(scene: str) -> None:
    """CPU and bytes of a frame of a layer's view, the scene made anew each time."""
    for change in ("flip", "move"):
        cpu, sent = best(f"{scene}-{change}", "ours", rounds=2)
        report(f"view {scene}, {change}", f"{cpu:.2f} ms, {sent:,.0f} B", "<= 16 ms", cpu <= 16)


def curve() -> None:
    import numpy as np

    from nnlab.tui.curves import Series, chart

    y = np.exp(-np.arange(1000) / 200) + np.random.default_rng(0).normal(0, 0.03, 1000)
    times = []
    for _ in range(200):
        start = time.process_time()
        chart(25, WIDTH, [Series("train", y), Series("validation", y + 0.1)], title="loss", x_name="step")
        times.append(time.process_time() - start)
    ms = sorted(times)[len(times) // 2] * 1e3
    report("two live curves of 1,000 points, 100x25", f"{ms:.2f} ms median", "<= 1 ms", ms <= 1)


def pace() -> None:
    times = measure("full", fps=30, frames=300)["times"]
    gaps = sorted((b - a) * 1e3 for a, b in itertools.pairwise(times))
    p50, p99 = gaps[len(gaps) // 2], gaps[int(len(gaps) * 0.99)]
    fps = len(gaps) / (times[-1] - times[0])
    report(
        "30 fps, every cell changing",
        f"{fps:.1f} fps, p50 {p50:.1f}, p99 {p99:.1f} ms",
        "p99 <= 40 ms",
        p99 <= 40,
    )


def slow(change: str, name: str, lag_limit: float, key_limit: float, seconds: float = 20.0) -> None:
    argv = [sys.executable, __file__, "--child", change, "ours", "true", "30", "0", "-"]
    link = Link(argv, rate=125_000, delay=0.1, buffer=1 << 18, env={"PYTHONPATH": str(ROOT)})
    lags: list[float] = []
    shown: list[float] = []
    typed: list[float] = []
    tail = b""
    frames: set[bytes] = set()

    def seen(now: float, data: bytes) -> None:
        nonlocal tail
        text = tail + data
        end = 0
        for match in MARK.finditer(text):
            end = match.end()
            lags.append(now * 1000 % 10**10 - int(match[1]))
            frames.add(match[3])
            while len(shown) < int(match[2]):
                shown.append(now)
        tail = text[max(end, len(text) - 30) :]

    link.run(6, seen)
    lags.clear()
    frames.clear()
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        typed.append(time.monotonic())
        link.type(b"x")
        link.run(2.5, seen)
    link.close()
    lags.sort()
    if not lags or not shown:
        report(name, "nothing arrived", "", False)
        return
    keys = sorted(b - a for a, b in zip(typed, shown))
    middle, last, key = lags[len(lags) // 2] / 1e3, lags[-1] / 1e3, keys[len(keys) // 2]
    value = f"lag {middle:.2f} s (max {last:.2f}), key {key:.2f} s, {len(frames) / seconds:.1f} fps"
    target = f"<= {lag_limit} s" + (f", key <= {key_limit} s" if key_limit else "")
    lost = len(typed) - len(shown)
    report(name, value, target, middle <= lag_limit and (not key_limit or key <= key_limit) and lost <= 1)


def idle(seconds: float = 20.0) -> None:
    argv = [sys.executable, __file__, "--child", "idle", "ours", "true", "0", "0", "-"]
    link = Link(argv, env={"PYTHONPATH": str(ROOT)})
    link.run(4)
    cpu, received = link.cpu(), link.received
    link.run(seconds)
    share, rate = (link.cpu() - cpu) / seconds * 100, (link.received - received) / seconds
    link.close()
    report(
        "idle session", f"{share:.2f} % CPU, {rate:.0f} B/s", "<= 0.2 %, 0 B/s", share <= 0.2 and rate == 0
    )


ROWS = {
    "full": lambda: cost("full", "every cell changes", 4, 0),
    "one": lambda: cost("one", "one cell changes", 2, 100),
    "drift": lambda: cost("drift", "64x60 weights drifting", 0, 4000),
    "curve": curve,
    "pace": pace,
    "slow": lambda: slow("slow", "1 Mbit/s, 200 ms round trip, 5 % of cells", 0.3, 0.4),
    "slowfull": lambda: slow("slowfull", "1 Mbit/s, 200 ms round trip, every cell", 1.0, 0),
    "idle": idle,
    "maps": lambda: view("maps"),
    "attention": lambda: view("attention"),
    "lstm": lambda: view("lstm"),
}


def main() -> None:
    unknown = [name for name in sys.argv[1:] if name not in ROWS]
    if unknown:
        sys.exit(f"no row {unknown[0]!r}; there are {', '.join(ROWS)}")
    sys.path.insert(0, str(ROOT))
    print(f"{machine()}; calibration loop {calibrate():.1f} ms")
    for name in sys.argv[1:] or ROWS:
        ROWS[name]()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        change, how, color, fps, frames, out = sys.argv[2:]
        child(change, how, color, float(fps), int(frames), out)
    else:
        main()
