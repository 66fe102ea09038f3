"""What every unit, channel or head of a layer is worth: the validation metric without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.ablation import unit_count
from nnlab.session.insight.ablation import Ablation, ablation
from nnlab.session.pages import saliency
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Deed, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session

MOST = 256
"""Units of a layer that are tried; each costs a pass over the validation data."""
SHOWN = 24


def fits(session: Session) -> bool:
    """It is judged on the validation part, so there has to be one."""
    return saliency.fits(session) and len(session.need_data().split.validation) > 0


def read(session: Session) -> Ablation:
    """Of the layer the cursor is in, or the first that has weights."""
    return ablation(session, layer_of(session))


def layer_of(session: Session) -> str:
    """The selected layer if units can be taken out of it, else the first such layer.

    Raises NnlabError where there is none, or the layer is too large to be tried unit by unit.
    """
    network = session.need_network()
    selected = session.selection.value.split(".")[0] if session.selection is not None else ""
    names = [row.name for row in network.ledger()]
    for name in [selected, *names] if selected in names else names:
        try:
            count = unit_count(network, name)
        except NnlabError:
            continue
        if count <= MOST:
            return name
    raise NnlabError(_("no layer of this network has up to {n} units to take out", n=MOST))


def scene(found: Ablation) -> Scene:
    """The units that are missed most first; Enter takes one out of the running network."""
    ranked = sorted(found.units, key=lambda unit: -unit.loss)[:SHOWN]
    what = _("head {k}") if found.heads else _("unit {k}")
    lines = tuple(
        Line(
            what.replace("{k}", str(unit.unit)),
            unit.loss - found.loss,
            Deed(f"ablate {found.layer} {unit.unit}"),
            f"{_(found.metric_name)} {unit.metric:.4f}",
        )
        for unit in ranked
    )
    whole = _("whole: loss {loss}, {metric} {value}", loss=f"{found.loss:.4f}", metric=_(found.metric_name),
              value=f"{found.metric:.4f}")  # fmt: skip
    return Scene(
        _("{layer} without each of its units", layer=found.layer),
        (
            Note(whole, "text"),
            Table(_("loss that is added; enter takes the unit out"), lines, "signed", digits=4),
            Note(_("“restore” puts back what was taken out")),
        ),
    )


PAGE = ScenePage("worth", N_("worth"), fits, read, scene, live=False)
