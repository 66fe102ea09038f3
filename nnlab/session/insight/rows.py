"""Which rows of the data an answer is about, and the further columns that come with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from nnlab.data import Dataset
    from nnlab.network import Network
    from nnlab.session.workbench import Workbench

    Array = NDArray[Any]


ENOUGH = 512
"""Rows of a part on which a network is measured that is changed again and again."""


def row_of(session: Workbench, row: int | None) -> int:
    """``row`` of the whole data set, the example that is followed where it is None.

    Raises NnlabError where there is no such row.
    """
    data = session.need_data()
    if row is None:
        return int(data.split.train[session.bench.example])
    if not 0 <= row < data.n:
        raise NnlabError(_("there is no row {row}; the data have rows 0 to {last}", row=row, last=data.n - 1))
    return row


def in_group(data: Dataset, rows: Array, group: str) -> Array:
    """Which of ``rows`` are of a group such as ``age<45``, bool (n,): one column against a number.

    Numbers are compared as the data hold them, scaled where they are scaled.  Raises NnlabError where there
    is no such column, or nobody in the group.
    """
    found = re.fullmatch(r"(.+?)([<>])([-+]?[0-9.]+)", group)
    names = list(data.feature_names)
    try:
        name, sign, bound = found.groups() if found else ("", "", "")
        limit = float(bound)
    except ValueError as error:
        told = _(
            "{group} is no group; write a column, < or >, and a number, such as age<45", group=repr(group)
        )
        raise NnlabError(told) from error
    if name not in names or data.x.ndim != 2:
        told = _("there is no column “{name}” to make a group of; there are: {names}", name=name,
                 names=", ".join(names[:12]) or "–")  # fmt: skip
        raise NnlabError(told + did_you_mean(name, names))
    numbers = data.x[rows, names.index(name)]
    mine: Array = numbers < limit if sign == "<" else numbers > limit
    if not mine.any():
        raise NnlabError(_("none of the {n} rows is in the group {group}", n=len(rows), group=group))
    return mine


def further(data: Dataset, network: Network, rows: int | Sequence[int] | Array) -> dict[str, Array]:
    """The further inputs that the network reads, of ``rows``, by name."""
    return {name: data.inputs[name][rows] for name in network.inputs}
