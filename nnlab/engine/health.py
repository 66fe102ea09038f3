"""Finding the first NaN or infinity of a step, and what made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation
from nnlab.engine.expression import number
from nnlab.engine.manifest import Event
from nnlab.engine.program import Program, host
from nnlab.engine.values import Role
from nnlab.errors import NnlabError
from nnlab.i18n import _


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The first operation of a pass that wrote a number that is not finite."""

    event: Event
    address: Address
    value: float
    explanation: Explanation

    @property
    def text(self) -> str:
        if self.explanation.operation == Role.PARAMETER:
            return _(
                "{address} became {value} in the update before this step; a smaller learning rate or "
                "clipping keeps it finite",
                address=self.address,
                value=self.value,
            )
        if self.explanation.expression is None:
            return _("{address} is {value}: so the data give it", address=self.address, value=self.value)
        worst = sorted(self.explanation.operands, key=lambda r: -_size(r.value))[:3]
        operands = ", ".join(f"{r.address} = {number(r.value)}" for r in worst)
        return _(
            "{address} became {value} in {layer} ({operation}, {phase}): {formula}, from {operands}",
            address=self.address,
            value=self.value,
            layer=self.event.layer,
            operation=self.event.operation,
            phase=self.event.phase,
            formula=self.event.formula,
            operands=operands,
        )


def require_finite(numbers: NDArray[Any]) -> None:
    """Raises NnlabError where one of ``numbers`` is not finite, so that nothing can be said of them."""
    if not np.isfinite(numbers).all():
        raise NnlabError(_("the numbers of this network are not finite any more; go back to an earlier step"))


def first_breakdown(program: Program) -> Breakdown | None:
    """Walk the events in order and return the first that wrote a NaN or an infinity, None if all is well.

    Inputs and parameters are looked at first: a bad number there is named as its own cause.
    """
    for value in program.graph.values.values():
        if value.name in program.graph.producers:
            continue
        where = _first_bad(host(program.values[value.name]))
        if where is not None:
            address = Address(value.name, where)
            explanation = program.explain(address)
            event = Event(-1, "leaf", value.layer, str(value.role), value.name, (), (value.name,))
            return Breakdown(event, address, explanation.value, explanation)
    for event in program.events:
        for written in event.writes:
            name, part = program.split_name(written)
            where = _first_bad(host(program.array(name, part)))
            if where is not None:
                address = Address(name, where, part)
                explanation = program.explain(address)
                return Breakdown(event, address, explanation.value, explanation)
    return None


def _size(value: float) -> float:
    """Magnitude with NaN above everything, for naming the operands most to blame."""
    return abs(value) if value == value else float("inf")


def _first_bad(array: NDArray[Any]) -> tuple[int, ...] | None:
    bad = ~np.isfinite(array)
    if not bad.any():
        return None
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), array.shape))
