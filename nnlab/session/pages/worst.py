"""The worst cases: the examples of the largest loss, each as what it is, with what is said and right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.rows import few_numbers
from nnlab.session.scene import Block, Deed, Grid, Line, Note, Scene, Table, Wall
from nnlab.session.text import target_text
from nnlab.training.losses import probabilities, probability
from nnlab.training.studies.hardest import Hardest, hardest
from nnlab.width import cut

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]
PICTURES = 12
STEPS = 48
"""Steps of a series that are drawn."""
LETTERS = 160
"""Signs of a text that are written out."""
NAMED = 8
"""Columns of the widest table that is shown with its names."""
MOMENTS = 12
"""Lines of the worst walk that are shown."""


@dataclass(frozen=True)
class Found:
    """``certain`` says that answers are probabilities; ``train`` is where rows are in the training part."""

    data: Dataset
    worst: Hardest
    certain: bool
    train: dict[int, int]


def fits(session: Session) -> bool:
    run = session.run
    return run is not None and run.step_count > 0 and not run.network.duel


def read(session: Session) -> Found:
    data, run = session.need_data(), session.need_run()
    part = "validation" if len(data.split.validation) else "train"
    certain = run.config.loss_rule.kind.answers in (probabilities, probability)
    train = {int(row): k for k, row in enumerate(data.split.train)} if part == "train" else {}
    return Found(data, hardest(run, part), certain, train)


def scene(found: Found) -> Scene:
    """The rows with their losses, and below them the rows themselves."""
    worst = found.worst
    mean = f"{worst.mean:.4g}".replace("-", "−")
    told = _("{part}: the mean loss of {n} rows is {mean}", part=_(worst.part), n=worst.n, mean=mean)
    if worst.share == worst.share:
        told += _("; these {k} make {share} of all", k=len(worst.rows), share=f"{worst.share:.0%}")
    lines = tuple(_line(found, k) for k in range(len(worst.rows)))
    table = Table(_("loss of each"), lines, "share", float(worst.losses.max()) or 1.0, 4)
    shown = next(draw for fits_data, draw in FORMS if fits_data(found.data))
    rule = _("enter on a row asks the network about it")
    return Scene(_("worst cases"), (Note(told, "text"), table, *shown(found)), rule, lines[0].at)


def _line(found: Found, k: int) -> Line:
    row = int(found.worst.rows[k])
    at = Deed(f"example {found.train[row]}" if row in found.train else f"classify row {row}")
    if found.data.live is not None:
        return Line(_("row {n}", n=row), float(found.worst.losses[k]))
    return Line(_("row {n}", n=row), float(found.worst.losses[k]), at, _said(found, k))


def _said(found: Found, k: int) -> str:
    """What the network says of the ``k``-th worst row, and what is right."""
    data, worst = found.data, found.worst
    row, answers = int(worst.rows[k]), worst.answers[k]
    if data.task == "regression":
        return _("said {said}, is {truth}", said=cut(few_numbers(answers), 40),
                 truth=cut(target_text(data, row), 40))  # fmt: skip
    if data.task == "tokens":
        return _wrong_positions(data, row, worst.chosen[k])
    chosen, truth = int(worst.chosen[k]), int(data.y[row])
    sure = f" {_share(answers, chosen):.0%}" if found.certain else ""
    names = data.class_names
    if chosen == truth:
        return _("right, but hardly: {said}{sure}", said=names[chosen], sure=sure)
    return _("said {said}{sure}, is {truth}", said=names[chosen], sure=sure, truth=names[truth])


def _share(answers: Array, chosen: int) -> float:
    if len(answers) == 1:
        return float(answers[0] if chosen else 1 - answers[0])
    return float(answers[chosen])


def _wrong_positions(data: Dataset, row: int, chosen: Array) -> str:
    """How many positions are wrong, and the first of them."""
    truth, said = data.y[row].reshape(-1), np.asarray(chosen).reshape(-1)
    asked = truth >= 0
    wrong = np.flatnonzero(asked & (truth != said))
    if not len(wrong):
        return _("all {n} right, but hardly", n=int(asked.sum()))
    at, names = int(wrong[0]), data.target_vocabulary
    return _(
        "{wrong} of {n} wrong, first at {at}: said {said}, is {truth}",
        wrong=len(wrong),
        n=int(asked.sum()),
        at=at,
        said=names[int(said[at])],
        truth=names[int(truth[at])],
    )


# -- the rows as what they are --------------------------------------------------------------------------


def pictures(found: Found) -> list[Block]:
    shape = found.data.picture
    assert shape is not None
    grids = tuple(
        Grid(str(int(row)), found.data.x[row].reshape(shape).mean(axis=2), kind="unsigned")
        for row in found.worst.rows[:PICTURES]
    )
    return [Wall(_("the pictures, by row"), grids)]


def texts(found: Found) -> list[Block]:
    """Each as it is read, and what is asked of it."""
    lines = []
    for row in found.worst.rows.tolist():
        text = cut(found.data.text(row).replace("\n", "⏎"), LETTERS)
        lines.append(Line(_("row {n}", n=row), note=text))
        if found.data.task == "tokens":
            lines.append(Line("", note=_("asked: {what}", what=cut(target_text(found.data, row), LETTERS)),
                              role="faint"))  # fmt: skip
    return [Table(_("the texts"), tuple(lines))]


def series(found: Found) -> list[Block]:
    """A small curve for each column of each row."""
    lines = []
    for row in found.worst.rows.tolist():
        columns = found.data.x[row].reshape(len(found.data.x[row]), -1)[:STEPS].T
        for name, column in enumerate(columns[:3]):
            label = _("row {n}", n=row) if not name else ""
            reach = f"{column.min():.3g} … {column.max():.3g}".replace("-", "−")
            lines.append(Line(label, note=reach, curve=tuple(map(float, column))))
    return [Table(_("the series"), tuple(lines))]


def films(found: Found) -> list[Block]:
    """The worst film, frame by frame."""
    row = int(found.worst.rows[0])
    values = found.data.x[row]
    side = (values.shape[1], values.shape[2]) if values.ndim > 2 else (int(values.shape[1] ** 0.5), -1)
    grids = tuple(
        Grid(str(k), frame.reshape(*side, -1).mean(axis=2) if values.ndim > 2 else frame.reshape(side),
             kind="unsigned")
        for k, frame in enumerate(values)
    )  # fmt: skip
    return [Wall(_("the worst film, row {n}", n=row), grids)]


def walks(found: Found) -> list[Block]:
    """What was made for the worst rows: their stories, the first in full."""
    data, made = found.data, found.worst.made
    assert data.live is not None
    blocks: list[Block] = []
    for k in range(min(3, len(found.worst.rows))):
        story = data.live.story(made, k)
        lines = tuple(Line(row[0], note="  ".join(row[1:])) for row in story.rows[:MOMENTS])
        title = _("row {n}: {heads}", n=int(found.worst.rows[k]), heads=", ".join(story.heads))
        blocks.append(Table(title, lines))
    return blocks


def tables(found: Found) -> list[Block]:
    """Few numbers with their names, many as the first of them."""
    data, rows = found.data, found.worst.rows
    names = tuple(map(str, data.feature_names))
    if 0 < len(names) <= NAMED and len(data.input_shape) == 1:
        labels = tuple(_("row {n}", n=int(row)) for row in rows)
        values = np.asarray(data.x[rows], np.float64)
        return [Grid(_("the rows, as the network reads them"), values, rows=labels, columns=names)]
    lines = tuple(Line(_("row {n}", n=int(row)), note=few_numbers(np.asarray(data.x[row]))) for row in rows)
    return [Table(_("the rows, as the network reads them"), lines)]


def _is_film(data: Dataset) -> bool:
    return data.axes[:2] == ("step", "pixel") or data.axes[:3] == ("step", "row", "column")


FORMS: tuple[tuple[Callable[[Dataset], bool], Callable[[Found], list[Block]]], ...] = (
    (lambda data: data.live is not None, walks),
    (lambda data: bool(data.vocabulary), texts),
    (lambda data: data.picture is not None, pictures),
    (_is_film, films),
    (lambda data: data.axes[:1] == ("step",), series),
    (lambda data: True, tables),
)
"""How rows are shown, by what the data are; the first that fits."""

PAGE = ScenePage("worst", N_("worst cases"), fits, read, scene, live=False)
