"""Few labels and many pictures without: a network labels the others itself, where it is sure enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.dataset import NO_TARGET, Split
from nnlab.data.generated.draws import Ids, Options
from nnlab.data.live import Ask, Columns, Draw, Story, Told
from nnlab.data.shipped import arrays
from nnlab.engine.address import Address
from nnlab.engine.expression import call, const, ref
from nnlab.engine.rng import permutation
from nnlab.i18n import _

GIVEN, OWN = 0, 1
"""The pictures of an example: one with a label that was given, one that the network may label."""


@dataclass(frozen=True)
class OwnLabels:
    """Pseudo-labels (Lee 2013): the most probable class counts as the label where it is more than ``sure``.

    They are made anew at every step with the network as it is then, from step ``after`` + 1 on.
    """

    sure: float
    after: int

    loss = ""
    metric = ""
    ahead = True
    rule = "t = argmax p where max p > sure, else none"
    writes = ("target", "confidence")

    def fill(self, batch: Columns, ask: Ask, draw: Draw, step: int) -> None:
        """Write the second column of ``target`` (B, 2) and ``confidence`` (B, 1), the largest probability."""
        p = ask()[:, OWN]
        batch["confidence"][:, 0] = p.max(axis=-1)
        certain = (batch["confidence"][:, 0] > self.sure) & (step > self.after)
        batch["target"][:, OWN] = np.where(certain, p.argmax(axis=-1), NO_TARGET)

    def score(self, batch: Columns) -> float:
        """The share of its own labels that are right; NaN where it has made none.

        No metric of a run, which is that of the task: whoever asks wants to know how good the labels are.
        """
        labels, truth = batch["target"][:, OWN], batch["truth"][:, 0]
        made = labels != NO_TARGET
        return float((labels[made] == truth[made]).mean()) if made.any() else float("nan")

    def story(self, values: Columns, n: int) -> Story:
        """The two pictures of example ``n``: its label, how sure the network is, what it really is."""
        given, own = (int(label) for label in values["target"][n])
        sure, truth = f"{float(values['confidence'][n, 0]):.4g}", f"{float(values['truth'][n, 0]):.0f}"
        name = ["–" if label < 0 else str(label) for label in (given, own)]
        rows = ((_("given"), name[GIVEN], "", name[GIVEN]), (_("its own"), name[OWN], sure, truth))
        return Story((_("label"), _("digit"), _("sure"), _("truth")), rows, " rrr")

    def explain(self, batch: Columns, address: Address) -> Told | None:
        if address.value == "truth":
            return Told(_("what was held back"), None, _("nothing learns from it; it is here to be compared"))
        if address.value == "confidence":
            note = _(
                "the largest probability of the second picture, with the weights that the step began with"
            )
            return Told("max p", None, note)
        if address.value != "target" or address.index[1] != OWN:
            return None
        n, _own = address.index
        confidence = float(batch["confidence"][n, 0])
        label = int(batch["target"][n, OWN])
        if label < 0 and confidence > self.sure:
            note = _("the network gives no labels before step {step}", step=self.after + 1)
            return Told(_("no label yet"), None, note)
        passed = call("[> 0]", ref(Address("confidence", (n, 0)), confidence) - const(self.sure, "sure"))
        best = int(batch["loss.p"][n, OWN].argmax()) if label < 0 else label
        note = _("digit {label} is the most probable one; −1 stands for no label", label=best)
        return Told(self.rule, const(best + 1) * passed - const(1.0), note)


def _in_turn(rows: Ids, digit: Ids) -> Ids:
    """``rows`` so that every ten of them are of ten classes, as long as there are all."""
    order = np.argsort(digit[rows], kind="stable")
    begun = np.searchsorted(digit[rows][order], digit[rows][order])
    turn = np.empty(len(rows), np.int64)
    turn[order] = np.arange(len(rows)) - begun  # how many of its class stand before a row
    return rows[np.argsort(turn, kind="stable")]


def few_digits(name: str, options: Options) -> Raw:
    """x (n, 2, 64), pixels of 0 … 1: a digit with a label and one without; y (n, 2), −1 for no label.

    The training rows pair every picture without a label with one of the ``labels`` that have one, in turn.
    In the other parts only the second picture is asked for.  Further inputs are ``confidence`` (n, 1), how
    sure the network is of its own label, and ``truth`` (n, 1), which nothing learns from.
    """
    held, labels = arrays("digits"), int(options["labels"])
    train, validation, test = (held[part].astype(np.int64) for part in ("train", "validation", "test"))
    digit = held["y"].astype(np.int64)
    order = _in_turn(train[permutation(int(options["seed"]), "data.labels", 0, len(train))], digit)
    known, unknown = order[:labels], order[labels:]
    second = np.concatenate([unknown, validation, test])
    first = known[np.arange(len(second)) % labels]
    y = np.stack([digit[first], digit[second]], axis=1)
    y[: len(unknown), OWN] = y[len(unknown) :, GIVEN] = NO_TARGET
    ends = np.cumsum([len(unknown), len(validation), len(test)])
    live = OwnLabels(float(options["sure"]), int(options["after"]))
    return Raw(
        held["x"][np.stack([first, second], axis=1)].astype(np.float32) / 16, y, "tokens",
        target_vocabulary=tuple("0123456789"), axes=("picture", "pixel"), live=live,
        split=Split(*np.split(np.arange(len(second)), ends[:2])),
        inputs={
            "confidence": np.zeros((len(second), 1), np.float32),
            "truth": digit[second].astype(np.float32)[:, None],
        },
    )  # fmt: skip
