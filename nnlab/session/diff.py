"""What the twin has come to differently: number by number, and value by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address, split_address
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.session.look import Look, table
from nnlab.session.pairs import address_there, numbers_at, pair_of, same_data
from nnlab.session.text import number
from nnlab.session.twin import require_twin
from nnlab.session.values import find_value, matrix_lines

if TYPE_CHECKING:
    from nnlab.session.bench import Bench
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Contrast:
    """How far a value is from that of the twin: ``size`` is √mean(difference²), ``at`` the number that
    differs most, ``own`` and ``twin`` what it is in the two runs.  ``at`` is None where nothing differs.
    """

    value: str
    size: float
    at: Address | None
    own: float
    twin: float

    @property
    def difference(self) -> float:
        return self.twin - self.own


def contrast(bench: Bench, name: str, part: str = "") -> Contrast:
    """The contrast of one whole value.  Raises NnlabError where it cannot be compared."""
    pair = pair_of(bench, name, part)
    with np.errstate(all="ignore"):
        away = np.abs(pair.difference.astype(np.float64))
        seen = away[np.isfinite(away)]
        size = float(np.sqrt(np.mean(seen**2))) if seen.size else float("nan")
    if not seen.size or not seen.max():
        return Contrast(name, size, None, 0.0, 0.0)
    index = tuple(int(i) for i in np.unravel_index(int(np.nanargmax(away)), away.shape))
    return Contrast(name, size, Address(name, index, part), float(pair.own[index]), float(pair.twin[index]))


def contrasts(bench: Bench, layer: str = "") -> list[Contrast]:
    """The parameters of the network, or of one layer, in order, with how far apart they are."""
    run = bench.run
    if run is None:
        return []
    names = [name for name in run.store if not layer or name.startswith(f"{layer}.")]
    shared, _apart = _compared(bench)
    return [contrast(bench, name) for name in names if name in shared]


def _compared(bench: Bench) -> tuple[list[str], list[str]]:
    """Parameters of the current run that can be compared with the twin's, and those that cannot."""
    run, twin = bench.run, require_twin(bench)
    assert run is not None
    alike = [n for n in run.store if n in twin.store and run.store[n].shape == twin.store[n].shape]
    return alike, [name for name in run.store if name not in alike]


def comparable(bench: Bench) -> list[str]:
    """In words, what of the two runs can be compared, where that is not everything."""
    alike, apart = _compared(bench)
    lines = []
    if apart:
        lines.append(
            _("same shape in both, so compared: {alike}; not compared: {apart}",
              alike=", ".join(alike) or "–", apart=", ".join(apart))
        )  # fmt: skip
    run, twin = bench.run, require_twin(bench)
    if run is not None and not same_data(run, twin):
        lines.append(
            _("the data differ, so numbers of single examples are not compared; weights and losses are")
        )
    return lines


# -- as text --------------------------------------------------------------------------------------------


def render_diff(session: Session, what: str) -> tuple[list[str], Any]:
    """The difference at an address, of a whole value, of a layer, or of everything, as lines; and as data."""
    bench, run = session.bench, session.need_run()
    require_twin(bench)
    if not what or what in session.layer_names():
        found = contrasts(bench, what)
        return _contrasts(bench, found, session.look), found
    if split_address(what)[1] or what == "loss":
        return _number(bench, run.address(what))
    if "." not in what and what not in run.program.values:
        names = session.layer_names()
        raise NnlabError(
            _("there is no layer “{name}”; there are: {names}", name=what, names=", ".join(names))
            + did_you_mean(what, names)
        )
    return _whole(session, find_value(run, what))


def _number(bench: Bench, address: Address) -> tuple[list[str], dict[str, float | None]]:
    own, theirs = numbers_at(bench, address)
    difference = None if own is None or theirs is None else theirs - own
    found = {bench.current: own, bench.twin: theirs, "difference": difference}
    names = {bench.current: own, bench.twin: theirs, _("difference"): difference}
    width = max(map(len, names))
    lines = [str(address), *(f"  {name:<{width}}  {number(value, 9)}" for name, value in names.items())]
    if difference is not None and own is not None and theirs is not None:
        minus = f"({number(own)})" if own < 0 else number(own)
        lines.append(
            _("{difference} = {theirs} of {twin} − {own} of {run}", difference=number(difference),
              theirs=number(theirs), twin=bench.twin, own=minus, run=bench.current)
        )  # fmt: skip
        lines.append(
            _("each is explained: explain {address}; explain {there} in {twin}", address=address,
              there=address_there(bench, address) or address, twin=bench.twin)
        )  # fmt: skip
    return lines, found


def _whole(session: Session, address: Address) -> tuple[list[str], Array]:
    bench = session.bench
    found = contrast(bench, address.value, address.part)
    difference = pair_of(bench, address.value, address.part).difference
    shape = "×".join(map(str, difference.shape)) or "1"
    head = _("{value} ({shape}): {twin} − {own}", value=address, shape=shape, twin=bench.twin,
             own=bench.current)  # fmt: skip
    lines = [head, *matrix_lines(session.look, difference)]
    if found.at is None:
        return [*lines, _("no difference")], difference
    return [*lines, _largest(bench, found)], difference


def _largest(bench: Bench, found: Contrast) -> str:
    return _(
        "most at {at}: {own} in {run}, {theirs} in {twin}",
        at=found.at,
        own=number(found.own),
        run=bench.current,
        theirs=number(found.twin),
        twin=bench.twin,
    )


def _contrasts(bench: Bench, found: Sequence[Contrast], look: Look) -> list[str]:
    rows = [
        [
            c.value,
            number(c.size, 4),
            str(c.at or ""),
            number(c.own, 4),
            number(c.twin, 4),
            number(c.difference, 4),
        ]
        if c.at is not None
        else [c.value, "0", "", "", "", ""]
        for c in found
    ]
    heads = [
        _("parameter"),
        _("typical difference"),
        _("most at"),
        bench.current,
        bench.twin,
        _("difference"),
    ]
    return table(look, heads, rows, " r rrr")
