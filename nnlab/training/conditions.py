"""Breakpoints: a condition on a run that stops it at the very step, with the reason.

``epoch = 5``, ``step = 100``, ``loss < 0.1``, ``val_loss rises 5``, ``val_loss stalls 5``,
``val_accuracy > 95%``, ``dead(dense1) > 30%``, ``|grad(dense1)| < 1e-6``, ``|grad| > 100`` (all layers),
``loss is nan``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.given import written
from nnlab.i18n import N_, _
from nnlab.nearest import nearby, nearest

if TYPE_CHECKING:
    from nnlab.training.run import Run

_COMPARE = re.compile(
    r"^(?P<what>[^<>=]+?)\s*(?P<sign><=|>=|<|>|=|==)\s*(?P<value>[-+0-9.eE]+)\s*(?P<percent>%?)$"
)
_COUNTED = re.compile(r"^(?P<what>\w+)\s+(?P<sign>rises|stalls)\s+(?P<times>\d+)(\s+(times|epochs))?$")
_ISNAN = re.compile(r"^(?P<what>\w+)\s+is\s+nan$")
_LAYER = re.compile(r"^(?P<what>dead|\|grad|\|update)(\((?P<layer>[\w.]+)\))?(?P<bar>\|?)$")

EPOCH_QUANTITIES = (
    "val_loss",
    "train_loss",
    "val_accuracy",
    "train_accuracy",
    "val_r2",
    "train_r2",
    "train_reward",
)
_LOSS = (-math.inf, math.inf, N_("a loss is a finite number"))
_NOT_NEGATIVE = (0.0, math.inf, N_("a loss is never below 0"))
COMPARED = ("<", "<=", ">", ">=")
LOSS_QUANTITIES = ("loss", "val_loss", "train_loss")
_LENGTH = (0.0, math.inf, N_("a length is never below 0"))
_R2 = (-math.inf, 1.0, N_("R² is never above 1"))
_ACCURACY = (0.0, 1.0, N_("an accuracy lies between 0 and 1, which is 0% to 100%"))
RANGES: dict[str, tuple[float, float, str]] = {
    "step": (1.0, math.inf, N_("steps are counted 1, 2, 3 and so on")),
    "epoch": (1.0, math.inf, N_("epochs are counted 1, 2, 3 and so on")),
    "loss": _LOSS,
    "val_loss": _LOSS,
    "train_loss": _LOSS,
    "val_accuracy": _ACCURACY,
    "train_accuracy": _ACCURACY,
    "val_r2": _R2,
    "train_r2": _R2,
    "train_reward": (-math.inf, math.inf, N_("a reward is a finite number")),
    "dead": (0.0, 1.0, N_("a share lies between 0 and 1, which is 0% to 100%")),
    "grad": _LENGTH,
    "update": _LENGTH,
}
"""The least and the most a quantity can be, and that in words."""

EXAMPLES = (
    "epoch = 5",
    "step = 100",
    "loss < 0.1",
    "val_loss rises 5",
    "val_loss stalls 5",
    "dead(dense1) > 30%",
    "loss is nan",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """``quantity sign value``; ``sign`` may also be ``rises`` (value epochs in a row), ``stalls`` (value
    epochs without a better one) or ``is nan``.

    ``every`` is ``step`` or ``epoch``: when it can become true.
    """

    quantity: str
    sign: str
    value: float
    layer: str = ""
    percent: bool = False

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Raises NnlabError with examples where the text is not a condition."""
        words = " ".join(written(_("a condition"), text, "val_loss rises 5").split())
        if match := _COUNTED.match(words):
            quantity = _quantity(match["what"], EPOCH_QUANTITIES)
            if int(match["times"]) < 1:
                raise NnlabError(_("“{text}”: {sign} needs a count from 1", text=text, sign=match["sign"]))
            return cls(quantity, match["sign"], float(match["times"]))
        if match := _ISNAN.match(words):
            return cls(_quantity(match["what"], ("loss",)), "is nan", 0.0)
        match = _COMPARE.match(words)
        if match is None:
            raise NnlabError(
                _(
                    "“{text}” is not a condition; write one like: {examples}",
                    text=text,
                    examples=" · ".join(EXAMPLES),
                )
            )
        try:
            value = float(match["value"])
        except ValueError:
            raise NnlabError(_("“{value}” is not a number", value=match["value"])) from None
        percent = bool(match["percent"])
        value = value / 100 if percent else value
        sign = "=" if match["sign"] == "==" else match["sign"]
        what = match["what"].strip()
        if layered := _LAYER.match(what):
            quantity = layered["what"].lstrip("|")
            if quantity == "dead" and not layered["layer"]:
                raise NnlabError(_("“{text}”: dead needs a layer, as in dead(dense1) > 30%", text=text))
            return cls(quantity, sign, value, layered["layer"] or "", percent)._possible()
        quantity = _quantity(what, ("epoch", "step", "loss", *EPOCH_QUANTITIES))
        if sign == "=" and quantity not in ("epoch", "step"):
            raise NnlabError(_("compare {what} with < or >: it hardly ever equals a number", what=what))
        return cls(quantity, sign, value, "", percent)._possible()

    def _possible(self, within: tuple[float, float, str] | None = None) -> Condition:
        """This condition.  Raises NnlabError where it holds at no value that the quantity can have."""
        value = self.value
        low, high, why = within or RANGES[self.quantity]
        holds = {
            "<": low < value,
            "<=": low <= value,
            ">": value < high,
            ">=": value <= high,
            "=": low <= value <= high and value % 1 == 0,
        }
        if not math.isfinite(value) or not holds[self.sign]:
            raise NnlabError(_("“{text}” can never hold: {why}", text=self.text, why=_(why)))
        return self

    @property
    def every(self) -> str:
        return "epoch" if self.quantity in EPOCH_QUANTITIES else "step"

    @property
    def text(self) -> str:
        if self.sign in _COUNTS:
            return f"{self.quantity} {self.sign} {self.value:g}"
        if self.sign == "is nan":
            return f"{self.quantity} is nan"
        of = f"({self.layer})" if self.layer else ""
        name = {"dead": f"dead{of}", "grad": f"|grad{of}|", "update": f"|update{of}|"}
        shown = f"{self.value * 100:g}%" if self.percent else f"{self.value:g}"
        return f"{name.get(self.quantity, self.quantity)} {self.sign} {shown}"

    def check_against(self, run: Run) -> None:
        """Raises NnlabError where the condition names a layer or a metric this run does not have."""
        from nnlab.training import diagnostics

        if self.layer:
            names = run.network.names
            if self.layer not in names:
                near = nearby(self.layer, names) or list(names)
                raise NnlabError(
                    _("there is no layer “{layer}”; nearest: {near}", layer=self.layer, near=", ".join(near))
                )
            diagnostics.require(run, self.quantity, self.layer)
        if (
            self.quantity in LOSS_QUANTITIES
            and self.sign in COMPARED
            and not run.config.loss_rule.kind.signed
        ):
            self._possible(_NOT_NEGATIVE)
        metric = run.history.metric
        if self.quantity.endswith(("accuracy", "r2", "reward")) and not self.quantity.endswith(metric):
            raise NnlabError(_("this run measures {metric}, not {what}", metric=metric, what=self.quantity))
        if self.quantity.startswith("val_") and not len(run.data.split.validation):
            raise NnlabError(
                _("{data} has no validation part to measure {what}", data=run.data.name, what=self.quantity)
            )

    def require_ahead(self, run: Run) -> None:
        """Raises NnlabError where the condition names a step or an epoch that will not come any more."""
        if self.quantity not in ("step", "epoch") or self.sign != "=":
            return
        now = self.measure(run)
        if self.value <= now:
            raise NnlabError(
                _(
                    "“{text}” will not come: this run is at {what} {now}",
                    text=self.text,
                    what=self.quantity,
                    now=int(now),
                )
            )

    def step_in(self, run: Run) -> int | None:
        """The step at which it holds, where that follows from the order of the batches alone."""
        if self.sign != "=" or self.quantity not in ("step", "epoch"):
            return None
        if self.quantity == "step":
            return int(self.value)
        ended = [row.step for row in run.history.epochs if row.epoch == self.value]
        ahead = int(self.value - self.measure(run))
        return ended[-1] if ended else run.order.last_step(ahead, run.step_count) if ahead > 0 else None

    def holds(self, run: Run) -> bool:
        if self.sign in _COUNTS:
            return _COUNTS[self.sign](self.quantity, run) >= self.value
        if self.quantity == "epoch" and self.sign == "=" and not run.order.ends_epoch(run.step_count):
            return False  # an epoch is over at one step, not all through the next epoch
        measured = self.measure(run)
        if self.sign == "is nan":
            return measured != measured
        return bool(
            {
                "<": measured < self.value,
                ">": measured > self.value,
                "<=": measured <= self.value,
                ">=": measured >= self.value,
                "=": measured == self.value,
            }[self.sign]
        )

    def measure(self, run: Run) -> float:
        """What the quantity is now."""
        from nnlab.training import diagnostics

        if self.quantity == "step":
            return run.step_count
        if self.quantity == "epoch":
            return run.order.epochs_begun(run.step_count) - (not run.order.ends_epoch(run.step_count))
        if self.quantity == "loss":
            return run.loss
        if self.quantity == "dead":
            return diagnostics.dead_share(run, self.layer)
        if self.quantity == "grad":
            return diagnostics.gradient_norm(run, self.layer)
        if self.quantity == "update":
            return diagnostics.update_norm(run, self.layer)
        return getattr(run.history.epochs[-1], _FIELD[self.quantity]) if run.history.epochs else float("nan")


