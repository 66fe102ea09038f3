"""The gradient thermometer: how much of the gradient is left on its way to the first layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.optimisers import fits
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Block, Line, Note, Scene, Table
from nnlab.training.diagnostics import LayerSigns
from nnlab.training.studies.gradients import Warmth, warmth

if TYPE_CHECKING:
    from nnlab.session.session import Session

COLD, HOT = -8.0, 2.0
"""Powers of ten at the ends of the thermometer."""
VERDICTS = {
    "vanishing": N_("VANISHING: the first layer's gradient is {times} times smaller than the last one's"),
    "exploding": N_("EXPLODING: the first layer's gradient is {times} times larger than the last one's"),
    "healthy": N_("healthy: from the last layer to the first the gradient changes by a factor of {times}"),
}

STEADY = N_("from the last layer to the first the gradient changes by a factor of {times}")
"""What is said of a gradient that arrives where a layer suffers from something else."""


def read(session: Session) -> Warmth:
    return warmth(session.need_run())


def scene(found: Warmth) -> Scene:
    """A bar for every layer, a tenth of it for each power of ten, and what each layer suffers from."""
    blocks: list[Block] = []
    if found.verdict:
        times = max(found.ratio, 1 / found.ratio) if found.ratio else math.inf
        told, role = VERDICTS[found.verdict], "good" if found.verdict == "healthy" else "bad"
        if role == "good" and any(sign.troubles for sign in found.signs):
            told, role = STEADY, "text"
        if not found.ratio:
            told = N_("VANISHING: the first layer's gradient is 0")
        blocks.append(Note(_(told).format(times=number(times, 3)), role))
    lines = tuple(
        Line(sign.layer, sign.gradient, None, _told(found, sign), share=_height(sign.gradient))
        for sign in found.signs
    )
    blocks.append(Table(_("size of dL/dW, a tenth of the bar for each power of ten"), lines, "share", 1.0, 3))
    blocks += [Note(trouble, "bad") for sign in found.signs for trouble in sign.troubles]
    return Scene(_("gradient thermometer"), tuple(blocks))


def _height(gradient: float) -> float:
    power = math.log10(gradient) if gradient > 0 and math.isfinite(gradient) else COLD
    return (min(HOT, max(COLD, power)) - COLD) / (HOT - COLD)


def _told(found: Warmth, sign: LayerSigns) -> str:
    """Update to weight, dead and saturated units, as far as they are known."""
    if sign.layer not in found.learning:
        return _("does not learn in this step")
    told = [] if math.isnan(sign.ratio) else [_("update/weight {ratio}", ratio=number(sign.ratio, 2))]
    if not math.isnan(sign.dead):
        told.append(_("dead {share}", share=f"{sign.dead:.0%}"))
    if sign.layer in found.saturated:
        told.append(_("saturated {share}", share=f"{found.saturated[sign.layer]:.0%}"))
    return ", ".join(told)


PAGE = ScenePage("thermometer", N_("thermometer"), fits, read, scene)
