"""What the gauges show of a run: asked of it at a step boundary, a few times a second at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.inference import Answers, Line, Plane, looked_through, over_line, over_plane
from nnlab.session.pages import PAGES

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.session import Session
    from nnlab.session.trainer import Frame
    from nnlab.training.diagnostics import LayerSigns
    from nnlab.training.history import History
    from nnlab.training.landscape import Axis, Landscape
    from nnlab.training.metrics import Scores
    from nnlab.training.survey import Site
    from nnlab.tui.bench.others import Curve

Array = np.ndarray[Any, Any]
GRID = (40, 56)  # rows and columns of answers on the plane
LINE = 160  # points of a fitted curve


@dataclass(frozen=True)
class Readings:
    """Everything the gauges draw; a part that was not asked for, or cannot be had, is None."""

    data: Dataset | None = None
    history: History | None = None
    frame: Frame | None = None
    example: int = 0
    step: int = 0
    plane: Plane | None = None
    fit: Line | None = None
    answers: Answers | None = None
    scores: Scores | None = None
    signs: tuple[LayerSigns, ...] = ()
    others: tuple[Curve, ...] = ()
    axes: tuple[Axis, ...] = ()  # of the landscape, none where there is no landscape
    site: Site | None = None  # what has been read for it, to be computed away from the run
    landscape: Landscape | None = None
    peaks: Array | None = None  # indices of the losses worth drawing
    fitting: tuple[str, ...] = ()  # names of the pages of scenes that make sense
    pages: Mapping[str, Any] = field(default_factory=dict)  # what those in sight have found, or why not
    trouble: str = ""


def read(session: Session, wants: frozenset[str]) -> Readings:
    """The readings that the pages called ``wants`` need.  Call it where the run stands still."""
    data, run = session.data, session.run
    if data is None or run is None:
        return Readings(data, example=session.example)
    found: dict[str, Any] = {}
    try:
        if "surface" in wants:
            found["plane"] = over_plane(run, data, *GRID)
            found["fit"] = over_line(run, data, LINE)
        if "digits" in wants and data.image_shape and data.class_names:
            answers = looked_through(run, data)
            if answers.probabilities.shape[1] == len(
                data.class_names
            ):  # a judge of pictures names no classes
                found["answers"] = answers
        if "confusion" in wants and data.class_names and run.step_count:
            part = "validation" if len(data.split.validation) else "train"
            found["scores"] = run.evaluate(part)
        if "landscape" in wants and (axes := session.landscape_axes()):
            found["site"] = session.surveyor.visit(run, axes, moving=session.trainer.running)
        if "signs" in wants and run.step_count:
            found["signs"] = tuple(run.diagnostics())
    except NnlabError as error:
        found["trouble"] = str(error)
    found["pages"] = {name: _page(_reader(name, session), session) for name in PAGES if name in wants}
    return Readings(
        data, run.history, None, session.example, run.step_count, axes=session.landscape_axes(), **found
    )


def finish(session: Session, readings: Readings) -> Readings:
    """``readings`` with what need not be computed where the run stands still."""
    pages = {name: _page(PAGES[name].finish, each) for name, each in readings.pages.items()}
    readings = replace(readings, pages=pages)
    if readings.site is None:
        return readings
    return replace(readings, site=None, landscape=session.surveyor.draw(readings.site))


def _reader(name: str, session: Session) -> Callable[[Any], Any]:
    page = PAGES[name]
    if not page.fits(session):
        misfit = NnlabError(_("this page does not fit the network and the data"))
        return lambda _session: misfit
    if not page.live and session.trainer.running:
        raise_it = NnlabError(_("pause training to see this: it takes many passes"))
        return lambda _session: raise_it
    return page.read


def _page(work: Callable[[Any], Any], given: Any) -> Any:
    """What ``work`` makes of ``given``; of a trouble, the trouble itself."""
    if isinstance(given, NnlabError):
        return given
    try:
        return work(given)
    except NnlabError as error:
        return error
