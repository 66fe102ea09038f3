"""The line above the bench: data, network, knobs, and how training goes; each knob can be turned in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import _
from nnlab.session.figures import minus
from nnlab.tui.bench.charts import clock
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.cells import blank, clip, fill, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.session.trainer import Frame

RATES = tuple(m * 10.0**e for e in range(-6, 2) for m in (1, 2, 5))


@dataclass(frozen=True)
class Dials:
    """What the line shows."""

    data: str = ""
    network: str = ""
    optimizer: str = ""
    lr: float | None = None
    batch: int | None = None
    seed: int = 1
    loss: float | None = None
    metric: tuple[str, float] | None = None
    held: bool = False
    """Whether the metric is that of the validation part."""
    running: bool = False
    rate: float = 0.0
    left: float | None = None
    step: int = 0
    speed: float | None = None
    """Steps a second that ``run`` keeps to; None is flat out."""
    flat_out: bool = False
    """Whether training goes on as fast as it runs."""
    patience: int = 0
    """Epochs without a better one that training bears; 0 for any number."""


def dials_of(session: Session, frame: Frame | None = None) -> Dials:
    """The dials of the session's current run; ``frame`` while training goes on."""
    bench, run = session.bench, session.run
    setup = bench.setup
    loss = metric = None
    held = False
    if run is not None and run.history.count:
        loss = float(run.history.losses[-1]) if frame is None or frame.loss is None else frame.loss
        if run.history.epochs:
            row = run.history.epochs[-1]
            held = row.val_metric == row.val_metric
            value = row.val_metric if held else row.train_metric
            metric = (run.history.metric, value)
    trainer = session.trainer
    rate = _rate(setup.optimizer)
    if rate is None and run is not None:
        rate = run.lr if frame is None else frame.lr
    return Dials(
        bench.data_text,
        bench.network_text,
        setup.optimizer.split()[0],
        rate,
        setup.batch_size,
        setup.seed,
        loss,
        metric,
        held,
        trainer.running,
        0.0 if frame is None else frame.rate,
        None if frame is None else frame.seconds_left,
        0 if frame is None else frame.step,
        trainer.speed,
        trainer.running and trainer.pace is None,
        setup.patience,
    )


def _rate(optimizer: str) -> float | None:
    for word in optimizer.split():
        if word.startswith("lr="):
            return float(word[3:])
    return None


def draw(dials: Dials, cursor: object, width: int, sight: Sight = PLAIN) -> Picture:
    """(1, width, 3); spots are ("knob", name)."""
    cells = blank(1, width, Role.PANEL)
    spots: list[Spot] = []
    right = _training(dials, sight)
    room = width - columns(right) - 2
    x = 1
    for name, label, value in _knobs(dials, room):
        if x + columns(label + value) > room:
            break
        x += text(cells, 0, x, label, Role.MUTED)
        ink = Role.PRIMARY if name == "net" else Role.TEXT
        size = text(cells, 0, x, value, ink)
        spots.append(Spot(0, x, size, ("knob", name)))
        if cursor == ("knob", name):
            colours = (Role.CURSOR_TEXT, Role.CURSOR) if sight.focus else (Role.TEXT, Role.SELECTION)
            fill(cells, 0, x, 1, size, None, *colours)
        x += size + 2
    ink = Role.SUCCESS if dials.running else Role.MUTED
    text(cells, 0, width - columns(right) - 1, right, ink)
    return Picture(cells, tuple(spots))


NAMES = 16
"""Columns that data and network had better have, both together."""
ROOMY = 4 * NAMES
"""Columns that are left where also a knob is shown that nobody has turned."""


