"""Numbers one after the other: wave forms, forecasts, counting in pairs, remembering, adding; or typed."""

from __future__ import annotations

import math

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Array, Draws, Options
from nnlab.data.split import split_in_time
from nnlab.errors import NnlabError
from nnlab.i18n import _

STEPS = ("step", "number")
LENGTH = 24  # steps of waves and sines
LONGEST = 200  # steps of a sequence typed by hand


def waves(name: str, options: Options) -> Raw:
    """Sines, squares and saws of any phase, one to three periods: x (n, 24, 1)."""
    draw = Draws(options)
    y = draw.balanced(3)
    turns = draw.uniform("phase", 1) + (1 + 2 * draw.uniform("periods", 1)) * np.arange(LENGTH) / LENGTH
    sine = np.sin(2 * np.pi * turns)
    forms = np.stack([sine, np.where(sine >= 0, 1.0, -1.0), 2 * (turns % 1) - 1])  # (3, n, 24)
    x = forms[y, np.arange(draw.n)] + float(options["noise"]) * draw.normal("noise", LENGTH)
    return Raw(x[..., None], y, "multiclass", (), ("sine", "square", "saw"), ("form",), axes=STEPS)


def sines(name: str, options: Options) -> Raw:
    """What comes next: x (n, 24, 1) and y (n, 24, 1), the same series one step later.

    Sines of unknown phase and of one to three periods; or, with ``kind=walk``, sums of random steps, of
    which nobody can say more than "the same as now".
    """
    draw = Draws(options)
    if options["kind"] == "walk":
        series = np.cumsum(0.3 * draw.normal("walk", LENGTH + 1), axis=1)
    else:
        speed = (1 + 2 * draw.uniform("periods", 1)) / LENGTH
        series = np.sin(2 * np.pi * (draw.uniform("phase", 1) + speed * np.arange(LENGTH + 1)))
    series += float(options["noise"]) * draw.normal("noise", LENGTH + 1)
    x, y = series[:, :-1, None], series[:, 1:, None]
    return Raw(x, y, "regression", (), target_names=("next",), axes=STEPS)


def parity(name: str, options: Options) -> Raw:
    """Zeros and ones, x (n, length, 1); y: are the ones so far even or odd, at every step or at the end."""
    draw, length = Draws(options), int(options["length"])
    bits = draw.pick("bits", 2, length)
    odd = np.cumsum(bits, axis=1) % 2
    names = ("even", "odd")
    if options["labels"] == "final":
        return Raw(bits[..., None], odd[:, -1], "binary", (), names, ("parity",), axes=STEPS)
    return Raw(
        bits[..., None], odd, "tokens", (), target_names=("parity",), target_vocabulary=names, axes=STEPS
    )


def echo(name: str, options: Options) -> Raw:
    """Streams of −1 and 1 in windows: x (n, window, 1); y is what stood ``delay`` steps before, perhaps in an
    earlier window.

    Row t·streams + k is window t of stream k, and parts are stretches of time.  Batches of ``streams`` rows
    in this order go on where the batch before ended, as stateful layers read them.
    """
    window, delay, streams = int(options["window"]), int(options["delay"]), int(options["streams"])
    times = max(3, int(options["n"]) // streams)
    ones = Draws(options, delay + times * window).pick("signs", 2, streams).T  # (streams, time)
    signs = (2 * ones - 1).astype(np.float64)
    x, y = (_in_windows(part, times) for part in (signs[:, delay:], signs[:, : signs.shape[1] - delay]))
    return Raw(
        x[..., None], y[..., None], "regression", (), target_names=("echo",), axes=STEPS,
        split=split_in_time(str(options["split"]), times * streams, streams), streams=streams,
    )  # fmt: skip


def _in_windows(signs: Array, times: int) -> Array:
    """Streams (streams, times · window) as rows (times · streams, window), one time after the other."""
    streams = len(signs)
    return signs.reshape(streams, times, -1).transpose(1, 0, 2).reshape(times * streams, -1)


def adding(name: str, options: Options) -> Raw:
    """x (n, length, 2): numbers from 0 to 1, and a mark at one of each half; y: the sum of the marked two.

    Always answering 1 has a mean squared error of 1/6 (Hochreiter, Schmidhuber, 1997).
    """
    draw, length = Draws(options), int(options["length"])
    numbers, rows = draw.uniform("numbers", length), np.arange(draw.n)
    half = length // 2
    first = (draw.uniform("first") * half).astype(np.int64)
    second = half + (draw.uniform("second") * (length - half)).astype(np.int64)
    marks = np.zeros_like(numbers)
    marks[rows, first] = marks[rows, second] = 1
    y = numbers[rows, first] + numbers[rows, second]
    x = np.stack([numbers, marks], axis=2)
    return Raw(x, y, "regression", (), target_names=("sum",), axes=STEPS)


def sequence(name: str, options: Options) -> Raw:
    """One row of numbers typed by hand, x (1, T, 1); y (1, 1) at the end, or (1, T, 1) at every step."""
    x, y = _typed("x", str(options["x"])), _typed("y", str(options["y"]))
    if len(y) not in (1, len(x)):
        raise NnlabError(
            _(
                "x has {steps} steps and y {answers} numbers; y takes one number, or one for each step",
                steps=len(x),
                answers=len(y),
            )
        )
    target = y.reshape(1, -1, 1) if len(y) == len(x) > 1 else y.reshape(1, 1)
    return Raw(x.reshape(1, -1, 1), target, "regression", (), target_names=("right",), axes=STEPS)


def _typed(option: str, text: str) -> Array:
    """Numbers between commas, at most :data:`LONGEST`."""
    words = text.replace("，", ",").split(",")
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= LONGEST or not all(math.isfinite(value) for value in numbers):
        raise NnlabError(
            _(
                "{option}={text} cannot be read; write 1 to {most} numbers between commas, such as "
                "{option}=1,0,-0.5",
                option=option,
                text=text,
                most=LONGEST,
            )
        )
    return np.array(numbers)
