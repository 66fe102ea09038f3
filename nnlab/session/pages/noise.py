"""How much the gradient of a mini-batch is chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Histogram, Line, Note, Scene, Table
from nnlab.training.studies.noise import Noise, noise

if TYPE_CHECKING:
    from nnlab.session.session import Session

BINS = 24


def fits(session: Session) -> bool:
    return session.run is not None and not session.run.network.duel and session.run.step_count > 0


def read(session: Session) -> Noise:
    return noise(session.need_run())


def scene(found: Noise) -> Scene:
    """The agreement of batches layer by layer, how long their gradients are, and the noise scale."""
    told = _("{n} batches of {batch} examples at the same weights", n=found.batches, batch=found.batch)
    small = found.batch < found.scale
    verdict = (
        _("noise scale {scale}: most of a gradient of {batch} examples is chance",
          scale=number(found.scale, 3), batch=found.batch)
        if small
        else _("noise scale {scale}: larger batches would say nearly the same", scale=number(found.scale, 3))
    )  # fmt: skip
    lines = tuple(
        Line(layer.layer, layer.cosine, note=_("signal {signal}, noise {noise}",
                                               signal=number(layer.signal, 3), noise=number(layer.noise, 3)))
        for layer in found.layers
    )  # fmt: skip
    edges = np.histogram_bin_edges(found.norms, BINS)
    counts = np.histogram(found.norms, edges)[0]
    spread = Histogram(_("length of the gradient, batch by batch"), edges, ((_("batches"), counts),))
    return Scene(
        _("how far batches agree"),
        (
            Note(told, "text"),
            Note(verdict, "bad" if small else "good"),
            Table(_("cosine of a batch's gradient with that of the others"), lines, "signed", 1.0, 3),
            spread,
        ),
    )


PAGE = ScenePage("noise", N_("noise"), fits, read, scene, live=False)