def _knobs(dials: Dials, room: int) -> list[tuple[str, str, str]]:
    """(knob, label, value) of what fits into ``room``; data and network share what the others leave.

    Where that is little the seed goes, then the word before the speed, and while training goes on the speed
    itself: the rate stands on the right.
    """
    speed = speed_text(dials.speed)
    knobs = {
        "optimizer": ("", dials.optimizer),
        "lr": ("lr ", "" if dials.lr is None else f"{dials.lr:g}"),
        "batch": (_("batch") + " ", _("all") if dials.batch is None else str(dials.batch)),
        "seed": (_("seed") + " ", str(dials.seed)),
        "patience": (_("patience") + " ", str(dials.patience or _("none"))),
        "speed": (_("speed") + " ", speed),
    }

    def left() -> int:
        used = sum(columns(label + value) + 2 for label, value in knobs.values() if value)
        return room - used - 5

    if not dials.patience and left() < ROOMY:
        knobs["patience"] = ("", "")
    if left() < NAMES:
        knobs["seed"] = ("", "")
    if left() < NAMES:
        knobs["speed"] = ("", "" if dials.running else speed)
    data, network = dials.data or _("no data"), dials.network or _("no network")
    free = max(NAMES // 2, left())
    size = min(columns(data), max(NAMES // 4, free // 3))
    names = [("data", "", clip(data, size)), ("net", "", clip(network, free - size))]
    return names + [(name, label, value) for name, (label, value) in knobs.items() if value]


def _training(dials: Dials, sight: Sight) -> str:
    """Loss, metric and speed."""
    parts = []
    if dials.loss is not None:
        parts.append(_("loss") + " " + minus(f"{dials.loss:.4g}", sight.caps))
    if dials.metric is not None:
        name, value = dials.metric
        label = "R2" if name == "r2" else _(name)
        shown = f"{value:.1%}" if name == "accuracy" else minus(f"{label} {value:.3f}", sight.caps)
        parts.append(f"{_('val')} {shown}" if dials.held else shown)
    if dials.running:
        arrow = ("▶" if sight.caps.unicode else ">") * (2 if dials.flat_out else 1)
        parts.append(f"{arrow} " + _("{rate} steps/s", rate=_short(dials.rate)))
        if left := clock(dials.left):
            parts.append(_bar(dials, sight) + " " + _("{time} left", time=left))
    if not parts:
        parts.append(("■ " if sight.caps.unicode else "# ") + _("not trained"))
    return "  ".join(parts)


BAR = 8


def _bar(dials: Dials, sight: Sight) -> str:
    """How much of the training asked for is done."""
    ahead = (dials.left or 0.0) * dials.rate
    share = dials.step / ((dials.step + ahead) or 1.0)
    done = round(share * BAR)
    full, rest = ("━", "─") if sight.caps.unicode else ("=", "-")
    return full * done + rest * (BAR - done) + f" {share:.0%}"


def _short(rate: float) -> str:
    return f"{rate / 1000:.1f}k" if rate >= 1000 else f"{rate:.0f}"


def turned(dials: Dials, knob: str, step: int, optimizers: tuple[str, ...]) -> str:
    """The action that turns ``knob`` by one notch; empty where it has none."""
    if knob == "lr" and dials.lr:
        if step > 0:
            rate = next((r for r in RATES if r > dials.lr * 1.001), dials.lr * 2)
        else:
            rate = next((r for r in reversed(RATES) if r < dials.lr * 0.999), dials.lr / 2)
        return f"lr {rate:g}"
    if knob == "batch":
        size = dials.batch or 1
        return f"batch {size * 2 if step > 0 else max(1, size // 2)}"
    if knob == "patience":
        return f"patience {max(0, dials.patience + step) or 'none'}"
    if knob == "seed":
        return f"seed {max(0, dials.seed + step)}"
    if knob == "optimizer":
        at = optimizers.index(dials.optimizer) if dials.optimizer in optimizers else 0
        return f"optimizer {optimizers[(at + step) % len(optimizers)]}"
    return ""


def speed_text(speed: float | None) -> str:
    """A speed as the line and the settings write it."""
    return _("flat out") if speed is None else f"{speed:g}/s"
