"""A run and its twin: what was chosen differently, both losses, and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.diff import Contrast, comparable, contrasts
from nnlab.session.grounds import ground_of
from nnlab.session.pages.page import ScenePage
from nnlab.session.pages.runs import losses
from nnlab.session.runtable import Row, differing, run_rows, setting_text
from nnlab.session.scene import Chart, Curve, Line, Note, Scene, Table
from nnlab.session.twin import require_twin

if TYPE_CHECKING:
    from nnlab.session.session import Session


@dataclass(frozen=True)
class Found:
    """``settings`` are (knob, own, twin's), as they are written; ``apart`` is how far each parameter is."""

    own: Row
    twin: Row
    settings: tuple[tuple[str, str, str], ...]
    curves: tuple[Curve, ...]
    apart: tuple[Contrast, ...]
    limits: tuple[str, ...] = ()


def fits(session: Session) -> bool:
    return session.bench.twin in session.runs


def read(session: Session) -> Found:
    bench = session.bench
    require_twin(bench)
    rows = {row.name: row for row in run_rows(bench)}
    own, twin = bench.setups[bench.current], bench.setups[bench.twin]
    pairs = [(key, setting_text(own, key), setting_text(twin, key)) for key in differing(own, twin)]
    one, two = (ground_of(bench, name) for name in (bench.current, bench.twin))
    pairs = [
        *((what, mine, theirs) for what, mine, theirs in (
            (_("network"), one.network_text, two.network_text), (_("data"), one.data_text, two.data_text)
        ) if mine != theirs),
        *pairs,
    ]  # fmt: skip
    begun = [name for name in (bench.current, bench.twin) if session.runs[name].history.count]
    return Found(
        rows[bench.current], rows[bench.twin], tuple(pairs), losses(session, begun), tuple(contrasts(bench)),
        tuple(comparable(bench)),
    )  # fmt: skip


def scene(found: Found) -> Scene:
    """Settings, results and parameters, each as twin minus own, and the curves over each other."""
    own, twin = found.own, found.twin
    names = {"own": own.name, "twin": twin.name}
    chosen = tuple(Line(knob, note=f"{mine} → {theirs}") for knob, mine, theirs in found.settings)
    told = _("{twin} and {own} have the same settings", **names)
    head = Table(_("{own} and {twin} were told", **names), chosen) if chosen else Note(told)
    chart = Chart(_("loss of both"), found.curves, _("step"))
    limits = tuple(Note(line) for line in found.limits)
    blocks = (head, *limits, _results(own, twin), chart, _apart(found))
    rule = _("step {step}; every number here is {twin} − {own}", step=own.step, **names)
    home = next((c.at for c in found.apart if c.at is not None), None)
    return Scene(_("{own} and {twin}", **names), blocks, rule, home)


def _results(own: Row, twin: Row) -> Table:
    pairs = (
        (_("loss of the batch"), own.loss, twin.loss),
        (_("validation loss"), own.val_loss, twin.val_loss),
        (_("validation {metric}", metric=_(own.metric)), own.val_metric, twin.val_metric),
    )
    lines = tuple(
        Line(label, theirs - mine, note=_pair(mine, theirs))
        for label, mine, theirs in pairs
        if not (isnan(mine) or isnan(theirs))
    )
    if twin.step != own.step:
        lines += (Line(_("{twin} has stopped at step {step}", twin=twin.name, step=twin.step)),)
    return Table(_("results"), lines, digits=4)


def _apart(found: Found) -> Table:
    lines = tuple(
        Line(
            str(c.at),
            c.difference,
            c.at,
            _(
                "{pair}; {value} typically by {size}",
                pair=_pair(c.own, c.twin),
                value=c.value,
                size=number(c.size, 3),
            ),
        )
        for c in found.apart
        if c.at is not None
    )
    if not lines:
        lines = (Line(_("nothing differs yet")),)
    return Table(_("weights that differ most"), lines, "signed", digits=4)


def _pair(own: float, twin: float) -> str:
    """From one's own number to the twin's."""
    return f"{number(own, 4)} → {number(twin, 4)}"


PAGE = ScenePage("twin", N_("twin"), fits, read, scene)
