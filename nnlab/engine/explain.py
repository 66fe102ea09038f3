"""What stands behind one number: the answer to “why is it this?”."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.engine.address import Address
from nnlab.engine.expression import Expression, Read, Reference, Sum, number
from nnlab.i18n import N_, _

PHASES = (N_("leaf"), N_("forward"), N_("loss"), N_("backward"), N_("update"))


@dataclass(frozen=True, slots=True)
class Term:
    """One summand: what it says, what it is worth, and where its operands come from."""

    expression: Expression
    value: float
    addresses: tuple[Address, ...]

    @property
    def symbols(self) -> str:
        return self.expression.symbols()

    @property
    def numbers(self) -> str:
        return self.expression.numbers()


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
    def terms(self) -> list[Term]:
        """The summands, the largest first; one term where the rule is not a sum."""
        if self.expression is None:
            return []
        summands = self.expression.terms if isinstance(self.expression, Sum) else (self.expression,)
        terms = [
            Term(s, s.evaluate(), tuple(dict.fromkeys(r.address for r in s.references()))) for s in summands
        ]
        return sorted(terms, key=lambda t: -abs(t.value))

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every operand once, in reading order."""
        if self.expression is None:
            return ()
        return tuple(dict.fromkeys(r.address for r in self.expression.references()))

    @property
    def operands(self) -> tuple[Reference, ...]:
        return tuple(self.expression.references()) if self.expression else ()

    def symbols(self, limit: int = 12) -> str:
        return self._short(limit, Expression.symbols)

    def numbers(self, limit: int = 12) -> str:
        return self._short(limit, Expression.numbers)

    def _short(self, limit: int, write: Callable[[Expression], str]) -> str:
        """The rule as ``write`` writes it; of a long sum the ``limit`` largest terms and one for the rest."""
        if self.expression is None:
            return self.note
        if isinstance(self.expression, Sum) and len(self.expression.terms) > limit:
            shown = [t.expression for t in self.terms[:limit]]
            return write(Sum(tuple(shown))) + f" + {self.rest_line(limit)}"
        return write(self.expression)

    def rest(self, shown: int) -> tuple[int, float]:
        """How many terms are left beyond the ``shown`` largest, and what they add up to."""
        left = self.terms[shown:]
        return len(left), sum(t.value for t in left)

    def rest_line(self, shown: int) -> str:
        count, value = self.rest(shown)
        return _("{n} more terms = {value}", n=count, value=number(value)) if count else ""

    def evaluate(self, read: Read | None = None) -> float:
        """The formula evaluated in float64, from the operands shown or re-read with ``read``."""
        return self.value if self.expression is None else self.expression.evaluate(read)

    def tolerance(self, eps: float) -> float:
        """How far rounding may put the engine's number from the formula: 8·n·eps·Σ|terms|."""
        if self.expression is None:
            return 0.0
        return 8 * max(1, self.expression.leaves()) * eps * self.expression.scale()
