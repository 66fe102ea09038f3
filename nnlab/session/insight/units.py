"""What a unit looks for: the examples that excite it most, an input made for it, and maps of all channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.insight.rows import further, row_of
from nnlab.session.look import Look, table, wrap
from nnlab.session.rows import beside, few_numbers, picture_lines, render_row
from nnlab.session.text import number, target_text
from nnlab.width import cut

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nnlab.data import Dataset
    from nnlab.network.excite import Hit
    from nnlab.session.workbench import Workbench

    Array = NDArray[Any]

STEPS, RATE, DECAY = 100, 0.1, 0.01
NOISE = 0.01
"""An input is made from noise of this size: at zero many units have no gradient."""
MAPS = 8
"""Maps that are drawn in text."""


@dataclass(frozen=True)
class Strongest:
    """The rows of ``part`` that excite ``unit`` most, the strongest first; rows count in the whole data set.

    ``hits`` name for a channel also the place that is excited most.
    """

    unit: str
    part: str
    rows: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Excited:
    """An ``example`` made for ``unit``, in the shape of the data's pictures (height, width, channels) where
    they are some, and how excited the unit was after each step.
    """

    unit: str
    example: Array
    picture: bool
    excitement: tuple[float, ...]


@dataclass(frozen=True)
class Maps:
    """What ``value`` is for one row: (height, width, channels) of pictures, (time, channels) of sequences,
    (units,) of the rest.
    """

    value: str
    row: int
    maps: Array


def strongest(session: Workbench, unit: str, part: str = "train", most: int = 8) -> Strongest:
    """The ``most`` rows of a part that excite ``unit`` most.

    Raises NnlabError where there is no such unit, or the network's numbers are not finite.
    """
    from nnlab.network import excite

    data, network = session.need_data(), session.need_run().network
    rows = data.rows_of(part)
    found = excite.find_unit(network, unit)
    hits = excite.strongest(network, data.x[rows], unit, most, **further(data, network, rows))
    placed = tuple(excite.Hit(int(rows[hit.row]), hit.value, hit.place) for hit in hits)
    return Strongest(str(found), part, len(rows), placed)


def excited(
    session: Workbench, unit: str, steps: int = STEPS, rate: float = RATE, decay: float = DECAY
) -> Excited:
    """An input made for ``unit`` from a little noise of the run's seed, by gradient ascent.

    Raises NnlabError where there is no such unit, no gradient leads to the input, or others are read too.
    """
    import numpy as np

    from nnlab.engine import rng
    from nnlab.network import excite

    data, run = session.need_data(), session.need_run()
    network = run.network
    if network.inputs:
        raise NnlabError(
            _(
                "this network reads {names} beside the input, so no input can be made for a unit alone",
                names=", ".join(network.inputs),
            )
        )
    noise = rng.normal(run.config.seed, "excite", 0, network.input_shape, np.float64) * NOISE
    made, excitement = excite.maximise(network, unit, steps, rate, decay, np.asarray(noise, np.float32))
    shape = data.picture or made.shape
    name = str(excite.find_unit(network, unit))
    return Excited(name, made.reshape(shape), data.picture is not None, tuple(excitement))


def feature_maps(session: Workbench, layer: str, row: int | None = None) -> Maps:
    """What a layer gives on, or the value of that name is, for one row; the example that is followed else.

    Raises NnlabError where there is no such layer or value.
    """
    from nnlab.network.excite import given_on

    data, network = session.need_data(), session.need_run().network
    at, name = row_of(session, row), given_on(network, layer)
    found = network.values(name, data.x[at : at + 1], **further(data, network, [at]))[0]
    return Maps(name, at, found)


# ---------------------------------------------------------------------- as text


def render_strongest(found: Strongest, look: Look, data: Dataset) -> list[str]:
    """The rows as a table; of pictures and texts also what stands in the first ones."""
    placed = any(hit.place for hit in found.hits)
    heads = [_("row"), _("value"), *([_("place")] if placed else []), _("target")]
    rows = [
        [
            str(hit.row),
            number(hit.value, 4),
            *([",".join(map(str, hit.place))] if placed else []),
            cut(target_text(data, hit.row), 40),
        ]
        for hit in found.hits
    ]
    head = _(
        "rows of {part} that excite {unit} most, of {n}", part=_(found.part), unit=found.unit, n=found.rows
    )
    lines = [
        *wrap(head, look.width),
        *table(look, heads, rows, "rr" + "r" * placed),
    ]
    if look.accessible:
        return lines
    if data.picture is not None:
        shown = [picture_lines(data.x[hit.row], data.picture, look) for hit in found.hits]
        return [*lines, "", *beside(shown, look.width)]
    if data.vocabulary:
        return [*lines, "", *(render_row(data, hit.row, look)[0] for hit in found.hits[:3])]
    return lines


def render_excited(found: Excited, look: Look) -> list[str]:
    """How excited the unit became, and what was made for it."""
    said = _(
        "an input made for {unit}: excited by {last} after {n} steps, by {first} after the first",
        unit=found.unit,
        last=number(found.excitement[-1], 4),
        first=number(found.excitement[0], 4),
        n=len(found.excitement),
    )
    lines = wrap(said, look.width)
    if found.picture and not look.accessible:
        return [*lines, *picture_lines(found.example, found.example.shape, look)]
    return [*lines, *wrap(_("inputs: {values}", values=few_numbers(found.example)), look.width)]


def render_maps(found: Maps, look: Look) -> list[str]:
    """Maps of channels side by side, rows of numbers of the rest."""
    shape = "×".join(map(str, found.maps.shape))
    lines = [_("{value} of row {row}: {shape}", value=found.value, row=found.row, shape=shape)]
    if found.maps.ndim == 3 and not look.accessible:
        channels = range(min(MAPS, found.maps.shape[2]))
        blocks = [
            [str(k), *picture_lines(found.maps[:, :, k], (*found.maps.shape[:2], 1), look)] for k in channels
        ]
        while blocks:
            drawn, blocks = _row_of_blocks(blocks, look.width)
            lines += ["", *drawn]
        left = found.maps.shape[2] - len(channels)
        return [*lines, _("… and {n} more channels", n=left)] if left else lines
    if found.maps.ndim == 2 and max(found.maps.shape) <= look.width // 2 and not look.accessible:
        return [*lines, *picture_lines(found.maps, (*found.maps.shape, 1), look)]
    return [*lines, *wrap(few_numbers(found.maps), look.width)]


def _row_of_blocks(blocks: list[list[str]], width: int) -> tuple[list[str], list[list[str]]]:
    """As many blocks side by side as fit, and those that are left."""
    fits = max(1, (width + 3) // (len(blocks[0][-1]) + 3))
    return beside(blocks[:fits], width), blocks[fits:]