_FIELD = {
    "val_loss": "val_loss",
    "train_loss": "train_loss",
    "val_accuracy": "val_metric",
    "val_r2": "val_metric",
    "train_accuracy": "train_metric",
    "train_r2": "train_metric",
    "train_reward": "train_metric",
}


def rises(quantity: str, run: Run) -> int:
    """How many epochs in a row the quantity has risen, up to now."""
    values = _until_now(quantity, run)
    count = 0
    for before, after in zip(reversed(values[:-1]), reversed(values)):
        if not after > before:
            break
        count += 1
    return count


def stalls(quantity: str, run: Run) -> int:
    """How many epochs have gone by since the best one: the least loss, the largest metric."""
    values = [(-1 if quantity.endswith("loss") else 1) * value for value in _until_now(quantity, run)]
    known = [value for value in values if not math.isnan(value)]
    return len(values) - 1 - values.index(max(known)) if known else len(values)


def _until_now(quantity: str, run: Run) -> list[float]:
    """The quantity at the end of every epoch, up to where the run stands."""
    rows = [row for row in run.history.epochs if row.step <= run.step_count]
    return [getattr(row, _FIELD[quantity]) for row in rows]


_COUNTS = {"rises": rises, "stalls": stalls}


def _quantity(word: str, known: tuple[str, ...]) -> str:
    if word in known:
        return word
    # A norm or a share by the name that comes to mind first.
    norms = {"grad": "|grad|", "update": "|update|", "norm": "|grad|", "dead": "dead(dense1)"}
    meant = next((way for part, way in norms.items() if part in word.lower()), "")
    near = meant or nearest(word, known)
    hint = _("did you mean {near}?", near=near) if near else _("known: {known}", known=", ".join(known))
    raise NnlabError(_("“{word}” cannot be watched; {hint}", word=word, hint=hint))
