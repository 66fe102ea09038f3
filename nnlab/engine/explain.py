"""What stands behind one number: the answer to “why is it this?”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from nnlab.engine.address import Address
from nnlab.engine.expression import Expression, Quotient, Read, Reference, Sum, more_terms
from nnlab.engine.series import LikeTerms, added, ranking
from nnlab.i18n import N_

PHASES = (N_("leaf"), N_("forward"), N_("loss"), N_("backward"), N_("update"))


@dataclass(frozen=True, slots=True)
class Term:
    """One summand: what it says, what it is worth, and where its operands come from."""

    expression: Expression
    value: float

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Its operands, each once, in reading order."""
        return tuple(dict.fromkeys(r.address for r in self.expression.references()))

    @property
    def symbols(self) -> str:
        return self.expression.symbols(limit=SHOWN)

    @property
    def numbers(self) -> str:
        return self.expression.numbers(limit=SHOWN)


SHOWN = 12
"""How many terms of a sum are written out unless a reader asks for more."""


class Terms(Sequence[Term]):
    """The summands of a rule, the largest first; each is made when it is looked at."""

    def __init__(
        self, summands: Sequence[Expression], values: NDArray[np.float64], order: NDArray[np.int64]
    ) -> None:
        self._summands, self._order = summands, order
        self.values: NDArray[np.float64] = values[order]
        """What each is worth, (n,)."""
        self._by_place = values

    @classmethod
    def ranked(cls, summands: Sequence[Expression]) -> Terms:
        if isinstance(summands, LikeTerms):
            values = summands.values
        else:
            values = np.array([s.evaluate() for s in summands], np.float64)
        return cls(summands, values, ranking(values))

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, place: int) -> Term: ...
    @overload
    def __getitem__(self, place: slice) -> Terms: ...
    def __getitem__(self, place: int | slice) -> Term | Terms:
        if isinstance(place, slice):
            return Terms(self._summands, self._by_place, self._order[place])
        i = int(self._order[place])
        return Term(self._summands[i], float(self._by_place[i]))


@dataclass(frozen=True, slots=True)
class Explanation:
    """The value at an address and the arithmetic that made it.

    ``expression`` is None for a leaf (an input, a parameter, a random draw); ``note`` then says where the
    number comes from.  ``formula`` is the operation's rule in general symbols (``z = x·W + b``),
    :meth:`symbols` and :meth:`numbers` are the same rule for this element.  ``recomputed`` marks a value
    that training does not store and that was computed again for the reader.
    """

    address: Address
    value: float
    phase: str
    layer: str
    operation: str
    formula: str
    step: int
    expression: Expression | None
    note: str = ""
    recomputed: bool = False

    @property
    def terms(self) -> Terms:
        """The summands, the largest first; one term where the rule is not a sum.

        They add up to the value: a mean, (a + b) / 2, has the terms a / 2 and b / 2.
        """
        return Terms.ranked(_summands(self.expression) if self.expression is not None else ())

    def shown(self, limit: int = SHOWN) -> list[Term]:
        """The terms worth writing out: all, or of more than ``limit`` the largest that are not zero."""
        terms = self.terms
        if len(terms) <= limit:
            return list(terms)
        return [t for t in terms[:limit] if t.value != 0.0] or [terms[0]]

    def rest(self, shown: int) -> tuple[int, float]:
        """How many terms are left beyond the ``shown`` largest, and what they add up to."""
        left = self.terms[shown:]
        return len(left), added(left.values)

    def rest_line(self, shown: int) -> str:
        count, value = self.rest(shown)
        return more_terms(count, value) if count else ""

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every operand once, in reading order; of thousands of like terms those of the largest."""
        return tuple(dict.fromkeys(operand.address for operand in self.operands))

    @property
    def operands(self) -> tuple[Reference, ...]:
        return tuple(self.expression.references()) if self.expression is not None else ()

    def symbols(self, limit: int = SHOWN) -> str:
        """The rule with addresses; of a sum longer than ``limit`` the largest terms, and one for the rest."""
        return self.note if self.expression is None else self.expression.symbols(limit)

    def numbers(self, limit: int = SHOWN) -> str:
        """The rule with numbers, shortened in the same way."""
        return self.note if self.expression is None else self.expression.numbers(limit=limit)

    def evaluate(self, read: Read | None = None) -> float:
        """The formula evaluated in float64, from the operands shown or re-read with ``read``."""
        return self.value if self.expression is None else self.expression.evaluate(read)

    def tolerance(self, eps: float) -> float:
        """How far rounding may put the engine's number from the formula: 8·n·eps·Σ|terms|."""
        if self.expression is None:
            return 0.0
        return 8 * max(1, self.expression.leaves()) * eps * self.expression.scale()


def _summands(expression: Expression) -> Sequence[Expression]:
    """What adds up to ``expression``: the terms of a sum, each divided where the sum is."""
    if isinstance(expression, Sum):
        return expression.terms
    if isinstance(expression, Quotient) and isinstance(expression.above, Sum):
        return [Quotient(term, expression.below) for term in expression.above.terms]
    return (expression,)
